"""What consoles ask of alarms over the wire: shelves edited and shared, definitions changed, sound lost; bad input
is refused by name, changes nothing and is written down.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from hub_room import Console, Room, hub_room, small_site
from websockets.exceptions import ConnectionClosed
from websockets.frames import CloseCode

from console.core.alarm.acts import TEXT_MAX
from console.core.alarm.facts import AckItem, AlarmFact, AlarmLetter
from console.core.journal import Record
from console.core.site import Site
from console.hub.alarm_changes import REDEFINE
from console.wire.messages import (
    AckAlarms,
    ActReply,
    AlarmModesChanged,
    AlarmsChanged,
    Asked,
    JournalReply,
    QueryJournal,
    RedefineAlarm,
    ReportSound,
    ResetAlarms,
    SetOutOfService,
    ShelveAlarm,
    ShelveAlarms,
    SnapshotDone,
    UnshelveAlarm,
)

HIGH = 0
HOUR = 3600.0


async def told(console: Console, alarm: int, letter: AlarmLetter) -> AlarmFact:
    """Wait until an alarm has this letter."""

    def is_so(message: AlarmsChanged) -> bool:
        return any(f.alarm == alarm and f.state.letter is letter for f in message.alarms)

    message = await console.until(AlarmsChanged, is_so)
    return next(f for f in message.alarms if f.alarm == alarm)


async def asked(console: Console, message: Asked) -> list[tuple[str, str]]:
    """Subject and reason of every part of the answer."""
    await console.send(message)
    request = getattr(message, "request", "")
    reply = await console.until(ActReply, lambda reply: reply.request == request)
    return [(result.subject, result.reason) for result in reply.results]


async def record(console: Console, subject: str) -> Record:
    """The newest record about a subject."""
    await console.send(QueryJournal(request="j", subject=subject, limit=1))
    return (await console.until(JournalReply)).records[0]


async def active(room: Room, console: Console) -> AlarmFact:
    await console.until(SnapshotDone)
    room.plant.push("a0", "level", 95.0)
    return await told(console, HIGH, AlarmLetter.B)


def test_a_shelf_is_extended_over_the_wire_and_the_journal_has_both(tmp_path: Path) -> None:
    """ALM-44: the same shelf with another end; without one there is nothing to extend."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await active(room, kim)
            longer = ShelveAlarm(request="1", alarm=1, duration_s=HOUR, reason="x", extend=True)
            assert await asked(kim, longer) == [("a0.low", "NOT_SHELVED")]
            await asked(kim, ShelveAlarm(request="2", alarm=1, duration_s=600.0, reason="sensor"))
            before = next(f for f in room.hub.alarms.facts() if f.alarm == 1)
            assert await asked(kim, msgspec.structs.replace(longer, request="3")) == [("a0.low", "")]
            after = next(f for f in room.hub.alarms.facts() if f.alarm == 1)
            assert (after.at_shelved, after.shelved_by) == (before.at_shelved, "kim")
            assert after.at_unshelve == before.at_shelved + 3600 * 10**9
            written = await record(kim, "a0.low")
            assert (written.what, written.who, written.fields["reason"]) == ("SHELF_EDITED", "kim", "x")
        async with hub_room(tmp_path) as room:
            kept = next(f for f in room.hub.alarms.facts() if f.alarm == 1)
            assert (kept.at_unshelve, kept.shelf_changed_by) == (after.at_unshelve, "kim")

    asyncio.run(story())


