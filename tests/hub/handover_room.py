"""A control room in which shifts are handed over: real journal, areas, tags and procedures; notes in a file."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from control_room import ControlRoom, Field, control_room, gate_site

from console.core.alarm.facts import AlarmFact, MaintenanceFact, RedefinedFact
from console.core.command.control_facts import TagKind
from console.core.command.tags import TagOrder
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.feed import FeedFact
from console.core.handover.facts import HandoverFact, Party, Seen
from console.core.handover.parties import Actor
from console.core.site import Area, Site
from console.core.words import Text
from console.hub.clock import SetClock
from console.hub.handover.desk import HandoverAct, HandoverDesk, Responsibility
from console.hub.handover.sources import Collector, Sources
from console.hub.person import Person

KIM = Actor("kim", "김", "kim", "seat-1", "session-kim")
LEE = Actor("lee", "이", "lee", "seat-2", "session-lee")
CHOI = Actor("choi", "최", "choi", "seat-3", "session-choi")
NAME = Text("가", "a")


def person(actor: Actor) -> Person:
    return Person(actor.who, actor.station, session=actor.session, identity=actor.human, name=actor.name)


def site() -> Site:
    """Areas a and b; a procedure of area a that waits for a note."""
    base = gate_site()
    step = ProcedureStep(id="say", kind=StepKind.NOTE, label=NAME)
    areas = (*base.areas, Area(id="b", name=NAME, lat=35.1, lon=129.1))
    procedure = Procedure(id="drain", label=NAME, purpose=NAME, area="a", steps=(step,))
    return msgspec.structs.replace(base, areas=areas, procedures=(procedure,))


@dataclass(frozen=True)
class Entry:
    id: str
    at: int
    author: str = "kim"
    author_name: str = "김"
    area: str = ""
    text: str = "배수문 소음"


class Notes:
    """Entries in hand; up to when they are locked is written to a file, as often as that was asked."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "locked.txt"
        self.entries_: list[Entry] = []

    async def entries(self, since_ns: int, until_ns: int, areas: frozenset[str]) -> Sequence[Entry]:
        return [
            entry
            for entry in self.entries_
            if since_ns <= entry.at < until_ns and (not entry.area or entry.area in areas)
        ]

    async def lock(self, until_ns: int, person: str) -> int:
        with self.file.open("a", encoding="utf-8") as file:
            file.write(f"{until_ns} {person}\n")
        return len(self.entries_)


class HandoverRoom:
    """The desk of handovers beside that of control."""

    def __init__(self, room: ControlRoom, folder: Path) -> None:
        self.control = room
        self.clock = room.clock
        self.journal, self.ring = room.journal, room.ring
        self.alarms: list[AlarmFact] = []
        self.feeds: list[FeedFact] = []
        self.away: set[str] = set()
        none_m: list[MaintenanceFact] = []
        none_r: list[RedefinedFact] = []
        sources = Sources(
            alarms=lambda: self.alarms,
            maintenance=lambda: none_m,
            redefined=lambda: none_r,
            tags=room.tags.facts,
            commands=room.broker.facts,
            runs=room.desk.procedures.facts,
            feeds=lambda: self.feeds,
        )
        self.notes = Notes(folder)
        collector = Collector(room.catalogue, sources, room.latest, room.clock)
        collector.notes = self.notes
        moves = Responsibility(room.desk.areas, room.desk.procedures)
        self.desk = HandoverDesk(room.catalogue, collector, moves, room.backbone, room.ring, room.clock)
        self.desk.here = self._here

    def _here(self, party: Party) -> bool:
        return party.who not in self.away

    def fact(self, handover: str) -> HandoverFact:
        found = self.desk.book.fact(handover)
        assert found is not None
        return found

    async def hang(self, asset: str, text: str = "정비 중") -> str:
        order = TagOrder(asset=asset, kind=TagKind.INHIBIT_ALL, text=text)
        return (await self.control.tags.place(order, person(KIM))).subject

    async def draft(self, *areas: str, actor: Actor = KIM) -> str:
        done = await self.desk.draft(areas or ("a",), actor)
        assert done.reason == ""
        return done.subject

    async def act(self, handover: str, act: str, actor: Actor, **more: str) -> str:
        return (await self.desk.act(handover, HandoverAct(act=act, **more), actor)).reason

    async def accept_all(self, handover: str, actor: Actor = LEE) -> None:
        seen = [Seen(item.key, item.mark) for item in self.fact(handover).items]
        assert all(not done.reason for done in await self.desk.accept(handover, seen, True, actor))

    async def sign(self, handover: str, actor: Actor) -> str:
        digest = self.fact(handover).digest
        return (await self.desk.sign(handover, digest, "password", actor)).reason

    async def handed_over(self, *areas: str, outgoing: Actor = KIM, incoming: Actor = LEE) -> str:
        """A whole handover."""
        handover = await self.draft(*areas, actor=outgoing)
        assert await self.act(handover, "offer", outgoing) == ""
        assert await self.act(handover, "take_up", incoming) == ""
        await self.accept_all(handover, incoming)
        assert await self.sign(handover, outgoing) == ""
        assert await self.sign(handover, incoming) == ""
        await self.desk.moved()
        return handover

    def holders(self) -> dict[str, str]:
        return {fact.area: fact.holder for fact in self.control.desk.areas.facts()}

    def whats(self, subject: str) -> list[str]:
        """What the journal says of a subject, oldest first."""
        return [record.what for record in reversed(self.journal.query(subject, 500))]


@asynccontextmanager
async def handover_room(folder: Path, clock: SetClock | None = None) -> AsyncGenerator[HandoverRoom]:
    """Both desks at work."""
    async with control_room(folder, Field(), site(), clock) as control:
        room = HandoverRoom(control, folder)
        await room.desk.restore()
        work = asyncio.create_task(room.desk.run())
        await asyncio.sleep(0)
        try:
            yield room
        finally:
            work.cancel()
            await asyncio.wait({work})


def told(
    folder: Path, story: Callable[[HandoverRoom], Awaitable[None]], clock: SetClock | None = None
) -> None:
    """Runs a story in a room."""

    async def run() -> None:
        async with handover_room(folder, clock) as room:
            await story(room)

    asyncio.run(run())
