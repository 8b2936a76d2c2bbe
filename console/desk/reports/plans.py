"""Reports that are made by themselves: at which time of day, of which stretch, and how many are kept; pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo

import msgspec

from console.core.batch import NS
from console.core.site import Site
from console.desk.reports.wish import FORMATS, LANGS, Span, Wish, fault_of, stretch

MOST_PLANS = 40
MOST_MISSED = 14
"""How many reports are made up for after this computer was off."""
MOST_KEPT = 4000
EVERY_DAY = tuple(range(7))
_LOOK_BACK_DAYS = 60


class ReportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Made every chosen day (0 is Monday) at a time of day of the site."""

    id: str
    kind: str
    at: str = "07:00"
    days: tuple[int, ...] = EVERY_DAY
    about: str = ""
    lang: str = "ko"
    formats: tuple[str, ...] = ("pdf", "xlsx")
    folder: str = ""
    keep: int = 400
    """Reports of this plan that stay in the folder; 0 for all."""
    since: int
    """UTC ns; nothing that was due before is made up for."""
    done: int = 0
    """The due time of the newest report that was made or given up, UTC ns."""
    made: tuple[str, ...] = ()
    """Stems of the files this plan has made and still keeps, oldest first."""


def plan_fault(plan: ReportPlan) -> str:
    """Name of the field that cannot be so; empty for a good plan."""
    if not plan.id or time_of(plan.at) is None:
        return "at"
    if not plan.days or not set(plan.days) <= set(EVERY_DAY):
        return "days"
    if not 0 <= plan.keep <= MOST_KEPT:
        return "keep"
    if plan.lang not in LANGS or not set(plan.formats) <= set(FORMATS):
        return "formats"
    wrong = fault_of(Wish(kind=plan.kind, start=1, end=2, about=plan.about, formats=plan.formats))
    return "" if wrong is None else wrong.value


def time_of(text: str) -> time | None:
    """A time of day such as `07:00`; None for anything else."""
    try:
        return time.fromisoformat(text) if len(text) == 5 else None
    except ValueError:
        return None


def dues(plan: ReportPlan, now_ns: int, zone: tzinfo) -> list[int]:
    """Due times up to now that are not done yet, UTC ns, oldest first; the newest `MOST_MISSED` of them."""
    after = max(plan.since, plan.done)
    first = max(_day(after, zone), _day(now_ns, zone) - timedelta(days=_LOOK_BACK_DAYS))
    found: list[int] = []
    day = first
    while day <= _day(now_ns, zone):
        due = _due(plan, day, zone)
        if due is not None and after < due <= now_ns:
            found.append(due)
        day += timedelta(days=1)
    return found[-MOST_MISSED:]


def next_due(plan: ReportPlan, now_ns: int, zone: tzinfo) -> int:
    """When the next report is due, UTC ns; 0 for never."""
    day = _day(now_ns, zone)
    for offset in range(8):
        due = _due(plan, day + timedelta(days=offset), zone)
        if due is not None and due > now_ns:
            return due
    return 0


def wish_of(plan: ReportPlan, due: int, site: Site, zone: tzinfo) -> Wish | None:
    """What is to be made: of the last shift that had ended, of the day before, else since the due time before.

    None where the site has no roster for a shift report.
    """
    span = {"shift": Span.LAST_SHIFT, "day": Span.YESTERDAY}.get(plan.kind)
    found = stretch(span, site, due, zone) if span is not None else (_before(plan, due, zone), due)
    if found is None:
        return None
    return Wish(
        kind=plan.kind,
        start=found[0],
        end=found[1],
        about=plan.about,
        lang=plan.lang,
        formats=plan.formats,
    )


def after_made(plan: ReportPlan, due: int, stem: str) -> tuple[ReportPlan, tuple[str, ...]]:
    """The plan once a report is made (`stem` empty: it could not be), and the stems that are no longer kept."""
    kept = [one for one in plan.made if one != stem]
    kept += [stem] if stem else []
    dropped = tuple(kept[: -plan.keep]) if plan.keep else ()
    left = tuple(kept[len(dropped) :])
    return msgspec.structs.replace(plan, done=max(plan.done, due), made=left), dropped


def _before(plan: ReportPlan, due: int, zone: tzinfo) -> int:
    day = _day(due, zone)
    for offset in range(1, 9):
        earlier = _due(plan, day - timedelta(days=offset), zone)
        if earlier is not None:
            return earlier
    return due - 86_400 * NS


def _due(plan: ReportPlan, day: date, zone: tzinfo) -> int | None:
    clock = time_of(plan.at)
    if clock is None or day.weekday() not in plan.days:
        return None
    return int(datetime.combine(day, clock, zone).timestamp()) * NS


def _day(at: int, zone: tzinfo) -> date:
    return datetime.fromtimestamp(at // NS, UTC).astimezone(zone).date()
