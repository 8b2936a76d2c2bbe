"""The time source is watched (SEC-40)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from people_room import at_work, people_room

from console.core.command.facts import CommandRequest
from console.core.journal import Record
from console.hub.clock import SetClock, SystemClock
from console.hub.timewatch import JUMPED, SETTLED, SETTLED_S, TimeWatch
from console.wire.messages import SendCommand

NS = 1_000_000_000


class Bent(SetClock):
    """A clock whose wall time can be set."""

    def set(self, seconds: float) -> None:
        self._at += round(seconds * NS)


def watch() -> tuple[TimeWatch, Bent, list[Record]]:
    clock = Bent()
    said: list[Record] = []
    return TimeWatch(clock, said.append), clock, said


def run(watch: TimeWatch, clock: Bent, seconds: int) -> None:
    for _ in range(seconds):
        clock.move(1.0)
        watch.look()


def test_time_that_goes_on_evenly_is_nothing_to_say() -> None:
    looked, clock, said = watch()
    run(looked, clock, 600)
    assert said == []
    assert not looked.skewed()


def test_a_clock_that_is_steered_slowly_is_no_jump_however_far_it_comes() -> None:
    looked, clock, said = watch()
    for _ in range(600):
        clock.set(0.05)
        run(looked, clock, 1)
    assert said == []
    assert not looked.skewed()


@pytest.mark.expects_log("alarm")
@pytest.mark.parametrize(
    ("seconds", "told", "refused"),
    [(0.9, False, False), (1.5, True, False), (-1.5, True, False), (5.5, True, True), (-3600.0, True, True)],
)
def test_a_jump_of_a_second_is_recorded_and_of_five_refuses_commands(
    seconds: float, told: bool, refused: bool
) -> None:
    """SEC-40."""
    looked, clock, said = watch()
    run(looked, clock, 10)
    clock.set(seconds)
    assert looked.skewed() is refused
    assert [record.what for record in said] == ([JUMPED] if told else [])
    if told:
        assert float(said[0].fields["seconds"]) == pytest.approx(seconds)


@pytest.mark.expects_log("alarm")
def test_small_jumps_add_up() -> None:
    looked, clock, _ = watch()
    for _ in range(4):
        run(looked, clock, 1)
        clock.set(1.6)
        looked.look()
    # Each was said; between them the clock was trusted again, so only the time from the trusted place counts.
    assert not looked.skewed()
    clock.set(1.6)
    looked.look()
    clock.set(1.6)
    looked.look()
    clock.set(1.9)
    assert looked.skewed()


@pytest.mark.expects_log("alarm")
def test_commands_are_taken_again_once_the_clock_has_stood_still() -> None:
    """SEC-40: until settled."""
    looked, clock, said = watch()
    clock.set(60.0)
    assert looked.skewed()
    run(looked, clock, int(SETTLED_S) - 1)
    assert looked.skewed()
    clock.set(0.5)
    run(looked, clock, int(SETTLED_S) - 1)
    assert looked.skewed()
    run(looked, clock, 2)
    assert not looked.skewed()
    assert [record.what for record in said] == [JUMPED, SETTLED]


class Real(SystemClock):
    """The clock of this machine, with a wall time that can be set."""

    def __init__(self) -> None:
        self.offset = 0

    def at(self) -> int:
        return super().at() + self.offset


@pytest.mark.expects_log("alarm")
def test_a_command_after_a_jump_is_refused_with_the_reason_and_the_jump_is_in_the_journal(
    tmp_path: Path,
) -> None:
    """SEC-40: CLOCK_SKEW."""

    async def story() -> None:
        clock = Real()
        async with people_room(tmp_path, clock=clock) as room, at_work(room, "lee") as lee:
            clock.offset = 10 * NS
            command = CommandRequest(command_id="01J0000000000000000000000A", asset="a0", command="beep")
            assert (await lee.ask(SendCommand(request="", command=command))).reason == "CLOCK_SKEW"
            await room.hub.system.settled()
            said = [record for record in await room.hub.records("clock", 5) if record.what == JUMPED]
            assert [record.fields["commands"] for record in said] == ["refused"]
            assert room.plant.sent == []

    asyncio.run(story())
