"""Applies suppression by design: what a source hides when it comes, and what comes back when it goes (ALM-27)."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable

from console.core.alarm.board import AlarmBoard, Cause
from console.core.alarm.facts import AlarmFact
from console.core.alarm.inhibitions import Inhibitions
from console.core.alarm.machine import AlarmInput

DESIGN = "system:design"
_MOST_JUDGED = 8
"""Times that one alarm is judged because of one change; rules in a circle must not hold up the hub."""


class Design:
    """Keeps `sbd` of every target as the rules say."""

    def __init__(self, board: AlarmBoard, inhibitions: Inhibitions) -> None:
        self._board = board
        self._inhibitions = inhibitions
        if inhibitions:
            board.after.append(self._after)

    def rank(self, alarm: int) -> int:
        """See `Inhibitions.rank`."""
        return self._inhibitions.rank(alarm)

    def __bool__(self) -> bool:
        return bool(self._inhibitions)

    def restore(self, facts: Iterable[AlarmFact], cause: Cause) -> None:
        """Takes up who is active; what the rules no longer hide comes back loudly."""
        hidden = [fact.alarm for fact in facts if fact.state.sbd]
        for fact in facts:
            self._inhibitions.set_active(fact.alarm, fact.state.cond)
        self._judge(sorted({*hidden, *self._inhibitions.targets()}), cause)

    def _after(self, old: AlarmFact, new: AlarmFact, cause: Cause) -> None:
        if old.state.cond != new.state.cond:
            self._inhibitions.set_active(new.alarm, new.state.cond)
            self._judge(self._inhibitions.touched_by(new.alarm), cause)

    def _judge(self, alarms: Iterable[int], cause: Cause) -> None:
        ahead = deque(alarms)
        judged: Counter[int] = Counter()
        while ahead:
            alarm = ahead.popleft()
            judged[alarm] += 1
            if judged[alarm] <= _MOST_JUDGED and self._changed(alarm, cause):
                # What it hides itself may be judged otherwise, now that it is hidden or no longer.
                ahead.extend(self._inhibitions.touched_by(alarm))

    def _changed(self, alarm: int, cause: Cause) -> bool:
        fact = self._board.fact(alarm)
        found = self._inhibitions.judged(alarm)
        if found is None:
            if not fact.state.sbd:
                return False
            self._board.apply(alarm, AlarmInput.SBD_OFF, cause.by(DESIGN, fact.suppressed_by))
            return True
        if fact.suppressed_by == found.rule:
            return False
        by, fields = cause.by(DESIGN, found.rule), {"suppressed_by": found.rule}
        if fact.state.sbd:
            self._board.note(alarm, AlarmInput.SBD_ON, by, fields)
        else:
            self._board.apply(alarm, AlarmInput.SBD_ON, by, {**fields, "at_suppressed": cause.at_hub})
        return True
