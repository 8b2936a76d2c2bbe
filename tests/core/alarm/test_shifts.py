"""Shifts: half-open, over midnight, and on the nights when clocks are changed (ALM-12)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from console.core.alarm.shifts import ShiftHours, shift_windows
from console.core.batch import NS

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")
SHIFTS = (
    ShiftHours("day", 7 * 60, 15 * 60),
    ShiftHours("late", 15 * 60, 23 * 60),
    ShiftHours("night", 23 * 60, 7 * 60),
)


def _at(text: str, zone: ZoneInfo = SEOUL) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * NS


def test_three_shifts_cover_a_day_without_gap_or_overlap() -> None:
    """ALM-12."""
    start, end = _at("2026-11-22T00:00"), _at("2026-11-23T00:00")
    windows = shift_windows(SHIFTS, start, end, SEOUL)
    assert [w.name for w in windows] == ["night", "day", "late", "night"]
    assert windows[0].start == start
    assert windows[-1].end == end
    assert [w.end for w in windows[:-1]] == [w.start for w in windows[1:]]
    assert windows[-1].start == _at("2026-11-22T23:00")


def test_a_night_shift_is_one_window_over_midnight() -> None:
    """ALM-12: nothing happens at 00:00:00.000."""
    windows = shift_windows(SHIFTS, _at("2026-11-22T12:00"), _at("2026-11-23T12:00"), SEOUL)
    night = next(w for w in windows if w.name == "night")
    assert (night.start, night.end) == (_at("2026-11-22T23:00"), _at("2026-11-23T07:00"))
    assert sum(w.name == "night" for w in windows) == 1


@pytest.mark.parametrize(("day", "hours"), [("2026-03-28", 7), ("2026-10-24", 9), ("2026-06-01", 8)])
def test_a_night_in_which_clocks_change_is_shorter_or_longer(day: str, hours: int) -> None:
    """ALM-12: daylight saving begins and ends."""
    start = _at(f"{day}T12:00", BERLIN)
    night = next(w for w in shift_windows(SHIFTS, start, start + 86_400 * NS, BERLIN) if w.name == "night")
    assert night.end - night.start == hours * 3600 * NS


def test_a_shift_may_end_at_midnight_and_last_all_day() -> None:
    start, end = _at("2026-11-22T00:00"), _at("2026-11-24T00:00")
    evening = shift_windows([ShiftHours("evening", 18 * 60, 24 * 60)], start, end, SEOUL)
    assert [(w.start, w.end) for w in evening][0] == (_at("2026-11-22T18:00"), _at("2026-11-23T00:00"))
    whole = shift_windows([ShiftHours("whole", 8 * 60, 8 * 60)], start, end, SEOUL)
    assert [w.end - w.start for w in whole] == [h * 3600 * NS for h in (8, 24, 16)]


def test_minutes_that_are_not_of_a_day_are_refused() -> None:
    for hours in (ShiftHours("x", -1, 60), ShiftHours("x", 1440, 60), ShiftHours("x", 0, 1441)):
        with pytest.raises(ValueError, match="x"):
            shift_windows([hours], 0, NS, SEOUL)
