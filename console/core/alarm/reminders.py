"""What happens to an alarm by waiting: an acknowledged one asks again (re-alarm), an unacknowledged one is taken to the
supervisor (ALM-25). Deadlines are monotonic; after a restart the time that passed counts.
"""

from __future__ import annotations

import heapq

from console.core.alarm.board import AlarmBoard, Cause
from console.core.alarm.facts import AlarmFact, AlarmLetter
from console.core.alarm.machine import AlarmInput
from console.core.batch import NS
from console.core.site import AlarmDef

REALARM = "system:realarm"
ESCALATION = "system:escalation"
UNACKED = "UNACKED"
STILL_ACTIVE = "STILL_ACTIVE"
ESCALATE_MIN = {1: 2.0, 2: 10.0}
"""Minutes unacknowledged by priority, where the definition does not say."""
_MINUTE_S = 60.0


class Deadlines:
    """One deadline for each of some alarms, with the nearest at hand."""

    def __init__(self) -> None:
        self._of: dict[int, float] = {}
        self._heap: list[tuple[float, int]] = []

    def put(self, alarm: int, deadline: float) -> None:
        """Sets or moves a deadline."""
        self._of[alarm] = deadline
        heapq.heappush(self._heap, (deadline, alarm))

    def drop(self, alarm: int) -> None:
        """There is none any more."""
        self._of.pop(alarm, None)

    def next_deadline(self) -> float | None:
        """The nearest one."""
        while self._heap and self._of.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: float) -> list[int]:
        """Alarms whose deadline has come, in order of deadline; they have none any more."""
        found: list[int] = []
        while (nearest := self.next_deadline()) is not None and nearest <= now:
            alarm = heapq.heappop(self._heap)[1]
            del self._of[alarm]
            found.append(alarm)
        return found


class Reminders:
    """Watches the board; `expire` carries out what is due."""

    def __init__(self, board: AlarmBoard) -> None:
        self._board = board
        self._realarm = Deadlines()
        self._escalate = Deadlines()
        self._unacked_since: dict[int, float] = {}
        board.after.append(self._after)

    def restore(self, fact: AlarmFact, now: float, at: int) -> None:
        """Takes up how long an alarm has waited."""
        self._unacked_since[fact.alarm] = now - max(0, at - fact.at_annunciated) / NS
        self._watch(fact, now - max(0, at - fact.at_acked) / NS)

    def expire(self, now: float, at: int) -> None:
        """Reminds of what has waited long enough; `at` is the hub's UTC ns."""
        for alarm in self._realarm.due(now):
            cause = Cause(who=REALARM, at=at, at_hub=at, now=now, reason=STILL_ACTIVE)
            self._board.apply(alarm, AlarmInput.REALARM, cause)
        for alarm in self._escalate.due(now):
            cause = Cause(who=ESCALATION, at=at, at_hub=at, now=now, reason=UNACKED)
            self._board.apply(alarm, AlarmInput.ESCALATE, cause, {"escalated": True})

    def next_deadline(self) -> float | None:
        """When to call `expire`."""
        ends = (self._realarm.next_deadline(), self._escalate.next_deadline())
        return min((end for end in ends if end is not None), default=None)

    def _after(self, old: AlarmFact, new: AlarmFact, cause: Cause) -> None:
        if old.state.letter is new.state.letter and old.priority == new.priority:
            return
        if old.state.letter is not AlarmLetter.B:
            self._unacked_since[new.alarm] = cause.now
        self._watch(new, cause.now)

    def _watch(self, fact: AlarmFact, acked_since: float) -> None:
        """Deadlines of an alarm as it is now; a rise of severity does not begin to wait anew."""
        alarm, letter = fact.alarm, fact.state.letter
        definition = self._board.point(alarm).alarm
        self._realarm.drop(alarm)
        self._escalate.drop(alarm)
        if letter is AlarmLetter.C and definition.realarm_min > 0:
            self._realarm.put(alarm, acked_since + definition.realarm_min * _MINUTE_S)
        minutes = escalate_min(definition, fact.priority)
        if letter is AlarmLetter.B and minutes > 0 and not fact.escalated:
            self._escalate.put(alarm, self._unacked_since[alarm] + minutes * _MINUTE_S)
        if letter is not AlarmLetter.B:
            self._unacked_since.pop(alarm, None)


def escalate_min(definition: AlarmDef, priority: int) -> float:
    """Minutes after which an unacknowledged alarm is taken to the supervisor; 0 never."""
    if not definition.ack_required:
        return 0.0
    return definition.escalate_min or ESCALATE_MIN.get(priority, 0.0)
