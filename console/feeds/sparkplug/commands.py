"""Commands to nodes and devices, and their confirmation by the next data of the same metric; pure.

Sparkplug has no answer to a command: a node that has carried it out reports the new value (clause 6.4.24).
"""

from __future__ import annotations

import math

from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, Reading
from console.feeds.mqtt_wire import Message
from console.feeds.sparkplug.namespace import command_topic
from console.feeds.sparkplug.nodes import Point
from console.feeds.sparkplug.payload import DataType, Metric, Payload, Value, write_payload
from console.feeds.sparkplug.replies import ReplyShape

NO_REPLIES = ReplyShape()
REBIRTH = "Node Control/Rebirth"
_WORDS = {"true": True, "on": True, "1": True, "false": False, "off": False, "0": False}
_NEAR = 1e-6
"""Relative: a float has seven digits."""
MOST_WAITING = 1_000


def rebirth(group: str, edge: str, at: int) -> Message:
    """Ask a node to be born again; `at` is UTC ms."""
    asked = Metric(name=REBIRTH, at=at, datatype=DataType.BOOLEAN, value=True)
    return Message(command_topic(group, edge), write_payload(Payload(at=at, metrics=[asked])))


def write(
    command: DeviceCommand, point: Point, at: int, alias_only: bool = False, replies: ReplyShape = NO_REPLIES
) -> tuple[Message, Value]:
    """The message of a command, and the value whose report confirms it; `at` is UTC ms.

    The name travels with the alias, for nodes differ in which they look for. Raises FeedDown for a value that
    the metric cannot take.
    """
    if command.test and not replies.knows_tests:
        # Written without the mark, a test would be an order.
        raise FeedDown("no_tests", command.path)
    group, _, rest = command.source.partition("/")
    edge, _, device = rest.partition("/")
    bare = alias_only and point.alias is not None
    try:
        value = _value(command.value, point.datatype)
        metric = Metric(
            name="" if bare else command.path,
            alias=point.alias,
            at=at,
            datatype=point.datatype,
            value=value,
            told=replies.told(command),
        )
        data = write_payload(Payload(at=at, metrics=[metric]))
    except (ValueError, OverflowError) as error:
        raise FeedDown("wrong_value", f"{command.path}: {error}") from None
    return Message(command_topic(group, edge, device), data), value


def _value(value: float | str, datatype: int) -> Value:
    """A command's value as its metric has it; raises ValueError."""
    if datatype == DataType.BOOLEAN:
        if isinstance(value, str):
            if value.lower() not in _WORDS:
                raise ValueError(f"{value!r} is neither true nor false")
            return _WORDS[value.lower()]
        return value != 0
    if datatype in (DataType.STRING, DataType.TEXT, DataType.UUID):
        return value if isinstance(value, str) else f"{value:g}"
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return int(number) if number.is_integer() else number


class Confirmations:
    """Commands that wait for a report of their metric; bounded, the oldest are forgotten."""

    def __init__(self, answers: Answers) -> None:
        self._answers = answers
        self._wanted: dict[tuple[str, str], tuple[str, Value]] = {}

    def expect(self, command: DeviceCommand, value: Value) -> None:
        """A report of `value` confirms the command; an earlier one for the same metric is overtaken."""
        key = (command.source, command.path)
        overtaken = self._wanted.pop(key, None)
        if overtaken is not None:
            self._answers.give(overtaken[0], DeviceAnswer("failed", detail="overtaken by another command"))
        self._wanted[key] = (command.command_id, value)
        while len(self._wanted) > MOST_WAITING:
            del self._wanted[next(iter(self._wanted))]

    def answered(self, command_id: str) -> None:
        """The device has said itself what became of it."""
        for key in [key for key, wanted in self._wanted.items() if wanted[0] == command_id]:
            del self._wanted[key]

    def forget(self, command: DeviceCommand) -> None:
        """Nothing was written."""
        self._wanted.pop((command.source, command.path), None)

    def seen(self, news: list[Reading]) -> None:
        """Reports of the present state; another value than the one wanted decides nothing, for it may still come."""
        for row in news if self._wanted else ():
            wanted = self._wanted.get((row.source, row.path))
            if wanted is not None and is_same(wanted[1], row.value):
                del self._wanted[row.source, row.path]
                self._answers.give(wanted[0], DeviceAnswer("accepted_final"))

    def died(self, sources: list[str]) -> None:
        """What has died can no longer carry a command out."""
        for key in [key for key in self._wanted if key[0] in sources]:
            command_id, _ = self._wanted.pop(key)
            self._answers.give(command_id, DeviceAnswer("failed", detail="the device went offline"))

    def clear(self) -> None:
        """The connection has ended."""
        self._wanted.clear()


def is_same(wanted: Value, reported: float | bool | str) -> bool:
    """Whether a report is the value that was asked for."""
    if isinstance(wanted, str) or isinstance(reported, str) or wanted is None:
        return wanted == reported
    return math.isclose(float(wanted), float(reported), rel_tol=_NEAR, abs_tol=_NEAR)
