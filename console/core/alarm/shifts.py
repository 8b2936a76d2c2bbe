"""Shifts as half-open windows of time: hours of the day become stretches of UTC, correct over midnight and
where clocks are changed (ALM-12).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import msgspec

from console.core.batch import NS

_DAY_MIN = 24 * 60


class ShiftHours(msgspec.Struct, frozen=True):
    """A shift as the roster says it: minutes of the local day, [start, end); an end at or before the start
    is on the next day.
    """

    name: str
    start_min: int
    end_min: int


class ShiftWindow(msgspec.Struct, frozen=True):
    """One shift that was worked: UTC ns, [start, end)."""

    name: str
    start: int
    end: int


def shift_windows(hours: Iterable[ShiftHours], start: int, end: int, zone: tzinfo) -> list[ShiftWindow]:
    """Every shift that touches [start, end) (UTC ns), cut to it, in order of time.

    Raises ValueError for minutes that are not of a day.
    """
    shifts = list(hours)
    for shift in shifts:
        if not (0 <= shift.start_min < _DAY_MIN and 0 <= shift.end_min <= _DAY_MIN):
            raise ValueError(f"{shift.name}: {shift.start_min} to {shift.end_min}")
    found: list[ShiftWindow] = []
    # A shift of the day before may reach into the first day.
    day = _local_day(start, zone) - timedelta(days=1)
    last = _local_day(end, zone)
    while day <= last:
        for shift in shifts:
            overnight = shift.end_min <= shift.start_min
            begin = max(start, _utc(day, shift.start_min, zone))
            stop = min(end, _utc(day + timedelta(days=int(overnight)), shift.end_min, zone))
            if begin < stop:
                found.append(ShiftWindow(shift.name, begin, stop))
        day += timedelta(days=1)
    return sorted(found, key=lambda window: (window.start, window.end))


def _local_day(at: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(at // NS, UTC).astimezone(zone).date()


def _utc(day: date, minutes: int, zone: tzinfo) -> int:
    """UTC ns of a local time; 24:00 is the midnight that ends the day."""
    day += timedelta(days=minutes // _DAY_MIN)
    clock = time(minutes % _DAY_MIN // 60, minutes % 60)
    return int(datetime.combine(day, clock, zone).timestamp()) * NS
