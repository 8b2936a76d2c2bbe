"""What is compared with the limits where it is not the value itself: distance, rate and missing data.

Signals have a short memory (the other tag, some samples), so rows that repeat within a batch are taken in rounds, each
with every alarm row at most once. NaN says that nothing is known: it neither alarms nor clears (ALM-09).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from console.core.alarm.bands import Mask, Rows, Values
from console.core.batch import NS, Batch
from console.core.site import AlarmCondition, AlarmDef

_PLAIN, _DEVIATION, _RATE, _STALE = range(4)
_KINDS = {
    AlarmCondition.DEVIATION: _DEVIATION,
    AlarmCondition.RATE: _RATE,
    AlarmCondition.STALE: _STALE,
}
_MEMORY = 10
_SPACING = 8
"""A rate keeps at most one sample for each eighth of its window."""

Times = NDArray[np.int64]


class Signals:
    """Memory by alarm row; `tag` is the alarm's own tag by row."""

    def __init__(self, definitions: Sequence[AlarmDef], tag: Rows) -> None:
        kinds = [_KINDS.get(d.condition, _PLAIN) for d in definitions]
        self._kind = np.array(kinds, np.uint8)
        self._tag = tag
        self._special = self._kind != _PLAIN
        self._slot = np.cumsum(self._kind == _DEVIATION) - 1
        self._rate_slot = np.cumsum(self._kind == _RATE) - 1
        deviations, rates = kinds.count(_DEVIATION), kinds.count(_RATE)
        self._own = np.full(deviations, np.nan)
        self._other = np.full(deviations, np.nan)
        windows = [d.rate_window_s for d in definitions if d.condition is AlarmCondition.RATE]
        self._window: Times = (np.array(windows, np.float64) * NS).astype(np.int64)
        self._past_at: Times = np.zeros((rates, _MEMORY), np.int64)
        self._past = np.full((rates, _MEMORY), np.nan)
        self._newest: Times = np.zeros(rates, np.int64)
        self._next = np.zeros(rates, np.intp)

    def __bool__(self) -> bool:
        return bool(self._special.any())

    def data_free(self, row: int) -> bool:
        """Whether `row` is about missing data, and so needs none."""
        return bool(self._kind[row] == _STALE)

    def forget(self) -> None:
        """Rates begin anew: the times of what is remembered mean nothing any more."""
        self._past[:] = np.nan
        self._newest[:] = 0

    def fill(self, batch: Batch, usable: Mask, batch_row: Rows, alarm_row: Rows, signal: Values) -> Mask:
        """Replaces the signals of special rows in place; returns which pairs say anything."""
        known = usable[batch_row]
        special = np.flatnonzero(self._special[alarm_row])
        if not len(special):
            return known
        kind = self._kind[alarm_row[special]]
        missing = special[kind == _STALE]
        rows = batch_row[missing]
        signal[missing] = np.where(usable[rows], 0.0, batch.quality[rows])
        # What has no usable quality is unknown to the memory too, whatever number it carries.
        value = np.where(usable, batch.value, np.nan)
        for chosen in _rounds(special[kind == _DEVIATION], alarm_row):
            self._distance(batch, value, batch_row[chosen], alarm_row[chosen], signal, chosen)
        for chosen in _rounds(special[kind == _RATE], alarm_row):
            signal[chosen] = self._rate(
                self._rate_slot[alarm_row[chosen]], batch.at[batch_row[chosen]], value[batch_row[chosen]]
            )
        known[special] &= ~np.isnan(signal[special])
        known[missing] = True
        return known

    def _distance(
        self, batch: Batch, value: Values, rows: Rows, alarms: Rows, signal: Values, chosen: Rows
    ) -> None:
        slot = self._slot[alarms]
        own = batch.tag[rows] == self._tag[alarms]
        self._own[slot[own]] = value[rows[own]]
        self._other[slot[~own]] = value[rows[~own]]
        signal[chosen] = np.abs(self._own[slot] - self._other[slot])

    def _rate(self, slot: Rows, at: Times, value: Values) -> Values:
        """Change a minute against the oldest sample within the window that is at least half a window old."""
        window = self._window[slot]
        age = at[:, None] - self._past_at[slot]
        past = self._past[slot]
        fits = ~np.isnan(past) & (age <= window[:, None]) & (2 * age >= window[:, None])
        oldest = np.where(fits, age, -1).argmax(axis=1)
        rows = np.arange(len(slot))
        found = fits[rows, oldest]
        seconds = np.where(found, age[rows, oldest], NS) / NS
        rate = np.where(found, (value - past[rows, oldest]) * 60.0 / seconds, np.nan)
        self._remember(slot, at, value, window)
        return rate

    def _remember(self, slot: Rows, at: Times, value: Values, window: Times) -> None:
        empty = np.isnan(self._past[slot]).all(axis=1)
        due = ~np.isnan(value) & (empty | ((at - self._newest[slot]) * _SPACING >= window))
        kept = slot[due]
        place = self._next[kept]
        self._past_at[kept, place] = at[due]
        self._past[kept, place] = value[due]
        self._newest[kept] = at[due]
        self._next[kept] = (place + 1) % _MEMORY


def _rounds(chosen: Rows, alarm_row: Rows) -> Iterator[Rows]:
    """Parts of `chosen` in order, each with every alarm row at most once."""
    if not len(chosen):
        return
    rows = alarm_row[chosen]
    order = np.argsort(rows, kind="stable")
    first = np.concatenate(([True], rows[order][1:] != rows[order][:-1]))
    if first.all():
        yield chosen
        return
    begins = np.flatnonzero(first)
    rank = np.empty(len(rows), np.intp)
    rank[order] = np.arange(len(rows)) - begins[np.cumsum(first) - 1]
    for turn in range(int(rank.max()) + 1):
        yield chosen[rank == turn]
