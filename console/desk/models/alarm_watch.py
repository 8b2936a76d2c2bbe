"""Which alarms have stood too long and which come again and again (ALM-67), followed fact by fact."""

from __future__ import annotations

import heapq
import time
from bisect import insort
from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, Signal, Slot

from console.core.alarm.facts import AlarmFact, OccurrenceRow
from console.core.site import AlarmCondition
from console.desk.boards.alarms import AlarmBoard
from console.desk.catalogues import CatalogueBoard

NS = 1_000_000_000
STANDING_NS = 24 * 3600 * NS
"""An alarm annunciated for longer is stale (ALARMS.md 1.7)."""
CHATTER_TIMES = 3
CHATTER_NS = 60 * NS
"""So many activations within this time are chattering, both ends counted."""
CHATTER_KEEPS_NS = 600 * NS
"""How long a chattering alarm stays in its list after its last activation."""


def is_stale(fact: AlarmFact, now_ns: int) -> bool:
    """Whether a listed alarm has stood for more than a day, or is one of a point that is stale itself."""
    if not fact.state.listed:
        return False
    return fact.condition == AlarmCondition.STALE or now_ns - since_of(fact) > STANDING_NS


def since_of(fact: AlarmFact) -> int:
    """When the alarm was annunciated, else when it happened; UTC ns."""
    return fact.at_annunciated or fact.at_event


class AlarmWatch(QObject):
    """`stale` and `chattering` are sets of alarm indices; `tick` lets time pass."""

    watch_changed = Signal(object)
    """Tuple of the alarms that came into one of the sets or left it."""

    def __init__(
        self,
        alarms: AlarmBoard,
        catalogue: CatalogueBoard,
        now_ns: Callable[[], int] = time.time_ns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._board = alarms
        self._now_ns = now_ns
        self.stale: set[int] = set()
        self.chattering: set[int] = set()
        self._seen: dict[int, str] = {}
        self._times: dict[int, list[int]] = {}
        self._due: list[tuple[int, int]] = []
        self._due_of: dict[int, int] = {}
        alarms.alarms_changed.connect(self._take)
        catalogue.catalogue_changed.connect(self._begin)
        self._begin()

    def remember(self, rows: Iterable[OccurrenceRow]) -> None:
        """Activations that the journal knows and this console has not seen; oldest first."""
        changed: set[int] = set()
        for row in rows:
            if row.at_annunciated and not row.by_operator and self._activated(row.alarm, row.at_event):
                changed.add(row.alarm)
        self._tell(changed)

    @Slot()
    def tick(self) -> None:
        """A second went by."""
        now = self._now_ns()
        changed: set[int] = set()
        while self._due and self._due[0][0] <= now:
            _, alarm = heapq.heappop(self._due)
            fact = self._board.facts.get(alarm)
            if fact is not None and alarm not in self.stale and is_stale(fact, now):
                self.stale.add(alarm)
                changed.add(alarm)
        for alarm in [a for a in self.chattering if now - self._times[a][-1] > CHATTER_KEEPS_NS]:
            self.chattering.discard(alarm)
            changed.add(alarm)
        self._tell(changed)

    @Slot()
    def _begin(self) -> None:
        gone = self.stale | self.chattering
        for kept in (self.stale, self.chattering, self._seen, self._times, self._due, self._due_of):
            kept.clear()
        self._tell(gone)
        self._take(tuple(self._board.facts.values()))

    @Slot(object)
    def _take(self, facts: Sequence[AlarmFact]) -> None:
        now = self._now_ns()
        changed: set[int] = set()
        for fact in facts:
            if self._follow_age(fact, now):
                changed.add(fact.alarm)
            if self._is_new(fact) and self._activated(fact.alarm, fact.at_event):
                changed.add(fact.alarm)
        self._tell(changed)

    def _follow_age(self, fact: AlarmFact, now: int) -> bool:
        was, stale = fact.alarm in self.stale, is_stale(fact, now)
        if stale:
            self.stale.add(fact.alarm)
        else:
            self.stale.discard(fact.alarm)
            due = since_of(fact) + STANDING_NS + 1
            if fact.state.listed and self._due_of.get(fact.alarm) != due:
                self._due_of[fact.alarm] = due
                heapq.heappush(self._due, (due, fact.alarm))
        return was is not stale

    def _is_new(self, fact: AlarmFact) -> bool:
        if not fact.occurrence or self._seen.get(fact.alarm) == fact.occurrence:
            return False
        self._seen[fact.alarm] = fact.occurrence
        return True

    def _activated(self, alarm: int, at: int) -> bool:
        """One more activation; whether the alarm became a chattering one."""
        times = self._times.setdefault(alarm, [])
        if not at or at in times:
            return False
        # What the journal remembers comes after what is seen live, and may be older.
        insort(times, at)
        del times[:-CHATTER_TIMES]
        burst = len(times) == CHATTER_TIMES and times[-1] - times[0] <= CHATTER_NS
        if not burst or alarm in self.chattering or self._now_ns() - times[-1] > CHATTER_KEEPS_NS:
            return False
        self.chattering.add(alarm)
        return True

    def _tell(self, changed: set[int]) -> None:
        if changed:
            self.watch_changed.emit(tuple(sorted(changed)))
