"""The rhythm of the points of one feed, fed in turns so that a fast feed does not pay for it."""

from __future__ import annotations

import numpy as np

from console.core.batch import Batch, joined
from console.core.feed import Beat, PointFact
from console.core.rhythm import Rhythm
from console.feeds.mapping import FeedMapping

TURN_S = 0.25
"""Arrivals within this time count as one."""
MOST_ROWS = 50_000
"""A turn of more rows is a flood: nothing is learned from it."""
ANEW_S = 5.0
"""Counts are made anew after this time."""
MOST_POINTS = 2_000


class RhythmWatch:
    """Of the points that the profile maps; times are monotonic seconds."""

    def __init__(self, mapping: FeedMapping) -> None:
        self._mapping = mapping
        self._rhythm = Rhythm(len(mapping.declared))
        self._waiting: list[Batch] = []
        self._rows = 0
        self._since = 0.0
        self._counted = (0, 0, 0)
        self._count_at = 0.0

    def take(self, batch: Batch, now: float) -> None:
        """Rows of this feed's tags have arrived."""
        batch = self._own(batch)
        if not self._waiting:
            self._since = now
        self._rows += len(batch)
        if self._rows <= MOST_ROWS:
            self._waiting.append(batch)
        if now - self._since >= TURN_S:
            self._turn(now)

    def _own(self, batch: Batch) -> Batch:
        """Rows of points that the profile maps; discovered ones have the higher numbers."""
        declared = self._mapping.declared
        if len(self._mapping.tags) == len(declared):
            return batch
        last = int(declared[-1]) if len(declared) else -1
        return batch.take(batch.tag.astype(np.int64) <= last)

    def pause(self, now: float) -> None:
        """The connection is gone."""
        self._turn(now)
        self._rhythm.pause()

    def counts(self, now: float) -> tuple[int, int, int]:
        """Points that are late, frozen and too regular."""
        if self._waiting and now - self._since >= TURN_S:
            self._turn(now)
        if now >= self._count_at:
            self._count_at = now + ANEW_S
            found = np.bincount(self._rhythm.beats(now), minlength=len(Beat))
            self._counted = (int(found[Beat.LATE]), int(found[Beat.FROZEN]), int(found[Beat.TOO_REGULAR]))
        return self._counted

    def points(self, now: float) -> tuple[tuple[PointFact, ...], int]:
        """Points with their rhythm in the order of the profile, and how many more there are."""
        self._turn(now)
        rhythm = self._rhythm
        beats, ages = rhythm.beats(now), rhythm.age_s(now)
        routes = self._mapping.routes
        told = routes[:MOST_POINTS]
        rows = np.searchsorted(
            self._mapping.declared, np.array([tag for *_, tag in told], np.uint32)
        ).tolist()
        expected = self._mapping.points
        facts = (
            PointFact(
                source=source,
                path=path,
                tag=tag,
                beat=int(beats[row]),
                age_s=None if np.isnan(ages[row]) else round(float(ages[row]), 2),
                interval_s=0.0 if beats[row] == Beat.LEARNING else round(float(rhythm.interval_s[row]), 3),
                deviation_s=round(float(rhythm.deviation_s[row]), 3),
                expected_s=expected[source, path],
                run=int(rhythm.run[row]),
            )
            for (source, path, tag), row in zip(told, rows, strict=True)
        )
        return tuple(facts), len(routes) - len(told)

    def _turn(self, now: float) -> None:
        waiting, rows = self._waiting, self._rows
        self._waiting, self._rows = [], 0
        if rows > MOST_ROWS:
            self._rhythm.pause()
        elif waiting:
            batch = joined(waiting)
            where = np.searchsorted(self._mapping.declared, batch.tag).astype(np.intp)
            self._rhythm.seen(where, batch.value, self._since)
