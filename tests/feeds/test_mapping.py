"""Names and units of a source become tags; commands go the other way."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.batch import NS
from console.core.catalogue import Catalogue
from console.core.quality import Quality
from console.core.site import Asset, AssetType, CommandRoute, FeedDef, FeedMap, Site, TagDef, TagRoute
from console.core.words import Text
from console.feeds.base import Columns, Reading
from console.feeds.mapping import FeedMapping, Mapped

T = Text("가", "a")
NOW = 1_800_000_000 * NS
PUMP = AssetType(
    id="pump",
    label=T,
    glyph="pump",
    tags=(
        TagDef(name="level", label=T, period_s=2.0),
        TagDef(name="running", label=T, period_s=10.0),
        TagDef(name="spare", label=T),
    ),
)
ROUTES = FeedMap(
    type="pump",
    source="urn:{asset}",
    tags={
        "level": TagRoute(path="waterLevel", scale=100.0, offset=5.0),
        "running": TagRoute(path="state", scale=7.0, states={"on": 1.0, "off": 0.0, "true": 1.0}),
    },
    commands={
        "set_level": CommandRoute(path="target", scale=100.0, offset=5.0),
        "start": CommandRoute(path="state", words={"1": "on", "0": "off"}),
    },
)


def site(*assets: str) -> Site:
    rows = tuple(Asset(id=name, type="pump", name=T, area="", lat=0, lon=0) for name in assets)
    return Site(
        id="s",
        name=T,
        time_zone="UTC",
        south=0,
        west=0,
        north=1,
        east=1,
        areas=(),
        types=(PUMP,),
        assets=rows,
    )


def feed(*maps: FeedMap) -> FeedDef:
    return FeedDef(id="sensors", adapter="columns", url="ws://127.0.0.1:1", label=T, map=maps)


def mapping() -> FeedMapping:
    return FeedMapping(Catalogue(site("p1", "p2")), feed(ROUTES))


def rows(mapped: Mapped) -> list[tuple[int, float, int]]:
    batch = mapped.batch
    return [(int(t), float(v), int(q)) for t, v, q in zip(batch.tag, batch.value, batch.quality, strict=True)]


def test_a_value_is_scaled_into_the_unit_of_its_tag() -> None:
    found = mapping().batch([Reading("urn:p2", "waterLevel", 0.5, NOW)], NOW)
    assert rows(found) == [(3, 55.0, Quality.GOOD)]
    assert list(found.batch.at) == [NOW]


def test_a_word_stands_for_the_value_of_the_tag_and_is_not_scaled() -> None:
    found = mapping().batch(
        [Reading("urn:p1", "state", "on", NOW), Reading("urn:p1", "state", "off", NOW)], NOW
    )
    assert rows(found) == [(1, 1.0, 0), (1, 0.0, 0)]


def test_a_number_of_a_tag_with_words_is_scaled() -> None:
    assert rows(mapping().batch([Reading("urn:p1", "state", 2, NOW)], NOW)) == [(1, 14.0, 0)]


def test_a_boolean_is_the_word_true_or_false_where_words_are_given() -> None:
    found = mapping().batch(
        [Reading("urn:p1", "state", True, NOW), Reading("urn:p1", "state", False, NOW)], NOW
    )
    assert rows(found)[0] == (1, 1.0, 0)
    assert found.bad == [("urn:p1 state", "unknown_word")]


def test_a_boolean_is_one_or_zero_elsewhere() -> None:
    assert rows(mapping().batch([Reading("urn:p1", "waterLevel", True, NOW)], NOW)) == [(0, 105.0, 0)]


@pytest.mark.parametrize(
    ("path", "value", "reason"),
    [
        ("waterLevel", "high", "wrong_type"),
        ("waterLevel", math.nan, "not_finite"),
        ("waterLevel", -math.inf, "not_finite"),
        ("waterLevel", 10**400, "not_finite"),
        ("state", "broken", "unknown_word"),
    ],
)
def test_an_unusable_value_is_reported_and_makes_its_tag_bad(
    path: str, value: float | str, reason: str
) -> None:
    """Named with its place; HMI-10: the tag says bad and keeps its last value."""
    found = mapping().batch([Reading("urn:p1", path, value, NOW)], NOW)
    assert found.bad == [(f"urn:p1 {path}", reason)]
    (row,) = rows(found)
    assert math.isnan(row[1])
    assert row[2] == Quality.BAD


@pytest.mark.parametrize("paths", [["waterLevel.m"], ["waterLevel.0", "waterLevel.1"]])
def test_a_structure_where_a_number_is_mapped_is_a_wrong_type(paths: list[str]) -> None:
    found = mapping().batch([Reading("urn:p1", path, 1.0, NOW) for path in paths], NOW)
    assert found.bad == [("urn:p1 waterLevel", "wrong_type")]
    assert [(row[0], row[2]) for row in rows(found)] == [(0, Quality.BAD)]


def test_a_property_of_a_mapped_property_is_only_unknown() -> None:
    readings = [Reading("urn:p1", "waterLevel", 1.0, NOW), Reading("urn:p1", "waterLevel/accuracy", 0.1, NOW)]
    found = mapping().batch(readings, NOW)
    assert (found.bad, found.unknown, len(found.batch)) == ([], 1, 1)


def test_a_number_that_its_scale_makes_too_large_is_bad() -> None:
    found = mapping().batch([Reading("urn:p1", "waterLevel", 1e308, NOW)], NOW)
    assert found.bad == [("urn:p1 waterLevel", "not_finite")]
    assert rows(found)[0][2] == Quality.BAD


def test_a_source_that_says_bad_itself_is_not_malformed() -> None:
    found = mapping().batch([Reading("urn:p1", "waterLevel", math.nan, NOW, Quality.BAD)], NOW)
    assert found.bad == []
    assert rows(found)[0][2] == Quality.BAD


def test_quality_of_the_source_is_kept() -> None:
    found = mapping().batch([Reading("urn:p1", "waterLevel", 1.0, NOW, Quality.UNCERTAIN)], NOW)
    assert rows(found)[0][2] == Quality.UNCERTAIN


def test_what_no_profile_maps_is_counted() -> None:
    readings = [Reading("urn:p9", "waterLevel", 1.0), Reading("urn:p1", "colour", "red")]
    found = mapping().batch(readings, NOW)
    assert (found.unknown, len(found.batch), found.bad) == (2, 0, [])


def test_a_missing_time_is_the_time_of_receipt() -> None:
    assert list(mapping().batch([Reading("urn:p1", "waterLevel", 1.0)], NOW).batch.at) == [NOW]


def test_a_time_ahead_of_the_hub_is_believed_for_a_minute() -> None:
    readings = [Reading("urn:p1", "waterLevel", 1.0, NOW + s * NS) for s in (60, 61, -7200)]
    found = mapping().batch(readings, NOW)
    assert list(found.batch.at) == [NOW + 60 * NS, NOW, NOW - 7200 * NS]
    assert found.ahead == 1


def test_rows_stand_in_order_of_arrival() -> None:
    readings = [Reading("urn:p1", "waterLevel", float(n), NOW) for n in range(5)]
    assert [row[1] for row in rows(mapping().batch(readings, NOW))] == [5.0, 105.0, 205.0, 305.0, 405.0]


def test_a_feed_knows_its_tags_sources_and_shortest_period() -> None:
    made = mapping()
    assert list(made.tags) == [0, 1, 3, 4]
    assert made.sources == ("urn:p1", "urn:p2")
    assert made.shortest_period_s == 2.0


def test_a_feed_that_maps_nothing_has_no_tags() -> None:
    made = FeedMapping(Catalogue(site("p1")), feed())
    assert (len(made.tags), made.sources, made.shortest_period_s) == (0, (), 0.0)
    assert made.batch([Reading("urn:p1", "waterLevel", 1.0)], NOW).unknown == 1


@given(st.lists(st.tuples(st.sampled_from(["waterLevel", "state", "x"]), st.floats()), max_size=40))
def test_columns_and_readings_are_normalised_alike(values: list[tuple[str, float]]) -> None:
    """The columnar path is the same rule, faster."""
    points = [("urn:p1", "waterLevel"), ("urn:p1", "state"), ("urn:p1", "x")]
    one, other = mapping(), mapping()
    other.declare(points)
    by_rows = one.batch([Reading("urn:p1", path, value, NOW) for path, value in values], NOW)
    columns = Columns(
        np.asarray([points.index(("urn:p1", path)) for path, _ in values], np.uint32),
        np.full(len(values), NOW, np.int64),
        np.asarray([value for _, value in values], np.float64),
        np.zeros(len(values), np.uint8),
    )
    by_columns = other.columns(columns, NOW)
    assert by_rows.unknown == by_columns.unknown
    assert bool(by_rows.bad) == bool(by_columns.bad)
    np.testing.assert_array_equal(by_rows.batch.tag, by_columns.batch.tag)
    np.testing.assert_array_equal(by_rows.batch.quality, by_columns.batch.quality)
    np.testing.assert_array_equal(by_rows.batch.value, by_columns.batch.value)


def columns_of(point: list[int], quality: list[int] | None = None, at: int = NOW) -> Columns:
    n = len(point)
    return Columns(
        np.asarray(point, np.uint32),
        np.full(n, at, np.int64),
        np.ones(n),
        np.asarray([0] * n if quality is None else quality, np.uint8),
    )


def test_a_point_that_was_never_declared_is_malformed() -> None:
    made = mapping()
    assert made.declare([("urn:p1", "waterLevel"), ("urn:p9", "y")]) == 1
    found = made.columns(columns_of([0, 7, 1]), NOW)
    assert (rows(found), found.unknown, found.bad) == ([(0, 105.0, 0)], 1, [("point 7", "not_declared")])


def test_columns_before_any_declaration_are_malformed() -> None:
    found = mapping().columns(columns_of([0, 1]), NOW)
    assert (len(found.batch), found.bad) == (0, [("point 0", "not_declared")])


def test_a_quality_outside_the_list_is_bad() -> None:
    made = mapping()
    made.declare([("urn:p1", "waterLevel")])
    assert [row[2] for row in rows(made.columns(columns_of([0, 0], [8, 1]), NOW))] == [Quality.BAD, 1]


def test_columns_without_a_time_get_that_of_receipt() -> None:
    made = mapping()
    made.declare([("urn:p1", "waterLevel")])
    assert list(made.columns(columns_of([0], at=0), NOW).batch.at) == [NOW]


def test_a_command_goes_out_in_the_unit_of_the_source() -> None:
    assert mapping().command("p1", "set_level", 55.0) == ("urn:p1", "target", 0.5)


def test_a_command_goes_out_as_the_word_of_the_source() -> None:
    assert mapping().command("p2", "start", 1.0) == ("urn:p2", "state", "on")
    with pytest.raises(ValueError, match="no word"):
        mapping().command("p2", "start", 2.0)


def test_a_command_without_a_route_is_told() -> None:
    assert mapping().command("p1", "explode", 1.0) is None
    assert mapping().command("p9", "start", 1.0) is None


@given(st.floats(-1e6, 1e6))
def test_a_command_is_the_inverse_of_the_route_of_its_tag(value: float) -> None:
    made = mapping()
    sent = made.command("p1", "set_level", value)
    assert sent is not None
    assert isinstance(sent[2], float)
    (row,) = rows(made.batch([Reading("urn:p1", "waterLevel", sent[2], NOW)], NOW))
    assert row[1] == pytest.approx(value, abs=1e-6)


@pytest.mark.parametrize(
    ("maps", "fault"),
    [
        (
            (FeedMap(type="pump", source="{asset}", tags={"depth": TagRoute(path="d")}),),
            "p1.depth is not a tag",
        ),
        ((ROUTES, ROUTES), "mapped twice"),
        (
            (
                FeedMap(
                    type="pump", source="{asset}", tags={}, commands={"go": CommandRoute(path="g", scale=0)}
                ),
            ),
            "scale of go is 0",
        ),
    ],
)
def test_a_wrong_map_is_refused_by_name(maps: tuple[FeedMap, ...], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        FeedMapping(Catalogue(site("p1")), feed(*maps))
