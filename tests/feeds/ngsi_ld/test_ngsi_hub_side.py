"""A broker's feed as the hub sees it: states through the runner, what is discovered, and recordings read again."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

import pytest
from broker_stage import HERE, P1, QUICK, Given, Told, live, living, made, until
from context_broker import STATION, context_broker, station
from feed_stage import CATALOGUE, HubBook, feed_def, run
from http_stage import raw_http

from console.core.discovery import Offer, ValueKind
from console.core.feed import FeedState
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, FeedDown
from console.feeds.mapping import FeedMapping
from console.feeds.ngsi_ld.units import unit_of
from console.feeds.registry import Registry
from console.feeds.runner import FeedRunner, Timing


class RealClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def at(self) -> int:
        """UTC nanoseconds."""
        return time.time_ns()


async def soon(seconds: float) -> None:
    """The wait before the next life, cut short."""
    await asyncio.sleep(min(seconds, 0.02))


def runner(url: str, book: HubBook, **options: Given) -> FeedRunner:
    """The feed as the hub makes it from its profile."""
    definition = feed_def("ngsi_ld", url, QUICK | options, f"{STATION}{{asset}}")
    feed = Registry(found=()).make(definition)
    timing = Timing(RealClock(), random.random, soon)
    return FeedRunner(definition, feed, FeedMapping(CATALOGUE, definition), book, timing)


def seen(book: HubBook) -> list[tuple[int, float, int]]:
    """Tag, value and quality of all rows."""
    return [
        (int(tag), float(value), int(quality))
        for batch in book.batches
        for tag, value, quality in zip(batch.tag, batch.value, batch.quality, strict=True)
    ]


@pytest.mark.expects_log("feed")
def test_values_states_and_commands_go_through_the_runner() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            broker.put(station("p1", 1.5, "2026-11-22T07:00:00Z"))
            book = HubBook()
            line = runner(broker.url, book, receive=HERE)
            task = asyncio.create_task(line.run())
            await until(lambda: seen(book))
            assert (0, 1.5, Quality.GOOD) in seen(book)
            assert line.fact().state is FeedState.LIVE
            command = line.command("01J", "p1", "start", 1.0)
            assert command is not None
            answers: list[DeviceAnswer] = []
            await line.send(command, answers.append)
            await until(lambda: answers)
            assert broker.patched == [(P1, "state", {"type": "Property", "value": "on"})]
            await broker.notify(station("p1", 2.5, "2026-11-22T07:00:01Z", "on"))
            await until(
                lambda: (1, 1.0, Quality.UNCERTAIN) not in seen(book) and (0, 2.5, Quality.GOOD) in seen(book)
            )
            task.cancel()
            await asyncio.wait((task,))

    run(scene())


@pytest.mark.expects_log("feed")
def test_a_broker_that_is_restarted_is_a_loss_and_then_a_gap_with_all_values() -> None:
    """The whole broker goes and comes back on the same port, without its subscriptions."""

    async def scene() -> None:
        book = HubBook()
        async with context_broker() as broker:
            broker.put(station("p1", 1.0))
            first = AsyncExitStack()
            url = await first.enter_async_context(raw_http(broker.talk))
            line = runner(f"{url}/ngsi-ld/v1", book, receive=HERE)
            task = asyncio.create_task(line.run())
            await until(lambda: seen(book))
            await first.aclose()
            await until(lambda: line.fact().state is FeedState.DOWN)
            assert line.fact().why == "unreachable"
            broker.subscriptions.clear()
            broker.put(station("p1", 2.0))
            async with raw_http(broker.talk, port=int(url.rpartition(":")[2])):
                await until(lambda: line.fact().state is FeedState.GAP)
                await until(lambda: (0, 2.0, Quality.UNCERTAIN) in seen(book))
                assert [event.split()[0] for event in book.events].count("lost") == 1
                task.cancel()
                await asyncio.wait((task,))

    run(scene())


@pytest.mark.expects_log("feed")
def test_a_lost_subscription_is_a_gap_with_its_cause() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            broker.put(station("p1", 1.0))
            book = HubBook()
            line = runner(broker.url, book, receive=HERE)
            task = asyncio.create_task(line.run())
            await until(lambda: seen(book))
            broker.subscriptions.clear()
            await until(lambda: line.fact().state is FeedState.GAP)
            assert (line.fact().why, line.fact().gaps) == ("subscription_lost", 1)
            task.cancel()
            await asyncio.wait((task,))

    run(scene())


class Offered(Told):
    """A sink that also hears what a source offers."""

    def __init__(self) -> None:
        super().__init__()
        self.offers: list[Offer] = []
        self.told_before = True

    def offered(self, offers: Sequence[Offer], whole: Sequence[str] = ()) -> None:
        """As OfferSink."""
        assert whole == ()
        self.told_before = self.told_before and not {offer.path for offer in offers} & {
            r.path for r in self.rows
        }
        self.offers += offers


@pytest.mark.parametrize("on", [True, False])
def test_what_a_broker_has_beyond_the_profile_is_offered_with_its_units(on: bool) -> None:
    async def scene() -> None:
        entity = station("p1", 1.0)
        entity["level"]["unitCode"] = "MTR"
        entity["armed"] = {"type": "Property", "value": True, "unitCode": "C62"}
        async with context_broker() as broker:
            broker.put(entity)
            feed, sink = made(broker.url, discover=on), Offered()
            task = asyncio.create_task(feed.run(sink))
            await until(lambda: len(sink.rows) == 3)
            task.cancel()
            await asyncio.wait((task,))
            found = {offer.path: (offer.kind, offer.unit, offer.words) for offer in sink.offers}
            assert found == ({} if not on else {
                "level": (ValueKind.NUMBER, "m", ()),
                "state": (ValueKind.TEXT, "", ("off",)),
                "armed": (ValueKind.FLAG, "", ()),
            })  # fmt: skip
            assert sink.told_before

    run(scene())


def test_a_unit_that_nobody_knows_stays_as_it_is() -> None:
    assert [unit_of(code) for code in ("CEL", "XYZ", "GQ")] == ["°C", "XYZ", "µg/m³"]


def test_a_recording_is_read_again_without_the_broker() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            broker.put(station("p1", 1.0), station("p2", 2.0))
            feed = made(broker.url, receive=HERE, page_size=1.0)
            async with living(feed) as (sink, _):
                await live(sink, broker)
                await broker.notify(station("p1", 3.0))
                await until(lambda: len(sink.values()) == 3)
        again = Told()
        reader = made(broker.url, receive=HERE).played(again)
        for at, (data, about) in enumerate(sink.frames):
            reader(data, about, at)
        reader("{", "GET /entities?x", 9)
        reader("{", "POST", 9)
        assert again.rows == sink.rows
        assert [reason for _, reason in again.faults] == ["not_json", "not_json"]

    run(scene())


def test_a_profile_whose_sources_have_no_type_is_refused_before_it_runs() -> None:
    definition = feed_def("ngsi_ld", "http://127.0.0.1:1", {}, "{asset}")
    feed = Registry(found=()).make(definition)
    with pytest.raises(ValueError, match="feed: option types is missing"):
        FeedRunner(
            definition,
            feed,
            FeedMapping(CATALOGUE, definition),
            HubBook(),
            Timing(RealClock(), random.random),
        )


def test_a_test_of_a_command_is_not_an_order() -> None:
    """CMD-15."""

    async def scene() -> None:
        async with context_broker() as broker:
            book = HubBook()
            line = runner(broker.url, book, receive=HERE)
            task = asyncio.create_task(line.run())
            await until(lambda: line.fact().state is FeedState.LIVE)
            command = line.command("01J", "p1", "start", 1.0, test=True)
            assert command is not None
            with pytest.raises(FeedDown) as caught:
                await line.send(command, lambda answer: None)
            assert caught.value.why == "no_tests"
            assert broker.patched == []
            task.cancel()
            await asyncio.wait((task,))

    run(scene())
