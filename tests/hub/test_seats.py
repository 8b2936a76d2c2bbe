"""Consoles at a real hub over real WebSockets: greeting, snapshot, telemetry, resumption, limits."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
from hub_room import Console, Room, hub_room

from console.core.alarm.facts import AckItem, AlarmFact, AlarmLetter
from console.core.quality import Quality
from console.hub import seat as seat_module
from console.wire.frames import HISTORY, kind_of, unpack_series
from console.wire.limits import SUBPROTOCOL_JSON
from console.wire.messages import (
    AckAlarms,
    ActReply,
    AlarmsChanged,
    Challenge,
    FeedsChanged,
    HistoryDone,
    JournalReply,
    Problem,
    QueryHistory,
    QueryJournal,
    SessionChanged,
    SignedIn,
    SiteDone,
    SiteHead,
    SnapshotDone,
    Subscribe,
    TelemetryRows,
    Welcome,
)


def _alarm_state(console: Console, into: dict[int, AlarmFact] | None = None) -> dict[int, AlarmFact]:
    """What a console knows of alarms: later messages replace earlier ones."""
    state = {} if into is None else into
    for message in console.got:
        if isinstance(message, AlarmsChanged):
            state.update({fact.alarm: fact for fact in message.alarms})
    return {alarm: fact for alarm, fact in state.items() if fact.state.letter is not AlarmLetter.A}


async def _alarm(room: Room, console: Console, source: str, value: float = 90.0) -> AlarmFact:
    """Make the high alarm of an asset active, and wait until the console has its durable record."""
    index = room.hub.catalogue.alarm_index(f"{source}.high")
    room.plant.push(source, "level", value)
    message = await console.until(
        AlarmsChanged, lambda m: any(f.alarm == index and not f.recording for f in m.alarms)
    )
    return next(fact for fact in message.alarms if fact.alarm == index)


def test_a_console_gets_the_site_the_facts_and_every_value(tmp_path: Path) -> None:
    """DESIGN 6: hello, snapshot; endpoints of feeds stay in the hub."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as console:
            welcome = await console.until(Welcome)
            await console.until(SnapshotDone)
            assert welcome.full
            assert welcome.user == "kim"
            kinds = [type(message) for message in console.got]
            assert kinds[:5] == [Challenge, Welcome, SignedIn, SessionChanged, SiteHead]
            assert kinds.index(SiteDone) < kinds.index(FeedsChanged) < kinds.index(SnapshotDone)
            head = next(m for m in console.got if isinstance(m, SiteHead))
            assert [(one.id, one.url, one.options, one.map) for one in head.site.feeds] == [
                ("plant", "", {}, ())
            ]
            rows = console.rows()
            assert rows.tag.tolist() == list(range(9))
            assert set(rows.quality.tolist()) == {int(Quality.NEVER)}

    asyncio.run(story())


