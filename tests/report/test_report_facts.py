"""Facts of a report are computed from holdings alone and say where they come from."""

from __future__ import annotations

import msgspec
import pytest
from report_room import (
    END,
    HOUR,
    NS,
    T0,
    act,
    busy_shift,
    catalogue,
    command,
    command_subject,
    feed,
    occurrence,
    site,
)

from console.core.journal import Record
from console.keep.sites import bare
from console.report.errors import ReportError
from console.report.facts.build import build, needs_counts, tags_wanted
from console.report.facts.record import Kind, Report, Table
from console.report.holdings import Holdings, QualityCount, Trend
from console.report.render.json import canonical

POINT = catalogue().alarms[0]
ABOUT = {Kind.ASSET: "eco-pump"}


def _holdings(records: list[Record], earlier: list[Record] | None = None, **more: object) -> Holdings:
    fields: dict[str, object] = {"began": T0 - HOUR, "until": END, **more}
    return Holdings(
        site=site(),
        start=T0,
        end=END,
        records=tuple(records),
        earlier=tuple(earlier or ()),
        **fields,  # type: ignore[arg-type]
    )


def _value(report: Report, name: str) -> float | None:
    return next(figure.value for figure in report.figures if figure.name == name)


def _table(report: Report, name: str) -> Table:
    return next(table for table in report.tables if table.name == name)


def test_a_shift_counts_its_alarms_and_how_fast_they_were_acknowledged() -> None:
    records = occurrence(POINT, T0 + HOUR, 1, acked=10.0) + occurrence(
        POINT, T0 + 2 * HOUR, 2, acked=30.0, lasted=0
    )
    report = build(Kind.SHIFT, _holdings(records))
    assert _value(report, "alarms") == 2
    assert _value(report, f"alarms_p{POINT.alarm.priority}") == 2
    assert _value(report, "ack_median") == 20.0
    assert _value(report, "ack_longest") == 30.0
    assert _value(report, "unacked") == 0
    assert _value(report, "standing_end") == 1
    assert report.shift == site().shifts[0].name
    assert report.missing == ()
    rows = _table(report, "alarms").rows
    assert [row[0] for row in rows] == [T0 + HOUR, T0 + 2 * HOUR]


def test_an_alarm_from_before_the_shift_stands_in_it_but_is_not_counted_again() -> None:
    old = occurrence(POINT, T0 - HOUR, 1, acked=5.0, lasted=0)
    report = build(Kind.SHIFT, _holdings(occurrence(POINT, T0 + HOUR, 2), old))
    assert _value(report, "alarms") == 1
    assert _value(report, "standing_start") == 1
    assert len(_table(report, "alarms").rows) == 2


def test_commands_are_told_by_how_they_ended() -> None:
    subject = command_subject()
    records = command(subject, T0 + HOUR, 1) + command(
        subject, T0 + 2 * HOUR, 2, "REJECTED", "BLOCKED_BY_INTERLOCK"
    )
    records += command(subject, T0 + 3 * HOUR, 3)[:2]
    report = build(Kind.COMMAND_LOG, _holdings([*records, act(subject, T0 + 4 * HOUR, "APPROVE", "EXPIRED")]))
    assert _value(report, "commands") == 3
    assert _value(report, "commands_done") == 1
    assert _value(report, "commands_rejected") == 1
    assert _value(report, "commands_open") == 1
    assert _value(report, "command_median") == 3.0
    assert _value(report, "acts_refused") == 1
    assert [row[6] for row in _table(report, "commands").rows] == ["SUCCEEDED", "REJECTED", "SENT"]


def test_an_outage_that_began_before_the_span_counts_from_its_beginning() -> None:
    name = site().feeds[0].id
    before = [feed(name, T0 - HOUR, "live", "down", "silent")]
    records = [feed(name, T0 + 600 * NS, "down", "live"), feed(name, END - 60 * NS, "live", "refused")]
    report = build(Kind.FEED_QUALITY, _holdings(records, before))
    assert _value(report, "outages") == 2
    assert _value(report, "feed_down") == 660.0
    assert _value(report, "feeds_down") == 1
    assert [row[2] for row in _table(report, "outages").rows] == [T0 + 600 * NS, None]


