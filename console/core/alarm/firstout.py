"""First-out: which alarm of a group came first (ALM-26). A mark says where to look for the cause.

A group is quiet while none of its alarms is in the list. What comes into a quiet group within one tick is
first, all of it;
what follows is not. A mark stays, also under a shelf, until its alarm has reset: normal, acknowledged and
unlatched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from console.core.alarm.events import AlarmEvent
from console.core.alarm.facts import AlarmFact


class FirstOut:
    """Marks of one position; `group_of` gives the group of an alarm, alarms without one are never marked."""

    def __init__(self, group_of: Mapping[int, str]) -> None:
        self._group_of = dict(group_of)
        self._listed: dict[str, set[int]] = {}
        self._marks: set[int] = set()

    def tick(self, events: Iterable[AlarmEvent]) -> bool:
        """Takes all transitions of one tick, in order; returns whether a mark came or went."""
        before = set(self._marks)
        fresh: set[str] = set()
        for event in events:
            group = self._group_of.get(event.alarm)
            if group is not None:
                self._take(event, group, fresh)
        return self._marks != before

    def restore(self, facts: Iterable[AlarmFact]) -> None:
        """Takes up the list and its marks from before a restart."""
        for fact in facts:
            group = self._group_of.get(fact.alarm)
            if group is not None and fact.state.listed:
                self._listed.setdefault(group, set()).add(fact.alarm)
            if group is not None and fact.first_out:
                self._marks.add(fact.alarm)

    def marks(self) -> frozenset[int]:
        """Alarms that were first in their group."""
        return frozenset(self._marks)

    def _take(self, event: AlarmEvent, group: str, fresh: set[str]) -> None:
        listed = self._listed.setdefault(group, set())
        state = event.fact.state
        if not state.listed:
            listed.discard(event.alarm)
        elif event.alarm not in listed:
            if not listed:
                fresh.add(group)
            listed.add(event.alarm)
            if group in fresh:
                self._marks.add(event.alarm)
        if not (state.cond or state.latch) and state.acked:
            self._marks.discard(event.alarm)
