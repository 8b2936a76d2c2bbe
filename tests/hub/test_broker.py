"""Commands: carried out at most once, recorded first, refused with one code, never claimed when unknown."""

from __future__ import annotations

import asyncio
import itertools
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from hub_room import Console, Plant, Room, hub_room

from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.feeds.base import DeviceAnswer, DeviceCommand
from console.hub.clock import SystemClock
from console.hub.person import Person
from console.hub.ulid import UlidMaker
from console.wire.messages import ActReply, CommandsChanged, ResolveCommand, SendCommand, SnapshotDone

KIM = Person("kim", "s1")
Answer = Callable[[DeviceAnswer], None]
_ulid = UlidMaker(SystemClock())


def _start(asset: str = "a0", command_id: str = "", not_after: int = 0) -> CommandRequest:
    return CommandRequest(command_id=command_id or _ulid(), asset=asset, command="start", not_after=not_after)


def _told(folder: Path, story: Callable[[Room], Awaitable[None]]) -> None:
    async def told() -> None:
        async with hub_room(folder) as room:
            room.plant.push("a0", "run", 0.0)
            room.plant.push("a0", "speed", 10.0)
            room.plant.push("a1", "run", 0.0)
            await asyncio.sleep(0.1)
            await story(room)

    asyncio.run(told())


async def _ends(room: Room, command_id: str, *states: CommandState) -> CommandFact:
    async with asyncio.timeout(5):
        while True:
            fact = next(f for f in room.hub.broker.facts() if f.request.command_id == command_id)
            if fact.state in states:
                return fact
            await asyncio.sleep(0.01)


def _obedient(plant: Plant) -> Callable[[DeviceCommand, Answer], None]:
    """A device that accepts, does, and shows it."""

    def device(command: DeviceCommand, answer: Answer) -> None:
        answer(DeviceAnswer("accepted"))
        answer(DeviceAnswer("done"))
        assert isinstance(command.value, float)
        plant.push(command.source, command.path, command.value)

    return device


def test_a_command_succeeds_when_fresh_feedback_proves_it(tmp_path: Path) -> None:
    async def story(room: Room) -> None:
        room.plant.device = _obedient(room.plant)
        request = _start()
        assert await room.hub.broker.submit(request, KIM) == ""
        fact = await _ends(room, request.command_id, CommandState.SUCCEEDED)
        assert fact.verified
        assert [step.state for step in fact.steps] == [
            "RECEIVED",
            "SENT",
            "EXECUTING",
            "VERIFYING",
            "SUCCEEDED",
        ]
        assert [(c.source, c.path, c.value) for c in room.plant.sent] == [("a0", "run", 1.0)]
        await room.hub.broker.settled()
        records = await room.hub.records("a0.start", 10)
        assert [r.new for r in reversed(records)] == ["SENT", "EXECUTING", "VERIFYING", "SUCCEEDED"]

    _told(tmp_path, story)


@pytest.mark.expects_log("command")
def test_a_hundred_sends_of_one_id_reach_the_device_once(tmp_path: Path) -> None:
    """CMD-01."""

    async def story(room: Room) -> None:
        request = _start()
        answers = await asyncio.gather(*(room.hub.broker.submit(request, KIM) for _ in range(100)))
        assert set(answers) == {""}
        await asyncio.sleep(0.05)
        assert len(room.plant.sent) == 1
        other = CommandRequest(command_id=request.command_id, asset="a1", command="start")
        assert await room.hub.broker.submit(other, KIM) == "ID_REUSED"
        assert len(room.plant.sent) == 1

    _told(tmp_path, story)


def test_the_intent_is_on_disk_before_the_first_byte(tmp_path: Path) -> None:
    """CMD-02."""

    async def story(room: Room) -> None:
        seen: list[list[str]] = []

        def device(command: DeviceCommand, answer: Answer) -> None:
            seen.append([r.new for r in room.hub.journal.query("a0.start", 10)])

        room.plant.device = device
        await room.hub.broker.submit(_start(), KIM)
        await asyncio.sleep(0.1)
        assert seen == [["SENT"]]

    _told(tmp_path, story)


def test_silence_ends_as_indeterminate_and_is_never_sent_again(tmp_path: Path) -> None:
    async def story(room: Room) -> None:
        request = _start()
        await room.hub.broker.submit(request, KIM)
        fact = await _ends(room, request.command_id, CommandState.INDETERMINATE)
        assert (fact.reason, fact.verified) == ("ACK_TIMEOUT", False)
        assert len(room.plant.sent) == 1
        assert await room.hub.broker.submit(request, KIM) == ""
        assert len(room.plant.sent) == 1

    _told(tmp_path, story)


