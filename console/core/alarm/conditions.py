"""From samples to confirmed conditions, for many alarms at once (ALM-01: quality, range, deadband, delay).

Whole batches are compared in columns; one alarm at a time is looked at only where a row turns an alarm over
or an alarm
watches its samples while it waits. Rows of one tag within a batch keep their order.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from console.core.alarm.bands import Bands, Rows
from console.core.alarm.delays import Delays, Pending
from console.core.arrival import ArrivalOrder
from console.core.batch import NS, Batch
from console.core.catalogue import AlarmPoint
from console.core.quality import Quality
from console.core.site import AlarmCondition

_USABLE = np.zeros(256, np.bool_)
_USABLE[[quality for quality in Quality if quality.usable]] = True


class Change(msgspec.Struct, frozen=True):
    """A confirmed condition that came or went; the sample is the one to be reported with it."""

    alarm: int
    active: bool
    value: float
    at: int
    quality: int


class Conditions:
    """Raw (deadband, no delay) and confirmed conditions of all alarms of a catalogue.

    Alarms are kept in rows sorted by tag, so that the rows of a tag are a range.
    """

    def __init__(self, alarms: Sequence[AlarmPoint], tags: int) -> None:
        order = sorted(alarms, key=lambda point: (point.tag_index, point.index))
        tag = np.array([p.tag_index for p in order], np.intp)
        self._first = np.searchsorted(tag, np.arange(tags)).astype(np.intp)
        self._count = np.bincount(tag, minlength=tags).astype(np.intp)
        self._tag = tag
        self._alarm = [p.index for p in order]
        self._row = {p.index: row for row, p in enumerate(order)}
        self._definitions = [p.alarm for p in order]
        self._bands = Bands(self._definitions)
        self._raised = np.zeros(len(order), np.bool_)
        self._active = np.zeros(len(order), np.bool_)
        self._watched = np.zeros(len(order), np.bool_)
        self._touched = np.zeros(len(order), np.bool_)
        self._usable = np.zeros(tags, np.bool_)
        self._order = ArrivalOrder(tags)
        self._delays = Delays()
        self._changes: list[Change] = []

    def active(self, alarm: int) -> bool:
        """Whether the confirmed condition of `alarm` is abnormal."""
        return bool(self._active[self._row[alarm]])

    def restore(self, alarm: int, active: bool) -> None:
        """Takes up a condition known from before a restart (ALM-14); no change is reported."""
        row = self._row[alarm]
        self._delays.end(row)
        self._raised[row] = self._active[row] = active

    def samples(self, batch: Batch, now: float) -> list[Change]:
        """Changes that the rows of `batch` confirm at once, in order of the rows."""
        late = self._order.late(batch)
        if late is not None:
            batch = batch.take(~late)
        usable = _USABLE[batch.quality]
        self._usable[batch.tag] = usable
        if not usable.all():
            batch = batch.take(usable)
        pair_batch, pair_row = self._pairs(batch)
        if len(pair_row):
            self._compare(batch, pair_batch, pair_row, now)
        return self._drained()

    def expire(self, now: float) -> list[Change]:
        """Changes whose delay has run out. Rows without usable data wait for the next usable sample
        (ALM-09).
        """
        for row, pending in self._delays.due(now):
            if self._usable[self._tag[row]]:
                self._confirm(row, pending)
            else:
                pending.held = True
                self._watched[row] = True
        return self._drained()

    def next_deadline(self) -> float | None:
        """When `expire` has something to do."""
        return self._delays.next_deadline()

    def _pairs(self, batch: Batch) -> tuple[Rows, Rows]:
        """Every (row of the batch, alarm row of its tag), in order of the batch."""
        tag = batch.tag
        count = self._count[tag]
        total = int(count.sum())
        ends = np.cumsum(count)
        batch_row = np.repeat(np.arange(len(tag)), count)
        offset = np.repeat(self._first[tag] - ends + count, count)
        return batch_row, np.arange(total) + offset

    def _compare(self, batch: Batch, batch_row: Rows, alarm_row: Rows, now: float) -> None:
        candidate = self._bands.flips(alarm_row, batch.value[batch_row], self._raised[alarm_row])
        candidate |= self._watched[alarm_row]
        hits = alarm_row[candidate]
        if not len(hits):
            return
        # A tag may stand in the batch more than once: all its rows are needed where one of them matters.
        self._touched[hits] = True
        chosen = np.flatnonzero(self._touched[alarm_row])
        self._touched[hits] = False
        rows = batch.take(batch_row[chosen])
        columns = (alarm_row[chosen], rows.value, rows.at, rows.quality)
        for row, value, at, quality in zip(*(column.tolist() for column in columns), strict=True):
            self._sample(row, value, at, quality, now)

    def _sample(self, row: int, value: float, at: int, quality: int, now: float) -> None:
        raised = bool(self._raised[row])
        if self._bands.turns(row, value, raised):
            self._turn(row, not raised, Pending(now, 0.0, at, at, value, quality))
            return
        pending = self._delays.get(row)
        if pending is None:
            return
        if not self._definitions[row].latching or _worse(
            self._definitions[row].condition, value, pending.value
        ):
            pending.value, pending.at, pending.quality = value, at, quality
        if pending.held:
            self._confirm(row, pending)

    def _turn(self, row: int, raised: bool, sample: Pending) -> None:
        """The raw condition turns over at `sample`."""
        waited = self._delays.end(row)
        self._watched[row] = False
        self._raised[row] = raised
        if waited is not None and not self._lasted(waited, sample):
            return
        if waited is not None:
            # The scheduler came late: the delay had run out before this sample (ALM-06).
            due = waited.since_at + round(waited.delay_s * NS)
            self._report(row, not raised, waited.value, due, waited.quality)
        definition = self._definitions[row]
        sample.delay_s = definition.on_delay_s if raised else definition.off_delay_s
        if sample.delay_s <= 0.0:
            self._report(row, raised, sample.value, sample.at, sample.quality)
            return
        sample.deadline += sample.delay_s
        self._delays.start(row, sample)
        self._watched[row] = True

    @staticmethod
    def _lasted(waited: Pending, sample: Pending) -> bool:
        elapsed = sample.at - waited.since_at
        return (
            not waited.held and sample.deadline >= waited.deadline and elapsed >= round(waited.delay_s * NS)
        )

    def _confirm(self, row: int, pending: Pending) -> None:
        self._delays.end(row)
        self._watched[row] = False
        self._report(row, bool(self._raised[row]), pending.value, pending.at, pending.quality)

    def _report(self, row: int, active: bool, value: float, at: int, quality: int) -> None:
        self._active[row] = active
        self._changes.append(Change(self._alarm[row], active, value, at, quality))

    def _drained(self) -> list[Change]:
        changes, self._changes = self._changes, []
        return changes


def _worse(condition: AlarmCondition, value: float, than: float) -> bool:
    return value < than if condition is AlarmCondition.LOW else value > than
