"""What is known of a feed's health."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class FeedState(StrEnum):
    """State an operator sees."""

    CONNECTING = "connecting"
    LIVE = "live"
    LATE = "late"
    GAP = "gap"
    """Live again after a loss that left a hole in the data, until the hole is older than the view."""
    REFUSED = "refused"
    DOWN = "down"


class FeedFact(msgspec.Struct, frozen=True, kw_only=True):
    """One feed as every console sees it; times are UTC ns."""

    feed: str
    state: FeedState
    since: int
    why: str = ""
    """Key of the cause (words `feeds.why.<key>`); empty while live."""
    detail: str = ""
    """What the network or source said, plain text."""
    rate_hz: float = 0.0
    """Updates per second over the last 10 s."""
    lag_s: float = 0.0
    """Median source time to hub time over the last 10 s; 0 when the source gives no time."""
    updates: int = 0
    malformed: int = 0
    unknown: int = 0
    """Updates of points no profile maps."""
    gaps: int = 0
    last_error: str = ""
    """Where and why the last bad frame could not be read."""
