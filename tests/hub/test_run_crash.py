"""A procedure whose hub is killed at any durable operation: no order reaches a device twice, nothing goes on by itself
(CMD-02)."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from control_room import KIM, control_room
from run_crash import Diary, site

from console.core.command.control_facts import RunState, StepState
from console.hub.clock import SetClock
from console.hub.procedures import RunAct

pytestmark = pytest.mark.journey
POINTS = [(point, phase) for point in range(1, 10) for phase in ("within", "after")]


def lived(folder: Path, point: int, phase: str) -> int:
    """Exit code of a hub that was killed there, or that came to the end."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parents[1])])
    command = [sys.executable, str(here / "run_crash.py"), str(folder), str(point), phase]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, timeout=50, check=False
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode


def test_undisturbed_it_comes_to_its_note(tmp_path: Path) -> None:
    assert lived(tmp_path, 0, "after") == 0
    assert [order.split(":")[0] for order in Diary(tmp_path).orders()] == ["g0", "g1"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize(("point", "phase"), POINTS)
def test_killed_anywhere_it_sends_nothing_twice(tmp_path: Path, point: int, phase: str) -> None:
    """CMD-02: after the restart every open run is paused; what was sent is known, and a person goes on."""
    code = lived(tmp_path, point, phase)
    sent = Diary(tmp_path).orders()

    async def after() -> None:
        field = Diary(tmp_path)
        async with control_room(tmp_path, field, site(), SetClock()) as room:
            field.room = room
            for _ in range(5):
                room.desk.procedures.watch()
                await room.quiet()
            assert field.orders() == sent
            runs = room.desk.procedures.facts()
            assert len(runs) <= 1
            for fact in runs:
                assert fact.state is RunState.PAUSED
                steps = {step.command_id: step for step in fact.steps if step.command_id}
                ids = {order.split(":")[1] for order in sent}
                # Every order that reached the device belongs to a step that says so.
                assert ids <= set(steps)
                assert (await room.desk.procedures.act(fact.id, RunAct(act="resume"), KIM)).reason == ""
                room.desk.procedures.watch()
                await room.quiet()
                now = room.desk.procedures.fact(fact.id)
                assert now is not None
                if now.state is RunState.HELD:
                    assert now.steps[now.step].state is StepState.FAILED
                    assert field.orders() == sent
            assert not runs or sent or code != 0
            assert all(n == 1 for n in Counter(order.split(":")[1] for order in field.orders()).values())
            if not runs:
                assert sent == []

    asyncio.run(after())
