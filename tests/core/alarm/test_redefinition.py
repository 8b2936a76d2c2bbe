"""Definitions changed at run time: judged like the profile, in force at once, never silently milder (ALM-13, PV-18)."""

from __future__ import annotations

import math

import pytest
from alarm_sites import HIGH, LEVEL, TAGS, alarm, catalogue_of, row, ulids

from console.core.alarm.acts import Act, ShelfOrder
from console.core.alarm.engine import CONFIG, AlarmEngine
from console.core.alarm.events import AlarmNews
from console.core.alarm.facts import AckItem, AlarmLetter
from console.core.alarm.machine import AlarmInput
from console.core.alarm.reasons import AlarmRefusal as R
from console.core.alarm.redefinition import CHANGEABLE, differences, redefined
from console.core.batch import NS, Batch, empty_batch
from console.core.errors import AlarmRefused
from console.core.site import AlarmCondition, AlarmDef, AlarmLevel, Severity
from console.core.words import Text

KIM = Act(who="kim", now=9.0, at=9 * NS)


def engine_of(definition: AlarmDef = HIGH) -> AlarmEngine:
    return AlarmEngine(catalogue_of(definition), ulids())


def change(engine: AlarmEngine, definition: AlarmDef, present: Batch, at_s: float = 5.0) -> None:
    engine.redefine(0, definition, present, at_s, round(at_s * NS), "kim")


def refused(changes: dict[str, float], definition: AlarmDef = HIGH) -> str:
    with pytest.raises(AlarmRefused) as error:
        redefined(definition, changes, TAGS)
    return error.value.reason_code


def test_numbers_of_a_definition_can_be_changed() -> None:
    new = redefined(HIGH, {"limit": 85.0, "priority": 2.0, "on_delay_s": 5.0}, TAGS)
    assert (new.limit, new.priority, new.on_delay_s, new.deadband) == (85.0, 2, 5.0, 2.0)
    assert isinstance(new.priority, int)
    assert differences(HIGH, new) == {
        "limit": (80.0, 85.0),
        "on_delay_s": (0.0, 5.0),
        "priority": (3.0, 2.0),
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, R.NO_CHANGE),
        ({"limit": 80.0}, R.NO_CHANGE),
        ({"name": 1.0}, R.FIELD_UNKNOWN),
        ({"latching": 1.0}, R.FIELD_UNKNOWN),
        ({"limit": math.nan}, R.OUT_OF_RANGE),
        ({"limit": math.inf}, R.OUT_OF_RANGE),
        ({"limit": 101.0}, R.OUT_OF_RANGE),
        ({"deadband": -1.0}, R.OUT_OF_RANGE),
        ({"deadband": 100.0}, R.OUT_OF_RANGE),
        ({"priority": 5.0}, R.OUT_OF_RANGE),
        ({"priority": 2.5}, R.OUT_OF_RANGE),
        ({"on_delay_s": 86_401.0}, R.OUT_OF_RANGE),
        ({"count": 3.0}, R.OUT_OF_RANGE),
        ({"rate_window_s": 60.0}, R.OUT_OF_RANGE),
    ],
)
def test_what_the_profile_would_not_allow_is_refused(changes: dict[str, float], expected: R) -> None:
    """ALM-13: the closed list of fields, and the bounds of `site check`."""
    assert refused(changes) == expected


def test_a_ladder_stays_a_ladder() -> None:
    ladder = alarm("high", levels=(AlarmLevel(limit=90.0, priority=2, label=Text("말", "word")),))
    assert refused({"limit": 95.0}, ladder) == R.OUT_OF_RANGE
    assert redefined(ladder, {"limit": 85.0}, TAGS).levels == ladder.levels


def test_a_weighed_priority_may_be_changed_by_who_answers_for_it() -> None:
    weighed = alarm("high", severity=Severity.MAJOR)
    assert redefined(weighed, {"priority": 4.0}, TAGS).priority == 4


def test_missing_data_has_no_limit_to_change() -> None:
    stale = alarm("silent", condition=AlarmCondition.STALE, limit=0.0, deadband=0.0)
    assert refused({"limit": 1.0}, stale) == R.OUT_OF_RANGE
    assert redefined(stale, {"on_delay_s": 9.0}, TAGS).on_delay_s == 9.0
    assert "condition" not in CHANGEABLE


