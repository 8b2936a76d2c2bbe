"""A small site, a feed that obeys the test, and a real hub on loopback with a real console connection."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from console.core.batch import Batch, joined
from console.core.feed import FeedState
from console.core.site import (
    AlarmCondition,
    AlarmDef,
    Area,
    Asset,
    AssetType,
    CommandClass,
    CommandDef,
    CommandRoute,
    FeedDef,
    FeedMap,
    ParamDef,
    Site,
    TagDef,
    TagKind,
    TagRoute,
)
from console.core.words import Text
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink, Reading
from console.feeds.mapping import FeedMapping
from console.feeds.runner import FeedRunner, Timing
from console.hub.clock import Clock, SystemClock
from console.hub.datadir import DataDir
from console.hub.hub import Hub, Parts
from console.hub.service import running
from console.wire.codec import console_codec
from console.wire.frames import TELEMETRY, kind_of, unpack_telemetry
from console.wire.limits import SUBPROTOCOL_MSGPACK
from console.wire.messages import Asked, Challenge, Hello, Message, ToConsole, Welcome
from console.wire.proof import proof

SECRET = "the secret of this test"
M = TypeVar("M")


def text(words: str) -> Text:
    return Text(words, words)


def _alarm(name: str, condition: AlarmCondition, limit: float, priority: int) -> AlarmDef:
    return AlarmDef(
        name=name,
        tag="level",
        label=text(name),
        condition=condition,
        limit=limit,
        priority=priority,
        deadband=2.0,
        cause=text("rain"),
        consequence=text("flood"),
        action=text("start a pump"),
        respond_min=10,
    )


PUMP = AssetType(
    id="pump",
    label=text("pump"),
    glyph="pump",
    tags=(
        TagDef(name="level", label=text("level"), unit="%"),
        TagDef(name="run", label=text("run"), kind=TagKind.DISCRETE, states=(text("off"), text("on"))),
        TagDef(name="speed", label=text("speed"), unit="%"),
    ),
    alarms=(_alarm("high", AlarmCondition.HIGH, 80.0, 2), _alarm("low", AlarmCondition.LOW, 10.0, 3)),
    commands=(
        CommandDef(
            name="start",
            label=text("start"),
            value=1.0,
            feedback_tag="run",
            feedback_deadline_s=0.6,
            accept_deadline_s=0.4,
            execute_deadline_s=0.6,
        ),
        CommandDef(
            name="set-speed",
            label=text("set speed"),
            params=(ParamDef(name="speed", label=text("speed"), high=100.0),),
            feedback_tag="speed",
        ),
        CommandDef(name="beep", label=text("beep"), value=1.0),
        CommandDef(name="scrap", label=text("scrap"), value=1.0, command_class=CommandClass.C3),
    ),
)


def small_site(assets: int = 3) -> Site:
    """`assets` pumps a0, a1 …, all brought by the feed `plant`."""
    routes = {name: TagRoute(path=name) for name in ("level", "run", "speed")}
    commands = {
        "start": CommandRoute(path="run"),
        "set-speed": CommandRoute(path="speed"),
        "scrap": CommandRoute(path="run"),
        "beep": CommandRoute(path="horn"),
    }
    mapping = FeedMap(type="pump", source="{asset}", tags=routes, commands=commands)
    return Site(
        id="small",
        name=text("small"),
        time_zone="Asia/Seoul",
        south=35.0,
        west=129.0,
        north=35.2,
        east=129.2,
        areas=(Area(id="a", name=text("a"), lat=35.1, lon=129.1),),
        types=(PUMP,),
        assets=tuple(
            Asset(id=f"a{n}", type="pump", name=text(f"pump {n}"), area="a", lat=35.1, lon=129.1)
            for n in range(assets)
        ),
        feeds=(
            FeedDef(
                id="plant", adapter="columns", url="ws://127.0.0.1:9/", label=text("plant"), map=(mapping,)
            ),
        ),
    )


class Plant:
    """A feed in the test's hands: values are pushed, commands are kept and answered by `device`."""

    def __init__(self) -> None:
        self.sink: FeedSink | None = None
        self.sent: list[DeviceCommand] = []
        self.device: Callable[[DeviceCommand, Callable[[DeviceAnswer], None]], None] | None = None
        self._down = asyncio.Event()
        self.up = asyncio.Event()
        self.lost = asyncio.Event()

    async def run(self, sink: FeedSink) -> None:
        """One life: until `lose`."""
        self.sink = sink
        sink.state(FeedState.LIVE)
        self.up.set()
        self.lost.clear()
        await self._down.wait()
        self._down.clear()
        self.up.clear()
        self.lost.set()
        raise FeedDown("closed")

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Keep the command; the device answers if it wants to."""
        self.sent.append(command)
        if self.device is not None:
            self.device(command, answer)

    def push(self, source: str, path: str, value: float, at: int = 0) -> None:
        """One value of the plant."""
        assert self.sink is not None
        self.sink.readings([Reading(source, path, value, at)])

    def lose(self) -> None:
        """The connection ends."""
        self._down.set()


@dataclass
class Console:
    """A console's end of the wire: everything it has got, by message type."""

    wire: ClientConnection
    subprotocol: str = SUBPROTOCOL_MSGPACK
    got: list[ToConsole] = field(default_factory=list[ToConsole])
    batches: list[Batch] = field(default_factory=list[Batch])
    frames: list[bytes] = field(default_factory=list[bytes])
    sent: int = 0

    def __post_init__(self) -> None:
        self.codec = console_codec(self.subprotocol)

    async def send(self, message: Message) -> None:
        """A message as it is, numbered unless the test has done that."""
        if isinstance(message, Asked) and not message.n:
            message = msgspec.structs.replace(message, n=self.next_n())
        await self.wire.send(self.codec.encode(message))

    def next_n(self) -> int:
        """The number of the next message."""
        self.sent += 1
        return self.sent

    async def greet(self, hello: Hello, secret: str) -> None:
        """Answer the hub's challenge."""
        challenge = await self.until(Challenge)
        await self.send(msgspec.structs.replace(hello, proof=proof(secret, challenge.nonce)))

    async def one(self) -> ToConsole | Batch | bytes:
        """The next message or frame."""
        data = await self.wire.recv()
        if isinstance(data, bytes) and kind_of(data):
            if kind_of(data) == TELEMETRY:
                self.batches.append(unpack_telemetry(data))
                return self.batches[-1]
            self.frames.append(data)
            return data
        message = self.codec.decode(data)
        self.got.append(message)
        return message

    async def until(self, kind: type[M], which: Callable[[M], bool] = lambda _: True) -> M:
        """Read on until a message of `kind` for which `which` holds."""
        async with asyncio.timeout(10):
            while True:
                message = await self.one()
                if isinstance(message, kind) and which(message):
                    return message

    def rows(self) -> Batch:
        """All telemetry got so far."""
        return joined(self.batches)


