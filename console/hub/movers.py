"""Moving objects: their numbers, static facts and last positions, in columns that seats are served from."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.mover import MoverFact, PositionBatch
from console.core.zones import Sighting
from console.feeds.base import MoverFacts, Position
from console.hub.ring import EventRing
from console.wire.messages import MoversChanged

log = logging.getLogger("feed")

MAX_MOVERS = 50_000
MAX_FACTS = 40
"""Static facts kept of one object; a source cannot make a hub remember more."""


class MoverRegistry:
    """Numbers every source object once; `ring` hears of changed facts, positions are served by state."""

    def __init__(self, ring: EventRing, max_movers: int = MAX_MOVERS) -> None:
        self._ring = ring
        self._max = max_movers
        self._number: dict[str, int] = {}
        self._facts: list[MoverFact] = []
        self._changed: dict[int, None] = {}
        self.refused = 0
        self.moved_listener: Callable[[list[Sighting]], None] | None = None
        self.gone_listener: Callable[[list[int]], None] | None = None
        self.revision = 0
        self._revisions = np.zeros(64, np.int64)
        self._at = np.zeros(64, np.int64)
        self._lat = np.zeros(64, np.float64)
        self._lon = np.zeros(64, np.float64)
        self._heading = np.zeros(64, np.float32)
        self._speed = np.zeros(64, np.float32)

    def facts(self) -> list[MoverFact]:
        """Objects that are on the map."""
        return [fact for fact in self._facts if not fact.gone]

    def fact(self, number: int) -> MoverFact:
        """What is known of an object; raises IndexError for a number never given."""
        return self._facts[number]

    def movers(self, feed: str, rows: list[MoverFacts]) -> None:
        """Merge static data into what is known."""
        for row in rows:
            number = self._known(feed, row)
            if number is None:
                continue
            old = self._facts[number]
            facts = dict(list({**old.facts, **row.facts}.items())[:MAX_FACTS])
            new = msgspec.structs.replace(
                old, kind=row.kind or old.kind, name=row.name or old.name, facts=facts, gone=False, feed=feed
            )
            if new != old:
                self._facts[number] = new
                self._changed[number] = None

    def positions(self, rows: list[Position], received_at: int) -> None:
        """Take positions; objects never named are left out. One without a time gets `received_at`."""
        moved: list[Sighting] = []
        for row in rows:
            number = self._number.get(row.source)
            if number is None or self._facts[number].gone:
                continue
            self.revision += 1
            self._revisions[number] = self.revision
            self._at[number] = row.at or received_at
            self._lat[number] = row.lat
            self._lon[number] = row.lon
            self._heading[number] = math.nan if row.heading is None else row.heading
            self._speed[number] = speed = math.nan if row.speed is None else row.speed
            if self.moved_listener is not None:
                kind = self._facts[number].kind
                moved.append(Sighting(number, kind, row.at or received_at, row.lat, row.lon, speed))
        if self.moved_listener is not None and moved:
            self.moved_listener(moved)

    def gone(self, sources: list[str]) -> None:
        """Take objects off the map."""
        lost: list[int] = []
        for source in sources:
            number = self._number.get(source)
            if number is not None and not self._facts[number].gone:
                self._facts[number] = msgspec.structs.replace(self._facts[number], gone=True)
                self._changed[number] = None
                lost.append(number)
        if self.gone_listener is not None and lost:
            self.gone_listener(lost)

    def publish(self) -> None:
        """Tell the ring of all facts changed since the last call, as one message."""
        if not self._changed:
            return
        facts = tuple(self._facts[number] for number in self._changed)
        self._changed = {}
        for first in range(0, len(facts), 200):
            part = facts[first : first + 200]
            self._ring.push(lambda sequence, part=part: MoversChanged(sequence=sequence, movers=part))

    def changed_since(self, revision: int) -> tuple[PositionBatch, int]:
        """Last positions of objects that moved after `revision`, and the revision they bring a seat to."""
        n = len(self._facts)
        chosen = np.flatnonzero(self._revisions[:n] > max(revision, 0))
        return self._positions(chosen), self.revision

    def _positions(self, chosen: NDArray[np.intp]) -> PositionBatch:
        return PositionBatch(
            chosen.astype(np.uint32),
            self._at[chosen],
            self._lat[chosen],
            self._lon[chosen],
            self._heading[chosen],
            self._speed[chosen],
        )

    def _known(self, feed: str, row: MoverFacts) -> int | None:
        number = self._number.get(row.source)
        if number is not None:
            return number
        number = len(self._facts)
        if number >= self._max:
            if not self.refused:
                log.error("more than %d moving objects; further ones are not shown", self._max)
            self.refused += 1
            return None
        self._number[row.source] = number
        self._facts.append(MoverFact(mover=number, id=row.source, kind=row.kind, feed=feed))
        self._changed[number] = None
        if number >= len(self._at):
            self._grow()
        return number

    def _grow(self) -> None:
        for name in ("_revisions", "_at", "_lat", "_lon", "_heading", "_speed"):
            column = getattr(self, name)
            setattr(self, name, np.concatenate([column, np.zeros_like(column)]))
