"""Numbers from samples: areas, counters, held values; a gap is never filled and never zero."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_city import trend
from report_room import HOUR, NS, T0

from console.report.facts.samples import Samples, area_under, extremes, held, in_slots, samples_of, turned


def _samples(
    rows: Sequence[tuple[float, float]], bad: set[int] | None = None, gap_s: float = 30.0
) -> Samples:
    at = np.array([T0 + round(second * NS) for second, _ in rows], np.int64)
    value = np.array([v for _, v in rows])
    good = np.array([index not in (bad or set()) for index in range(len(rows))], bool)
    return Samples(at, value, good, round(gap_s * NS))


def _energy(samples: Samples, *edges_s: float) -> tuple[list[float], list[float]]:
    edges = np.array([T0 + round(s * NS) for s in edges_s], np.int64)
    amount, known = in_slots(area_under(samples, edges), edges)
    return amount.tolist(), known.tolist()


def test_power_that_rises_evenly_is_a_trapezoid_also_where_a_window_cuts_it() -> None:
    rows = [(s, s / 36.0) for s in range(0, 3601, 10)]  # 0 to 100 kW within an hour
    amount, known = _energy(_samples(rows), 0, 3600)
    assert amount == pytest.approx([50.0])
    assert known == [3600.0]
    amount, known = _energy(_samples(rows), 0, 905, 3600)
    assert amount == pytest.approx([905 * (905 / 36.0) / 2 / 3600, 50.0 - 905 * (905 / 36.0) / 2 / 3600])
    assert known == [905.0, 2695.0]


def test_energy_of_a_gap_is_not_known_and_not_added() -> None:
    rows = [(s, 60.0) for s in range(0, 600, 10)] + [(s, 60.0) for s in range(1200, 1801, 10)]
    amount, known = _energy(_samples(rows), 0, 600, 1200, 1800)
    assert amount == pytest.approx([60 * 590 / 3600, 0.0, 10.0])
    assert known == [590.0, 0.0, 600.0]


def test_bad_samples_tear_a_gap_as_wide_as_their_neighbours() -> None:
    rows = [(s, 36.0) for s in range(0, 101, 10)]
    amount, known = _energy(_samples(rows, bad={5}), 0, 100)
    assert known == [80.0]
    assert amount == pytest.approx([0.8])


def test_nothing_at_all_is_nothing_known() -> None:
    assert _energy(_samples([]), 0, 60) == ([0.0], [0.0])
    assert _energy(_samples([(1, 5.0)]), 0, 60) == ([0.0], [0.0])


def test_a_counter_that_rolls_over_goes_on() -> None:
    rows = [(0, 999_990.0), (10, 999_998.0), (20, 3.0), (30, 10.0)]
    curve, said = turned(_samples(rows), 1_000_000.0)
    assert (said.total, said.rolls, said.resets) == (20.0, 1, 0)
    assert curve.total.tolist() == [0.0, 8.0, 13.0, 20.0]


def test_a_counter_that_was_reset_counts_from_zero_and_says_so() -> None:
    said = turned(_samples([(0, 500.0), (10, 510.0), (20, 4.0), (30, 9.0)]), 1_000_000.0)[1]
    assert (said.total, said.rolls, said.resets) == (19.0, 0, 1)
    # Without an end at which it rolls, a fall is a reset.
    said = turned(_samples([(0, 999_990.0), (10, 2.0)]), 0.0)[1]
    assert (said.total, said.rolls, said.resets) == (2.0, 0, 1)


def test_a_small_step_back_is_a_correction_and_not_a_whole_new_count() -> None:
    said = turned(_samples([(0, 1000.0), (10, 999.5), (20, 1001.0)]), 0.0)[1]
    assert (said.total, said.resets) == (1.0, 0)


def test_what_a_counter_turned_while_nobody_looked_counts_but_belongs_to_no_window() -> None:
    samples = _samples([(0, 100.0), (10, 101.0), (3600, 180.0), (3610, 181.0)])
    curve, said = turned(samples, 0.0)
    assert (said.total, said.unseen) == (81.0, 79.0)
    edges = np.array([T0, T0 + HOUR, T0 + 2 * HOUR], np.int64)
    amount, known = in_slots(curve, edges)
    assert amount.tolist() == pytest.approx([1.0, 1.0])
    assert known.tolist() == [10.0, 10.0]


def test_bad_rows_of_a_counter_are_left_out_and_the_stretch_is_not_seen() -> None:
    samples = _samples([(0, 100.0), (10, 0.0), (20, 102.0), (30, 103.0)], bad={1})
    said = turned(samples, 0.0)[1]
    assert (said.total, said.unseen, said.resets) == (3.0, 2.0, 0)
    assert turned(_samples([(0, 5.0)], bad={0}), 0.0)[1].total == 0.0


def test_a_value_holds_until_the_next_row_but_not_longer_than_it_may() -> None:
    samples = _samples([(0, 1.0), (10, 1.0), (20, 2.0), (200, 1.0)], gap_s=30.0)
    times = held(samples, T0 + 210 * NS)
    assert times.seconds() == 10 + 10 + 30 + 10
    assert times.only((1.0,)).times() == 2
    assert times.only((2.0,)).seconds() == 30
    assert times.within(T0 + 5 * NS, T0 + 25 * NS).seconds() == 20
    assert held(_samples([]), T0).times() == 0


def test_the_mean_is_over_time_and_not_over_rows() -> None:
    burst = [(s / 10, 100.0) for s in range(100)] + [(s, 0.0) for s in range(10, 100, 10)]
    seen = extremes(_samples(burst), T0 + 100 * NS)
    assert seen.mean == pytest.approx(10.0)
    assert (seen.low, seen.high, seen.last) == (0.0, 100.0, 0.0)
    assert seen.known_s == pytest.approx(100.0)


def test_extremes_of_nothing_good_are_none() -> None:
    assert extremes(_samples([]), T0).low is None
    seen = extremes(_samples([(0, 3.0)], bad={0}), T0 + NS)
    assert (seen.low, seen.mean, seen.good_share) == (None, None, 0.0)


def test_the_longest_silence_follows_the_period_of_the_tag() -> None:
    one = trend("t", np.array([T0], np.int64), np.array([math.nan]))
    assert samples_of(one, 5.0).gap == 30 * NS
    assert samples_of(one, 60.0).gap == 180 * NS
    # What is no number is never good.
    assert not samples_of(one, 5.0).good.any()


@given(
    powers=st.lists(st.floats(0, 1000), min_size=2, max_size=60),
    cuts=st.lists(st.integers(1, 590), max_size=8, unique=True),
)
def test_windows_add_up_to_the_whole_however_they_are_cut(powers: list[float], cuts: list[int]) -> None:
    samples = _samples([(10.0 * i, power) for i, power in enumerate(powers)])
    whole, known = _energy(samples, 0, 600)
    parts, seen = _energy(samples, 0, *sorted(cuts), 600)
    assert sum(parts) == pytest.approx(whole[0], abs=1e-6)
    assert sum(seen) == pytest.approx(known[0], abs=1e-3)


@given(steps=st.lists(st.floats(0, 50), min_size=1, max_size=80), start=st.floats(0, 999))
def test_a_rolling_counter_counts_what_went_through_it(steps: list[float], start: float) -> None:
    true = start + np.concatenate(([0.0], np.cumsum(steps)))
    rows = [(10.0 * i, float(v % 1000.0)) for i, v in enumerate(true)]
    said = turned(_samples(rows), 1000.0)[1]
    assert said.total == pytest.approx(sum(steps), abs=1e-6)
    assert said.resets == 0
