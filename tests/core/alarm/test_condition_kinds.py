"""Conditions that are not a plain band: levels, deviation, rate, missing data and counts (ALM-05, ALM-09 to ALM-11)."""

from __future__ import annotations

import pytest
from alarm_sites import FLOW, LEVEL, WORD, alarm, catalogue_of, row
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.alarm.conditions import Change, Conditions
from console.core.batch import NS, Batch, batch_of
from console.core.quality import Quality
from console.core.site import AlarmCondition, AlarmDef, AlarmLevel


def conditions_of(*alarms: AlarmDef) -> Conditions:
    catalogue = catalogue_of(*alarms)
    return Conditions(catalogue.alarms, len(catalogue.tags))


def level(limit: float, priority: int) -> AlarmLevel:
    return AlarmLevel(limit=limit, priority=priority, label=WORD)


LADDER = alarm("ladder", levels=(level(90.0, 2), level(95.0, 1)))
DEVIATION = alarm("apart", condition=AlarmCondition.DEVIATION, limit=5.0, deadband=1.0, reference_tag="flow")
RISE = alarm("rise", condition=AlarmCondition.RATE, limit=6.0, deadband=1.0, rate_window_s=10.0)
FALL = alarm("fall", condition=AlarmCondition.RATE, limit=-6.0, deadband=1.0, rate_window_s=10.0)
MISSING = alarm("missing", condition=AlarmCondition.STALE, limit=0.0, deadband=0.0)


def fed(conditions: Conditions, values: list[float], begin: float = 1.0) -> list[Change]:
    """One sample a second."""
    changes: list[Change] = []
    for number, value in enumerate(values):
        changes += conditions.samples(row(value, begin + number), begin + number)
    return changes


def steps(changes: list[Change]) -> list[tuple[bool, int, float]]:
    return [(change.active, change.level, change.value) for change in changes]


def test_a_value_stands_at_the_highest_level_it_has_reached() -> None:
    """ALM-11: one alarm of exclusive levels; a rise is told, a fall is not."""
    conditions = conditions_of(LADDER)
    assert steps(fed(conditions, [85.0, 91.0, 96.0, 94.0])) == [
        (True, 0, 85.0),
        (True, 1, 91.0),
        (True, 2, 96.0),
    ]
    assert conditions.level(0) == 2
    assert fed(conditions, [92.9], 10.0) == []
    assert conditions.level(0) == 1
    assert fed(conditions, [79.0], 11.0) == []
    assert (conditions.active(0), conditions.level(0)) == (True, 0)
    assert steps(fed(conditions, [77.9], 12.0)) == [(False, 0, 77.9)]


def test_a_first_sample_may_reach_the_top_at_once() -> None:
    assert steps(fed(conditions_of(LADDER), [99.0])) == [(True, 2, 99.0)]


def test_low_levels_are_reached_downwards() -> None:
    low = alarm("low", condition=AlarmCondition.LOW, limit=20.0, levels=(level(10.0, 2), level(5.0, 1)))
    conditions = conditions_of(low)
    assert steps(fed(conditions, [15.0, 4.0, 6.0, 7.5])) == [(True, 0, 15.0), (True, 2, 4.0)]
    assert conditions.level(0) == 1


def test_a_rise_has_to_last_for_the_on_delay() -> None:
    """ALM-03 for each level: a spike to the next level is none."""
    conditions = conditions_of(alarm("ladder", on_delay_s=5.0, levels=(level(90.0, 1),)))
    conditions.samples(row(85.0, 1.0), 1.0)
    assert steps(conditions.expire(6.0)) == [(True, 0, 85.0)]
    conditions.samples(row(95.0, 7.0), 7.0)
    conditions.samples(row(85.0, 8.0), 8.0)
    assert conditions.expire(20.0) == []
    conditions.samples(row(95.0, 21.0), 21.0)
    conditions.samples(row(96.0, 22.0), 22.0)
    assert steps(conditions.expire(26.0)) == [(True, 1, 96.0)]


