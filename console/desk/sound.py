"""What is to be heard of alarms, and when: a machine without sound (ALARMS.md 1.3, HMI-20).

Inputs take monotonic seconds; `calls` drains what is to be heard now, one call at a time.

* Every new activation is called once; P1 to P3 then sound again and again until silenced or acknowledged.
* Silence stops sound only. It is kept by alarm, so that a new activation is heard (ALM-21).
* Of many that come at once three are called and the others summed up; P1 always one by one (ALM-24).
* In a flood everything but P1 is summed up.
* What is unacknowledged is called to mind every 15 min. What is suppressed is never heard.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from console.core.alarm.facts import AlarmFact

QUEUE_MOST = 3
REMIND_S = 900.0
CALL_S = 2.0
"""How long one call has the air."""
SUMMARY_GAP_S = 30.0
"""In a flood there is one summary in this time."""
REPEAT_S: dict[int, float | None] = {1: 2.5, 2: 6.0, 3: 20.0, 4: None}
"""How often the tone of a priority comes again; None: it is heard once."""


class CallKind(StrEnum):
    """What is called."""

    ALARM = "alarm"
    SUMMARY = "summary"
    """`count` more alarms."""
    REMINDER = "reminder"
    """`count` alarms are unacknowledged."""
    AGAIN = "again"
    """The tone of what still sounds, without words."""


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to hear: the tone of `priority`, and words where there is a voice."""

    kind: CallKind
    priority: int
    count: int = 1
    alarm: int = -1


@dataclass(slots=True)
class _Heard:
    """An unacknowledged alarm: at which severity and repeat it was taken, and whether it still sounds."""

    occurrence: str
    priority: int
    repeat: int
    sounds: bool

    def is_news(self, fact: AlarmFact) -> bool:
        """Whether the fact annunciates anew: other occurrence, more urgent, or alarmed again (ALM-21)."""
        return (
            fact.occurrence != self.occurrence
            or fact.priority < self.priority
            or fact.repeat_count > self.repeat
        )


class SoundPolicy:
    """The unacknowledged alarms of one seat and what is to be heard of them."""

    def __init__(self) -> None:
        self._heard: dict[int, _Heard] = {}
        self._sounds: Counter[int] = Counter()
        # Ordered sets: ten thousand alarms may come and be acknowledged at once.
        self._urgent: dict[int, None] = {}
        self._queue: dict[int, None] = {}
        self._more: set[int] = set()
        self._flood = False
        self._air_free = 0.0
        self._air_priority = 1
        self._again_at: float | None = None
        self._remind_at: float | None = None
        self._summary_at = 0.0

    @property
    def sounding(self) -> int | None:
        """Most urgent priority that sounds and can be silenced; None in silence."""
        return min((priority for priority, n in self._sounds.items() if n), default=None)

    @property
    def unacked(self) -> int:
        """Unacknowledged alarms that are not suppressed."""
        return len(self._heard)

    def changed(self, facts: Iterable[AlarmFact], now: float) -> None:
        """Facts as they are now."""
        for fact in facts:
            if not fact.state.listed or fact.state.acked:
                self._drop(fact.alarm)
                continue
            before = self._heard.get(fact.alarm)
            if before is None or before.is_news(fact):
                self._take(fact)
        if self.sounding is None:
            self._again_at = None
        if not self._heard:
            self._remind_at = None
        elif self._remind_at is None:
            self._remind_at = now + REMIND_S

    def forget(self) -> None:
        """A new catalogue: the numbers of alarms mean something else now."""
        self.__init__()

    def silence(self) -> None:
        """Stop the sound of everything that sounds now; it stays unacknowledged."""
        for heard in self._heard.values():
            heard.sounds = False
        self._sounds.clear()
        self._urgent.clear()
        self._queue.clear()
        self._more.clear()
        self._again_at = None

    def set_flood(self, active: bool) -> None:
        """Whether alarms come faster than a person can take them in."""
        self._flood = active

    def next_deadline(self) -> float | None:
        """When `calls` has something next (0: at once); None when nothing is to come."""
        if self._cuts_in:
            return 0.0
        times = [time for time in (self._again_at, self._remind_at) if time is not None]
        if self._urgent or self._queue:
            times.append(self._air_free)
        if self._more:
            times.append(max(self._air_free, self._summary_at))
        return max(self._air_free, min(times)) if times else None

    def calls(self, now: float) -> list[Call]:
        """What is to be heard from now on: at most one call, for the air is taken until it is over."""
        if now < self._air_free and not self._cuts_in:
            return []
        call = self._next(now)
        if call is None:
            return []
        self._air_free = now + CALL_S
        self._air_priority = call.priority
        self._set_again(now)
        return [call]

    @property
    def _cuts_in(self) -> bool:
        """Whether a P1 waits while something less urgent has the air: it may be heard at once (ALM-20)."""
        return bool(self._urgent) and self._air_priority > 1

    def _next(self, now: float) -> Call | None:
        for queue in (self._urgent, self._queue):
            if queue:
                alarm = next(iter(queue))
                del queue[alarm]
                return Call(CallKind.ALARM, self._called(alarm), alarm=alarm)
        if self._more and now >= self._summary_at:
            return self._sum_up(now)
        if self._remind_at is not None and now >= self._remind_at:
            self._remind_at = now + REMIND_S
            worst = min(heard.priority for heard in self._heard.values())
            return Call(CallKind.REMINDER, worst, len(self._heard))
        sounding = self.sounding
        if sounding is not None and self._again_at is not None and now >= self._again_at:
            return Call(CallKind.AGAIN, sounding)
        return None

    def _sum_up(self, now: float) -> Call:
        worst = min(self._called(alarm) for alarm in self._more)
        call = Call(CallKind.SUMMARY, worst, len(self._more))
        self._more.clear()
        self._summary_at = now + SUMMARY_GAP_S if self._flood else now
        return call

    def _called(self, alarm: int) -> int:
        """Priority of an alarm that is being called; one that is heard only once then sounds no more."""
        heard = self._heard[alarm]
        if heard.sounds and REPEAT_S.get(heard.priority) is None:
            heard.sounds = False
            self._sounds[heard.priority] -= 1
        return heard.priority

    def _set_again(self, now: float) -> None:
        sounding = self.sounding
        every = REPEAT_S.get(sounding) if sounding is not None else None
        self._again_at = None if every is None else now + every

    def _take(self, fact: AlarmFact) -> None:
        self._drop(fact.alarm)
        summed = self._flood and fact.priority != 1
        # In a flood the summary is heard instead, or silence would never last.
        self._heard[fact.alarm] = _Heard(fact.occurrence, fact.priority, fact.repeat_count, not summed)
        self._sounds[fact.priority] += not summed
        if fact.priority == 1:
            self._urgent[fact.alarm] = None
        elif summed or len(self._queue) >= QUEUE_MOST:
            self._more.add(fact.alarm)
        else:
            self._queue[fact.alarm] = None

    def _drop(self, alarm: int) -> None:
        heard = self._heard.pop(alarm, None)
        if heard is None:
            return
        self._sounds[heard.priority] -= heard.sounds
        self._urgent.pop(alarm, None)
        self._queue.pop(alarm, None)
        self._more.discard(alarm)
