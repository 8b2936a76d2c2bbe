"""A hub killed anywhere on the way of a command: nothing is done twice, and what was sent is never forgotten."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest
from command_crash import REQUEST, RememberingField
from control_room import KIM, LEE, control_room

from console.core.command.facts import CommandFact, CommandState
from console.hub.backbone.base import Part
from console.hub.broker import Decision
from console.hub.command_records import decode_fact

S = CommandState
OPERATIONS = 9
"""Durable operations of the script."""
POINTS = [(point, phase) for point in range(1, OPERATIONS + 1) for phase in ("within", "after")]
GATE = {(2, "after"), (5, "within"), (5, "after"), (9, "after")}
STATES = (
    S.RECEIVED,
    S.AWAIT_APPROVAL,
    S.SELECTING,
    S.SELECTED,
    S.SENT,
    S.EXECUTING,
    S.VERIFYING,
    S.INDETERMINATE,
)
pytestmark = [pytest.mark.journey, pytest.mark.expects_log("command")]


def lived(folder: Path, how: str, what: object, code: int) -> str:
    here = Path(__file__).parent
    process = subprocess.run(
        [sys.executable, str(here / "command_crash.py"), str(folder), how, str(what)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(here), str(here.parents[1])])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert process.returncode == code, process.stderr
    return process.stdout


def sends(folder: Path) -> int:
    """How often the device was told."""
    log = folder / "device.log"
    lines = log.read_text().splitlines() if log.exists() else []
    assert set(lines) <= {REQUEST.command_id}
    return len(lines)


async def morning(folder: Path) -> CommandFact | None:
    """What the next hub says of it, after everybody has tried to have it carried out again."""
    field = RememberingField(folder)
    async with control_room(folder, field) as room:
        fact = room.broker.fact(REQUEST.command_id)
        if fact is not None:
            await room.broker.submit(REQUEST, KIM)
            digest = "" if fact.confirm is None else fact.confirm.digest
            decision = Decision(command_id=REQUEST.command_id, digest=digest, approve=True)
            assert await room.broker.decide(decision, LEE) != ""
            assert await room.broker.execute(REQUEST.command_id, "0" * 32, KIM) != ""
        room.move(60.0)
        await room.quiet()
        if fact is not None:
            assert room.fact(REQUEST) == fact
            kept = (await room.backbone.state(Part.COMMANDS))[1][REQUEST.command_id]
            assert decode_fact(kept) == fact
        return fact


def check(fact: CommandFact | None, told: int) -> None:
    """The truth about a command after a kill."""
    assert told <= 1
    if told:
        # What may have happened is known to have been sent, and nothing claims that it did not happen.
        assert fact is not None
        assert fact.attempt == 1
        assert fact.state in (S.INDETERMINATE, S.SUCCEEDED)
    if fact is not None and fact.state in (S.EXPIRED, S.REJECTED):
        assert told == 0
        assert fact.reason == "HUB_RESTARTED_BEFORE_SEND"


@pytest.mark.parametrize("state", STATES)
def test_cv_18_a_hub_killed_in_each_state(tmp_path: Path, state: CommandState) -> None:
    """Eight times: before sending it is over and says so, after it the outcome is unknown; never again by itself."""
    lived(tmp_path, "state", state, -9)
    told = sends(tmp_path)
    fact = asyncio.run(morning(tmp_path))
    assert sends(tmp_path) == told
    check(fact, told)
    after = STATES.index(state) >= STATES.index(S.SENT)
    assert told == after
    if state is S.RECEIVED:
        assert fact is None
    elif not after:
        assert fact is not None
        assert (fact.state, fact.reason) == (S.EXPIRED, "HUB_RESTARTED_BEFORE_SEND")
    else:
        assert fact is not None
        unknown = "FEEDBACK_TIMEOUT" if state is S.INDETERMINATE else "HUB_RESTARTED_AFTER_SEND"
        assert (fact.state, fact.reason) == (S.INDETERMINATE, unknown)


def test_the_script_has_as_many_durable_operations_as_are_killed(tmp_path: Path) -> None:
    assert lived(tmp_path, "within", 0, 0) == f"{OPERATIONS}\n"
    assert sends(tmp_path) == 1
    fact = asyncio.run(morning(tmp_path))
    assert fact is not None
    assert (fact.state, fact.late, fact.verified) == (S.SUCCEEDED, True, True)


@pytest.mark.parametrize(
    ("point", "phase"),
    [pytest.param(*at, marks=() if at in GATE else pytest.mark.slow, id=f"{at[1]}-{at[0]}") for at in POINTS],
)
def test_a_hub_killed_at_each_durable_operation(tmp_path: Path, point: int, phase: str) -> None:
    """CMD-02, I6."""
    lived(tmp_path, phase, point, -9)
    told = sends(tmp_path)
    fact = asyncio.run(morning(tmp_path))
    assert sends(tmp_path) == told
    check(fact, told)
