"""Shelves: alarms that a person puts aside for a time with a reason, one by one or as a group (ALM-40 to ALM-45)."""

from __future__ import annotations

from collections.abc import Iterable

from console.core.alarm.acts import SHELF_QUOTA, Act, ShelfOrder, shelf_fault
from console.core.alarm.board import AlarmBoard, Cause, by
from console.core.alarm.ends import Ends, left_s
from console.core.alarm.events import AlarmNews
from console.core.alarm.facts import AlarmFact, Shelf
from console.core.alarm.machine import AlarmInput
from console.core.alarm.reasons import AlarmRefusal
from console.core.batch import NS
from console.core.errors import AlarmRefused

SHELF_CLOCK = "system:shelf"
SHELF_EXPIRED = "SHELF_EXPIRED"


class Shelving:
    """Shelves of one position."""

    def __init__(self, board: AlarmBoard) -> None:
        self._board = board
        self._ends = Ends[int]()
        self.next_deadline = self._ends.next_deadline
        board.after.append(self._after)

    def __len__(self) -> int:
        return len(self._ends)

    def begin(self, alarm: int, order: ShelfOrder, act: Act) -> None:
        """Shelves one alarm; acknowledges it on behalf of `act.who`. Raises AlarmRefused."""
        fault = self._order_fault(alarm, order, act)
        if fault is not None:
            raise AlarmRefused(fault)
        if len(self._ends) >= SHELF_QUOTA and self._board.fact(alarm).state.shelf is Shelf.NONE:
            raise AlarmRefused(AlarmRefusal.QUOTA, limit=str(SHELF_QUOTA))
        self._put(alarm, order, act)

    def faults(self, alarms: Iterable[int], order: ShelfOrder, act: Act) -> dict[int, AlarmRefusal]:
        """Which of these alarms cannot be shelved alike, and why (ALM-45)."""
        found: dict[int, AlarmRefusal] = {}
        free = SHELF_QUOTA - len(self._ends)
        for alarm in alarms:
            fault = self._member_fault(alarm, order, act)
            if fault is None:
                free -= 1
                fault = AlarmRefusal.QUOTA if free < 0 else None
            if fault is not None:
                found[alarm] = fault
        return found

    def begin_all(self, alarms: Iterable[int], order: ShelfOrder, act: Act) -> None:
        """Shelves alarms in which `faults` found nothing."""
        for alarm in alarms:
            self._put(alarm, order, act)

    def edit(self, alarm: int, order: ShelfOrder, act: Act) -> None:
        """Changes end and reason of the shelf there is; it stays the same shelf (ALM-44). Raises AlarmRefused.

        The duration counts from its beginning, so that no chain of extensions outlasts the limit of a new one.
        """
        self._board.point(alarm)
        fact = self._board.fact(alarm)
        if fact.state.shelf is Shelf.NONE:
            raise AlarmRefused(AlarmRefusal.NOT_SHELVED)
        if self._ends.over(alarm, act.now, act.at):
            raise AlarmRefused(AlarmRefusal.SHELF_EXPIRED)
        fault = self._order_fault(alarm, order, act)
        if fault is not None:
            raise AlarmRefused(fault)
        later_s = order.duration_s - (fact.at_unshelve - fact.at_shelved) / NS
        if self._ends.over(alarm, act.now, act.at, later_s):
            raise AlarmRefused(AlarmRefusal.DURATION_OUT_OF_RANGE)
        fields = {
            "at_unshelve": fact.at_shelved + round(order.duration_s * NS),
            "shelf_reason": order.reason,
            "shelf_changed_by": act.who,
        }
        self._ends.move(alarm, later_s)
        self._board.note(alarm, AlarmNews.SHELF_EDITED, by(act, order.reason), fields)

    def end(self, alarm: int, act: Act) -> None:
        """Ends a shelf now. Raises AlarmRefused."""
        self._board.must(alarm, AlarmInput.UNSHELVE, by(act, ""))

    def restore(self, fact: AlarmFact, now: float, at: int) -> None:
        """Takes up a shelf from before a restart."""
        if fact.state.shelf is not Shelf.NONE:
            self._ends.put(fact.alarm, now, fact.at_unshelve, left_s(fact.at_shelved, fact.at_unshelve, at))

    def expire(self, now: float, at: int) -> None:
        """Ends shelves whose time has come."""
        for alarm in self._ends.due(now, at):
            cause = Cause(who=SHELF_CLOCK, at=at, at_hub=at, now=now, reason=SHELF_EXPIRED)
            self._board.apply(alarm, AlarmInput.UNSHELVE, cause)

    def _order_fault(self, alarm: int, order: ShelfOrder, act: Act) -> AlarmRefusal | None:
        definition = self._board.point(alarm).alarm
        return shelf_fault(order, definition.top_priority, definition.shelvable, act.supervisor)

    def _member_fault(self, alarm: int, order: ShelfOrder, act: Act) -> AlarmRefusal | None:
        fault = self._order_fault(alarm, order, act)
        if fault is not None:
            return fault
        fact = self._board.fact(alarm)
        if fact.state.shelf is not Shelf.NONE and fact.at_unshelve != _until(order, act):
            return AlarmRefusal.DIFFERENT_ENDS
        return self._board.refusal(alarm, _input(order))

    def _put(self, alarm: int, order: ShelfOrder, act: Act) -> None:
        at_until = _until(order, act)
        fields = {
            "shelved_by": act.who,
            "at_shelved": act.at,
            "at_unshelve": at_until,
            "shelf_reason": order.reason,
            "shelf_changed_by": "",
        }
        self._board.must(alarm, _input(order), by(act, order.reason), fields)
        self._ends.put(alarm, act.now, at_until, order.duration_s)

    def _after(self, old: AlarmFact, new: AlarmFact, cause: Cause) -> None:
        if old.state.shelf is not Shelf.NONE and new.state.shelf is Shelf.NONE:
            self._ends.take(new.alarm)


def _input(order: ShelfOrder) -> AlarmInput:
    return AlarmInput.SHELVE_ONESHOT if order.oneshot else AlarmInput.SHELVE_TIMED


def _until(order: ShelfOrder, act: Act) -> int:
    return act.at + round(order.duration_s * NS)
