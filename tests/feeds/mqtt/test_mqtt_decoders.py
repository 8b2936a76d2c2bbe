"""Payloads of strangers, one decoder each: what they mean, and what is a fault by name."""

from __future__ import annotations

import json
import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.mqtt import observation, plain, senml
from console.feeds.mqtt.decoded import Decoded, Decoder, Envelope, check_name, name_of
from console.feeds.mqtt.entities import decoder
from console.feeds.mqtt.json_map import JsonMap
from console.feeds.mqtt_wire import Message, Properties
from console.feeds.ngsi_ld.codec import read_frame
from console.feeds.times import read_time

NOW = read_time("2026-11-22T07:00:00Z")
AT = read_time("2026-11-22T06:59:00Z")


def envelope(payload: object, topic: str = "city/p1/level", at: int = 0) -> Envelope:
    data = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    return Envelope(Message(topic, data), "p1", "level", NOW, at)


def rows(decoded: Decoded) -> list[tuple[str, str, object, int]]:
    return [(row.source, row.path, row.value, row.at) for row in decoded.readings]


@pytest.mark.parametrize(
    ("decode", "payload", "value"),
    [
        (plain.number, b"21.5", 21.5),
        (plain.number, b" -1e3\n", -1000.0),
        (plain.number, b"\xef\xbb\xbf7\0", 7.0),
        (plain.word, b"on", "on"),
        (plain.word, "닫힘".encode(), "닫힘"),
        (plain.either, b"0.5", 0.5),
        (plain.either, b"OPEN", "OPEN"),
    ],
)
def test_a_payload_of_one_value_is_that_value(decode: Decoder, payload: bytes, value: object) -> None:
    assert rows(decode(envelope(payload, at=AT))) == [("p1", "level", value, AT)]


def test_an_empty_payload_says_that_there_is_no_value() -> None:
    for decode in (plain.number, plain.word, plain.either):
        found = decode(envelope(b"")).readings[0]
        assert found.quality is Quality.BAD
        assert math.isnan(float(found.value))


