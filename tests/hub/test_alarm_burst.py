"""A thousand alarms within seconds: none lost, each told within a second (TST-09, ALM-20)."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
from hub_room import Console, Room, hub_room, small_site

from console.core.alarm.facts import AlarmLetter
from console.core.journal import RecordKind
from console.wire.messages import AlarmsChanged, SnapshotDone

ALARMS = 1000
SECONDS = 3.0
TICKS = 60


async def _burst(room: Room) -> None:
    """Every pump goes high, in equal parts over some seconds."""
    for tick in range(TICKS):
        at = time.time_ns()
        for pump in range(tick * ALARMS // TICKS, (tick + 1) * ALARMS // TICKS):
            room.plant.push(f"a{pump}", "level", 95.0, at)
        await asyncio.sleep(SECONDS / TICKS)


async def _told(console: Console) -> dict[int, float]:
    """Seconds from sample to seat for each alarm, until all have come."""
    delays: dict[int, float] = {}
    while len(delays) < ALARMS:
        message = await console.until(AlarmsChanged)
        for fact in message.alarms:
            if fact.state.letter is AlarmLetter.B and fact.alarm not in delays:
                delays[fact.alarm] = (time.time_ns() - fact.at_event) / 1e9
    return delays


def test_a_burst_of_a_thousand_alarms_loses_none(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path, small_site(ALARMS)) as room, room.console() as console:
            await console.until(SnapshotDone)
            burst = asyncio.create_task(_burst(room))
            async with asyncio.timeout(30):
                delays = await _told(console)
            await burst
            assert set(delays) == {2 * pump for pump in range(ALARMS)}
            assert float(np.percentile(list(delays.values()), 99)) <= 1.0
            await room.hub.alarms.settled()
            records = room.hub.journal.since(0)
            acts = [r.subject for r in records if r.kind is RecordKind.ALARM and r.what == "ACT"]
            assert sorted(acts) == sorted(f"a{pump}.high" for pump in range(ALARMS))

    asyncio.run(story())
