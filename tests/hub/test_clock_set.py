"""The wall clock of a running hub is set by an hour, forward and back: nothing is raised by it and nothing is lost
(ALM-07, ALM-43, TST-17).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hub_room import Room, hub_room, small_site

from console.core.alarm.acts import ShelfOrder
from console.core.alarm.facts import AlarmFact, AlarmLetter
from console.core.journal import Record
from console.core.site import Site
from console.hub.person import Person

HIGH = 0
HOUR = 3600
KIM = Person("kim", "s1")
STEPS = pytest.mark.parametrize("step", [HOUR, -HOUR])


class JumpingClock:
    """The clock of this machine, whose wall time can be set."""

    def __init__(self) -> None:
        self.step_s = 0

    def now(self) -> float:
        """Monotonic seconds: nobody can set them."""
        return time.monotonic()

    def at(self) -> int:
        """UTC ns by the clock on the wall."""
        return time.time_ns() + self.step_s * 1_000_000_000


def site(**changes: object) -> Site:
    """Pumps whose high alarm has these fields."""
    base = small_site()
    kind = base.types[0]
    high = msgspec.structs.replace(kind.alarms[0], **changes)
    return msgspec.structs.replace(
        base, types=(msgspec.structs.replace(kind, alarms=(high, kind.alarms[1])),)
    )


def fact(room: Room) -> AlarmFact | None:
    return next((f for f in room.hub.alarms.facts() if f.alarm == HIGH), None)


def letter(room: Room) -> AlarmLetter:
    found = fact(room)
    return found.state.letter if found else AlarmLetter.A


async def until(true: Callable[[], bool], timeout_s: float = 5.0) -> float:
    """Seconds until it was so."""
    began = time.monotonic()
    async with asyncio.timeout(timeout_s):
        while not true():
            await asyncio.sleep(0.01)
    return time.monotonic() - began


async def records(room: Room, subject: str = "a0.high") -> list[Record]:
    await room.hub.alarms.settled()
    return room.hub.journal.query(subject, 50)[::-1]


@STEPS
@pytest.mark.expects_log("alarm")
def test_a_delay_takes_as_long_as_it_takes(tmp_path: Path, step: int) -> None:
    """ALM-07: mid-delay; raised once, after the delay and not before."""

    async def story() -> None:
        clock = JumpingClock()
        async with hub_room(tmp_path, site(on_delay_s=0.8), clock) as room:
            room.plant.push("a0", "level", 95.0)
            await asyncio.sleep(0.3)
            clock.step_s = step
            room.plant.push("a0", "level", 96.0)
            assert letter(room) is AlarmLetter.A
            waited = await until(lambda: letter(room) is AlarmLetter.B)
            assert 0.3 <= waited <= 1.5
            assert [r.what for r in await records(room)] == ["ACT"]

    asyncio.run(story())


@STEPS
@pytest.mark.expects_log("alarm")
def test_what_comes_after_the_step_is_not_late(tmp_path: Path, step: int) -> None:
    """ALM-07, ALM-08: a clock that was set back does not make the hub deaf until it has caught up."""

    async def story() -> None:
        clock = JumpingClock()
        async with hub_room(tmp_path, site(), clock) as room:
            room.plant.push("a0", "level", 50.0)
            await until(lambda: room.hub.pipeline.updates == 1)
            clock.step_s = step
            room.plant.push("a0", "level", 95.0)
            await until(lambda: letter(room) is AlarmLetter.B)
            room.plant.push("a0", "level", 50.0)
            await until(lambda: letter(room) is AlarmLetter.D)
            assert room.hub.pipeline.late == 0
            assert [r.what for r in await records(room)] == ["ACT", "RTN"]

    asyncio.run(story())


@pytest.mark.expects_log("alarm")
def test_a_shelf_whose_end_the_clock_jumps_over_ends_loudly(tmp_path: Path) -> None:
    """ALM-43: forward expires."""

    async def story() -> None:
        clock = JumpingClock()
        async with hub_room(tmp_path, site(), clock) as room:
            room.plant.push("a0", "level", 95.0)
            await until(lambda: letter(room) is AlarmLetter.B)
            order = ShelfOrder(duration_s=1800.0, reason="sensor")
            await room.hub.alarms.shelve(HIGH, order, KIM)
            clock.step_s = HOUR
            await until(lambda: letter(room) is AlarmLetter.B, 2.0)
            last = (await records(room))[-1]
            assert (last.what, last.who, last.fields["reason"]) == (
                "UNSHELVE",
                "system:shelf",
                "SHELF_EXPIRED",
            )

    asyncio.run(story())


@pytest.mark.expects_log("alarm")
def test_a_shelf_never_lasts_longer_than_it_was_begun_for(tmp_path: Path) -> None:
    """ALM-43: backward never extends."""

    async def story() -> None:
        clock = JumpingClock()
        async with hub_room(tmp_path, site(), clock) as room:
            order = ShelfOrder(duration_s=1.0, reason="sensor")
            await room.hub.alarms.shelve(HIGH, order, KIM)
            await asyncio.sleep(0.3)
            clock.step_s = -HOUR
            waited = await until(lambda: letter(room) is AlarmLetter.A)
            assert 0.4 <= waited <= 1.5
            assert [r.what for r in await records(room)] == ["SHELVE_TIMED", "UNSHELVE"]

    asyncio.run(story())


@STEPS
@pytest.mark.expects_log("alarm")
def test_the_supervisor_is_called_in_time(tmp_path: Path, step: int) -> None:
    """ALM-25: mid-escalation; once, after the time and not before."""

    async def story() -> None:
        clock = JumpingClock()
        async with hub_room(tmp_path, site(escalate_min=0.8 / 60.0), clock) as room:
            room.plant.push("a0", "level", 95.0)
            await until(lambda: letter(room) is AlarmLetter.B)
            await asyncio.sleep(0.2)
            clock.step_s = step
            await asyncio.sleep(0.2)
            found = fact(room)
            assert found is not None
            assert not found.escalated
            waited = await until(lambda: bool((f := fact(room)) and f.escalated))
            assert waited <= 1.2
            assert [r.what for r in await records(room)] == ["ACT", "ESCALATE"]

    asyncio.run(story())
