"""Notifications through Mosquitto and through City Data Hub's event socket, with a broker beside them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from broker_stage import ID, P1, Told, ended, live, living, made, until
from context_broker import ContextBroker, context_broker, station
from feed_stage import run, server
from mosquitto_stage import Mosquitto, mosquitto
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from console.core.feed import FeedState
from console.feeds.base import DeviceAnswer, DeviceCommand


async def publish(post: Mosquitto, broker: ContextBroker, *entities: dict[str, Any]) -> None:
    """Deliver as Orion-LD and City Data Hub do: `{metadata, body}` to the topic of the endpoint."""
    told = broker.only["notification"]["endpoint"]
    body = broker.notification(broker.only, list(entities))
    metadata = {"Content-Type": "application/json", "Link": "[https://context.example/c.jsonld]"}
    topic = told["uri"].removeprefix(f"{post.url}/")
    qos = next(int(pair["value"]) for pair in told["notifierInfo"] if pair["key"] == "MQTT-QoS")
    async with aiomqtt.Client("127.0.0.1", post.port) as client:
        await client.publish(topic, json.dumps({"body": body, "metadata": metadata}), qos=qos)


@pytest.mark.parametrize("form", ["normalized", "concise", "simplified", "geojson"])
def test_a_notification_comes_through_mosquitto(tmp_path: Path, form: str) -> None:
    async def scene(post: Mosquitto) -> None:
        async with context_broker() as broker:
            broker.put(station("p1", 1.0))
            feed = made(broker.url, mqtt=post.url, topic="busan/pumps", qos=1.0, format=form)
            async with living(feed) as (sink, _):
                await live(sink, broker)
                endpoint = broker.only["notification"]["endpoint"]
                assert endpoint["uri"] == f"{post.url}/busan/pumps" == feed.endpoint
                assert endpoint["notifierInfo"] == [
                    {"key": "MQTT-QoS", "value": "1"},
                    {"key": "MQTT-Version", "value": "mqtt5.0"},
                ]
                await publish(post, broker, station("p1", 2.5, state="on"))
                await until(lambda: sink.values() == [1.0, 2.5])
                assert sink.faults == []
                assert [about for _, about in sink.frames if "busan" in about] == ["busan/pumps"]

    with mosquitto(tmp_path) as post:
        run(scene(post))


def test_rubbish_on_the_topic_is_counted_and_the_next_is_taken(tmp_path: Path) -> None:
    async def scene(post: Mosquitto) -> None:
        async with context_broker() as broker, living(made(broker.url, mqtt=post.url)) as (sink, _):
            await live(sink, broker)
            async with aiomqtt.Client("127.0.0.1", post.port) as client:
                for rubbish in (b"\x00\xff", b"{}", b'{"metadata": {}, "body": 7}'):
                    await client.publish("gwanje/feed", rubbish, qos=1)
            await publish(post, broker, station("p1", 2.5))
            await until(lambda: sink.values() == [2.5])
            assert [reason for _, reason in sink.faults] == ["encoding", "missing", "not_an_entity"]

    with mosquitto(tmp_path) as post:
        run(scene(post))


def test_a_restart_of_the_mqtt_broker_ends_the_life_and_the_next_has_all_values(tmp_path: Path) -> None:
    async def scene(post: Mosquitto) -> None:
        async with context_broker() as broker:
            feed = made(broker.url, mqtt=post.url, ping_s=1.0)
            async with living(feed) as (sink, task):
                await live(sink, broker)
                await asyncio.to_thread(post.kill)
                down = await ended(task)
                assert down.why == "closed"
            broker.put(station("p1", 4.0))
            await asyncio.to_thread(post.start)
            async with living(feed) as (sink, _):
                await until(lambda: sink.values() == [4.0])
                await publish(post, broker, station("p1", 5.0))
                await until(lambda: sink.values() == [4.0, 5.0])

    with mosquitto(tmp_path) as post:
        run(scene(post))


@asynccontextmanager
async def dashboard(
    broker: ContextBroker,
) -> AsyncGenerator[tuple[str, list[dict[str, Any]], list[ServerConnection]]]:
    """City Data Hub's dashboard: its event socket, which deletes the subscription when the last one closes."""
    hellos: list[dict[str, Any]] = []
    open_now: list[ServerConnection] = []

    async def play(connection: ServerConnection) -> None:
        open_now.append(connection)
        try:
            async for frame in connection:
                hellos.append(json.loads(frame))
        except ConnectionClosed:
            pass
        finally:
            open_now.remove(connection)
            if not open_now and hellos:
                broker.subscriptions.pop(hellos[-1]["subscriptionId"], None)

    async with server(play, "/events") as url:
        yield url, hellos, open_now


EVENT = {"id": P1, "subscriptionId": ID, "notifiedAt": "2026-11-22T16:00:00.000+09:00"}


def test_the_event_socket_of_city_data_hub_gets_its_subscription_again_after_each_loss() -> None:
    async def scene() -> None:
        async with context_broker() as broker, dashboard(broker) as (url, hellos, sockets):
            feed = made(url, broker=broker.url, endpoint="http://dashboard.example/notify", entities=P1)
            for life in (1, 2):
                async with living(feed) as (sink, task):
                    await until(lambda life=life: len(hellos) == life and broker.subscriptions)
                    assert hellos[-1] == {"subscriptionId": ID, "entityIds": [P1]}
                    assert broker.only["notification"]["endpoint"]["uri"] == "http://dashboard.example/notify"
                    await sockets[0].send(
                        json.dumps(EVENT | {"data": [station("p1", float(life), "2018-11-15T20:09:55,000Z")]})
                    )
                    await until(lambda sink=sink, life=life: float(life) in sink.values())
                    await sockets[0].close()
                    assert (await ended(task)).why == "closed"
                    await until(lambda: not broker.subscriptions)

    run(scene())


def test_a_subscription_lost_behind_an_open_socket_is_asked_for_again() -> None:
    async def scene() -> None:
        async with context_broker() as broker, dashboard(broker) as (url, hellos, _):
            broker.put(station("p1", 1.0))
            feed = made(url, broker=broker.url, endpoint="http://dashboard.example/notify")
            async with living(feed) as (sink, _):
                await live(sink, broker)
                broker.subscriptions.clear()
                await until(lambda: len(hellos) == 2 and broker.subscriptions)
                assert sink.gaps() == [("subscription_lost", "")]
                assert hellos[1] == {"subscriptionId": ID, "entityIds": None}

    run(scene())


def test_a_socket_whose_subscription_others_care_for_is_only_read_and_commands_go_by_patch() -> None:
    async def scene() -> None:
        async with context_broker() as broker, dashboard(broker) as (url, hellos, sockets):
            broker.put(station("p1", 1.0))
            feed = made(url, broker=broker.url)
            answers: list[DeviceAnswer] = []
            async with living(feed) as (sink, _):
                await until(lambda: sink.values() == [1.0])
                assert broker.subscriptions == {}
                await sockets[0].send(json.dumps(EVENT | {"data": [station("p1", 2.0)]}))
                await until(lambda: sink.values() == [1.0, 2.0])
                await feed.send(DeviceCommand("01J", P1, "state", "on"), answers.append)
                await until(lambda: answers)
                assert answers[0].kind == "accepted_final"
                assert len(hellos) == 1
                assert taps(sink) == 1

    run(scene())


def taps(sink: Told) -> int:
    """Frames of the socket that were shown; each is shown once."""
    assert FeedState.LIVE in sink.states
    return sum(about == "" for _, about in sink.frames)
