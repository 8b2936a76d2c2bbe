"""What is known of a feed's health."""

from __future__ import annotations

from enum import IntEnum, StrEnum

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


class Beat(IntEnum):
    """How a point keeps its rhythm."""

    WAITING = 0
    """Nothing since the connection began."""
    LEARNING = 1
    STEADY = 2
    LATE = 3
    FROZEN = 4
    TOO_REGULAR = 5


class FeedDrop(msgspec.Struct, frozen=True):
    """What never reached the hub, by its cause (words `feeds.why.<why>`)."""

    why: str
    count: int


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
    dropped: int = 0
    """Everything that is known to have been lost between the source and the hub while the connection held."""
    drops: tuple[FeedDrop, ...] = ()
    """What `dropped` is made of."""
    ahead: int = 0
    """Times of the source that were too far ahead of the hub's clock to be believed."""
    offset_s: float | None = None
    """How far the clock of the source is ahead of the hub's, negative behind; at most right to the network's delay.
    None: the source gives no times.
    """
    points: int = 0
    """Points that the profile maps."""
    late_points: int = 0
    """Points that have not come for much longer than they usually take."""
    frozen_points: int = 0
    """Points whose value has stood still for much longer than it ever did."""
    regular_points: int = 0
    """Points whose values repeat one short pattern."""
    discovered: int = 0
    """Points that the source has declared by itself, and that are offered still."""
    not_taken: int = 0
    """Points that it has declared beyond as many as may be discovered."""


class PointFact(msgspec.Struct, frozen=True, kw_only=True):
    """One point of a feed and its learned rhythm; times in seconds."""

    source: str
    path: str
    tag: int
    beat: int
    """`Beat`."""
    age_s: float | None = None
    """None: not since the connection began."""
    interval_s: float = 0.0
    """Learned; 0 while it is being learned."""
    deviation_s: float = 0.0
    expected_s: float = 0.0
    """As the profile says."""
    run: int = 0
    """Times that the present value has come in a row."""


class FeedPage(msgspec.Struct, frozen=True, kw_only=True):
    """One feed for who connects it: its points, and the last thing that could not be read."""

    feed: str
    adapter: str
    points: tuple[PointFact, ...] = ()
    more: int = 0
    """Points beyond those that are told."""
    last_error: str = ""
    offending: TapFrame | None = None


class TapFrame(msgspec.Struct, frozen=True, kw_only=True):
    """One raw frame as a person reads it."""

    at: int
    """UTC ns of the hub."""
    size: int
    """Bytes."""
    text: str
    """Its beginning, without control characters; hex if `binary`."""
    binary: bool = False
    cut: bool = False
    about: str = ""
    """Where it came on, such as a topic."""
    note: str = ""
    """What a binary frame says, in words."""
