"""Commands to nodes and devices, and the reports that confirm them."""

from __future__ import annotations

import pytest

from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, Reading
from console.feeds.sparkplug.commands import Confirmations, is_same, rebirth, write
from console.feeds.sparkplug.nodes import Point
from console.feeds.sparkplug.payload import DataType, read_payload

MS = 1_795_334_441_000
NODE, PRESS = "Busan/Line1", "Busan/Line1/Press"


@pytest.mark.parametrize(
    ("value", "datatype", "wanted"),
    [(1.0, 11, True), ("off", 11, False), (42.0, 9, 42.0), (7.0, 3, 7), (-1.0, 1, -1), ("idle", 12, "idle"),
     (3.0, 12, "3")],
)  # fmt: skip
def test_a_command_has_the_type_of_its_point(value: float | str, datatype: int, wanted: object) -> None:
    message, confirmed = write(DeviceCommand("id", PRESS, "run", value), Point(datatype, alias=2), MS)
    assert message.topic == "spBv1.0/Busan/DCMD/Line1/Press"
    told = read_payload(message.payload).metrics[0]
    assert (told.name, told.alias, told.datatype, confirmed) == ("run", 2, datatype, wanted)
    bare, _ = write(DeviceCommand("id", NODE, "run", value), Point(datatype, alias=2), MS, alias_only=True)
    assert (bare.topic, read_payload(bare.payload).metrics[0].name) == ("spBv1.0/Busan/NCMD/Line1", "")


@pytest.mark.parametrize(
    ("value", "datatype"), [(1.5, 3), (300.0, 5), ("x", 9), ("maybe", 11), (1.0, 16), (float("nan"), 9)]
)
def test_a_value_its_point_cannot_take_is_not_sent(value: float | str, datatype: int) -> None:
    with pytest.raises(FeedDown) as caught:
        write(DeviceCommand("id", PRESS, "x", value), Point(datatype), MS)
    assert caught.value.why == "wrong_value"


def test_a_test_is_never_sent_as_an_order() -> None:
    with pytest.raises(FeedDown) as caught:
        write(DeviceCommand("id", PRESS, "x", 1.0, test=True), Point(9), MS)
    assert caught.value.why == "no_tests"


def test_a_rebirth_request_is_a_command_to_the_node() -> None:
    message = rebirth("Busan", "Line1", MS)
    told = read_payload(message.payload).metrics[0]
    assert (message.topic, told.name, told.datatype, told.value) == (
        "spBv1.0/Busan/NCMD/Line1", "Node Control/Rebirth", DataType.BOOLEAN, True,
    )  # fmt: skip


def test_the_next_report_of_the_value_confirms_a_command() -> None:
    said: list[tuple[str, DeviceAnswer]] = []
    answers = Answers()
    waiting = Confirmations(answers)

    def order(command_id: str, path: str, value: float) -> None:
        answers.expect(command_id, lambda answer: said.append((command_id, answer)))
        waiting.expect(DeviceCommand(command_id, PRESS, path, value), value)

    order("a", "temp", 42.1)
    waiting.seen([Reading(PRESS, "temp", 41.0), Reading(NODE, "temp", 42.1), Reading(PRESS, "other", 42.1)])
    assert said == []
    waiting.seen([Reading(PRESS, "temp", 42.099998474)])
    assert said == [("a", DeviceAnswer("accepted_final"))]
    waiting.seen([Reading(PRESS, "temp", 42.1)])
    assert len(said) == 1
    order("b", "temp", 1.0)
    order("c", "temp", 2.0)
    waiting.died([PRESS])
    assert [(command, answer.kind) for command, answer in said[1:]] == [("b", "failed"), ("c", "failed")]
    order("d", "temp", 3.0)
    waiting.clear()
    waiting.seen([Reading(PRESS, "temp", 3.0)])
    assert len(said) == 3


def test_values_are_the_same_within_the_digits_of_a_float() -> None:
    assert is_same(0.1, 0.10000000149)
    assert is_same(True, 1)
    assert is_same("on", "on")
    assert not is_same("1", 1)
    assert not is_same(1.0, 1.01)
