"""What waiting does to an alarm: re-alarm, and escalation to the supervisor (ALM-25)."""

from __future__ import annotations

import pytest
from alarm_sites import WORD, alarm, catalogue_of, row, ulids

from console.core.alarm.acts import Act, ShelfOrder
from console.core.alarm.engine import AlarmEngine
from console.core.alarm.facts import AckItem, AlarmLetter
from console.core.alarm.machine import AlarmInput
from console.core.alarm.reminders import ESCALATION, REALARM, Deadlines, escalate_min
from console.core.batch import NS
from console.core.site import AlarmDef, AlarmLevel


def raised(definition: AlarmDef, value: float = 85.0) -> AlarmEngine:
    engine = AlarmEngine(catalogue_of(definition), ulids())
    engine.samples(row(value, 1.0), 0.0, NS)
    engine.events()
    return engine


def ack(engine: AlarmEngine, now: float) -> None:
    fact = engine.fact(0)
    act = Act(who="kim", now=now, at=round(now * NS))
    assert engine.ack([AckItem(0, fact.occurrence, fact.priority)], act)[0].reason == ""
    engine.events()


@pytest.mark.parametrize(("priority", "seconds"), [(1, 120.0), (2, 600.0)])
def test_an_unacknowledged_alarm_is_taken_to_the_supervisor(priority: int, seconds: float) -> None:
    """ALM-25: once for each time it asks."""
    engine = raised(alarm("high", priority=priority))
    engine.expire(seconds - 0.1, 0)
    assert engine.events() == []
    engine.expire(seconds, 9 * NS)
    (event,) = engine.events()
    assert (event.kind, event.who, event.annunciates) == (AlarmInput.ESCALATE, ESCALATION, True)
    assert event.fact.escalated
    assert event.old is event.new is AlarmLetter.B
    engine.expire(seconds * 9, 9 * NS)
    assert engine.events() == []


def test_lower_priorities_and_classes_that_need_no_acknowledgement_are_not() -> None:
    assert raised(alarm("high", priority=3)).next_deadline() is None
    assert raised(alarm("high", priority=1, ack_required=False)).next_deadline() is None
    assert escalate_min(alarm("high", priority=4, escalate_min=5.0), 4) == 5.0


def test_an_acknowledgement_cancels() -> None:
    engine = raised(alarm("high", priority=1))
    ack(engine, 100.0)
    engine.expire(500.0, 0)
    assert engine.events() == []


def test_a_return_to_normal_cancels() -> None:
    engine = raised(alarm("high", priority=1))
    engine.samples(row(1.0, 2.0), 50.0, 2 * NS)
    engine.events()
    engine.expire(500.0, 0)
    assert engine.events() == []


def test_a_rise_inside_the_timer_does_not_begin_it_anew() -> None:
    """ALM-25: the time unacknowledged counts, by the limit of the new severity."""
    ladder = alarm("ladder", priority=2, levels=(AlarmLevel(limit=90.0, priority=1, label=WORD),))
    engine = raised(ladder)
    assert engine.next_deadline() == 600.0
    engine.samples(row(95.0, 2.0), 60.0, 2 * NS)
    assert engine.next_deadline() == 120.0


def test_an_acknowledged_alarm_that_stands_asks_again() -> None:
    """REALARM: C to B, counted; an acknowledgement begins the time anew, and the escalation too."""
    engine = raised(alarm("high", priority=1, realarm_min=30.0))
    ack(engine, 10.0)
    assert engine.next_deadline() == 1810.0
    engine.expire(1810.0, 7 * NS)
    (event,) = engine.events()
    assert (event.who, event.annunciates, event.fact.repeat_count) == (REALARM, True, 1)
    assert engine.next_deadline() == 1930.0
    ack(engine, 1900.0)
    assert engine.next_deadline() == 3700.0


def test_a_shelf_stops_both() -> None:
    engine = raised(alarm("high", priority=2, realarm_min=1.0))
    act = Act(who="kim", now=5.0, at=5 * NS)
    engine.shelve(0, ShelfOrder(duration_s=3000.0, reason="정비"), act)
    assert engine.next_deadline() == 3005.0


def test_time_goes_on_while_the_hub_is_down() -> None:
    """ALM-14: what waited before still waits, and the downtime counts."""
    definition = alarm("high", priority=2, realarm_min=30.0)
    before = raised(definition)
    after = AlarmEngine(catalogue_of(definition), ulids())
    after.restore(before.facts().values(), 1000.0, 101 * NS)
    assert after.next_deadline() == 1500.0
    ack(before, 50.0)
    after = AlarmEngine(catalogue_of(definition), ulids())
    after.restore(before.facts().values(), 1000.0, 350 * NS)
    assert after.next_deadline() == 2500.0


def test_a_moved_deadline_counts_only_where_it_is_now() -> None:
    deadlines = Deadlines()
    deadlines.put(1, 5.0)
    deadlines.put(1, 9.0)
    deadlines.put(2, 7.0)
    deadlines.drop(3)
    assert deadlines.due(8.0) == [2]
    assert deadlines.next_deadline() == 9.0
    assert deadlines.due(9.0) == [1]
    assert deadlines.next_deadline() is None
