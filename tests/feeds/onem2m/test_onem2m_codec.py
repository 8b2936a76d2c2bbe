"""Primitives of oneM2M: told apart, read and written."""

from __future__ import annotations

import json
import math
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.answer_shape import AnswerShape
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, Reading
from console.feeds.onem2m.asks import primitive, register, subscribe
from console.feeds.onem2m.codec import (
    Notice,
    Request,
    Response,
    container_of,
    content_of,
    points_of,
    read_notices,
    read_primitive,
    resource_of,
    write_response,
)
from console.feeds.onem2m.commands import of_platform, order, read_device
from console.feeds.onem2m.options import CommandShape

LIMIT = 100_000
NOTIFY = json.dumps(
    {"fr": "/busan-in", "to": "CpumpAE", "op": 5, "rqi": "QYtxb8xLe5", "rvi": "4",
     "pc": {"m2m:sgn": {"nev": {"net": 3, "rep": {"m2m:cin": {"con": '{"level": 2.31}',
     "ct": "20261122T075623,970773", "pi": "cnt1"}}}, "sur": "/busan-in/subSg1"}}}
)  # fmt: skip
CREATED = (
    '{"fr":"/busan-in","to":"CpumpAE","ot":"20261122T075623,968029","rsc":2001,"rqi":"r3","rvi":"4","drt":1,'
    '"pc":{"m2m:sub":{"ri":"subSg1"}}}'
)
AT = 1795334183_970_773_000


def test_a_notification_and_a_response_are_told_apart_on_one_line() -> None:
    """The recorded exchange of ACME: the notification comes before the response to the create."""
    request = read_primitive(NOTIFY, LIMIT)
    assert isinstance(request, Request)
    assert (request.op, request.request_id, request.sender, request.version) == (
        5,
        "QYtxb8xLe5",
        "/busan-in",
        "4",
    )
    response = read_primitive(CREATED, LIMIT)
    assert isinstance(response, Response)
    assert (response.request_id, response.code, response.ok) == ("r3", 2001, True)
    assert json.loads(write_response(request, 2000)) == {
        "rsc": 2000, "rqi": "QYtxb8xLe5", "to": "/busan-in", "fr": "CpumpAE", "rvi": "4",
    }  # fmt: skip


def test_json_in_a_string_with_a_comma_time_without_a_zone_becomes_readings() -> None:
    request = read_primitive(NOTIFY, LIMIT)
    assert isinstance(request, Request)
    (notice,) = read_notices(request.content)
    assert (notice.subscription, notice.kind) == ("/busan-in/subSg1", "m2m:cin")
    rows = points_of("cse-in/pump7/status", "cse-in/pump7", notice.kind, notice.resource, None)
    assert rows == [Reading("cse-in/pump7", "status.level", 2.31, AT)]
    east = points_of("a/b", "a", notice.kind, notice.resource, ZoneInfo("Asia/Seoul"))
    assert east[0].at == AT - 9 * 3600 * 10**9


@pytest.mark.parametrize("wrapper", ["m2m:rqp", "m2m:rsp"])
def test_a_wrapped_primitive_and_numbers_as_text_are_read_too(wrapper: str) -> None:
    tree = {"op": "5", "rqi": 7} if wrapper == "m2m:rqp" else {"rsc": "2004", "rqi": 7}
    found = read_primitive(json.dumps({wrapper: tree}), LIMIT)
    assert found == (Request(5, "7", "", "", None, "") if wrapper == "m2m:rqp" else Response("7", 2004))


