"""Signal K frames read into readings, positions and static data; pure, but remembers what each context said.

Values stay in SI units as Signal K has them; only angles of movers become degrees. Objects are flattened into
dotted paths, and the object at path "" is merged into the context (Signal K 1.7, delta format).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import MoverFacts, Position, Reading
from console.feeds.times import read_time

Tree = dict[str, object]

KINDS = {
    "vessels": "vessel",
    "vehicles": "truck",
    "atons": "aton",
    "aircraft": "sar_aircraft",
    "shore": "base_station",
    "sar": "distress",
}
"""Groups of contexts that are found and not declared, and what they are on the map."""

_POSITION = "navigation.position"
_HEADING = "navigation.headingTrue"
_COURSE = "navigation.courseOverGroundTrue"
_SPEED = "navigation.speedOverGround"
_MOVING = frozenset({_POSITION, _HEADING, _COURSE, _SPEED})
_FACTS = {
    "mmsi": "mmsi",
    "registrations.imo": "imo",
    "communication.callsignVhf": "callsign",
    "design.aisShipType.name": "shiptype",
    "design.aisShipType.id": "shiptype_id",
    "design.length.overall": "length_m",
    "design.beam": "beam_m",
    "design.draft.current": "draft_m",
    "navigation.state": "state",
    "sensors.ais.class": "ais_class",
    "navigation.destination.commonName": "destination",
    "navigation.destination.eta": "eta",
    "flag": "flag",
    "port": "port",
    "plate": "plate",
    "cargo": "cargo",
    "atonType.id": "aid_type",
    "virtual": "virtual",
    "offPosition": "off_position",
}
"""Paths that are static data of a mover, by the key they get."""
_TOP_SPEED = 52.6
"""m/s: AIS sends 102.3 kn (52.63 m/s) for a speed it does not know."""
_FULL_TURN = 2 * math.pi - 1e-6
"""rad: AIS sends 360 degrees for a course and 511 for a heading it does not know."""
_MAX_LEVELS = 8
_MAX_MOVERS = 50_000


@dataclass(slots=True)
class Delta:
    """What one frame brought, and the faults in it as (where, reason)."""

    readings: list[Reading] = field(default_factory=list[Reading])
    positions: list[Position] = field(default_factory=list[Position])
    movers: list[MoverFacts] = field(default_factory=list[MoverFacts])
    faults: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@dataclass(slots=True)
class _Mover:
    kind: str
    seen: float
    name: str = ""
    facts: dict[str, str] = field(default_factory=dict[str, str])
    lat: float = math.nan
    lon: float = math.nan
    at: int = 0
    heading: float | None = None
    course: float | None = None
    speed: float | None = None


class SignalKDecoder:
    """Decoder of one connection; `now` is monotonic seconds and tells only when a mover was last heard of."""

    def __init__(
        self, gone_after_s: float, zone: tzinfo | None = None, measured: frozenset[str] = frozenset()
    ) -> None:
        self._gone_after_s = gone_after_s
        self._zone = zone
        self._measured = measured
        """Groups of movers whose other values are readings too; of a fleet of strangers nobody wants them."""
        self._movers: dict[str, _Mover] = {}
        self._self = ""

    def hello(self, frame: Tree) -> bool:
        """Take the name of `vessels.self` from a hello; whether the frame is one."""
        if "updates" in frame or not ("self" in frame or "version" in frame):
            return False
        name = frame.get("self")
        if isinstance(name, str):
            self._self = f"vessels.{name}" if name.startswith("urn:") else name
        return True

    def delta(self, frame: Tree, now: float) -> Delta:
        """Contents of a delta; raises DecodeError if it has no updates."""
        updates = frame.get("updates")
        if not isinstance(updates, list):
            raise DecodeError("updates", "missing")
        context = frame.get("context", "vessels.self")
        if not isinstance(context, str) or "." not in context:
            raise DecodeError("context", "wrong_type", repr(context)[:80])
        if context == "vessels.self" and self._self:
            context = self._self
        out = Delta()
        mover = self._mover(context, now, out)
        for index, update in enumerate(cast("list[object]", updates)):
            try:
                self._update(context, mover, update, f"updates[{index}]", out)
            except DecodeError as error:
                out.faults.append((error.where, error.reason))
        return out

    def gone(self, now: float) -> list[str]:
        """Movers not heard of for too long, which are then forgotten."""
        limit = now - self._gone_after_s
        silent = [name for name, mover in self._movers.items() if mover.seen < limit]
        for name in silent:
            del self._movers[name]
        return silent

    def _mover(self, context: str, now: float, out: Delta) -> _Mover | None:
        mover = self._movers.get(context)
        if mover is not None:
            mover.seen = now
            return mover
        kind = KINDS.get(context.split(".", 1)[0])
        if kind is None:
            return None
        if len(self._movers) >= _MAX_MOVERS:
            raise DecodeError("context", "too_many", context[:80])
        mover = self._movers[context] = _Mover(kind, now)
        out.movers.append(MoverFacts(context, kind))
        return mover

    def _update(self, context: str, mover: _Mover | None, update: object, where: str, out: Delta) -> None:
        if not isinstance(update, dict):
            raise DecodeError(where, "wrong_type", repr(update)[:80])
        node = cast("Tree", update)
        at, quality = self._time(node, f"{where}.timestamp", out)
        values = node.get("values", [])
        if not isinstance(values, list):
            raise DecodeError(f"{where}.values", "wrong_type", repr(values)[:80])
        leaves: dict[str, object] = {}
        for index, item in enumerate(cast("list[object]", values)):
            self._leaves_of(item, f"{where}.values[{index}]", leaves, out)
        if mover is not None:
            _take_mover(context, mover, leaves, at, out)
            if context.split(".", 1)[0] not in self._measured:
                return
        for path, value in leaves.items():
            if isinstance(value, (bool, int, float, str)):
                out.readings.append(Reading(context, path, value, at, quality))
            elif value is None:  # the sensor is there and has no valid value
                out.readings.append(Reading(context, path, math.nan, at, Quality.BAD))

    def _time(self, update: Tree, where: str, out: Delta) -> tuple[int, Quality]:
        """Time of an update; where it cannot be read, its values are kept, uncertain and at the hub's time."""
        if "timestamp" not in update:
            return 0, Quality.GOOD
        try:
            return read_time(update["timestamp"], self._zone, where), Quality.GOOD
        except DecodeError as error:
            out.faults.append((error.where, error.reason))
            return 0, Quality.UNCERTAIN

    def _leaves_of(self, item: object, where: str, leaves: dict[str, object], out: Delta) -> None:
        node = cast("Tree", item) if isinstance(item, dict) else {}
        path = node.get("path")
        if not isinstance(path, str) or "value" not in node:
            out.faults.append((where, "wrong_type"))
            return
        _flatten(path, node["value"], leaves, 0)


