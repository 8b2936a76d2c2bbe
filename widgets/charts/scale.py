"""Ends and ticks of axes in round numbers; pure arithmetic."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo

_STEPS = (1.0, 2.0, 5.0, 10.0)
_TIME_STEPS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400)
_DAY_S = 86400


def round_step(span: float, ticks: int) -> float:
    """A step of 1, 2 or 5 times a power of ten that divides `span` into about `ticks` parts."""
    raw = max(span, 1e-12) / max(1, ticks)
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step for step in _STEPS if step * power >= raw * 0.999) * power


def round_ends(low: float, high: float, least: float) -> tuple[float, float]:
    """Ends a little outside of the data on round numbers, at least `least` apart."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return 0.0, max(1.0, least)
    if high - low < least:
        middle = (low + high) / 2
        low, high = middle - least / 2, middle + least / 2
    margin = (high - low) * 0.06
    step = round_step(high - low, 5)
    return math.floor((low - margin) / step) * step, math.ceil((high + margin) / step) * step


def time_step(span_s: float, ticks: int) -> int:
    """Seconds between time ticks."""
    raw = span_s / max(1, ticks)
    found = next((step for step in _TIME_STEPS_S if step >= raw), None)
    return found if found is not None else math.ceil(raw / _DAY_S) * _DAY_S


def time_ticks(start_s: float, end_s: float, ticks: int, tz: tzinfo) -> tuple[int, list[float]]:
    """Step and UTC seconds of ticks on round local times."""
    step = time_step(end_s - start_s, ticks)
    offset = datetime.fromtimestamp(start_s, UTC).astimezone(tz).utcoffset()
    shift = offset.total_seconds() if offset is not None else 0.0
    first = math.ceil((start_s + shift) / step) * step - shift
    count = max(0, int((end_s - first) // step) + 1)
    return step, [first + index * step for index in range(count)]


def time_word(at_s: float, step_s: int, tz: tzinfo) -> str:
    """Text of a time tick: the date at midnight, seconds only when ticks are closer than a minute."""
    local = datetime.fromtimestamp(at_s, UTC).astimezone(tz)
    if step_s >= _DAY_S or (local.hour, local.minute, local.second) == (0, 0, 0):
        return local.strftime("%m-%d")
    return local.strftime("%H:%M:%S" if step_s < 60 else "%H:%M")
