"""`reports.toml`: what reports are told from, checked against what the profile has."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.core.errors import ProfileErrors
from console.core.profile.parse import parse_site
from console.core.reporting import MeterKind, Reporting, ZoneStage

ROOT = Path(__file__).resolve().parents[2] / "resources" / "sites" / "busan"


def _files(reports: str) -> dict[str, str]:
    names = ("site.toml", "assets.csv", *(f"types/{path.name}" for path in (ROOT / "types").glob("*.toml")))
    files = {name: (ROOT / name).read_text(encoding="utf-8") for name in names}
    # Zones stand in a file of their own, for they name assets.
    return {**files, "zones.toml" if "[[zone]]" in reports else "reports.toml": reports}


def _faults(reports: str) -> list[tuple[int, str]]:
    with pytest.raises(ProfileErrors) as caught:
        parse_site(_files(reports))
    return [(fault.line, str(fault.reason)) for fault in caught.value.faults]


def test_the_shipped_site_declares_its_meters_lines_and_terminals_with_a_factor_that_names_its_source() -> (
    None
):
    both = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("reports.toml", "zones.toml")}
    found = parse_site({**_files(""), **both}).reporting
    assert found.emission is not None
    assert found.emission.year >= 2023
    assert found.emission.source.ko
    assert {meter.kind for meter in found.meters} == set(MeterKind)
    assert {line.type for line in found.lines} == {"ship-equipment-line", "auto-parts-line", "machining-line"}
    assert {zone.stage for zone in found.zones} == set(ZoneStage)
    assert found.berths
    assert found.gates


def test_a_site_need_declare_nothing() -> None:
    assert parse_site(_files("")).reporting == Reporting()


METER = '[[meter]]\ntype = "{type}"\ntag = "{tag}"\nkind = "{kind}"\n'
ZONE = (
    '[[zone]]\nid = "z"\nlabel = {{ ko = "가", en = "a" }}\nplace = "{place}"\nstage = "{stage}"\n'
    'movers = "{movers}"\nlat = 35.0\nlon = 129.0\nradius_m = {radius}\n'
)
LINE = (
    '[[line]]\ntype = "machining-line"\nstate = "state"\nrunning = [{running}]\ngood = "{good}"\n'
    'reject = "reject"\nideal_cycle_s = {cycle}\n'
)


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        (METER.format(type="nothing", tag="power", kind="power"), 2, "unknown_type"),
        (METER.format(type="tunnel", tag="nothing", kind="power"), 3, "unknown_tag"),
        (METER.format(type="light-cabinet", tag="power", kind="counter"), 3, "wrong_type"),
        (METER.format(type="tunnel", tag="power", kind="guess"), 4, "unknown_word"),
        (METER.format(type="tunnel", tag="power", kind="power") + "scale = 0\n", 5, "out_of_range"),
        (METER.format(type="tunnel", tag="power", kind="power") + "rolls_at = -1\n", 5, "out_of_range"),
        (METER.format(type="tunnel", tag="power", kind="power") * 2, 6, "twice"),
        ("[energy]\ndemand_min = 7\n", 2, "out_of_range"),
        (
            '[energy.emission]\nkg_per_kwh = 0.4\nyear = 1\nsource = { ko = "가", en = "a" }\n',
            3,
            "out_of_range",
        ),
        (
            '[energy.emission]\nkg_per_kwh = 9\nyear = 2023\nsource = { ko = "가", en = "a" }\n',
            2,
            "out_of_range",
        ),
        (
            '[energy.emission]\nkg_per_kwh = 0.4\nyear = 2023\nsource = { ko = "", en = "a" }\n',
            4,
            "empty_text",
        ),
        ("[energy.emission]\nkg_per_kwh = 0.4\n", 1, "missing"),
        (LINE.format(running="9", good="good", cycle=45), 4, "no_such_state"),
        (LINE.format(running="", good="good", cycle=45), 4, "empty_list"),
        (LINE.format(running="1", good="power", cycle=45), 5, "wrong_type"),
        (LINE.format(running="1", good="good", cycle=0), 7, "out_of_range"),
        (
            LINE.format(running="1", good="good", cycle=45)
            + '[[line.loss]]\nstate = 1\ncause = { ko = "가", en = "a" }\n',
            9,
            "twice",
        ),
        (
            '[[planned_stop]]\nlabel = { ko = "가", en = "a" }\nstart = "25:00"\nend = "08:00"\n',
            3,
            "not_a_clock",
        ),
        (
            '[[planned_stop]]\nlabel = { ko = "가", en = "a" }\nstart = "07:00"\nend = "08:00"\ndays = ["x"]\n',
            5,
            "unknown_word",
        ),
        (
            '[[planned_stop]]\nlabel = { ko = "가", en = "a" }\nstart = "07:00"\nend = "08:00"\nasset = "x"\n',
            5,
            "unknown_asset",
        ),
        ('[[berth]]\ntype = "port-terminal"\ntags = []\n', 3, "empty_list"),
        ('[[berth]]\ntype = "port-terminal"\ntags = ["berth1"]\ntaken = 5\n', 3, "no_such_state"),
        ('[[gate]]\ntype = "port-terminal"\nqueue = "nothing"\n', 3, "unknown_tag"),
        (ZONE.format(place="x", stage="area", movers="vessel", radius=10), 4, "unknown_asset"),
        (ZONE.format(place="pnit-port", stage="area", movers="train", radius=10), 6, "unknown_word"),
        (ZONE.format(place="pnit-port", stage="area", movers="vessel", radius=0), 9, "out_of_range"),
        (ZONE.format(place="pnit-port", stage="service", movers="vessel", radius=10), 4, "zone_no_area"),
        (ZONE.format(place="pnit-port", stage="area", movers="vessel", radius=10) * 2, 11, "twice"),
        ("[[meters]]\n", 1, "unknown_field"),
    ],
)
def test_a_fault_is_named_with_its_line(text: str, line: int, reason: str) -> None:
    assert (line, reason) in _faults(text)
