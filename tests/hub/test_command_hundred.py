"""CV-20 and CMD-01: a hundred at once on one target, and one command a hundred times."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
from control_room import KIM, ControlRoom, told
from hub_room import SECRET, Console, Room, hub_room, small_site

from console.core.command.facts import CommandRequest
from console.core.command.facts import CommandState as S
from console.core.site import CommandClass, Site
from console.hub.clock import SystemClock
from console.hub.person import Person
from console.hub.ulid import UlidMaker
from console.wire.messages import ActReply, CommandConfirm, ExecuteCommand, Hello, SendCommand, SnapshotDone

MANY = 100


def people() -> list[Person]:
    return [Person(f"p{n}", f"seat-{n}", session=f"session-{n}", identity=f"p{n}") for n in range(MANY)]


@pytest.mark.parametrize(
    ("command", "loser", "sent"),
    [("start", "TARGET_BUSY", 1), ("open", "LOCKED_BY_OTHER_CLIENT", 0), ("dump", "TARGET_BUSY", 0)],
)
def test_of_a_hundred_on_one_target_one_wins(tmp_path: Path, command: str, loser: str, sent: int) -> None:
    """CV-20 for every class; areas are left out, so that the target itself has to decide."""

    async def story(room: ControlRoom) -> None:
        room.desk.permits.areas = None
        requests = [room.request(command=command) for _ in range(MANY)]
        answers = await asyncio.gather(
            *(room.broker.submit(request, who) for request, who in zip(requests, people(), strict=True))
        )
        await room.quiet()
        assert sorted(answers) == ["", *[loser] * (MANY - 1)]
        assert len(room.field.sent) == sent
        states = [room.state(request) for request in requests]
        assert states.count(S.REJECTED) == MANY - 1

    told(tmp_path, story)


def test_one_command_asked_for_and_confirmed_a_hundred_times_reaches_the_device_once(tmp_path: Path) -> None:
    """CMD-01, CV-04."""

    async def story(room: ControlRoom) -> None:
        request = room.request()
        answers = await asyncio.gather(*(room.broker.submit(request, KIM) for _ in range(MANY)))
        assert set(answers) == {""}
        token = room.confirm().token
        answers = await asyncio.gather(
            *(room.broker.execute(request.command_id, token, KIM) for _ in range(MANY))
        )
        assert set(answers) == {""}
        await room.quiet()
        assert [command.command_id for command in room.field.sent] == [request.command_id]

    told(tmp_path, story)


def two_step_site() -> Site:
    """Starting a pump is of class C2 here."""
    site = small_site()
    pump = site.types[0]
    start = msgspec.structs.replace(pump.commands[0], command_class=CommandClass.C2)
    pump = msgspec.structs.replace(pump, commands=(start, *pump.commands[1:]))
    return msgspec.structs.replace(site, types=(pump,))


async def served(stack: AsyncExitStack, room: Room, number: int) -> Console:
    console = Console(await stack.enter_async_context(room.wire()))
    await console.greet(Hello(user=f"p{number}", station=f"seat-{number}"), SECRET)
    await console.until(SnapshotDone)
    return console


async def asked(console: Console, request: CommandRequest) -> str:
    await console.send(SendCommand(request="r", command=request))
    return (await console.until(ActReply)).results[0].reason


def test_of_a_hundred_consoles_of_a_real_hub_one_wins(tmp_path: Path) -> None:
    """CV-20: over the wire, confirmed by the winner; the device counts one, and nobody else hears the token."""
    ulid = UlidMaker(SystemClock())

    async def story() -> None:
        async with hub_room(tmp_path, two_step_site()) as room, AsyncExitStack() as stack:
            room.hub.permits.areas = None
            room.plant.push("a0", "run", 0.0)
            consoles = [await served(stack, room, n) for n in range(MANY)]
            requests = [CommandRequest(command_id=ulid(), asset="a0", command="start") for _ in consoles]
            answers = await asyncio.gather(*map(asked, consoles, requests))
            assert sorted(answers) == ["", *["LOCKED_BY_OTHER_CLIENT"] * (MANY - 1)]
            winner = answers.index("")
            console = consoles[winner]
            confirm = next(m for m in console.got if isinstance(m, CommandConfirm))
            assert confirm.command_id == requests[winner].command_id
            heard = [c for c in consoles if any(isinstance(m, CommandConfirm) for m in c.got)]
            assert heard == [console]
            confirmed = await asyncio.gather(*(_confirmed(c, confirm) for c in consoles))
            assert [n for n, reason in enumerate(confirmed) if not reason] == [winner]
            await room.hub.broker.settled()
            assert [command.command_id for command in room.plant.sent] == [confirm.command_id]

    asyncio.run(story())


async def _confirmed(console: Console, confirm: CommandConfirm) -> str:
    """Everybody shows the winner's token; why it was refused."""
    await console.send(ExecuteCommand(request="x", command_id=confirm.command_id, token=confirm.token))
    reply = await console.until(ActReply)
    reason = reply.results[0].reason
    assert reason in ("", "LOCKED_BY_OTHER_CLIENT", "ALREADY_IN_EXECUTION", "ALREADY_SENT")
    return reason
