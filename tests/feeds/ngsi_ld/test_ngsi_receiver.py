"""What comes in at the hub's own port: who may deliver, several feeds on one port, and what is turned away."""

from __future__ import annotations

import pytest
from broker_stage import HERE, ended, live, living, made, until
from context_broker import Call, context_broker, post, problem, station
from feed_stage import run

from console.feeds.http_door import HttpDoors


def test_a_secret_path_or_a_token_keeps_strangers_out(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(receive: str) -> None:
        monkeypatch.setenv("GWANJE_FEED_DOOR", "s3/cret")
        async with context_broker() as broker:
            feed = made(broker.url, receive=receive, notify_secret="door")
            async with living(feed) as (sink, _):
                await live(sink, broker)
                assert await broker.notify(station("p1", 2.5)) == 200
                body = b'{"subscriptionId": "x", "data": []}'
                place = feed.endpoint.rpartition("/")[0]
                assert await post(f"{place}/other", body, {}) == 404
                if "{secret}" not in receive:
                    assert await post(feed.endpoint, body, {}) == 401
                    assert await post(feed.endpoint, body, {"Authorization": "Bearer wrong"}) == 401
                    assert sink.faults == [("receiver", "stranger")] * 2
                else:
                    assert feed.endpoint.endswith("/n/s3%2Fcret")
                assert sink.values() == [2.5]

    run(scene("http://127.0.0.1:0/n/{secret}"))
    run(scene("http://127.0.0.1:0/n"))


def test_a_secret_that_a_broker_repeats_is_told_to_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-33: an error of the broker may hold the address that it was given."""
    monkeypatch.setenv("GWANJE_FEED_DOOR", "s3/cret")
    monkeypatch.setenv("GWANJE_FEED_HUB", "t0ken")

    def repeat(call: Call) -> bytes:
        told = call.headers["authorization"]
        return problem(400, f"{told} {call.body['notification']['endpoint']['uri']}")

    async def scene() -> None:
        async with context_broker(override=repeat) as broker:
            feed = made(broker.url, receive=f"{HERE}/{{secret}}", notify_secret="door", token="hub")
            async with living(feed) as (_, task):
                detail = (await ended(task)).detail
                assert detail.startswith("HTTP 400 Bearer *** http://127.0.0.1:")
                assert detail.endswith("/n/***")

    run(scene())


def test_two_feeds_share_one_port(unused_port: int) -> None:
    async def scene() -> None:
        doors = HttpDoors()
        here = f"http://127.0.0.1:{unused_port}"
        async with context_broker() as one, context_broker() as two:
            first = made(one.url, doors, receive=f"{here}/a")
            second = made(two.url, doors, receive=f"{here}/b")
            async with living(first) as (sink_1, _):
                async with living(second) as (sink_2, _):
                    await live(sink_1, one)
                    await live(sink_2, two)
                    assert await one.notify(station("p1", 1.0)) == 200
                    assert await two.notify(station("p1", 2.0)) == 200
                    await until(lambda: sink_1.values() == [1.0] and sink_2.values() == [2.0])
                assert await one.notify(station("p1", 3.0)) == 200
                assert await two.notify(station("p1", 4.0)) == 404
            assert await one.notify(station("p1", 5.0)) == 0

    run(scene())


def test_a_taken_path_or_port_is_told(unused_port: int) -> None:
    async def scene() -> None:
        here = f"http://127.0.0.1:{unused_port}/a"
        async with context_broker() as broker:
            doors = HttpDoors()
            async with living(made(broker.url, doors, receive=here)) as (sink, _):
                await live(sink, broker)
                for others in (doors, HttpDoors()):
                    async with living(made(broker.url, others, receive=here)) as (_, task):
                        assert (await ended(task)).why == "port_taken"

    run(scene())


def test_a_notification_of_another_subscription_is_counted_and_not_believed() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            feed = made(broker.url, receive=HERE)
            async with living(feed) as (sink, _):
                await live(sink, broker)
                alien = broker.only | {"id": "urn:ngsi-ld:Subscription:other"}
                broker.subscriptions["other"] = alien
                await broker.notify(station("p1", 7.0))
                await until(lambda: sink.faults)
                assert sink.faults == [("POST subscriptionId", "stranger")]
                assert sink.values() == [7.0]

    run(scene())


def test_bad_bodies_are_counted_and_refused_and_the_next_is_taken() -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            feed = made(broker.url, receive=HERE, max_frame_bytes=4096.0)
            async with living(feed) as (sink, _):
                await live(sink, broker)
                assert await post(feed.endpoint, b'{"data"', {}) == 400
                assert await post(feed.endpoint, b'{"data": [{"id": "a"', {"Content-Length": "8"}) == 400
                assert await post(feed.endpoint, b'"' + b"x" * 5000 + b'"', {}) == 413
                assert await broker.notify(station("p1", 2.5)) == 200
                assert sink.values() == [2.5]
                assert [reason for _, reason in sink.faults] == ["not_json", "not_json", "too_large"]
                assert sink.gaps() == [("turned_away", "1")]
                broker.put(station("p1", 8.0))
                await until(lambda: 8.0 in sink.values())

    run(scene())
