"""Commands as content instances, and the answers of devices in a container of theirs; pure."""

from __future__ import annotations

import json

from console.core.errors import DecodeError
from console.feeds.answer_shape import read_answer
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown
from console.feeds.json_paths import find
from console.feeds.onem2m.asks import Ask, instance
from console.feeds.onem2m.codec import Response, container_of
from console.feeds.onem2m.options import CommandShape
from console.feeds.templates import knows_tests, write_command

_BUSY = frozenset({4008, 5103, 5207})
_CAUSES = {4103: "AUTHORITY_HELD_BY_OTHER", 4004: "UNSUPPORTED", 4102: "OUT_OF_RANGE", 4005: "UNSUPPORTED"}


def order(command: DeviceCommand, shape: CommandShape) -> Ask:
    """The content instance of a command, labelled with its id; raises FeedDown for one that cannot be said."""
    if command.test and not knows_tests(shape.frame):
        # Written without the mark, a test would be an order.
        raise FeedDown("no_tests", command.path)
    container = container_of(command.source, command.path)
    leaf = command.path.partition(".")[2]
    value = command.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if shape.frame:
        content = write_command(shape.frame, command)
    elif leaf:
        content = json.dumps(_nested(leaf.split("."), value), ensure_ascii=False)
    else:
        content = value if isinstance(value, str) else json.dumps(value)
    return instance(container, content, (f"command:{command.command_id}",))


def _nested(names: list[str], value: float | str) -> object:
    node: object = value
    for name in reversed(names):
        node = {name: node}
    return node


def of_platform(response: Response, answered_later: bool) -> DeviceAnswer | None:
    """What the CSE's response says of a command: that it is stored is no word of the device if that answers itself."""
    if response.ok:
        return None if answered_later else DeviceAnswer("accepted_final", detail=response.words)
    kind = "busy" if response.code in _BUSY else "rejected"
    return DeviceAnswer(kind, detail=response.words, cause=_CAUSES.get(response.code, ""))


def read_device(content: object, shape: CommandShape) -> tuple[str, DeviceAnswer]:
    """Command id and answer in the content of an answer container; raises DecodeError."""
    request = find(shape.id_path, content, content)
    if not isinstance(request, str) or not request:
        raise DecodeError(shape.id_path, "missing", repr(content)[:80])
    return request, read_answer(content, shape.shape)
