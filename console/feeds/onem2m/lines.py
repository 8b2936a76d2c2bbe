"""The two transports of primitives: a WebSocket to the CSE (TS-0020), and topics of a broker (TS-0010)."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

from console.feeds.base import FeedDown, FeedSink
from console.feeds.mqtt_link import MqttLink, open_link
from console.feeds.mqtt_options import LinkOptions
from console.feeds.mqtt_wire import Message
from console.feeds.onem2m.codec import Request
from console.feeds.onem2m.dialog import Line
from console.feeds.onem2m.options import OneM2MOptions
from console.feeds.socket import FeedSocket, SocketOptions, open_socket

SUBPROTOCOLS = ("oneM2M.json", "onem2m.r2.0.json", "onem2m.json")
"""ACME and newer CSEs take the first, Mobius v2 the second."""


class SocketLine:
    """Primitives as text frames of a WebSocket."""

    def __init__(self, socket: FeedSocket) -> None:
        self._socket = socket

    async def receive(self) -> list[bytes | str]:
        """As Line."""
        return [await self._socket.receive()]

    async def ask(self, text: str, registers: bool) -> None:
        """As Line."""
        await self._socket.send(text)

    async def reply(self, text: str, request: Request) -> None:
        """As Line."""
        await self._socket.send(text)


class BrokerLine:
    """Primitives as messages, on topics that name who speaks to whom (TS-0010 clause 6.4)."""

    def __init__(self, link: MqttLink, ours: str, theirs: str) -> None:
        self._link = link
        self._ours = level(ours)
        self._theirs = level(theirs)

    async def subscribe(self) -> None:
        """Listen to responses and to requests for us. Raises FeedDown."""
        ours = self._ours
        topics = (f"/oneM2M/resp/{ours}/+/+", f"/oneM2M/reg_resp/{ours}/+/+", f"/oneM2M/req/+/{ours}/+")
        refused = await self._link.subscribe(topics, 1)
        if refused:
            raise FeedDown("not_subscribed", ", ".join(refused)[:200], refused=True)

    async def receive(self) -> list[bytes | str]:
        """As Line."""
        return [message.payload for message in await self._link.receive()]

    async def ask(self, text: str, registers: bool) -> None:
        """As Line."""
        kind = "reg_req" if registers else "req"
        await self._publish(f"/oneM2M/{kind}/{self._ours}/{self._theirs}/json", text)

    async def reply(self, text: str, request: Request) -> None:
        """As Line; the topic is that of the request with its sender first, as the sender listens to it."""
        sender = level(request.sender) or self._theirs
        await self._publish(f"/oneM2M/resp/{sender}/{self._ours}/json", text)

    async def _publish(self, topic: str, text: str) -> None:
        await self._link.publish(Message(topic, text.encode(), 1))


def level(name: str) -> str:
    """An id of a CSE or an application as one level of a topic."""
    return name.lstrip("/").replace("/", ":")


@asynccontextmanager
async def open_socket_line(options: SocketOptions, sender: str, sink: FeedSink) -> AsyncGenerator[Line]:
    """Connect to a CSE; raises FeedDown. It knows us by a header, so that it can notify us on this connection."""
    asked = replace(options, subprotocols=SUBPROTOCOLS, headers=(("X-M2M-Origin", sender),), shows=False)
    async with open_socket(asked, sink) as socket:
        yield SocketLine(socket)


@asynccontextmanager
async def open_broker_line(
    options: LinkOptions, ours: str, theirs: str, sink: FeedSink
) -> AsyncGenerator[Line]:
    """Connect to the broker of a CSE; raises FeedDown."""
    async with open_link(options, sink) as link:
        line = BrokerLine(link, ours, theirs)
        await line.subscribe()
        yield line


@asynccontextmanager
async def open_line(options: OneM2MOptions, sink: FeedSink) -> AsyncGenerator[Line]:
    """The line to a CSE as the options name it; raises FeedDown."""
    link = options.link
    if isinstance(link, LinkOptions):
        async with open_broker_line(link, options.ae, options.cse_id, sink) as line:
            yield line
    else:
        async with open_socket_line(link, options.ae, sink) as line:
            yield line
