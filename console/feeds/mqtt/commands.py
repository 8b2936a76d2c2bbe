"""Commands as messages, and what devices answer to them; pure.

A device answers on the response topic with the correlation data it was given (MQTT 5 clause 4.10); one that
speaks 3.1.1 repeats the command's id in its JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from console.core.errors import DecodeError
from console.feeds.answer_shape import AnswerShape, read_answer
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown
from console.feeds.json_guard import load
from console.feeds.json_paths import find
from console.feeds.mqtt_options import publishable
from console.feeds.mqtt_session import nobody_listens
from console.feeds.mqtt_wire import NO_PROPERTIES, Message, Properties
from console.feeds.templates import knows_tests, write_command

_PLACE = re.compile(r"\{(id|source|path)\}")
EXPIRES_S = 30
"""A command that a broker could not deliver in this time must never be carried out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandShape:
    """How commands are published and answered."""

    topic: str = ""
    """With `{source}`, `{path}` and `{id}`; empty: this feed takes no commands."""
    payload: str = ""
    """JSON with the places of `templates`; empty: the bare value."""
    qos: int = 1
    retain: bool = False
    answer_topic: str = ""
    answer_id_path: str = ""
    answer: AnswerShape = field(default_factory=AnswerShape)


def write(command: DeviceCommand, shape: CommandShape, version: int) -> Message:
    """The message of a command; raises FeedDown for one that this feed cannot say."""
    if not shape.topic:
        raise FeedDown("no_commands", command.path)
    if command.test and not knows_tests(shape.payload):
        # Written without the mark, a test would be an order.
        raise FeedDown("no_tests", command.path)
    fields = {"id": command.command_id, "source": command.source, "path": command.path}
    topic = _PLACE.sub(lambda place: fields[place[1]], shape.topic)
    if not publishable(topic):
        raise FeedDown("no_commands", topic[:80])
    payload = write_command(shape.payload, command) if shape.payload else _bare(command.value)
    properties = NO_PROPERTIES
    if version == 5:
        properties = Properties(
            content_type="application/json" if shape.payload else "text/plain",
            response_topic=shape.answer_topic,
            correlation=command.command_id.encode() if shape.answer_topic else b"",
            expiry_s=0 if shape.retain else EXPIRES_S,
        )
    return Message(topic, payload.encode(), shape.qos, shape.retain, properties)


def read(message: Message, shape: CommandShape) -> tuple[str, DeviceAnswer]:
    """Command id and answer; raises DecodeError for an answer that names none or says nothing known."""
    try:
        tree = load(message.payload)
    except DecodeError:
        if shape.answer.path:
            raise
        # A bare word, as small devices write it.
        tree = message.payload[:80].decode("utf-8", "replace").strip()
    request = find(shape.answer_id_path, tree, tree) if shape.answer_id_path else None
    if not isinstance(request, str):
        request = message.properties.correlation.decode("utf-8", "replace")
    if not request:
        raise DecodeError("correlation", "missing")
    return request, read_answer(tree, shape.answer)


def of_broker(code: int) -> DeviceAnswer | None:
    """What the broker's acknowledgement says of a command: only that it cannot arrive, never that it has."""
    if nobody_listens(code):
        return DeviceAnswer("rejected", detail="no subscriber", cause="")
    return DeviceAnswer("rejected", detail=f"broker 0x{code:02X}") if code >= 0x80 else None


def _bare(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(int(value) if float(value).is_integer() else value)
