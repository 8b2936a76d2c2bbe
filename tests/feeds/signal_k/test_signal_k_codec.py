"""Signal K frames as servers send them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, DeviceCommand, MoverFacts, Position, Reading
from console.feeds.json_guard import load, load_object
from console.feeds.signal_k.codec import Delta, SignalKDecoder
from console.feeds.signal_k.commands import put_frame, read_response, subscribe_frame
from console.feeds.times import read_time

SHIP = "vessels.urn:mrn:imo:mmsi:440123000"
TRUCK = "vehicles.urn:mrn:gwanje:truck:7"
CRANE = "facilities.urn:mrn:gwanje:asset:crane-3"
AT = read_time("2026-11-22T07:00:00Z")
BUSAN = {"latitude": 35.1, "longitude": 129.05}


def decoder(*measured: str) -> SignalKDecoder:
    return SignalKDecoder(600.0, measured=frozenset(measured))


def delta(context: str, *values: tuple[str, object], at: str = "2026-11-22T07:00:00Z") -> dict[str, object]:
    pairs = [{"path": path, "value": value} for path, value in values]
    return {"context": context, "updates": [{"source": {"label": "ais"}, "timestamp": at, "values": pairs}]}


def read(frame: dict[str, object], made: SignalKDecoder | None = None) -> Delta:
    return (made or decoder()).delta(frame, 0.0)


def test_a_delta_of_a_vessel_is_a_position_with_course_and_speed() -> None:
    found = read(
        delta(
            SHIP,
            ("navigation.position", BUSAN),
            ("navigation.courseOverGroundTrue", math.pi / 2),
            ("navigation.speedOverGround", 5.14),
        )
    )
    assert found.movers == [MoverFacts(SHIP, "vessel")]
    assert found.positions == [Position(SHIP, 35.1, 129.05, pytest.approx(90.0), 5.14, AT)]  # type: ignore[arg-type]
    assert (found.readings, found.faults) == ([], [])


def test_the_heading_wins_over_the_course() -> None:
    made = decoder()
    read(delta(SHIP, ("navigation.headingTrue", math.pi), ("navigation.courseOverGroundTrue", 0.0)), made)
    (place,) = read(delta(SHIP, ("navigation.position", BUSAN)), made).positions
    assert place.heading == 180.0


def test_speed_alone_does_not_make_an_old_place_look_new() -> None:
    made = decoder()
    read(delta(SHIP, ("navigation.position", BUSAN)), made)
    same = delta(SHIP, ("navigation.speedOverGround", 4.0))
    assert [place.speed for place in read(same, made).positions] == [4.0]
    later = delta(SHIP, ("navigation.speedOverGround", 3.0), at="2026-11-22T07:01:00Z")
    assert read(later, made).positions == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("navigation.headingTrue", math.radians(511)),
        ("navigation.courseOverGroundTrue", 2 * math.pi),
        ("navigation.courseOverGroundTrue", -1.0),
        ("navigation.speedOverGround", 102.3 * 0.514444),
        ("navigation.speedOverGround", -1.0),
        ("navigation.speedOverGround", "fast"),
        ("navigation.speedOverGround", None),
        ("navigation.headingTrue", True),
    ],
)
def test_a_sentinel_is_never_drawn(path: str, value: object) -> None:
    """PROTOCOLS 2.7: heading 511, course 360 and speed 102.3 kn mean not available."""
    (place,) = read(delta(SHIP, ("navigation.position", BUSAN), (path, value))).positions
    assert (place.heading, place.speed) == (None, None)


@pytest.mark.parametrize(
    ("place", "malformed"),
    [
        ({"latitude": 91, "longitude": 181}, False),
        ({"latitude": None, "longitude": None}, False),
        (None, False),
        ({"latitude": 135.0, "longitude": 35.0}, True),
        ({"latitude": "35", "longitude": "129"}, True),
        ({"longitude": 129.0}, True),
        ([35.0, 129.0], True),
    ],
)
def test_a_place_that_is_none_is_never_drawn(place: object, malformed: bool) -> None:
    found = read(delta(SHIP, ("navigation.position", place)))
    assert found.positions == []
    assert bool(found.faults) is malformed


def test_the_object_at_the_empty_path_is_merged_into_the_vessel() -> None:
    made = decoder()
    first = read(delta(SHIP, ("", {"name": "BUSAN TUG", "mmsi": "440123000"})), made)
    assert first.movers[-1] == MoverFacts(SHIP, "vessel", "BUSAN TUG", {"mmsi": "440123000"})
    more = {"communication": {"callsignVhf": "D7AB"}, "registrations": {"imo": "IMO 9134270"}}
    second = read(delta(SHIP, ("", more), ("design.aisShipType", {"id": 52, "name": "Tug"})), made)
    assert second.movers == [
        MoverFacts(
            SHIP,
            "vessel",
            "BUSAN TUG",
            {"imo": "IMO 9134270", "callsign": "D7AB", "shiptype": "Tug", "shiptype_id": "52"},
        )
    ]
    assert read(delta(SHIP, ("", {"name": "BUSAN TUG", "mmsi": "440123000"})), made).movers == []


def test_a_vehicle_is_a_truck() -> None:
    found = read(delta(TRUCK, ("navigation.position", BUSAN), ("", {"name": "부산 7"})))
    assert found.movers == [MoverFacts(TRUCK, "truck"), MoverFacts(TRUCK, "truck", "부산 7")]


def test_a_facility_brings_readings_in_si_units() -> None:
    found = read(
        delta(
            CRANE,
            ("power", 125_000.0),
            ("hook", {"load": 12.5, "state": "lifting"}),
            ("running", True),
            ("wind", None),
            ("history", [1, 2, 3]),
        )
    )
    assert found.readings[:4] == [
        Reading(CRANE, "power", 125_000.0, AT),
        Reading(CRANE, "hook.load", 12.5, AT),
        Reading(CRANE, "hook.state", "lifting", AT),
        Reading(CRANE, "running", True, AT),
    ]
    assert found.readings[4].quality is Quality.BAD
    assert [reading.path for reading in found.readings[5:]] == ["history.0", "history.1", "history.2"]
    assert (found.movers, found.positions) == ([], [])


def test_other_values_of_vessels_are_readings_only_where_the_profile_maps_vessels() -> None:
    frame = delta(SHIP, ("environment.wind.speedApparent", 7.0), ("navigation.position", BUSAN))
    assert read(frame).readings == []
    assert read(frame, decoder("vessels")).readings == [
        Reading(SHIP, "environment.wind.speedApparent", 7.0, AT)
    ]


def test_our_own_ship_is_known_by_the_name_of_the_hello() -> None:
    made = decoder()
    assert made.hello({"name": "signalk-server", "version": "2.23.0", "self": "urn:mrn:signalk:uuid:x"})
    for context in ({"context": "vessels.self"}, {}):
        frame = delta("", ("navigation.position", BUSAN)) | context
        if not context:
            del frame["context"]
        assert read(frame, made).positions[0].source == "vessels.urn:mrn:signalk:uuid:x"
    assert not made.hello({"updates": [], "version": "1"})


def test_meta_alone_is_no_reading() -> None:
    meta = [{"path": "power", "value": {"units": "W"}}]
    found = read({"context": CRANE, "updates": [{"timestamp": "2026-11-22T07:00:00Z", "meta": meta}]})
    assert (found.readings, found.faults) == ([], [])


@pytest.mark.parametrize(
    ("update", "where"),
    [
        (7, "updates[0]"),
        ({"values": 7}, "updates[0].values"),
        ({"timestamp": "soon", "values": []}, "updates[0].timestamp"),
        ({"timestamp": "2026-11-22T07:00:00", "values": []}, "updates[0].timestamp"),
        ({"values": [7]}, "updates[0].values[0]"),
        ({"values": [{"path": 5, "value": 1}]}, "updates[0].values[0]"),
        ({"values": [{"path": "a"}]}, "updates[0].values[0]"),
    ],
)
def test_a_bad_update_costs_only_itself(update: object, where: str) -> None:
    good = {"timestamp": "2026-11-22T07:00:00Z", "values": [{"path": "power", "value": 1.0}]}
    found = read({"context": CRANE, "updates": [update, good]})
    assert [fault[0] for fault in found.faults] == [where]
    assert [reading.path for reading in found.readings] == ["power"]


@pytest.mark.parametrize(
    "frame", [{}, {"updates": 5}, {"context": 5, "updates": []}, {"context": "vessels", "updates": []}]
)
def test_what_is_no_delta_is_refused_by_name(frame: dict[str, object]) -> None:
    with pytest.raises(DecodeError):
        read(frame)


def test_a_silent_mover_goes_and_is_named_again_when_it_returns() -> None:
    made = decoder()
    made.delta(delta(SHIP, ("navigation.position", BUSAN)), 0.0)
    made.delta(delta(TRUCK, ("navigation.position", BUSAN)), 300.0)
    assert made.gone(600.0) == []
    assert made.gone(600.1) == [SHIP]
    assert made.gone(600.2) == []
    assert made.delta(delta(SHIP, ("navigation.position", BUSAN)), 700.0).movers == [
        MoverFacts(SHIP, "vessel")
    ]


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["context", "updates", "values", "path", "value", "timestamp", "latitude", "name", "meta"]),
        inner | st.sampled_from(["vessels.x", "facilities.y", "navigation.position", "", "2026-11-22T07:00:00Z"]),
        max_size=5,
    ),
    max_leaves=30,
)  # fmt: skip


@given(st.lists(st.dictionaries(st.sampled_from(["context", "updates"]), TREES, max_size=2), max_size=3))
def test_no_tree_makes_the_reader_fail_otherwise(frames: list[dict[str, object]]) -> None:
    made = decoder("vessels")
    for frame in frames:
        try:
            found = made.delta(frame, 0.0)
        except DecodeError:
            continue
        assert all(abs(place.lat) <= 90 and abs(place.lon) <= 180 for place in found.positions)


def test_a_subscription_asks_for_every_path_as_it_changes() -> None:
    assert load(subscribe_frame("vessels.*")) == {
        "context": "vessels.*",
        "subscribe": [{"path": "*", "format": "delta", "policy": "instant"}],
    }


@pytest.mark.parametrize(
    ("value", "booleans", "written"),
    [
        (1.0, False, 1),
        (0.25, False, 0.25),
        ("on", False, "on"),
        ("true", False, "true"),
        ("true", True, True),
    ],
)
def test_a_command_is_a_put(value: float | str, booleans: bool, written: object) -> None:
    sent = load(put_frame(DeviceCommand("01J", CRANE, "mode", value), booleans))
    assert sent == {"context": CRANE, "requestId": "01J", "put": {"path": "mode", "value": written}}


@pytest.mark.parametrize(
    ("state", "code", "accepted", "kind", "cause"),
    [
        ("PENDING", 202, False, "accepted", ""),
        ("COMPLETED", 200, False, "accepted_final", ""),
        ("COMPLETED", 200, True, "done", ""),
        ("COMPLETED", 405, False, "rejected", ""),
        ("COMPLETED", 409, False, "rejected", "BLOCKED_BY_PROCESS"),
        ("COMPLETED", 423, False, "rejected", "BLOCKED_BY_MODE"),
        ("COMPLETED", 503, False, "busy", ""),
        ("COMPLETED", 403, True, "failed", ""),
        ("COMPLETED", 502, False, "failed", ""),
        ("FAILED", 403, False, "rejected", ""),
        ("FAILED", 500, False, "failed", ""),
    ],
)
def test_the_states_of_a_request_are_answers(
    state: str, code: int, accepted: bool, kind: str, cause: str
) -> None:
    frame = f'{{"requestId": "01J", "state": "{state}", "statusCode": {code}, "message": "because"}}'
    assert read_response(load_object(frame), accepted) == (
        "01J",
        DeviceAnswer(kind, detail=f"{code} because", cause=cause),
    )


def test_a_test_is_marked_and_its_answer_says_so() -> None:
    """CMD-15."""
    assert load_object(put_frame(DeviceCommand("01J", CRANE, "mode", 1.0, test=True), False))["test"] is True
    frame: dict[str, object] = {"requestId": "01J", "state": "COMPLETED", "statusCode": 200, "test": True}
    answer = DeviceAnswer("accepted_final", detail="200", test=True)
    assert read_response(frame, False) == ("01J", answer)


def test_an_incomplete_response_is_none() -> None:
    assert read_response({"requestId": 5, "state": "PENDING"}, False) is None
    assert read_response({"requestId": "a"}, False) is None


@pytest.mark.parametrize(
    ("group", "kind"),
    [
        ("vessels", "vessel"),
        ("vehicles", "truck"),
        ("atons", "aton"),
        ("aircraft", "sar_aircraft"),
        ("shore.basestations", "base_station"),
        ("sar", "distress"),
    ],
)
def test_stations_of_every_group_are_told_apart(group: str, kind: str) -> None:
    """A buoy is not a ship, although both are found by their signals."""
    context = f"{group}.urn:mrn:imo:mmsi:994401001"
    found = read(delta(context, ("navigation.position", BUSAN), ("offPosition", True), ("name", "ORYUKDO")))
    assert {mover.kind for mover in found.movers} == {kind}
    assert found.movers[-1] == MoverFacts(context, kind, "ORYUKDO", {"off_position": "true"})
    assert found.positions[0].source == context
    assert found.readings == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("navigation.headingTrue", math.radians(511)),
        ("navigation.courseOverGroundTrue", math.radians(360)),
        ("navigation.speedOverGround", 102.3 * 1852 / 3600),
    ],
)
def test_what_ais_sends_for_unknown_is_never_drawn_through_signal_k(path: str, value: float) -> None:
    (place,) = read(delta(SHIP, ("navigation.position", BUSAN), (path, value))).positions
    assert (place.heading, place.speed) == (None, None)


def test_a_place_that_ais_does_not_know_is_never_drawn_through_signal_k() -> None:
    found = read(delta(SHIP, ("navigation.position", {"latitude": 91, "longitude": 181})))
    assert (found.positions, found.faults) == ([], [])
