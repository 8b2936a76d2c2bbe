"""Dialects that have a name: CloudEvents, ThingsBoard, Eclipse Ditto."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, Reading
from console.feeds.json_ws import cloudevents
from console.feeds.json_ws.cloudevents import CloudEvents
from console.feeds.json_ws.codec import Decoded
from console.feeds.json_ws.ditto import Ditto
from console.feeds.json_ws.presets import Dialect
from console.feeds.json_ws.thingsboard import ThingsBoard
from console.feeds.times import read_time

AT = read_time("2026-11-22T07:00:00Z")
DEVICE = "784f394c-42b6-435a-983c-b7beff2784f9"
COMMAND = DeviceCommand("01J", "org.x:pump", "features.gate.properties.position", 40.0)


def read(dialect: Dialect, tree: object) -> Decoded:
    return dialect.read(json.dumps(tree), 10_000)


def event(**fields: object) -> dict[str, object]:
    told = {"specversion": "1.0", "id": "1", "source": "/pumps/p1", "type": "pump.state",
            "time": "2026-11-22T07:00:00Z", "data": {"level": 2.5, "motor": {"on": True}}}  # fmt: skip
    return told | fields


def test_an_event_is_readings_of_its_source() -> None:
    found = read(CloudEvents(), event())
    assert found.readings == [
        Reading("/pumps/p1", "level", 2.5, AT),
        Reading("/pumps/p1", "motor.on", True, AT),
    ]
    assert CloudEvents().subprotocols == ("cloudevents.json",)
    assert CloudEvents().opening("") == []


def test_an_event_may_be_named_by_its_subject_and_chosen_by_its_type() -> None:
    dialect = CloudEvents("subject", frozenset({"pump.state"}))
    assert read(dialect, event(subject="p7")).readings[0].source == "p7"
    assert read(dialect, event(type="other")).data is False
    with pytest.raises(DecodeError, match="subject"):
        read(dialect, event(id="2"))


def test_an_event_that_comes_twice_is_one_event(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloudevents, "REMEMBERED", 2)
    dialect = CloudEvents()
    assert len(read(dialect, event()).readings) == 2
    again = read(dialect, event())
    assert (again.readings, again.data) == ([], True)
    assert read(dialect, event(source="/pumps/p2")).readings != []
    read(dialect, event(id="3"))
    assert read(dialect, event()).readings != [], "memory is bounded"


@pytest.mark.parametrize(
    ("data", "rows"),
    [(7, [("data", 7)]), ("2.5", [("data", 2.5)]), ({}, []), ([1, "on"], [("0", 1), ("1", "on")])],
)
def test_data_of_an_event_may_be_plain(data: object, rows: list[tuple[str, object]]) -> None:
    assert [(row.path, row.value) for row in read(CloudEvents(), event(data=data)).readings] == rows


def test_null_in_an_event_is_a_bad_value() -> None:
    (row,) = read(CloudEvents(), event(data=None)).readings
    assert math.isnan(float(row.value))
    assert row.quality is Quality.BAD


@pytest.mark.parametrize(
    ("fields", "where"),
    [({"specversion": "0.3"}, "specversion"), ({"id": ""}, "id"), ({"source": 5}, "source"),
     ({"data_base64": "AA=="}, "data_base64"), ({"time": "soon"}, "time")],
)  # fmt: skip
def test_what_is_no_cloud_event_is_named(fields: dict[str, object], where: str) -> None:
    with pytest.raises(DecodeError) as caught:
        read(CloudEvents(), event(**fields))
    assert caught.value.where == where


def board() -> ThingsBoard:
    return ThingsBoard({DEVICE: "p1", "other": "p2"})


def test_thingsboard_is_asked_for_each_device_with_its_token() -> None:
    (frame,) = board().opening("t0ken")
    asked = json.loads(frame)
    assert asked["authCmd"] == {"cmdId": 0, "token": "t0ken"}
    assert [(one["cmdId"], one["entityId"], one["type"]) for one in asked["cmds"]] == [
        (1, DEVICE, "TIMESERIES"),
        (2, "other", "TIMESERIES"),
    ]


def test_thingsboards_numbers_are_texts_and_its_newest_come_first() -> None:
    series = [[1_795_330_800_000, "25.1"], [1_795_330_790_000, "24.9"]]
    found = read(board(), {"subscriptionId": 1, "errorCode": 0, "errorMsg": None, "data": {"level": series}})
    assert found.readings == [Reading("p1", "level", 24.9, AT - 10 * 10**9), Reading("p1", "level", 25.1, AT)]
    words = read(
        board(), {"subscriptionId": 2, "data": {"state": [[1_795_330_800_000, "on"]], "x": [[1.8e12, ""]]}}
    )
    assert words.readings[0] == Reading("p2", "state", "on", AT)
    assert words.readings[1].quality is Quality.BAD


def test_a_damaged_series_costs_only_itself() -> None:
    found = read(board(), {"subscriptionId": 1, "data": {"a": 5, "b": [["soon", "1"]], "c": [[1.8e12, "1"]]}})
    assert [reason for _, reason in found.faults] == ["wrong_type", "time"]
    assert [row.path for row in found.readings] == ["c"]


def test_a_token_that_thingsboard_refuses_is_told() -> None:
    assert read(board(), {"subscriptionId": 1, "errorCode": 3, "errorMsg": "Unauthorized"}).refused == (
        "3 Unauthorized"
    )
    assert read(board(), {"cmdId": 0, "errorCode": 1, "errorMsg": "JWT"}).refused == "1 JWT"
    with pytest.raises(DecodeError, match="subscription"):
        read(board(), {"subscriptionId": 1, "errorCode": 1, "errorMsg": "Internal"})


@pytest.mark.parametrize(
    "tree", [{"subscriptionId": 9, "data": {}}, {"data": {}}, {"subscriptionId": True}, {}]
)
def test_an_update_of_nobody_is_named(tree: object) -> None:
    with pytest.raises(DecodeError):
        read(board(), tree)


def changed(path: str, value: object, action: str = "modified", **fields: object) -> dict[str, object]:
    told: dict[str, object] = {
        "topic": f"org.x/pump/things/twin/events/{action}",
        "path": path,
        "value": value,
    }
    return told | {"revision": 7, "timestamp": "2026-11-22T07:00:00Z"} | fields


def test_an_event_of_a_thing_is_readings_by_dotted_path() -> None:
    one = read(Ditto(), changed("/features/t/properties/value", 21.5))
    assert one.readings == [Reading("org.x:pump", "features.t.properties.value", 21.5, AT)]
    many = read(Ditto(), changed("/features", {"t": {"properties": {"value": 1, "ok": None}}}, "merged"))
    assert [(row.path, row.quality) for row in many.readings] == [
        ("features.t.properties.value", Quality.GOOD),
        ("features.t.properties.ok", Quality.BAD),
    ]
    whole = read(
        Ditto(), changed("/", {"thingId": "org.x:pump", "features": {"t": {"properties": {"v": 1}}}})
    )
    assert ("features.t.properties.v", 1) in [(row.path, row.value) for row in whole.readings]
    assert read(Ditto(), changed("/features/t", None, "deleted")).readings == []


def test_ditto_is_asked_for_events_and_its_acknowledgement_is_no_fault() -> None:
    assert Ditto().opening("") == ["START-SEND-EVENTS"]
    assert Ditto("live", "eq(a,1)").opening("") == ["START-SEND-LIVE-EVENTS?filter=eq%28a%2C1%29"]
    found = Ditto().read("START-SEND-EVENTS:ACK", 100)
    assert (found.data, found.answer) == (False, None)
    assert read(Ditto(), {"topic": "org.x/p/policies/commands/modify"}).data is False


def test_a_command_to_a_twin_and_what_becomes_of_it() -> None:
    frame = json.loads(Ditto().write(COMMAND))
    assert frame == {
        "topic": "org.x/pump/things/twin/commands/modify",
        "headers": {"correlation-id": "01J", "response-required": True},
        "path": "/features/gate/properties/position",
        "value": 40,
    }
    assert json.loads(Ditto("live").write(COMMAND))["topic"].endswith("/live/commands/modify")


@pytest.mark.parametrize(
    ("status", "kind"),
    [(204, "accepted_final"), (202, "accepted"), (403, "rejected"), (404, "rejected"), (408, "failed"),
     (429, "busy"), (503, "busy"), (500, "failed")],
)  # fmt: skip
def test_what_ditto_answers_is_the_answer_of_its_command(status: int, kind: str) -> None:
    tree = {"topic": "org.x/pump/things/twin/errors", "headers": {"correlation-id": "01J"}, "path": "/",
            "value": {"message": "why"}, "status": status}  # fmt: skip
    assert read(Ditto(), tree).answer == ("01J", DeviceAnswer(kind, detail=f"{status} why"))
    assert read(Ditto(), tree | {"headers": {}}).answer is None


@pytest.mark.parametrize("tree", [{}, {"topic": "x"}, changed("no", 1), changed("/a", 1, timestamp="soon")])
def test_what_is_no_frame_of_ditto_is_named(tree: object) -> None:
    with pytest.raises(DecodeError):
        read(Ditto(), tree)


@pytest.mark.parametrize("dialect", [CloudEvents(), board()])
def test_dialects_without_commands_write_nothing(dialect: Dialect) -> None:
    with pytest.raises(FeedDown, match="no_commands"):
        dialect.write(COMMAND)


def test_a_test_is_never_written_as_an_order() -> None:
    """CMD-15: Ditto has no word for a test."""
    with pytest.raises(FeedDown, match="no_tests"):
        Ditto().write(DeviceCommand("01J", "a:b", "c", 1.0, test=True))


TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda node: st.lists(node, max_size=3) | st.dictionaries(
        st.sampled_from(["topic", "path", "value", "status", "headers", "data", "subscriptionId", "errorCode", "id"]),
        node, max_size=5), max_leaves=12,
)  # fmt: skip


@given(TREES)
def test_no_frame_of_a_stranger_is_more_than_a_fault(tree: object) -> None:
    for dialect in (CloudEvents(), board(), Ditto()):
        for one in (tree, event(data=tree), {"subscriptionId": 1, "data": tree}, changed("/a", tree)):
            try:
                read(dialect, one)
            except DecodeError as error:
                assert error.reason
