"""Shifts: half-open, over midnight, and on the nights when clocks are changed (ALM-12)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from console.core.alarm.shifts import shift_windows
from console.core.batch import NS
from console.core.site import Shift
from console.core.words import Text

SEOUL = ZoneInfo("Asia/Seoul")
BERLIN = ZoneInfo("Europe/Berlin")


def _shift(name: str, start: str, end: str) -> Shift:
    return Shift(id=name, name=Text(name, name), start=start, end=end)


SHIFTS = (
    _shift("day", "07:00", "15:00"),
    _shift("late", "15:00", "23:00"),
    _shift("night", "23:00", "07:00"),
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
    evening = shift_windows([_shift("evening", "18:00", "24:00")], start, end, SEOUL)
    assert next((w.start, w.end) for w in evening) == (_at("2026-11-22T18:00"), _at("2026-11-23T00:00"))
    whole = shift_windows([_shift("whole", "08:00", "08:00")], start, end, SEOUL)
    assert [w.end - w.start for w in whole] == [h * 3600 * NS for h in (8, 24, 16)]


@pytest.mark.parametrize("text", ["", "7", "24:00", "07:60", "-1:00", "07:0", "x:00"])
def test_what_is_no_time_of_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="time of day"):
        shift_windows([_shift("x", text, "08:00")], 0, NS, SEOUL)