@pytest.mark.expects_log("command")
def test_done_without_effect_is_indeterminate_and_a_late_effect_ends_it(tmp_path: Path) -> None:
    """I9: SUCCEEDED needs fresh matching feedback."""

    async def story(room: Room) -> None:
        room.plant.device = lambda command, answer: answer(DeviceAnswer("accepted_final"))
        request = _start()
        await room.hub.broker.submit(request, KIM)
        unknown = await _ends(room, request.command_id, CommandState.INDETERMINATE)
        assert unknown.reason == "FEEDBACK_TIMEOUT"
        room.plant.push("a0", "run", 1.0)
        fact = await _ends(room, request.command_id, CommandState.SUCCEEDED)
        assert (fact.late, fact.verified) == (True, True)

    _told(tmp_path, story)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("rejected", "DEVICE_REJECTED"), ("busy", "DEVICE_BUSY"), ("failed", "DEVICE_FAILED")],
)
def test_a_device_that_refuses_is_believed(tmp_path: Path, kind: str, reason: str) -> None:
    async def story(room: Room) -> None:
        room.plant.device = lambda command, answer: answer(DeviceAnswer(kind, detail="no"))
        request = _start()
        await room.hub.broker.submit(request, KIM)
        assert (await _ends(room, request.command_id, CommandState.FAILED)).reason == reason

    _told(tmp_path, story)


def test_a_command_without_feedback_succeeds_unverified(tmp_path: Path) -> None:
    """I9: success that nothing proves says so."""

    async def story(room: Room) -> None:
        room.plant.device = lambda command, answer: answer(DeviceAnswer("done"))
        request = CommandRequest(command_id=_ulid(), asset="a0", command="beep")
        await room.hub.broker.submit(request, KIM)
        assert not (await _ends(room, request.command_id, CommandState.SUCCEEDED)).verified

    _told(tmp_path, story)


def test_every_refusal_has_one_code_and_reaches_no_device(tmp_path: Path) -> None:
    """CMD-03, CMD-12, CMD-14."""

    def speed(value: float | None) -> CommandRequest:
        return CommandRequest(command_id=_ulid(), asset="a0", command="set-speed", value=value)

    cases = {
        "FORMAT": [_start(command_id="not a ulid"), speed(None), speed(float("nan"))],
        "UNSUPPORTED": [_start("nowhere"), CommandRequest(command_id=_ulid(), asset="a0", command="fly")],
        "OUT_OF_RANGE": [speed(100.1), speed(-1.0)],
        "TIME_LIMIT": [_start(not_after=1)],
        "STALE_FEEDBACK": [_start("a2")],
        "ALREADY_IN_STATE": [speed(10.0)],
    }

    async def story(room: Room) -> None:
        for code, request in itertools.chain.from_iterable(
            zip(itertools.repeat(code), requests, strict=False) for code, requests in cases.items()
        ):
            assert await room.hub.broker.submit(request, KIM) == code
        assert room.plant.sent == []
        assert {f.state for f in room.hub.broker.facts()} == {CommandState.REJECTED}

    _told(tmp_path, story)


def test_of_a_hundred_operators_on_one_target_one_wins(tmp_path: Path) -> None:
    async def story(room: Room) -> None:
        answers = await asyncio.gather(
            *(room.hub.broker.submit(_start(), Person(f"p{n}", "s")) for n in range(100))
        )
        # With the first command the area is the winner's.
        assert sorted(set(answers)) == ["", "AUTHORITY_HELD_BY_OTHER"]
        assert answers.count("") == 1
        await asyncio.sleep(0.05)
        assert len(room.plant.sent) == 1

    _told(tmp_path, story)


@pytest.mark.expects_log("feed")
def test_a_connection_lost_after_sending_leaves_the_outcome_unknown_and_before_it_refuses(
    tmp_path: Path,
) -> None:
    async def story(room: Room) -> None:
        room.plant.device = lambda command, answer: answer(DeviceAnswer("accepted"))
        request = _start()
        await room.hub.broker.submit(request, KIM)
        await _ends(room, request.command_id, CommandState.EXECUTING)
        room.plant.lose()
        fact = await _ends(room, request.command_id, CommandState.INDETERMINATE)
        assert fact.reason == "COMMS_LOST"
        assert await room.hub.broker.submit(_start("a1"), KIM) == "STALE_FEEDBACK"
        room.plant.lose()
        await room.plant.lost.wait()
        beep = CommandRequest(command_id=_ulid(), asset="a0", command="beep")
        assert await room.hub.broker.submit(beep, KIM) == "TARGET_OFFLINE"
        assert len(room.plant.sent) == 1

    _told(tmp_path, story)


