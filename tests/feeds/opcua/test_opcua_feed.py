"""The OPC UA feed against a server in its own thread."""

# pyright: reportPrivateImportUsage=false, reportArgumentType=false, reportUnknownMemberType=false
# pyright: reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import asyncio
import math
import time
from datetime import UTC, datetime

import pytest
from asyncua import ua
from feed_stage import Heard, run
from mosquitto_stage import free_port
from opcua_feeds import PUMP, definition, fed, line, points, refused, told
from opcua_stage import URI, Plant

from console.core.feed import FeedState
from console.core.quality import Quality
from console.feeds.base import FeedDown, Reading
from console.feeds.opcua import adapter, watch
from console.feeds.opcua.adapter import load_library
from console.feeds.opcua.browse import offered
from console.feeds.opcua.nodes import Nodes
from console.feeds.opcua.options import opcua_options
from console.feeds.opcua.session import open_client


def test_values_come_with_their_times_and_their_kinds(plant: Plant) -> None:
    async def scene() -> None:
        at = datetime(2026, 11, 22, 7, 0, 0, 250_000, tzinfo=UTC)
        async with fed(plant.url, points("level", "running", "count", "name", "many#1", "/flow")) as (
            _,
            heard,
        ):
            await heard.until(lambda: len(heard.rows) >= 6)
            assert [told(heard, path)[0].value for path in ("level", "running", "count", "name", "many#1", "/flow")] \
                == [1.5, False, 3.0, "old", 2.0, 1.5]  # fmt: skip
            await asyncio.to_thread(plant.set, "level", 2.25, 0, at)
            await heard.until(lambda: len(told(heard, "level")) > 1)
            assert told(heard, "level")[-1] == Reading(PUMP, "level", 2.25, 1795330800_250_000_000)
            assert heard.faults == []

    run(scene())


def test_a_status_code_arrives_as_quality(plant: Plant) -> None:
    async def scene() -> None:
        async with fed(plant.url, points("level")) as (_, heard):
            for value, code in (
                (2.0, ua.StatusCodes.UncertainSensorNotAccurate),
                (3.0, ua.StatusCodes.GoodLocalOverride),
                (4.0, ua.StatusCodes.UncertainLastUsableValue),
                (None, ua.StatusCodes.BadSensorFailure),
            ):
                count = len(heard.rows)
                await asyncio.to_thread(plant.set, "level", value, int(code))
                await heard.until(lambda count=count: len(heard.rows) > count)
            assert [row.quality for row in heard.rows][1:] == [
                Quality.UNCERTAIN,
                Quality.MANUAL,
                Quality.STALE,
                Quality.BAD,
            ]
            assert isinstance(heard.rows[-1].value, float)
            assert math.isnan(heard.rows[-1].value)

    run(scene())


def test_an_enumeration_is_told_by_its_words(plant: Plant) -> None:
    async def scene() -> None:
        async with fed(plant.url, points("state")) as (_, heard):
            await heard.until(lambda: bool(heard.rows))
            await asyncio.to_thread(plant.set, "state", 2)
            await heard.until(lambda: len(heard.rows) > 1)
            assert [row.value for row in heard.rows] == ["on", "tripped"]

    run(scene())


def test_what_is_not_there_and_what_is_no_value_is_counted_and_bad(plant: Plant) -> None:
    async def scene() -> None:
        wanted = points("level", "nothing", "/no/where", "raw", "many") | points("x", source="pump")
        wanted |= points("x", source="nsu=urn:elsewhere;s=p1")
        async with fed(plant.url, wanted) as (_, heard):
            await heard.until(lambda: len(heard.rows) >= 7 and len(heard.faults) >= 6)
            assert sorted(heard.faults) == sorted(
                [
                    (f"{PUMP} nothing", "no_such_node"),
                    (f"{PUMP} /no/where", "no_such_node"),
                    ("pump x", "no_such_node"),
                    ("nsu=urn:elsewhere;s=p1 x", "no_such_node"),
                    (f"{PUMP} raw", "wrong_type"),
                    (f"{PUMP} many", "wrong_type"),
                ]
            )
            assert {row.path for row in heard.rows if row.quality is Quality.BAD} \
                == {"nothing", "/no/where", "x", "raw", "many"}  # fmt: skip
            assert told(heard, "level")[0].quality is Quality.GOOD

    run(scene())