def test_values_follow_and_the_json_protocol_says_the_same(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console(SUBPROTOCOL_JSON) as script:
            await script.until(SnapshotDone)
            room.plant.push("a1", "level", 42.5)
            found = await script.until(TelemetryRows, lambda m: any(row[2] == 42.5 for row in m.rows))
            assert [row[0] for row in found.rows] == [room.hub.catalogue.tag_index("a1.level")]
            never = next(m for m in script.got if isinstance(m, TelemetryRows))
            assert never.rows[0][2:] == (None, int(Quality.NEVER))

    asyncio.run(story())


def test_an_alarm_is_announced_at_once_then_recorded_and_two_consoles_agree(tmp_path: Path) -> None:
    """ALM-20, I5: one alarm, the same fact on both seats; first marked recording, then not."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as one, room.console() as two:
            await one.until(SnapshotDone)
            await two.until(SnapshotDone)
            fact = await _alarm(room, one, "a0")
            other = await two.until(AlarmsChanged, lambda m: not m.alarms[0].recording)
            assert other.alarms == (fact,)
            first = next(m for m in one.got if isinstance(m, AlarmsChanged))
            assert first.alarms[0].recording
            assert fact.state.letter is AlarmLetter.B
            await one.send(
                AckAlarms(request="r1", items=(AckItem(fact.alarm, fact.occurrence, 2),), comment="seen")
            )
            reply = await one.until(ActReply)
            assert (reply.request, reply.results[0].reason) == ("r1", "")
            acked = await two.until(
                AlarmsChanged, lambda m: m.alarms[0].state.acked and not m.alarms[0].recording
            )
            assert acked.alarms[0].acked_by == "kim"
            await one.send(QueryJournal(request="j", subject="a0"))
            records = (await one.until(JournalReply)).records
            assert [(r.what, r.who) for r in records] == [("ACK", "kim"), ("ACT", "system:process")]

    asyncio.run(story())


def test_an_acknowledgement_of_another_occurrence_is_refused_by_name_and_recorded(tmp_path: Path) -> None:
    """ALM-23, SEC-15."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as console:
            await console.until(SnapshotDone)
            fact = await _alarm(room, console, "a0")
            await console.send(
                AckAlarms(request="r", items=(AckItem(fact.alarm, "0" * 26, 2), AckItem(99, "x", 1)))
            )
            reply = await console.until(ActReply)
            assert [r.reason for r in reply.results] == ["OCCURRENCE_UNKNOWN", "UNKNOWN_ALARM"]
            records = await room.hub.records("a0.high", 10)
            assert (records[0].what, records[0].result, records[0].station) == (
                "ACK",
                "OCCURRENCE_UNKNOWN",
                "s1",
            )

    asyncio.run(story())


def test_resuming_brings_the_same_state_as_a_full_snapshot(tmp_path: Path) -> None:
    """I5: snapshot and deltas are the full state."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            async with room.console() as console:
                welcome = await console.until(Welcome)
                done = await console.until(SnapshotDone)
                await _alarm(room, console, "a0")
                sequence = max(m.sequence for m in console.got if isinstance(m, AlarmsChanged))
                known = _alarm_state(console)
            room.plant.push("a1", "level", 95.0)
            room.plant.push("a0", "level", 20.0)
            await asyncio.sleep(0.2)
            async with room.console(resume=welcome, sequence=sequence) as back:
                again = await back.until(Welcome)
                await back.until(SnapshotDone)
                assert not again.full
                assert not any(isinstance(m, SiteHead) for m in back.got)
                resumed = _alarm_state(back, dict(known))
            async with room.console() as fresh:
                assert (await fresh.until(Welcome)).full
                await fresh.until(SnapshotDone)
                assert _alarm_state(fresh) == resumed
                assert len(resumed) == 2
                np.testing.assert_array_equal(back.rows().value[:9], fresh.rows().value[:9])
            async with room.console(resume=welcome, sequence=done.sequence + 10_000) as wrong:
                assert (await wrong.until(Welcome)).full

    asyncio.run(story())


def test_history_comes_with_the_tail_that_is_not_on_disk_yet(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as console:
            await console.until(SnapshotDone)
            for value in (1.0, 2.0, 3.0):
                room.plant.push("a0", "level", value)
                await asyncio.sleep(0.06)
            now = room.hub.clock.at()
            await console.send(QueryHistory(request=7, tags=(0, 1), start=now - 10**10, end=now))
            assert (await console.until(HistoryDone)).reason == ""
            request, series = unpack_series(next(f for f in console.frames if kind_of(f) == HISTORY))
            assert (request, series.tag, series.raw) == (7, 0, True)
            assert series.mean[series.quality == 0].tolist() == [1.0, 2.0, 3.0]
            for query, reason in (
                (QueryHistory(request=8, tags=(99,), start=0, end=1), "UNKNOWN_TAG"),
                (QueryHistory(request=9, tags=(0,), start=2, end=1), "BAD_RANGE"),
                (QueryHistory(request=10, tags=(0,) * 65, start=0, end=1), "TOO_MANY_TAGS"),
            ):
                await console.send(query)
                assert (await console.until(HistoryDone)).reason == reason

    asyncio.run(story())


@pytest.mark.expects_log("feed")
def test_a_lost_feed_is_a_row_of_disconnected_quality_at_that_moment(tmp_path: Path) -> None:
    """SEC-38, ALM-09: the last value stays, its quality says that it is not live; history shows the gap."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as console:
            await console.until(SnapshotDone)
            await _alarm(room, console, "a0")
            room.plant.lose()
            await console.until(FeedsChanged, lambda m: m.feeds[0].state != "live")
            tag = room.hub.catalogue.tag_index("a0.level")
            async with asyncio.timeout(5):
                while not np.any(
                    (console.rows().tag == tag) & (console.rows().quality == Quality.DISCONNECTED)
                ):
                    await console.one()
            series = await room.hub.history(tag, 0, room.hub.clock.at(), 100)
            assert series.mean.tolist() == [90.0, 90.0]
            assert series.quality.tolist() == [int(Quality.GOOD), int(Quality.DISCONNECTED)]
            assert [f.state.letter for f in room.hub.alarms.facts()] == [AlarmLetter.B]

    asyncio.run(story())


def test_subscribing_to_some_tags_sends_only_these(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as console:
            await console.until(SnapshotDone)
            await console.send(Subscribe(tags=(3,), max_hz=30.0))
            await console.send(Subscribe(tags=(99,)))
            assert (await console.until(Problem)).code == "BAD_FIELD"
            console.batches.clear()
            room.plant.push("a0", "level", 1.0)
            room.plant.push("a1", "level", 5.0)
            async with asyncio.timeout(5):
                while 5.0 not in console.rows().value:
                    await console.one()
            assert set(console.rows().tag.tolist()) == {3}

    asyncio.run(story())


@pytest.mark.expects_log("link")
def test_a_console_that_does_not_read_is_cut_and_the_other_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """I13: queues are bounded; alarms of the other seat are whole."""
    monkeypatch.setattr(seat_module, "SEND_S", 0.3)

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as good:
            await good.until(SnapshotDone)
            async with room.console() as slow:
                await slow.until(SnapshotDone)
                assert room.hub.seats == 2
                stop = asyncio.Event()
                reader = asyncio.create_task(_read_until(good, stop))
                slow.wire.transport.pause_reading()
                big = "x" * 400_000
                async with asyncio.timeout(20):
                    while room.hub.seats == 2:
                        for _ in range(5):
                            room.hub.ring.push(lambda sequence: Problem(code="noise", where=big))
                        await asyncio.sleep(0.05)
                room.plant.push("a0", "level", 99.0)
                async with asyncio.timeout(5):
                    while not _alarm_state(good):
                        await asyncio.sleep(0.02)
                stop.set()
                await reader
                slow.wire.transport.abort()
            assert room.hub.seats == 1

    asyncio.run(story())


async def _read_until(console: Console, stop: asyncio.Event) -> None:
    while not stop.is_set():
        try:
            async with asyncio.timeout(0.05):
                await console.one()
        except TimeoutError:
            continue
