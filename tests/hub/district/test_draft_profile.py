"""A first profile from whatever a source may call its things."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.profile.parse import parse_site
from console.feeds.base import MoverFacts, Reading
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
    assert (found.types, found.movers, found.left_out) == ((), "vessel", 0)


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
