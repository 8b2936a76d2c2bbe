"""NGSI-LD over MQTT: a notification in `{metadata, body}`, or entities without an envelope; pure.

Rooms of feeds do not import one another: the reader of NGSI-LD is handed in where adapters are registered.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import Protocol

from console.feeds.base import Reading
from console.feeds.mqtt.decoded import Decoded, Decoder, Envelope


class EntitiesRead(Protocol):
    """What a reader of NGSI-LD makes of a frame."""

    readings: list[Reading]
    faults: list[tuple[str, str]]


EntityReader = Callable[[object, tzinfo | None], EntitiesRead]
"""Raises DecodeError for what is no entity."""


def decoder(read: EntityReader) -> Decoder:
    """A decoder that reads entities."""

    def decode(envelope: Envelope) -> Decoded:
        found = read(envelope.tree(), envelope.zone)
        return Decoded(found.readings, found.faults)

    return decode
