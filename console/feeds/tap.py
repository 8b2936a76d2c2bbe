"""Raw frames for who connects a district: adapters offer them, and whoever listens gets them as plain text."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from typing import Protocol, runtime_checkable

from console.core.feed import TapFrame
from console.feeds.base import FeedSink

TEXT_MOST = 2_000
HEX_MOST = 512
ABOUT_MOST = 300
_READ_MOST = 4 * TEXT_MOST
"""Bytes looked at: as many as the letters that are shown can take."""

FrameTaker = Callable[[bytes | str, str], None]
FrameReader = Callable[[bytes | str, str, int], None]
"""Takes a frame of a recording, what was told about it, and when it came (UTC ns)."""


@runtime_checkable
class FrameSink(Protocol):
    """A sink that also wants the frames as they came; it returns at once and never raises."""

    def frame(self, data: bytes | str, about: str = "") -> None:
        """A frame before it is read; `about` says where it came on, such as its topic."""
        ...


class Frames:
    """Where an adapter puts each frame it receives; nowhere if the sink does not want them."""

    def __init__(self, sink: FeedSink | None) -> None:
        self._sink = sink if isinstance(sink, FrameSink) else None

    @property
    def wanted(self) -> bool:
        """Whether anybody looks now: what only a person reads need not be made before."""
        return self._sink is not None and bool(getattr(self._sink, "frames_wanted", True))

    def __call__(self, data: bytes | str, about: str = "") -> None:
        if self._sink is not None:
            self._sink.frame(data, about)


@runtime_checkable
class PlayedFeed(Protocol):
    """An adapter that also reads the frames of a recording, as it gave them to its tap, without its connection."""

    def played(self, sink: FeedSink) -> FrameReader:
        """A reader of a recording from its beginning; it never raises for what a source sent."""
        ...


@runtime_checkable
class ExplainingFeed(Protocol):
    """An adapter whose frames are no text, but can be told in words."""

    def explain(self, data: bytes | str, about: str) -> str:
        """What a frame says; empty for one that cannot be read. Pure, and asked only while somebody looks."""
        ...


def frames_of(sink: FeedSink | None) -> Frames:
    """Where an adapter puts each frame it receives. A sink may say with `frames_wanted` whether anybody looks."""
    return Frames(sink)


def about_of(place: str, *facts: tuple[str, str]) -> str:
    """Where a frame came on and what else must be known to read it again, as one text that a person can read."""
    return "\t".join([_kept(place), *(f"{_kept(name, '=')}={_kept(value)}" for name, value in facts)])


def read_about(about: str) -> tuple[str, list[tuple[str, str]]]:
    """What `about_of` was given; of another text its first part."""
    place, *facts = about.split("\t")
    found: list[tuple[str, str]] = []
    for fact in facts:
        # An equals sign of the name is written as its escape, so the first one parts it from the value.
        name, _, value = fact.partition("=")
        found.append((_given(name), _given(value)))
    return _given(place), found


def _kept(text: str, more: str = "") -> str:
    marks = {"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r", "=": r"\e"}
    return "".join(marks[c] if c in "\\\t\n\r" + more else c for c in text)


def _given(text: str) -> str:
    marks = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r", "e": "="}
    return re.sub(r"\\(.)", lambda mark: marks.get(mark[1], mark[0]), text)


def shown(data: bytes | str, at: int, about: str = "") -> TapFrame:
    """A frame as a person reads it: text without control or direction characters, else hex."""
    text = data if isinstance(data, str) else _text(data)
    told = plain(about[:ABOUT_MOST].replace("\t", "  "))
    if text is None:
        assert isinstance(data, bytes)
        return TapFrame(
            at=at,
            size=len(data),
            text=data[:HEX_MOST].hex(" "),
            binary=True,
            cut=len(data) > HEX_MOST,
            about=told,
        )
    # The size of a text is counted by its bytes, which only letters beyond ASCII make more than its letters.
    size = len(data) if isinstance(data, bytes) or data.isascii() else len(data.encode("utf-8", "replace"))
    cut = len(text) > TEXT_MOST or (isinstance(data, bytes) and len(data) > _READ_MOST)
    return TapFrame(at=at, size=size, text=plain(text), cut=cut, about=told)


def _text(data: bytes) -> str | None:
    """The beginning of bytes that are text, as JSON of a broker is; None for what is not."""
    head = data[:_READ_MOST]
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(head, final=len(head) == len(data))
    except UnicodeDecodeError:
        return None
    return text if all(letter.isprintable() or letter in "\r\n\t" for letter in text[:TEXT_MOST]) else None


def plain(text: str) -> str:
    """Text of a stranger without what could reorder or forge what is read, and no longer than is shown."""
    return "".join(
        letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in text[:TEXT_MOST]
    )