@pytest.mark.parametrize(
    ("frame", "where", "reason"),
    [
        ("{}", "rqi", "missing"),
        ('{"rqi": []}', "rqi", "wrong_type"),
        ('{"rqi": "1"}', "op or rsc", "not_a_primitive"),
        ('{"rqi": "1", "op": true}', "op", "wrong_type"),
        ('{"rqi": "1", "rsc": "many"}', "rsc", "wrong_type"),
        ("[1]", "frame", "not_an_object"),
        ('{"rqi": "1", "rqi": "2"}', "rqi", "duplicate_key"),
        (b"\xff", "byte 0", "encoding"),
        ("x" * (LIMIT + 1), "frame", "too_large"),
    ],
)
def test_what_is_no_primitive_is_named(frame: bytes | str, where: str, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_primitive(frame, LIMIT)
    assert (caught.value.where, caught.value.reason) == (where, reason)


def test_the_words_of_a_response_carry_number_name_and_explanation() -> None:
    assert Response("1", 4103).words == "4103 ORIGINATOR_HAS_NO_PRIVILEGE"
    assert Response("1", 4004, {"m2m:dbg": "no such thing"}).words == "4004 NOT_FOUND: no such thing"
    assert Response("1", 4999).words == "4999"


def test_verification_deletion_and_aggregation_are_read() -> None:
    assert read_notices({"m2m:sgn": {"vrq": True, "sur": "a/s"}}) == [Notice("a/s", verifies=True)]
    assert read_notices({"m2m:sgn": {"sud": True, "sur": "a/s"}}) == [Notice("a/s", ended=True)]
    one = {"sur": "s", "nev": {"rep": {"m2m:cin": {"con": 1}}}}
    for batch in ({"m2m:sgn": [one, one]}, [{"m2m:sgn": one}, one]):
        assert read_notices({"m2m:agn": batch}) == [Notice("s", {"con": 1}, "m2m:cin")] * 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "missing"),
        ({}, "missing"),
        ({"m2m:sgn": 5}, "wrong_type"),
        ({"m2m:sgn": {"nev": 5}}, "missing"),
        ({"m2m:sgn": {"nev": {"rep": "cse-in/x"}}}, "wrong_type"),
        ({"m2m:sgn": {"nev": {"rep": {"m2m:cin": 5}}}}, "missing"),
        ({"m2m:agn": {}}, "missing"),
    ],
)
def test_a_broken_notification_is_named(content: object, reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read_notices(content)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("resource", "content"),
    [
        ({"con": 21.5}, 21.5),
        ({"con": "21.5"}, 21.5),
        ({"con": " -3 "}, -3),
        ({"con": "on"}, "on"),
        ({"con": "true"}, True),
        ({"con": '{"a": {"b": 1}}'}, {"a": {"b": 1}}),
        ({"con": {"a": 1}}, {"a": 1}),
        ({"con": "2026-11-22"}, "2026-11-22"),
        ({"con": ""}, ""),
        ({"con": "NaN"}, "NaN"),
        ({"con": "MjEuNQ==", "cnf": "text/plain:1"}, 21.5),
        ({"con": "21.5", "cnf": "text/plain:0"}, 21.5),
        ({}, None),
    ],
)
def test_the_content_of_an_instance_is_read_as_what_it_is(
    resource: dict[str, object], content: object
) -> None:
    assert content_of(resource) == content


@pytest.mark.parametrize(
    ("resource", "reason"),
    [
        ({"con": '{"a": 1'}, "not_json"),
        ({"con": '{"a": 1, "a": 2}'}, "duplicate_key"),
        ({"con": '{"a": NaN}'}, "not_finite"),
        ({"con": "[" * 100}, "not_json"),
        ({"con": "€", "cnf": "text/plain:1"}, "encoding"),
    ],
)
def test_a_broken_content_is_named(resource: dict[str, object], reason: str) -> None:
    with pytest.raises(DecodeError) as caught:
        content_of(resource)
    assert caught.value.reason == reason


def test_a_plain_content_is_the_point_of_its_container_and_null_is_bad() -> None:
    assert points_of("a/b/level", "a/b", "m2m:cin", {"con": "2.5"}, None) == [Reading("a/b", "level", 2.5)]
    (row,) = points_of("a/b/level", "a/b", "m2m:cin", {"con": None}, None)
    assert isinstance(row.value, float)
    assert math.isnan(row.value)
    assert row.quality is Quality.BAD


def test_a_flexible_container_brings_its_own_attributes_only() -> None:
    resource: dict[str, object] = {
        "ri": "x",
        "ty": 28,
        "cnd": "org.x",
        "lt": "20261122T075623,970773",
        "curT0": 21.5,
    }
    assert points_of("a/t", "a", "cod:tempe", resource, None) == [Reading("a", "t.curT0", 21.5, AT)]
    assert points_of("a", "a", "cod:tempe", resource, None) == [Reading("a", ".curT0", 21.5, AT)]


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("level", "a/b/level"),
        ("status.pump.rpm", "a/b/status"),
        ("in/level.v", "a/b/in/level"),
        (".v", "a/b"),
        ("", "a/b"),
    ],
)
def test_the_container_of_a_point_is_what_stands_before_the_first_dot(path: str, address: str) -> None:
    assert container_of("a/b", path) == address


