"""Axes end and tick on round numbers."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.charts.axes import spread
from widgets.charts.scale import round_ends, round_step, time_ticks, time_word

SEOUL = ZoneInfo("Asia/Seoul")


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6), st.floats(1e-3, 1e3))
def test_ends_hold_the_data_and_keep_the_least_height(low: float, span: float, least: float):
    bottom, top = round_ends(low, low + span, least)
    assert bottom <= low + 1e-6 * abs(low)
    assert top >= low + span - 1e-6 * abs(low + span)
    assert top - bottom >= least * 0.999


@pytest.mark.parametrize(("span", "ticks", "step"), [(10, 5, 2), (1, 5, 0.2), (97, 5, 20), (0.9, 3, 0.5)])
def test_steps_are_one_two_or_five(span: float, ticks: int, step: float):
    assert round_step(span, ticks) == pytest.approx(step)


def test_time_ticks_stand_on_round_local_times():
    start = datetime(2026, 11, 22, 5, 2, 13, tzinfo=UTC).timestamp()
    step, ticks = time_ticks(start, start + 900, 8, SEOUL)
    assert step == 120
    assert [time_word(tick, step, SEOUL) for tick in ticks[:3]] == ["14:04", "14:06", "14:08"]


def test_midnight_is_written_as_the_date():
    start = datetime(2026, 11, 22, 14, 0, tzinfo=UTC).timestamp()
    step, ticks = time_ticks(start, start + 8 * 3600, 8, SEOUL)
    assert "11-23" in [time_word(tick, step, SEOUL) for tick in ticks]


@given(st.lists(st.floats(0, 200), min_size=1, max_size=8))
def test_names_at_line_ends_never_overlap(wanted: list[float]):
    placed = spread(sorted(wanted), 16, 200)
    assert all(b - a >= 15.99 for a, b in pairwise(placed))
