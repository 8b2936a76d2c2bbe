"""A feed of a context broker over HTTP: subscription, notifications, gaps and returns; all on loopback."""

from __future__ import annotations

import asyncio

import pytest
from broker_stage import HERE, ID, P1, Given, Told, ended, live, living, made, until
from context_broker import BASE, Call, context_broker, station
from feed_stage import feed_def, run
from http_stage import reply

from console.core.feed import FeedState
from console.core.quality import Quality
from console.feeds.base import Reading
from console.feeds.ngsi_ld.adapter import make
from console.feeds.times import read_time

AT = "2026-11-22T07:00:00.250Z"


@pytest.mark.parametrize("form", ["normalized", "concise", "simplified", "keyValues", "geojson"])
def test_it_subscribes_reads_what_there_is_and_takes_notifications_in_every_format(form: str) -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            broker.put(station("p1", 1.5, AT))
            async with living(made(broker.url, receive=HERE, format=form)) as (sink, _):
                await live(sink, broker)
                await until(lambda: sink.values() == [1.5])
                assert sink.rows[0] == Reading(P1, "level", 1.5, read_time(AT))
                assert await broker.notify(station("p1", 2.5, AT, "on")) == 200
                await until(lambda: sink.values() == [1.5, 2.5])
                assert sink.values("state")[-1] == "on"
                assert sink.faults == []
                told = broker.only
                assert told["id"] == ID
                assert told["entities"] == [{"type": "PumpingStation"}]
                assert told["notification"]["format"] == ("normalized" if form == "geojson" else form)

    run(scene())


def test_everything_that_was_asked_for_is_in_the_subscription_and_the_headers() -> None:
    async def scene() -> None:
        options: dict[str, Given] = {
            "types": "PumpingStation", "id_pattern": ".*:p.*", "watched": "level, state", "attributes": "level",
            "q": "level>1", "throttling_s": 5.0, "tenant": "busan", "context": "https://context.example/c.jsonld",
            "subscription": "urn:ngsi-ld:Subscription:mine",
        }  # fmt: skip
        async with context_broker() as broker:
            async with living(made(broker.url, receive=HERE, **options)) as (sink, _):
                await live(sink, broker)
            (call,) = broker.asked("POST", "/subscriptions")
            body = broker.subscriptions["urn:ngsi-ld:Subscription:mine"]
            assert body["entities"] == [{"idPattern": ".*:p.*", "type": "PumpingStation"}]
            assert (body["watchedAttributes"], body["notification"]["attributes"]) == (
                ["level", "state"],
                ["level"],
            )
            assert (body["q"], body["throttling"], body["isActive"]) == ("level>1", 5, True)
            assert read_time(body["expiresAt"]) > read_time("2026-11-22T00:00:00Z")
            for call in broker.calls:
                assert call.headers["ngsild-tenant"] == "busan"
                assert call.headers["link"] == (
                    '<https://context.example/c.jsonld>; rel="http://www.w3.org/ns/json-ld#context"; '
                    'type="application/ld+json"'
                )
            (page,) = broker.asked("GET", "/entities")
            assert (page.query["idPattern"], page.query["options"]) == (".*:p.*", "sysAttrs")

    run(scene())


def test_a_lost_subscription_is_made_again_and_shown_as_a_gap() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            broker.put(station("p1", 1.0))
            async with living(made(broker.url, receive=HERE)) as (sink, _):
                await live(sink, broker)
                broker.put(station("p1", 9.0))
                broker.subscriptions.clear()
                await until(lambda: 9.0 in sink.values())
                assert sink.gaps() == [("subscription_lost", "")]
                assert broker.only["id"] == ID
                assert await broker.notify(station("p1", 3.0)) == 200

    run(scene())


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"status": "paused", "isActive": False}, "subscription_paused"),
        ({"status": "expired", "expiresAt": "2026-01-01T00:00:00.000Z"}, "subscription_expired"),
        ({"expiresAt": "2026-01-01T00:00:00,000Z"}, "subscription_expired"),
    ],
)
def test_a_subscription_that_stands_still_is_set_right(change: dict[str, object], why: str) -> None:
    async def scene() -> None:
        async with context_broker() as broker, living(made(broker.url, receive=HERE)) as (sink, _):
            await live(sink, broker)
            broker.only.update(change)
            await until(sink.gaps)
            assert sink.gaps()[0][0] == why
            await until(lambda: broker.only["status"] == "active")
            assert read_time(broker.only["expiresAt"]) > read_time("2026-06-01T00:00:00Z")

    run(scene())


def test_a_subscription_that_another_has_taken_is_pointed_back() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            feed = made(broker.url, receive=HERE)
            async with living(feed) as (sink, _):
                await live(sink, broker)
                endpoint = {"uri": "http://127.0.0.1:9/x", "accept": "application/json"}
                broker.only["notification"] = {**broker.only["notification"], "endpoint": endpoint}
                await until(sink.gaps)
                assert sink.gaps()[0][0] == "subscription_changed"
                assert broker.only["notification"]["endpoint"]["uri"] == feed.endpoint

    run(scene())


def test_notifications_that_the_broker_could_not_deliver_are_a_gap_and_the_values_are_read() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            broker.put(station("p1", 1.0))
            async with living(made(broker.url, receive=HERE)) as (sink, _):
                await live(sink, broker)
                broker.only["notification"]["timesFailed"] = 4
                await until(lambda: len(broker.asked("GET", "/subscriptions")) >= 2)
                broker.put(station("p1", 6.0))
                broker.only["notification"]["timesFailed"] = 7
                await until(lambda: 6.0 in sink.values())
                assert ("notify_failed", "3") in sink.gaps()

    run(scene())


