"""Sentences of AIS receivers, known by how they begin; what moves needs no asset."""

from __future__ import annotations

from collections.abc import Sequence

from console.core.errors import DecodeError
from console.feeds.ais.nmea import SentenceReader
from console.feeds.scout import PlainScout


class AisScout(PlainScout):
    """TCP and datagrams are told by their address, a WebSocket by its first frames."""

    def claims(self, frames: Sequence[bytes | str]) -> bool:
        """Whether one of the frames holds a sentence with a check sum that is right."""
        return any(_is_sentence(line) for frame in frames for line in _lines(frame))


def _lines(frame: bytes | str) -> list[bytes]:
    return (frame.encode() if isinstance(frame, str) else frame).splitlines()[:5]


def _is_sentence(line: bytes) -> bool:
    if b"!" not in line[:120]:
        return False
    try:
        SentenceReader().take(line, 0.0)
    except DecodeError:
        return False
    return b"VDM," in line or b"VDO," in line


SCOUT = AisScout()
