"""Feeds that run against a server of the tests, alone or under a runner."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import pytest
from feed_stage import CATALOGUE, Heard, HubBook, T
from opcua_stage import URI

from console.core.feed import FeedState
from console.core.site import CommandRoute, FeedDef, FeedMap, TagRoute
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, Reading
from console.feeds.mapping import FeedMapping
from console.feeds.opcua.adapter import OpcuaFeed, make
from console.feeds.runner import FeedRunner, Timing

PUMP = f"nsu={URI};s=p1"


class RealClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def at(self) -> int:
        """UTC nanoseconds."""
        return time.time_ns()


def definition(url: str, **options: str | float | bool) -> FeedDef:
    routes = FeedMap(type="pump", source=PUMP, tags={"running": TagRoute(path="state", states={"on": 1.0})})
    given: dict[str, str | float | bool] = {"publish_s": 0.05, "connect_s": 15.0}
    return FeedDef(id="feed", adapter="opcua", url=url, label=T, options=given | options, map=(routes,))


def points(*paths: str, source: str = PUMP) -> dict[tuple[str, str], float]:
    return {(source, path): 1.0 for path in paths}


@asynccontextmanager
async def fed(
    url: str, wanted: dict[tuple[str, str], float], **options: str | float | bool
) -> AsyncGenerator[tuple[OpcuaFeed, Heard]]:
    """A feed that runs, and what it has told."""
    feed, heard = make(definition(url, **options)), Heard()
    feed.expect(wanted)
    task = asyncio.create_task(feed.run(heard), name="feed")
    watcher = asyncio.create_task(heard.until(lambda: FeedState.LIVE in heard.states))
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield feed, heard
    finally:
        for one in (task, watcher):
            one.cancel()
        await asyncio.wait({task, watcher})


def told(heard: Heard, path: str) -> list[Reading]:
    return [row for row in heard.rows if row.path == path]


def order(path: str, value: float | str, test: bool = False) -> DeviceCommand:
    return DeviceCommand("01JD", PUMP, path, value, test)


async def answered(feed: OpcuaFeed, command: DeviceCommand, last: int = 2) -> list[DeviceAnswer]:
    answers: list[DeviceAnswer] = []
    await feed.send(command, answers.append)
    async with asyncio.timeout(15):
        while len(answers) < last:
            await asyncio.sleep(0.01)
    return answers


class Line:
    """A runner on a real connection, and what the hub has heard of it."""

    def __init__(self, url: str) -> None:
        tags = {
            "level": TagRoute(path="level"),
            "running": TagRoute(path="state", states={"on": 1.0, "off": 0.0}),
        }
        mapped = FeedMap(
            type="pump",
            source=f"nsu={URI};s={{asset}}",
            tags=tags,
            commands={"start": CommandRoute(path="state", words={"1": "on"})},
        )
        given: dict[str, str | float | bool] = {"publish_s": 0.05, "connect_s": 3.0, "ping_s": 0.5}
        made = FeedDef(id="feed", adapter="opcua", url=url, label=T, options=given, map=(mapped,))
        self.book = HubBook()
        timing = Timing(RealClock(), random.random, self._soon)
        self.runner = FeedRunner(made, make(made), FeedMapping(CATALOGUE, made), self.book, timing)

    async def _soon(self, seconds: float) -> None:
        await asyncio.sleep(0.05)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Look every few milliseconds, for 10 s."""
        async with asyncio.timeout(10):
            while not condition():
                await asyncio.sleep(0.01)

    def heard(self, value: float) -> bool:
        """Whether a value has arrived."""
        return any(value in batch.value for batch in self.book.batches)


@asynccontextmanager
async def line(url: str) -> AsyncGenerator[Line]:
    made = Line(url)
    task = asyncio.create_task(made.runner.run(), name="runner")
    try:
        yield made
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def refused(url: str, **options: str | float | bool) -> FeedDown:
    feed = make(definition(url, **options))
    feed.expect(points("level"))
    with pytest.raises(FeedDown) as caught:
        await feed.run(Heard())
    return caught.value
