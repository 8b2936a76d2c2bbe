"""Limits of many alarms in columns: a value inside [set] is abnormal, one outside [clear] is normal, between
them the
deadband keeps what was (ALM-02).

high L, deadband d: abnormal v >= L, normal v < L-d.  low: abnormal v <= L, normal v > L+d.  state: abnormal
v == L.
NaN is neither abnormal nor normal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from console.core.site import AlarmCondition, AlarmDef

Rows = NDArray[np.intp]


class Bands:
    """Set and clear bands by alarm row."""

    def __init__(self, definitions: Sequence[AlarmDef]) -> None:
        edges = np.array([_edges(d) for d in definitions], np.float64).reshape(-1, 4)
        self._set_low, self._set_high, self._clear_low, self._clear_high = (
            np.ascontiguousarray(column) for column in edges.T
        )

    def flips(self, rows: Rows, value: NDArray[np.float64], raised: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Where a value turns its alarm row over, `raised` being what each row is now."""
        abnormal = value >= self._set_low[rows]
        abnormal &= value <= self._set_high[rows]
        abnormal &= ~raised
        if raised.any():
            normal = value < self._clear_low[rows]
            normal |= value > self._clear_high[rows]
            normal &= raised
            abnormal |= normal
        return abnormal

    def turns(self, row: int, value: float, raised: bool) -> bool:
        """The same for one row."""
        if raised:
            return bool(value < self._clear_low[row] or value > self._clear_high[row])
        return bool(self._set_low[row] <= value <= self._set_high[row])


def _edges(definition: AlarmDef) -> tuple[float, float, float, float]:
    limit, deadband = definition.limit, definition.deadband
    if definition.condition is AlarmCondition.HIGH:
        return limit, np.inf, limit - deadband, np.inf
    if definition.condition is AlarmCondition.LOW:
        return -np.inf, limit, -np.inf, limit + deadband
    return limit, limit, limit, limit
