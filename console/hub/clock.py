"""The one clock of the hub: monotonic seconds for deadlines, UTC nanoseconds for facts; passed in, never
imported.
"""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Two times that are never mixed (ALM-07)."""

    def now(self) -> float:
        """Monotonic seconds, for deadlines."""
        ...

    def at(self) -> int:
        """UTC nanoseconds since 1970, for facts."""
        ...


class SystemClock:
    """The clock of this machine."""

    def now(self) -> float:
        """Monotonic seconds; the same as asyncio's loop time."""
        return time.monotonic()

    def at(self) -> int:
        """UTC nanoseconds of the operating system."""
        return time.time_ns()


class SetClock:
    """A clock that stands until it is moved, for tests and replays."""

    def __init__(self, now: float = 1000.0, at: int = 1_800_000_000_000_000_000) -> None:
        self._now = now
        self._at = at

    def now(self) -> float:
        """Monotonic seconds."""
        return self._now

    def at(self) -> int:
        """UTC nanoseconds."""
        return self._at

    def move(self, seconds: float) -> None:
        """Let time pass on both axes."""
        self._now += seconds
        self._at += int(seconds * 1e9)
