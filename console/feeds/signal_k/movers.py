"""Movers of a Signal K source: position, course, speed and static data, merged from deltas of all their sources; pure.

Several receivers may tell of the same ship. Of each path the newest by its time wins: what is older, and comes
late, changes nothing.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple, cast

from console.feeds.base import MoverFacts, Position

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

POSITION = "navigation.position"
_HEADING = "navigation.headingTrue"
_COURSE = "navigation.courseOverGroundTrue"
_SPEED = "navigation.speedOverGround"
_MOVING = frozenset({POSITION, _HEADING, _COURSE, _SPEED})
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
_DESCRIBING = _MOVING | frozenset(_FACTS) | {"name"}


class Arrival(NamedTuple):
    """When an update was made and when it came."""

    at: int
    """UTC ns as the source gave it, 0 if it gave none."""
    stamp: int
    """By which it is older or newer than others: never later than the time of its arrival."""
    now: float
    """Monotonic seconds."""


@dataclass(slots=True)
class MoverNews:
    """What deltas brought of movers, and the faults in it as (where, reason)."""

    positions: list[Position] = field(default_factory=list[Position])
    movers: list[MoverFacts] = field(default_factory=list[MoverFacts])
    faults: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@dataclass(slots=True)
class Mover:
    """What is known of one."""

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
    newest: dict[str, tuple[int, float]] = field(default_factory=dict[str, tuple[int, float]])
    """Of each path the time of its value, and when that came."""


def take_mover(
    context: str, mover: Mover, leaves: dict[str, object], when: Arrival, patience_s: float, out: MoverNews
) -> None:
    """Move what describes a mover out of `leaves`, into its position and static data.

    Nothing newer for `patience_s` tells that the clock of the source was set back: then the older is taken.
    """
    place = leaves.get(POSITION)
    if place is not None and _read_place(place) is None and not _is_sentinel(place):
        # Told however old it is, and never the newest that is known.
        out.faults.append((POSITION, "wrong_type"))
        del leaves[POSITION]
    _drop_older(mover, leaves, when, patience_s)
    if not _MOVING.isdisjoint(leaves):
        _take_motion(context, mover, leaves, when.at, out)
    name = leaves.pop("name", None)
    facts = {key: leaves.pop(path) for path, key in _FACTS.items() if path in leaves}
    told = {key: "" if value is None else _word(value) for key, value in facts.items()}
    new = {key: value for key, value in told.items() if mover.facts.get(key, "") != value}
    named = isinstance(name, str) and name != mover.name
    if new or named:
        mover.facts.update(new)
        mover.name = name if isinstance(name, str) else mover.name
        out.movers.append(MoverFacts(context, mover.kind, mover.name, new))


def _drop_older(mover: Mover, leaves: dict[str, object], when: Arrival, patience_s: float) -> None:
    newest = mover.newest
    for path in [path for path in leaves if path in _DESCRIBING]:
        stamp, heard = newest.get(path, (0, when.now))
        if when.stamp < stamp and when.now - heard <= patience_s:
            del leaves[path]
        else:
            newest[path] = (when.stamp, when.now)


def _take_motion(context: str, mover: Mover, leaves: dict[str, object], at: int, out: MoverNews) -> None:
    if _HEADING in leaves:
        mover.heading = _degrees(leaves.pop(_HEADING))
    if _COURSE in leaves:
        mover.course = _degrees(leaves.pop(_COURSE))
    if _SPEED in leaves:
        speed = _finite(leaves.pop(_SPEED))
        mover.speed = None if speed is None or not 0 <= speed < _TOP_SPEED else speed
    if POSITION in leaves:
        place = _read_place(leaves.pop(POSITION))
        if place is None:
            return
        mover.lat, mover.lon, mover.at = *place, at
    elif math.isnan(mover.lat) or at != mover.at:
        return  # speed alone must not make an old place look new
    heading = mover.course if mover.heading is None else mover.heading
    out.positions.append(Position(context, mover.lat, mover.lon, heading, mover.speed, at))


def _read_place(place: object) -> tuple[float, float] | None:
    node = cast("Tree", place) if isinstance(place, dict) else {}
    lat, lon = _finite(node.get("latitude")), _finite(node.get("longitude"))
    if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180:
        return None
    return lat, lon


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