def test_a_group_is_shelved_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    """ALM-45: one result for each member either way."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            fact = await active(room, kim)
            mine = AckItem(HIGH, fact.occurrence, fact.priority)
            group = ShelveAlarms(
                request="1", items=(AckItem(1, "", 3), AckItem(3, "gone", 3)), duration_s=600.0, reason="x"
            )
            assert await asked(kim, group) == [("a0.low", "GROUP_REFUSED"), ("a1.low", "OCCURRENCE_UNKNOWN")]
            assert not any(f.state.suppressed for f in room.hub.alarms.facts())
            assert (await record(kim, "a1.low")).result == "OCCURRENCE_UNKNOWN"
            whole = msgspec.structs.replace(group, request="2", items=(mine, AckItem(1, "", 3)))
            assert await asked(kim, whole) == [("a0.high", ""), ("a0.low", "")]
            ends = {f.at_unshelve for f in room.hub.alarms.facts() if f.state.suppressed}
            assert len(ends) == 1

    asyncio.run(story())


def test_a_changed_limit_is_in_force_at_once_for_every_console_and_after_a_restart(tmp_path: Path) -> None:
    """ALM-13, PV-18: old and new are in the journal; the profile ends it when it says something else."""

    async def change() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim, room.console() as lee:
            await kim.until(SnapshotDone)
            await lee.until(SnapshotDone)
            room.plant.push("a0", "level", 75.0)
            while not room.hub.pipeline.updates:
                await asyncio.sleep(0.01)
            ask = RedefineAlarm(request="1", alarm=HIGH, changes={"limit": 70.0}, reason="비가 옴")
            assert await asked(kim, ask) == [("a0.high", "")]
            fact = await told(lee, HIGH, AlarmLetter.B)
            assert fact.limit == 70.0
            modes = await lee.until(AlarmModesChanged, lambda m: bool(m.redefined))
            (changed,) = modes.redefined
            assert (changed.alarm, changed.by, changed.reason) == (HIGH, "kim", "비가 옴")
            assert changed.changes == {"limit": (80.0, 70.0)}
            await kim.send(QueryJournal(request="j", subject="a0.high"))
            records = (await kim.until(JournalReply)).records
            (written,) = [r for r in records if r.what == REDEFINE]
            assert (written.who, written.fields) == ("kim", {"limit": "80 -> 70", "reason": "비가 옴"})

    async def still_there() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            modes = await kim.until(AlarmModesChanged)
            assert [c.changes for c in modes.redefined] == [{"limit": (80.0, 70.0)}]
            await kim.until(SnapshotDone)
            # The same occurrence as before, still above the limit in force; that of its neighbour is as it was.
            room.plant.push("a1", "level", 75.0)
            room.plant.push("a2", "level", 95.0)
            room.plant.push("a0", "level", 75.0)
            await told(kim, 4, AlarmLetter.B)
            assert [(f.alarm, f.limit) for f in room.hub.alarms.facts()] == [(HIGH, 70.0), (4, 80.0)]

    async def overtaken(profile: Site) -> None:
        async with hub_room(tmp_path, profile) as room, room.console() as kim:
            assert (await kim.until(AlarmModesChanged)).redefined == ()
            await room.hub.alarms.settled()
            await kim.send(QueryJournal(request="j", subject="a0.high"))
            records = (await kim.until(JournalReply)).records
            assert [r.who for r in records if r.what == "REDEFINE_OVER"] == ["system:config"]

    base = small_site()
    kind = base.types[0]
    other = msgspec.structs.replace(kind.alarms[0], limit=85.0)
    profile = msgspec.structs.replace(
        base, types=(msgspec.structs.replace(kind, alarms=(other, kind.alarms[1])),)
    )
    asyncio.run(change())
    asyncio.run(still_there())
    asyncio.run(overtaken(profile))
    asyncio.run(after_it(tmp_path))


async def after_it(folder: Path) -> None:
    """What the profile has ended does not come back with the old profile."""
    async with hub_room(folder) as room:
        assert room.hub.alarms.redefined() == []


def test_a_definition_changed_back_is_as_the_profile_says(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await kim.until(SnapshotDone)
            there = RedefineAlarm(request="1", alarm=HIGH, changes={"limit": 70.0}, reason="x")
            await asked(kim, there)
            back = RedefineAlarm(request="2", alarm=HIGH, changes={"limit": 80.0}, reason="x")
            assert await asked(kim, back) == [("a0.high", "")]
            assert room.hub.alarms.redefined() == []
            again = RedefineAlarm(request="3", alarm=HIGH, changes={"limit": 80.0}, reason="x")
            assert await asked(kim, again) == [("a0.high", "NO_CHANGE")]

    asyncio.run(story())


def test_a_console_without_sound_is_known_to_all_until_it_leaves(tmp_path: Path) -> None:
    """HMI-20: recorded, pushed, in the snapshot, and gone with the seat."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as lee:
            await lee.until(SnapshotDone)
            async with room.console() as kim:
                await kim.until(SnapshotDone)
                await kim.send(ReportSound(audible=True))
                await kim.send(ReportSound(audible=False, why="no_device"))
                modes = await lee.until(AlarmModesChanged, lambda m: bool(m.mute))
                assert [(m.station, m.user, m.why) for m in modes.mute] == [("s1", "kim", "no_device")]
                async with room.console() as park:
                    assert len((await park.until(AlarmModesChanged)).mute) == 1
                await kim.send(ReportSound(audible=True))
                assert (await lee.until(AlarmModesChanged)).mute == ()
                await kim.send(ReportSound(audible=False, why="bad\x07" + "x" * 5000))
                modes = await lee.until(AlarmModesChanged, lambda m: bool(m.mute))
                assert modes.mute[0].why == ""
            assert (await lee.until(AlarmModesChanged)).mute == ()
            await room.hub.system.settled()
            await lee.send(QueryJournal(request="j", subject="sound"))
            records = (await lee.until(JournalReply)).records
            assert [r.what for r in records] == ["SOUND_LOST", "SOUND_BACK", "SOUND_LOST"]

    asyncio.run(story())


