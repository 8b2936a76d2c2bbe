"""A feed of a context broker at work, and what the hub hears of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from context_broker import STATION, ContextBroker
from feed_stage import Heard, feed_def

from console.core.feed import FeedState
from console.feeds.base import FeedDown
from console.feeds.http_door import HttpDoors
from console.feeds.ngsi_ld.adapter import make
from console.feeds.ngsi_ld.broker_feed import BrokerFeed

ID = "urn:ngsi-ld:Subscription:gwanje:feed"
P1 = f"{STATION}p1"
POINTS = {(P1, "level"): 5.0, (P1, "state"): 5.0}
Given = str | float | bool
QUICK: dict[str, Given] = {"check_s": 0.1, "connect_s": 15.0, "answer_s": 15.0}
HERE = "http://127.0.0.1:0/n"


class Told(Heard):
    """A sink that also keeps the causes of states, and frames."""

    def __init__(self) -> None:
        super().__init__()
        self.causes: list[tuple[FeedState, str, str]] = []
        self.frames: list[tuple[bytes | str, str]] = []

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """As FeedSink."""
        self.causes.append((state, why, detail))
        super().state(state, why, detail)

    def frame(self, data: bytes | str, about: str = "") -> None:
        """As FrameSink."""
        self.frames.append((data, about))

    def gaps(self) -> list[tuple[str, str]]:
        """Causes and details of holes."""
        return [(why, detail) for state, why, detail in self.causes if state is FeedState.GAP]

    def values(self, path: str = "level") -> list[float | bool | str]:
        """Values of one point in order of arrival."""
        return [row.value for row in self.rows if row.path == path]


def made(url: str, doors: HttpDoors | None = None, /, **options: Given) -> BrokerFeed:
    """The adapter by its options, with two points mapped."""
    feed = make(feed_def("ngsi_ld", url, QUICK | options), doors)
    assert isinstance(feed, BrokerFeed)
    feed.expect(POINTS)
    return feed


@asynccontextmanager
async def living(feed: BrokerFeed) -> AsyncGenerator[tuple[Told, asyncio.Task[None]]]:
    """One life of a feed."""
    sink = Told()
    task = asyncio.create_task(feed.run(sink), name="feed")
    try:
        yield sink, task
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def ended(task: asyncio.Task[None]) -> FeedDown:
    """Why a life ended."""
    async with asyncio.timeout(20):
        await asyncio.wait((task,))
    error = task.exception()
    assert isinstance(error, FeedDown)
    return error


async def until(condition: Callable[[], object]) -> None:
    """Look every few milliseconds, for 20 s."""
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def live(sink: Told, broker: ContextBroker) -> None:
    """Wait until the subscription stands and the catalogue has been read."""
    await until(lambda: broker.subscriptions and broker.asked("GET", "/entities") and sink.states)
