"""A run of a procedure that is killed at its N-th durable operation; what reached the device is written to a file.

python run_crash.py FOLDER POINT PHASE: PHASE `within` dies inside the transaction, `after` when it is on disk and
nobody has been told; POINT 0 lives to the end.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any

import msgspec
from control_room import KIM, Answer, Field, control_room, gate_site

import console.hub.journal as journal_room
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.site import Site
from console.core.words import Text
from console.feeds.base import DeviceAnswer, DeviceCommand
from console.hub.backbone.base import Appended
from console.hub.clock import SetClock

NAME = Text("가", "a")


def site() -> Site:
    """Start two gates, one after the other, then write something down."""
    steps = tuple(
        ProcedureStep(id=f"start-{asset}", kind=StepKind.COMMAND, label=NAME, asset=asset, command="start")
        for asset in ("g0", "g1")
    )
    note = ProcedureStep(id="say", kind=StepKind.NOTE, label=NAME)
    procedure = Procedure(id="drain", label=NAME, purpose=NAME, area="a", steps=(*steps, note))
    return msgspec.structs.replace(gate_site(), procedures=(procedure,))


class Diary(Field):
    """Writes every order to a file before it does it, and then shows its effect."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._file = folder / "device.txt"
        self.device = self._obey
        self.room: Any = None

    def orders(self) -> list[str]:
        """What has reached the device since the beginning of time."""
        return self._file.read_text("utf-8").split() if self._file.exists() else []

    def _obey(self, command: DeviceCommand, answer: Answer) -> None:
        with self._file.open("a", encoding="utf-8") as file:
            file.write(f"{command.source}:{command.command_id}\n")
            file.flush()
            os.fsync(file.fileno())
        answer(DeviceAnswer("accepted"))
        answer(DeviceAnswer("done"))
        self.room.clock.move(0.01)
        self.room.feel(f"{command.source}.run", 1.0)


def arm(point: int, phase: str) -> None:
    """Kill this process at the chosen commit."""
    commits = 0
    apply, answer = journal_room._apply, journal_room._answer  # pyright: ignore[reportPrivateUsage]

    def applied(*given: Any) -> Any:
        nonlocal commits
        commits += 1
        done = apply(*given)
        if commits == point and phase == "within":
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    def answered(group: list[Any], answers: list[Appended]) -> None:
        if commits >= point > 0 and phase == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        answer(group, answers)

    journal_room._apply, journal_room._answer = applied, answered  # pyright: ignore[reportPrivateUsage]


async def live(folder: Path) -> None:
    """The run from its start to its note."""
    field = Diary(folder)
    async with control_room(folder, field, site(), SetClock()) as room:
        field.room = room
        run = (await room.desk.procedures.start("drain", False, KIM)).subject
        for _ in range(8):
            room.desk.procedures.watch()
            await room.quiet()
        fact = room.desk.procedures.fact(run)
        assert fact is not None
        assert fact.step == len(fact.steps) - 1


if __name__ == "__main__":
    arm(int(sys.argv[2]), sys.argv[3])
    asyncio.run(live(Path(sys.argv[1])))
