"""Authority over areas at the hub: durable, told, kept over a restart for one lease (CMD-09, SEC-11)."""

from __future__ import annotations

import asyncio
from pathlib import Path

from control_room import KIM, LEE, ControlRoom, control_room, gate_site, told

from console.core.command.reasons import CommandReason
from console.core.control import Policy
from console.hub.clock import SetClock
from console.hub.person import Person
from console.wire.messages import LeasesChanged

R = CommandReason
BOSS = Person("boss", "seat-3", supervisor=True, session="session-boss")
SITE = gate_site(policy=Policy(target_gap_s=0.0, commands_per_min=1000, lease_s=30.0, takeover_s=20.0))


def holder(room: ControlRoom) -> str:
    facts = room.desk.areas.facts()
    return facts[0].holder if facts else ""


def test_the_first_command_takes_the_area_and_another_person_is_refused(tmp_path: Path) -> None:
    """CMD-09: lease truth is hub status."""

    async def story(room: ControlRoom) -> None:
        await room.selected()
        assert holder(room) == "kim"
        assert await room.broker.submit(room.request("g1"), LEE) == R.AUTHORITY_HELD_BY_OTHER
        assert room.desk.areas.hold("nowhere", KIM) == R.UNKNOWN_AREA
        told_leases = [h.message for h in room.ring.after(0) or [] if isinstance(h.message, LeasesChanged)]
        assert told_leases[-1].leases[0].station == "seat-1"
        await room.desk.settled()
        assert room.journal.query("a", 1)[0].what == "AREA_TAKE_OTHER"

    told(tmp_path, story, site=SITE)


def test_a_take_over_by_consent_by_silence_and_by_force(tmp_path: Path) -> None:
    """CMD-09, SEC-11."""

    async def story(room: ControlRoom) -> None:
        areas = room.desk.areas
        assert (await areas.take("a", KIM)).reason == ""
        assert (await areas.take("a", LEE)).reason == ""
        assert (await areas.answer("a", False, KIM)).reason == ""
        assert (await areas.answer("a", True, KIM)).reason == R.NOT_WANTED
        await areas.take("a", LEE)
        assert (await areas.answer("a", True, LEE)).reason == R.NOT_HOLDER
        assert (await areas.answer("a", True, KIM)).reason == ""
        assert holder(room) == "lee"
        await areas.take("a", KIM)
        room.clock.move(20.0)
        areas.beat(LEE)
        areas.beat(KIM)
        areas.expire()
        assert holder(room) == "kim"
        assert (await areas.force("a", "  ", BOSS)).reason == R.REASON_REQUIRED
        assert (await areas.force("a", "침수 대응", BOSS)).reason == ""
        assert holder(room) == "boss"
        assert (await areas.release("a", KIM)).reason == R.NOT_HOLDER
        assert (await areas.take("x", KIM)).reason == R.UNKNOWN_AREA
        forced = next(r for r in room.journal.query("a", 20) if r.what == "AREA_FORCE" and not r.result)
        assert (forced.who, forced.old, forced.new) == ("boss", "kim", "boss")
        assert forced.fields["reason"] == "침수 대응"

    told(tmp_path, story, site=SITE)


def test_a_silent_seat_and_an_ended_session_hold_nothing(tmp_path: Path) -> None:
    """CMD-09: 30 s heartbeat lease."""

    async def story(room: ControlRoom) -> None:
        areas = room.desk.areas
        await areas.take("a", KIM)
        for _ in range(5):
            room.clock.move(29.0)
            areas.beat(KIM)
            areas.expire()
            assert holder(room) == "kim"
        room.clock.move(30.0)
        areas.expire()
        assert holder(room) == ""
        await areas.take("a", LEE)
        room.desk.session_ended("session-lee")
        assert holder(room) == ""
        areas.session_ended("")

    told(tmp_path, story, site=SITE)


def test_a_restart_keeps_the_holder_for_one_lease(tmp_path: Path) -> None:
    """CMD-09."""

    async def story() -> None:
        clock = SetClock()
        async with control_room(tmp_path, site=SITE, clock=clock) as room:
            await room.desk.areas.take("a", KIM)
        async with control_room(tmp_path, site=SITE, clock=clock) as room:
            assert holder(room) == "kim"
            assert room.desk.areas.hold("a", LEE) == R.AUTHORITY_HELD_BY_OTHER
            back = Person("kim", "seat-1", session="session-kim-2")
            room.desk.areas.beat(back)
            assert room.desk.areas.facts()[0].session == "session-"
            assert room.desk.areas.hold("a", back) == ""
        async with control_room(tmp_path, site=SITE, clock=clock) as room:
            clock.move(30.0)
            room.desk.areas.expire()
            assert holder(room) == ""
            assert room.desk.areas.hold("a", LEE) == ""
            await room.desk.settled()
        async with control_room(tmp_path, site=SITE, clock=clock) as room:
            assert holder(room) == "lee"

    asyncio.run(story())
