"""From samples to confirmed conditions, for many alarms at once (ALM-01: quality, range, deadband, delay, count).

Whole batches are compared in columns; one alarm at a time is looked at only where a row turns an alarm over, takes it
to another level, or the alarm watches its samples while it waits. Rows of one tag within a batch keep their order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

import msgspec
import numpy as np

from console.core.alarm.bands import Bands, Rows, Values
from console.core.alarm.delays import Delays, Pending
from console.core.alarm.ladders import Ladders
from console.core.alarm.signals import Signals
from console.core.arrival import ArrivalOrder
from console.core.batch import NS, Batch
from console.core.catalogue import AlarmPoint
from console.core.quality import Quality
from console.core.site import AlarmDef

_USABLE = np.zeros(256, np.bool_)
_USABLE[[quality for quality in Quality if quality.usable]] = True


class Change(msgspec.Struct, frozen=True):
    """A confirmed condition that came, rose to another level or went; the sample is the one to be reported with it."""

    alarm: int
    active: bool
    value: float
    at: int
    quality: int
    level: int = 0


class Conditions:
    """Raw (deadband, no delay) and confirmed conditions of all alarms of a catalogue.

    Alarms are kept in rows sorted by tag; the entries of a tag are a range, and lead to the rows it drives.
    """

    def __init__(self, alarms: Sequence[AlarmPoint], tags: int) -> None:
        order = sorted(alarms, key=lambda point: (point.tag_index, point.index))
        self._tag = np.array([p.tag_index for p in order], np.intp)
        self._reference = np.array([p.reference_index for p in order], np.intp)
        self._index_entries(tags)
        self._alarm = [p.index for p in order]
        self._row = {p.index: row for row, p in enumerate(order)}
        self._definitions = [p.alarm for p in order]
        self._bands = Bands(self._definitions)
        self._ladders = Ladders(self._definitions)
        self._signals = Signals(self._definitions, self._tag)
        self._raised = np.zeros(len(order), np.bool_)
        self._active = np.zeros(len(order), np.bool_)
        self._watched = np.zeros(len(order), np.bool_)
        self._touched = np.zeros(len(order), np.bool_)
        self._usable = np.zeros(tags, np.bool_)
        self._order = ArrivalOrder(tags)
        self._delays = Delays()
        self._levels: dict[int, int] = {}
        self._excursions: dict[int, deque[float]] = {}
        self._changes: list[Change] = []

    def active(self, alarm: int) -> bool:
        """Whether the confirmed condition of `alarm` is abnormal."""
        return bool(self._active[self._row[alarm]])

    def level(self, alarm: int) -> int:
        """The confirmed level of `alarm`: it rises after the on-delay and falls at once; 0 while normal."""
        return self._levels.get(self._row[alarm], 0)

    def restore(self, alarm: int, active: bool, level: int = 0) -> None:
        """Takes up a condition known from before a restart (ALM-14); no change is reported."""
        row = self._row[alarm]
        self._calm(row)
        self._raised[row] = self._active[row] = active
        self._ladders.rest(row)
        if active:
            self._ladders.put(row, level)
        self._put_level(row, self._ladders.level(row))

    def redefine(self, alarm: int, definition: AlarmDef) -> None:
        """`alarm` has another definition of the same tags from now on; a delay under way is cancelled (ALM-13)."""
        row = self._row[alarm]
        level = self._levels.get(row, 0)
        self._definitions[row] = definition
        self._bands.redefine(row, definition)
        self._ladders.redefine(row, definition)
        self._excursions.pop(row, None)
        self.restore(alarm, bool(self._active[row]), level)

    def judge(self, alarm: int, value: float, at: int, quality: int, now: float) -> list[Change]:
        """Changes that a present sample brings to one alarm after it was redefined."""
        if _USABLE[quality] and not self._signals.data_free(self._row[alarm]):
            self._sample(self._row[alarm], value, at, quality, now)
        return self._drained()

    def samples(self, batch: Batch, now: float) -> list[Change]:
        """Changes that the rows of `batch` confirm at once, in order of the rows."""
        late = self._order.late(batch)
        if late is not None:
            batch = batch.take(~late)
        usable = _USABLE[batch.quality]
        self._usable[batch.tag] = usable
        batch_row, alarm_row = self._pairs(batch)
        if not len(alarm_row):
            return []
        signal = batch.value[batch_row]
        if self._signals:
            known = self._signals.fill(batch, usable, batch_row, alarm_row, signal)
            batch_row, alarm_row, signal = batch_row[known], alarm_row[known], signal[known]
        elif not usable.all():
            known = usable[batch_row]
            batch_row, alarm_row, signal = batch_row[known], alarm_row[known], signal[known]
        self._compare(batch, batch_row, alarm_row, signal, now)
        return self._drained()

    def set_back(self, at: int) -> None:
        """The wall clock was set back and shows `at`; delays do not notice (ALM-07)."""
        self._order.set_back(at)
        self._signals.forget()

    def expire(self, now: float) -> list[Change]:
        """Changes whose delay has run out. Rows without usable data wait for the next usable sample
        (ALM-09).
        """
        for row, pending in self._delays.due(now):
            if self._known(row):
                self._confirm(row, pending)
            else:
                pending.held = True
                self._watched[row] = True
        return self._drained()

    def next_deadline(self) -> float | None:
        """When `expire` has something to do."""
        return self._delays.next_deadline()

    def _index_entries(self, tags: int) -> None:
        """Each row stands under its own tag, and a deviation under its reference too."""
        referring = np.flatnonzero(self._reference >= 0)
        tag = np.concatenate([self._tag, self._reference[referring]])
        row = np.concatenate([np.arange(len(self._tag), dtype=np.intp), referring])
        order = np.argsort(tag, kind="stable")
        self._entry_row = row[order] if len(referring) else None
        self._first = np.searchsorted(tag[order], np.arange(tags)).astype(np.intp)
        self._count = np.bincount(tag, minlength=tags).astype(np.intp)

    def _pairs(self, batch: Batch) -> tuple[Rows, Rows]:
        """Every (row of the batch, alarm row of its tag), in order of the batch."""
        tag = batch.tag
        count = self._count[tag]
        total = int(count.sum())
        ends = np.cumsum(count)
        batch_row = np.repeat(np.arange(len(tag)), count)
        offset = np.repeat(self._first[tag] - ends + count, count)
        entry = np.arange(total) + offset
        return batch_row, entry if self._entry_row is None else self._entry_row[entry]

    def _compare(self, batch: Batch, batch_row: Rows, alarm_row: Rows, signal: Values, now: float) -> None:
        candidate = self._bands.flips(alarm_row, signal, self._raised[alarm_row])
        if self._ladders:
            candidate |= self._ladders.moves(alarm_row, signal)
        candidate |= self._watched[alarm_row]
        hits = alarm_row[candidate]
        if not len(hits):
            return
        # A tag may stand in the batch more than once: all its rows are needed where one of them matters.
        self._touched[hits] = True
        chosen = np.flatnonzero(self._touched[alarm_row])
        self._touched[hits] = False
        rows = batch_row[chosen]
        columns = (alarm_row[chosen], signal[chosen], batch.at[rows], batch.quality[rows])
        for row, value, at, quality in zip(*(column.tolist() for column in columns), strict=True):
            self._sample(row, value, at, quality, now)

    def _sample(self, row: int, value: float, at: int, quality: int, now: float) -> None:
        raised = bool(self._raised[row])
        sample = Pending(now, 0.0, at, at, value, quality)
        if self._bands.turns(row, value, raised):
            self._turn(row, not raised, sample)
            return
        if raised and self._ladders.has(row):
            self._climb(row, sample)
        pending = self._delays.get(row)
        if pending is None:
            return
        if not self._definitions[row].latching or self._ladders.worse(row, value, pending.value):
            pending.value, pending.at, pending.quality = value, at, quality
            pending.level = self._ladders.level(row)
        if pending.held:
            self._confirm(row, pending)

    def _turn(self, row: int, raised: bool, sample: Pending) -> None:
        """The raw condition turns over at `sample`."""
        waited = self._calm(row)
        self._raised[row] = raised
        self._ladders.rest(row)
        if raised:
            self._ladders.put(row, self._ladders.reached(row, sample.value))
            sample.level = self._ladders.level(row)
        if waited is not None and self._lasted(waited, sample):
            # The scheduler came late: the delay had run out before this sample (ALM-06).
            self._report(row, not raised, self._due(waited))
        if bool(self._active[row]) is raised:
            # Back to what is confirmed before the delay was over: nothing has happened but perhaps a level.
            self._settle_level(row, sample)
            return
        self._begin(row, raised, sample)

    def _begin(self, row: int, raised: bool, sample: Pending) -> None:
        """The raw condition differs from the confirmed one from `sample` on."""
        definition = self._definitions[row]
        delay_s = definition.on_delay_s if raised else definition.off_delay_s
        if raised and definition.count > 1:
            # A single excursion that lasts as long as the window is no longer a short one.
            delay_s = delay_s or definition.count_window_s
            if self._counted(row, definition, sample.deadline):
                delay_s = 0.0
        if delay_s <= 0.0:
            self._report(row, raised, sample)
            return
        self._wait(row, sample, delay_s)

    def _counted(self, row: int, definition: AlarmDef, now: float) -> bool:
        """Counts one excursion; whether it is the last that the count rule needs (ALM-05)."""
        seen = self._excursions.setdefault(row, deque(maxlen=definition.count))
        seen.append(now)
        if len(seen) < definition.count or now - seen[0] > definition.count_window_s:
            return False
        seen.clear()
        return True

    def _climb(self, row: int, sample: Pending) -> None:
        """The raw level follows the value; a level above the confirmed one has to last for the on-delay."""
        level = self._ladders.reached(row, sample.value)
        if level != self._ladders.level(row):
            self._ladders.put(row, level)
            self._settle_level(row, sample)

    def _settle_level(self, row: int, sample: Pending) -> None:
        if not (self._active[row] and self._raised[row]):
            return
        level, confirmed = self._ladders.level(row), self._levels.get(row, 0)
        if level <= confirmed:
            waited = self._calm(row)
            if waited is not None and self._lasted(waited, sample):
                self._report(row, True, self._due(waited))
            self._put_level(row, level)
        elif row not in self._delays:
            sample.level = level
            if self._definitions[row].on_delay_s > 0.0:
                self._wait(row, sample, self._definitions[row].on_delay_s)
            else:
                self._report(row, True, sample)

    def _wait(self, row: int, sample: Pending, delay_s: float) -> None:
        sample.delay_s = delay_s
        sample.deadline += delay_s
        self._delays.start(row, sample)
        self._watched[row] = True

    def _calm(self, row: int) -> Pending | None:
        """No delay is under way any more; the one that was."""
        self._watched[row] = False
        return self._delays.end(row)

    @staticmethod
    def _lasted(waited: Pending, sample: Pending) -> bool:
        elapsed = sample.at - waited.since_at
        return (
            not waited.held and sample.deadline >= waited.deadline and elapsed >= round(waited.delay_s * NS)
        )

    @staticmethod
    def _due(waited: Pending) -> Pending:
        """What a delay that ran out unseen reports, at its due time."""
        at = waited.since_at + round(waited.delay_s * NS)
        return Pending(0.0, 0.0, at, at, waited.value, waited.quality, waited.level)

    def _known(self, row: int) -> bool:
        """Whether the last word of what drives `row` was usable."""
        if self._signals.data_free(row):
            return True
        reference = self._reference[row]
        return bool(self._usable[self._tag[row]] and (reference < 0 or self._usable[reference]))

    def _confirm(self, row: int, pending: Pending) -> None:
        self._calm(row)
        self._report(row, bool(self._raised[row]), pending)

    def _report(self, row: int, active: bool, sample: Pending) -> None:
        self._active[row] = active
        level = sample.level if active else 0
        self._put_level(row, level)
        if active:
            # A count that was not reached does not run on into the next occurrence.
            self._excursions.pop(row, None)
        self._changes.append(Change(self._alarm[row], active, sample.value, sample.at, sample.quality, level))

    def _put_level(self, row: int, level: int) -> None:
        if level:
            self._levels[row] = level
        else:
            self._levels.pop(row, None)

    def _drained(self) -> list[Change]:
        changes, self._changes = self._changes, []
        return changes
