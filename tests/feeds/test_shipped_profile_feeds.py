"""The shipped profile on the demo city: every tag is fed, every fault is counted, every command is answered."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import msgspec
import numpy as np
import pytest
from feed_stage import HubBook, run
from house import ROOT

from console.city.faults import FAULTS, Fault
from console.city.service import CityService
from console.core.catalogue import Catalogue
from console.core.feed import FeedFact, FeedState
from console.core.quality import Quality
from console.core.site import Site
from console.feeds.base import DeviceAnswer
from console.feeds.mapping import FeedMapping
from console.feeds.registry import Registry
from console.feeds.runner import FeedRunner, Timing
from console.hub.clock import SystemClock
from console.hub.profile import load_site
from console.setup.arguments import Address, CityOptions

SITE: Site = load_site(ROOT / "resources/sites/busan")
LOOPBACK = Address("127.0.0.1", 0)


class Town:
    """The demo city and the feeds of the profile, each on a free port."""

    def __init__(self, city: CityService, urls: dict[str, str], only: str) -> None:
        self.city = city
        self.book = HubBook()
        self.catalogue = Catalogue(SITE)
        self.runners: dict[str, FeedRunner] = {}
        for declared in SITE.feeds:
            if only in ("", declared.id):
                feed = msgspec.structs.replace(declared, url=urls[declared.id])
                mapping = FeedMapping(self.catalogue, feed)
                timing = Timing(SystemClock(), random.random)
                made = Registry(found=()).make(feed)
                self.runners[feed.id] = FeedRunner(feed, made, mapping, self.book, timing)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Look again and again, for 30 s."""
        async with asyncio.timeout(30):
            while not condition():
                await asyncio.sleep(0.02)

    async def whole(self, runner: FeedRunner) -> None:
        """Until the feed is live and every point of it has come: a node's points are known by its birth only."""
        await self.until(lambda: runner.fact().state is FeedState.LIVE)
        await self.until(lambda: set(runner.mapping.tags.tolist()) <= set(self.qualities()))

    def qualities(self) -> dict[int, int]:
        """Last quality by tag."""
        found: dict[int, int] = {}
        for batch in self.book.batches:
            found.update(zip(batch.tag.tolist(), batch.quality.tolist(), strict=True))
        return found


def bad(fact: FeedFact) -> int:
    """What could not be used; births of the factory declare more than the profile maps, and that is no fault."""
    return fact.malformed + (0 if fact.feed == "factory" else fact.unknown)


@asynccontextmanager
async def town(only: str = "", speed: float = 1.0) -> AsyncGenerator[Town, None]:
    """A city that lives while the test looks."""
    options = CityOptions(sensors=LOOPBACK, logistics=LOOPBACK, factory=LOOPBACK, speed=speed)
    city = CityService(options)
    urls = await city.start()
    made = Town(city, urls, only)
    tasks = [asyncio.create_task(city.run(), name="city")]
    tasks += [asyncio.create_task(runner.run(), name=name) for name, runner in made.runners.items()]
    try:
        yield made
    finally:
        for task in tasks[1:]:
            task.cancel()
        await asyncio.wait(tasks[1:])
        tasks[0].cancel()
        await asyncio.wait(tasks[:1])
        await city.stop()


def test_every_tag_of_the_profile_is_fed_and_good() -> None:
    """Three feeds in formats that exist, about 600 points."""

    async def scene() -> None:
        async with town() as made:
            await made.until(lambda: len(made.qualities()) == len(made.catalogue.tags))
            assert set(made.qualities().values()) == {Quality.GOOD}
            await made.until(lambda: "positions" in made.book.events)
            for runner in made.runners.values():
                fact = runner.fact()
                assert (fact.state, fact.malformed) == (FeedState.LIVE, 0), fact
                # Births declare more than the profile maps; of the other feeds everything is mapped.
                assert fact.unknown == 0 or fact.feed == "factory", fact

    run(scene())


