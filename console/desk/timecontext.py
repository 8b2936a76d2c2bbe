"""One span of time for every view: live (its end is now and slides) or fixed."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

NS = 1_000_000_000


class TimeMode(StrEnum):
    """Whether the end of the span is now."""

    LIVE = "live"
    FIXED = "fixed"


class Bounds(NamedTuple):
    """A span in UTC ns; `tick` means that live time only moved on: slide, do not query."""

    start: int
    end: int
    tick: bool = False


class TimeContext(QObject):
    """The span every view shows."""

    bounds_changed = Signal(object)

    def __init__(self, span_s: float = 900.0, now_ns: int = 0, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mode = TimeMode.LIVE
        self._span_ns = _span(span_s)
        self._end = now_ns

    @property
    def mode(self) -> TimeMode:
        """Live or fixed."""
        return self._mode

    @property
    def live(self) -> bool:
        """Whether the end of the span is now."""
        return self._mode is TimeMode.LIVE

    @property
    def span_s(self) -> float:
        """Length of the span in seconds."""
        return self._span_ns / NS

    @property
    def bounds(self) -> tuple[int, int]:
        """Start and end in UTC ns."""
        return self._end - self._span_ns, self._end

    def set_live(self, span_s: float, now_ns: int | None = None) -> None:
        """Follow now with a span of this many seconds; without `now_ns` the next tick brings the time."""
        self._mode = TimeMode.LIVE
        self._span_ns = _span(span_s)
        if now_ns is not None:
            self._end = now_ns
        self._tell(tick=False)

    def set_fixed(self, start_ns: int, end_ns: int) -> None:
        """Stand still on a span; raises ValueError unless it begins before it ends."""
        if end_ns <= start_ns:
            raise ValueError("a span must begin before it ends")
        self._mode = TimeMode.FIXED
        self._span_ns = end_ns - start_ns
        self._end = end_ns
        self._tell(tick=False)

    def tick(self, now_ns: int) -> None:
        """Time went on; moves a live span and leaves a fixed one."""
        if not self.live or now_ns == self._end:
            return
        first = self._end == 0
        self._end = now_ns
        self._tell(tick=not first)

    def _tell(self, *, tick: bool) -> None:
        self.bounds_changed.emit(Bounds(*self.bounds, tick))


def _span(span_s: float) -> int:
    if not 1.0 <= span_s <= 3660 * 86400:
        raise ValueError(f"a span of {span_s} s is not shown")
    return round(span_s * NS)