@pytest.mark.parametrize(
    ("decode", "payload", "reason"),
    [
        (plain.number, b"12,5", "not_a_number"),
        (plain.number, b"NaN", "not_a_number"),
        (plain.number, b"0x10", "not_a_number"),
        (plain.word, b"\xff", "encoding"),
        (plain.either, b"1" * 2000, "too_large"),
        (senml.decode, {"n": "x", "v": 1}, "wrong_type"),
        (observation.decode, {"phenomenonTime": "2026-11-22T06:59:00Z"}, "missing"),
        (observation.decode, [1], "not_an_object"),
        (JsonMap(values_path="v").decode, {"x": 1}, "missing"),
        (JsonMap(source_path="id").decode, {"x": 1}, "missing"),
        (JsonMap(each_path="list").decode, {"list": 1}, "missing"),
        (JsonMap().decode, b"{", "not_json"),
        (decoder(read_frame), {"body": {"x": 1}, "metadata": {}}, "missing"),
        (decoder(read_frame), b"7", "not_an_entity"),
    ],
)
def test_a_payload_that_breaks_its_decoder_is_named(decode: Decoder, payload: object, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(envelope(payload))
    assert caught.value.reason == reason


def test_json_is_read_by_its_paths() -> None:
    shape = JsonMap(source_path="dev.id", values_path="data", time_path="dev.ts", text_numbers=True)
    frame = {
        "dev": {"id": 7, "ts": "2026-11-22T06:59:00Z"},
        "data": {"level": "2.5", "door": "shut", "t": {"in": 20, "out": None}},
    }
    found = shape.decode(envelope(frame))
    assert rows(found)[:3] == [("7", "level", 2.5, AT), ("7", "door", "shut", AT), ("7", "t.in", 20, AT)]
    assert found.readings[3].quality is Quality.BAD
    assert found.faults == []


def test_items_of_a_list_have_their_own_names_and_faults() -> None:
    shape = JsonMap(each_path=".", point_path="name", values_path="value", time_path="ts")
    frame = [{"name": "level", "value": 2.5, "ts": "soon"}, {"value": 1}, {"name": "flow", "value": 3}]
    found = shape.decode(envelope(frame))
    assert [(row.source, row.path, row.value, row.quality) for row in found.readings] == [
        ("p1", "level", 2.5, Quality.UNCERTAIN),
        ("p1", "flow", 3, Quality.GOOD),
    ]
    assert [reason for _, reason in found.faults] == ["time", "missing"]


def test_one_plain_value_is_called_by_its_key_or_by_the_topic() -> None:
    assert rows(JsonMap(values_path="a.level").decode(envelope({"a": {"level": 1}}))) == [
        ("p1", "level", 1, 0)
    ]
    assert rows(JsonMap().decode(envelope(b"12.5"))) == [("p1", "level", 12.5, 0)]
    assert rows(JsonMap(point_path="^n", values_path="v").decode(envelope({"n": "flow", "v": 2}))) == [
        ("p1", "flow", 2, 0)
    ]


def test_a_pack_of_senml_resolves_its_base_fields() -> None:
    pack = [
        {"bn": "urn:dev:pump7/", "bt": 1.276020076e9, "bu": "A", "bver": 5, "n": "voltage", "u": "V", "v": 120.1},
        {"n": "current", "t": -5, "v": 1.2},
        {"n": "running", "t": -4.5, "vb": True},
        {"n": "label", "vs": "OK"},
        {"n": "energy", "u": "J", "s": 12},
        {"n": "image", "vd": "AAA="},
        {"bn": "urn:dev:pump8:", "n": "current", "bv": 10, "v": 0.5},
        {"n": "level"},
    ]  # fmt: skip
    found = senml.decode(envelope(pack))
    base = 1_276_020_076_000_000_000
    assert rows(found) == [
        ("urn:dev:pump7", "voltage", 120.1, base),
        ("urn:dev:pump7", "current", 1.2, base - 5_000_000_000),
        ("urn:dev:pump7", "running", True, base - 4_500_000_000),
        ("urn:dev:pump7", "label", "OK", base),
        ("urn:dev:pump7", "energy.sum", 12.0, base),
        ("urn:dev:pump8", "current", 10.5, base),
        ("urn:dev:pump8", "level", 10.0, base),
    ]
    assert found.faults == []
    assert found.units["urn:dev:pump7", "voltage"] == "V"
    assert found.units["urn:dev:pump7", "current"] == "A"


def test_a_time_of_senml_below_two_to_the_28_counts_from_now() -> None:
    found = senml.decode(envelope([{"n": "urn:dev:p7/level", "v": 1, "t": -60}, {"n": "flow", "v": 2}]))
    assert rows(found) == [("urn:dev:p7", "level", 1.0, AT), ("p1", "flow", 2.0, NOW)]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({"n": "a", "v": "1"}, "wrong_type"),
        ({"n": 1, "v": 1}, "wrong_type"),
        ({"n": "a", "vb": 1}, "wrong_type"),
        ({"n": "a", "v": 1, "must_": 1}, "unknown_word"),
        ({"n": "a", "v": 1, "bver": 11}, "unknown_word"),
        ({"n": "a", "v": 1, "t": -1e18}, "time"),
        ({"n": "a", "v": 1, "bt": 1e200}, "time"),
        ({"n": "a", "v": 10**400}, "not_finite"),
        (7, "wrong_type"),
    ],
)
def test_a_fault_in_one_record_costs_that_record(record: object, reason: str) -> None:
    found = senml.decode(envelope([{"n": "x", "v": 1}, record]))
    assert len(found.readings) == 1
    assert [fault for _, fault in found.faults] == [reason]