def test_a_lower_limit_is_judged_by_the_present_value_at_once() -> None:
    engine = engine_of()
    engine.samples(row(75.0), 1.0, NS)
    change(engine, redefined(HIGH, {"limit": 70.0}, TAGS), row(75.0))
    (event,) = engine.events()
    assert (event.kind, event.fact.limit, event.fact.state.letter) == (AlarmInput.ACT, 70.0, AlarmLetter.B)


def test_a_standing_alarm_shows_the_limit_in_force() -> None:
    """The same occurrence goes on: nothing is raised anew for it."""
    engine = engine_of()
    engine.samples(row(90.0), 1.0, NS)
    engine.events()
    change(engine, redefined(HIGH, {"limit": 85.0}, TAGS), row(90.0))
    (event,) = engine.events()
    assert (event.kind, event.who, event.annunciates) == (AlarmNews.REDEFINED, "kim", False)
    assert (event.fact.limit, event.fact.state.letter) == (85.0, AlarmLetter.B)


def test_a_higher_limit_lets_it_return() -> None:
    engine = engine_of()
    engine.samples(row(90.0), 1.0, NS)
    engine.events()
    change(engine, redefined(HIGH, {"limit": 95.0}, TAGS), row(90.0))
    assert [event.kind for event in engine.events()] == [AlarmInput.RTN]


def test_a_pending_delay_is_cancelled() -> None:
    """PV-18: the delay of the old definition raises nothing; the new one begins anew."""
    slow = alarm("high", on_delay_s=10.0)
    engine = engine_of(slow)
    engine.samples(row(90.0, 1.0), 1.0, NS)
    change(engine, redefined(slow, {"on_delay_s": 20.0}, TAGS), row(90.0, 1.0))
    engine.expire(11.0, 11 * NS)
    assert engine.events() == []
    engine.expire(25.0, 25 * NS)
    assert [event.kind for event in engine.events()] == [AlarmInput.ACT]


def test_more_urgent_rings_again_and_less_urgent_waits_for_the_acknowledgement() -> None:
    """ALM-11: severity rises by a change of the definition, it never falls by one while nobody has seen it."""
    engine = engine_of()
    engine.samples(row(90.0), 1.0, NS)
    engine.events()
    change(engine, redefined(HIGH, {"priority": 2.0}, TAGS), row(90.0))
    (event,) = engine.events()
    assert (event.kind, event.annunciates, event.fact.priority) == (AlarmInput.ESCALATE, True, 2)
    change(engine, redefined(HIGH, {"priority": 4.0}, TAGS), row(90.0))
    assert engine.fact(0).priority == 2
    fact = engine.fact(0)
    engine.ack([AckItem(0, fact.occurrence, 2)], KIM)
    assert engine.fact(0).priority == 4


def test_an_acknowledged_alarm_follows_down_and_rings_when_it_rises() -> None:
    engine = engine_of()
    engine.samples(row(90.0), 1.0, NS)
    engine.ack([AckItem(0, engine.fact(0).occurrence, 3)], KIM)
    change(engine, redefined(HIGH, {"priority": 4.0}, TAGS), row(90.0))
    assert (engine.fact(0).priority, engine.fact(0).state.letter) == (4, AlarmLetter.C)
    engine.events()
    change(engine, redefined(HIGH, {"priority": 1.0}, TAGS), row(90.0))
    (event,) = engine.events()
    assert (event.annunciates, event.new, event.fact.priority) == (True, AlarmLetter.B, 1)


def test_a_suppressed_alarm_is_redefined_silently() -> None:
    engine = engine_of()
    engine.samples(row(90.0), 1.0, NS)
    engine.shelve(0, ShelfOrder(duration_s=60.0, reason="x"), KIM)
    engine.events()
    change(engine, redefined(HIGH, {"priority": 1.0}, TAGS), row(90.0))
    (event,) = engine.events()
    assert (event.annunciates, event.fact.priority, event.new) == (False, 1, AlarmLetter.G)


def test_without_a_present_value_only_the_definition_changes() -> None:
    engine = engine_of()
    engine.redefine(0, alarm("high", limit=1.0), empty_batch(), 5.0, 5 * NS)
    assert engine.events() == []
    engine.samples(row(2.0, 6.0, tag=LEVEL), 6.0, 6 * NS)
    assert [event.kind for event in engine.events()] == [AlarmInput.ACT]
    assert CONFIG == "system:config"
