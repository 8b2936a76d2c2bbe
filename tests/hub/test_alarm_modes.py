"""Out of service, maintenance, floods and occurrences over the wire: journalled, pushed, and kept over a restart."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from hub_room import Console, Room, hub_room, small_site, text

from console.core.alarm.facts import AlarmFact, AlarmLetter, FloodFact, RtnCause
from console.core.alarm.flood import START_ABOVE
from console.core.catalogue import Catalogue
from console.core.site import AlarmCondition, Site
from console.hub.alarms import unfed_tags
from console.wire.messages import (
    AckAlarms,
    ActReply,
    AlarmModesChanged,
    AlarmsChanged,
    EndMaintenance,
    EndOutOfService,
    JournalReply,
    OccurrencesReply,
    QueryJournal,
    QueryOccurrences,
    SetOutOfService,
    SnapshotDone,
    StartMaintenance,
)

HIGH, LOW, SILENT = 0, 1, 2
_LONG = 2**62


def site() -> Site:
    """Pumps with a third alarm: no data of their level."""
    base = small_site()
    kind = base.types[0]
    silent = msgspec.structs.replace(
        kind.alarms[0], name="silent", label=text("silent"), condition=AlarmCondition.STALE, priority=3
    )
    changed = msgspec.structs.replace(kind, alarms=(*kind.alarms, silent))
    return msgspec.structs.replace(base, types=(changed,))


async def told(console: Console, alarm: int, letter: AlarmLetter) -> AlarmFact:
    """Wait until an alarm has this letter."""

    def is_so(message: AlarmsChanged) -> bool:
        return any(f.alarm == alarm and f.state.letter is letter for f in message.alarms)

    message = await console.until(AlarmsChanged, is_so)
    return next(f for f in message.alarms if f.alarm == alarm)


async def answered(console: Console, request: str) -> tuple[str, str]:
    reply = await console.until(ActReply, lambda reply: reply.request == request)
    (result,) = reply.results
    return result.subject, result.reason


async def ready(room: Room, console: Console) -> None:
    await console.until(SnapshotDone)
    room.plant.push("a0", "level", 50.0)


def test_out_of_service_is_an_act_that_everyone_sees(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path, site()) as room, room.console() as kim, room.console() as lee:
            await ready(room, kim)
            await lee.until(SnapshotDone)
            await kim.send(SetOutOfService(request="1", alarm=HIGH, duration_s=600.0, reason="센서 교체"))
            assert await answered(kim, "1") == ("a0.high", "")
            fact = await told(lee, HIGH, AlarmLetter.I)
            assert (fact.oos_by, fact.oos_reason) == ("kim", "센서 교체")
            room.plant.push("a0", "level", 95.0)
            await kim.send(EndOutOfService(request="2", alarm=HIGH))
            assert await answered(kim, "2") == ("a0.high", "")
            await told(lee, HIGH, AlarmLetter.B)

    asyncio.run(story())


@pytest.mark.expects_log("feed")
def test_maintenance_is_pushed_and_stands_in_every_snapshot(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path, site()) as room, room.console() as kim:
            await ready(room, kim)
            await kim.send(StartMaintenance(request="1", area="a", duration_s=600.0, reason="정비"))
            assert await answered(kim, "1") == ("a", "")
            async with room.console() as lee:
                modes = await lee.until(AlarmModesChanged)
                assert [(m.area, m.by, m.reason) for m in modes.maintenance] == [("a", "kim", "정비")]
                await lee.until(SnapshotDone)
                room.plant.lose()
                fact = await told(lee, SILENT, AlarmLetter.C)
                assert fact.acked_by == "system:maintenance"
                await room.plant.up.wait()
                await kim.send(EndMaintenance(request="2", area="a"))
                assert await answered(kim, "2") == ("a", "")
                modes = await lee.until(AlarmModesChanged)
                assert modes.maintenance == ()
                fact = await told(lee, SILENT, AlarmLetter.B)
                assert fact.repeat_count == 1

    asyncio.run(story())


def test_what_persons_took_away_is_still_away_after_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path, site()) as room, room.console() as kim:
            await ready(room, kim)
            await kim.send(SetOutOfService(request="1", alarm=HIGH, duration_s=600.0, reason="정비"))
            await answered(kim, "1")
            await kim.send(StartMaintenance(request="2", area="a", duration_s=600.0, reason="정비"))
            await answered(kim, "2")
            before = (room.hub.alarms.facts(), room.hub.alarms.maintenance())
        async with hub_room(tmp_path, site()) as room:
            settled = [msgspec.structs.replace(fact, recording=False) for fact in before[0]]
            found = [f for f in room.hub.alarms.facts() if f.state.oos]
            assert found == [f for f in settled if f.state.oos]
            assert room.hub.alarms.maintenance() == before[1]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (SetOutOfService(request="1", alarm=99, duration_s=60.0, reason="x"), ("99", "UNKNOWN_ALARM")),
        (
            SetOutOfService(request="1", alarm=0, duration_s=-1.0, reason="x"),
            ("a0.high", "DURATION_OUT_OF_RANGE"),
        ),
        (SetOutOfService(request="1", alarm=0, duration_s=60.0, reason=""), ("a0.high", "REASON_REQUIRED")),
        (
            SetOutOfService(request="1", alarm=0, duration_s=60.0, reason="가" * 9000),
            ("a0.high", "COMMENT_INVALID"),
        ),
        (EndOutOfService(request="1", alarm=0), ("a0.high", "NOT_OUT_OF_SERVICE")),
        (StartMaintenance(request="1", area="moon", duration_s=60.0, reason="x"), ("moon", "UNKNOWN_AREA")),
        (EndMaintenance(request="1", area="a"), ("a", "NOT_IN_MAINTENANCE")),
    ],
)
def test_a_refusal_is_named_and_journalled(
    tmp_path: Path,
    message: SetOutOfService | EndOutOfService | StartMaintenance | EndMaintenance,
    expected: tuple[str, str],
) -> None:
    async def story() -> None:
        async with hub_room(tmp_path, site()) as room, room.console() as kim:
            await ready(room, kim)
            await kim.send(message)
            assert await answered(kim, "1") == expected
            await kim.send(QueryJournal(request="2", subject=expected[0]))
            (record,) = (await kim.until(JournalReply)).records
            assert (record.result, record.who) == (expected[1], "kim")
            assert room.hub.alarms.facts() == []

    asyncio.run(story())


def test_occurrences_are_read_back_from_the_journal(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path, site()) as room, room.console() as kim:
            await ready(room, kim)
            room.plant.push("a0", "level", 95.0)
            fact = await told(kim, HIGH, AlarmLetter.B)
            item = {"alarm": HIGH, "occurrence": fact.occurrence, "priority": fact.priority}
            await kim.send(
                msgspec.convert(
                    {"t": "ackalarms", "request": "1", "items": [item], "comment": "확인"}, AckAlarms
                )
            )
            await answered(kim, "1")
            room.plant.push("a0", "level", 50.0)
            await told(kim, HIGH, AlarmLetter.A)
            room.plant.push("a0", "level", 96.0)
            await told(kim, HIGH, AlarmLetter.B)
            await room.hub.alarms.settled()
            await kim.send(QueryOccurrences(request="2", start=0, end=_LONG, alarm=HIGH))
            reply = await kim.until(OccurrencesReply)
            first, second = reply.rows
            assert (first.occurrence, first.acked_by, first.comment) == (fact.occurrence, "kim", "확인")
            assert (first.rtn_cause, first.value, first.priority) == (RtnCause.RETURN_TO_NORMAL, 95.0, 2)
            assert first.at_event <= first.at_annunciated <= first.at_acked <= first.at_returned
            assert (second.at_returned, second.at_acked, reply.truncated) == (0, 0, False)
            await kim.send(QueryOccurrences(request="3", start=0, end=_LONG, limit=1))
            reply = await kim.until(OccurrencesReply)
            assert ([row.occurrence for row in reply.rows], reply.truncated) == ([second.occurrence], True)

    asyncio.run(story())


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        (QueryOccurrences(request="1", start=5, end=4), "BAD_RANGE"),
        (QueryOccurrences(request="1", start=-1, end=4), "BAD_RANGE"),
        (QueryOccurrences(request="1", start=0, end=4, alarm=99), "UNKNOWN_ALARM"),
        (QueryOccurrences(request="1", start=0, end=4, alarm=-2), "UNKNOWN_ALARM"),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_so(
    tmp_path: Path, query: QueryOccurrences, reason: str
) -> None:
    async def story() -> None:
        async with hub_room(tmp_path, site()) as room, room.console() as kim:
            await ready(room, kim)
            await kim.send(query)
            reply = await kim.until(OccurrencesReply)
            assert (reply.rows, reply.reason) == ((), reason)

    asyncio.run(story())


def test_a_flood_is_told_with_its_beginning_and_recorded(tmp_path: Path) -> None:
    async def story() -> None:
        pumps = START_ABOVE + 2
        async with hub_room(tmp_path, small_site(pumps)) as room, room.console() as kim:
            modes = await kim.until(AlarmModesChanged)
            assert modes.flood == FloodFact()
            await kim.until(SnapshotDone)
            for pump in range(pumps):
                room.plant.push(f"a{pump}", "level", 95.0)
            modes = await kim.until(AlarmModesChanged)
            assert (modes.flood.active, modes.flood.count, modes.flood.peak) == (True, pumps, pumps)
            await room.hub.alarms.settled()
            await kim.send(QueryJournal(request="1", subject="flood"))
            (record,) = (await kim.until(JournalReply)).records
            assert (record.what, record.who) == ("FLOOD_STARTED", "system:flood")
        async with hub_room(tmp_path, small_site(pumps)) as room:
            assert room.hub.alarms.flood().active

    asyncio.run(story())


def test_first_out_is_marked_and_survives_a_restart(tmp_path: Path) -> None:
    """ALM-26."""

    async def story() -> None:
        async with hub_room(tmp_path, site()) as room, room.console() as kim:
            await ready(room, kim)
            room.plant.push("a0", "level", 95.0)
            fact = await told(kim, HIGH, AlarmLetter.B)
            assert (fact.first_out, fact.cause) == (True, -1)
            await room.hub.alarms.settled()
        async with hub_room(tmp_path, site()) as room:
            assert [f.first_out for f in room.hub.alarms.facts() if f.alarm == HIGH] == [True]

    asyncio.run(story())


def test_an_alarm_that_left_the_profile_is_closed_and_recorded(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path, small_site()) as room, room.console() as kim:
            await ready(room, kim)
            room.plant.push("a2", "level", 95.0)
            await told(kim, 4, AlarmLetter.B)
            await room.hub.alarms.settled()
        async with hub_room(tmp_path, small_site(2)) as room, room.console() as kim:
            await room.hub.alarms.settled()
            await kim.send(QueryJournal(request="1", subject="a2.high", limit=1))
            (record,) = (await kim.until(JournalReply)).records
            assert (record.what, record.fields["rtn_cause"]) == ("RTN", RtnCause.SOURCE_DISABLED)
        async with hub_room(tmp_path, small_site(3)) as room:
            assert room.hub.alarms.facts() == []

    asyncio.run(story())


def test_tags_without_a_feed_are_known() -> None:
    base = small_site(1)
    assert unfed_tags(Catalogue(base)) == set()
    assert unfed_tags(Catalogue(msgspec.structs.replace(base, feeds=()))) == set()
    feed = base.feeds[0]
    fewer = msgspec.structs.replace(feed.map[0], tags={"run": feed.map[0].tags["run"]})
    partly = msgspec.structs.replace(base, feeds=(msgspec.structs.replace(feed, map=(fewer,)),))
    assert unfed_tags(Catalogue(partly)) == {0, 2}
