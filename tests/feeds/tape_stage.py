"""`main.py feeds discover` and `feeds record` beside a peer that runs in the test's loop, and recordings played."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Iterable
from pathlib import Path
from typing import Any

from feed_stage import Heard, HubBook, T

from console.core.catalogue import Catalogue
from console.core.site import FeedDef, Site
from console.feeds.base import FeedDown, PointedFeed, Position, Reading
from console.feeds.mapping import FeedMapping
from console.feeds.registry import Registry
from console.feeds.replay.tape import TapeFrame, TapeHead, read_frame, read_head
from console.feeds.runner import FeedRunner, Timing
from console.hub.district import command
from console.hub.district.heard import Heard as Listener
from console.hub.profile import load_site
from console.setup.arguments import FeedsDiscoverOptions, FeedsRecordOptions

Option = str | float | bool


def act(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end within 50 s: a look at a source takes some."""

    async def bounded() -> None:
        async with asyncio.timeout(50):
            await work

    asyncio.run(bounded())


class RealClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def at(self) -> int:
        """UTC nanoseconds."""
        return time.time_ns()


class Kept(Listener):
    """What the recorder's adapter has read while it recorded."""

    made: list[Kept] = []  # noqa: RUF012

    def __init__(self, clock: Callable[[], float]) -> None:
        super().__init__(clock)
        self.rows: list[Reading] = []
        self.all_places: list[Position] = []
        Kept.made.append(self)

    def readings(self, rows: list[Reading]) -> None:
        """As FeedSink."""
        super().readings(rows)
        self.rows += rows

    def positions(self, rows: list[Position]) -> None:
        """As FeedSink."""
        super().positions(rows)
        self.all_places += rows


async def discovered(
    url: str, folder: Path, adapter: str = "", seconds: float = 1.5, **options: Option
) -> Site:
    """The profile that discovery writes; it is sound."""
    asked = FeedsDiscoverOptions(url, folder, adapter, seconds, dict(options))
    code = await asyncio.to_thread(command.main, asked)
    site = load_site(folder)
    assert code == 0
    return site


async def recorded(url: str, file: Path, adapter: str = "", seconds: float = 1.5, **options: Option) -> Kept:
    """Record for some seconds; what was read meanwhile."""
    Kept.made.clear()
    asked = FeedsRecordOptions(url, file, adapter, seconds, dict(options))
    before, command.Heard = command.Heard, Kept
    try:
        assert await asyncio.to_thread(command.main, asked) == 0
    finally:
        command.Heard = before
    return Kept.made[-1]


def tape(file: Path) -> tuple[TapeHead, list[TapeFrame]]:
    """What a recording holds."""
    head, *lines = file.read_bytes().splitlines()
    return read_head(head), [read_frame(line) for line in lines]


async def replayed(file: Path, points: Iterable[tuple[str, str]] = (), **options: Option) -> Heard:
    """What a replay of a recording says, played to its end."""
    given: dict[str, Option] = {"speed": 10_000.0, "shift": False}
    feed = FeedDef(id="feed", adapter="replay", url=file.as_uri(), label=T, options=given | options)
    made, heard = Registry(found=()).make(feed), Heard()
    assert isinstance(made, PointedFeed)
    made.expect(dict.fromkeys(points, 1.0))
    try:
        await made.run(heard)
    except FeedDown as down:
        assert down.why == "replay_ended", down
    return heard


def told(rows: Iterable[Reading]) -> list[str]:
    """Readings that can be compared although NaN is not NaN."""
    return [repr(row) for row in rows]


async def values_of(site: Site, enough: int = 1) -> dict[str, float]:
    """Good values that the hub gets by a profile, by the name of their tag, once there are enough of them."""
    (feed,) = site.feeds
    catalogue, book = Catalogue(site), HubBook()
    timing = Timing(RealClock(), random.random)
    runner = FeedRunner(feed, Registry(found=()).make(feed), FeedMapping(catalogue, feed), book, timing)
    task = asyncio.create_task(runner.run(), name="runner")
    found: dict[str, float] = {}
    try:
        async with asyncio.timeout(20):
            while len(found) < enough:
                await asyncio.sleep(0.02)
                for batch in book.batches:
                    for tag, value, quality in zip(batch.tag, batch.value, batch.quality, strict=True):
                        if quality == 0:
                            found[catalogue.tags[int(tag)].key] = float(value)
    finally:
        task.cancel()
        await asyncio.wait((task,))
    return found