@dataclass
class Room:
    """A running hub."""

    hub: Hub
    plant: Plant
    url: str
    work: asyncio.Task[None]

    @asynccontextmanager
    async def console(
        self, subprotocol: str = SUBPROTOCOL_MSGPACK, resume: Welcome | None = None, sequence: int = 0
    ) -> AsyncGenerator[Console]:
        """A console that has said Hello; it has read nothing yet."""
        async with self.wire(subprotocol) as wire:
            console = Console(wire, subprotocol)
            token = resume.resume if resume else ""
            hello = Hello(user="kim", station="s1", resume=token, sequence=sequence)
            await console.greet(hello, SECRET)
            yield console

    @asynccontextmanager
    async def wire(
        self, subprotocol: str | None = SUBPROTOCOL_MSGPACK, origin: str | None = None
    ) -> AsyncGenerator[ClientConnection]:
        """A bare connection."""
        protocols = [Subprotocol(subprotocol)] if subprotocol else None
        allowed = Origin(origin) if origin else None
        async with connect(
            self.url, subprotocols=protocols, origin=allowed, compression=None, max_size=None
        ) as wire:
            yield wire


def open_hub(
    data: DataDir,
    plant: Plant,
    site: Site | None = None,
    clock: Clock | None = None,
    *,
    local: bool = True,
) -> Hub:
    """A hub on `data` whose only feed is `plant`; not `local`: everybody signs in."""
    clock = clock or SystemClock()
    site = site or small_site()
    hub = Hub(Parts(site, data, clock, local=local))
    feed = site.feeds[0]
    timing = Timing(clock, lambda: 0.0, lambda _: asyncio.sleep(0.05))
    mapping = FeedMapping(hub.catalogue, feed)
    mapping.grow(hub.grown.restored(feed.id))
    runner = FeedRunner(feed, plant, mapping, hub.pipeline, timing)
    hub.feeds.take({feed.id: runner})
    return hub


@asynccontextmanager
async def hub_room(
    folder: Path, site: Site | None = None, clock: Clock | None = None, *, local: bool = True
) -> AsyncGenerator[Room]:
    """A hub on `folder`, serving on a free port of loopback."""
    listener = socket.create_server(("127.0.0.1", 0))
    plant = Plant()
    with listener, DataDir(folder) as data:
        hub = open_hub(data, plant, site, clock, local=local)
        async with running(hub, SECRET, listener) as work:
            await plant.up.wait()
            yield Room(hub, plant, f"ws://127.0.0.1:{listener.getsockname()[1]}/ws", work)