@pytest.mark.parametrize(
    ("feed", "fault"),
    [(feed, fault) for feed, faults in FAULTS.items() for fault in faults],
    ids=[f"{feed}: {fault.name}" for feed, faults in FAULTS.items() for fault in faults],
)
@pytest.mark.expects_log("feed")
def test_a_fault_of_a_source_is_counted_and_its_connection_survives(feed: str, fault: Fault) -> None:
    """What the city sends on purpose is named in the feed's state."""

    async def scene() -> None:
        async with town(feed) as made:
            runner = made.runners[feed]
            await made.whole(runner)
            made.city.servers[feed].inject(fault.frame)
            before = runner.fact().updates
            if not fault.harmless:
                await made.until(lambda: bad(runner.fact()) > 0)
            await made.until(lambda: runner.fact().updates > before + 5)
            fact = runner.fact()
            assert fact.state is FeedState.LIVE
            assert (bad(fact) == 0) is fault.harmless
            assert feed == "factory" or fact.unknown in (0, 1)
            assert np.isfinite(fact.lag_s)

    run(scene())


@pytest.mark.parametrize(
    ("feed", "asset", "command", "value", "kinds"),
    [
        ("sensors", "suyeong-pump", "pump1_start", 1.0, ["accepted_final"]),
        ("sensors", "choryang-pump", "pump3_start", 1.0, ["rejected"]),
        ("sensors", "baegyang-tunnel", "fan_stage_set", 2.0, ["accepted", "done"]),
        ("sensors", "suyeong-pump", "gate_set", 1e9, ["rejected"]),
        ("logistics", "gamman-port", "gate_lanes_set", 3.0, ["rejected"]),
        ("factory", "noksan-ship-1", "speed_set", 80.0, ["accepted_final"]),
        ("factory", "noksan-ship-1", "hold", 3.0, ["accepted_final"]),
        ("factory", "noksan-ship-1", "speed_set", 300.0, ["rejected"]),
        ("factory", "noksan-ship-1", "reset", 0.0, ["rejected"]),
    ],
)
def test_a_command_is_answered_by_its_device(
    feed: str, asset: str, command: str, value: float, kinds: list[str]
) -> None:
    """A refused or slow device refuses or is slow."""

    async def scene() -> None:
        async with town(feed, speed=4.0) as made:
            runner = made.runners[feed]
            await made.whole(runner)
            sent = runner.command("01JD0000000000000000000000", asset, command, value)
            assert sent is not None
            heard: list[DeviceAnswer] = []
            await runner.send(sent, heard.append)
            await made.until(lambda: len(heard) == len(kinds))
            assert [answer.kind for answer in heard] == kinds, heard

    run(scene())


@pytest.mark.parametrize(
    ("feed", "asset", "command", "value", "answer"),
    [
        (
            "sensors",
            "suyeong-pump",
            "pump1_start",
            1.0,
            DeviceAnswer("accepted_final", detail="204", test=True),
        ),
        (
            "sensors",
            "choryang-pump",
            "pump3_start",
            1.0,
            DeviceAnswer("rejected", detail="423 pump is in local mode", cause="BLOCKED_BY_MODE", test=True),
        ),
        (
            "logistics",
            "sinseondae-port",
            "gate_lanes_set",
            3.0,
            DeviceAnswer("accepted_final", detail="200", test=True),
        ),
        ("factory", "noksan-ship-1", "speed_set", 80.0, DeviceAnswer("done", test=True)),
    ],
)
def test_a_test_is_answered_as_a_test_by_every_kind_of_source(
    feed: str, asset: str, command: str, value: float, answer: DeviceAnswer
) -> None:
    """CMD-15; and who is in local mode says so (BLOCKED_BY_MODE)."""

    async def scene() -> None:
        async with town(feed, speed=4.0) as made:
            runner = made.runners[feed]
            await made.whole(runner)
            sent = runner.command("01JD0000000000000000000000", asset, command, value, test=True)
            assert sent is not None
            heard: list[DeviceAnswer] = []
            await runner.send(sent, heard.append)
            await made.until(lambda: bool(heard))
            assert heard == [answer]

    run(scene())


def test_a_device_that_is_silent_is_silent_to_the_end() -> None:
    async def scene() -> None:
        async with town("sensors", speed=4.0) as made:
            runner = made.runners["sensors"]
            await made.whole(runner)
            sent = runner.command("01JD0000000000000000000000", "sinho-light", "lights_on", 1.0)
            assert sent is not None
            heard: list[DeviceAnswer] = []
            await runner.send(sent, heard.append)
            before = runner.fact().updates
            await made.until(lambda: runner.fact().updates > before + 100)
            assert heard == []

    run(scene())
