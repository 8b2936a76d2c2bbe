"""Wishes and plans of reports: named stretches, what is due, what is made up for, what is kept."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.site import Shift, Site
from console.core.words import Text
from console.desk.reports.plan_file import PlanFile
from console.desk.reports.plans import (
    MOST_MISSED,
    ReportPlan,
    after_made,
    dues,
    next_due,
    plan_fault,
    wish_of,
)
from console.desk.reports.wish import Span, Wish, WishFault, fault_of, stretch

SEOUL = ZoneInfo("Asia/Seoul")
S = 1_000_000_000
HOUR, DAY = 3600 * S, 86_400 * S
NOON = 1_795_316_400 * S
"""2026-11-22 12:00:00 in Seoul, a Sunday."""
SEVEN = NOON - 5 * HOUR
SITE = Site(
    id="small", name=Text("작은", "Small"), time_zone="Asia/Seoul", south=35.0, west=129.0, north=35.2, east=129.2,
    areas=(), types=(), assets=(),
    shifts=(
        Shift(id="day", name=Text("day", "day"), start="06:00", end="14:00"),
        Shift(id="evening", name=Text("evening", "evening"), start="14:00", end="22:00"),
        Shift(id="night", name=Text("night", "night"), start="22:00", end="06:00"),
    ),
)  # fmt: skip


def plan(**more: object) -> ReportPlan:
    fields: dict[str, object] = {"id": "a", "kind": "shift", "since": NOON - 10 * DAY, **more}
    return ReportPlan(**fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("span", "hours"),
    [
        (Span.LAST_SHIFT, (-14, -6)),
        (Span.THIS_SHIFT, (-6, 0)),
        (Span.TODAY, (-12, 0)),
        (Span.YESTERDAY, (-36, -12)),
        (Span.WEEK, (-168, 0)),
        (Span.MONTH, (-720, 0)),
    ],
)
def test_a_named_stretch_is_that_of_the_sites_clock(span: Span, hours: tuple[int, int]) -> None:
    found = stretch(span, SITE, NOON + 123_456_789, SEOUL)
    assert found == (NOON + hours[0] * HOUR, NOON + hours[1] * HOUR)


def test_a_site_without_shifts_has_no_stretch_of_a_shift() -> None:
    bare = msgspec.structs.replace(SITE, shifts=())
    assert stretch(Span.LAST_SHIFT, bare, NOON, SEOUL) is None
    assert wish_of(plan(), SEVEN, bare, SEOUL) is None


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"kind": "poem"}, WishFault.KIND),
        ({"end": 5}, WishFault.RANGE),
        ({"kind": "incident"}, WishFault.ABOUT),
        ({"formats": ()}, WishFault.FORMATS),
        ({"formats": ("pdf", "exe")}, WishFault.FORMATS),
        ({"lang": "fr"}, WishFault.LANG),
        ({}, None),
    ],
)
def test_a_wish_that_cannot_be_is_named(change: dict[str, object], fault: WishFault | None) -> None:
    wish = Wish(kind="shift", start=10, end=20)
    assert fault_of(msgspec.structs.replace(wish, **change)) is fault


def test_a_plan_of_seven_is_due_once_a_day_and_next_tomorrow() -> None:
    daily = plan(done=SEVEN - 2 * DAY)
    assert dues(daily, NOON, SEOUL) == [SEVEN - DAY, SEVEN]
    assert next_due(daily, NOON, SEOUL) == SEVEN + DAY
    assert dues(daily, SEVEN - 1, SEOUL) == [SEVEN - DAY]


def test_only_the_chosen_days_count() -> None:
    monday = plan(days=(0,), done=0)
    assert dues(monday, NOON, SEOUL) == [SEVEN - 6 * DAY]
    assert next_due(monday, NOON, SEOUL) == SEVEN + DAY


def test_nothing_is_made_up_for_that_was_due_before_the_plan_was_made() -> None:
    assert dues(plan(since=NOON), NOON + HOUR, SEOUL) == []


def test_what_was_missed_is_bounded() -> None:
    missed = dues(plan(since=NOON - 50 * DAY), NOON, SEOUL)
    assert len(missed) == MOST_MISSED
    assert missed[-1] == SEVEN


def test_a_shift_report_covers_the_shift_before_and_a_weekly_one_the_week() -> None:
    shift = wish_of(plan(), SEVEN, SITE, SEOUL)
    assert shift is not None
    assert (shift.start, shift.end) == (SEVEN - 9 * HOUR, SEVEN - HOUR)
    weekly = wish_of(plan(kind="alarm_performance", days=(6,)), SEVEN, SITE, SEOUL)
    assert weekly is not None
    assert (weekly.start, weekly.end) == (SEVEN - 7 * DAY, SEVEN)


def test_what_is_no_longer_kept_is_named_oldest_first() -> None:
    kept, dropped = plan(keep=2), ()
    for number, stem in enumerate(("one", "two", "three"), 1):
        kept, dropped = after_made(kept, number, stem)
    assert (kept.made, kept.done, dropped) == (("two", "three"), 3, ("one",))
    again, dropped = after_made(kept, 4, "two")
    assert (again.made, dropped) == (("three", "two"), ())
    everything, dropped = after_made(plan(keep=0, made=("a",) * 1), 5, "b")
    assert (everything.made, dropped) == (("a", "b"), ())


@given(st.integers(0, 60 * DAY), st.integers(0, 40), st.sets(st.integers(0, 6), min_size=1))
def test_done_plans_are_never_due_twice_and_never_early(offset: int, done_days: int, days: set[int]) -> None:
    now = NOON + offset
    subject = plan(days=tuple(sorted(days)), done=SEVEN - done_days * DAY)
    found = dues(subject, now, SEOUL)
    assert all(max(subject.since, subject.done) < due <= now for due in found)
    assert found == sorted(set(found))
    assert next_due(subject, now, SEOUL) > now
    if found:
        assert dues(msgspec.structs.replace(subject, done=found[-1]), now, SEOUL) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"at": "25:00"}, "at"),
        ({"at": "7"}, "at"),
        ({"days": ()}, "days"),
        ({"days": (7,)}, "days"),
        ({"keep": -1}, "keep"),
        ({"lang": "fr"}, "formats"),
        ({"kind": "incident"}, "about"),
        ({"formats": ()}, "formats"),
        ({}, ""),
    ],
)
def test_a_plan_that_cannot_be_is_named(change: dict[str, object], fault: str) -> None:
    assert plan_fault(plan(**change)) == fault


def test_plans_come_back_as_they_were_written(tmp_path: Path) -> None:
    file = PlanFile(tmp_path / "new" / "plans.json")
    assert file.read() == ()
    file.write((plan(made=("x",)), plan(id="b")))
    assert PlanFile(tmp_path / "new" / "plans.json").read() == (plan(made=("x",)), plan(id="b"))


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe", b'{"version":1,"plans":[{"id":"a"}]}'])
def test_a_damaged_file_of_plans_is_set_aside_and_named(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "plans.json"
    path.write_bytes(damage)
    file = PlanFile(path)
    assert file.read() == ()
    assert file.problem
    assert not path.exists()
    assert (tmp_path / "plans.damaged.json").read_bytes() == damage


def test_a_plan_that_somebody_has_spoilt_by_hand_is_named(tmp_path: Path) -> None:
    path = tmp_path / "plans.json"
    PlanFile(path).write((plan(at="99:00"),))
    file = PlanFile(path)
    assert file.read() == ()
    assert "a: at" in file.problem
