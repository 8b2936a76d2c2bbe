"""What adapters tell of points that no profile maps: the optional part of a sink, and the options of a feed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from console.core.discovery import Offer, ValueKind
from console.core.site import FeedDef
from console.feeds.base import FeedSink, Reading
from console.feeds.options import Options

DISCOVERY_OPTIONS = frozenset({"discover", "discover_most", "discover_area", "discover_stale_s"})
MOST = 2_000
HARD_MOST = 50_000
_BY_ITSELF = frozenset({"sparkplug"})
"""Adapters whose sources declare what they have, so that it is taken unless the profile says no."""
_STALE_S = 900.0

OfferTaker = Callable[[Sequence[Offer], Sequence[str]], None]


@runtime_checkable
class OfferSink(Protocol):
    """A sink that also wants to know what there is; it returns at once and never raises."""

    def offered(self, offers: Sequence[Offer], whole: Sequence[str] = ()) -> None:
        """Points that the source has, told before their first readings. Of the sources named in `whole` these are
        all points they have; of others there may be more.
        """
        ...


def offers_to(sink: FeedSink) -> OfferTaker:
    """Where an adapter puts what its source offers; nowhere if the sink does not want it."""
    return sink.offered if isinstance(sink, OfferSink) else _nowhere


def _nowhere(_offers: Sequence[Offer], _whole: Sequence[str] = ()) -> None:
    return


@dataclass(frozen=True, slots=True)
class Discovery:
    """How a feed discovers."""

    on: bool = False
    most: int = MOST
    """Points at a time."""
    area: str = ""
    """Where what is found stands; empty: where most of what the feed maps stands."""
    stale_s: float = 0.0
    """Silence after which a discovered point is stale; 0: never by silence alone."""
    stale_said: bool = False
    """The profile says so, whatever the source says."""

    def silence_s(self, offer: Offer) -> float:
        """Silence after which this point is stale."""
        return self.stale_s if self.stale_said or not offer.silent_s else offer.silent_s


def discovery_of(feed: FeedDef) -> Discovery:
    """Options of a feed, those of its adapter left unchecked. Raises ValueError naming the option at fault."""
    options = Options(feed, frozenset(feed.options))
    by_itself = feed.adapter in _BY_ITSELF
    most = options.number("discover_most", MOST, 1)
    if most > HARD_MOST:
        raise ValueError(f"{feed.id}: option discover_most must be at most {HARD_MOST}")
    return Discovery(
        on=options.flag("discover", by_itself),
        most=int(most),
        area=options.text("discover_area"),
        stale_s=options.number("discover_stale_s", 0.0 if by_itself else _STALE_S),
        stale_said="discover_stale_s" in feed.options,
    )


def kind_of(value: float | bool | str) -> ValueKind:
    """Kind of a value."""
    if isinstance(value, bool):
        return ValueKind.FLAG
    return ValueKind.TEXT if isinstance(value, str) else ValueKind.NUMBER


class Heard:
    """Offers from values alone, for sources that declare nothing: each point once for a connection."""

    def __init__(self, most: int = HARD_MOST) -> None:
        self._most = most
        self._known: set[tuple[str, str]] = set()

    def clear(self) -> None:
        """A new connection."""
        self._known.clear()

    def new(self, rows: Sequence[Reading], units: dict[tuple[str, str], str]) -> list[Offer]:
        """Points that have not been heard before, at most so many of them."""
        found: list[Offer] = []
        for row in rows:
            key = (row.source, row.path)
            if key in self._known or len(self._known) >= self._most:
                continue
            self._known.add(key)
            found.append(
                Offer(
                    source=row.source,
                    path=row.path,
                    kind=kind_of(row.value),
                    unit=units.get(key, ""),
                    words=(row.value,) if isinstance(row.value, str) else (),
                )
            )
        return found
