"""Conditions waiting for their on-delay or off-delay (ALM-03): deadlines are monotonic, evidence is event
time (ALM-07).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass


@dataclass(slots=True)
class Pending:
    """One alarm row that has turned over and must stay so until `deadline`."""

    deadline: float
    delay_s: float
    since_at: int
    """Event time of the sample that turned it, UTC ns."""
    at: int
    """The sample that would be reported: the newest, or the worst for a latching class (ALM-04)."""
    value: float
    quality: int
    level: int = 0
    """Level that would be reported."""
    held: bool = False
    """The deadline has passed while nothing usable was known; the next usable sample decides."""


class Delays:
    """Pending rows by row number, with the nearest deadline at hand."""

    def __init__(self) -> None:
        self._pending: dict[int, Pending] = {}
        self._heap: list[tuple[float, int]] = []

    def __contains__(self, row: object) -> bool:
        return row in self._pending

    def start(self, row: int, pending: Pending) -> None:
        """Starts to wait."""
        self._pending[row] = pending
        heapq.heappush(self._heap, (pending.deadline, row))

    def end(self, row: int) -> Pending | None:
        """Waits no longer; what was waited for, if anything."""
        return self._pending.pop(row, None)

    def get(self, row: int) -> Pending | None:
        """What `row` waits for."""
        return self._pending.get(row)

    def next_deadline(self) -> float | None:
        """The nearest deadline of a row that is not held."""
        while self._heap and not self._waits(self._heap[0]):
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[tuple[int, Pending]]:
        """Rows whose deadline has come, in order of deadline; they are no longer timed but still pending."""
        found: list[tuple[int, Pending]] = []
        while self._heap and self._heap[0][0] <= now:
            entry = heapq.heappop(self._heap)
            if self._waits(entry):
                found.append((entry[1], self._pending[entry[1]]))
        return found

    def _waits(self, entry: tuple[float, int]) -> bool:
        pending = self._pending.get(entry[1])
        return pending is not None and not pending.held and pending.deadline == entry[0]
