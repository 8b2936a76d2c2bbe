"""Base layers from a folder of GeoJSON."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import resources
from maps.layers import MOST_BYTES, LayerError, load_layers, read_layer, stem_of
from maps.styles import style_of

SHIPPED = resources.ROOT / "map"
PACK = resources.ROOT.parents[1] / "shared" / "data" / "busan-map"


def write(folder: Path, name: str, *features: object, **more: object) -> Path:
    file = folder / name
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}), "utf-8")
    return file


def feature(kind: str, coordinates: object, **properties: object) -> dict[str, object]:
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


SQUARE = [[[129.0, 35.0], [129.1, 35.0], [129.1, 35.1], [129.0, 35.1], [129.0, 35.0]]]


def test_the_shipped_map_is_whole_and_small() -> None:
    layers = load_layers(SHIPPED)
    assert layers.faults == ()
    assert [layer.stem for layer in layers.layers] == ["land", "areas", "coastline", "trunk"]
    assert "Natural Earth" in layers.credit
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 200_000
    assert layers.home.holds(35.115, 129.04)
    areas = layers.layer("areas")
    assert areas is not None
    assert {item.name("en") for item in areas.features} >= {
        "Eco Delta Smart City",
        "North Port redevelopment phase 1",
    }
    assert all(item.ko and item.en for item in areas.features)


def test_the_shipped_map_says_where_it_comes_from() -> None:
    """Every file has a credit of its own, and the record names package, version, hash and licence."""
    for file in SHIPPED.glob("*.geojson"):
        assert json.loads(file.read_text("utf-8"))["credit"]
    record = (SHIPPED / "SOURCE.toml").read_text("utf-8")
    for word in ("package", "version", "sha256", "licence", "date", "public domain"):
        assert word in record


def test_layers_are_ordered_from_the_ground_up(tmp_path: Path) -> None:
    for name in ("trunk", "ferry-routes", "land", "districts"):
        write(tmp_path, f"{name}.geojson", feature("LineString", [[129, 35], [129.1, 35.1]]))
    assert [layer.stem for layer in load_layers(tmp_path).layers] == [
        "land",
        "districts",
        "trunk",
        "ferry-routes",
    ]


def test_an_unknown_layer_is_drawn_as_thin_lines() -> None:
    style = style_of("ferry-routes")
    assert style.fill == ""
    assert 0 < style.width <= 1


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("areas-approx.geojson", "areas"),
        ("trunk-schematic.geojson", "trunk"),
        ("LAND.geojson", "land"),
        ("ferry-x.geojson", "ferry-x"),
    ],
)
def test_a_suffix_does_not_change_what_a_file_is(name: str, stem: str) -> None:
    assert stem_of(name) == stem


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "truncated"),
        (b"\xff\xfe{}", "byte 0"),
        (b'{"type":"FeatureCollection","features":[],"credit":"\xff"}', "UTF-8"),
        (b'{"type":"Topology","features":[]}', "FeatureCollection"),
        (
            b'{"type":"FeatureCollection","features":[{"geometry":{"type":"Circle","coordinates":[1,2]}}]}',
            "feature 0: unknown geometry",
        ),
        (
            b'{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[1290,35]}}]}',
            "not on Earth",
        ),
        (
            b'{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[129]}}]}',
            "longitude and latitude",
        ),
        (
            b'{"type":"FeatureCollection","features":[{"geometry":{"type":"LineString","coordinates":"x"}}]}',
            "feature 0",
        ),
        (
            b'{"type":"FeatureCollection","features":[{"geometry":{"type":"Polygon","coordinates":[[[1,2]]]}}]}',
            "fewer than 3",
        ),
        (
            b'{"type":"FeatureCollection","features":[{"geometry":{"type":"Point","coordinates":[NaN,35]}}]}',
            "invalid",
        ),
    ],
)
def test_a_broken_file_is_a_named_fault_and_the_others_are_drawn(
    tmp_path: Path, body: bytes, reason: str
) -> None:
    write(tmp_path, "land.geojson", feature("Polygon", SQUARE))
    (tmp_path / "rivers.geojson").write_bytes(body)
    layers = load_layers(tmp_path)
    assert [layer.stem for layer in layers.layers] == ["land"]
    (fault,) = layers.faults
    assert fault.file == "rivers.geojson"
    assert reason in fault.reason


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "land.geojson"
    with file.open("wb") as out:
        out.truncate(MOST_BYTES + 1)
    with pytest.raises(LayerError, match="more than"):
        read_layer(file)


def test_an_empty_or_missing_folder_is_a_fault(tmp_path: Path) -> None:
    assert load_layers(tmp_path).faults[0].reason.startswith("no .geojson")
    assert load_layers(tmp_path / "absent").faults


def test_credit_of_a_pack_is_its_file_or_what_its_layers_say(tmp_path: Path) -> None:
    write(tmp_path, "land.geojson", credit="One")
    write(tmp_path, "rivers.geojson", credit="Two")
    assert load_layers(tmp_path).credit == "One · Two"
    (tmp_path / "credit.txt").write_text("통계청\n SGIS", "utf-8")
    assert load_layers(tmp_path).credit == "통계청 SGIS"


def test_every_geometry_of_rfc_7946_is_read(tmp_path: Path) -> None:
    line = [[129.0, 35.0, 12.5], [129.2, 35.1, 3]]
    file = write(
        tmp_path,
        "mixed.geojson",
        feature("Polygon", SQUARE, name_ko="사각", name_en="Square"),
        feature("MultiPolygon", [SQUARE, SQUARE]),
        feature("LineString", line, name="선"),
        feature("MultiLineString", [line, line]),
        feature("Point", [129.0, 35.0]),
        feature("MultiPoint", [[129.0, 35.0], [129.1, 35.1]]),
        {"type": "Feature", "properties": None, "geometry": None},
        {
            "type": "Feature",
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [{"type": "Point", "coordinates": [129, 35]}],
            },
        },
    )
    layer, _ = read_layer(file)
    counts = [(len(item.polygons), len(item.lines), len(item.points)) for item in layer.features]
    assert counts == [(1, 0, 0), (2, 0, 0), (0, 1, 0), (0, 2, 0), (0, 0, 1), (0, 0, 2), (0, 0, 0), (0, 0, 1)]
    assert layer.features[0].label_at == pytest.approx((35.05, 129.05))
    assert layer.features[2].label_at == pytest.approx((35.05, 129.1))
    assert layer.features[2].name("en") == "선"
    assert layer.features[0].polygons[0][0][0] == (35.0, 129.0)


def test_control_and_bidi_characters_of_names_are_left_out(tmp_path: Path) -> None:
    """SEC-26: a name cannot turn the text around it."""
    file = write(tmp_path, "areas.geojson", feature("Polygon", SQUARE, name="a\u202eb\x00c" + "x" * 500))
    layer, _ = read_layer(file)
    assert layer.features[0].ko.startswith("abc")
    assert len(layer.features[0].ko) <= 200


def test_the_kostat_pack_replaces_the_shipped_map() -> None:
    if not PACK.is_dir():
        pytest.skip("the KOSTAT map pack is not on this machine (shared/data/busan-map)")
    layers = load_layers(PACK)
    assert layers.faults == ()
    districts = layers.layer("districts")
    assert districts is not None
    assert len(districts.features) == 16
    assert {"해운대구", "강서구"} <= {item.ko for item in districts.features}
    assert {layer.stem for layer in layers.layers} >= {
        "land",
        "coastline",
        "districts",
        "dongs",
        "rivers",
        "areas",
        "trunk",
    }
