"""What is known of one feed's health: state, rate, lag and counts; pure, times are arguments."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from console.core.batch import NS
from console.core.feed import FeedDrop, FeedFact, FeedState

OFFSET_WINDOW_S = 60.0
"""The largest of this time is the clock of the source: whatever is smaller was delayed."""
WINDOW_S = 10.0
"""Rate and lag are those of the last 10 s."""
TAP_BYTES = 200
"""Bytes kept of the last frame that could not be read."""
_UP = frozenset({FeedState.LIVE, FeedState.LATE, FeedState.GAP})


class FeedHealth:
    """Counts and state of one feed.

    LATE after `late_s` without data; GAP for `gap_s` after data came back from a loss.
    """

    def __init__(self, feed: str, late_s: float, gap_s: float, at: int) -> None:
        self._feed = feed
        self._late_s = late_s
        self._gap_s = gap_s
        self._state = FeedState.CONNECTING
        self._since = at
        self._why = ""
        self._detail = ""
        self._last_data = -1.0
        self._gap_until = -1.0
        self._lost = False
        self._window: deque[tuple[float, int, float]] = deque()
        self._updates = 0
        self._malformed = 0
        self._unknown = 0
        self._gaps = 0
        self._ahead = 0
        self._offsets: deque[tuple[float, float]] = deque()
        self._last_error = ""
        self._tap = b""
        self._drops: dict[str, int] = {}

    @property
    def up(self) -> bool:
        """Whether the source is delivering, or only late."""
        return self._state in _UP

    @property
    def state(self) -> FeedState:
        """State as of the last call."""
        return self._state

    @property
    def tap(self) -> bytes:
        """First bytes of the last frame that could not be read."""
        return self._tap

    @property
    def last_error(self) -> str:
        """Where and why the last bad frame could not be read."""
        return self._last_error

    @property
    def ahead(self) -> int:
        """Source times that were too far ahead of the hub's clock to be believed."""
        return self._ahead

    def connecting(self, at: int) -> None:
        """A new attempt begins; a feed that is down stays down in the operator's eyes until it delivers."""
        if self._state not in (FeedState.DOWN, FeedState.REFUSED):
            self._enter(FeedState.CONNECTING, at, "", "")

    def live(self, now: float, at: int) -> bool:
        """The source delivers; returns whether this ends a loss, which is then counted as a gap."""
        self._last_data = now
        if self.up and self._state is not FeedState.LATE:
            return False
        ended, self._lost = self._lost, False
        if ended:
            self._gaps += 1
            self._gap_until = now + self._gap_s
        self._enter(FeedState.GAP if now < self._gap_until else FeedState.LIVE, at, "", "")
        return ended

    def hole(self, now: float, at: int, why: str, detail: str) -> bool:
        """The connection holds but some of the data never came; returns whether this is shown as a gap."""
        if not self.up:
            return False
        self._gaps += 1
        self._gap_until = now + self._gap_s
        self._enter(FeedState.GAP, at, why, _plain(detail))
        return True

    def down(self, at: int, why: str, detail: str, refused: bool) -> bool:
        """The connection is gone; returns whether it had been delivering, which makes this a loss."""
        lost = self.up
        detail = _plain(detail)
        self._lost = self._lost or lost
        state = FeedState.REFUSED if refused else FeedState.DOWN
        if state is not self._state or why != self._why:
            self._enter(state, at, why, detail)
        self._detail = detail
        return lost

    def received(self, now: float, at: int, rows: int, times: NDArray[np.int64] | None) -> None:
        """Count `rows` updates; `times` (UTC ns of the source) tell the lag."""
        self._last_data = now
        self._updates += rows
        lag = float(at - np.median(times)) / NS if times is not None and len(times) else float("nan")
        self._window.append((now, rows, lag))
        self._trim(now)

    def unmapped(self, rows: int) -> None:
        """Updates of points that no profile maps."""
        self._unknown += rows

    def wrong_clock(self, rows: int) -> None:
        """Source times that were not believed."""
        self._ahead += rows

    def clock(self, now: float, at: int, source_at: int) -> None:
        """A time of the source (UTC ns) as it gave it, received at `at`."""
        offset = (source_at - at) / NS
        while self._offsets and (
            self._offsets[-1][1] <= offset or self._offsets[0][0] <= now - OFFSET_WINDOW_S
        ):
            # Only a falling row of largest ones is kept, so it stays short.
            if self._offsets[-1][1] <= offset:
                self._offsets.pop()
            else:
                self._offsets.popleft()
        self._offsets.append((now, offset))

    def drop(self, why: str, count: int) -> None:
        """Something of the source that is known to be lost."""
        if count > 0:
            self._drops[why] = self._drops.get(why, 0) + count

    def bad(self, where: str, reason: str, offending: bytes | str) -> None:
        """A frame, or a part of one, that could not be read."""
        self._malformed += 1
        raw = offending.encode("utf-8", "replace") if isinstance(offending, str) else offending
        # Those of an older fault would be taken for what is wrong now.
        self._tap = raw[:TAP_BYTES]
        self._last_error = _plain(f"{where}: {reason}")

    def fact(self, now: float, at: int) -> FeedFact:
        """The feed as an operator sees it at this moment."""
        self._age(now, at)
        self._trim(now)
        lags = [lag for _, _, lag in self._window if lag == lag]  # noqa: PLR0124 - NaN is not equal to itself
        return FeedFact(
            feed=self._feed,
            state=self._state,
            since=self._since,
            why=self._why,
            detail=self._detail,
            rate_hz=round(sum(rows for _, rows, _ in self._window) / WINDOW_S, 2),
            lag_s=round(float(np.median(lags)), 3) if lags else 0.0,
            updates=self._updates,
            malformed=self._malformed,
            unknown=self._unknown,
            gaps=self._gaps,
            dropped=sum(self._drops.values()),
            drops=tuple(FeedDrop(why, count) for why, count in self._drops.items()),
            last_error=self._last_error,
            ahead=self._ahead,
            offset_s=self._offset(now),
        )

    def _offset(self, now: float) -> float | None:
        while self._offsets and self._offsets[0][0] <= now - OFFSET_WINDOW_S:
            self._offsets.popleft()
        return round(self._offsets[0][1], 1) if self._offsets else None

    def _age(self, now: float, at: int) -> None:
        """Enter LATE, or leave GAP, because time has passed."""
        if not self.up:
            return
        if now - self._last_data > self._late_s:
            if self._state is not FeedState.LATE:
                self._enter(FeedState.LATE, at, "silent", "")
        elif self._state is FeedState.GAP and now >= self._gap_until:
            self._enter(FeedState.LIVE, at, "", "")

    def _enter(self, state: FeedState, at: int, why: str, detail: str) -> None:
        if state is not self._state:
            self._since = at
        self._state, self._why, self._detail = state, why, detail

    def _trim(self, now: float) -> None:
        while self._window and self._window[0][0] <= now - WINDOW_S:
            self._window.popleft()


def _plain(text: str) -> str:
    """Short text of a stranger without control or direction characters, which could reorder what is read."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text[:TAP_BYTES])