def test_a_console_sends_watches_and_resolves(tmp_path: Path) -> None:
    """CMD-13: every transition is pushed; a person ends what is unknown, with evidence."""

    async def told(room: Room, console: Console) -> None:
        await console.until(SnapshotDone)
        request = _start()
        await console.send(SendCommand(request="r1", command=request))
        assert (await console.until(ActReply)).results[0].reason == ""
        await console.until(CommandsChanged, lambda m: m.commands[0].state is CommandState.INDETERMINATE)
        for outcome, evidence, reason in (
            ("DONE", "", "EVIDENCE_REQUIRED"),
            ("MAYBE", "seen", "FORMAT"),
            ("DONE", "seen on camera 3", ""),
            ("DONE", "again", "NOT_INDETERMINATE"),
        ):
            await console.send(
                ResolveCommand(
                    request="r2", command_id=request.command_id, outcome=outcome, evidence=evidence
                )
            )
            assert (await console.until(ActReply)).results[0].reason == reason
        states = [m.commands[0].state for m in console.got if isinstance(m, CommandsChanged)]
        assert states == [CommandState.SENT, CommandState.INDETERMINATE, CommandState.RESOLVED]

    async def story(room: Room) -> None:
        async with room.console() as console:
            await told(room, console)

    _told(tmp_path, story)


def test_every_transition_reaches_every_console_within_half_a_second(tmp_path: Path) -> None:
    """CMD-13."""

    async def watched(room: Room, consoles: list[Console]) -> None:
        for console in consoles:
            await console.until(SnapshotDone)
        room.plant.device = _obedient(room.plant)
        request = _start()
        began = asyncio.get_running_loop().time()
        await consoles[0].send(SendCommand(request="r1", command=request))
        for console in consoles:
            await console.until(CommandsChanged, lambda m: m.commands[0].state is CommandState.SUCCEEDED)
        assert asyncio.get_running_loop().time() - began < 0.5
        for console in consoles:
            states = [m.commands[0].state for m in console.got if isinstance(m, CommandsChanged)]
            assert states == ["SENT", "EXECUTING", "VERIFYING", "SUCCEEDED"]

    async def story(room: Room) -> None:
        async with room.console() as one, room.console() as other:
            await watched(room, [one, other])

    _told(tmp_path, story)


def test_a_restart_sends_nothing_again_and_says_that_the_outcome_is_unknown(tmp_path: Path) -> None:
    """CMD-01, CMD-02: the same id is known after a restart."""
    request = _start()

    async def before(room: Room) -> None:
        room.plant.device = lambda command, answer: answer(DeviceAnswer("accepted"))
        await room.hub.broker.submit(request, KIM)
        await _ends(room, request.command_id, CommandState.EXECUTING)

    async def after(room: Room) -> None:
        fact = await _ends(room, request.command_id, CommandState.INDETERMINATE)
        assert fact.reason == "HUB_RESTARTED_AFTER_SEND"
        assert await room.hub.broker.submit(request, KIM) == ""
        assert room.plant.sent == []
        assert await room.hub.broker.resolve(request.command_id, "NOT_DONE", "pump stands", KIM) == ""

    _told(tmp_path, before)
    _told(tmp_path, after)


_CRASH = """
import asyncio, os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from hub_room import hub_room
from console.core.command.facts import CommandRequest
from console.hub.person import Person

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

async def main():
    async with hub_room(Path(sys.argv[2])) as room:
        room.plant.push("a0", "run", 0.0)
        await asyncio.sleep(0.1)
        if sys.argv[3] == "before the record":
            room.hub.broker._recorder.put = die
        elif sys.argv[3] == "before the first byte":
            room.hub.broker._carriage.send = die
        else:
            room.plant.device = die
        request = CommandRequest(command_id=sys.argv[4], asset="a0", command="start")
        await room.hub.broker.submit(request, Person("kim", "s1"))
        await asyncio.sleep(5)

asyncio.run(main())
"""


@pytest.mark.journey
@pytest.mark.parametrize("point", ["before the record", "before the first byte", "at the device"])
def test_a_hub_killed_at_any_step_of_a_command_neither_repeats_nor_forgets_it(
    tmp_path: Path, point: str
) -> None:
    """CMD-02, I6: what may have been sent is INDETERMINATE and never sent again; what was not recorded was not sent."""
    request = _start()
    words = [
        sys.executable,
        "-c",
        _CRASH,
        str(Path(__file__).parent),
        str(tmp_path),
        point,
        request.command_id,
    ]
    assert subprocess.run(words, timeout=20, check=False).returncode == -signal.SIGKILL

    async def after(room: Room) -> None:
        facts = room.hub.broker.facts()
        if point == "before the record":
            assert facts == []
            assert room.plant.sent == []
            return
        assert [(f.state, f.reason) for f in facts] == [("INDETERMINATE", "HUB_RESTARTED_AFTER_SEND")]
        assert await room.hub.broker.submit(request, KIM) == ""
        await asyncio.sleep(0.1)
        assert room.plant.sent == []

    _told(tmp_path, after)
