"""Commands of people who have signed in: approvals over the wire, and what ends with a seat or a session."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hub_room import Room, small_site
from people_room import OTHER, PASSWORD, Sitter, at_work, people_room

from console.core.command.facts import CommandFact, CommandRequest
from console.core.control import Policy
from console.core.site import CommandClass, Site
from console.hub.clock import SystemClock
from console.hub.ulid import UlidMaker
from console.wire.messages import (
    CancelCommand,
    CommandConfirm,
    CommandsChanged,
    DecideCommand,
    ExecuteCommand,
    SendCommand,
    StepUp,
)

_ulid = UlidMaker(SystemClock())


def site(same_station: bool) -> Site:
    """Starting a pump is of class C2 here."""
    small = small_site()
    pump = small.types[0]
    start = msgspec.structs.replace(pump.commands[0], command_class=CommandClass.C2)
    pump = msgspec.structs.replace(pump, commands=(start, *pump.commands[1:]))
    policy = Policy(same_station_approval=same_station, target_gap_s=0.0)
    return msgspec.structs.replace(small, types=(pump,), policy=policy)


def played(folder: Path, story: Callable[[Room], Awaitable[None]], same_station: bool = False) -> None:
    async def run() -> None:
        async with people_room(folder, site(same_station)) as room:
            room.plant.push("a0", "run", 0.0)
            await asyncio.sleep(0.1)
            await story(room)

    asyncio.run(run())


async def asked(sitter: Sitter, command: str, **more: Any) -> CommandRequest:
    request = CommandRequest(command_id=_ulid(), asset="a0", command=command, **more)
    assert (await sitter.ask(SendCommand(request="", command=request))).reason == ""
    return request


@asynccontextmanager
async def trusted(room: Room, user: str, station: str) -> AsyncGenerator[Sitter]:
    """Somebody who has just said the password again (SEC-14)."""
    async with at_work(room, user, station) as sitter:
        assert (await sitter.ask(StepUp(request="", password=PASSWORD))).reason == ""
        yield sitter


async def confirmed(sitter: Sitter, request: CommandRequest) -> CommandConfirm:
    """The confirmation that the hub has sent to this console."""
    got = [
        m for m in sitter.console.got if isinstance(m, CommandConfirm) and m.command_id == request.command_id
    ]
    return got[-1] if got else await sitter.console.until(CommandConfirm)


async def ended(room: Room, request: CommandRequest, state: str) -> CommandFact:
    async with asyncio.timeout(6):
        while True:
            fact = room.hub.broker.fact(request.command_id)
            if fact is not None and fact.state == state:
                return fact
            await asyncio.sleep(0.01)


def digest(room: Room, request: CommandRequest) -> str:
    fact = room.hub.broker.fact(request.command_id)
    assert fact is not None
    assert fact.confirm is not None
    return fact.confirm.digest


def test_two_people_at_two_seats_send_what_neither_sends_alone(tmp_path: Path) -> None:
    """CMD-06: the approver never sees the token, the requester sends."""

    async def story(room: Room) -> None:
        async with trusted(room, "lee", "s1") as lee, trusted(room, "park", "s2") as park:
            request = await asked(lee, "scrap")
            decide = DecideCommand(
                request="", command_id=request.command_id, digest=digest(room, request), approve=True
            )
            assert (await lee.ask(decide)).reason == "NOT_AUTHORIZED"
            assert (await park.ask(decide)).reason == ""
            confirm = await confirmed(lee, request)
            assert "CommandConfirm" not in park.kinds()
            stolen = ExecuteCommand(request="", command_id=request.command_id, token=confirm.token)
            assert (await park.ask(stolen)).reason == "NOT_AUTHORIZED"
            assert room.plant.sent == []
            assert (await lee.ask(stolen)).reason == ""
            await ended(room, request, "INDETERMINATE")
            assert len(room.plant.sent) == 1
            told = [m for m in park.console.got if isinstance(m, CommandsChanged)]
            assert told[0].commands[0].confirm == confirm.text

    played(tmp_path, story)


@pytest.mark.parametrize(
    ("allowed", "password", "reason"),
    [(True, PASSWORD, ""), (True, OTHER, "SIGN_IN_FAILED"), (False, PASSWORD, "SAME_STATION")],
)
def test_a_second_person_may_prove_themselves_at_the_requesters_seat(
    tmp_path: Path, allowed: bool, password: str, reason: str
) -> None:
    """CMD-06: only where the site allows it, and only with that person's own password."""

    async def story(room: Room) -> None:
        async with trusted(room, "lee", "s1") as lee:
            request = await asked(lee, "scrap")
            decide = DecideCommand(
                request="",
                command_id=request.command_id,
                digest=digest(room, request),
                approve=True,
                user="park",
                password=password,
            )
            assert (await lee.ask(decide)).reason == reason
            await ended(room, request, "AWAIT_APPROVAL" if reason else "SELECTED")

    played(tmp_path, story, same_station=allowed)


def test_a_seat_that_goes_takes_its_confirmation_along(tmp_path: Path) -> None:
    async def story(room: Room) -> None:
        async with at_work(room, "kim", "s1") as kim:
            request = await asked(kim, "start")
            await confirmed(kim, request)
        fact = await ended(room, request, "CANCELLED")
        assert fact.reason == "SESSION_LOST"

    played(tmp_path, story)


def test_a_session_that_is_revoked_takes_its_commands_along(tmp_path: Path) -> None:
    """SEC-08."""

    async def story(room: Room) -> None:
        async with trusted(room, "lee", "s1") as lee:
            request = await asked(lee, "scrap")
            room.hub.sessions.revoke("lee")
            assert (await ended(room, request, "CANCELLED")).reason == "SESSION_LOST"

    played(tmp_path, story)


def test_the_requester_withdraws_over_the_wire_and_says_why_it_cannot(tmp_path: Path) -> None:
    async def story(room: Room) -> None:
        async with at_work(room, "kim", "s1") as kim:
            request = await asked(kim, "start")
            cancel = CancelCommand(request="", command_id=request.command_id)
            assert (await kim.ask(cancel)).reason == ""
            result = await kim.ask(cancel)
            assert (result.subject, result.reason) == (request.command_id, "ALREADY_FINISHED")
            unknown = CancelCommand(request="", command_id=_ulid())
            assert (await kim.ask(unknown)).reason == "UNKNOWN_COMMAND"

    played(tmp_path, story)
