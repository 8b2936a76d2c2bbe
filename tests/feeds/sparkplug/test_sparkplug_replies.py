"""What devices say of commands beyond Sparkplug: properties that go out, JSON in a metric that comes back."""

from __future__ import annotations

import pytest
from feed_stage import feed_def

from console.core.errors import DecodeError
from console.feeds.answer_shape import AnswerShape
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, Reading
from console.feeds.options import Options
from console.feeds.sparkplug import protobuf as pb
from console.feeds.sparkplug.adapter import make
from console.feeds.sparkplug.commands import write
from console.feeds.sparkplug.nodes import Point
from console.feeds.sparkplug.payload import DataType, read_payload
from console.feeds.sparkplug.replies import REPLY_OPTIONS, ReplyShape, read_reply, reply_shape

SHAPE = ReplyShape(
    metric="Command/Answer",
    test_property="Test",
    answer=AnswerShape(path="result", detail_path="why", test_path="test", words={"no": "rejected"}),
)
POINT = Point(int(DataType.STRING), alias=7)


def order(test: bool = False) -> DeviceCommand:
    return DeviceCommand("c1", "City/Edge/p1", "Command/State", "HOLD", test)


def properties(data: bytes) -> dict[bytes, list[tuple[int, int | bytes]]]:
    """Keys and values of the only metric of a payload, read field by field."""
    metric = next(value for number, _, value in pb.read_fields(data, "") if number == 2)
    found = next((v for n, _, v in pb.read_fields(pb.raw(metric, ""), "") if n == 9), b"")
    keys: list[bytes] = []
    values: list[list[tuple[int, int | bytes]]] = []
    for number, _, value in pb.read_fields(pb.raw(found, ""), ""):
        if number == 1:
            keys.append(pb.raw(value, ""))
        else:
            values.append([(n, v) for n, _, v in pb.read_fields(pb.raw(value, ""), "")])
    return dict(zip(keys, values, strict=True))


def test_a_command_carries_its_id_and_a_test_its_mark() -> None:
    """Property values say their type: 12 is a text in field 8, 11 a truth in field 7."""
    plain, _ = write(order(), POINT, 5, replies=SHAPE)
    assert properties(plain.payload) == {b"Id": [(1, 12), (8, b"c1")]}
    tested, _ = write(order(test=True), POINT, 5, replies=SHAPE)
    assert properties(tested.payload) == {b"Id": [(1, 12), (8, b"c1")], b"Test": [(1, 11), (7, 1)]}
    metric = read_payload(tested.payload).metrics[0]
    assert (metric.name, metric.alias, metric.value) == ("Command/State", 7, "HOLD")


def test_without_a_place_for_replies_nothing_is_carried_and_tests_are_refused() -> None:
    """CMD-15: written without the mark, a test would be an order."""
    plain, _ = write(order(), POINT, 5)
    assert properties(plain.payload) == {}
    for shape in (ReplyShape(), ReplyShape(test_property="Test"), ReplyShape(metric="m")):
        with pytest.raises(FeedDown) as down:
            write(order(test=True), POINT, 5, replies=shape)
        assert down.value.why == "no_tests"


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ('{"id":"c1","result":"no","why":"in fault"}', DeviceAnswer("rejected", detail="in fault")),
        ('{"id":"c1","result":"busy"}', DeviceAnswer("busy")),
        ('{"id":"c1","result":"done","test":true}', DeviceAnswer("done", test=True)),
    ],
)
def test_a_reply_is_read(text: str, answer: DeviceAnswer) -> None:
    assert read_reply(Reading("s", "Command/Answer", text), SHAPE) == ("c1", answer)


@pytest.mark.parametrize("row", [("Other", '{"id":"c1"}'), ("Command/Answer", ""), ("Command/Answer", 1.0)])
def test_what_is_no_reply_is_passed_over(row: tuple[str, str | float]) -> None:
    assert read_reply(Reading("s", *row), SHAPE) is None
    assert read_reply(Reading("s", *row), ReplyShape()) is None


@pytest.mark.parametrize(
    "text", ["no JSON", "[1]", '{"result":"no"}', '{"id":"c1","result":"perhaps"}', '{"id":7}']
)
def test_a_reply_that_says_nothing_known_is_a_fault(text: str) -> None:
    with pytest.raises(DecodeError):
        read_reply(Reading("s", "Command/Answer", text), SHAPE)


def test_options_of_replies() -> None:
    given: dict[str, str | float | bool] = {
        "answer_metric": "Command/Answer",
        "answer_detail_path": "why",
        "answer_test_path": "test",
        "answer_words": "no = rejected",
        "test_property": "Test",
    }
    feed = feed_def("sparkplug", "mqtt://127.0.0.1", given)
    assert reply_shape(feed, Options(feed, REPLY_OPTIONS)) == SHAPE
    with pytest.raises(ValueError, match="answer_test_path"):
        make(feed_def("sparkplug", "mqtt://127.0.0.1", {"answer_metric": "m", "test_property": "Test"}))
