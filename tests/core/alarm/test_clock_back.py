"""A wall clock that is set back: order of arrival and rates begin anew, delays do not notice (ALM-07, ALM-08)."""

from __future__ import annotations

from alarm_sites import LEVEL, alarm, catalogue_of, row, ulids

from console.core.alarm.engine import AlarmEngine
from console.core.alarm.machine import AlarmInput
from console.core.batch import NS, batch_of
from console.core.site import AlarmCondition
from console.core.values import LatestValues

HOUR = 3600.0


def test_samples_of_the_new_clock_drive_state() -> None:
    engine = AlarmEngine(catalogue_of(alarm("high")), ulids())
    engine.samples(row(50.0, HOUR), 1.0, 0)
    engine.samples(row(95.0, 10.0), 2.0, 0)
    assert engine.events() == []
    engine.set_back(round(9.0 * NS))
    engine.samples(row(95.0, 10.0), 3.0, 0)
    assert [event.kind for event in engine.events()] == [AlarmInput.ACT]


def test_a_delay_under_way_goes_on() -> None:
    engine = AlarmEngine(catalogue_of(alarm("high", on_delay_s=10.0)), ulids())
    engine.samples(row(95.0, HOUR), 1.0, 0)
    engine.set_back(0)
    engine.samples(row(95.0, 5.0), 6.0, 0)
    engine.expire(10.9, 0)
    assert engine.events() == []
    engine.expire(11.0, 0)
    assert [event.kind for event in engine.events()] == [AlarmInput.ACT]


def test_a_rate_is_not_told_across_the_step() -> None:
    steep = alarm("steep", condition=AlarmCondition.RATE, limit=10.0, rate_window_s=60.0, deadband=0.0)
    engine = AlarmEngine(catalogue_of(steep), ulids())
    engine.samples(row(0.0, HOUR), 1.0, 0)
    engine.set_back(round(9.0 * NS))
    engine.samples(row(50.0, 10.0), 2.0, 0)
    assert engine.events() == []
    engine.samples(row(90.0, 60.0), 52.0, 0)
    assert [event.kind for event in engine.events()] == [AlarmInput.ACT]


def test_latest_values_follow_the_new_clock() -> None:
    values = LatestValues(1)
    values.apply(batch_of([LEVEL], [round(HOUR * NS)], [1.0], [0]))
    assert values.apply(batch_of([LEVEL], [5 * NS], [2.0], [0])).late is not None
    values.set_back(4 * NS)
    assert values.apply(batch_of([LEVEL], [5 * NS], [3.0], [0])).late is None
    assert values.value[LEVEL] == 3.0
