"""`feeds discover` and `feeds record` at a context broker, and its recordings played through the adapter."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import aiomqtt
import pytest
from broker_stage import until
from context_broker import ContextBroker, context_broker, station
from feed_stage import run
from mosquitto_stage import Mosquitto, mosquitto
from tape_stage import discovered, recorded, replayed, tape, told, values_of

AT = "2026-11-22T07:00:00.250Z"


@pytest.fixture(autouse=True)
def in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "C")


def stocked(broker: ContextBroker) -> None:
    """Two stations with times of their own."""
    for name, level in (("suyeong", 1.25), ("choryang", 2.5)):
        entity = station(name, level, AT)
        entity["state"]["observedAt"] = AT
        broker.put(entity)


def test_a_discovered_broker_brings_values_at_once(tmp_path: Path) -> None:
    async def scene() -> None:
        async with context_broker() as broker:
            stocked(broker)
            site = await discovered(broker.url, tmp_path / "eco", seconds=3.0)
            assert broker.subscriptions == {}
            assert {asset.id: round(asset.lat, 3) for asset in site.assets} == {
                "suyeong": 35.1,
                "choryang": 35.1,
            }
            found = await values_of(site, 4)
            assert (found["suyeong.level"], found["choryang.level"]) == (1.25, 2.5)

    run(scene())


def test_a_recording_of_a_broker_is_played_without_it(tmp_path: Path) -> None:
    async def scene() -> None:
        file = tmp_path / "broker.jsonl"
        async with context_broker() as broker:
            stocked(broker)
            options = {"receive": "http://127.0.0.1:0/n", "types": "PumpingStation"}
            recording = asyncio.create_task(recorded(broker.url, file, "", 3.0, **options))
            await until(lambda: broker.subscriptions and broker.asked("GET", "/entities"))
            assert await broker.notify(station("suyeong", 7.5, AT, "on")) == 200
            kept = await recording
        head, frames = tape(file)
        assert head.adapter == "ngsi_ld"
        assert [frame.about.partition("?")[0] for frame in frames] == ["GET /entities", "POST"]
        heard = await replayed(file)
        assert told(heard.rows) == told(kept.rows)
        assert heard.faults == []

    run(scene())


def test_a_recording_of_notifications_through_mqtt_is_played(tmp_path: Path) -> None:
    async def scene(post: Mosquitto) -> None:
        file = tmp_path / "mqtt.jsonl"
        async with context_broker() as broker:
            stocked(broker)
            options = {"mqtt": post.url, "types": "PumpingStation", "topic": "busan/pumps"}
            recording = asyncio.create_task(recorded(broker.url, file, "", 3.0, **options))
            await until(lambda: broker.subscriptions and broker.asked("GET", "/entities"))
            body = broker.notification(broker.only, [station("choryang", 7.5, AT)])
            async with aiomqtt.Client("127.0.0.1", post.port) as client:
                await client.publish("busan/pumps", json.dumps({"metadata": {}, "body": body}), qos=1)
            kept = await recording
        assert [frame.about.partition("?")[0] for frame in tape(file)[1]] == ["GET /entities", "busan/pumps"]
        heard = await replayed(file)
        assert told(heard.rows) == told(kept.rows)
        assert 7.5 in [row.value for row in heard.rows]

    with mosquitto(tmp_path) as post:
        run(scene(post))