def test_an_observation_is_named_by_its_datastream() -> None:
    payload = {"@iot.id": 1, "phenomenonTime": "2026-11-22T06:00:00Z/2026-11-22T06:59:00Z", "result": 21.5}
    found = observation.decode(envelope(payload, "v1.1/Datastreams(42)/Observations"))
    assert rows(found) == [("Datastreams(42)", "result", 21.5, AT)]
    inside = payload | {"Datastream": {"@iot.id": "a-b"}, "result": {"x": 1, "y": None}}
    found = observation.decode(envelope(inside, "v1.1/Observations"))
    assert [(row.source, row.path, row.quality) for row in found.readings] == [
        ("Datastreams(a-b)", "result.x", Quality.GOOD),
        ("Datastreams(a-b)", "result.y", Quality.BAD),
    ]
    linked = {"result": True, "Datastream@iot.navigationLink": "http://h/v1.1/Observations(1)/Datastreams(9)"}
    assert rows(observation.decode(envelope(linked, "Observations"))) == [
        ("Datastreams(9)", "result", True, 0)
    ]
    wrong = observation.decode(envelope({"result": 1, "resultTime": "soon"}, "Observations"))
    assert (wrong.readings[0].quality, wrong.faults) == (Quality.UNCERTAIN, [("resultTime", "time")])


def test_ngsi_ld_is_read_with_and_without_its_envelope() -> None:
    """City Data Hub and Orion-LD publish `{metadata, body}`."""
    entity = {
        "id": "urn:p1",
        "type": "Pump",
        "level": {"type": "Property", "value": 2, "observedAt": "2026-11-22T06:59:00Z"},
    }
    body = {"id": "urn:n", "type": "Notification", "subscriptionId": "s", "data": [entity]}
    read = decoder(read_frame)
    wanted = [("urn:p1", "level", 2, AT)]
    assert rows(read(envelope({"metadata": {"Content-Type": "application/json"}, "body": body}))) == wanted
    assert rows(read(envelope(body))) == wanted
    assert rows(read(envelope(entity))) == wanted


def test_names_are_made_of_the_topic_and_of_user_properties() -> None:
    message = Message("city/p1/level", properties=Properties(user=(("dev", "a"), ("dev", "b"))))
    assert name_of("{1}:{-1}:{user:dev}:{topic}:x", message) == "p1:level:b:city/p1/level:x"
    for broken in ("{3}", "{-4}", "{user:none}"):
        with pytest.raises(DecodeError):
            name_of(broken, message)
    for broken in ("", "{x}", "{1", "1}", "{user:}"):
        with pytest.raises(ValueError):
            check_name(broken)


KEYS = st.sampled_from(["n", "v", "vs", "vb", "t", "bn", "bt", "bs", "result", "body", "id", "s", "ts"])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=5)
    ),
    max_leaves=12,
)
LISTED = JsonMap(each_path=".", source_path="id", values_path="v", time_path="ts", text_numbers=True)
DECODERS: list[Decoder] = [
    plain.number, plain.word, plain.either, senml.decode, observation.decode, decoder(read_frame),
    JsonMap().decode, LISTED.decode,
]  # fmt: skip


def harmless(decode: Callable[[Envelope], Decoded], payload: bytes) -> bool:
    try:
        found = decode(envelope(payload))
    except DecodeError as error:
        return bool(error.reason)
    return all(type(row) is Reading and 0 <= row.at < 2**63 for row in found.readings)


@given(JSON | st.lists(st.dictionaries(KEYS, JSON, max_size=5), max_size=4))
def test_no_json_breaks_a_decoder(tree: object) -> None:
    payload = json.dumps(tree).encode()
    assert all(harmless(decode, payload) for decode in DECODERS)


@given(st.binary(max_size=64))
def test_no_bytes_break_a_decoder(payload: bytes) -> None:
    assert all(harmless(decode, payload) for decode in DECODERS)
