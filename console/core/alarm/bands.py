"""Limits of many alarms in columns: a signal inside [set] is abnormal, one outside [clear] is normal, between them the
deadband keeps what was (ALM-02).

high L, deadband d: abnormal v >= L, normal v < L-d.  low: abnormal v <= L, normal v > L+d.  state: abnormal v == L.
deviation: as high, of the distance.  rate: as high above 0, as low below.  stale: as high with L = 1, of the signal
that is 0 while the tag is usable. NaN is neither abnormal nor normal.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from console.core.site import AlarmCondition, AlarmDef

Rows = NDArray[np.intp]
Values = NDArray[np.float64]
Mask = NDArray[np.bool_]


class Bands:
    """Set and clear bands by alarm row."""

    def __init__(self, definitions: Sequence[AlarmDef]) -> None:
        edges = np.array([_edges(d) for d in definitions], np.float64).reshape(-1, 4)
        self._set_low, self._set_high, self._clear_low, self._clear_high = (
            np.ascontiguousarray(column) for column in edges.T
        )

    def redefine(self, row: int, definition: AlarmDef) -> None:
        """`row` has another definition from now on."""
        columns = (self._set_low, self._set_high, self._clear_low, self._clear_high)
        for column, edge in zip(columns, _edges(definition), strict=True):
            column[row] = edge

    def flips(self, rows: Rows, value: Values, raised: Mask) -> Mask:
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


def falling(definition: AlarmDef) -> bool:
    """Whether smaller is worse."""
    below_zero = definition.condition is AlarmCondition.RATE and definition.limit < 0
    return below_zero or definition.condition is AlarmCondition.LOW


def _edges(definition: AlarmDef) -> tuple[float, float, float, float]:
    limit, deadband = definition.limit, definition.deadband
    if definition.condition is AlarmCondition.STATE:
        return limit, limit, limit, limit
    if definition.condition is AlarmCondition.STALE:
        return 1.0, np.inf, 1.0, np.inf
    if falling(definition):
        return -np.inf, limit, -np.inf, limit + deadband
    return limit, np.inf, limit - deadband, np.inf
