"""What is usual for a point, learned from its arrivals, and whether it keeps to it; columnar and pure.

Three things betray a source that is connected and yet not measuring: it comes late, it repeats one value, or its
values come round and round. Values are judged only where fractions have been seen: a switch may stand still.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from console.core.feed import Beat

LEARN = 8
"""Intervals after which a rhythm is known."""
LATE_TIMES = 3.0
LATE_DEVIATIONS = 4.0
AT_LEAST_S = 1.0
FROZEN_RUN = 20
"""Equal values in a row that may be frozen; more where the point has stood as long before."""
FROZEN_TIMES = 3
CHANGES = 8
"""A point that has changed less often is one that seldom changes."""
RING = 24
SHORTEST, LONGEST = 3, 8
"""Lengths of a pattern that is looked for; the ring holds the longest three times."""
_MOST = 4
"""Values of one point in one batch that are looked at."""
_SHARE = 0.1


class Rhythm:
    """Rhythms of `points` points, which are numbered from 0; times are monotonic seconds."""

    def __init__(self, points: int) -> None:
        self._last = np.full(points, np.nan)
        self.interval_s = np.zeros(points)
        """Learned mean interval; 0 until there is one."""
        self.deviation_s = np.zeros(points)
        self._learned = np.zeros(points, np.int64)
        self._value = np.full(points, np.nan)
        self.run = np.zeros(points, np.int64)
        """How many times the present value has come in a row."""
        self._longest = np.zeros(points, np.int64)
        self._changes = np.zeros(points, np.int64)
        self._fractions = np.zeros(points, np.bool_)
        self._ring = np.full((points, RING), np.nan)
        self._place = np.zeros(points, np.int64)

    def __len__(self) -> int:
        return len(self._last)

    def seen(self, points: NDArray[np.intp], values: NDArray[np.float64], now: float) -> None:
        """Values of points (repeats allowed, in order) have arrived now; NaN counts as an arrival only."""
        if not len(points):
            return
        order = np.argsort(points, kind="stable")
        ordered, value = points[order], values[order]
        first = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
        counts = np.diff(np.concatenate((first, [len(ordered)])))
        who = ordered[first]
        self._arrived(who, counts, now)
        for back in range(min(int(counts.max()), _MOST), 0, -1):
            has = counts >= back
            self._take(who[has], value[first[has] + counts[has] - back])

    def pause(self) -> None:
        """The connection is gone: what is learned stays, and the time until the next arrival counts for nothing."""
        self._last[:] = np.nan

    def age_s(self, now: float) -> NDArray[np.float64]:
        """Seconds since each point came; NaN for those that have not come since the connection began."""
        return now - self._last

    def beats(self, now: float) -> NDArray[np.uint8]:
        """The `Beat` of each point; what it says of late goes before what it says of values."""
        found = np.full(len(self), int(Beat.STEADY), np.uint8)
        judged = self._fractions & (self._changes >= CHANGES)
        found[judged & self._in_pattern()] = Beat.TOO_REGULAR
        found[judged & (self.run >= np.maximum(FROZEN_RUN, FROZEN_TIMES * self._longest))] = Beat.FROZEN
        found[self._learned < LEARN] = Beat.LEARNING
        limit = np.maximum(LATE_TIMES * self.interval_s + LATE_DEVIATIONS * self.deviation_s, AT_LEAST_S)
        with np.errstate(invalid="ignore"):
            late = (self._learned >= LEARN) & (now - self._last > limit)
        found[late] = Beat.LATE
        found[np.isnan(self._last)] = Beat.WAITING
        return found

    def _arrived(self, who: NDArray[np.intp], counts: NDArray[np.intp], now: float) -> None:
        before = self._last[who]
        self._last[who] = now
        timed = ~np.isnan(before)
        who, interval = who[timed], (now - before[timed]) / counts[timed]
        known = self._learned[who]
        mean = self.interval_s[who]
        # One long silence must not become the rule that hides the next one.
        interval = np.where(known >= LEARN, np.minimum(interval, LATE_TIMES * mean + AT_LEAST_S), interval)
        share = np.maximum(_SHARE, 1.0 / (known + 1))
        moved = mean + share * (interval - mean)
        self.deviation_s[who] += share * (np.abs(interval - moved) - self.deviation_s[who])
        self.interval_s[who] = moved
        self._learned[who] += 1

    def _take(self, who: NDArray[np.intp], value: NDArray[np.float64]) -> None:
        finite = np.isfinite(value)
        who, value = who[finite], value[finite]
        before = self._value[who]
        same = value == before
        changed = who[~same & ~np.isnan(before)]
        self._longest[changed] = np.maximum(self._longest[changed], self.run[changed])
        self._changes[changed] += 1
        self.run[who] = np.where(same, self.run[who] + 1, 1)
        self._value[who] = value
        self._fractions[who] |= value != np.rint(value)
        self._ring[who, self._place[who]] = value
        self._place[who] = (self._place[who] + 1) % RING

    def _in_pattern(self) -> NDArray[np.bool_]:
        """Points whose last values are one short pattern of at least three values, over and over."""
        found = np.zeros(len(self), np.bool_)
        worth = np.flatnonzero(self._fractions & ~np.isnan(self._ring).any(axis=1))
        if not len(worth):
            return found
        places = (self._place[worth][:, None] + np.arange(RING)) % RING
        values = np.take_along_axis(self._ring[worth], places, axis=1)
        distinct = 1 + np.count_nonzero(np.diff(np.sort(values, axis=1), axis=1), axis=1)
        repeats = np.zeros(len(worth), np.bool_)
        for length in range(SHORTEST, LONGEST + 1):
            repeats |= (values[:, length:] == values[:, :-length]).all(axis=1)
        found[worth] = repeats & (distinct >= SHORTEST)
        return found
