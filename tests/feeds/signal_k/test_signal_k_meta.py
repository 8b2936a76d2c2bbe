"""Metadata of Signal K paths: read, merged, and used for offers and for units that contradict the profile."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.discovery import Offer, ValueKind
from console.core.site import FeedDef, FeedMap, TagRoute
from console.core.words import Text
from console.feeds.base import Reading
from console.feeds.signal_k.codec import Delta, SignalKDecoder
from console.feeds.signal_k.declared import DeclaredUnits
from console.feeds.signal_k.meta import MOST_ZONES, NOTHING, Meta, MetaBook, merged
from console.feeds.signal_k.offers import Offering

CRANE = "facilities.urn:mrn:gwanje:asset:crane-3"
SHIP = "vessels.urn:mrn:imo:mmsi:440123000"
POWER = {
    "units": "W",
    "displayName": "Hoist power",
    "description": "Power of the hoist motor",
    "displayScale": {"lower": 0, "upper": 400_000},
    "timeout": 12,
}


def told(path: object, value: object, context: str = CRANE) -> dict[str, object]:
    update = {"timestamp": "2026-11-22T07:00:00Z", "meta": [{"path": path, "value": value}]}
    return {"context": context, "updates": [update]}


def take(
    value: object, book: MetaBook | None = None, path: str = "power"
) -> tuple[Meta, list[tuple[str, str]]]:
    made = MetaBook() if book is None else book
    faults: list[tuple[str, str]] = []
    made.take(CRANE, {"path": path, "value": value}, "meta[0]", faults)
    return made.of(CRANE, path), faults


def test_a_delta_brings_units_names_range_and_timeout() -> None:
    decoder = SignalKDecoder(600.0)
    found = decoder.delta(told("power", POWER), 0.0)
    assert (found.metas, found.readings, found.faults) == ([(CRANE, "power")], [], [])
    assert decoder.metas.of(CRANE, "power") == Meta(
        units="W",
        label="Hoist power",
        description="Power of the hoist motor",
        low=0.0,
        high=400_000.0,
        timeout_s=12.0,
    )


def test_a_part_of_a_record_is_merged_and_null_forgets() -> None:
    book = MetaBook()
    take(POWER, book)
    meta, faults = take({"displayName": None, "units": "kW"}, book)
    assert (meta.units, meta.label, meta.high) == ("kW", "Power of the hoist motor", 400_000.0)
    assert not faults
    assert take(None, book) == (NOTHING, [])
    assert len(book) == 0


def test_what_changes_nothing_is_no_news() -> None:
    decoder = SignalKDecoder(600.0)
    decoder.delta(told("power", POWER), 0.0)
    assert decoder.delta(told("power", {"units": "W"}), 1.0).metas == []


def test_the_empty_path_and_parts_of_an_object_have_metadata_of_their_own() -> None:
    decoder = SignalKDecoder(600.0)
    value = {"displayName": "Crane 3", "properties": {"hook": {"properties": {"load": {"units": "kg"}}}}}
    found = decoder.delta(told("", value), 0.0)
    assert found.metas == [(CRANE, ""), (CRANE, "hook.load")]
    assert decoder.metas.of(CRANE, "").label == "Crane 3"
    assert decoder.metas.of(CRANE, "hook.load").units == "kg"


@pytest.mark.parametrize(
    ("names", "label"),
    [
        ({"displayName": "a", "longName": "b"}, "a"),
        ({"longName": "b", "shortName": "c"}, "b"),
        ({"shortName": "c", "description": "d"}, "c"),
        ({"description": "d"}, "d"),
        ({"description": "d" * 61}, ""),
    ],
)
def test_the_best_name_is_the_label(names: dict[str, object], label: str) -> None:
    assert take(names)[0].label == label


@pytest.mark.parametrize(
    ("zones", "ends"),
    [
        ([(0, 10, "normal"), (10, 20, "alarm")], (0.0, 20.0)),
        ([(0, 5, "alarm"), (95, 100, "alarm")], (0.0, 100.0)),
        ([(90, 100, "alarm")], (None, None)),
        ([(0, 50, "normal"), (50, None, "alarm")], (None, None)),
        ([], (None, None)),
    ],
)
def test_zones_are_a_range_only_where_they_hold_what_is_normal(
    zones: list[tuple[float | None, float | None, str]], ends: tuple[float | None, float | None]
) -> None:
    """One alarm zone says nothing of where the values lie."""
    written = [{"lower": low, "upper": high, "state": state} for low, high, state in zones]
    meta, faults = take({"zones": written})
    assert ((meta.low, meta.high), faults) == (ends, [])


def test_the_scale_for_display_wins_over_zones() -> None:
    zones = [{"lower": 0, "upper": 9, "state": "normal"}]
    assert take({"zones": zones, "displayScale": {"lower": 1, "upper": 5}})[0].high == 5.0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("units", 5),
        ("displayScale", {"lower": 5, "upper": 1}),
        ("displayScale", {"lower": 5}),
        ("displayScale", 7),
        ("zones", {}),
        ("zones", [7]),
        ("zones", [{"lower": "low"}]),
        ("zones", [{"lower": 9, "upper": 3}]),
        ("timeout", -1),
        ("timeout", "soon"),
        ("timeout", True),
        ("enum", "on"),
    ],
)
def test_a_field_that_cannot_be_read_costs_only_itself(field: str, value: object) -> None:
    meta, faults = take({"longName": "kept", field: value})
    assert (meta.label, faults) == ("kept", [(f"meta[0].{field}", "wrong_type")])


@pytest.mark.parametrize("item", [7, {}, {"path": 5, "value": {}}, {"path": "a", "value": 5}, {"path": "a"}])
def test_an_item_of_another_kind_is_a_fault(item: object) -> None:
    found = SignalKDecoder(600.0).delta({"context": CRANE, "updates": [{"meta": [item]}]}, 0.0)
    assert found.faults == [("updates[0].meta[0]", "wrong_type")]


def test_meta_that_are_no_list_cost_no_value() -> None:
    update: dict[str, object] = {"meta": {"power": {}}, "values": [{"path": "power", "value": 1.0}]}
    found = SignalKDecoder(600.0).delta({"context": CRANE, "updates": [update]}, 0.0)
    assert (found.faults, len(found.readings)) == ([("updates[0].meta", "wrong_type")], 1)


def test_metadata_of_strangers_are_not_kept() -> None:
    """Of a fleet no values are readings, and its metadata would fill the memory."""
    decoder = SignalKDecoder(600.0)
    assert decoder.delta(told("environment.depth", POWER, SHIP), 0.0).metas == []
    measured = SignalKDecoder(600.0, measured=frozenset({"vessels"}))
    assert measured.delta(told("environment.depth", POWER, SHIP), 0.0).metas == [(SHIP, "environment.depth")]


def test_the_book_is_bounded() -> None:
    book = MetaBook(2)
    for path in ("a", "b"):
        assert not take({"units": "W"}, book, path)[1]
    assert take({"units": "W"}, book, "c") == (NOTHING, [("meta[0]", "too_many")])
    assert take({"units": "kW"}, book, "a")[0].units == "kW"
    assert len(book) == 2
    zones = [{"lower": n, "upper": n + 1, "state": "normal"} for n in range(MOST_ZONES * 2)]
    assert take({"zones": zones, "description": "x" * 10_000}, book, "b")[0].high == MOST_ZONES
    assert len(book.of(CRANE, "b").description) == 400


def test_a_new_connection_begins_with_nothing() -> None:
    decoder = SignalKDecoder(600.0)
    decoder.delta(told("power", POWER), 0.0)
    decoder.connected()
    assert decoder.metas.of(CRANE, "power") == NOTHING


PATCHES = st.dictionaries(
    st.sampled_from(["units", "displayName", "description", "timeout"]), st.none() | st.integers(1, 5)
)


@given(PATCHES, st.lists(PATCHES, max_size=5))
def test_merging_in_order_is_merging_what_was_merged_and_null_removes(
    known: dict[str, object], patches: list[dict[str, object]]
) -> None:
    """Parts may be joined before they are merged, as a server under load does: the end is the same."""
    one_by_one = functools.reduce(merged, patches, merged({}, known))
    joined: dict[str, object] = {}
    for patch in patches:
        joined |= patch
    assert merged(merged({}, known), joined) == one_by_one
    assert None not in one_by_one.values()
    for name in joined:
        assert (name in one_by_one) is (joined[name] is not None)


def offered(delta: Delta, decoder: SignalKDecoder, offering: Offering) -> list[Offer]:
    return offering.news(delta.readings, delta.metas, decoder.metas)


def test_a_point_is_offered_with_what_its_metadata_say() -> None:
    decoder, offering = SignalKDecoder(600.0), Offering(10)
    assert offered(decoder.delta(told("power", POWER), 0.0), decoder, offering) == []
    values = [
        {"path": "power", "value": 5.0},
        {"path": "mode", "value": "auto"},
        {"path": "wind", "value": None},
    ]
    frame: dict[str, object] = {"context": CRANE, "updates": [{"values": values}]}
    mode = Offer(source=CRANE, path="mode", kind=ValueKind.TEXT, words=("auto",))
    power = Offer(
        source=CRANE,
        path="power",
        kind=ValueKind.NUMBER,
        unit="W",
        label="Hoist power",
        low=0.0,
        high=400_000.0,
        silent_s=12.0,
    )
    assert offered(decoder.delta(frame, 0.0), decoder, offering) == [power, mode]
    assert offered(decoder.delta(frame, 1.0), decoder, offering) == []


def test_metadata_that_come_later_are_offered_again() -> None:
    decoder, offering = SignalKDecoder(600.0), Offering(10)
    frame: dict[str, object] = {
        "context": CRANE,
        "updates": [{"values": [{"path": "mode", "value": "auto"}]}],
    }
    offered(decoder.delta(frame, 0.0), decoder, offering)
    later = decoder.delta(told("mode", {"enum": ["off", "auto", 5], "longName": "Mode"}), 1.0)
    assert offered(later, decoder, offering) == [
        Offer(source=CRANE, path="mode", kind=ValueKind.TEXT, label="Mode", words=("off", "auto"))
    ]


def declared(source: str, unit: str) -> DeclaredUnits:
    mapped = FeedMap(type="crane", source=source, tags={"power": TagRoute(path="power", unit=unit)})
    return DeclaredUnits(FeedDef(id="f", adapter="signal_k", url="ws://h", label=Text("", ""), map=(mapped,)))


def test_a_unit_that_contradicts_the_profile_is_told_once() -> None:
    units = declared("facilities.urn:mrn:gwanje:asset:{asset}", "kW")
    assert units.contradiction(CRANE, "power", "W") == "kW"
    assert units.contradiction(CRANE, "power", "W") == ""
    assert units.contradiction(CRANE.replace("3", "4"), "power", "W") == "kW"
    assert units.contradiction(CRANE, "power", "kW") == ""
    assert units.contradiction(CRANE, "power", "") == ""
    assert units.contradiction(CRANE, "speed", "W") == ""
    assert units.contradiction("facilities.other", "power", "W") == ""


def test_exponents_may_be_written_in_either_way() -> None:
    assert declared(CRANE, "m³/s").contradiction(CRANE, "power", "m3/s") == ""


def test_a_profile_without_units_asks_nothing() -> None:
    units = declared(CRANE, "")
    assert not units
    assert units.contradiction(CRANE, "power", "W") == ""


def test_our_own_ship_is_called_as_the_profile_calls_it() -> None:
    own = "vessels.urn:mrn:signalk:uuid:x"
    decoder = SignalKDecoder(600.0, measured=frozenset({"vessels"}), sources=["vessels.self"])
    decoder.hello({"version": "2.23.0", "self": own})
    frame: dict[str, object] = {"context": own, "updates": [{"values": [{"path": "depth", "value": 3.0}]}]}
    assert decoder.delta(frame, 0.0).readings == [Reading("vessels.self", "depth", 3.0)]
    assert decoder.delta(told("depth", {"units": "m"}, own), 0.0).metas == [("vessels.self", "depth")]
    assert decoder.address(own) == decoder.address("vessels.self") == "vessels.self"
    assert decoder.address(CRANE) == CRANE
