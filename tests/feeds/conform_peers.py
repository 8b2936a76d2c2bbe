"""Small real servers of the protocols whose rooms read WebSockets, brokers and HTTP, for the conformance checks."""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import feed_peers
from feed_stage import Heard, server
from http_stage import Asked, reply, serving
from mosquitto_stage import Mosquitto, mosquitto, wishes
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from console.core.site import FeedDef
from console.feeds.base import Feed
from console.feeds.mqtt_link import open_link
from console.feeds.mqtt_wire import Message
from console.feeds.registry import Registry
from console.feeds.sparkplug.payload import Metric, Payload, write_payload

Option = str | float | bool
Frame = bytes | str


@dataclass
class Made:
    """What all peers have in common."""

    adapter: str
    source: str
    level: str = "level"
    flow: str = "flow"
    values: tuple[float, float, float] = (2.5, 7.5, 4.25)
    options: Mapping[str, Option] = field(default_factory=dict[str, Option])

    def make(self, feed: FeedDef) -> Feed:
        """Our own adapters are made as the hub makes them."""
        return Registry(found=()).make(feed)


class SocketStage:
    """A server that says the same to everybody who is connected."""

    def __init__(self, data: Callable[[str, float], Frame], bad: Frame) -> None:
        self.url = ""
        self.connections: set[ServerConnection] = set()
        self._data = data
        self._bad = bad

    async def say(self, path: str, value: float) -> None:
        """As Stage."""
        await self._send(self._data(path, value))

    async def rubbish(self) -> None:
        """As Stage."""
        await self._send(self._bad)

    async def drop(self) -> None:
        """As Stage."""
        for connection in list(self.connections):
            connection.transport.abort()

    async def _send(self, frame: Frame) -> None:
        for connection in list(self.connections):
            with contextlib.suppress(ConnectionClosed):
                await connection.send(frame)


@dataclass
class SocketPeer(Made):
    """One of the protocols of `feed_peers`."""

    peer: feed_peers.Peer = feed_peers.JSON_WS
    bad: Frame = '{"half'

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[SocketStage]:
        """As Peer."""
        stage = SocketStage(lambda path, value: self.peer.data(self.source, path, value, None), self.bad)

        async def play(connection: ServerConnection) -> None:
            with contextlib.suppress(ConnectionClosed):
                await self.peer.greet(connection)
                stage.connections.add(connection)
                await connection.wait_closed()
            stage.connections.discard(connection)

        async with server(play) as stage.url:
            yield stage


def socket_peer(peer: feed_peers.Peer) -> SocketPeer:
    """A peer for the checks; only two paths are known to the columnar one."""
    bad: Frame = b"\x02garbage" if peer is feed_peers.COLUMNS else '{"half'
    return SocketPeer(peer.adapter, peer.source, flow="state", options=peer.options, peer=peer, bad=bad)


class BrokerStage:
    """Somebody who publishes through a broker, on a connection of his own each time."""

    def __init__(
        self, broker: Mosquitto, web: bool, messages: Callable[[str, float], list[Message]], bad: Message
    ) -> None:
        self.url = broker.web_url if web else broker.url
        self._broker = broker
        self._messages = messages
        self._bad = bad

    async def say(self, path: str, value: float) -> None:
        """As Stage."""
        await self._publish(self._messages(path, value))

    async def rubbish(self) -> None:
        """As Stage."""
        await self._publish([self._bad])

    async def drop(self) -> None:
        """As Stage."""
        self._broker.kill()
        await asyncio.to_thread(self._broker.start)

    async def _publish(self, messages: list[Message]) -> None:
        async with open_link(wishes(self._broker.url), Heard()) as link:
            for message in messages:
                await link.publish(message)


@dataclass
class MqttPeer(Made):
    """Plain numbers, each in a topic of its own."""

    web: bool = False

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[BrokerStage]:
        """As Peer."""
        with tempfile.TemporaryDirectory() as folder, mosquitto(Path(folder)) as broker:
            yield BrokerStage(broker, self.web, self._messages, self._bad())

    def _messages(self, path: str, value: float) -> list[Message]:
        return [Message(f"city/{self.source}/{path}", str(value).encode())]

    def _bad(self) -> Message:
        return Message(f"city/{self.source}/{self.level}", b"\xff\xfe\x00")


@dataclass
class SparkplugPeer(MqttPeer):
    """An edge node that is born again with each of its values."""

    def _messages(self, path: str, value: float) -> list[Message]:
        at = time.time_ns() // 1_000_000
        birth = Payload(at=at, seq=0, metrics=[Metric(name="bdSeq", datatype=8, value=1)])
        told = Payload(at=at, seq=1, metrics=[Metric(name=path, datatype=10, value=value)])
        return [
            Message("spBv1.0/City/NBIRTH/Edge", write_payload(birth)),
            Message("spBv1.0/City/DBIRTH/Edge/p1", write_payload(told)),
        ]

    def _bad(self) -> Message:
        return Message("spBv1.0/City/DDATA/Edge/p1", b"\xff\xff\xff")


class HttpStage:
    """A service whose answers are set from outside."""

    def __init__(self) -> None:
        self.url = ""
        self._item: dict[str, Option] = {"id": "p1"}
        self._once: list[bytes] = []

    def answer(self, asked: Asked) -> bytes:
        """What is answered now."""
        del asked
        return self._once.pop() if self._once else reply(json.dumps({"items": [self._item]}))

    async def say(self, path: str, value: float) -> None:
        """As Stage."""
        self._item[path] = value

    async def rubbish(self) -> None:
        """As Stage."""
        self._once = [reply('{"half')]

    async def drop(self) -> None:
        """As Stage."""
        self._once = [b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"]


@dataclass
class RestPeer(Made):
    """One item with two values."""

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[HttpStage]:
        """As Peer."""
        stage = HttpStage()
        async with serving(stage.answer) as (stage.url, _):
            yield stage


SOCKETS = tuple(map(socket_peer, feed_peers.PEERS))
_TOPICS: Mapping[str, Option] = {"topics": "city/#", "decoder": "number", "source": "{1}", "point": "{2}"}
BROKERS = (
    MqttPeer("mqtt", "p1", options=_TOPICS),
    MqttPeer("mqtt", "p1", options=_TOPICS, web=True),
    SparkplugPeer("sparkplug", "City/Edge/p1"),
)
HTTP = (RestPeer("rest", "p1", options={"items_path": "items", "source_path": "id", "every_s": 0.1}),)
