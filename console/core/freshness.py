"""Which tags have been silent for too long: no update for more than max(3 periods, 30 s) is stale
(ALM-10).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from console.core.batch import TagColumn

PERIODS = 3.0
AT_LEAST_S = 30.0


class Freshness:
    """Times are monotonic seconds. A tag is watched from its first sample until it is stale or given up."""

    def __init__(self, periods_s: Sequence[float]) -> None:
        self.limit_s = np.maximum(np.asarray(periods_s, np.float64) * PERIODS, AT_LEAST_S)
        self._due = np.full(len(periods_s), np.inf, np.float64)
        # A lower bound of all deadlines: samples only move deadlines away, so it is renewed when it has
        # passed.
        self._next = math.inf

    def grow(self, periods_s: Sequence[float]) -> None:
        """More tags after those known; one of period 0 is never stale by silence alone."""
        periods = np.asarray(periods_s, np.float64)
        limit = np.where(periods > 0, np.maximum(periods * PERIODS, AT_LEAST_S), np.inf)
        self.limit_s = np.concatenate((self.limit_s, limit))
        self._due = np.concatenate((self._due, np.full(len(periods), np.inf, np.float64)))

    def seen(self, tags: TagColumn, now: float) -> None:
        """Samples of `tags` (repeats allowed) arrived now."""
        if len(tags):
            due = now + self.limit_s[tags]
            self._due[tags] = due
            self._next = min(self._next, float(due.min()))

    def give_up(self, tags: TagColumn) -> None:
        """`tags` are no longer expected (their feed is down, which says more than stale) until they are seen
        again.
        """
        self._due[tags] = np.inf

    def next_deadline(self) -> float | None:
        """When to call `expire`; it may find nothing stale yet. None while nothing is watched."""
        return None if math.isinf(self._next) else math.nextafter(self._next, math.inf)

    def expire(self, now: float) -> TagColumn:
        """Tags that have become stale, each once until it is seen again."""
        if now <= self._next:
            return np.empty(0, np.uint32)
        stale = np.flatnonzero(self._due < now)
        self._due[stale] = np.inf
        self._next = float(self._due.min(initial=math.inf))
        return stale.astype(np.uint32)
