"""What the alarms of a position tell together: which came first, what causes what, and whether they flood."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from console.core.alarm.causes import Causes, groups_of
from console.core.alarm.events import AlarmEvent
from console.core.alarm.facts import AlarmFact, FloodFact
from console.core.alarm.firstout import FirstOut
from console.core.alarm.flood import WINDOW_S, FloodDetector, FloodEvent
from console.core.alarm.machine import Effect
from console.core.batch import NS
from console.core.catalogue import Catalogue


class AlarmWatch:
    """Fed with the events of every tick, in order."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._first_out = FirstOut(groups_of(catalogue))
        self._causes = Causes(catalogue)
        self._marks: frozenset[int] = frozenset()
        self._flood = FloodDetector()
        self._peak = 0
        self.flood = FloodFact()

    def restore(self, facts: Sequence[AlarmFact], now: float, at: int) -> None:
        """Takes up what stood before a restart; alarms of the last ten minutes count for a flood."""
        self._first_out.restore(facts)
        self._marks = self._first_out.marks()
        self._causes.restore(fact for fact in facts if fact.state.listed)
        recent = sorted(f.at_annunciated for f in facts if f.at_annunciated > at - round(WINDOW_S * NS))
        for annunciated in recent:
            self._flood.annunciated(now - max(0, at - annunciated) / NS, annunciated)
            self._peak = max(self._peak, self._flood.recent)
        self._flood.events()
        self.flood = self._flood_fact()

    def tick(self, events: Sequence[AlarmEvent], now: float) -> set[int]:
        """Alarms whose mark or cause changed, whether or not they had an event themselves."""
        changed = self._causes.tick(events)
        if self._first_out.tick(events):
            marks = self._first_out.marks()
            changed |= marks ^ self._marks
            self._marks = marks
        for event in events:
            if Effect.NEW_OCCURRENCE in event.effects:
                self._flood.annunciated(now, event.fact.at_annunciated)
                self._peak = max(self._peak, self._flood.recent)
        return changed

    def flood_events(self, now: float) -> list[FloodEvent]:
        """Floods that began or ended by now; `flood` is the present one."""
        self._flood.expire(now)
        events = self._flood.events()
        if not self._flood.active:
            self._peak = self._flood.recent
        self.flood = self._flood_fact()
        return events

    def marked(self, fact: AlarmFact) -> AlarmFact:
        """The fact with its mark and cause."""
        first, cause = fact.alarm in self._marks, self._causes.of(fact.alarm)
        if first == fact.first_out and cause == fact.cause:
            return fact
        return msgspec.structs.replace(fact, first_out=first, cause=cause)

    def _flood_fact(self) -> FloodFact:
        if not self._flood.active:
            return FloodFact()
        return FloodFact(
            active=True, since=self._flood.since_at or 0, count=self._flood.alarms, peak=self._peak
        )
