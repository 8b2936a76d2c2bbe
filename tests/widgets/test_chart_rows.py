"""Rows of a chart: no seam, no double, no gap drawn over."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.history import Series
from console.core.quality import Quality
from widgets.charts.rows import LiveRows, Trace, drawn

S = 1_000_000_000
GOOD, STALE = int(Quality.GOOD), int(Quality.STALE)


def series(ats: list[int], values: list[float] | None = None, quality: list[int] | None = None) -> Series:
    shown = np.array(values if values is not None else [float(at) for at in ats])
    marks = np.array(quality if quality is not None else [GOOD] * len(ats), np.uint8)
    return Series(0, np.array(ats, np.int64) * S, shown, shown, shown, marks, raw=True)


def put(rows: LiveRows, ats: list[int]) -> None:
    at = np.array(ats, np.int64) * S
    rows.put(at, np.array(ats, float), np.zeros(len(ats), np.uint8))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(1, 5))
def test_every_row_stands_exactly_once_wherever_history_and_live_meet(end: int, begin: int, step: int):
    """Back into history without a seam."""
    trace = Trace(0)
    whole = list(range(0, 60, step))
    trace.set_history(series([at for at in whole if at <= end]), 0, end * S)
    put(trace.live, [at for at in whole if at >= min(begin, end)])
    assert (trace.rows().at // S).tolist() == whole


def test_live_rows_that_come_in_pieces_and_again_are_kept_once():
    rows = LiveRows()
    put(rows, [1, 2, 3])
    put(rows, [3, 4])
    put(rows, [2, 5])
    assert (rows.rows().at // S).tolist() == [1, 2, 3, 4, 5]


def test_the_ring_lets_the_oldest_go_and_says_so():
    rows = LiveRows(limit=300)
    for start in range(0, 2000, 50):
        put(rows, list(range(start, start + 50)))
    assert len(rows) <= 600
    assert (rows.rows().at[-1]) == 1999 * S
    assert rows.dropped_at == int(rows.first_at) - S


def test_a_hole_between_history_and_the_ring_is_noticed():
    trace = Trace(0)
    trace.live = LiveRows(limit=300)
    trace.set_history(series([0, 1, 2]), 0, 2 * S)
    for start in range(3, 1203, 50):
        put(trace.live, list(range(start, start + 50)))
    assert trace.hole(1 * S)
    assert not trace.hole(int(trace.live.first_at))


def test_a_gap_is_told_from_the_unusable_row_to_the_next_usable_one():
    """A gap is recorded and shown as a gap."""
    trace = Trace(0)
    trace.set_history(series([0, 10, 20, 30, 40], quality=[GOOD, STALE, STALE, GOOD, GOOD]), 0, 40 * S)
    line = drawn(trace.rows(), 0, 40 * S, 400)
    assert line.gaps == ((10.0, 30.0),)
    assert np.isnan(line.y[1:3]).all()
    assert line.y[3] == 30.0


def test_a_gap_that_still_lasts_runs_to_the_end_of_the_picture():
    trace = Trace(0)
    trace.set_history(series([0, 10], quality=[GOOD, STALE]), 0, 60 * S)
    assert drawn(trace.rows(), 0, 60 * S, 400).gaps == ((10.0, 60.0),)


def test_thinning_keeps_the_highest_and_the_lowest_row():
    """A short spike is what an operator looks for; no zoom may hide it."""
    count = 100_000
    values = np.sin(np.arange(count) / 5000)
    values[43_210], values[77_777] = 9.0, -9.0
    trace = Trace(0)
    trace.set_history(series(list(range(count)), values.tolist()), 0, count * S)
    line = drawn(trace.rows(), 0, count * S, 500)
    assert len(line.x) <= 2 * 2 * 501
    assert np.nanmax(line.y) == 9.0
    assert np.nanmin(line.y) == -9.0


def test_thinning_does_not_draw_over_a_short_gap():
    count = 50_000
    quality = [GOOD] * count
    quality[25_000] = STALE
    trace = Trace(0)
    trace.set_history(series(list(range(count)), [1.0] * count, quality), 0, count * S)
    line = drawn(trace.rows(), 0, count * S, 300)
    assert len(line.gaps) == 1
    assert np.isnan(line.y).any()


def test_a_state_is_drawn_as_steps():
    trace = Trace(0)
    trace.set_history(series([0, 10, 20], [0.0, 1.0, 0.0]), 0, 20 * S)
    line = drawn(trace.rows(), 0, 20 * S, 400, stepped=True)
    assert line.x.tolist() == [0.0, 10.0, 10.0, 20.0, 20.0]
    assert line.y.tolist() == [0.0, 0.0, 1.0, 1.0, 0.0]


def test_nothing_is_drawn_from_nothing():
    line = drawn(Trace(0).rows(), 0, 10 * S, 400)
    assert len(line.x) == 0
    assert line.gaps == ()


@pytest.mark.parametrize("unusable", [Quality.BAD, Quality.STALE, Quality.DISCONNECTED, Quality.NEVER])
def test_no_line_is_drawn_from_an_unusable_row(unusable: Quality):
    """HMI-10: an old value never looks live."""
    trace = Trace(0)
    trace.set_history(series([0, 10, 20], quality=[GOOD, int(unusable), GOOD]), 0, 20 * S)
    assert np.isnan(drawn(trace.rows(), 0, 20 * S, 400).y[1])
