"""A payload that is one value: a number or a word; pure."""

from __future__ import annotations

import math
import re

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.mqtt.decoded import Decoded, Envelope

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_LONGEST = 1_000


def number(envelope: Envelope) -> Decoded:
    """A number; an empty payload means that there is none any more."""
    text = _text(envelope)
    if not text:
        return _one(envelope, math.nan, Quality.BAD)
    if not _NUMBER.fullmatch(text):
        raise DecodeError(envelope.message.topic, "not_a_number", text[:80])
    return _one(envelope, float(text))


def word(envelope: Envelope) -> Decoded:
    """A word as it stands."""
    text = _text(envelope)
    return _one(envelope, text) if text else _one(envelope, math.nan, Quality.BAD)


def either(envelope: Envelope) -> Decoded:
    """A number where the payload is one, else a word."""
    text = _text(envelope)
    return number(envelope) if not text or _NUMBER.fullmatch(text) else word(envelope)


def _text(envelope: Envelope) -> str:
    payload = envelope.message.payload
    if len(payload) > _LONGEST:
        raise DecodeError(envelope.message.topic, "too_large", f"{len(payload)} bytes")
    try:
        return payload.decode().strip("\ufeff \t\r\n\0")
    except UnicodeDecodeError as error:
        raise DecodeError(f"byte {error.start}", "encoding") from None


def _one(envelope: Envelope, value: float | str, quality: Quality = Quality.GOOD) -> Decoded:
    return Decoded([Reading(envelope.source, envelope.point, value, envelope.at, quality)])
