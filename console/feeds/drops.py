"""What is known to be lost between a source and the hub while the connection holds: one count for all protocols."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from console.core.feed import FeedState
from console.feeds.base import FeedSink


@runtime_checkable
class DropSink(Protocol):
    """A sink that also counts what never came; it returns at once and never raises."""

    def dropped(self, why: str, count: int, where: str = "") -> None:
        """`count` messages or values are lost; `why` is a key of the words `feeds.why`, `where` says which ones."""
        ...


def tell_dropped(sink: FeedSink, why: str, count: int, where: str = "") -> None:
    """Count a loss, and show it as a gap; a sink that does not count shows the gap alone."""
    if isinstance(sink, DropSink):
        sink.dropped(why, count, where)
    else:
        sink.state(FeedState.GAP, why, where or str(count))