def test_a_node_that_comes_later_is_found(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "RETRY_MISSING_S", 0.1)

    async def scene() -> None:
        async with fed(plant.url, points("late", "level")) as (_, heard):
            await heard.until(lambda: bool(heard.faults))

            async def grow() -> None:
                index = await plant.server.get_namespace_index(URI)
                await plant.server.nodes.objects.add_variable(
                    ua.NodeId("p1.late", index), ua.QualifiedName("late", index), 9.5
                )

            await asyncio.to_thread(plant.do, grow())
            await heard.until(lambda: any(row.value == 9.5 for row in heard.rows))

    run(scene())


def test_a_value_that_stands_still_is_confirmed_with_the_time_of_the_server(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A subscription says nothing about it, and silence must not become staleness (ALM-10)."""
    monkeypatch.setattr(watch, "CONFIRM_AT_LEAST_S", 0.2)

    async def scene() -> None:
        await asyncio.to_thread(plant.set, "level", 1.5, 0, datetime(2026, 11, 22, 7, tzinfo=UTC))
        wanted = {(PUMP, "level"): 0.2}
        async with fed(plant.url, wanted) as (_, heard):
            await heard.until(lambda: len(heard.rows) >= 3)
            assert [row.value for row in heard.rows[:3]] == [1.5, 1.5, 1.5]
            assert heard.rows[0].at == 1795330800_000_000_000
            assert heard.rows[0].at < heard.rows[1].at <= heard.rows[2].at

    run(scene())


def test_the_address_of_a_namespace_outlives_its_number() -> None:
    for before in ((), ("urn:one", "urn:two")):
        plant = Plant(free_port(), before=before)
        try:
            plant.start()

            async def scene(url: str = plant.url) -> None:
                async with fed(url, points("level")) as (_, heard):
                    await heard.until(lambda: bool(heard.rows))
                    assert heard.rows[0].value == 1.5

            run(scene())
        finally:
            plant.end()


@pytest.mark.expects_log("feed")
def test_a_server_that_starts_again_is_subscribed_to_again(own_plant: Plant) -> None:
    async def scene() -> None:
        async with line(own_plant.url) as made:
            await made.until(lambda: made.heard(1.5))
            await asyncio.to_thread(own_plant.stop)
            await made.until(lambda: made.runner.fact().state is FeedState.DOWN)
            own_plant.before = ("urn:new",)
            await asyncio.to_thread(own_plant.start)
            await asyncio.to_thread(own_plant.set, "level", 6.5)
            await made.until(lambda: made.heard(6.5))
            fact = made.runner.fact()
            assert (fact.state, fact.gaps, fact.malformed) == (FeedState.GAP, 1, 0)

    run(scene())


@pytest.mark.expects_log("feed")
def test_a_session_that_the_server_forgets_is_a_loss_and_comes_back(own_plant: Plant) -> None:
    async def scene() -> None:
        async with line(own_plant.url) as made:
            await made.until(lambda: made.heard(1.5))
            await asyncio.to_thread(own_plant.drop_sessions)
            await made.until(lambda: any(fact.state is FeedState.DOWN for fact in made.book.facts))
            await asyncio.to_thread(own_plant.set, "level", 6.5)
            await made.until(lambda: made.heard(6.5))

    run(scene())


def test_without_the_library_the_feed_says_so_and_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(FeedDown) as caught:
        load_library("no_such_library_of_opc_ua")
    assert (caught.value.why, caught.value.refused) == ("no_library", True)
    assert "pip install gwanje[opcua]" in caught.value.detail

    def absent(name: str = "") -> None:
        raise FeedDown("no_library", name, refused=True)

    monkeypatch.setattr(adapter, "load_library", absent)
    assert run(refused("opc.tcp://127.0.0.1:4840")).why == "no_library"


def test_what_a_server_offers_is_listed_ready_for_a_profile(plant: Plant) -> None:
    async def scene() -> None:
        found = {item.names: item for item in await offered(opcua_options(definition(plant.url)))}
        level = found["Pump", "level"]
        assert (level.node, level.kind, level.writable, level.array) \
            == (f"nsu={URI};s=p1.level", "Double", True, False)  # fmt: skip
        assert found["Pump", "state"].kind == "Mode"
        assert found["Pump", "many"].array
        assert not found["Pump", "locked"].writable
        assert not any(names[0] == "Server" for names in found)
        async with fed(plant.url, {(level.node, ""): 1.0}) as (_, heard):
            await heard.until(lambda: bool(heard.rows))
            assert heard.rows[0].value == 1.5

    run(scene())


def test_values_that_the_server_has_lost_are_a_gap(plant: Plant) -> None:
    """The overflow bit says that the queue of a point was too short."""

    async def scene() -> None:
        async with fed(plant.url, points("level")) as (_, heard):
            await heard.until(lambda: bool(heard.rows))
            assert FeedState.GAP not in heard.states
            await asyncio.to_thread(plant.set, "level", 2.5, 0x0480)
            await heard.until(lambda: len(heard.rows) > 1)
            assert (heard.rows[-1].value, heard.rows[-1].quality) == (2.5, Quality.GOOD)
            assert FeedState.GAP in heard.states

    run(scene())


def published(sequence: int, *parts: object, subscription: int = 7) -> ua.PublishResult:
    made = ua.PublishResult()
    made.SubscriptionId = ua.UInt32(subscription)
    made.NotificationMessage.SequenceNumber = ua.UInt32(sequence)
    made.NotificationMessage.NotificationData = list(parts) or [ua.DataChangeNotification()]
    return made


def test_a_number_that_skips_is_a_gap_and_the_end_of_a_subscription_a_loss(plant: Plant) -> None:
    async def scene() -> None:
        options = opcua_options(definition(plant.url))
        async with open_client(options) as client:
            heard = Heard()
            seen = watch.Watch(client, Nodes(client, []), heard, options, frozenset())
            await seen.begin({(f"ns=0;i={ua.ObjectIds.Server_ServiceLevel}", ""): 1.0})
            (number,) = seen._subscriptions
            for sequence in (2**32 - 2, 2**32 - 1, 1, 2):
                seen.take(published(sequence, subscription=number))
            assert FeedState.GAP not in heard.states
            seen.take(published(5, subscription=number))
            assert heard.states.count(FeedState.GAP) == 1
            seen.take(published(9, subscription=number + 1))
            assert heard.states.count(FeedState.GAP) == 1, "of somebody else"
            ended = ua.StatusChangeNotification()
            ended.Status = ua.StatusCode(ua.UInt32(ua.StatusCodes.BadSubscriptionIdInvalid))
            with pytest.raises(FeedDown) as caught:
                seen.take(published(6, ended, subscription=number))
            assert caught.value.why == "session"

    run(scene())


@pytest.mark.parametrize(
    ("period", "interval"),
    [(1.0, 0.5), (5.0, 2.0), (10.0, 5.0), (60.0, 20.0), (0.02, 0.05), (0.0, 0.05), (3.0, 1.0)],
)
def test_the_publishing_interval_is_at_most_half_the_period(period: float, interval: float) -> None:
    options = opcua_options(definition("opc.tcp://127.0.0.1:4840", publish_s=0.0))
    seen = watch.Watch(None, None, Heard(), options, frozenset())  # type: ignore[arg-type]
    assert seen._interval(period) == pytest.approx(interval)


@pytest.mark.expects_log("feed")
def test_a_server_that_stops_answering_is_half_open_and_comes_back(own_plant: Plant) -> None:
    async def scene() -> None:
        async with line(own_plant.url) as made:
            await made.until(lambda: made.heard(1.5))
            own_plant._loop.call_soon_threadsafe(time.sleep, 4.0)
            await made.until(lambda: any(fact.state is FeedState.DOWN for fact in made.book.facts))
            await asyncio.to_thread(own_plant.set, "level", 6.5)
            await made.until(lambda: made.heard(6.5))

    run(scene())
