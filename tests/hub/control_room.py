"""A gate house with a real journal and all that acts on it; field and clock are in the test's hands."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec

from console.core.batch import batch_of
from console.core.catalogue import Catalogue
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.control import Interlock, Policy
from console.core.quality import Quality
from console.core.site import (
    Area,
    Asset,
    AssetType,
    CommandClass,
    CommandDef,
    ParamDef,
    Site,
    TagDef,
    TagKind,
)
from console.core.values import LatestValues
from console.core.words import Text
from console.feeds.base import (
    CancellingFeed,
    DeviceAnswer,
    DeviceCommand,
    DeviceSelection,
    FeedDown,
    SelectingFeed,
)
from console.hub.backbone.local import LocalBackbone
from console.hub.clock import SetClock
from console.hub.control_desk import ControlDesk
from console.hub.journal import Journal
from console.hub.judge import District
from console.hub.person import Person
from console.hub.ring import EventRing
from console.hub.ulid import UlidMaker
from console.wire.messages import CommandConfirm, Message

KIM = Person("kim", "seat-1", session="session-kim", identity="kim")
LEE = Person("lee", "seat-2", session="session-lee", identity="lee")
Answer = Callable[[DeviceAnswer], None]


def text(word: str) -> Text:
    return Text(word, word)


GATE = AssetType(
    id="gate",
    label=text("gate"),
    glyph="gate",
    tags=(
        TagDef(name="run", label=text("run"), kind=TagKind.DISCRETE, states=(text("off"), text("on"))),
        TagDef(name="opening", label=text("opening"), unit="%"),
        TagDef(name="level", label=text("level"), unit="m"),
    ),
    commands=(
        CommandDef(name="start", label=text("start"), value=1.0, feedback_tag="run", test_mode=True),
        CommandDef(
            name="open",
            label=Text("수문 개방", "Open gate"),
            command_class=CommandClass.C2,
            params=(ParamDef(name="to", label=text("to"), unit="%"),),
            feedback_tag="opening",
            feedback_tolerance=0.5,
            hazard=Text("하류 수위가 오릅니다", "The level downstream rises"),
            hazards={"100": Text("하류가 잠길 수 있습니다", "Downstream may be flooded")},
            interlocks=(Interlock(when="level < 4.5", label=Text("내수위 4.5 m 미만", "Level below 4.5 m")),),
            cancellable=True,
        ),
        CommandDef(
            name="dump",
            label=Text("비상 방류", "Dump"),
            command_class=CommandClass.C3,
            value=100.0,
            feedback_tag="opening",
            interlocks=(Interlock(when="level < 4.5", label=Text("내수위 4.5 m 미만", "Level below 4.5 m")),),
        ),
        CommandDef(
            name="stop",
            label=Text("비상 정지", "Emergency stop"),
            command_class=CommandClass.C3,
            value=0.0,
            feedback_tag="opening",
            emergency=True,
        ),
    ),
)
PATHS = {"start": "run", "open": "opening", "dump": "opening", "stop": "opening"}
FREE = Policy(target_gap_s=0.0, commands_per_min=1000)


def gate_site(gates: int = 4, policy: Policy = FREE) -> Site:
    return Site(
        id="gates",
        name=text("gates"),
        time_zone="Asia/Seoul",
        south=35.0,
        west=129.0,
        north=35.2,
        east=129.2,
        areas=(Area(id="a", name=Text("가 구역", "Area A"), lat=35.1, lon=129.1),),
        types=(GATE,),
        assets=tuple(
            Asset(id=f"g{n}", type="gate", name=Text(f"수문 {n}", f"Gate {n}"), area="a", lat=35.1, lon=129.1)
            for n in range(gates)
        ),
        policy=policy,
    )


class Field:
    """The one feed: keeps what it is told, and answers as the test says."""

    def __init__(self) -> None:
        self.up = True
        self.sent: list[DeviceCommand] = []
        self.answers: dict[str, Answer] = {}
        self.device: Callable[[DeviceCommand, Answer], None] | None = None

    def senders(self) -> list[tuple[str, Field]]:
        return [("field", self)]

    def is_up(self, feed: str) -> bool:
        return self.up

    def command(
        self, command_id: str, asset: str, command: str, value: float, *, test: bool = False
    ) -> DeviceCommand | None:
        return DeviceCommand(command_id, asset, PATHS[command], value, test)

    async def send(self, command: DeviceCommand, answer: Answer) -> None:
        if not self.up:
            raise FeedDown("not_connected")
        self.sent.append(command)
        self.answers[command.command_id] = answer
        if self.device is not None:
            self.device(command, answer)

    def selecting(self) -> SelectingFeed | None:
        return None

    def cancelling(self) -> CancellingFeed | None:
        return None


class SelectingField(Field):
    """Devices that know select before operate and cancel."""

    def __init__(self) -> None:
        super().__init__()
        self.selected: list[DeviceCommand] = []
        self.released: list[str] = []
        self.cancelled: list[str] = []
        self.let_go: dict[str, Callable[[], None]] = {}
        self.answer = DeviceSelection(ok=True, lasts_s=12.0)
        self.silent = asyncio.Event()
        self.silent.set()

    def selecting(self) -> SelectingFeed | None:
        return self

    def cancelling(self) -> CancellingFeed | None:
        return self

    async def select(self, command: DeviceCommand, released: Callable[[], None]) -> DeviceSelection:
        if not self.up:
            raise FeedDown("not_connected")
        self.selected.append(command)
        self.let_go[command.command_id] = released
        await self.silent.wait()
        echo = {"source": command.source, "path": command.path, "value": command.value}
        given = {f: getattr(self.answer, f) for f in echo if getattr(self.answer, f)}
        return msgspec.structs.replace(self.answer, **{**echo, **given})

    async def release(self, command: DeviceCommand) -> None:
        self.released.append(command.command_id)

    async def cancel(self, command: DeviceCommand) -> None:
        self.cancelled.append(command.command_id)


class ControlRoom:
    """The desk at work."""

    def __init__(self, folder: Path, field: Field, site: Site, clock: SetClock) -> None:
        self.field = field
        self.clock = clock
        self.catalogue = Catalogue(site)
        self.latest = LatestValues(len(self.catalogue.tags))
        self.ring = EventRing()
        self.journal = Journal(folder / "journal.db")
        self.backbone = LocalBackbone(self.journal, folder)
        district = District(self.catalogue, self.latest, field)
        self.desk = ControlDesk(district, self.backbone, self.ring, clock)
        self.broker, self.groups, self.tags = self.desk.broker, self.desk.groups, self.desk.tags
        self.told: defaultdict[str, list[Message]] = defaultdict(list)
        self.broker.confirmations.tell = lambda session, message: self.told[session].append(message)
        self.ulid = UlidMaker(clock)

    def feel(self, key: str, value: float, quality: Quality = Quality.GOOD) -> None:
        """A fresh value of `asset.tag`."""
        rows = batch_of([self.catalogue.tag_index(key)], [self.clock.at()], [value], [quality])
        self.latest.apply(rows)
        self.broker.values(rows)

    def fresh(self) -> None:
        """Every gate is shut and the water is low."""
        for asset in self.catalogue.assets:
            self.feel(f"{asset}.run", 0.0)
            self.feel(f"{asset}.opening", 0.0)
            self.feel(f"{asset}.level", 3.0)

    def request(self, asset: str = "g0", command: str = "open", **more: object) -> CommandRequest:
        if command == "open":
            more = {"value": 40.0, **more}
        return msgspec.structs.replace(
            CommandRequest(command_id=self.ulid(), asset=asset, command=command), **more
        )

    def fact(self, request: CommandRequest) -> CommandFact:
        fact = self.broker.fact(request.command_id)
        assert fact is not None
        return fact

    def state(self, request: CommandRequest) -> CommandState:
        return self.fact(request).state

    def confirm(self, person: Person = KIM) -> CommandConfirm:
        """The newest confirmation that was sent to this person's session."""
        return next(m for m in reversed(self.told[person.session]) if isinstance(m, CommandConfirm))

    async def selected(self, request: CommandRequest | None = None, person: Person = KIM) -> CommandRequest:
        """A command of class C2 that waits for its confirmation."""
        request = request or self.request()
        assert await self.broker.submit(request, person) == ""
        assert self.state(request) is CommandState.SELECTED
        return request

    async def quiet(self) -> None:
        """All that has happened has been carried through."""
        for _ in range(5):
            await asyncio.sleep(0)
        await self.desk.settled()
        for _ in range(5):
            await asyncio.sleep(0)

    def move(self, seconds: float) -> None:
        """Time passes, and the broker looks at it; values stay fresh."""
        self.clock.move(seconds)
        self.broker.withdrawals.expire()


@asynccontextmanager
async def control_room(
    folder: Path, field: Field | None = None, site: Site | None = None, clock: SetClock | None = None
) -> AsyncGenerator[ControlRoom]:
    """A desk that runs, with fresh values."""
    room = ControlRoom(folder, field or Field(), site or gate_site(), clock or SetClock())
    room.fresh()
    try:
        await room.desk.restore()
        work = asyncio.create_task(room.desk.run())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        try:
            yield room
        finally:
            work.cancel()
            await asyncio.wait({work})
    finally:
        room.journal.close()


def told(
    folder: Path,
    story: Callable[[ControlRoom], Awaitable[None]],
    field: Field | None = None,
    site: Site | None = None,
) -> None:
    """Runs a story in a room."""

    async def run() -> None:
        async with control_room(folder, field, site) as room:
            await story(room)

    asyncio.run(run())
