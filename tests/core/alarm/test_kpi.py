"""Figures of an alarm system: each against a count by hand, its target and its verdict (ALARMS.md 1.7)."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from occurrence_rows import ns, occurrence, starting

from console.core.alarm.kpi import GOALS, KpiName, Kpis, Verdict, report
from console.core.alarm.occurrences import Occurrence, in_columns
from console.core.alarm.shifts import ShiftWindow

HOUR = 3600.0
DAY = 24 * HOUR
MONTH = 30 * DAY


def _kpis(records: list[Occurrence], end: float, start: float = 0.0) -> Kpis:
    return report(in_columns(records), ns(start), ns(end)).whole


def _value(kpis: Kpis, name: KpiName) -> float:
    return kpis.figure(name).value


def test_an_average_looks_fine_where_the_peak_does_not() -> None:
    """KV-05: 72 alarms in 72 s are 6 an hour over 12 h."""
    kpis = _kpis(starting(1000.0 + i for i in range(72)), 12 * HOUR)
    assert (_value(kpis, KpiName.PER_HOUR), _value(kpis, KpiName.PEAK)) == (6.0, 72)


def test_rates_are_counts_over_time() -> None:
    kpis = _kpis(starting(i * 600.0 for i in range(288)), 2 * DAY)
    assert _value(kpis, KpiName.PER_DAY) == 144.0
    assert _value(kpis, KpiName.PER_HOUR) == 6.0
    assert _value(kpis, KpiName.PER_TEN_MIN) == 1.0
    assert kpis.alarms == 288
    assert kpis.hours == 48.0


def test_busy_hours_and_periods_are_those_of_the_clock() -> None:
    """31 in one hour of ten; 11 in one of sixty periods."""
    kpis = _kpis(
        [*starting(HOUR + i * 100 for i in range(31)), *starting(7200.0 + i for i in range(11))], 10 * HOUR
    )
    assert _value(kpis, KpiName.BUSY_HOURS) == 10.0
    assert _value(kpis, KpiName.BUSY_PERIODS) == pytest.approx(100 / 60)


def test_only_whole_hours_of_the_clock_are_counted() -> None:
    records = starting(HOUR / 2 + i for i in range(31))
    assert math.isnan(_value(_kpis(records, HOUR + 1, HOUR / 2), KpiName.BUSY_HOURS))
    assert _value(_kpis(records, 2 * HOUR, HOUR / 2), KpiName.BUSY_HOURS) == 0.0


def test_the_peak_sees_two_bursts_split_by_the_clock() -> None:
    """KV-04."""
    kpis = _kpis(starting(540.0 + i * 10 for i in range(12)), 2 * HOUR)
    assert _value(kpis, KpiName.PEAK) == 12
    assert _value(kpis, KpiName.BUSY_PERIODS) == 0.0
    assert [(f.start, f.end, f.alarms, f.first_ten_min) for f in kpis.floods] == [(ns(540), ns(1210), 12, 12)]
    assert _value(kpis, KpiName.FLOOD_TIME) == pytest.approx(100 * 670 / 7200)


def test_a_flood_before_the_range_counts_only_for_its_time_inside() -> None:
    records = starting(i * 50.0 for i in range(11))
    kpis = _kpis(records, 1800.0, 600.0)
    assert kpis.alarms == 0
    assert _value(kpis, KpiName.FLOOD_TIME) == pytest.approx(100 * 300 / 1200)


def test_the_ten_most_frequent_are_named_with_their_share() -> None:
    records = [
        r for alarm in range(12) for r in starting((alarm + i * 200.0 for i in range(12 - alarm)), alarm)
    ]
    kpis = _kpis(records, DAY)
    assert [(one.alarm, one.count) for one in kpis.top] == [(a, 12 - a) for a in range(10)]
    assert _value(kpis, KpiName.TOP_SHARE) == pytest.approx(100 * 75 / 78)


def test_standing_alarms_are_averaged_over_time() -> None:
    records = [occurrence(-HOUR, HOUR), occurrence(0.0, 2 * HOUR, 1), occurrence(HOUR, None, 2)]
    kpis = _kpis(records, 4 * HOUR)
    assert _value(kpis, KpiName.STANDING) == (1 + 2 + 3) / 4
    assert _value(kpis, KpiName.STANDING_PEAK) == 2
    assert kpis.longest_active_s == 3 * HOUR
    assert kpis.longest_unacked_s == 4 * HOUR


def test_stale_alarms_are_counted_on_the_worst_day() -> None:
    """KV-09: more than 24 h, not 24 h."""
    records = [occurrence(0.0, DAY, 0), occurrence(0.0, DAY + 1, 1), occurrence(0.0, 3 * DAY, 2)]
    kpis = _kpis([*records, occurrence(2 * DAY, None, 3)], 5 * DAY)
    assert _value(kpis, KpiName.STALE) == 2
    assert kpis.stale_alarms == (1, 2, 3)


def test_priorities_are_shares_of_all() -> None:
    counts = {1: 1, 2: 4, 3: 15, 4: 80}
    records = [occurrence(float(i), priority=p) for p, n in counts.items() for i in range(n)]
    kpis = _kpis(records, MONTH)
    assert [f.value for f in kpis.figures if f.name.startswith("priority")] == [1.0, 4.0, 15.0, 80.0]
    assert kpis.figure(KpiName.PRIORITY_1).verdict is Verdict.MANAGEABLE
    assert kpis.figure(KpiName.PRIORITY_4).verdict is Verdict.TARGET


def test_chatter_and_fleeting_are_those_that_began_in_the_range() -> None:
    records = [occurrence(t, t + 5) for t in (0.0, 20.0, 40.0, 500.0, 1000.0)]
    assert _value(_kpis(records, HOUR), KpiName.CHATTERING) == 1
    assert _value(_kpis(records, HOUR), KpiName.FLEETING) == 2
    assert _value(_kpis(records, HOUR, 600.0), KpiName.CHATTERING) == 0
    assert _value(_kpis(records, HOUR, 600.0), KpiName.FLEETING) == 1


def test_less_than_thirty_days_are_never_judged() -> None:
    for end, judged in ((MONTH, True), (MONTH - 1, False)):
        verdicts = {figure.verdict for figure in _kpis(starting([0.0]), end).figures}
        assert (Verdict.INSUFFICIENT in verdicts) is not judged


def test_figures_are_judged_at_their_limits() -> None:
    """150 a day is on target, 300 can be managed, more cannot."""
    for per_day, verdict in ((150, Verdict.TARGET), (300, Verdict.MANAGEABLE), (301, Verdict.OVER)):
        records = starting(i * DAY / per_day for i in range(30 * per_day))
        assert _kpis(records, MONTH).figure(KpiName.PER_DAY).verdict is verdict


def test_every_figure_has_a_goal_and_nothing_at_all_is_not_a_share() -> None:
    kpis = _kpis([], MONTH)
    assert {figure.name for figure in kpis.figures} == set(GOALS) == set(KpiName)
    assert kpis.figure(KpiName.TOP_SHARE).verdict is Verdict.INSUFFICIENT
    assert kpis.figure(KpiName.PER_DAY).verdict is Verdict.TARGET
    assert kpis.longest_active_s == 0.0


def test_areas_are_counted_apart() -> None:
    records = [occurrence(1.0, area="north"), occurrence(2.0, area="south"), occurrence(3.0, area="south")]
    found = report(in_columns(records), 0, ns(HOUR))
    assert {area: kpis.alarms for area, kpis in found.by_area.items()} == {"north": 1, "south": 2}


def test_shifts_are_half_open_and_added_up() -> None:
    """ALM-12: an alarm at the very change of shift belongs to the new one."""
    shifts = [ShiftWindow("night", ns(0), ns(100)), ShiftWindow("day", ns(100), ns(300))]
    shifts.append(ShiftWindow("night", ns(300), ns(9999)))
    records = starting([-1.0, 0.0, 99.0, 100.0, 299.0, 300.0, 400.0])
    found = report(in_columns(records), 0, ns(400), shifts)
    assert {name: kpis.alarms for name, kpis in found.by_shift.items()} == {"night": 3, "day": 2}
    assert found.by_shift["night"].hours * 3600 == pytest.approx(200)
    assert found.whole.alarms == 5


def test_a_shift_reports_the_alarms_that_were_stale_in_it() -> None:
    shifts = [ShiftWindow("night", 0, ns(HOUR)), ShiftWindow("night", ns(DAY + HOUR), ns(DAY + 2 * HOUR))]
    found = report(in_columns([occurrence(0.0), occurrence(DAY, alarm=1)]), 0, ns(3 * DAY), shifts)
    assert _value(found.by_shift["night"], KpiName.STALE) == 1
    assert found.by_shift["night"].stale_alarms == (0,)


def test_unauthorised_suppressions_are_counted_in_their_range_and_shift() -> None:
    shifts = [ShiftWindow("day", 0, ns(100))]
    found = report(in_columns([]), 0, ns(200), shifts, [ns(150), ns(50), ns(250)])
    assert _value(found.whole, KpiName.UNAUTHORISED) == 2
    assert _value(found.by_shift["day"], KpiName.UNAUTHORISED) == 1


def test_a_range_without_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time"):
        report(in_columns([]), 5, 5)


def test_what_nobody_was_told_counts_for_nothing() -> None:
    assert _kpis([occurrence(1.0, suppressed=True)], HOUR).alarms == 0


_SPELL = st.tuples(st.integers(-5000, 9000), st.one_of(st.none(), st.integers(1, 9000)), st.integers(0, 3))


@given(st.lists(_SPELL, max_size=40), st.integers(1, 8000))
def test_peak_and_standing_agree_with_a_count_by_hand(
    spells: list[tuple[int, int | None, int]], end: int
) -> None:
    records = [occurrence(on, None if length is None else on + length, alarm) for on, length, alarm in spells]
    kpis = _kpis(records, float(end))
    starts = [on for on, _, _ in spells if on < end]
    inside = [on for on in starts if on >= 0]
    peak = max((sum(on - 600 < other <= on for other in starts) for on in inside), default=0)
    spent = sum(
        max(0, min(end, end if length is None else on + length) - max(0, on)) for on, length, _ in spells
    )
    assert _value(kpis, KpiName.PEAK) == peak
    assert _value(kpis, KpiName.STANDING) == pytest.approx(spent / end)
    assert kpis.alarms == len(inside)


@given(st.lists(st.integers(0, 20_000), max_size=60), st.integers(1, 19_999))
@example([0, 0, 1], 1)
@example([i * 50 for i in range(11)], 100)
def test_two_shifts_together_count_what_the_whole_counts(times: list[int], change: int) -> None:
    shifts = [ShiftWindow("a", 0, ns(change)), ShiftWindow("b", ns(change), ns(20_000))]
    found = report(in_columns(starting(map(float, times))), 0, ns(20_000), shifts)
    for name in (KpiName.CHATTERING, KpiName.FLEETING, KpiName.UNAUTHORISED):
        assert sum(_value(k, name) for k in found.by_shift.values()) == _value(found.whole, name)
    assert sum(k.alarms for k in found.by_shift.values()) == found.whole.alarms
    assert np.isclose(
        sum(_value(k, KpiName.FLOOD_TIME) * k.hours for k in found.by_shift.values()),
        _value(found.whole, KpiName.FLOOD_TIME) * found.whole.hours,
    )
