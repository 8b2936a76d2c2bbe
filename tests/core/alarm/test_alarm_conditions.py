"""From samples to confirmed conditions (ALM-01 to ALM-09)."""

from __future__ import annotations

import numpy as np
from alarm_sites import FLOW, LEVEL, STATE, alarm, catalogue_of, row
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.alarm.conditions import Change, Conditions
from console.core.batch import NS, Batch, batch_of, empty_batch
from console.core.quality import Quality
from console.core.site import AlarmCondition, AlarmDef


def conditions_of(*alarms: AlarmDef) -> Conditions:
    catalogue = catalogue_of(*alarms)
    return Conditions(catalogue.alarms, len(catalogue.tags))


def came(changes: list[Change]) -> list[bool]:
    return [change.active for change in changes]


def test_limit_and_deadband_drive_the_condition() -> None:
    """ALM-02: 79.99 N, 80 A, 78.0 A, 77.99 N."""
    conditions = conditions_of(alarm("high"))
    states: list[bool] = []
    for at, value in enumerate([79.99, 80.0, 78.0, 77.99], 1):
        conditions.samples(row(value, at), float(at))
        states.append(conditions.active(0))
    assert states == [False, True, True, False]


def test_the_sample_that_confirms_is_reported() -> None:
    conditions = conditions_of(alarm("high"))
    changes = conditions.samples(row(85.0, 3.0, quality=Quality.UNCERTAIN), 100.0)
    assert changes == [Change(0, True, 85.0, 3 * NS, Quality.UNCERTAIN)]


def test_short_excursion_never_alarms() -> None:
    """ALM-03, PV-09: back before the delay is over."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0))
    assert conditions.samples(row(90.0, 1.0), 10.0) == []
    assert conditions.next_deadline() == 12.0
    assert conditions.samples(row(10.0, 2.9), 11.9) == []
    assert conditions.next_deadline() is None
    assert conditions.expire(20.0) == []


def test_a_condition_that_holds_for_the_delay_alarms_at_its_end() -> None:
    """ALM-03; a non-latching alarm carries the last sample (ALM-04, PV-12)."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0))
    conditions.samples(row(90.0, 1.0), 10.0)
    conditions.samples(row(82.0, 2.0), 11.0)
    assert conditions.expire(11.999) == []
    assert conditions.expire(12.0) == [Change(0, True, 82.0, 2 * NS, 0)]


def test_one_normal_sample_restarts_the_on_delay() -> None:
    """ALM-03, PV-10."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0))
    conditions.samples(row(90.0, 1.0), 10.0)
    conditions.samples(row(70.0, 2.0), 11.0)
    conditions.samples(row(90.0, 2.5), 11.5)
    assert conditions.expire(12.0) == []
    assert came(conditions.expire(13.5)) == [True]


def test_a_latching_alarm_carries_the_worst_sample_of_the_delay() -> None:
    """ALM-04, PV-11, for both directions."""
    low = {"condition": AlarmCondition.LOW, "limit": 20.0}
    conditions = conditions_of(
        alarm("high", on_delay_s=2.0, latching=True),
        alarm("low", on_delay_s=2.0, latching=True, tag="flow", **low),
    )
    for at, (level, flow) in enumerate([(81.0, 19.0), (95.0, 5.0), (95.0, 5.0), (83.0, 18.0)], 1):
        conditions.samples(batch_of([LEVEL, FLOW], [at * NS, at * NS], [level, flow], [0, 0]), 10.0 + at / 10)
    changes = {c.alarm: (c.value, c.at) for c in conditions.expire(13.0)}
    assert changes == {0: (95.0, 2 * NS), 1: (5.0, 2 * NS)}


def test_a_dip_during_the_off_delay_is_no_return() -> None:
    """ALM-03: the mirror of the on-delay."""
    conditions = conditions_of(alarm("high", off_delay_s=5.0))
    assert came(conditions.samples(row(90.0, 1.0), 10.0)) == [True]
    assert conditions.samples(row(10.0, 2.0), 11.0) == []
    assert conditions.samples(row(90.0, 3.0), 12.0) == []
    assert conditions.expire(30.0) == []
    conditions.samples(row(10.0, 4.0), 31.0)
    assert came(conditions.expire(36.0)) == [False]


def test_a_late_scheduler_still_records_an_excursion_that_lasted() -> None:
    """ALM-06: five seconds of a blocked loop; activation at its due time, then the return."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0))
    conditions.samples(row(90.0, 1.0), 10.0)
    changes = conditions.samples(row(10.0, 5.0), 15.0)
    assert [(c.active, c.at, c.value) for c in changes] == [(True, 3 * NS, 90.0), (False, 5 * NS, 10.0)]


