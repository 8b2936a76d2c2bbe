"""What a protocol says about the things it names, beyond their values: for a first profile of a new source.

A room offers it as `SCOUT` in its `scout.py`; a room without one is described by `PlainScout`. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

Option = str | float | bool
_WORD = re.compile(r"[^A-Za-z0-9]+")


class SourceName(NamedTuple):
    """A source object: the word of its kind, and its own word, which stands in the source's name as it is."""

    kind: str
    own: str


class Place(NamedTuple):
    """Where a source object stands, WGS 84 degrees."""

    source: str
    lat: float
    lon: float


class Scout(Protocol):
    """Never raises for what a source sent."""

    def claims(self, frames: Sequence[bytes | str]) -> bool:
        """Whether these first frames of a socket are of this protocol."""
        ...

    def options(self, frames: Sequence[bytes | str]) -> dict[str, Option]:
        """Options that the adapter needs to read such frames."""
        ...

    def name(self, source: str) -> SourceName:
        """The words in the name of a source object."""
        ...

    def places(self, frame: bytes | str) -> Iterable[Place]:
        """Where things stand, as far as this frame tells and readings do not."""
        ...


class PlainScout:
    """For protocols that only name things: the last part of a name is the thing, what stands before it its kind."""

    def claims(self, frames: Sequence[bytes | str]) -> bool:
        """Never by itself."""
        return False

    def options(self, frames: Sequence[bytes | str]) -> dict[str, Option]:
        """None."""
        return {}

    def name(self, source: str) -> SourceName:
        """`PLC/press-1` is the `PLC` with the name `press-1`; a name of one part says no kind."""
        for mark in ("/", ":", "."):
            kind, found, own = source.rpartition(mark)
            if found and own:
                return SourceName(word(kind), own)
        return SourceName("device", source)

    def places(self, frame: bytes | str) -> Iterable[Place]:
        """None."""
        return ()


def word(text: str) -> str:
    """A name as an id of a profile: small letters, figures and dashes; `device` where nothing is left."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    return _WORD.sub("-", split).strip("-").lower()[:60] or "device"
