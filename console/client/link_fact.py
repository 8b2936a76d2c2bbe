"""What is known of the link to the hub."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LinkState(StrEnum):
    """State of the link as an operator must know it."""

    CONNECTING = "connecting"
    """Never been live in this session."""
    LIVE = "live"
    LOST = "lost"
    """Was live; what is on the screen is frozen at `LinkFact.frozen_at_ns` (ALM-10)."""
    REFUSED = "refused"
    """The hub does not accept this console; `LinkFact.why` says why."""


class LinkFact(msgspec.Struct, frozen=True, kw_only=True):
    """The link as every view sees it; times are UTC ns of this computer."""

    state: LinkState = LinkState.CONNECTING
    since_ns: int = 0
    why: str = ""
    """Key below the words `link.why`: what is wrong; empty while live."""
    detail: str = ""
    """What the network or the hub said, plain text."""
    hub: str = ""
    """Name of the hub's host and version."""
    user: str = ""
    station: str = ""
    lag_s: float = 0.0
    """How much later than the quickest one the last heartbeat came."""
    resumed: int = 0
    """How often this session went on without a new snapshot."""
    frozen_at_ns: int = 0
    """When the last message came before the link was lost; 0 while live."""

    @property
    def live(self) -> bool:
        """Whether what is on the screen may look live and acts may be sent."""
        return self.state is LinkState.LIVE