def test_it_is_renewed_before_it_ends() -> None:
    async def scene() -> None:
        async with (
            context_broker() as broker,
            living(made(broker.url, receive=HERE, lease_s=2.0)) as (sink, _),
        ):
            await live(sink, broker)
            first = broker.only["expiresAt"]
            await until(lambda: broker.only["expiresAt"] > first)
            (renewal,) = broker.asked("PATCH", "/subscriptions")
            assert renewal.body.keys() == {"expiresAt"}
            assert sink.gaps() == []

    run(scene())


def test_one_of_an_earlier_life_is_changed_not_doubled_and_none_is_ever_deleted() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            for form in ("normalized", "concise"):
                async with living(made(broker.url, receive=HERE, format=form)) as (sink, _):
                    await live(sink, broker)
                    await until(lambda form=form: broker.only["notification"]["format"] == form)
            assert [call.method for call in broker.asked("DELETE", "")] == []
            assert set(broker.subscriptions) == {ID}

    run(scene())


def test_a_broker_that_names_subscriptions_itself_is_followed() -> None:
    async def scene() -> None:
        async with context_broker(own_ids=True) as broker:
            feed = made(broker.url, receive=HERE)
            for _ in range(2):
                async with living(feed) as (sink, _):
                    await live(sink, broker)
                    assert await broker.notify(station("p1", 2.5)) == 200
                    await until(lambda sink=sink: 2.5 in sink.values())
            assert set(broker.subscriptions) == {"urn:broker:1"}

    run(scene())


def test_a_broker_that_is_gone_ends_the_life_after_two_looks_and_its_return_is_taken() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            feed = made(broker.url, receive=HERE)
            async with living(feed) as (sink, task):
                await live(sink, broker)
                broker.override = lambda call: b""
                down = await ended(task)
                assert down.why == "closed"
            broker.override = lambda call: None
            broker.subscriptions.clear()
            broker.put(station("p1", 4.0))
            async with living(feed) as (sink, _):
                await until(lambda: sink.values() == [4.0])
                assert set(broker.subscriptions) == {ID}

    run(scene())


def test_a_single_look_that_fails_is_no_loss() -> None:
    async def scene() -> None:
        async with context_broker() as broker, living(made(broker.url, receive=HERE)) as (sink, task):
            await live(sink, broker)
            failing = [True]
            broker.override = lambda call: b"" if "/subscriptions/" in call.target and failing.pop() else None
            await until(lambda: not failing)
            broker.override = lambda call: None
            looks = len(broker.asked("GET", "/subscriptions"))
            await until(lambda: len(broker.asked("GET", "/subscriptions")) > looks + 2)
            assert not task.done()
            assert sink.gaps() == []

    run(scene())


def test_a_look_that_cannot_be_read_is_counted() -> None:
    def broken(call: Call) -> bytes:
        del call
        return reply("{", "200 OK")

    async def scene() -> None:
        async with context_broker() as broker, living(made(broker.url, receive=HERE)) as (sink, task):
            await live(sink, broker)
            broker.override = broken
            await until(lambda: sink.faults)
            assert sink.faults[0][0].startswith("subscription")
            assert sink.faults[0][1] == "not_json"
            assert not task.done()

    run(scene())


def test_a_deleted_entity_takes_its_values_back() -> None:
    async def scene() -> None:
        async with context_broker() as broker, living(made(broker.url, receive=HERE)) as (sink, _):
            await live(sink, broker)
            gone = {"id": P1, "type": "PumpingStation", "deletedAt": {"value": AT}}
            subscription = broker.only
            subscription["notification"]["format"] = "raw"
            assert await broker.notify(gone) == 200
            assert [(row.path, row.quality) for row in sink.rows] == [
                ("level", Quality.BAD),
                ("state", Quality.BAD),
            ]

    run(scene())


def test_without_a_delivery_the_broker_is_asked_again_and_again() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            broker.put(station("p1", 1.0))
            async with living(made(broker.url, poll_s=0.1)) as (sink, _):
                await until(lambda: sink.values() == [1.0])
                broker.put(station("p1", 2.0))
                await until(lambda: 2.0 in sink.values())
                assert broker.subscriptions == {}

    run(scene())


def test_a_broker_of_which_nothing_is_known_tells_its_types() -> None:
    """What `feeds discover` does with the address of a broker."""

    async def scene() -> None:
        async with context_broker() as broker:
            broker.put(
                station("p1", 1.0), {"id": "urn:ngsi-ld:Lamp:1", "type": "Lamp", "on": {"value": True}}
            )
            feed = make(feed_def("ngsi_ld", broker.url))
            sink = Told()
            task = asyncio.create_task(feed.run(sink))
            await until(lambda: len(sink.rows) == 3)
            task.cancel()
            await asyncio.wait((task,))
            assert broker.calls[0].target == f"{BASE}/types"
            assert {row.source for row in sink.rows} == {P1, "urn:ngsi-ld:Lamp:1"}
            assert sink.frames[-1][1].startswith("GET /entities?type=Lamp,PumpingStation")
            assert FeedState.LIVE in sink.states

    run(scene())


def test_a_source_whose_type_nobody_can_tell_is_named() -> None:
    feed = make(feed_def("ngsi_ld", "http://127.0.0.1:1"))
    with pytest.raises(ValueError, match="option types is missing"):
        feed.expect({("p1", "level"): 5.0})  # type: ignore[attr-defined]
