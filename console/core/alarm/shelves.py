"""When shelves end: by the wall clock, but never later than their duration on the monotonic clock
(ALM-43).
"""

from __future__ import annotations

import msgspec

from console.core.batch import NS


class _Shelf(msgspec.Struct, frozen=True):
    until: float
    at_until: int


class Shelves:
    """Shelved alarms and their ends; few enough (ALM-42) to be looked through one by one."""

    def __init__(self) -> None:
        self._shelves: dict[int, _Shelf] = {}

    def __len__(self) -> int:
        return len(self._shelves)

    def put(self, alarm: int, now: float, at_until: int, left_s: float) -> None:
        """`alarm` is shelved until `at_until` (UTC ns), `left_s` from now at the longest."""
        self._shelves[alarm] = _Shelf(now + left_s, at_until)

    def take(self, alarm: int) -> None:
        """`alarm` is no longer shelved."""
        self._shelves.pop(alarm, None)

    def due(self, now: float, at: int) -> list[int]:
        """Alarms whose shelf has ended, in order of alarm."""
        return sorted(alarm for alarm, s in self._shelves.items() if now >= s.until or at >= s.at_until)

    def next_deadline(self) -> float | None:
        """The nearest end on the monotonic clock."""
        return min((shelf.until for shelf in self._shelves.values()), default=None)


def left_s(at_shelved: int, at_until: int, at: int) -> float:
    """Seconds a restored shelf has left; a clock that was set back does not extend it."""
    return max(0.0, min(at_until - at, at_until - at_shelved) / NS)