def test_an_excursion_of_exactly_the_delay_has_lasted() -> None:
    """ALM-03, ALM-06: continuously for at least the delay."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0))
    conditions.samples(row(90.0, 1.0), 10.0)
    assert came(conditions.samples(row(10.0, 3.0), 12.0)) == [True, False]


def test_what_a_delay_has_confirmed_is_not_confirmed_again() -> None:
    """I1, I2: one activation and one return, also when both were delayed."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0, off_delay_s=2.0))
    conditions.samples(row(90.0, 1.0), 10.0)
    assert came(conditions.expire(12.0)) == [True]
    assert conditions.samples(row(10.0, 9.0), 18.0) == []
    assert came(conditions.expire(20.0)) == [False]
    assert conditions.samples(row(90.0, 19.0), 28.0) == []
    assert came(conditions.expire(30.0)) == [True]
    assert came(conditions.samples(row(91.0, 30.0), 40.0)) == []


def test_a_late_scheduler_does_not_invent_an_excursion() -> None:
    """ALM-06: by event time it was shorter than the delay."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0))
    conditions.samples(row(90.0, 1.0), 10.0)
    assert conditions.samples(row(10.0, 2.5), 15.0) == []
    assert not conditions.active(0)


def test_a_late_scheduler_still_records_a_return_that_lasted() -> None:
    """ALM-06, mirrored: return at its due time, then the new activation."""
    conditions = conditions_of(alarm("high", off_delay_s=2.0))
    conditions.samples(row(90.0, 1.0), 10.0)
    conditions.samples(row(10.0, 2.0), 11.0)
    changes = conditions.samples(row(91.0, 9.0), 19.0)
    assert [(c.active, c.at) for c in changes] == [(False, 4 * NS), (True, 9 * NS)]


def test_the_wall_clock_does_not_change_a_delay() -> None:
    """ALM-07: event times an hour apart, the delay is monotonic."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0))
    conditions.samples(row(90.0, 10_000.0), 10.0)
    conditions.samples(row(90.0, 13_600.0), 10.5)
    assert conditions.expire(11.9) == []
    assert came(conditions.expire(12.0)) == [True]


def test_out_of_order_samples_never_drive() -> None:
    """ALM-08: older than the last processed, whether it would set or clear."""
    conditions = conditions_of(alarm("high"))
    conditions.samples(row(10.0, 5.0), 1.0)
    assert conditions.samples(row(99.0, 4.0), 2.0) == []
    conditions.samples(row(99.0, 6.0), 3.0)
    assert conditions.samples(row(10.0, 5.5), 4.0) == []
    assert conditions.active(0)


def test_unusable_quality_neither_sets_nor_clears() -> None:
    """ALM-09."""
    conditions = conditions_of(alarm("high"))
    for quality in (Quality.BAD, Quality.STALE, Quality.DISCONNECTED, Quality.NEVER):
        assert conditions.samples(row(99.0, 1.0, quality=quality), 1.0) == []
    conditions.samples(row(99.0, 2.0), 2.0)
    for quality in (Quality.BAD, Quality.STALE, Quality.DISCONNECTED, Quality.NEVER):
        assert conditions.samples(row(10.0, 3.0, quality=quality), 3.0) == []
    assert conditions.active(0)


