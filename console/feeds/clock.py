"""The two times a feed needs, passed in; the hub's clock satisfies it."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Two times that are never mixed (ALM-07)."""

    def now(self) -> float:
        """Monotonic seconds, for deadlines."""
        ...

    def at(self) -> int:
        """UTC nanoseconds since 1970, for facts."""
        ...