def test_a_rise_that_goes_on_rising_does_not_wait_anew() -> None:
    ladder = alarm("ladder", on_delay_s=5.0, levels=(level(90.0, 2), level(95.0, 1)))
    conditions = conditions_of(ladder)
    conditions.samples(row(85.0, 1.0), 1.0)
    conditions.expire(6.0)
    conditions.samples(row(91.0, 7.0), 7.0)
    conditions.samples(row(96.0, 10.0), 10.0)
    assert steps(conditions.expire(12.0)) == [(True, 2, 96.0)]


def test_a_rise_that_lasted_is_told_though_the_scheduler_came_late() -> None:
    """ALM-06, for a rise that fell again and for one that returned to normal."""
    conditions = conditions_of(alarm("ladder", on_delay_s=5.0, levels=(level(90.0, 1),)))
    conditions.samples(row(85.0, 1.0), 1.0)
    conditions.expire(6.0)
    conditions.samples(row(95.0, 7.0), 7.0)
    changes = conditions.samples(row(85.0, 15.0), 15.0)
    assert [(c.active, c.level, c.at) for c in changes] == [(True, 1, 12 * NS)]
    conditions.samples(row(95.0, 16.0), 16.0)
    changes = conditions.samples(row(10.0, 30.0), 30.0)
    assert [(c.active, c.level, c.at) for c in changes] == [(True, 1, 21 * NS), (False, 0, 30 * NS)]


def test_a_latching_alarm_carries_the_highest_level_of_its_delay() -> None:
    """ALM-04, PV-11; one that does not latch carries the last (PV-12)."""
    ladder = {"on_delay_s": 5.0, "levels": (level(90.0, 1),)}
    conditions = conditions_of(
        alarm("latching", latching=True, **ladder), alarm("last", latching=False, **ladder)
    )
    fed(conditions, [85.0, 95.0, 86.0])
    found = {c.alarm: (c.level, c.value) for c in conditions.expire(10.0)}
    assert found == {0: (1, 95.0), 1: (0, 86.0)}


def test_an_excursion_during_the_off_delay_may_come_back_higher() -> None:
    conditions = conditions_of(alarm("ladder", off_delay_s=5.0, levels=(level(90.0, 1),)))
    assert steps(fed(conditions, [85.0, 70.0, 93.0])) == [(True, 0, 85.0), (True, 1, 93.0)]
    assert conditions.expire(100.0) == []


def test_a_deviation_is_judged_whichever_tag_moves() -> None:
    conditions = conditions_of(DEVIATION)
    assert conditions.samples(row(50.0, 1.0), 1.0) == []
    assert conditions.samples(row(47.0, 1.0, tag=FLOW), 1.0) == []
    assert steps(conditions.samples(row(45.0, 2.0, tag=FLOW), 2.0)) == [(True, 0, 5.0)]
    assert conditions.samples(row(49.0, 3.0), 3.0) == []
    assert steps(conditions.samples(row(48.9, 4.0), 4.0)) == [(False, 0, pytest.approx(3.9))]


def test_a_deviation_from_something_unknown_is_unknown() -> None:
    """ALM-09: it neither alarms nor clears until both are usable again."""
    conditions = conditions_of(DEVIATION)
    both = batch_of([LEVEL, FLOW], [NS, NS], [50.0, 40.0], [0, 0])
    assert steps(conditions.samples(both, 1.0)) == [(True, 0, 10.0)]
    assert conditions.samples(row(40.0, 2.0, tag=FLOW, quality=Quality.BAD), 2.0) == []
    assert conditions.samples(row(40.0, 3.0), 3.0) == []
    assert conditions.active(0)
    assert steps(conditions.samples(row(40.0, 4.0, tag=FLOW), 4.0)) == [(False, 0, 0.0)]


