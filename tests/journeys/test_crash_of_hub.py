"""A hub that dies is started again by its console, and says of what was under way that nobody knows (SEC-45)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from people_seat import command_id
from script_seat import ScriptSeat
from town import BUSAN, PROGRAM, until

from console.client.hubproc import Children, ChildrenPlan, ChildTold
from console.core.command.facts import CommandRequest, CommandState
from console.setup.arguments import HUB_SECRET_ENV
from console.wire.messages import SendCommand

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

RESTART_S = 5.0
UNDER_WAY = (CommandState.SENT, CommandState.EXECUTING, CommandState.VERIFYING)


@pytest.fixture
def family(tmp_path: Path) -> Iterator[tuple[Children, list[ChildTold]]]:
    """A city and a hub as a console starts them."""
    told: list[ChildTold] = []
    plan = ChildrenPlan(PROGRAM, BUSAN, tmp_path / "data", "calm", 1, HUB_SECRET_ENV)
    children = Children(plan, told.append)
    children.start()
    try:
        yield children, told
    finally:
        children.stop()


@pytest.mark.expects_log("link")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGABRT])
def test_a_hub_that_dies_is_back_in_five_seconds_and_open_commands_are_indeterminate(
    family: tuple[Children, list[ChildTold]], tmp_path: Path, number: signal.Signals
) -> None:
    """SEC-45, CMD-02: killed or crashed, with a command under way; nothing is sent again."""
    children, told = family
    until("the hub is ready", lambda: bool(children.url), 60)
    with ScriptSeat(children.url, children.secret) as seat:
        seat.until("the light is known", lambda: seat.value("eco-light-1.state")[1] is not None)
        order = CommandRequest(command_id=command_id(), asset="eco-light-1", command="dim", value=60.0)
        seat.send(SendCommand(request="r", command=order))
        seat.until("under way", lambda: _state(seat, order) in UNDER_WAY)
        pid = children.hub.pid
        assert pid is not None
        os.kill(pid, number)
    died = time.monotonic()
    until("the hub has gone", lambda: children.hub.pid != pid and not children.url, 10)
    until("the hub is back", lambda: bool(children.url), 30)
    took_s = time.monotonic() - died
    with ScriptSeat(children.url, children.secret) as seat:
        seat.until("the command is told", lambda: order.command_id in seat.commands)
        assert seat.commands[order.command_id].state is CommandState.INDETERMINATE
    assert [one.key for one in told] == ["hub_stopped", "hub_restarted"]
    assert took_s <= RESTART_S
    written = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert children.secret.encode() not in written


def _state(seat: ScriptSeat, order: CommandRequest) -> CommandState | None:
    fact = seat.commands.get(order.command_id)
    return fact.state if fact is not None else None
