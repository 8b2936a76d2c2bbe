"""Records from before a span that matter in it: what still stands, hangs, or has not left."""

from __future__ import annotations

from pathlib import Path

import msgspec
from report_city import move, visit
from report_room import (
    END,
    HOUR,
    NS,
    SITE,
    T0,
    act,
    busy_shift,
    catalogue,
    feed,
    occurrence,
    site,
    write_data,
)

from console.core.journal import Record
from console.report.facts.build import build
from console.report.facts.record import Kind
from console.report.store.collect import collect
from console.report.store.question import Question
from console.report.store.reaching import Reaching
from console.report.store.site_folder import read_site

DAY = 24 * HOUR


def _kept(records: list[Record]) -> list[tuple[str, str]]:
    found = Reaching(T0)
    for number, record in enumerate(records, 1):
        found.take(msgspec.structs.replace(record, sequence=number))
    return [(record.subject, record.what) for record in found.kept()]


def test_of_feeds_the_last_state_is_kept() -> None:
    records = [
        feed("a", T0 - 9, "", "live"),
        feed("b", T0 - 8, "", "down"),
        feed("a", T0 - 7, "live", "down"),
    ]
    assert _kept(records) == [("b", "STATE"), ("a", "STATE")]


def test_a_tag_that_was_taken_down_is_over_and_another_on_the_same_asset_is_not() -> None:
    records = [
        act("eco-pump", T0 - 9, "TAG_PLACE", tag="t1"),
        act("eco-pump", T0 - 8, "TAG_PLACE", tag="t2"),
        act("eco-pump", T0 - 7, "TAG_REMOVE", tag="t1"),
        act("eco-pump", T0 - 6, "TAG_PLACE", result="NOT_ALLOWED", tag="t3"),
        act("north-port", T0 - 5, "MAINTENANCE_ON"),
        act("kim", T0 - 4, "SIGN_IN"),
    ]
    assert _kept(records) == [("eco-pump", "TAG_PLACE"), ("north-port", "MAINTENANCE_ON")]


def test_who_has_left_is_forgotten_and_who_is_still_there_is_kept_with_all_of_its_stay() -> None:
    gone = visit(T0 - 3 * HOUR, (5.0, 5.0, 5.0), "gone")
    there = visit(T0 - HOUR, (5.0, 5.0, 500.0), "there")[:3]
    lost = [
        move(T0 - 50 * NS, "pnit-port", "ENTER", "area", "x"),
        move(T0 - 9, "pnit-port", "LOST", "area", "x"),
    ]
    assert _kept([*gone, *there, *lost]) == [("pnit-port", record.what) for record in there]


def test_an_alarm_that_returned_long_ago_is_forgotten_and_one_that_stands_is_kept() -> None:
    point = catalogue().alarms[0]
    old, stands = occurrence(point, T0 - 5 * HOUR, 1), occurrence(point, T0 - 2 * HOUR, 2, lasted=0)
    assert _kept([*old, *stands]) == [(point.key, record.what) for record in stands]


def test_a_report_from_a_data_directory_knows_who_came_before_it(tmp_path: Path) -> None:
    stay = visit(T0 - HOUR, (30.0, 60.0, 10.0), "a", name="BUSAN")
    tag = act("eco-pump", T0 - 2 * DAY, "TAG_PLACE", tag="t1", kind="CAUTION")
    records = sorted([*busy_shift(5), *stay, tag], key=lambda record: record.at)
    data = write_data(tmp_path, records)
    assert read_site(SITE) == site()
    held = collect(data, site(), Question(Kind.TURNAROUND, T0, END)).holdings
    report = build(Kind.TURNAROUND, held)
    assert next(f.value for f in report.figures if f.name == "vessel_dwell_p50") == 100.0
    shift = build(Kind.SHIFT, collect(data, site(), Question(Kind.SHIFT, T0, END)).holdings)
    assert next(f.value for f in shift.figures if f.name == "tags_standing") == 1
