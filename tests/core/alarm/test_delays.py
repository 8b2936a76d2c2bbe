"""Rows that wait for their delay."""

from __future__ import annotations

from console.core.alarm.delays import Delays, Pending


def pending(deadline: float) -> Pending:
    return Pending(deadline, 1.0, 0, 0, 1.0, 0)


def test_the_nearest_deadline_is_that_of_a_row_that_still_waits() -> None:
    delays = Delays()
    assert delays.next_deadline() is None
    delays.start(1, pending(5.0))
    delays.start(2, pending(3.0))
    assert delays.next_deadline() == 3.0
    assert delays.end(2) is not None
    assert delays.end(2) is None
    assert delays.next_deadline() == 5.0
    assert 1 in delays
    assert 2 not in delays


def test_a_restarted_row_keeps_only_its_new_deadline() -> None:
    delays = Delays()
    delays.start(1, pending(3.0))
    delays.end(1)
    again = pending(7.0)
    delays.start(1, again)
    assert delays.due(5.0) == []
    assert delays.due(7.0) == [(1, again)]
    assert delays.get(1) is again


def test_a_held_row_has_no_deadline() -> None:
    delays = Delays()
    held = pending(2.0)
    delays.start(1, held)
    held.held = True
    assert delays.next_deadline() is None
    assert delays.due(9.0) == []
