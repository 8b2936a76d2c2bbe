"""What a decoder is told of a message and what it makes of it; pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache

import msgspec

from console.core.errors import DecodeError
from console.feeds.base import Reading
from console.feeds.json_guard import load
from console.feeds.mqtt_wire import Message
from console.feeds.socket import HARD_LIMIT

_PLACE = re.compile(r"\{(topic|-?\d{1,2}|user:[^{}]+)\}", re.ASCII)


class Envelope(msgspec.Struct, frozen=True):
    """One message with the names its topic gives."""

    message: Message
    source: str
    point: str
    received_at: int
    """UTC ns."""
    at: int = 0
    """Time of the source in a user property, UTC ns; 0 for none."""
    zone: tzinfo | None = None

    def tree(self) -> object:
        """The payload as JSON; raises DecodeError. The link has already asked the feed's own limit of size."""
        return load(self.message.payload, HARD_LIMIT)


@dataclass(slots=True)
class Decoded:
    """Readings of one message, faults in it as (where, reason), and units by (source, path)."""

    readings: list[Reading] = field(default_factory=list[Reading])
    faults: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    units: dict[tuple[str, str], str] = field(default_factory=dict[tuple[str, str], str])


Decoder = Callable[[Envelope], Decoded]
"""Raises DecodeError for a message that it cannot read at all."""


def check_name(template: str) -> None:
    """Raises ValueError for a brace that is no place of a name."""
    left = _PLACE.sub("", template)
    if not template or "{" in left or "}" in left:
        raise ValueError(template)


def name_of(template: str, message: Message) -> str:
    """The template with `{topic}`, `{0}`, `{-1}` (levels of the topic) and `{user:name}` replaced.

    Raises DecodeError for a level or a property that the message has not.
    """
    return _filled(template, message) if "{user:" in template else _of_topic(template, message.topic)


@lru_cache(maxsize=65_536)
def _of_topic(template: str, topic: str) -> str:
    """What a topic alone says: the same topics come again and again."""
    return _filled(template, Message(topic))


def _filled(template: str, message: Message) -> str:
    def fill(place: re.Match[str]) -> str:
        word = place[1]
        if word == "topic":
            return message.topic
        if word.startswith("user:"):
            return user_property(message, word[5:])
        try:
            return message.topic.split("/")[int(word)]
        except IndexError:
            raise DecodeError(f"{message.topic} {place[0]}", "missing") from None

    return _PLACE.sub(fill, template)


def user_property(message: Message, name: str) -> str:
    """The last value of a user property; raises DecodeError if there is none."""
    for key, value in reversed(message.properties.user):
        if key == name:
            return value
    raise DecodeError(f"user property {name[:80]}", "missing")
