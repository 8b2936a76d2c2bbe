"""Raw frames for who connects a district: adapters offer them, and whoever listens gets them as plain text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from console.core.feed import TapFrame
from console.feeds.base import FeedSink

TEXT_MOST = 2_000
HEX_MOST = 512

FrameTaker = Callable[[bytes | str, str], None]


@runtime_checkable
class FrameSink(Protocol):
    """A sink that also wants the frames as they came; it returns at once and never raises."""

    def frame(self, data: bytes | str, about: str = "") -> None:
        """A frame before it is read; `about` says where it came on, such as its topic."""
        ...


def frames_of(sink: FeedSink) -> FrameTaker:
    """Where an adapter puts each frame it receives; nowhere if the sink does not want them."""
    return sink.frame if isinstance(sink, FrameSink) else _nowhere


def _nowhere(_data: bytes | str, _about: str = "") -> None:
    return


def shown(data: bytes | str, at: int, about: str = "") -> TapFrame:
    """A frame as a person reads it: text without control or direction characters, else hex."""
    text = data if isinstance(data, str) else _text(data)
    size = len(data) if isinstance(data, bytes) else len(data.encode("utf-8", "replace"))
    if text is None:
        assert isinstance(data, bytes)
        return TapFrame(
            at=at,
            size=size,
            text=data[:HEX_MOST].hex(" "),
            binary=True,
            cut=size > HEX_MOST,
            about=_plain(about[:200]),
        )
    return TapFrame(
        at=at, size=size, text=_plain(text[:TEXT_MOST]), cut=len(text) > TEXT_MOST, about=_plain(about[:200])
    )


def _text(data: bytes) -> str | None:
    """Bytes that are text, as JSON of a broker is; None for what is not."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text if all(letter.isprintable() or letter in "\r\n\t" for letter in text[:TEXT_MOST]) else None


def _plain(text: str) -> str:
    return "".join(letter if letter.isprintable() or letter in "\n\t" else "\ufffd" for letter in text)
