"""The map of a report: cut to its frame, readable without colour, and harmless whatever is called how."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree as Xml

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_room import END, MARKUP, T0, catalogue, occurrence, site

from console.core.words import Lang, Text
from console.report.facts.build import build
from console.report.facts.record import Chart, ChartKind, Kind, Place, Snapshot, Source
from console.report.holdings import Holdings
from console.report.render.basemap import BaseMap, base_map
from console.report.render.chart import svg as chart_svg
from console.report.render.map import FILLS, HEIGHT, WIDTH, alt, svg
from console.report.render.outline import Box, cut, labels
from console.report.render.speech import Speech, read_words
from console.report.render.xlsx import stepped

SOURCE = Source(query="q", start=0, end=1, rows=0, digest="0" * 64)
FRAME = Box(0, 0, 100, 80)
WORDS = read_words()


def _speech(*langs: Lang) -> Speech:
    return Speech(WORDS, langs or (Lang.KO,), "Asia/Seoul")


def _shot(*places: Place, about: str = "") -> Snapshot:
    return Snapshot(
        at=T0, south=35.0, west=128.8, north=35.3, east=129.3, places=places, about=about, source=SOURCE
    )


def _place(
    asset: str, priority: int = 0, lat: float = 35.1, lon: float = 129.0, name: str = "", acked: bool = True
) -> Place:
    text = Text(name or asset, name or asset)
    return Place(
        asset=asset, name=text, lat=lat, lon=lon, priority=priority, acked=acked, alarms=int(priority > 0)
    )


def test_each_priority_has_a_shape_and_a_number_of_its_own() -> None:
    """HMI-03."""
    drawn = svg(_shot(*(_place(f"a{p}", p, lat=35.05 * 1 + p / 20) for p in FILLS)), BaseMap(), _speech())
    shapes = set(re.findall(r'<path d="([^"]+)" fill="#[0-9a-f]{6}" stroke="#111111"', drawn))
    assert len(shapes) == 4
    for priority in FILLS:
        assert f">{priority}</text>" in drawn


def test_assets_on_one_spot_are_one_mark_with_the_worst_alarm_and_a_count() -> None:
    near = [_place("a", 3), _place("b", 1, lon=129.0001), _place("c", 0, lat=35.1001)]
    drawn = svg(_shot(*near), BaseMap(), _speech())
    body = drawn.partition("경보</text>")[0]
    assert body.count("<g transform") == 1
    assert FILLS[1] in body
    assert FILLS[3] not in body
    assert ">3</text>" in body


def test_the_drawing_is_well_formed_and_says_what_it_shows_whatever_things_are_called() -> None:
    """SEC-32."""
    hostile = _place("x", 2, name=MARKUP + "\u202e\x00", acked=False)
    for langs in ((Lang.KO,), (Lang.EN,), (Lang.KO, Lang.EN)):
        drawn = svg(_shot(hostile, about="x"), base_map(site(), None), _speech(*langs))
        tree = Xml.fromstring(drawn)
        assert tree.get("viewBox") == f"0 0 {WIDTH:g} {HEIGHT:g}"
        assert tree.get("aria-label") == alt(_shot(hostile), _speech(*langs))
        assert {element.tag.rpartition("}")[2] for element in tree.iter()} <= {
            "svg",
            "path",
            "text",
            "g",
            "circle",
        }
        assert "\u202e" not in drawn


def test_the_bar_of_the_scale_is_as_long_as_it_says() -> None:
    drawn = svg(_shot(_place("a")), BaseMap(), _speech())
    kilometres = float(re.search(r">([\d,]+) km<", drawn)[1])  # type: ignore[index]
    bar = re.search(r'd="M626 [\d.]+V[\d.]+H([\d.]+)V', drawn)
    assert bar is not None
    pixels_per_degree = 400 / 0.3
    wanted = kilometres * 1000 / 111_320 * pixels_per_degree
    # The frame is wider than these degrees: their height bounds the scale.
    assert float(bar[1]) - 626 == pytest.approx(wanted, rel=0.001)


def test_the_ground_is_cut_to_the_frame() -> None:
    square = [(-50.0, -50.0), (150.0, -50.0), (150.0, 150.0), (-50.0, 150.0)]
    assert sorted(set(cut(square, FRAME))) == [(0, 0), (0, 80), (100, 0), (100, 80)]
    assert cut([(200.0, 0.0), (300.0, 0.0), (300.0, 9.0)], FRAME) == []
    inside = [(10.0, 10.0), (20.0, 10.0), (20.0, 20.0)]
    assert sorted(cut(inside, FRAME)) == sorted(inside)


@given(st.lists(st.tuples(st.floats(-300, 300), st.floats(-300, 300)), min_size=3, max_size=12))
def test_whatever_is_cut_lies_within(ring: list[tuple[float, float]]) -> None:
    for x, y in cut(ring, FRAME):
        assert -1e-6 <= x <= 100 + 1e-6
        assert -1e-6 <= y <= 80 + 1e-6


def test_names_never_lie_on_one_another_nor_outside() -> None:
    wanted = [((50.0, 40.0), f"이름 {n}", n == 0) for n in range(9)]
    found = list(labels(wanted, [], FRAME))
    assert found[0][1] == "이름 0"
    assert 1 <= len(found) <= 4
    assert list(labels([((50.0, 40.0), "길" * 40, True)], [], FRAME)) == []


def test_a_broken_ground_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "ground").mkdir()
    (tmp_path / "ground" / "land.geojson").write_text('{"features": [{"geometry": {"type": "Polygon"}}]}')
    (tmp_path / "ground" / "trunk.geojson").write_text("[" * 100_000)
    areas = {
        "credit": "<b>somebody</b>",
        "features": [
            {
                "properties": {"name_ko": "가", "name_en": "a"},
                "geometry": {
                    "type": "MultiPolygon",
                    "coordinates": [[[[129, 35], [129.1, 35], [129.1, 35.1]]]],
                },
            }
        ],
    }
    (tmp_path / "ground" / "areas.geojson").write_text(json.dumps(areas))
    own = msgspec.structs.replace(site(), map_folder="ground")
    ground = base_map(own, tmp_path)
    assert (ground.land, ground.roads) == ((), ())
    assert [area.name.ko for area in ground.areas] == ["가"]
    assert "<b>" not in svg(_shot(_place("a")), ground, _speech())
    # A folder that is not there is no reason for a report without a map.
    assert base_map(msgspec.structs.replace(site(), map_folder="nowhere"), tmp_path).land


def test_an_asset_report_shows_what_is_near_it() -> None:
    point = next(a for a in catalogue().alarms if a.asset.id == "eco-pump")
    records = tuple(occurrence(point, T0, 1, lasted=0))
    held = Holdings(site=site(), start=T0, end=END, began=T0, until=END, records=records)
    shot = build(Kind.ASSET, held, "eco-pump").map
    assert shot is not None
    names = {place.asset for place in shot.places}
    assert {"eco-pump", "eco-air"} <= names
    assert "gijang-air" not in names


def test_a_chart_without_a_value_says_so() -> None:
    report = build(Kind.SHIFT, Holdings(
        site=site(), start=T0, end=END, began=T0, until=END,
        records=tuple(occurrence(catalogue().alarms[0], T0, 1)),
    ))  # fmt: skip
    empty = msgspec.structs.replace(report.charts[0], at=(T0,), value=(None,))
    assert "쓸 수 있는 값 없음" in chart_svg(empty, _speech(), report)
    assert "쓸 수 있는 값 없음" not in chart_svg(report.charts[0], _speech(), report)


def test_states_are_steps_in_a_workbook_too() -> None:
    states = Chart(
        name="",
        title=Text("a", "a"),
        kind=ChartKind.STEPS,
        at=(1, 2, 3, 4),
        value=(0.0, 1.0, None, 1.0),
        source=SOURCE,
    )
    drawn = stepped(states)
    assert list(zip(drawn.at, drawn.value, strict=True)) == [
        (1, 0.0),
        (2, 0.0),
        (2, 1.0),
        (3, None),
        (4, 1.0),
    ]
    line = msgspec.structs.replace(states, kind=ChartKind.LINE)
    assert stepped(line) is line
