"""What a source says it has, asked before anybody listens to it: for a first profile, and to record it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from console.core.discovery import Offer
from console.core.site import FeedDef
from console.feeds.scout import Option, SourceName

ASKED_PERIOD_S = 1.0
"""Period for which values are asked of a source that does not say how often they change."""
MOST_OFFERS = 5_000


@dataclass(slots=True)
class Prospect:
    """How a source is read, and what it offers."""

    options: dict[str, Option] = field(default_factory=dict[str, Option])
    """All options of the feed, those that were given included."""
    offers: list[Offer] = field(default_factory=list[Offer])
    """Points that have to be asked for; empty for a source that tells its points by itself."""
    names: dict[str, SourceName] = field(default_factory=dict[str, SourceName])
    """Words for sources whose own name says little."""
    more: int = 0
    """Points beyond those that were taken."""

    def points(self) -> dict[tuple[str, str], float]:
        """Names of the offered points and the period to ask for them with, as `PointedFeed` is told."""
        return {(offer.source, offer.path): ASKED_PERIOD_S for offer in self.offers}


@runtime_checkable
class Prospector(Protocol):
    """A scout that asks the source."""

    async def prospect(self, feed: FeedDef) -> Prospect:
        """Look at a source with the options that were given. Raises FeedDown, ValueError naming an option at fault."""
        ...
