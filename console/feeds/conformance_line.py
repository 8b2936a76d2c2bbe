"""A runner on a real connection to a peer, and what the hub has heard of it: for the checks of `conformance`."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager

import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.core.feed import FeedFact, FeedState
from console.core.site import Asset, AssetType, FeedDef, FeedMap, Site, TagDef, TagRoute
from console.core.words import Text
from console.feeds.base import FeedMaker, MoverFacts, Position
from console.feeds.mapping import FeedMapping
from console.feeds.runner import FeedRunner, Timing
from console.feeds.tap import FrameTaker

LEVEL, FLOW = "level", "flow"
_THING = Text("설비", "thing")
SITE = Site(
    id="conformance",
    name=_THING,
    time_zone="Asia/Seoul",
    south=0,
    west=0,
    north=1,
    east=1,
    areas=(),
    types=(
        AssetType(
            id="thing",
            label=_THING,
            glyph="device",
            tags=tuple(TagDef(name=name, label=_THING, period_s=5.0) for name in (LEVEL, FLOW)),
        ),
    ),
    assets=(Asset(id="t1", type="thing", name=_THING, area="", lat=0, lon=0),),
)
CATALOGUE = Catalogue(SITE)
TAGS = {LEVEL: 0, FLOW: 1}


def feed_of(
    adapter: str, url: str, options: Mapping[str, str | float | bool], source: str, paths: Mapping[str, str]
) -> FeedDef:
    """A feed that maps these paths of one source to tags of one thing."""
    routes = {name: TagRoute(path=path) for name, path in paths.items()}
    mapped = FeedMap(type="thing", source=source, tags=routes)
    return FeedDef(id="feed", adapter=adapter, url=url, label=_THING, options=dict(options), map=(mapped,))


class MachineClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def at(self) -> int:
        """UTC nanoseconds."""
        return time.time_ns()


class Book:
    """A hub's receiver that remembers."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.facts: list[FeedFact] = []
        self.losses = 0
        self.returns = 0

    @property
    def downs(self) -> list[FeedFact]:
        """Facts of a feed that was not there."""
        return [fact for fact in self.facts if fact.state in (FeedState.DOWN, FeedState.REFUSED)]

    def batch(self, feed: str, batch: Batch) -> None:
        """As Receiver."""
        self.batches.append(batch)

    def positions(self, feed: str, rows: list[Position]) -> None:
        """As Receiver."""

    def movers(self, feed: str, rows: list[MoverFacts]) -> None:
        """As Receiver."""

    def gone(self, feed: str, sources: list[str]) -> None:
        """As Receiver."""

    def lost(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """As Receiver."""
        self.losses += 1

    def back(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """As Receiver."""
        self.returns += 1

    def feed_changed(self, fact: FeedFact) -> None:
        """As Receiver."""
        self.facts.append(fact)


class Line:
    """A feed under its runner; waits between attempts are cut short."""

    def __init__(self, make: FeedMaker, feed: FeedDef) -> None:
        self.book = Book()
        self.attempts = 0
        timing = Timing(MachineClock(), random.random, self._soon)
        self.runner = FeedRunner(feed, make(feed), FeedMapping(CATALOGUE, feed), self.book, timing)

    async def _soon(self, seconds: float) -> None:
        del seconds
        self.attempts += 1
        await asyncio.sleep(0.05)

    def rows(self, name: str) -> list[tuple[float, int]]:
        """Values of a tag with their quality, in the order of arrival."""
        return [
            (float(value), int(quality))
            for batch in self.book.batches
            for tag, value, quality in zip(batch.tag, batch.value, batch.quality, strict=True)
            if tag == TAGS[name]
        ]


@asynccontextmanager
async def line(make: FeedMaker, feed: FeedDef, tap: FrameTaker | None = None) -> AsyncGenerator[Line]:
    """A feed that runs; `tap` sees every frame of it from the first."""
    made = Line(make, feed)
    if tap is not None:
        made.runner.tap(tap)
    task = asyncio.create_task(made.runner.run(), name="conformance runner")
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Look every few milliseconds. Raises AssertionError saying what did not happen."""
    try:
        async with asyncio.timeout(seconds):
            while not condition():
                await asyncio.sleep(0.01)
    except TimeoutError:
        raise AssertionError(f"not within {seconds:g} s: {what}") from None
