"""Levels of alarms with several limits, in columns (ALM-11): where a value climbs or falls past one.

Worked in a space where larger is worse. A level is reached at its limit and left below its limit less the deadband.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from console.core.alarm.bands import Mask, Rows, Values, falling
from console.core.site import AlarmDef


class Ladders:
    """The raw level of each raised alarm row."""

    def __init__(self, definitions: Sequence[AlarmDef]) -> None:
        rows = len(definitions)
        self._steps: dict[int, tuple[float, ...]] = {}
        self._deadband = np.zeros(rows, np.float64)
        self._sign = np.ones(rows, np.float64)
        self._up = np.full(rows, np.inf, np.float64)
        self._down = np.full(rows, -np.inf, np.float64)
        self._level: NDArray[np.int64] = np.zeros(rows, np.int64)
        for row, definition in enumerate(definitions):
            if definition.levels or falling(definition):
                self.redefine(row, definition)

    def __bool__(self) -> bool:
        return bool(self._steps)

    def redefine(self, row: int, definition: AlarmDef) -> None:
        """`row` has another definition from now on, and is at rest."""
        sign = -1.0 if falling(definition) else 1.0
        self._sign[row] = sign
        self._deadband[row] = definition.deadband
        limits = (definition.limit, *(level.limit for level in definition.levels))
        self._steps.pop(row, None)
        if definition.levels:
            self._steps[row] = tuple(sign * limit for limit in limits)
        self.rest(row)

    def has(self, row: int) -> bool:
        """Whether `row` has more than one level."""
        return row in self._steps

    def level(self, row: int) -> int:
        """The raw level of `row`; 0 while it is at rest."""
        return int(self._level[row])

    def moves(self, rows: Rows, value: Values) -> Mask:
        """Where a value takes a raised row to another level."""
        worse = self._sign[rows] * value
        moving = worse >= self._up[rows]
        moving |= worse < self._down[rows]
        return moving

    def reached(self, row: int, value: float) -> int:
        """The level that `value` takes `row` to from where it is."""
        steps = self._steps.get(row)
        if steps is None:
            return 0
        worse = float(self._sign[row]) * value
        level = int(self._level[row])
        while level + 1 < len(steps) and worse >= steps[level + 1]:
            level += 1
        while level > 0 and worse < steps[level] - float(self._deadband[row]):
            level -= 1
        return level

    def put(self, row: int, level: int) -> None:
        """`row` is raised and stands at `level`."""
        steps = self._steps.get(row)
        if steps is None:
            return
        level = min(level, len(steps) - 1)
        self._level[row] = level
        self._up[row] = steps[level + 1] if level + 1 < len(steps) else np.inf
        self._down[row] = steps[level] - self._deadband[row] if level else -np.inf

    def rest(self, row: int) -> None:
        """`row` is not raised."""
        self._level[row] = 0
        self._up[row] = np.inf
        self._down[row] = -np.inf

    def worse(self, row: int, value: float, than: float) -> bool:
        """Whether one value of `row` is worse than another."""
        sign = float(self._sign[row])
        return sign * value > sign * than
