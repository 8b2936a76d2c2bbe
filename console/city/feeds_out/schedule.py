"""When each value of a device is due: groups of one period, with a little jitter, and no two alike at the start."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from console.city.chance import Chance
from console.city.device import Device, Point

Group = tuple[Device, tuple[Point, ...]]
JITTER = 0.04
"""Share of the period by which a sample may come early or late."""


class Schedule:
    """Due times in wall seconds of a monotonic clock."""

    def __init__(self, devices: Iterable[Device], chance: Chance, now: float) -> None:
        self._chance = chance
        self._groups: list[tuple[Device, tuple[Point, ...], float]] = []
        self._heap: list[tuple[float, int]] = []
        for device in devices:
            for period in sorted({point.period_s for point in device.points}):
                points = tuple(point for point in device.points if point.period_s == period)
                self._heap.append((now + chance.uniform(0.0, period), len(self._groups)))
                self._groups.append((device, points, period))
        heapq.heapify(self._heap)

    def due(self, now: float) -> list[Group]:
        """Groups whose time has come; each is put back one period later."""
        found: list[Group] = []
        while self._heap and self._heap[0][0] <= now:
            at, index = self._heap[0]
            device, points, period = self._groups[index]
            found.append((device, points))
            later = at + period * (1.0 + self._chance.uniform(-JITTER, JITTER))
            # After a suspend the missed samples are gone, not caught up with.
            heapq.heapreplace(self._heap, (max(later, now + 0.5 * period), index))
        return found
