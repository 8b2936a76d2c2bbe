"""The alarm engine over recorded samples, in virtual time: every row arrives at its own time, every delay ends at
its due time.

Hub time is the newest event time so far; monotonic time is counted from the first row. Rows that are quiet
(`quiet`) go to the engine together, at the latest with the next row that is not, so that the pace depends on how
much happens and not on how much is recorded.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.alarm.engine import AlarmEngine
from console.core.alarm.events import AlarmEvent
from console.core.alarm.quiet import QuietRows
from console.core.batch import NS, Batch
from console.core.catalogue import Catalogue

Times = NDArray[np.int64]


class Played(msgspec.Struct, frozen=True):
    """A transition and the hub's time of it, UTC ns."""

    at_hub: int
    event: AlarmEvent


class Playback:
    """Plays samples into an engine of its own; `occurrence_at` makes the id of an occurrence from hub time."""

    def __init__(self, catalogue: Catalogue, occurrence_at: Callable[[int], str]) -> None:
        self._occurrence_at = occurrence_at
        self._engine = AlarmEngine(catalogue, self._new_occurrence)
        self._quiet = QuietRows(catalogue)
        self._origin: int | None = None
        self._at = 0
        self._played: list[Played] = []
        self.rows = 0
        self.backward = 0
        """Rows older than one before them: they arrive late, at the time it is then."""

    @property
    def at(self) -> int:
        """Hub time, UTC ns; 0 before the first row."""
        return self._at

    def feed(self, batch: Batch) -> list[Played]:
        """Transitions up to the last row of `batch`; where rows are cut into batches makes no difference."""
        if not len(batch):
            return []
        if self._origin is None:
            self._origin = self._at = int(batch.at[0])
        clock = np.maximum.accumulate(np.maximum(batch.at, self._at))
        self.rows += len(batch)
        self.backward += int((batch.at < clock).sum())
        starts = np.flatnonzero(np.append(True, clock[1:] != clock[:-1]))
        ends = np.append(starts[1:], len(batch))
        needed = np.logical_or.reduceat(self._quiet.exact(batch), starts)
        needed[-1] = True
        first = 0
        for end in ends[needed].tolist():
            self._play(batch, clock, first, end)
            first = end
        return self._drained()

    def finish(self) -> list[Played]:
        """Ends delays that are due at the time of the last row: beyond it nothing is known."""
        if self._origin is not None:
            while self._expire_before(self._at + 1):
                pass
        return self._drained()

    def _play(self, batch: Batch, clock: Times, first: int, end: int) -> None:
        """Rows `first` to `end`, of which only those of the last moment are not quiet.

        An alarm that waits must have seen what came before its delay ends, and nothing that came after it.
        """
        at = int(clock[end - 1])
        while (due := self._due()) is not None and due < at:
            place = first + int(np.searchsorted(clock[first:end], due, side="right"))
            if place > first:
                self._samples(_part(batch, first, place), int(clock[place - 1]))
                first = place
            elif not self._expire_before(at):
                break
        self._samples(_part(batch, first, end), at)

    def _samples(self, rows: Batch, at: int) -> None:
        now = self._now(at)
        self._at = at
        self._engine.samples(rows, now, at)
        self._take(at)

    def _expire_before(self, at: int) -> bool:
        """Ends what is due next, if that is before `at`, at its own time; returns whether there was any."""
        deadline = self._engine.next_deadline()
        if deadline is None or self._hub_time(deadline) >= at:
            return False
        self._at = max(self._at, self._hub_time(deadline))
        self._engine.expire(deadline, self._at)
        self._take(self._at)
        return self._engine.next_deadline() != deadline

    def _due(self) -> int | None:
        """Hub time of the next deadline."""
        deadline = self._engine.next_deadline()
        return None if deadline is None else self._hub_time(deadline)

    def _now(self, at: int) -> float:
        """Monotonic seconds of hub time; exactly the deadline that is due then, whatever was rounded."""
        assert self._origin is not None
        now = (at - self._origin) / NS
        deadline = self._engine.next_deadline()
        return max(now, deadline) if deadline is not None and self._hub_time(deadline) == at else now

    def _hub_time(self, now: float) -> int:
        assert self._origin is not None
        return self._origin + round(now * NS)

    def _new_occurrence(self) -> str:
        return self._occurrence_at(self._at)

    def _take(self, at: int) -> None:
        self._played.extend(Played(at, event) for event in self._engine.events())

    def _drained(self) -> list[Played]:
        played, self._played = self._played, []
        return played


def _part(batch: Batch, first: int, end: int) -> Batch:
    return Batch(batch.tag[first:end], batch.at[first:end], batch.value[first:end], batch.quality[first:end])
