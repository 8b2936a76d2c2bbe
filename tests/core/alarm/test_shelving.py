"""Shelves that are edited, and groups that are shelved as a whole or not at all (ALM-42 to ALM-45)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from alarm_sites import alarm, catalogue_of, row, ulids

from console.core.alarm.acts import HOUR_S, SHELF_QUOTA, Act, ShelfOrder
from console.core.alarm.engine import SHELF_CLOCK, SHELF_EXPIRED, AlarmEngine
from console.core.alarm.events import AlarmNews
from console.core.alarm.facts import AckItem, AlarmLetter
from console.core.alarm.machine import AlarmInput
from console.core.alarm.reasons import AlarmRefusal as R
from console.core.batch import NS
from console.core.errors import AlarmRefused

KIM = Act(who="kim", now=0.0, at=0)
HOUR = ShelfOrder(duration_s=HOUR_S, reason="sensor")


def engine_of(*alarms: str) -> AlarmEngine:
    return AlarmEngine(catalogue_of(*(alarm(name) for name in alarms or ("a", "b", "c"))), ulids())


def later(who: str, seconds: float, supervisor: bool = False) -> Act:
    return Act(who=who, now=seconds, at=round(seconds * NS), supervisor=supervisor)


def refused(act: Callable[[], None]) -> str:
    with pytest.raises(AlarmRefused) as error:
        act()
    return error.value.reason_code


def items(engine: AlarmEngine, *alarms: int) -> list[AckItem]:
    facts = [engine.fact(number) for number in alarms]
    return [AckItem(fact.alarm, fact.occurrence, fact.priority) for fact in facts]


def test_an_extended_shelf_stays_the_same_shelf() -> None:
    """ALM-44: occurrence, beginning and author are kept; end and reason change, and who changed them is known."""
    engine = engine_of()
    engine.shelve(0, HOUR, KIM)
    engine.events()
    engine.edit_shelf(0, ShelfOrder(duration_s=2 * HOUR_S, reason="still the sensor"), later("lee", 1800.0))
    (event,) = engine.events()
    assert (event.kind, event.who, event.reason) == (AlarmNews.SHELF_EDITED, "lee", "still the sensor")
    fact = engine.fact(0)
    assert (fact.shelved_by, fact.shelf_changed_by, fact.at_shelved) == ("kim", "lee", 0)
    assert (fact.at_unshelve, fact.shelf_reason) == (7200 * NS, "still the sensor")
    engine.expire(3600.0, 3600 * NS)
    assert engine.fact(0).state.letter is AlarmLetter.G
    assert engine.next_deadline() == 7200.0
    engine.expire(7200.0, 7200 * NS)
    (event,) = engine.events()
    assert (event.kind, event.who, event.reason) == (AlarmInput.UNSHELVE, SHELF_CLOCK, SHELF_EXPIRED)
    assert engine.fact(0).shelf_changed_by == ""


def test_a_shelf_may_be_cut_short_and_then_ends_earlier() -> None:
    engine = engine_of()
    engine.shelve(0, HOUR, KIM)
    engine.edit_shelf(0, ShelfOrder(duration_s=600.0, reason="sensor"), later("kim", 300.0))
    assert engine.next_deadline() == 600.0
    engine.expire(600.0, 600 * NS)
    assert engine.fact(0).state.letter is AlarmLetter.A


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (ShelfOrder(duration_s=12 * HOUR_S + 1, reason="x"), R.DURATION_OUT_OF_RANGE),
        (ShelfOrder(duration_s=-1.0, reason="x"), R.DURATION_OUT_OF_RANGE),
        # Counted from its beginning this would be over already.
        (ShelfOrder(duration_s=1800.0, reason="x"), R.DURATION_OUT_OF_RANGE),
        (ShelfOrder(duration_s=HOUR_S, reason=" "), R.REASON_REQUIRED),
        (ShelfOrder(duration_s=HOUR_S, reason="x\x07"), R.COMMENT_INVALID),
    ],
)
def test_a_rejected_edit_leaves_the_old_shelf_intact(order: ShelfOrder, expected: R) -> None:
    """ALM-44."""
    engine = engine_of()
    engine.shelve(0, HOUR, KIM)
    before = engine.fact(0)
    engine.events()
    assert refused(lambda: engine.edit_shelf(0, order, later("lee", 1800.0))) == expected
    assert (engine.fact(0), engine.events(), engine.next_deadline()) == (before, [], 3600.0)


def test_limits_of_an_edit_are_those_of_a_new_shelf() -> None:
    """ALM-40: priority 1 is edited by a supervisor alone, priority 2 lasts an hour in all."""
    engine = AlarmEngine(catalogue_of(alarm("a", priority=1), alarm("b", priority=2)), ulids())
    engine.shelve(0, HOUR, later("boss", 0.0, supervisor=True))
    engine.shelve(1, HOUR, KIM)
    long = ShelfOrder(duration_s=HOUR_S + 60, reason="x")
    assert refused(lambda: engine.edit_shelf(0, long, later("kim", 10.0))) == R.CLASS_NOT_SHELVABLE
    assert refused(lambda: engine.edit_shelf(1, long, later("kim", 10.0))) == R.DURATION_OUT_OF_RANGE
    engine.edit_shelf(0, long, later("boss", 10.0, supervisor=True))
    assert engine.fact(0).at_unshelve == 3660 * NS


def test_what_is_not_shelved_or_over_is_not_edited() -> None:
    """ALM-44: expired is immutable, also before the clock has been looked at."""
    engine = engine_of()
    assert refused(lambda: engine.edit_shelf(0, HOUR, KIM)) == R.NOT_SHELVED
    assert refused(lambda: engine.edit_shelf(9, HOUR, KIM)) == R.UNKNOWN_ALARM
    engine.shelve(0, HOUR, KIM)
    long = ShelfOrder(duration_s=2 * HOUR_S, reason="x")
    assert refused(lambda: engine.edit_shelf(0, long, later("kim", 3600.0))) == R.SHELF_EXPIRED
    assert engine.fact(0).at_unshelve == 3600 * NS


def test_an_edited_shelf_survives_a_restart() -> None:
    """ALM-43, ALM-44."""
    before = engine_of()
    before.shelve(0, HOUR, KIM)
    before.edit_shelf(0, ShelfOrder(duration_s=2 * HOUR_S, reason="x"), later("lee", 60.0))
    after = engine_of()
    after.restore(before.facts().values(), 5.0, 3600 * NS)
    assert after.facts() == before.facts()
    assert after.next_deadline() == pytest.approx(3605.0)


def test_a_group_is_shelved_alike() -> None:
    """ALM-45: one act, one end for all."""
    engine = engine_of()
    engine.samples(row(90.0), 1.0, NS)
    engine.events()
    results = engine.shelve_all(items(engine, 0, 1, 2), HOUR, later("kim", 10.0))
    assert [(r.subject, r.reason) for r in results] == [("s1.a", ""), ("s1.b", ""), ("s1.c", "")]
    facts = [engine.fact(number) for number in range(3)]
    assert {(f.at_unshelve, f.shelved_by, f.state.letter) for f in facts} == {
        (3610 * NS, "kim", AlarmLetter.G)
    }
    assert engine.shelved_count() == 3


def test_members_with_different_ends_refuse_the_group_and_nothing_is_shelved() -> None:
    """ALM-45: each member has its own answer."""
    engine = engine_of()
    engine.shelve(1, HOUR, KIM)
    engine.events()
    results = engine.shelve_all(items(engine, 0, 1, 2), HOUR, later("kim", 10.0))
    assert [r.reason for r in results] == [R.GROUP_REFUSED, R.DIFFERENT_ENDS, R.GROUP_REFUSED]
    assert (engine.shelved_count(), engine.events()) == (1, [])


def test_a_member_that_was_shelved_alike_is_shelved_already() -> None:
    engine = engine_of()
    engine.shelve(1, HOUR, KIM)
    results = engine.shelve_all(items(engine, 0, 1), HOUR, KIM)
    assert [r.reason for r in results] == [R.GROUP_REFUSED, R.ALREADY_SHELVED]


def test_a_member_that_changed_meanwhile_refuses_the_group() -> None:
    """ALM-23 holds for groups too; a member named twice is no group."""
    engine = engine_of()
    engine.samples(row(90.0), 1.0, NS)
    seen = items(engine, 0, 1)
    stale = AckItem(1, "another", seen[1].priority)
    assert [r.reason for r in engine.shelve_all([seen[0], stale, AckItem(99, "", 1)], HOUR, KIM)] == [
        *(R.GROUP_REFUSED, R.OCCURRENCE_UNKNOWN, R.UNKNOWN_ALARM)
    ]
    assert {r.reason for r in engine.shelve_all([seen[0], seen[0]], HOUR, KIM)} == {R.GROUP_REFUSED}
    assert [r.reason for r in engine.shelve_all([], HOUR, KIM)] == [R.NOTHING_SELECTED]
    assert engine.shelved_count() == 0


def test_the_quota_counts_the_whole_group() -> None:
    """ALM-42: 30 of one position, and no part of a group that would pass it."""
    engine = engine_of(*(f"a{n}" for n in range(SHELF_QUOTA + 2)))
    for number in range(SHELF_QUOTA - 1):
        engine.shelve(number, HOUR, KIM)
    last = items(engine, SHELF_QUOTA - 1, SHELF_QUOTA)
    assert [r.reason for r in engine.shelve_all(last, HOUR, KIM)] == [R.GROUP_REFUSED, R.QUOTA]
    assert engine.shelved_count() == SHELF_QUOTA - 1
    assert [r.reason for r in engine.shelve_all(last[:1], HOUR, KIM)] == [""]
    assert refused(lambda: engine.shelve(SHELF_QUOTA, HOUR, KIM)) == R.QUOTA
