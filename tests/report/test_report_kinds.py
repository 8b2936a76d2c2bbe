"""Reports on energy, OEE, turnaround and one asset, and what a shift report says of people."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from report_city import city_holdings, city_records, move, people, steady, trend, visit
from report_room import END, HOUR, NS, T0, catalogue, command, command_subject, occurrence, site

from console.core.journal import Record
from console.core.reporting import PlannedStop, Reporting
from console.core.site import Site
from console.core.words import Text
from console.report.errors import ReportError
from console.report.facts.build import build, tags_wanted
from console.report.facts.record import Kind, Report, Table
from console.report.holdings import Holdings, Trend

MINUTE = 60 * NS


def _held(trends: tuple[Trend, ...] = (), records: list[Record] | None = None, **more: object) -> Holdings:
    fields: dict[str, object] = {"site": site(), "start": T0, "end": END, "began": T0, "until": END, **more}
    return Holdings(records=tuple(records or ()), trends=trends, **fields)  # type: ignore[arg-type]


def _value(report: Report, name: str) -> float | None:
    return next(figure.value for figure in report.figures if figure.name == name)


def _table(report: Report, name: str) -> Table:
    return next(table for table in report.tables if table.name == name)


def _cells(report: Report, table: str, key: str, column: str) -> list[object]:
    """Cells of a column in the rows whose first cell is called so."""
    found = _table(report, table)
    place = [one.name for one in found.columns].index(column)
    return [row[place] for row in found.rows if isinstance(row[0], Text) and row[0].en == key]


def _name(asset: str) -> str:
    return catalogue().assets[asset].name.en


def test_energy_is_added_over_meters_and_becomes_co2_by_the_factor_of_the_profile() -> None:
    held = _held((steady("eco-pump.power", 100.0), steady("sujeong-tunnel.power", 50.0)))
    report = build(Kind.ENERGY, held)
    hours = 8 - 10 / 3600  # the last sample is 10 s before the end
    factor = site().reporting.emission
    assert factor is not None
    assert _value(report, "energy") == pytest.approx(150 * hours)
    assert _value(report, "co2") == pytest.approx(150 * hours * factor.kg_per_kwh)
    assert _value(report, "peak_demand") == pytest.approx(150.0)
    assert _table(report, "emission").rows[0][:2] == (factor.kg_per_kwh, str(factor.year))
    assert _value(report, "meters_silent") == len(_table(report, "energy_assets").rows) - 2 - 6


def test_a_meter_within_another_is_shown_and_not_added_again() -> None:
    held = _held((steady("noksan-ship.power", 200.0), steady("noksan-ship-1.power", 80.0)))
    report = build(Kind.ENERGY, held)
    assert _value(report, "energy") == pytest.approx(200 * 8, rel=1e-3)
    assert _cells(report, "energy_assets", _name("noksan-ship-1"), "kwh") == [pytest.approx(80 * 8, rel=1e-3)]
    assert _cells(report, "energy_assets", _name("noksan-ship-1"), "note") == ["within"]


def test_no_data_is_none_and_never_zero() -> None:
    report = build(Kind.ENERGY, _held((steady("eco-pump.power", 100.0),)))
    assert _cells(report, "energy_assets", _name("eco-dc"), "kwh") == [None]
    assert _cells(report, "energy_assets", _name("eco-dc"), "note") == ["silent"]
    assert [one.code for one in report.missing] == ["meters_silent"]
    silent = build(Kind.ENERGY, _held((), people()))
    assert _value(silent, "energy") is None
    assert _value(silent, "co2") is None
    assert silent.charts == ()


def test_a_gap_lowers_what_is_known_and_has_no_demand() -> None:
    at = T0 + np.concatenate((np.arange(0, 3600, 10), np.arange(7200, 28_800, 10))) * NS
    report = build(Kind.ENERGY, _held((trend("eco-pump.power", at, np.full(len(at), 100.0)),)))
    assert _value(report, "energy") == pytest.approx(700.0, rel=1e-3)
    known = _cells(report, "energy_assets", _name("eco-pump"), "known_share")
    assert known == [pytest.approx(87.5, abs=0.2)]
    demand = next(chart for chart in report.charts if chart.name == "demand")
    assert demand.value[4:8] == (None, None, None, None)
    hours = next(chart for chart in report.charts if chart.name == "energy_hour")
    assert hours.value[1] is None
    assert hours.value[2] == pytest.approx(100.0, rel=1e-3)


def test_the_peak_is_a_window_of_the_clock() -> None:
    at = T0 + np.arange(0, 28_800, 10) * NS
    value = np.where((at >= T0 + 95 * MINUTE) & (at < T0 + 100 * MINUTE), 400.0, 100.0)
    report = build(Kind.ENERGY, _held((trend("eco-pump.power", at, value),)))
    # Five minutes of 400 and ten of 100 in the quarter from 08:30.
    assert _value(report, "peak_demand") == pytest.approx(200.0, abs=1.5)
    assert _cells(report, "energy_assets", _name("eco-pump"), "peak_at") == [T0 + 90 * MINUTE]


def test_a_counter_that_began_again_says_so() -> None:
    at = T0 + np.arange(0, 28_800, 10) * NS
    value = np.arange(len(at)) * 0.01 + 900.0
    value[1000:] -= value[1000]
    report = build(Kind.ENERGY, _held((trend("eco-light-1.energy", at, value.astype(np.float64)),)))
    assert _value(report, "counter_resets") == 1
    assert _cells(report, "energy_assets", _name("eco-light-1"), "note") == ["reset"]
    assert _value(report, "energy") == pytest.approx(0.01 * 2878)


def test_without_a_factor_nothing_is_said_of_co2() -> None:
    plan = msgspec.structs.replace(site().reporting, emission=None)
    bare = msgspec.structs.replace(site(), reporting=plan)
    report = build(Kind.ENERGY, _held((steady("eco-pump.power", 1.0),), site=bare))
    assert "co2" not in [figure.name for figure in report.figures]
    assert "emission" not in [table.name for table in report.tables]


@pytest.mark.parametrize("kind", [Kind.ENERGY, Kind.OEE, Kind.TURNAROUND])
def test_a_site_that_declares_nothing_is_told_so(kind: Kind) -> None:
    nothing: Site = msgspec.structs.replace(site(), reporting=Reporting())
    with pytest.raises(ReportError) as caught:
        build(kind, _held((), people(), site=nothing))
    assert caught.value.key == "not_declared"
    assert tags_wanted(kind, _held(site=nothing)) == []


LINE = "sasang-mach-1"  # ideal cycle 45 s


def _line(
    states: list[tuple[float, float]], good: float, reject: float = 0.0, start: int = T0
) -> tuple[Trend, ...]:
    """States that hold for minutes, one after the other, and counters that rise evenly."""
    value = np.concatenate([np.full(round(minutes * 6), state) for state, minutes in states])
    at = start + np.arange(len(value)) * 10 * NS
    rise = np.arange(len(value)) / (len(value) - 1)
    return (
        trend(f"{LINE}.state", at, value),
        trend(f"{LINE}.good", at, np.floor(rise * good)),
        trend(f"{LINE}.reject", at, np.floor(rise * reject)),
    )


def test_oee_is_availability_times_effectiveness_times_quality() -> None:
    # 6 h of running, 1 h of fault, 1 h of waiting; 432 parts of which 18 are scrap.
    report = build(Kind.OEE, _held(_line([(1, 360), (4, 60), (2, 60)], 414, 18)))
    assert _value(report, "availability") == pytest.approx(75.0)
    assert _value(report, "effectiveness") == pytest.approx(100 * 432 * 45 / (360 * 60))
    assert _value(report, "quality_ratio") == pytest.approx(100 * 414 / 432)
    assert _value(report, "oee") == pytest.approx(0.75 * 0.9 * 414 / 432 * 100)
    rows = [row for row in _table(report, "oee_losses").rows if row[0] == catalogue().assets[LINE].name]
    losses = [(row[2], row[3]) for row in rows]
    assert ("stop", pytest.approx(60.0)) in losses
    assert ("speed", pytest.approx(36.0)) in losses
    assert ("quality", pytest.approx(13.5)) in losses


def test_a_planned_stop_is_no_busy_time_unless_the_line_runs_through_it() -> None:
    stop = PlannedStop(label=Text("휴식", "Break"), start="08:00", end="09:00", asset="sasang-mach")
    plan = msgspec.structs.replace(site().reporting, planned_stops=(stop,))
    own = msgspec.structs.replace(site(), reporting=plan)
    stood = build(Kind.OEE, _held(_line([(1, 60), (0, 60), (1, 360)], 500), site=own))
    assert _value(stood, "availability") == pytest.approx(100.0)
    assert _cells(stood, "oee_lines", _name(LINE), "pdot_min") == [pytest.approx(60.0)]
    ran = build(Kind.OEE, _held(_line([(1, 480)], 500), site=own))
    assert _cells(ran, "oee_lines", _name(LINE), "pdot_min") == [0.0]
    weekend = msgspec.structs.replace(stop, days=("mon",))  # the shift is on a Sunday
    plan = msgspec.structs.replace(plan, planned_stops=(weekend,))
    own = msgspec.structs.replace(site(), reporting=plan)
    sunday = build(Kind.OEE, _held(_line([(1, 60), (0, 60), (1, 360)], 500), site=own))
    assert _value(sunday, "availability") == pytest.approx(87.5)


def test_time_that_nobody_knows_is_no_loss_and_stands_beside_it() -> None:
    report = build(Kind.OEE, _held(_line([(1, 240)], 300)))
    assert _value(report, "availability") == pytest.approx(100.0)
    assert _cells(report, "oee_lines", _name(LINE), "known_share") == [pytest.approx(50.0, abs=0.2)]
    lost = _table(report, "oee_losses").rows
    unknown = [row[3] for row in lost if row[2] == "unknown" and row[0] == catalogue().assets[LINE].name]
    assert unknown == [pytest.approx(240.0, abs=1.0)]
    assert [(one.code, one.n) for one in report.missing] == [("lines_silent", 5)]
    other = _cells(report, "oee_lines", _name("sasang-mach-2"), "oee")
    assert other == [None]


def test_a_line_that_stood_all_its_time_has_an_oee_of_zero_and_one_without_parts_of_none() -> None:
    assert _value(build(Kind.OEE, _held(_line([(4, 480)], 0))), "oee") == 0.0
    nothing = build(Kind.OEE, _held(_line([(1, 480)], 0)))
    assert _value(nothing, "quality_ratio") is None
    assert _value(nothing, "oee") is None


def test_parts_are_counted_across_a_counter_that_begins_again() -> None:
    state, good, reject = _line([(1, 480)], 600)
    series = good.series()
    value = np.where(np.arange(len(series)) >= 1500, series.mean - series.mean[1500], series.mean)
    report = build(Kind.OEE, _held((state, trend(good.tag, series.at, value), reject)))
    assert _value(report, "produced_good") == pytest.approx(600, abs=1)


def test_a_stay_has_a_wait_a_service_and_a_dwell_and_percentiles_are_over_all_of_them() -> None:
    records = [r for n in range(3) for r in visit(T0 + n * HOUR, (10.0 * n, 30.0, 5.0), f"ship:{n}")]
    report = build(Kind.TURNAROUND, _held((), records))
    assert _value(report, "vessel_visits") == 3
    assert _value(report, "vessel_wait_p50") == 10.0
    assert _value(report, "vessel_dwell_p50") == 45.0
    assert _value(report, "vessel_dwell_p90") == pytest.approx(np.percentile([35, 45, 55], 90))
    assert _value(report, "vessel_service_p50") == 30.0
    assert _value(report, "truck_visits") == 0
    assert _value(report, "truck_dwell_p50") is None
    row = _table(report, "visits").rows[1]
    assert row[-4:] == (10.0, 30.0, 45.0, "done")


def test_what_nobody_saw_is_none() -> None:
    records = [
        move(T0 + MINUTE, "pnit-port", "FOUND", "area", "a"),
        move(T0 + 2 * MINUTE, "pnit-port", "ENTER", "service", "a"),
        move(T0 + 9 * MINUTE, "pnit-port", "LEAVE", "service", "a"),
        move(T0 + 10 * MINUTE, "pnit-port", "LEAVE", "area", "a"),
        move(T0 + MINUTE, "pnit-port", "ENTER", "area", "b"),
        move(T0 + 3 * MINUTE, "pnit-port", "ENTER", "service", "b"),
        move(T0 + 4 * MINUTE, "pnit-port", "LOST", "service", "b"),
        move(T0 + 4 * MINUTE, "pnit-port", "LOST", "area", "b"),
        move(T0 + 5 * MINUTE, "pnit-port", "ENTER", "area", "c"),
    ]
    report = build(Kind.TURNAROUND, _held((), sorted(records, key=lambda record: record.at)))
    rows = {row[0]: row[4:] for row in _table(report, "visits").rows}
    assert rows["a"] == (
        None, T0 + 2 * MINUTE, T0 + 9 * MINUTE, T0 + 10 * MINUTE, None, 7.0, None, "began_before",
    )  # fmt: skip
    assert rows["b"] == (T0 + MINUTE, T0 + 3 * MINUTE, None, None, 2.0, None, None, "lost")
    assert rows["c"][-1] == "waiting"
    assert _value(report, "vessel_present") == 1
    assert _value(report, "vessel_dwell_p50") is None


def test_who_only_sails_past_is_no_visit_nor_who_is_served_next_door() -> None:
    records = [
        move(T0 + MINUTE, "hjnc-port", "ENTER", "area", "a"),
        *visit(T0 + 2 * MINUTE, (10.0, 60.0, 5.0), "a"),
        move(T0 + 90 * MINUTE, "gamman-port", "ENTER", "area", "b"),
        move(T0 + 99 * MINUTE, "gamman-port", "LEAVE", "area", "b"),
    ]
    report = build(Kind.TURNAROUND, _held((), sorted(records, key=lambda record: record.at)))
    assert [row[3] for row in _table(report, "visits").rows] == [catalogue().assets["pnit-port"].name]
    passed = {row[0]: row[4] for row in _table(report, "turnaround_places").rows if row[1] == "vessel"}
    assert passed[catalogue().assets["hjnc-port"].name] == 1
    assert passed[catalogue().assets["gamman-port"].name] == 1
    assert _value(report, "vessel_visits") == 1


def test_a_stay_from_before_the_span_is_told_from_earlier_records() -> None:
    stay = visit(T0 - HOUR, (30.0, 60.0, 10.0), "a")
    held = _held((), [r for r in stay if r.at >= T0], earlier=tuple(r for r in stay if r.at < T0))
    assert _value(build(Kind.TURNAROUND, held), "vessel_dwell_p50") == 100.0


def test_berths_say_how_long_they_were_taken_and_gates_how_long_the_queue_was() -> None:
    at = T0 + np.arange(0, 28_800, 10) * NS
    taken = ((at - T0) // HOUR % 2).astype(float)
    queue = np.where(at < T0 + 4 * HOUR, 10.0, 30.0)
    moves = np.floor(np.arange(len(at)) * 0.1)
    report = build(
        Kind.TURNAROUND,
        _held(
            (
                trend("pnit-port.berth1", at, taken),
                trend("pnit-port.gate_queue", at, queue),
                trend("pnit-port.moves", at, moves),
            )
        ),
    )
    berth = _table(report, "berths").rows[0]
    assert berth[2:4] == (50.0, 4)
    assert berth[4:6] == (pytest.approx(60.0), pytest.approx(60.0))
    gate = _table(report, "gates").rows[0]
    assert gate[1] == pytest.approx(20.0)
    assert gate[3:5] == (30.0, T0 + 4 * HOUR)
    assert gate[7] == 287.0
    assert _table(report, "berths").rows[1][2] is None


def test_an_asset_report_is_about_this_asset_only() -> None:
    point = next(a for a in catalogue().alarms if a.asset.id == "eco-pump")
    other = next(a for a in catalogue().alarms if a.asset.id == "noksan-pump")
    records = occurrence(point, T0 + HOUR, 1, lasted=3600.0) + occurrence(other, T0 + HOUR, 2)
    records += command(command_subject(), T0 + HOUR, 1)
    report = build(Kind.ASSET, _held((steady("eco-pump.inlet_level", 1.5),), records), "eco-pump")
    assert _value(report, "alarms") == 1
    assert _value(report, "without_alarm") == pytest.approx(87.5)
    label = catalogue().tags[catalogue().tag_index("eco-pump.inlet_level")].tag.label
    row = next(row for row in _table(report, "points").rows if row[0] == label)
    assert row[1:4] == (1.5, None, "m")
    assert row[5:8] == (1.5, pytest.approx(1.5), 1.5)
    silent = next(row for row in _table(report, "points").rows if row[9] is None)
    assert silent[1] is None
    assert report.map is not None
    assert report.map.about == "eco-pump"


def test_time_in_each_state_is_told_with_how_often_it_was_entered() -> None:
    at = T0 + np.arange(0, 28_800, 10) * NS
    state = trend("eco-pump.pump1_state", at, ((at - T0) // HOUR % 2).astype(float))
    report = build(Kind.ASSET, _held((state,)), "eco-pump")
    rows = _table(report, "states").rows
    assert [(row[2], row[3], row[4]) for row in rows] == [
        (pytest.approx(240.0), pytest.approx(50.0), 4),
        (pytest.approx(240.0), pytest.approx(50.0), 4),
    ]


@pytest.mark.parametrize(
    ("about", "key"),
    [("", "about_needed"), ("eco-pump.level_high", "unknown_subject"), ("x", "unknown_subject")],
)
def test_an_asset_report_needs_an_asset(about: str, key: str) -> None:
    with pytest.raises(ReportError) as caught:
        build(Kind.ASSET, _held((), people()), about)
    assert caught.value.key == key


@pytest.mark.parametrize("kind", [Kind.SHIFT, Kind.DAY])
def test_a_shift_report_says_who_handed_over_what_was_written_and_what_hangs(kind: Kind) -> None:
    report = build(kind, city_holdings())
    handover = _table(report, "handovers").rows
    assert [(row[1], row[3], row[5], row[7]) for row in handover] == [("signed", "김민수", "이서연", 2)]
    assert len(_table(report, "handover_items").rows) == 2
    log = _table(report, "log").rows
    assert [row[-1] for row in log] == ["corrected", "correction"]
    modes = _table(report, "modes").rows
    assert [(row[0], row[5] is None) for row in modes] == [("TAG_PLACE", True), ("TAG_PLACE", False)]
    assert _value(report, "tags_standing") == 1
    energy = _value(report, "energy")
    assert energy is not None
    assert energy > 0
    assert report.map is not None


def test_commands_without_an_outcome_are_listed_by_themselves() -> None:
    records = command(command_subject(), T0 + HOUR, 1)[:2] + command(command_subject(), T0 + 2 * HOUR, 2)
    report = build(Kind.SHIFT, _held((), records))
    assert [row[6] for row in _table(report, "unresolved").rows] == ["SENT"]


def test_a_tag_that_was_hung_long_before_still_hangs() -> None:
    place = people()[4]
    held = _held((), city_records(), earlier=(msgspec.structs.replace(place, at=T0 - 9 * HOUR, sequence=0),))
    assert _value(build(Kind.SHIFT, held), "tags_standing") == 1


def test_the_map_shows_the_worst_alarm_that_stood_at_the_end() -> None:
    point = next(a for a in catalogue().alarms if a.asset.id == "eco-pump")
    gone = next(a for a in catalogue().alarms if a.asset.id == "noksan-pump")
    records = occurrence(point, T0 + HOUR, 1, acked=0, lasted=0) + occurrence(gone, T0 + HOUR, 2)
    report = build(Kind.SHIFT, _held((), sorted(records, key=lambda record: record.at)))
    assert report.map is not None
    marks = {place.asset: (place.priority, place.acked, place.alarms) for place in report.map.places}
    assert marks["eco-pump"] == (point.alarm.priority, False, 1)
    assert marks["noksan-pump"] == (0, True, 0)
    assert len(marks) == len(site().assets)


def test_an_incident_of_the_whole_site_leaves_ships_out_and_one_of_a_port_does_not() -> None:
    whole = _table(build(Kind.INCIDENT, city_holdings()), "timeline")
    assert {row[1] for row in whole.rows} == {"alarm", "act", "command", "feed", "handover", "log"}
    assert "HANDOVER_ITEM" not in {row[4] for row in whole.rows}
    port = _table(build(Kind.INCIDENT, city_holdings(), "pnit-port"), "timeline")
    assert {row[1] for row in port.rows} == {"move"}
