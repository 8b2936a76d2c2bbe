"""When what a person began for a time ends: by the wall clock, but never later than its duration on the monotonic clock
(ALM-43). Shelves, times out of service and maintenance modes all end like this.
"""

from __future__ import annotations

from typing import Generic, TypeVar

import msgspec

from console.core.batch import NS

K = TypeVar("K", int, str)


class _End(msgspec.Struct, frozen=True):
    until: float
    at_until: int


class Ends(Generic[K]):
    """Ends by key (alarm or area); few enough (ALM-42) to be looked through one by one."""

    def __init__(self) -> None:
        self._ends: dict[K, _End] = {}

    def __len__(self) -> int:
        return len(self._ends)

    def put(self, key: K, now: float, at_until: int, left_s: float) -> None:
        """It ends at `at_until` (UTC ns), `left_s` from now at the longest."""
        self._ends[key] = _End(now + left_s, at_until)

    def over(self, key: K, now: float, at: int, by_s: float = 0.0) -> bool:
        """Whether its time has come, or would have if it ended `by_s` later."""
        end = self._ends[key]
        return now >= end.until + by_s or at >= end.at_until + round(by_s * NS)

    def move(self, key: K, by_s: float) -> None:
        """It ends `by_s` later, by both clocks."""
        end = self._ends[key]
        self._ends[key] = _End(end.until + by_s, end.at_until + round(by_s * NS))

    def take(self, key: K) -> None:
        """It has ended."""
        self._ends.pop(key, None)

    def due(self, now: float, at: int) -> list[K]:
        """Keys whose time has come, in order."""
        return sorted(key for key, end in self._ends.items() if now >= end.until or at >= end.at_until)

    def next_deadline(self) -> float | None:
        """The nearest end on the monotonic clock."""
        return min((end.until for end in self._ends.values()), default=None)


def left_s(at_begun: int, at_until: int, at: int) -> float:
    """Seconds that something restored has left; a clock that was set back does not extend it."""
    return max(0.0, min(at_until - at, at_until - at_begun) / NS)
