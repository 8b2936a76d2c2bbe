"""One command of class C3 through every state over a real journal, killed where the test says (CMD-02).

python command_crash.py FOLDER state STATE: dies as soon as the command is in STATE and that is on disk.
python command_crash.py FOLDER within|after N: dies inside the N-th durable operation, or when it is on disk and nobody
has been answered. N 0 lives, and tells how many there are.
What reaches the device is kept by the device in FOLDER/device.log.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

from control_room import KIM, LEE, Answer, ControlRoom, SelectingField, control_room
from crash_scenario import die_at

import console.hub.journal as journal_room
from console.core.command.facts import CommandRequest, CommandState
from console.feeds.base import DeviceAnswer, DeviceCommand
from console.hub.broker import Decision

REQUEST = CommandRequest(command_id="01JD0000000000000000000000", asset="g0", command="dump")


class RememberingField(SelectingField):
    """A device whose memory outlives the hub."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._log = folder / "device.log"

    async def send(self, command: DeviceCommand, answer: Answer) -> None:
        with self._log.open("a") as log:
            log.write(f"{command.command_id}\n")
            log.flush()
            os.fsync(log.fileno())
        await super().send(command, answer)


async def script(room: ControlRoom, field: SelectingField) -> AsyncGenerator[None]:
    """The whole way; each step is carried through before the next."""
    await room.desk.areas.take("a", KIM)
    yield
    await room.broker.submit(REQUEST, KIM)
    yield
    confirm = room.fact(REQUEST).confirm
    assert confirm is not None
    field.silent.clear()
    decision = Decision(command_id=REQUEST.command_id, digest=confirm.digest, approve=True)
    deciding = asyncio.create_task(room.broker.decide(decision, LEE))
    while not field.selected:
        await asyncio.sleep(0.001)
    yield
    field.silent.set()
    await deciding
    yield
    await room.broker.execute(REQUEST.command_id, room.confirm().token, KIM)
    await room.quiet()
    yield
    for word in ("accepted", "done"):
        field.answers[REQUEST.command_id](DeviceAnswer(word))
        yield
    room.move(10.0)
    yield
    room.fresh()
    room.feel("g0.opening", 100.0)
    yield


def die(*_given: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def live(folder: Path, state: str) -> None:
    field = RememberingField(folder)
    async with control_room(folder, field) as room:
        if state == CommandState.RECEIVED:
            setattr(room.broker.clearance, "begin", die)  # noqa: B010 - a method gives way on purpose
        async for _ in script(room, field):
            await room.quiet()
            fact = room.broker.fact(REQUEST.command_id)
            if fact is not None and fact.state == state:
                die()


def count() -> list[int]:
    """Counts durable operations from now on."""
    applied, counted = journal_room._apply, [0]

    def apply(*given: Any) -> Any:
        counted[0] += 1
        return applied(*given)

    journal_room._apply = apply
    return counted


if __name__ == "__main__":
    where, how, what = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    counted = count()
    if how != "state" and what != "0":
        die_at(int(what), how)
    asyncio.run(live(where, what if how == "state" else ""))
    sys.stdout.write(f"{counted[0]}\n")
