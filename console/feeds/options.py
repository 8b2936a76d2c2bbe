"""Options of a feed's declaration, read by kind; pure. A fault is a ValueError naming feed and option."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo

from console.core.site import FeedDef
from console.feeds.times import read_zone

COMMON = frozenset({"connect_s", "idle_s", "ping_s", "max_frame_bytes", "late_s", "gap_s", "zone"})
"""Options that every adapter takes."""


class Options:
    """Options of one feed; `allowed` beyond the common ones are the adapter's own."""

    def __init__(self, feed: FeedDef, allowed: frozenset[str] = frozenset()) -> None:
        self._feed = feed.id
        self._given: Mapping[str, str | float | bool] = feed.options
        for name in feed.options:
            if name not in COMMON and name not in allowed:
                raise ValueError(f"{feed.id}: option {name} is not known to the adapter {feed.adapter}")

    def number(self, name: str, default: float, low: float = 0.0) -> float:
        """A number of at least `low`."""
        value = self._given.get(name, default)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value < 1e12:
            raise ValueError(f"{self._feed}: option {name} must be a number of at least {low:g}")
        return float(value)

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        value = self._given.get(name, default)
        if not isinstance(value, str):
            raise ValueError(f"{self._feed}: option {name} must be a text")  # noqa: TRY004
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """Yes or no."""
        value = self._given.get(name, default)
        if not isinstance(value, bool):
            raise ValueError(f"{self._feed}: option {name} must be true or false")  # noqa: TRY004
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A list written with commas."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def zone(self) -> tzinfo | None:
        """Zone of times that carry none; None for UTC."""
        name = self.text("zone")
        try:
            return read_zone(name) if name else None
        except ValueError as error:
            raise ValueError(f"{self._feed}: option zone: {name} is not a time zone") from error