def test_a_delayed_deviation_waits_while_its_reference_is_unknown() -> None:
    conditions = conditions_of(
        alarm("apart", condition=AlarmCondition.DEVIATION, limit=5.0, reference_tag="flow", on_delay_s=5.0)
    )
    conditions.samples(batch_of([LEVEL, FLOW], [NS, NS], [50.0, 40.0], [0, 0]), 1.0)
    conditions.samples(row(40.0, 2.0, tag=FLOW, quality=Quality.STALE), 2.0)
    assert conditions.expire(6.0) == []
    assert steps(conditions.samples(row(41.0, 8.0, tag=FLOW), 8.0)) == [(True, 0, 9.0)]


@pytest.mark.parametrize(("definition", "sign"), [(RISE, 1.0), (FALL, -1.0)])
def test_a_rate_is_told_a_minute_over_its_window(definition: AlarmDef, sign: float) -> None:
    """6 a minute is 0.1 a second; below half a window of history nothing is known."""
    conditions = conditions_of(definition)
    slow = fed(conditions, [sign * 0.05 * s for s in range(12)])
    assert slow == []
    fast = fed(conditions, [sign * (0.6 + 0.2 * s) for s in range(12)], 13.0)
    assert [change.active for change in fast] == [True]
    flat = fed(conditions, [sign * 2.8] * 12, 25.0)
    assert [change.active for change in flat] == [False]


def test_a_rate_is_not_told_across_a_gap() -> None:
    """Older than the window says nothing, whatever jumped meanwhile."""
    conditions = conditions_of(RISE)
    fed(conditions, [1.0] * 8)
    assert fed(conditions, [99.0] * 4, 60.0) == []


def test_one_bad_sample_is_no_jump() -> None:
    conditions = conditions_of(RISE)
    fed(conditions, [1.0] * 8)
    assert conditions.samples(row(500.0, 9.0, quality=Quality.BAD), 9.0) == []
    assert fed(conditions, [1.0] * 3, 10.0) == []


def test_missing_data_is_a_condition_of_its_own() -> None:
    """ALM-09, ALM-10: every quality that is not usable; the next usable sample clears it."""
    conditions = conditions_of(MISSING, alarm("high"))
    assert [c.alarm for c in conditions.samples(row(90.0, 1.0), 1.0)] == [1]
    for quality in (Quality.BAD, Quality.STALE, Quality.DISCONNECTED, Quality.NEVER):
        (change,) = conditions.samples(row(90.0, 2.0, quality=quality), 2.0)
        assert (change.alarm, change.active, change.value) == (0, True, float(quality))
        assert conditions.active(1)
        (change,) = conditions.samples(row(90.0, 3.0), 3.0)
        assert (change.alarm, change.active) == (0, False)


def test_the_delay_of_missing_data_runs_while_data_is_missing() -> None:
    conditions = conditions_of(alarm("missing", condition=AlarmCondition.STALE, on_delay_s=60.0))
    conditions.samples(row(1.0, 1.0, quality=Quality.STALE), 1.0)
    assert [c.active for c in conditions.expire(61.0)] == [True]


COUNTED = alarm("counted", count=3, count_window_s=10.0)


def test_the_last_of_some_excursions_within_the_window_raises_at_once() -> None:
    """ALM-05, PV-14: a span of exactly the window counts."""
    conditions = conditions_of(COUNTED)
    found: list[Change] = []
    for now in (1.0, 5.0, 11.0):
        found += conditions.samples(row(90.0, now), now)
        if not found:
            conditions.samples(row(10.0, now + 1), now + 1)
    assert [(c.active, c.at) for c in found] == [(True, 11 * NS)]


def test_excursions_further_apart_are_not_counted_together() -> None:
    conditions = conditions_of(COUNTED)
    for now in (1.0, 5.0, 11.1, 20.0):
        assert conditions.samples(row(90.0, now), now) == []
        conditions.samples(row(10.0, now + 1), now + 1)


