"""From rows of a feed to values, freshness, alarms and history, with time in the test's hands."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
from hub_room import Plant, open_hub

from console.core.alarm.facts import AlarmLetter
from console.core.batch import NS, batch_of
from console.core.quality import Quality
from console.hub.clock import SetClock
from console.hub.datadir import DataDir
from console.hub.hub import Hub

GOOD, BAD = int(Quality.GOOD), int(Quality.BAD)


def _told(folder: Path, story: Callable[[Hub, SetClock], Awaitable[None]]) -> None:
    async def told() -> None:
        clock = SetClock()
        with DataDir(folder) as data:
            hub = open_hub(data, Plant(), clock=clock)
            recording = asyncio.create_task(hub.alarms.run())
            system = asyncio.create_task(hub.system.run())
            try:
                await story(hub, clock)
                await hub.alarms.settled()
            finally:
                for task in (recording, system):
                    task.cancel()
                await asyncio.gather(recording, system, return_exceptions=True)
                hub.close()

    asyncio.run(told())


def _push(hub: Hub, clock: SetClock, value: float, quality: int = GOOD, tag: int = 0) -> None:
    hub.pipeline.batch("plant", batch_of([tag], [clock.at()], [value], [quality]))
    hub.pipeline.tick()


def test_a_silent_tag_is_stale_after_its_limit_and_history_shows_it(tmp_path: Path) -> None:
    """ALM-10: max(3 periods, 30 s)."""

    async def story(hub: Hub, clock: SetClock) -> None:
        _push(hub, clock, 5.0)
        for _ in range(3):
            clock.move(10.0)
            hub.pipeline.advance()
        assert hub.pipeline.latest.quality[0] == Quality.GOOD
        clock.move(1.0)
        hub.pipeline.advance()
        assert hub.pipeline.latest.quality[0] == Quality.STALE
        series = hub.historian.query(0, 0, clock.at(), 10)
        assert series.quality.tolist() == [GOOD, int(Quality.STALE)]
        assert series.mean.tolist() == [5.0, 5.0]

    _told(tmp_path, story)


def test_a_bad_row_without_a_number_keeps_the_value_and_clears_no_alarm(tmp_path: Path) -> None:
    """ALM-09: bad quality never clears an active process alarm."""

    async def story(hub: Hub, clock: SetClock) -> None:
        _push(hub, clock, 90.0)
        clock.move(1.0)
        _push(hub, clock, math.nan, BAD)
        assert hub.pipeline.latest.value[0] == 90.0
        assert hub.pipeline.latest.quality[0] == Quality.BAD
        assert [f.state.letter for f in hub.alarms.facts()] == [AlarmLetter.B]

    _told(tmp_path, story)


def test_a_late_row_goes_to_history_and_drives_nothing(tmp_path: Path) -> None:
    """ALM-08."""

    async def story(hub: Hub, clock: SetClock) -> None:
        _push(hub, clock, 50.0)
        late = batch_of([0], [clock.at() - 5 * NS], [99.0], [GOOD])
        hub.pipeline.batch("plant", late)
        hub.pipeline.tick()
        assert hub.pipeline.latest.value[0] == 50.0
        assert hub.pipeline.late == 1
        assert hub.alarms.facts() == []
        assert hub.historian.query(0, 0, clock.at(), 10).mean.tolist() == [99.0, 50.0]

    _told(tmp_path, story)


def test_every_row_of_a_tick_is_judged_in_order_although_seats_see_the_last(tmp_path: Path) -> None:
    """I1: an excursion inside one tick is an activation."""

    async def story(hub: Hub, clock: SetClock) -> None:
        hub.pipeline.batch(
            "plant", batch_of([0, 0, 0], [clock.at() + n for n in range(3)], [50, 95, 50], [GOOD] * 3)
        )
        hub.pipeline.tick()
        assert [f.state.letter for f in hub.alarms.facts()] == [AlarmLetter.D]
        rows, _ = hub.pipeline.latest.changed_since(0)
        assert rows.value.tolist() == [50.0]

    _told(tmp_path, story)


def test_tags_that_never_had_a_sample_stay_never_when_their_feed_is_lost(tmp_path: Path) -> None:
    async def story(hub: Hub, clock: SetClock) -> None:
        _push(hub, clock, 5.0)
        hub.pipeline.lost("plant", np.arange(9, dtype=np.uint32), clock.at())
        assert hub.pipeline.latest.quality.tolist() == [int(Quality.DISCONNECTED)] + [int(Quality.NEVER)] * 8
        clock.move(100.0)
        hub.pipeline.advance()
        assert hub.pipeline.latest.quality[0] == Quality.DISCONNECTED

    _told(tmp_path, story)


def test_a_shelf_ends_by_time_alone(tmp_path: Path) -> None:
    """ALM-43, ALM-47: its end is a record and the alarm annunciates anew."""
    from console.core.alarm.acts import ShelfOrder
    from console.hub.person import Person

    async def story(hub: Hub, clock: SetClock) -> None:
        _push(hub, clock, 90.0)
        kim = Person("kim", "s")
        order = ShelfOrder(duration_s=600.0, reason="pump in repair")
        assert (await hub.alarms.shelve(0, order, kim))[0].reason == ""
        assert (await hub.alarms.shelve(0, order, kim))[0].reason == "ALREADY_SHELVED"
        clock.move(601.0)
        hub.pipeline.advance()
        assert [f.state.letter for f in hub.alarms.facts()] == [AlarmLetter.B]
        await hub.alarms.settled()
        records = hub.journal.query("a0.high", 10)
        assert [(r.what, r.who) for r in records[:2]] == [("UNSHELVE", "system:shelf"), ("SHELVE", "kim")]
        assert (await hub.alarms.unshelve(0, kim))[0].reason == "NOT_SHELVED"

    _told(tmp_path, story)
