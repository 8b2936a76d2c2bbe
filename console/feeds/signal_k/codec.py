"""Signal K frames read into readings, positions, static data and metadata; pure, but remembers what each context said.

Values stay in SI units as Signal K has them; only angles of movers become degrees. Objects are flattened into
dotted paths, and the object at path "" is merged into the context (Signal K 1.7, delta format).
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import cast

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import MoverFacts, Reading
from console.feeds.signal_k.meta import MetaBook
from console.feeds.signal_k.movers import KINDS, POSITION, Arrival, Mover, MoverNews, Tree, take_mover
from console.feeds.times import read_time

OWN = "vessels.self"
"""What a server calls the vessel, or the port, that it stands in."""
_MAX_LEVELS = 8
_MAX_MOVERS = 50_000


@dataclass(slots=True)
class Delta(MoverNews):
    """What one frame brought, and the faults in it as (where, reason)."""

    readings: list[Reading] = field(default_factory=list[Reading])
    metas: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Source and path of what has other metadata now."""


class SignalKDecoder:
    """Decoder of one feed; `now` is monotonic seconds and tells only when something was last heard of."""

    def __init__(
        self,
        gone_after_s: float,
        zone: tzinfo | None = None,
        measured: frozenset[str] = frozenset(),
        sources: Collection[str] = (),
    ) -> None:
        self._gone_after_s = gone_after_s
        self._zone = zone
        self._measured = measured
        """Groups of movers whose other values are readings too; of a fleet of strangers nobody wants them."""
        self._own_is_self = OWN in sources
        """The profile calls the server's own vessel as the server does."""
        self._movers: dict[str, Mover] = {}
        self._self = ""
        self.metas = MetaBook()
        """What is known of the points of this connection, by source and path of their readings."""

    def connected(self) -> None:
        """A new connection: the server tells its metadata anew."""
        self.metas.clear()

    def hello(self, frame: Tree) -> bool:
        """Take the name of `vessels.self` from a hello; whether the frame is one."""
        if "updates" in frame or not ("self" in frame or "version" in frame):
            return False
        name = frame.get("self")
        if isinstance(name, str):
            self._self = f"vessels.{name}" if name.startswith("urn:") else name
        return True

    def address(self, source: str) -> str:
        """The context under which a server takes orders for a source: its own vessel is `vessels.self` to it."""
        return OWN if source == self._self else source

    def delta(self, frame: Tree, now: float, wall: int = 0) -> Delta:
        """Contents of a delta; raises DecodeError if it has no updates. `wall` is UTC ns, 0 if nobody knows."""
        updates = frame.get("updates")
        if not isinstance(updates, list):
            raise DecodeError("updates", "missing")
        context = frame.get("context", OWN)
        if not isinstance(context, str) or "." not in context:
            raise DecodeError("context", "wrong_type", repr(context)[:80])
        if context == OWN and self._self:
            context = self._self
        out = Delta()
        mover = self._mover(context, now, out)
        for index, update in enumerate(cast("list[object]", updates)):
            where = f"updates[{index}]"
            if not isinstance(update, dict):
                out.faults.append((where, "wrong_type"))
                continue
            node = cast("Tree", update)
            try:
                self._meta(context, node, where, out)
                self._values(context, mover, node, where, out, (now, wall))
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

    def _mover(self, context: str, now: float, out: Delta) -> Mover | None:
        mover = self._movers.get(context)
        if mover is not None:
            mover.seen = now
            return mover
        kind = KINDS.get(context.split(".", 1)[0])
        if kind is None:
            return None
        if len(self._movers) >= _MAX_MOVERS:
            raise DecodeError("context", "too_many", context[:80])
        mover = self._movers[context] = Mover(kind, now)
        out.movers.append(MoverFacts(context, kind))
        return mover

    def _reads(self, context: str) -> bool:
        """Whether values of a context are readings."""
        group = context.split(".", 1)[0]
        return group not in KINDS or group in self._measured

    def _source(self, context: str) -> str:
        return OWN if self._own_is_self and context == self._self else context

    def _meta(self, context: str, update: Tree, where: str, out: Delta) -> None:
        items = update.get("meta")
        if items is None or not self._reads(context):
            return
        if not isinstance(items, list):
            out.faults.append((f"{where}.meta", "wrong_type"))
            return
        source = self._source(context)
        for index, item in enumerate(cast("list[object]", items)):
            changed = self.metas.take(source, item, f"{where}.meta[{index}]", out.faults)
            out.metas += [(source, path) for path in changed]

    def _values(
        self, context: str, mover: Mover | None, node: Tree, where: str, out: Delta, clock: tuple[float, int]
    ) -> None:
        at, quality = self._time(node, f"{where}.timestamp", out)
        values = node.get("values", [])
        if not isinstance(values, list):
            raise DecodeError(f"{where}.values", "wrong_type", repr(values)[:80])
        leaves: dict[str, object] = {}
        for index, item in enumerate(cast("list[object]", values)):
            _leaves_of(item, f"{where}.values[{index}]", leaves, out)
        if mover is not None:
            when = _arrival(at, *clock)
            take_mover(context, mover, leaves, when, self._gone_after_s, out)
        if not self._reads(context):
            return
        source = self._source(context)
        for path, value in leaves.items():
            if isinstance(value, (bool, int, float, str)):
                out.readings.append(Reading(source, path, value, at, quality))
            elif value is None:  # the sensor is there and has no valid value
                out.readings.append(Reading(source, path, math.nan, at, Quality.BAD))

    def _time(self, update: Tree, where: str, out: Delta) -> tuple[int, Quality]:
        """Time of an update; where it cannot be read, its values are kept, uncertain and at the hub's time."""
        if "timestamp" not in update:
            return 0, Quality.GOOD
        try:
            return read_time(update["timestamp"], self._zone, where), Quality.GOOD
        except DecodeError as error:
            out.faults.append((error.where, error.reason))
            return 0, Quality.UNCERTAIN


def _arrival(at: int, now: float, wall: int) -> Arrival:
    """A clock that is ahead must not make its source the newest for as long as it is."""
    return Arrival(at, min(at, wall) if at and wall else at or wall, now)


def _leaves_of(item: object, where: str, leaves: dict[str, object], out: Delta) -> None:
    node = cast("Tree", item) if isinstance(item, dict) else {}
    path = node.get("path")
    if not isinstance(path, str) or "value" not in node:
        out.faults.append((where, "wrong_type"))
        return
    _flatten(path, node["value"], leaves, 0)


def _flatten(path: str, value: object, leaves: dict[str, object], level: int) -> None:
    """Objects and lists become dotted paths; a position stays whole."""
    if path == POSITION:
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