def _flatten(path: str, value: object, leaves: dict[str, object], level: int) -> None:
    """Objects and lists become dotted paths; a position stays whole."""
    if path == _POSITION:
        leaves[path] = value
    elif isinstance(value, (dict, list)):
        if level < _MAX_LEVELS:
            for name, part in _parts(cast("object", value)):
                _flatten(f"{path}.{name}" if path else name, part, leaves, level + 1)
    else:
        leaves[path] = value


def _parts(node: object) -> list[tuple[str, object]]:
    if isinstance(node, dict):
        return list(cast("Tree", node).items())
    return [(str(index), part) for index, part in enumerate(cast("list[object]", node))]


def _take_mover(context: str, mover: _Mover, leaves: dict[str, object], at: int, out: Delta) -> None:
    """Move what describes a mover out of `leaves`, into its position and static data."""
    if not _MOVING.isdisjoint(leaves):
        _take_motion(context, mover, leaves, at, out)
    name = leaves.pop("name", None)
    facts = {key: leaves.pop(path) for path, key in _FACTS.items() if path in leaves}
    told = {key: _word(value) for key, value in facts.items() if value is not None}
    new = {key: value for key, value in told.items() if mover.facts.get(key) != value}
    named = isinstance(name, str) and name != mover.name
    if new or named:
        mover.facts.update(new)
        mover.name = name if isinstance(name, str) else mover.name
        out.movers.append(MoverFacts(context, mover.kind, mover.name, new))


def _take_motion(context: str, mover: _Mover, leaves: dict[str, object], at: int, out: Delta) -> None:
    if _HEADING in leaves:
        mover.heading = _degrees(leaves.pop(_HEADING))
    if _COURSE in leaves:
        mover.course = _degrees(leaves.pop(_COURSE))
    if _SPEED in leaves:
        speed = _finite(leaves.pop(_SPEED))
        mover.speed = None if speed is None or not 0 <= speed < _TOP_SPEED else speed
    if _POSITION in leaves:
        place = leaves.pop(_POSITION)
        if not _take_place(mover, place, at):
            if place is not None and not _is_sentinel(place):
                out.faults.append((_POSITION, "wrong_type"))
            return
    elif math.isnan(mover.lat) or at != mover.at:
        return  # speed alone must not make an old place look new
    heading = mover.course if mover.heading is None else mover.heading
    out.positions.append(Position(context, mover.lat, mover.lon, heading, mover.speed, at))


def _take_place(mover: _Mover, place: object, at: int) -> bool:
    node = cast("Tree", place) if isinstance(place, dict) else {}
    lat, lon = _finite(node.get("latitude")), _finite(node.get("longitude"))
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return False
    mover.lat, mover.lon, mover.at = lat, lon, at
    return True


def _is_sentinel(place: object) -> bool:
    """AIS sends latitude 91 and longitude 181 for a place it does not know."""
    node = cast("Tree", place) if isinstance(place, dict) else {}
    lat, lon = _finite(node.get("latitude")), _finite(node.get("longitude"))
    if "latitude" in node and node["latitude"] is None:
        return True
    return (lat is not None and 90 < lat < 91.01) or (lon is not None and 180 < lon < 181.01)


def _finite(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def _degrees(value: object) -> float | None:
    angle = _finite(value)
    return None if angle is None or not 0 <= angle < _FULL_TURN else math.degrees(angle)


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:g}" if isinstance(value, float) else str(value)