def test_samples_are_counted_by_type_and_quality() -> None:
    keys = [point.key for point in catalogue().tags_of(site().assets[0].id)]
    counts = (QualityCount(keys[0], 10, 8, 9), QualityCount(keys[1], 0, 0, 0))
    report = build(Kind.FEED_QUALITY, _holdings([], quality=counts))
    assert _value(report, "samples") == 10
    assert _value(report, "samples_good") == 80.0
    assert _value(report, "tags_silent") == 1
    assert _table(report, "samples").rows[0][1:] == (2, 1, 10, 80.0, 90.0)


def test_performance_is_insufficient_below_thirty_days_and_tells_no_figure_nobody_measured() -> None:
    """ALARMS.md 1.7: figures with targets; less than 30 days is no verdict."""
    report = build(Kind.ALARM_PERFORMANCE, _holdings(busy_shift(60)))
    assert {figure.verdict for figure in report.figures} == {"insufficient"}
    assert "kpi.unauthorised" not in {figure.name for figure in report.figures}
    assert _value(report, "kpi.per_hour") == 7.5
    assert {table.name for table in report.tables} == {"by_area", "by_shift", "floods", "frequent"}


def test_an_incident_holds_what_concerns_its_asset_and_nothing_else() -> None:
    records = busy_shift(60)
    about = POINT.asset.id
    report = build(Kind.INCIDENT, _holdings(records), about)
    mine = [r for r in records if r.subject == about or r.subject.startswith(f"{about}.")]
    assert len(_table(report, "timeline").rows) == len(mine)
    assert 0 < len(mine) < len(records)
    with pytest.raises(ReportError) as caught:
        build(Kind.INCIDENT, _holdings(records), "no-such-asset")
    assert caught.value.key == "unknown_subject"


def test_every_kind_gives_the_same_record_for_the_same_holdings() -> None:
    counts = (QualityCount(catalogue().tags[0].key, 3, 3, 3),)
    for kind in Kind:
        first = build(kind, _holdings(busy_shift(40), quality=counts), ABOUT.get(kind, ""))
        again = build(kind, _holdings(busy_shift(40), quality=counts), ABOUT.get(kind, ""))
        assert canonical(first) == canonical(again)
        assert msgspec.json.decode(canonical(first), type=Report) == first
        for source in first.sources():
            assert len(source.digest) == 64
            assert (source.start, source.end) == (T0, END)


def test_what_is_missing_is_said() -> None:
    strange = occurrence(POINT, T0 + HOUR, 1)
    strange = [msgspec.structs.replace(record, subject="gone.high") for record in strange]
    held = _holdings(strange, began=T0 + 10 * NS, until=END - HOUR, missing=("no_history",))
    report = build(Kind.SHIFT, held)
    assert {one.code for one in report.missing} == {
        "no_history",
        "ends_early",
        "begins_late",
        "unknown_alarms",
    }
    assert report.until == END - HOUR


def test_without_any_data_there_is_no_report() -> None:
    with pytest.raises(ReportError) as caught:
        build(Kind.SHIFT, _holdings([]))
    assert caught.value.key == "no_data"


def test_curves_are_of_the_points_behind_the_alarms_and_keep_gaps_and_peaks() -> None:
    import numpy as np

    tags = tags_wanted(Kind.SHIFT, _holdings(occurrence(POINT, T0 + HOUR, 1)))
    assert tags[0] == catalogue().tags[POINT.tag_index].key
    assert "eco-pump.power" in tags
    assert not needs_counts(Kind.SHIFT)
    n = 20_000
    at = T0 + np.arange(n, dtype=np.int64) * NS
    value, quality = np.zeros(n), np.zeros(n, np.uint8)
    value[7_777] = 99.0
    quality[12_000:12_003] = 2
    trend = Trend(tags[0], at.tobytes(), value.tobytes(), quality.tobytes())
    report = build(Kind.SHIFT, _holdings(occurrence(POINT, T0 + HOUR, 1), trends=(trend,)))
    chart = report.charts[1]
    assert len(chart.at) < 2_000
    assert max(v for v in chart.value if v is not None) == 99.0
    assert None in chart.value
    assert chart.source.good_share == pytest.approx(100.0 * (n - 3) / n)


def test_addresses_and_accounts_never_come_into_holdings() -> None:
    """SEC-33: what a report is made from holds no endpoint."""
    feeds = [msgspec.structs.replace(one, url="ws://user:canary@10.0.0.1") for one in site().feeds]
    stripped = bare(msgspec.structs.replace(site(), feeds=tuple(feeds)))
    assert b"canary" not in msgspec.msgpack.encode(stripped)