CONTROL = "확인\x1b[31m"
LONG = "가" * (TEXT_MAX + 1)
HUGE = "x" * 60_000


@pytest.mark.parametrize(
    ("ask", "expected"),
    [
        (AckAlarms(request="1", items=(AckItem(99, "o", 1),)), ("99", "UNKNOWN_ALARM")),
        (AckAlarms(request="1", items=(AckItem(-1, "o", 1),)), ("-1", "UNKNOWN_ALARM")),
        (AckAlarms(request="1", items=()), ("", "NOTHING_SELECTED")),
        (AckAlarms(request="1", items=(AckItem(1, "", 3),)), ("a0.low", "NORMAL_NOTHING_TO_ACK")),
        (AckAlarms(request="1", items=(AckItem(1, "", 3),), comment=CONTROL), ("a0.low", "COMMENT_INVALID")),
        (AckAlarms(request="1", items=(AckItem(1, "", 3),), comment=LONG), ("a0.low", "COMMENT_INVALID")),
        (AckAlarms(request="1", items=(AckItem(1, "", 3),), comment=HUGE), ("a0.low", "COMMENT_INVALID")),
        (ResetAlarms(request="1", items=(AckItem(1, "", 3),)), ("a0.low", "NOT_LATCHED")),
        (ShelveAlarm(request="1", alarm=99, duration_s=HOUR, reason="x"), ("99", "UNKNOWN_ALARM")),
        (ShelveAlarm(request="1", alarm=1, duration_s=-1.0, reason="x"), ("a0.low", "DURATION_OUT_OF_RANGE")),
        (ShelveAlarm(request="1", alarm=1, duration_s=0.0, reason="x"), ("a0.low", "DURATION_OUT_OF_RANGE")),
        (
            ShelveAlarm(request="1", alarm=1, duration_s=13 * HOUR, reason="x"),
            ("a0.low", "DURATION_OUT_OF_RANGE"),
        ),
        (ShelveAlarm(request="1", alarm=1, duration_s=HOUR, reason=""), ("a0.low", "REASON_REQUIRED")),
        (ShelveAlarm(request="1", alarm=1, duration_s=HOUR, reason=CONTROL), ("a0.low", "COMMENT_INVALID")),
        (
            ShelveAlarm(request="1", alarm=1, duration_s=HOUR, reason="x", oneshot=True),
            ("a0.low", "NOT_ACTIVE"),
        ),
        (
            ShelveAlarm(request="1", alarm=1, duration_s=HOUR, reason="x", extend=True),
            ("a0.low", "NOT_SHELVED"),
        ),
        (ShelveAlarms(request="1", items=(), duration_s=HOUR, reason="x"), ("", "NOTHING_SELECTED")),
        (
            ShelveAlarms(request="1", items=(AckItem(1, "", 3),), duration_s=13 * HOUR, reason="x"),
            ("a0.low", "DURATION_OUT_OF_RANGE"),
        ),
        (UnshelveAlarm(request="1", alarm=1), ("a0.low", "NOT_SHELVED")),
        (
            # Whoever sits at a single seat is its supervisor too.
            SetOutOfService(request="1", alarm=1, duration_s=3000 * HOUR, reason="x"),
            ("a0.low", "DURATION_OUT_OF_RANGE"),
        ),
        (RedefineAlarm(request="1", alarm=99, changes={"limit": 1.0}, reason="x"), ("99", "UNKNOWN_ALARM")),
        (RedefineAlarm(request="1", alarm=1, changes={}, reason="x"), ("a0.low", "NO_CHANGE")),
        (
            RedefineAlarm(request="1", alarm=1, changes={"limit": 5.0}, reason=" "),
            ("a0.low", "REASON_REQUIRED"),
        ),
        (
            RedefineAlarm(request="1", alarm=1, changes={"limit": 5.0}, reason=CONTROL),
            ("a0.low", "COMMENT_INVALID"),
        ),
        (
            RedefineAlarm(request="1", alarm=1, changes={"limit": 500.0}, reason="x"),
            ("a0.low", "OUT_OF_RANGE"),
        ),
        (RedefineAlarm(request="1", alarm=1, changes={"tag": 5.0}, reason="x"), ("a0.low", "FIELD_UNKNOWN")),
    ],
)
def test_bad_input_is_refused_by_name_changes_nothing_and_is_written_down(
    tmp_path: Path, ask: Asked, expected: tuple[str, str]
) -> None:
    """The bad-input line of the alarm issue, through a real hub."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            await active(room, kim)
            await room.hub.alarms.settled()
            before = room.hub.alarms.facts()
            assert await asked(kim, ask) == [expected]
            assert room.hub.alarms.facts() == before
            assert room.hub.alarms.redefined() == []
            written = await record(kim, expected[0])
            assert (written.result, written.who, written.station) == (expected[1], "kim", "s1")

    asyncio.run(story())


def test_a_comment_of_a_hundred_kilobytes_does_not_pass_the_door(tmp_path: Path) -> None:
    """SEC-25: such a message ends the connection with the code for it; the alarm stays as it was."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            fact = await active(room, kim)
            item = AckItem(HIGH, fact.occurrence, fact.priority)
            await kim.send(AckAlarms(request="1", items=(item,), comment="x" * 100_000))
            with pytest.raises(ConnectionClosed) as closed:
                await kim.until(ActReply)
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == CloseCode.MESSAGE_TOO_BIG
            assert [f.state.letter for f in room.hub.alarms.facts()] == [AlarmLetter.B]

    asyncio.run(story())


def test_a_definition_changed_while_active_keeps_the_occurrence(tmp_path: Path) -> None:
    """ALM-13: another limit, the same trouble; what was acknowledged stays so."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as kim:
            fact = await active(room, kim)
            await asked(kim, AckAlarms(request="1", items=(AckItem(HIGH, fact.occurrence, fact.priority),)))
            ask = RedefineAlarm(request="2", alarm=HIGH, changes={"limit": 90.0}, reason="x")
            assert await asked(kim, ask) == [("a0.high", "")]
            (now,) = room.hub.alarms.facts()
            assert (now.occurrence, now.state.letter, now.limit) == (fact.occurrence, AlarmLetter.C, 90.0)

    asyncio.run(story())
