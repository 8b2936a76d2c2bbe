"""Shifts as half-open windows of time: hours of the day become stretches of UTC, correct over midnight and
where clocks are changed (ALM-12).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo

import msgspec

from console.core.batch import NS
from console.core.site import Shift

_DAY_MIN = 24 * 60


class ShiftWindow(msgspec.Struct, frozen=True):
    """One shift that was worked: UTC ns, [start, end)."""

    name: str
    start: int
    end: int


def shift_windows(shifts: Iterable[Shift], start: int, end: int, zone: tzinfo) -> list[ShiftWindow]:
    """Every shift that touches [start, end) (UTC ns), cut to it, in order of time.

    One whose end is at or before its start ends on the next day. Raises ValueError for what is no time of
    day; 24:00 is one only as an end.
    """
    rows = [
        (shift.id, _minutes(shift.start, _DAY_MIN - 1), _minutes(shift.end, _DAY_MIN)) for shift in shifts
    ]
    found: list[ShiftWindow] = []
    # A shift of the day before may reach into the first day.
    day = _local_day(start, zone) - timedelta(days=1)
    last = _local_day(end, zone)
    while day <= last:
        for name, from_min, to_min in rows:
            last_day = day + timedelta(days=int(to_min <= from_min))
            begin = max(start, _utc(day, from_min, zone))
            stop = min(end, _utc(last_day, to_min, zone))
            if begin < stop:
                found.append(ShiftWindow(name, begin, stop))
        day += timedelta(days=1)
    return sorted(found, key=lambda window: (window.start, window.end))


def _minutes(text: str, most: int) -> int:
    """Minutes since midnight of `HH:MM`."""
    hours, colon, minutes = text.partition(":")
    if not (colon and hours.isdigit() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60):
        raise ValueError(f"not a time of day: {text}")
    total = int(hours) * 60 + int(minutes)
    if total > most:
        raise ValueError(f"not a time of day: {text}")
    return total


def _local_day(at: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(at // NS, UTC).astimezone(zone).date()


def _utc(day: date, minutes: int, zone: tzinfo) -> int:
    """UTC ns of a local time; 24:00 is the midnight that ends the day."""
    day += timedelta(days=minutes // _DAY_MIN)
    clock = time(minutes % _DAY_MIN // 60, minutes % 60)
    return int(datetime.combine(day, clock, zone).timestamp()) * NS
