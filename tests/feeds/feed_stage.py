"""A site with one asset, and receivers and clocks that remember, for the tests of feeds."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.core.feed import FeedFact, FeedState
from console.core.site import Asset, AssetType, CommandRoute, FeedDef, FeedMap, Site, TagDef, TagRoute
from console.core.words import Text
from console.feeds.base import Columns, MoverFacts, Position, Reading

T = Text("가", "a")
Result = TypeVar("Result")
Handler = Callable[[ServerConnection], Awaitable[None]]
SITE = Site(
    id="s",
    name=T,
    time_zone="Asia/Seoul",
    south=0,
    west=0,
    north=1,
    east=1,
    areas=(),
    types=(
        AssetType(
            id="pump",
            label=T,
            glyph="pump",
            tags=(TagDef(name="level", label=T, period_s=5.0), TagDef(name="running", label=T, period_s=5.0)),
        ),
    ),
    assets=(Asset(id="p1", type="pump", name=T, area="", lat=0, lon=0),),
)
CATALOGUE = Catalogue(SITE)


def feed_def(
    adapter: str, url: str, options: Mapping[str, str | float | bool] | None = None, source: str = "p1"
) -> FeedDef:
    """A feed that maps `level` and `state` of one pump."""
    mapped = FeedMap(
        type="pump",
        source=source,
        tags={
            "level": TagRoute(path="level"),
            "running": TagRoute(path="state", states={"on": 1.0, "off": 0.0}),
        },
        commands={"start": CommandRoute(path="state", words={"1": "on", "0": "off"})},
    )
    return FeedDef(id="feed", adapter=adapter, url=url, label=T, options=dict(options or {}), map=(mapped,))


class HandClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.ns = 1_800_000_000_000_000_000

    def now(self) -> float:
        """Monotonic seconds."""
        return self.seconds

    def at(self) -> int:
        """UTC nanoseconds."""
        return self.ns

    def move(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds
        self.ns += round(seconds * 1e9)


class Heard:
    """A sink that remembers, and wakes who waits for something."""

    def __init__(self) -> None:
        self.rows: list[Reading] = []
        self.points: list[tuple[str, str]] = []
        self.blocks: list[Columns] = []
        self.places: list[Position] = []
        self.facts: list[MoverFacts] = []
        self.left: list[str] = []
        self.faults: list[tuple[str, str]] = []
        self.states: list[FeedState] = []
        self._news = asyncio.Event()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a condition to hold after some news; fails after 5 s."""
        async with asyncio.timeout(5):
            while not condition():
                self._news.clear()
                await self._news.wait()

    def readings(self, rows: list[Reading]) -> None:
        """As FeedSink."""
        self.rows += rows
        self._news.set()

    def declare(self, points: list[tuple[str, str]]) -> None:
        """As FeedSink."""
        self.points = points
        self._news.set()

    def columns(self, columns: Columns) -> None:
        """As FeedSink."""
        self.blocks.append(columns)
        self._news.set()

    def positions(self, rows: list[Position]) -> None:
        """As FeedSink."""
        self.places += rows
        self._news.set()

    def movers(self, rows: list[MoverFacts]) -> None:
        """As FeedSink."""
        self.facts += rows
        self._news.set()

    def gone(self, sources: list[str]) -> None:
        """As FeedSink."""
        self.left += sources
        self._news.set()

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """As FeedSink."""
        self.faults.append((where, reason))
        self._news.set()

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """As FeedSink."""
        self.states.append(state)
        self._news.set()


class HubBook:
    """A hub's receiver that remembers in order."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.batches: list[Batch] = []
        self.facts: list[FeedFact] = []

    def batch(self, feed: str, batch: Batch) -> None:
        """As Receiver."""
        self.batches.append(batch)
        self.events.append("batch")

    def positions(self, feed: str, rows: list[Position]) -> None:
        """As Receiver."""
        self.events.append("positions")

    def movers(self, feed: str, rows: list[MoverFacts]) -> None:
        """As Receiver."""
        self.events.append("movers")

    def gone(self, feed: str, sources: list[str]) -> None:
        """As Receiver."""
        self.events.append("gone")

    def lost(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """As Receiver."""
        self.events.append(f"lost {list(map(int, tags))} {at}")

    def back(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """As Receiver."""
        self.events.append(f"back {list(map(int, tags))} {at}")

    def feed_changed(self, fact: FeedFact) -> None:
        """As Receiver."""
        self.facts.append(fact)
        self.events.append(fact.state)


@asynccontextmanager
async def server(handler: Handler, path: str = "/", **options: Any) -> AsyncGenerator[str, None]:
    """A real WebSocket server on loopback; yields its URL. That a client leaves is no fault of what it was told."""

    async def patient(connection: ServerConnection) -> None:
        with suppress(ConnectionClosed):
            await handler(connection)

    async with serve(patient, "127.0.0.1", 0, **options) as made:
        port = next(iter(made.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}{path}"


def run(work: Coroutine[Any, Any, Result]) -> Result:
    """Run to the end within 20 s."""

    async def bounded() -> Result:
        async with asyncio.timeout(20):
            return await work

    return asyncio.run(bounded())
