"""What is wanted of a report: kind, stretch of time, subject, language and formats; pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from enum import StrEnum

import msgspec

from console.core.alarm.shifts import shift_windows
from console.core.batch import NS
from console.core.site import Site
from console.report.facts.record import Kind

LANGS = ("ko", "en", "both")
FORMATS = ("pdf", "xlsx", "csv", "html", "json")
ABOUT_ONE = frozenset({"incident", "asset"})
"""Kinds that are about one asset, or one alarm of it."""
_DAY = timedelta(days=1)


class Span(StrEnum):
    """Stretches of time that a person names."""

    LAST_SHIFT = "last_shift"
    THIS_SHIFT = "this_shift"
    TODAY = "today"
    YESTERDAY = "yesterday"
    WEEK = "week"
    MONTH = "month"
    OWN = "own"


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """One report of [start, end), UTC ns."""

    kind: str
    start: int
    end: int
    about: str = ""
    """`asset` or `asset.alarm`."""
    lang: str = "ko"
    formats: tuple[str, ...] = ("pdf", "xlsx")


class WishFault(StrEnum):
    """Why a wish cannot be carried out."""

    KIND = "kind"
    RANGE = "range"
    ABOUT = "about"
    FORMATS = "formats"
    LANG = "lang"


def fault_of(wish: Wish) -> WishFault | None:
    """What is wrong with a wish; None for a good one."""
    if wish.kind not in tuple(Kind):
        return WishFault.KIND
    if not 0 < wish.start < wish.end:
        return WishFault.RANGE
    if wish.kind in ABOUT_ONE and not wish.about:
        return WishFault.ABOUT
    if not wish.formats or not set(wish.formats) <= set(FORMATS):
        return WishFault.FORMATS
    return None if wish.lang in LANGS else WishFault.LANG


def stretch(span: Span, site: Site, now_ns: int, zone: tzinfo) -> tuple[int, int] | None:
    """[start, end) of a named stretch in whole seconds of UTC ns; None where the site has no such thing."""
    now = now_ns // NS * NS
    if span in (Span.LAST_SHIFT, Span.THIS_SHIFT):
        return _shift(span, site, now, zone)
    day = datetime.fromtimestamp(now // NS, UTC).astimezone(zone).date()
    midnight = datetime.combine(day, datetime.min.time(), zone)
    before = datetime.combine(day - _DAY, datetime.min.time(), zone)
    match span:
        case Span.TODAY:
            found = _ns(midnight), now
        case Span.YESTERDAY:
            found = _ns(before), _ns(midnight)
        case Span.WEEK:
            found = now - 7 * 86_400 * NS, now
        case Span.MONTH:
            found = now - 30 * 86_400 * NS, now
        case _:
            return None
    return found if found[0] < found[1] else None


def _shift(span: Span, site: Site, now: int, zone: tzinfo) -> tuple[int, int] | None:
    windows = shift_windows(site.shifts, now - 2 * 86_400 * NS, now + 2 * 86_400 * NS, zone)
    if span is Span.THIS_SHIFT:
        running = [one for one in windows if one.start < now < one.end]
        return (running[0].start, now) if running else None
    ended = [one for one in windows if one.end <= now]
    if not ended:
        return None
    last = max(ended, key=lambda one: (one.end, one.start))
    return last.start, last.end


def _ns(moment: datetime) -> int:
    return int(moment.timestamp()) * NS