def test_a_delay_without_usable_data_waits_for_the_next_usable_sample() -> None:
    """ALM-09: nothing is inferred from missing data, and an abnormal sample later needs no new delay."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0))
    conditions.samples(row(90.0, 1.0), 10.0)
    conditions.samples(row(90.0, 2.0, quality=Quality.BAD), 11.0)
    assert conditions.expire(12.0) == []
    assert conditions.next_deadline() is None
    assert came(conditions.samples(row(91.0, 8.0), 20.0)) == [True]


def test_a_delay_without_usable_data_ends_with_a_normal_sample() -> None:
    """ALM-09: what happened in between is not known, so nothing is recorded."""
    conditions = conditions_of(alarm("high", on_delay_s=2.0))
    conditions.samples(row(90.0, 1.0), 10.0)
    conditions.samples(row(90.0, 2.0, quality=Quality.BAD), 11.0)
    conditions.expire(12.0)
    assert conditions.samples(row(10.0, 8.0), 20.0) == []
    assert not conditions.active(0)


def test_a_restored_condition_is_silent_until_the_process_changes_it() -> None:
    """ALM-14."""
    conditions = conditions_of(alarm("high", on_delay_s=60.0))
    conditions.samples(row(90.0, 0.5), 0.5)
    conditions.restore(0, True)
    assert conditions.expire(100.0) == []
    assert conditions.samples(row(90.0, 1.0), 101.0) == []
    assert came(conditions.samples(row(10.0, 2.0), 102.0)) == [False]


def test_every_row_of_a_tag_counts_in_order() -> None:
    """An excursion within one batch is an activation and a return."""
    conditions = conditions_of(alarm("high"))
    batch = batch_of([LEVEL, FLOW, LEVEL], [NS, NS, 2 * NS], [90.0, 5.0, 10.0], [0, 0, 0])
    assert came(conditions.samples(batch, 1.0)) == [True, False]


def test_an_empty_batch_is_nothing() -> None:
    assert conditions_of(alarm("high")).samples(empty_batch(), 1.0) == []


def test_a_tag_without_alarms_is_nothing() -> None:
    assert conditions_of(alarm("high")).samples(row(99.0, tag=FLOW), 1.0) == []


ALARMS = (
    alarm("high"),
    alarm("very_high", limit=90.0, latching=True, on_delay_s=2.0),
    alarm("low", condition=AlarmCondition.LOW, limit=20.0, off_delay_s=1.0, tag="flow"),
    alarm("state", condition=AlarmCondition.STATE, limit=2.0, deadband=0.0, tag="state"),
)

ROW = st.tuples(
    st.sampled_from([LEVEL, FLOW, STATE]),
    st.integers(0, 12),
    st.sampled_from([0.0, 2.0, 19.0, 21.0, 23.0, 50.0, 78.0, 79.0, 80.0, 89.0, 95.0]),
    st.sampled_from([Quality.GOOD, Quality.GOOD, Quality.GOOD, Quality.BAD, Quality.STALE]),
)
TURN = st.tuples(st.integers(0, 3), st.lists(ROW, max_size=8))


def batch_from(rows: list[tuple[int, int, float, Quality]]) -> Batch:
    columns = list(zip(*rows, strict=True)) or [(), (), (), ()]
    tag, at, value, quality = (list(column) for column in columns)
    return batch_of(tag, [a * NS for a in at], value, quality)


@settings(max_examples=300, deadline=None)
@given(st.lists(TURN, max_size=8))
def test_a_batch_says_the_same_as_its_rows_one_by_one(
    turns: list[tuple[int, list[tuple[int, int, float, Quality]]]],
) -> None:
    """Columns and single rows agree, whatever repeats, comes late or is unusable (ALM-08, ALM-09)."""
    whole, single = conditions_of(*ALARMS), conditions_of(*ALARMS)
    now = 0.0
    for wait, rows in turns:
        now += wait
        expected = single.expire(now)
        assert whole.expire(now) == expected
        expected = [change for r in rows for change in single.samples(batch_from([r]), now)]
        assert whole.samples(batch_from(rows), now) == expected
        assert whole.next_deadline() == single.next_deadline()


def test_only_alarms_that_change_are_looked_at_one_by_one() -> None:
    """A quiet batch of many alarms makes no change and leaves nothing behind."""
    conditions = conditions_of(*(alarm(f"a{i}", limit=float(i)) for i in range(50)))
    rng = np.random.default_rng(1)
    assert len(conditions.samples(row(24.5, 1.0), 1.0)) == 25
    for at in range(2, 10):
        assert conditions.samples(row(24.0 + rng.random() * 0.9, at), float(at)) == []
