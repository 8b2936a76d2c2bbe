"""A handover whose hub is killed at any durable operation loses nothing and repeats nothing (TST-04)."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from handover_crash import go_on
from handover_room import HandoverRoom, handover_room

from console.core.handover.facts import HandoverState
from console.core.handover.records import handovers_in
from console.hub.clock import SetClock

pytestmark = pytest.mark.journey
LAST = 20
POINTS = [(point, phase) for point in range(1, LAST + 1) for phase in ("within", "after")]
ONCE = ("HANDOVER_DRAFT", "HANDOVER_TAKE_UP", "HANDOVER_BOTH_SIGNED", "HANDOVER_SETTLED")


def lived(folder: Path, point: int, phase: str) -> tuple[int, list[dict[str, Any]]]:
    """Exit code of a hub that was killed there, or that came to the end, and what it had answered."""
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parents[1])])
    command = [sys.executable, str(here / "handover_crash.py"), str(folder), str(point), phase]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, timeout=55, check=False
    )
    assert done.returncode in (0, -signal.SIGKILL), done.stderr.decode()
    return done.returncode, [json.loads(line) for line in done.stdout.decode().splitlines()]


def check_whole(room: HandoverRoom) -> None:
    """One handover, signed once, with each of its effects once."""
    (fact,) = room.desk.facts()
    assert (fact.state, fact.settled, fact.moved) == (HandoverState.SIGNED, True, ("a",))
    whats = Counter(room.whats(fact.id))
    assert {what: whats[what] for what in ONCE} == dict.fromkeys(ONCE, 1)
    # A run that the restart has paused is another list than the one that was signed before it.
    assert whats["HANDOVER_SIGN_OUTGOING"] - whats["HANDOVER_CHANGED"] <= 1
    assert whats["HANDOVER_SIGN_INCOMING"] == 1
    (told,) = handovers_in(room.journal.query(fact.id, 500))
    assert len(told.items) == whats["HANDOVER_ITEM"] == told.count == 3
    assert all(item.accepted_by == "이" for item in told.items)
    assert told.remark == "조용한 밤"
    assert Counter(room.whats("a"))["AREA_HAND_OVER"] == 1
    assert Counter(room.whats("a"))["HANDOVER_DUTY"] == 1
    assert Counter(room.whats("drain"))["RUN_HAND_OVER"] == 1
    assert room.holders() == {"a": "lee"}
    (run,) = room.control.desk.procedures.facts()
    assert run.by == "lee"
    assert {line.split()[0] for line in room.notes.file.read_text("utf-8").splitlines()} == {
        str(told.ended_at)
    }


def test_undisturbed_it_comes_to_its_end(tmp_path: Path) -> None:
    code, told = lived(tmp_path, 0, "after")
    assert (code, told[-1]["done"]) == (0, "moved")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize(("point", "phase"), POINTS)
def test_killed_anywhere_it_loses_nothing_and_repeats_nothing(tmp_path: Path, point: int, phase: str) -> None:
    _, told = lived(tmp_path, point, phase)
    answered = [line["done"] for line in told]
    accepted = {line["key"] for line in told if line["done"] == "accept"}

    async def after() -> None:
        async with handover_room(tmp_path, SetClock(at=1_800_000_005_000_000_000)) as room:
            await room.desk.moved()
            facts = room.desk.facts()
            if "draft" in answered:
                fact = facts[0]
                assert fact.id == told[0]["handover"]
                assert "remark" not in answered or fact.remark == "조용한 밤"
                # The restart itself pauses a run: what was accepted of it is not what it is now, and that is shown.
                here = {item.key for item in fact.items if item.done or (item.kind == "run" and item.moved)}
                assert fact.state.over or accepted <= here
                assert "sign kim" not in answered or "HANDOVER_SIGN_OUTGOING" in room.whats(fact.id)
                assert "sign lee" not in answered or fact.state is HandoverState.SIGNED
            assert len(facts) <= 1
            await go_on(room)
            check_whole(room)

    asyncio.run(after())
