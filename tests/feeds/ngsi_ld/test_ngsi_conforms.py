"""The checks that ship with the program, on a context broker that delivers by HTTP, by MQTT, and only when asked."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import aiomqtt
import pytest
from broker_stage import HERE, P1, QUICK, Given, until
from conform_peers import Made
from context_broker import ContextBroker, context_broker, post
from http_stage import reply
from mosquitto_stage import mosquitto

from console.feeds.conformance import CHECKS, Check

pytestmark = pytest.mark.expects_log("feed")


class ContextStage:
    """A broker whose one entity has what it was told to say; `deliver` carries bytes to the hub."""

    def __init__(self, broker: ContextBroker, deliver: Callable[[bytes], Awaitable[object]] | None) -> None:
        self.url = broker.url
        self._broker = broker
        self._deliver = deliver
        self._rubbish = False

    async def say(self, path: str, value: float) -> None:
        """As Stage."""
        now = datetime.now(UTC).isoformat()
        node: dict[str, Any] = {"type": "Property", "value": value, "observedAt": now}
        entity = {"id": P1, "type": "PumpingStation", path: node}
        self._broker.put(self._broker.entities.get(P1, {}) | entity)
        if self._deliver is not None and self._broker.subscriptions:
            await self._deliver(json.dumps(self._broker.notification(self._broker.only, [entity])).encode())

    async def rubbish(self) -> None:
        """As Stage."""
        if self._deliver is not None:
            await self._deliver(b'{"half')
            return
        self._broker.override = lambda call: reply('[{"half') if "/entities" in call.target else None
        asked = len(self._broker.asked("GET", "/entities"))
        await until(lambda: len(self._broker.asked("GET", "/entities")) > asked)
        self._broker.override = lambda call: None

    async def drop(self) -> None:
        """As Stage: it cuts what it is asked until the hub has seen it twice."""
        self._broker.override = lambda call: b""
        asked = len(self._broker.calls)
        await until(lambda: len(self._broker.calls) > asked + 2)
        self._broker.override = lambda call: None


@dataclass
class HttpPeer(Made):
    """Notifications are posted to the hub."""

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[ContextStage]:
        """As Peer."""
        async with context_broker() as broker:

            async def deliver(body: bytes) -> None:
                await post(broker.only["notification"]["endpoint"]["uri"], body, {})

            yield ContextStage(broker, deliver)


@dataclass
class AskedPeer(Made):
    """The broker is asked, and delivers nothing by itself."""

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[ContextStage]:
        """As Peer."""
        async with context_broker() as broker:
            yield ContextStage(broker, None)


@dataclass
class TopicPeer(Made):
    """Notifications go through Mosquitto, whose port is known once it runs."""

    options: Mapping[str, Given] = field(default_factory=dict[str, Given])

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[ContextStage]:
        """As Peer."""
        with tempfile.TemporaryDirectory() as folder, mosquitto(Path(folder)) as office:
            self.options = {**QUICK, "mqtt": office.url, "topic": "busan/pumps"}
            async with context_broker() as broker:

                async def deliver(body: bytes) -> None:
                    wrapped = b'{"metadata": {}, "body": ' + body + b"}"
                    async with aiomqtt.Client("127.0.0.1", office.port) as client:
                        await client.publish("busan/pumps", wrapped, qos=1)

                yield ContextStage(broker, deliver)


HTTP_OPTIONS: dict[str, Given] = {**QUICK, "receive": HERE}
PEERS = (
    HttpPeer("ngsi_ld", P1, options=HTTP_OPTIONS),
    AskedPeer("ngsi_ld", P1, options={**QUICK, "poll_s": 0.1}),
    TopicPeer("ngsi_ld", P1),
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: type(peer).__name__)
def test_a_context_broker_conforms(peer: HttpPeer | AskedPeer | TopicPeer, check: Check) -> None:
    async def scene() -> None:
        await check(peer)

    asyncio.run(scene())
