"""The link against a hub's end on a real loopback socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from console.client.inbound import Inbound, SeriesAnswer
from console.client.link import Link, Seat
from console.client.link_fact import LinkFact, LinkState
from console.core.batch import Batch, batch_of
from console.core.history import Series
from console.core.mover import PositionBatch
from console.wire import frames
from console.wire.messages import AlarmsChanged, Pong, SnapshotDone, Subscribe, UnshelveAlarm, Welcome
from tests.client.loopback_hub import LoopbackHub, run, until
from tests.client.small_city import SITE, alarm

SEAT = Seat(user="hong", station="desk-1", secret="open")


class Console:
    """A link under test and everything it delivered."""

    def __init__(self, door: Callable[[], str], seat: Seat = SEAT, silence_s: float = 5.0) -> None:
        self.items: list[Inbound] = []
        self.link = Link(seat, door, self.items.append, silence_s)

    @property
    def facts(self) -> list[LinkFact]:
        return [item for item in self.items if isinstance(item, LinkFact)]

    def states(self) -> list[LinkState]:
        found: list[LinkState] = []
        for fact in self.facts:
            if not found or found[-1] is not fact.state:
                found.append(fact.state)
        return found

    def count(self, kind: type) -> int:
        return sum(isinstance(item, kind) for item in self.items)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[Console]:
        task = asyncio.create_task(self.link.run(), name="link")
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def test_link_is_live_only_after_the_whole_snapshot() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url).running() as console:
            hub.standing = [AlarmsChanged(sequence=7, alarms=(alarm(0),))]
            await until(lambda: console.link.fact.live)
            kinds = [type(item) for item in console.items]
            assert kinds.index(Welcome) < kinds.index(AlarmsChanged) < kinds.index(SnapshotDone)
            live = next(i for i, item in enumerate(console.items) if isinstance(item, LinkFact) and item.live)
            assert live > kinds.index(SnapshotDone)
            assert console.link.fact.hub == "loopback"
            assert hub.hellos[0].user == "hong"

    run(story)


def test_heartbeats_are_answered_with_the_sequence_reached() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url).running() as console:
            await until(lambda: console.link.fact.live)
            await hub.send(AlarmsChanged(sequence=9, alarms=(alarm(0),)))
            await until(lambda: any(isinstance(m, Pong) and m.sequence == 9 for m in hub.received))
            assert any(isinstance(m, Subscribe) and m.all_tags for m in hub.received)

    run(story)


def test_columns_arrive_as_columns() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url).running() as console:
            await until(lambda: console.link.fact.live)
            rows = batch_of([1, 0], [5, 6], [2.5, 3.5], [0, 1])
            await hub.send(frames.pack_telemetry(rows), _one_position(), frames.pack_series(3, _series()))
            await until(lambda: console.count(SeriesAnswer) == 1)
            batch = next(item for item in console.items if isinstance(item, Batch))
            assert batch.value.tolist() == [2.5, 3.5]
            assert console.count(PositionBatch) == 1

    run(story)


def _one_position() -> bytes:
    column = np.array([1.0])
    whole = np.array([1])
    return frames.pack_positions(PositionBatch(whole, whole, column, column, column, column))  # type: ignore[arg-type]


def _series() -> Series:
    at = np.array([1], np.int64)
    value = np.array([1.0])
    return Series(0, at, value, value, value, np.zeros(1, np.uint8), True)


@pytest.mark.expects_log("link")
def test_silence_freezes_the_data_at_the_last_message() -> None:
    """ALM-10: missed heartbeats make the link lost, frozen at the time of the last message."""

    async def story() -> None:
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url, silence_s=0.3).running() as console:
            await until(lambda: console.link.fact.live)
            hub.silent = True
            await until(lambda: console.link.fact.state is LinkState.LOST)
            fact = console.link.fact
            assert fact.why == "silent"
            assert 0 < fact.frozen_at_ns < fact.since_ns
            hub.silent = False
            await until(lambda: console.link.fact.live)
            assert console.link.fact.frozen_at_ns == 0

    run(story)


@pytest.mark.expects_log("link")
def test_a_hub_that_comes_back_is_resumed_with_only_what_was_missed() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url).running() as console:
            await until(lambda: console.link.fact.live)
            await hub.send(AlarmsChanged(sequence=9, alarms=(alarm(0),)))
            await until(lambda: console.count(AlarmsChanged) == 1)
            await hub.close()
            await until(lambda: console.link.fact.state is LinkState.LOST)
            hub.missed = [AlarmsChanged(sequence=10, alarms=(alarm(1),))]
            hub.sequence = 10
            await hub.listen()
            await until(lambda: console.link.fact.live)
            assert hub.hellos[-1].resume == "life-1"
            assert hub.hellos[-1].sequence == 9
            assert console.link.fact.resumed == 1
            assert console.states() == [LinkState.LIVE, LinkState.LOST, LinkState.LIVE]

    run(story)


@pytest.mark.expects_log("link")
def test_another_life_of_the_hub_gives_a_whole_snapshot() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url).running() as console:
            await until(lambda: console.link.fact.live)
            await hub.close()
            await until(lambda: not console.link.fact.live)
            hub.token = "life-2"
            await hub.listen()
            await until(lambda: console.link.fact.live)
            welcomes = [item for item in console.items if isinstance(item, Welcome)]
            assert [welcome.full for welcome in welcomes] == [True, True]
            assert console.link.fact.resumed == 0

    run(story)


@pytest.mark.expects_log("link")
def test_a_wrong_secret_is_refused_and_named() -> None:
    async def story() -> None:
        wrong = Seat(user="hong", station="", secret="guess")
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url, wrong).running() as console:
            await until(lambda: console.link.fact.state is LinkState.REFUSED)
            assert console.link.fact.why == "secret"
            assert console.count(Welcome) == 0

    run(story)


def test_a_hub_that_is_not_there_is_unreachable_and_never_was_live() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub:
            url = hub.url
        async with Console(lambda: url).running() as console:
            await until(lambda: console.link.fact.why == "unreachable")
            assert console.link.fact.state is LinkState.CONNECTING
            assert console.link.fact.frozen_at_ns == 0

    run(story)


def test_a_door_without_address_waits_for_the_hub_to_start() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub:
            door: list[str] = [""]
            async with Console(lambda: door[0]).running() as console:
                await until(lambda: console.link.fact.why == "starting")
                door[0] = hub.url
                await until(lambda: console.link.fact.live)

    run(story)


@pytest.mark.expects_log("link")
def test_what_cannot_be_read_ends_the_connection_and_is_named() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url).running() as console:
            await until(lambda: console.link.fact.live)
            await hub.send(b"\x01garbage")
            await until(lambda: any(fact.why == "malformed" for fact in console.facts))
            await until(lambda: console.link.fact.live)

    run(story)


@pytest.mark.expects_log("link")
def test_nothing_is_stored_for_sending_later() -> None:
    """CMD-03: an act while the link is lost is dropped, not sent when it is back."""

    async def story() -> None:
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url).running() as console:
            await until(lambda: console.link.fact.live)
            await hub.close()
            await until(lambda: not console.link.fact.live)
            console.link.post(UnshelveAlarm(request="r1", alarm=0))
            await hub.listen()
            await until(lambda: console.link.fact.live)
            console.link.post(UnshelveAlarm(request="r2", alarm=0))
            await until(lambda: any(isinstance(m, UnshelveAlarm) for m in hub.received))
            assert [m.request for m in hub.received if isinstance(m, UnshelveAlarm)] == ["r2"]

    run(story)


@pytest.mark.expects_log("link")
def test_a_wish_for_telemetry_is_repeated_after_a_reconnect() -> None:
    async def story() -> None:
        async with LoopbackHub(SITE) as hub, Console(lambda: hub.url).running() as console:
            await until(lambda: console.link.fact.live)
            console.link.post(Subscribe(tags=(3,), max_hz=2.0))
            await until(lambda: Subscribe(tags=(3,), max_hz=2.0) in hub.received)
            hub.received.clear()
            await hub.close()
            await until(lambda: not console.link.fact.live)
            await hub.listen()
            await until(lambda: Subscribe(tags=(3,), max_hz=2.0) in hub.received)

    run(story)
