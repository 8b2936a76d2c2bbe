"""How numbers, units, times and ages are written, in one place (HMI-09)."""

from __future__ import annotations

import math
from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from console.core.quality import Quality
from console.core.site import TagDef, TagKind

if TYPE_CHECKING:
    from console.desk.words import Speech

DASH = "—"
"""A value that is missing; never "None", "nan" or "0.0" for nothing."""
THIN = "\u2009"
MINUS = "\u2212"
SEOUL = ZoneInfo("Asia/Seoul")
_NS = 1_000_000_000


def number(value: float | None, decimals: int = 1) -> str:
    """A number with fixed decimals and thousands in groups of three; an em dash where there is none."""
    if value is None or not math.isfinite(value):
        return DASH
    text = f"{abs(value):,.{decimals}f}"
    negative = value < 0 and any(digit in "123456789" for digit in text)
    return f"{MINUS}{text}" if negative else text


def with_unit(text: str, unit: str) -> str:
    """The number with its unit after a thin space; a missing value and a pure number have none."""
    return f"{text}{THIN}{unit}" if unit and text != DASH else text


def value_text(tag: TagDef, value: float | None, quality: Quality, lang: str, *, unit: bool = True) -> str:
    """A value of a tag: the name of its state, or a number with the catalogue's decimals and unit.

    A value that never came is an em dash; of any other quality the last one stands.
    """
    if value is None or quality is Quality.NEVER or not math.isfinite(value):
        return DASH
    if tag.kind is TagKind.DISCRETE and tag.states:
        state = round(value)
        return tag.states[state].of(lang) if 0 <= state < len(tag.states) else number(value, 0)
    text = number(value, tag.decimals)
    return with_unit(text, tag.unit) if unit else text


def local(at_ns: int, tz: tzinfo = SEOUL) -> datetime:
    """The time as a date of the site's time zone."""
    return datetime.fromtimestamp(at_ns // _NS, UTC).astimezone(tz)


def clock(at_ns: int, tz: tzinfo = SEOUL) -> str:
    """`14:03:20`."""
    return local(at_ns, tz).strftime("%H:%M:%S") if at_ns else DASH


def date(at_ns: int, tz: tzinfo = SEOUL) -> str:
    """`2026-11-22`."""
    return local(at_ns, tz).strftime("%Y-%m-%d") if at_ns else DASH


def stamp(at_ns: int, now_ns: int, tz: tzinfo = SEOUL) -> str:
    """`14:03:20` today, `11-21 23:10` another day, with the year in another year."""
    if not at_ns:
        return DASH
    at, now = local(at_ns, tz), local(now_ns, tz)
    if at.date() == now.date():
        return at.strftime("%H:%M:%S")
    return at.strftime("%m-%d %H:%M" if at.year == now.year else "%Y-%m-%d %H:%M")


def full_stamp(at_ns: int, tz: tzinfo = SEOUL) -> str:
    """`2026-11-22 14:03:20.123`, for tooltips and copies."""
    if not at_ns:
        return DASH
    return f"{local(at_ns, tz):%Y-%m-%d %H:%M:%S}.{at_ns // 1_000_000 % 1000:03d}"


def age(seconds: float, speech: Speech) -> str:
    """How long ago, in the largest unit that says enough: `20 s`, `3 min`, `2 h 5 min`, `4 d`."""
    whole = max(0, int(seconds))
    if whole < 60:
        return speech.say("formats.seconds", n=whole)
    if whole < 3600:
        return speech.say("formats.minutes", n=whole // 60)
    if whole < 86400:
        return speech.say("formats.hours", h=whole // 3600, m=whole % 3600 // 60)
    return speech.say("formats.days", n=whole // 86400)


def zone(name: str) -> tzinfo:
    """The time zone of a site; Seoul where the name is unknown."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return SEOUL


def zone_label(tz: tzinfo, at_ns: int) -> str:
    """Short name of the zone such as `KST`, to be written once in the status bar."""
    return local(at_ns, tz).tzname() or ""