def test_a_resource_is_the_one_object_of_a_content() -> None:
    assert resource_of({"m2m:cnt": {"ri": "x"}}) == ("m2m:cnt", {"ri": "x"})
    nothings: tuple[object, ...] = (None, {}, [], {"a": 1})
    for nothing in nothings:
        with pytest.raises(DecodeError):
            resource_of(nothing)


def test_requests_are_written_as_recorded() -> None:
    ask = subscribe("cse-in/pump7/level", "s", "CpumpAE", (3,))
    assert json.loads(primitive(ask, "r3", "CpumpAE", "4")) == {
        "rqi": "r3", "rvi": "4", "fr": "CpumpAE", "op": 1, "to": "cse-in/pump7/level", "ty": 23,
        "pc": {"m2m:sub": {"rn": "s", "nu": ["CpumpAE"], "enc": {"net": [3]}, "nct": 1}},
    }  # fmt: skip
    first = json.loads(primitive(register("cse", "g", "1", ()), "1", "C", "1"))
    assert "rvi" not in first
    assert "srv" not in first["pc"]["m2m:ae"]


def command(path: str, value: float | str, test: bool = False) -> DeviceCommand:
    return DeviceCommand("01JD", "a/b", path, value, test)


def test_a_command_is_a_content_instance() -> None:
    plain = order(command("valve", "open"), CommandShape())
    assert (plain.to, plain.content) == ("a/b/valve", {"m2m:cin": {"con": "open", "lbl": ["command:01JD"]}})
    nested = order(command("cmd.pump.speed", 50.0), CommandShape())
    assert nested.content is not None
    assert nested.content["m2m:cin"] == {"con": '{"pump": {"speed": 50}}', "lbl": ["command:01JD"]}
    framed = order(command("cmd", 1.5), CommandShape(frame='{"id": {id}, "to": {value}}'))
    assert framed.content is not None
    assert framed.content["m2m:cin"] == {"con": '{"id": "01JD", "to": 1.5}', "lbl": ["command:01JD"]}


def test_a_test_is_not_written_where_it_would_be_an_order() -> None:
    """CMD-15."""
    with pytest.raises(FeedDown) as caught:
        order(command("valve", "open", test=True), CommandShape())
    assert caught.value.why == "no_tests"
    asked = order(command("valve", "open", test=True), CommandShape(frame='{"v": {value}, "t": {test}}'))
    assert asked.content == {"m2m:cin": {"con": '{"v": "open", "t": true}', "lbl": ["command:01JD"]}}


def test_what_the_platform_says_of_a_command_is_an_answer() -> None:
    assert of_platform(Response("1", 2001), False) == DeviceAnswer("accepted_final", detail="2001 CREATED")
    assert of_platform(Response("1", 2001), True) is None
    assert of_platform(Response("1", 5103), True) == DeviceAnswer("busy", detail="5103 TARGET_NOT_REACHABLE")
    refused = of_platform(Response("1", 4103), True)
    assert refused is not None
    assert (refused.kind, refused.cause) == ("rejected", "AUTHORITY_HELD_BY_OTHER")
    failed = of_platform(Response("1", 4000), False)
    assert failed is not None
    assert (failed.kind, failed.cause) == ("rejected", "")


def test_an_answer_of_a_device_names_its_command() -> None:
    shape = CommandShape(answers="ans", id_path="re", shape=AnswerShape(path="is", words={"ok": "done"}))
    assert read_device({"re": "01JD", "is": "ok"}, shape) == ("01JD", DeviceAnswer("done"))
    for broken in ({"is": "ok"}, {"re": "01JD", "is": "perhaps"}, {"re": 5, "is": "ok"}, "ok"):
        with pytest.raises(DecodeError):
            read_device(broken, shape)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["op", "rsc", "rqi", "pc", "m2m:sgn", "m2m:agn", "nev", "rep", "m2m:cin", "con", "sur", "x"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_no_tree_breaks_the_reading(tree: object) -> None:
    try:
        found = read_primitive(json.dumps(tree), LIMIT)
        content = found.content
        for notice in read_notices(content):
            points_of("a/b", "a", notice.kind, notice.resource, None)
    except DecodeError as error:
        assert error.reason


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading(frame: bytes) -> None:
    try:
        read_primitive(frame, LIMIT)
    except DecodeError as error:
        assert error.reason
