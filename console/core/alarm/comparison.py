"""Two runs over the same samples: which transitions are in both, and how often each alarm was annunciated.

Occurrence ids are not compared: each run counts its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum

import msgspec

from console.core.alarm.events import AlarmEvent
from console.core.alarm.machine import Effect
from console.core.alarm.playback import Played


class Run(StrEnum):
    """Which run a transition belongs to: with the definitions as they are, with those tried, or both."""

    BEFORE = "before"
    AFTER = "after"
    BOTH = "both"


class AlarmCount(msgspec.Struct, frozen=True):
    """New occurrences of one alarm in both runs."""

    alarm: int
    before: int
    after: int


class Comparison:
    """Takes what both runs played for the same rows."""

    def __init__(self) -> None:
        self._before: Counter[int] = Counter()
        self._after: Counter[int] = Counter()
        self.transitions: Counter[Run] = Counter()

    def pair(self, before: Sequence[Played], after: Sequence[Played]) -> list[tuple[Run, AlarmEvent]]:
        """All transitions in order of hub time, each once; those of both runs as the first run has them."""
        _count(self._before, before)
        _count(self._after, after)
        waiting = Counter(map(_key, after))
        marked: list[tuple[int, Run, AlarmEvent]] = []
        for played in before:
            shared = waiting[_key(played)] > 0
            waiting[_key(played)] -= int(shared)
            marked.append((played.at_hub, Run.BOTH if shared else Run.BEFORE, played.event))
        for played in after:
            if waiting[_key(played)] > 0:
                waiting[_key(played)] -= 1
                marked.append((played.at_hub, Run.AFTER, played.event))
        self.transitions.update(run for _, run, _ in marked)
        return [(run, event) for _, run, event in sorted(marked, key=lambda mark: mark[0])]

    def counts(self) -> list[AlarmCount]:
        """Alarms that were annunciated in either run, the largest change first."""
        alarms = self._before.keys() | self._after.keys()
        found = [AlarmCount(alarm, self._before[alarm], self._after[alarm]) for alarm in alarms]
        return sorted(found, key=lambda count: (-abs(count.after - count.before), count.alarm))


def _key(played: Played) -> tuple[object, ...]:
    event = played.event
    # Not a number is not equal to itself.
    return (played.at_hub, event.at, event.alarm, event.kind, event.old, event.new, repr(event.value))


def _count(counter: Counter[int], played: Iterable[Played]) -> None:
    counter.update(one.event.alarm for one in played if Effect.NEW_OCCURRENCE in one.event.effects)
