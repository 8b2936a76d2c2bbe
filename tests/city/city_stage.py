"""The shipped profile laid over a city in this process: tags in their units, alarms by limits, feeds by loopback."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect

from console.city.device import Device
from console.city.service import CityService
from console.city.sparkplug.metrics import KINDS
from console.city.world import City
from console.core.alarm.engine import PROCESS, AlarmEngine
from console.core.alarm.machine import AlarmInput
from console.core.batch import NS, batch_of
from console.core.catalogue import Catalogue
from console.core.site import AlarmDef, Site, TagDef, TagRoute
from console.hub.profile import load_site
from console.setup.arguments import Address, CityOptions

MIDNIGHT = 1_795_273_200.0
"""2026-11-22 00:00 in Busan."""
PROFILE = Path(__file__).resolve().parents[2] / "resources" / "sites" / "busan"
FREE = Address("127.0.0.1", 0)


@cache
def busan() -> Site:
    """The shipped profile."""
    return load_site(PROFILE)


@cache
def tag_plan() -> dict[str, list[tuple[TagDef, TagRoute]]]:
    """Tags of each asset with their routes."""
    site = busan()
    kinds = {kind.id: kind for kind in site.types}
    routes = {part.type: part.tags for feed in site.feeds for part in feed.map}
    return {
        asset.id: [(tag, routes[asset.type][tag.name]) for tag in kinds[asset.type].tags]
        for asset in site.assets
    }


@cache
def alarm_plan() -> dict[str, tuple[AlarmDef, ...]]:
    """Alarms of each asset."""
    kinds = {kind.id: kind for kind in busan().types}
    return {asset.id: kinds[asset.type].alarms for asset in busan().assets}


def tag_value(raw: object, route: TagRoute) -> float:
    """A source's value in the unit of its tag."""
    if isinstance(raw, str):
        return route.states[raw]
    assert isinstance(raw, bool | int | float)
    return float(raw) * route.scale + route.offset


def tags_of(device: Device) -> dict[str, float]:
    """Every tag of a device now."""
    # The factory's devices have other names in Sparkplug than on their own computer.
    values = {KINDS[path].name if path in KINDS else path: value for path, value in device.values().items()}
    return {tag.name: tag_value(values[route.path], route) for tag, route in tag_plan()[device.place.id]}


@cache
def catalogue() -> Catalogue:
    """The numbered profile."""
    return Catalogue(busan())


@dataclass(frozen=True)
class Raised:
    """One alarm that came, or rose to a higher level."""

    at: float
    asset: str
    alarm: AlarmDef
    level: int
    priority: int


class Judge:
    """The alarm engine of the hub over the tags of a city; every look at an asset is one batch."""

    def __init__(self) -> None:
        ids = itertools.count()
        self._engine = AlarmEngine(catalogue(), lambda: f"{next(ids):026d}")
        self._tags = {asset.id: catalogue().tags_of(asset.id) for asset in busan().assets}
        self.raised: list[Raised] = []

    @property
    def active(self) -> set[tuple[str, str]]:
        """Alarms (asset, name) that are abnormal now."""
        points = [catalogue().alarms[a] for a, fact in self._engine.facts().items() if fact.state.cond]
        return {(point.asset.id, point.alarm.name) for point in points}

    def look(self, at: float, asset: str, tags: dict[str, float]) -> None:
        """Let the engine see one asset's tags at this second."""
        points = self._tags[asset]
        ns = round(at * NS)
        values = [tags[point.tag.name] for point in points]
        indices = [point.index for point in points]
        self._engine.samples(batch_of(indices, [ns] * len(points), values, [0] * len(points)), at, ns)
        self._engine.expire(at, ns)
        for event in self._engine.events():
            point, fact = catalogue().alarms[event.alarm], event.fact
            if event.kind in (AlarmInput.ACT, AlarmInput.ESCALATE) and event.who == PROCESS:
                self.raised.append(Raised(at, point.asset.id, point.alarm, fact.level, fact.priority))

    def first(self, asset: str, alarm: str, level: int = 0) -> float:
        """When an alarm first reached a level; infinite if never."""
        found = (r.at for r in self.raised if (r.asset, r.alarm.name) == (asset, alarm) and r.level >= level)
        return next(found, float("inf"))


def live(city: City, seconds: float, dt: float, each: Callable[[float], None] | None = None) -> None:
    """Let a city live, and look at it after every step."""
    t = 0.0
    while t < seconds:
        city.step(dt)
        t += dt
        if each is not None:
            each(t)


def judged(scenario: str, seconds: float, dt: float, hour: float, seed: int = 1) -> Judge:
    """Alarms of a scenario that begins at this hour of the day."""
    city, judge = City(scenario, seed, MIDNIGHT + hour * 3600.0), Judge()

    def look(t: float) -> None:
        for id, device in city.devices.items():
            judge.look(t, id, tags_of(device))

    live(city, seconds, dt, look)
    return judge


@asynccontextmanager
async def running(
    scenario: str = "calm", speed: float = 1.0
) -> AsyncGenerator[tuple[CityService, dict[str, str]]]:
    """A city that serves three loopback ports in this loop."""
    service = CityService(
        CityOptions(scenario=scenario, sensors=FREE, logistics=FREE, factory=FREE, speed=speed)
    )
    urls = await service.start()
    task = asyncio.create_task(service.run(), name="city")
    try:
        yield service, urls
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await service.stop()


@asynccontextmanager
async def reader(url: str, *hello: object) -> AsyncGenerator[ClientConnection]:
    """A connection that has sent these messages."""
    async with connect(url, max_size=None, proxy=None, close_timeout=0.5) as socket:
        for message in hello:
            await socket.send(json.dumps(message))
        yield socket


async def until(
    socket: ClientConnection, wanted: Callable[[dict[str, Any]], bool], within_s: float = 10.0
) -> dict[str, Any]:
    """The first message that is wanted; the others are passed over."""
    async with asyncio.timeout(within_s):
        while True:
            tree: dict[str, Any] = json.loads(await socket.recv())
            if wanted(tree):
                return tree
