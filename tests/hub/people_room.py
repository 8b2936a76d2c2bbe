"""A hub where everybody signs in, with some people, and consoles that sign in."""

from __future__ import annotations

import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
from hub_room import SECRET, Console, Room, hub_room, small_site

from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.site import CommandClass, Site
from console.hub.clock import Clock
from console.hub.people.people import Wish
from console.hub.people.records import Origin
from console.wire.messages import (
    ActReply,
    ActResult,
    Asked,
    Hello,
    SessionChanged,
    SignedIn,
    SignIn,
)

PASSWORD = "blue-otter-cloud-17"
OTHER = "green-heron-stone-29"


def grant(role: Role, *areas: str, top: CommandClass = CommandClass.C2) -> Grant:
    return Grant(role=role, areas=areas or ("*",), top_class=top)


PEOPLE = {
    "kim": (grant(Role.OPERATOR),),
    "lee": (grant(Role.SUPERVISOR, top=CommandClass.C3),),
    "park": (grant(Role.APPROVER, top=CommandClass.C3), grant(Role.VIEWER)),
    "view": (grant(Role.VIEWER),),
    "root": (grant(Role.SECURITY_ADMIN),),
}


@dataclass
class Sitter:
    """A console, and what its session is."""

    console: Console
    facts: list[SessionFact] = field(default_factory=list[SessionFact])
    numbers: Any = field(default_factory=lambda: itertools.count(2))

    async def ask(self, message: Asked) -> ActResult:
        """The first result of the answer to an act."""
        n = next(self.numbers)
        fields: dict[str, Any] = {"n": n, "request": f"r{n}"}
        await self.console.send(msgspec.structs.replace(message, **fields))
        reply = await self.console.until(ActReply, lambda reply: reply.request == f"r{n}")
        return reply.results[0]

    async def send(self, message: Asked) -> None:
        await self.console.send(msgspec.structs.replace(message, n=next(self.numbers)))

    async def session(
        self, state: SessionState, which: Callable[[SessionFact], bool] = lambda _: True
    ) -> SessionFact:
        """Read on until the session, as it was told last, is in a state and `which` holds."""
        told = [message.session for message in self.console.got if isinstance(message, SessionChanged)]
        while not told or told[-1].state is not state or not which(told[-1]):
            told.append((await self.console.until(SessionChanged)).session)
        return told[-1]

    async def sign_in(self, user: str, password: str = PASSWORD) -> ActResult:
        return await self.ask(SignIn(request="", user=user, password=password))

    def token(self) -> str:
        """The newest token."""
        return [message.token for message in self.console.got if isinstance(message, SignedIn)][-1]

    def kinds(self) -> set[str]:
        return {type(message).__name__ for message in self.console.got}


@asynccontextmanager
async def seated(
    room: Room, station: str = "s1", *, user: str = "", token: str = ""
) -> AsyncGenerator[Sitter]:
    """A console at a station; nobody has signed in."""
    async with room.wire() as wire:
        console = Console(wire)
        await console.greet(Hello(station=station, n=1, user=user, token=token), SECRET)
        yield Sitter(console)


@asynccontextmanager
async def at_work(room: Room, user: str, station: str = "s1") -> AsyncGenerator[Sitter]:
    """A console at which somebody has signed in."""
    async with seated(room, station) as sitter:
        assert (await sitter.sign_in(user)).reason == ""
        yield sitter


@asynccontextmanager
async def people_room(
    folder: Path, site: Site | None = None, clock: Clock | None = None, *, people: bool = True
) -> AsyncGenerator[Room]:
    """A hub in mode accounts."""
    async with hub_room(folder, site or small_site(), clock, local=False) as room:
        for user, grants in PEOPLE.items() if people else ():
            if room.hub.people.book.find(user) is None:
                wish = Wish(user=user, name=user.upper(), grants=grants, password=PASSWORD)
                await room.hub.people.put(wish, Origin(who="test"))
        yield room