def test_the_counter_begins_anew_after_it_has_raised() -> None:
    """PV-15: the next excursion alone raises nothing."""
    conditions = conditions_of(COUNTED)
    raised: list[float] = []
    for now in (1.0, 3.0, 5.0, 7.0, 9.0, 11.0):
        raised += [now for c in conditions.samples(row(90.0, now), now) if c.active]
        conditions.samples(row(10.0, now + 1), now + 1)
    assert raised == [5.0, 11.0]


def test_an_excursion_as_long_as_the_window_is_no_longer_short() -> None:
    conditions = conditions_of(COUNTED)
    conditions.samples(row(90.0, 1.0), 1.0)
    assert conditions.expire(10.9) == []
    assert [c.active for c in conditions.expire(11.0)] == [True]


def test_a_changed_limit_counts_from_now_on() -> None:
    """ALM-13: the delay under way is cancelled, and one begins for the new limit."""
    conditions = conditions_of(alarm("high", on_delay_s=5.0))
    conditions.samples(row(85.0, 1.0), 1.0)
    conditions.redefine(0, alarm("high", on_delay_s=5.0, limit=84.0))
    assert conditions.next_deadline() is None
    assert conditions.judge(0, 85.0, NS, Quality.GOOD, 3.0) == []
    assert conditions.expire(6.0) == []
    assert steps(conditions.expire(8.0)) == [(True, 0, 85.0)]


def test_a_redefined_alarm_keeps_its_level_within_its_new_ladder() -> None:
    conditions = conditions_of(LADDER)
    fed(conditions, [99.0])
    conditions.redefine(0, alarm("ladder", levels=(level(98.0, 1),)))
    assert (conditions.active(0), conditions.level(0)) == (True, 1)
    conditions.judge(0, 97.0, 2 * NS, Quality.BAD, 2.0)
    assert conditions.level(0) == 1
    conditions.judge(0, 95.9, 2 * NS, Quality.GOOD, 2.0)
    assert conditions.level(0) == 0


KINDS = (
    LADDER,
    alarm("ladder_slow", latching=True, on_delay_s=2.0, levels=(level(90.0, 1),)),
    DEVIATION,
    RISE,
    alarm("fall", condition=AlarmCondition.RATE, limit=-60.0, rate_window_s=4.0, levels=(level(-300.0, 1),)),
    MISSING,
    alarm("missing_flow", condition=AlarmCondition.STALE, tag="flow", on_delay_s=1.0, off_delay_s=1.0),
    alarm("counted", count=2, count_window_s=3.0, off_delay_s=1.0),
)
ROW = st.tuples(
    st.sampled_from([LEVEL, LEVEL, FLOW]),
    st.integers(0, 12),
    st.sampled_from([0.0, 50.0, 78.0, 79.0, 80.0, 88.0, 91.0, 95.0, 99.0]),
    st.sampled_from([Quality.GOOD] * 4 + [Quality.BAD, Quality.STALE]),
)


def batch_from(rows: list[tuple[int, int, float, Quality]]) -> Batch:
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    tag, at, value, quality = (list(column) for column in columns)
    return batch_of(tag, [a * NS for a in at], value, quality)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 3), st.lists(ROW, max_size=8)), max_size=8))
def test_batches_of_every_kind_say_the_same_as_their_rows_one_by_one(
    turns: list[tuple[int, list[tuple[int, int, float, Quality]]]],
) -> None:
    whole, single = conditions_of(*KINDS), conditions_of(*KINDS)
    now = 0.0
    for wait, rows in turns:
        now += wait
        assert whole.expire(now) == single.expire(now)
        expected = [change for r in rows for change in single.samples(batch_from([r]), now)]
        assert whole.samples(batch_from(rows), now) == expected
        assert [whole.level(a) for a in range(len(KINDS))] == [single.level(a) for a in range(len(KINDS))]
        assert whole.next_deadline() == single.next_deadline()
