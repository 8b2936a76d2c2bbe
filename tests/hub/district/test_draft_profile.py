"""A first profile from whatever a source may call its things."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.discovery import Offer, ValueKind
from console.core.profile.parse import parse_site
from console.feeds.base import MoverFacts, Position, Reading
from console.feeds.scout import PlainScout, word
from console.feeds.scouts import adapter_of, scout_of
from console.hub.district.draft import draft, nice_period, nice_range, tag_name
from console.hub.district.heard import Heard
from console.hub.district.listen import feed_def
from console.hub.district.write import texts


def heard(*rows: tuple[str, str, float | bool | str]) -> Heard:
    clock = iter(range(10**6))
    made = Heard(lambda: float(next(clock)))
    made.readings([Reading(*row) for row in rows])
    return made


NAMES = st.text(min_size=1, max_size=12)


@settings(max_examples=150)
@given(
    st.lists(
        st.tuples(NAMES, NAMES, st.one_of(st.floats(-1e9, 1e9), st.booleans(), st.text(max_size=8))),
        min_size=1,
        max_size=20,
    )
)
def test_whatever_things_are_called_the_profile_is_sound(
    rows: list[tuple[str, str, float | bool | str]],
) -> None:
    found = draft(heard(*rows), PlainScout(), 30.0)
    if found.types:
        site = parse_site(texts(found, feed_def("ws://127.0.0.1/", "columns", {}), "x"))
        assert len(site.assets) == found.assets
        assert all(part.tags for part in site.feeds[0].map)


def test_things_whose_names_cannot_be_ids_get_types_of_their_own() -> None:
    found = draft(heard(("room/1 층", "t", 1.0), ("room/2 층", "t", 2.0)), PlainScout(), 30.0)
    assert [(kind.id, kind.source, kind.assets[0].id) for kind in found.types] == [
        ("room", "room/1 층", "1"),
        ("room-2", "room/2 층", "2"),
    ]


def test_points_of_mixed_kinds_or_of_prose_are_left_out_and_counted() -> None:
    rows = [
        ("a/b", "mixed", 1.0),
        ("a/b", "mixed", "on"),
        *(("a/b", "prose", f"line {n}") for n in range(40)),
    ]
    found = draft(heard(*rows, ("a/b", "good", 1.5)), PlainScout(), 30.0)
    assert found.left_out == 2
    assert [tag.name for tag in found.types[0].tags] == ["good"]


def test_what_moves_is_no_asset() -> None:
    made = heard(("vessels.urn:1", "speed", 1.0))
    made.movers([MoverFacts("vessels.urn:1", "vessel")])
    found = draft(made, scout_of("signal_k"), 30.0)
    assert (found.movers, found.left_out) == ("vessel", 0)
    assert [(kind.id, kind.source) for kind in found.types] == [("receiver", "")]


def test_a_source_of_moving_objects_alone_gives_a_profile_that_is_sound() -> None:
    made = heard()
    made.movers([MoverFacts("vessels.urn:1", "vessel"), MoverFacts("vessels.urn:2", "vessel")])
    made.positions([Position("vessels.urn:1", 35.0, 129.0), Position("vessels.urn:2", 35.2, 129.2)])
    site = parse_site(
        texts(draft(made, scout_of("ais"), 30.0), feed_def("tcp://127.0.0.1:1", "ais", {}), "x")
    )
    (asset,) = site.assets
    assert (round(asset.lat, 3), round(asset.lon, 3)) == (35.1, 129.1)
    assert (site.feeds[0].movers, site.feeds[0].map) == ("vessel", ())


def test_things_of_one_kind_with_other_points_are_another_type() -> None:
    found = draft(
        heard(("a/p1", "level", 1.0), ("a/p1", "flow", 1.0), ("a/p2", "level", 2.0), ("a/p2", "flow", 1.0),
              ("a/m1", "power", 5.0)), PlainScout(), 30.0,
    )  # fmt: skip
    assert [(kind.id, [asset.id for asset in kind.assets]) for kind in found.types] == [
        ("a", ["p1", "p2"]),
        ("a-2", ["m1"]),
    ]


def test_what_a_source_says_of_its_points_is_in_the_profile() -> None:
    made = heard(("a/p1", "nsu=x;i=7", 40.0))
    made.offered([
        Offer(source="a/p1", path="nsu=x;i=7", kind=ValueKind.NUMBER, unit="bar", label="Pressure", low=0.0, high=60.0)
    ])  # fmt: skip
    site = parse_site(texts(draft(made, PlainScout(), 30.0), feed_def("ws://127.0.0.1/", "columns", {}), "x"))
    (tag,) = site.types[0].tags
    assert (tag.name, tag.unit, tag.low, tag.high, tag.label.en) == ("pressure", "bar", 0.0, 60.0, "Pressure")


def test_guesses_are_round() -> None:
    assert [nice_period(s) for s in (0.97, 1.2, 4.99, 5.6, 61.0, 1e9)] == [1, 2, 5, 5, 60, 86400]
    assert [nice_range(*pair) for pair in ((0.0, 0.0), (3.0, 12.5), (-4.0, 2.0))] == [
        (0.0, 1.0),
        (0.0, 15.0),
        (-5.0, 5.0),
    ]
    assert [tag_name(path) for path in ("waterLevel", "env.tempC.0", "3상", "온도")] == [
        "water_level",
        "env_temp_c_0",
        "t_3",
        "t",
    ]
    assert word("StreetlightControlCabinet") == "streetlight-control-cabinet"


def test_first_frames_tell_the_protocol() -> None:
    assert adapter_of(['{"points": [["a", "b"]]}', b"\x01"]) == "columns"
    assert adapter_of(['{"name": "x", "version": "1.7.0", "roles": ["master"]}']) == "signal_k"
    assert adapter_of(['{"data": [{"id": "urn:ngsi-ld:A:b", "type": "A", "x": 1}]}']) == "ngsi_ld"
    assert adapter_of(['{"device": "pump-1", "value": 3}']) == "json_ws"
    assert adapter_of(['{"x": 3}', "[" * 9000, b"\xff"]) == ""


def test_items_of_a_list_and_their_values_are_found() -> None:
    rows = '{"sensor": {"id": "a"}, "v": {"t": 1.5}}, {"sensor": {"id": "b"}, "v": {"t": 2}}'
    frame = '{"at": 1763000000, "rows": [' + rows + "]}"
    assert scout_of("json_ws").options([frame]) == {
        "source_path": "sensor.id",
        "each_path": "rows",
        "values_path": "v",
    }
