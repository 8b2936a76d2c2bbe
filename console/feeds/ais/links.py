"""Where lines of sentences come from: a TCP server, datagrams sent to us, or a WebSocket.

Datagrams carry no proof of who sent them: an address that other machines can reach is listened on only with the
option `senders`, and nobody else is heard.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from console.core.site import FeedDef
from console.feeds.ais.nmea import LineCutter
from console.feeds.base import FeedDown, FeedSink
from console.feeds.options import Options
from console.feeds.places import forbidden
from console.feeds.socket import SocketOptions, cause_of_refusal, open_socket, socket_options
from console.feeds.tap import frames_of

READ_BYTES = 65_536
UDP_BUFFER = 1024 * 1024
"""Bytes the system keeps while the hub is busy; what comes on top is lost, and nobody can say how much."""

Lines = Callable[[], Awaitable[list[bytes]]]


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """Where the lines come from; `socket` is None for TCP and datagrams."""

    scheme: str
    host: str
    port: int
    connect_s: float
    idle_s: float
    senders: frozenset[str]
    socket: SocketOptions | None = None


def link_options(feed: FeedDef, options: Options) -> LinkOptions:
    """Options of a feed's link; raises ValueError naming `url` or the option at fault."""
    parts = urlsplit(feed.url)
    senders = frozenset(options.words("senders"))
    if parts.scheme in ("ws", "wss"):
        web = socket_options(feed, options)
        return LinkOptions(parts.scheme, "", 0, web.connect_s, web.idle_s, senders, web)
    try:
        port = parts.port or 0
    except ValueError:
        port = 0
    if parts.scheme not in ("tcp", "udp") or not parts.hostname or not port:
        raise ValueError(
            f"{feed.id}: url {feed.url} is not tcp://, udp://, ws:// or wss:// with host and port"
        )
    if forbidden(parts.hostname):
        raise ValueError(f"{feed.id}: url {feed.url} is an address that no feed may lead to")
    udp = parts.scheme == "udp"
    if udp and not senders and not _is_loopback(parts.hostname):
        raise ValueError(f"{feed.id}: option senders must name who may send to {parts.hostname}")
    # TCP has no ping: without a limit, a receiver that lost its power would look alive for ever.
    idle_s = options.number("idle_s", 0.0 if udp else 120.0)
    connect_s = options.number("connect_s", 10.0, 0.1)
    return LinkOptions(parts.scheme, parts.hostname, port, connect_s, idle_s, senders)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@asynccontextmanager
async def open_lines(options: LinkOptions, sink: FeedSink) -> AsyncGenerator[Lines]:
    """Lines as they come; raises FeedDown with the cause when there are none and when there will be no more."""
    opening = _websocket if options.socket is not None else (_udp if options.scheme == "udp" else _tcp)
    async with opening(options, sink) as receive:

        async def bounded() -> list[bytes]:
            try:
                async with asyncio.timeout(options.idle_s or None):
                    return await receive()
            except TimeoutError:
                raise FeedDown("idle", f"{options.idle_s:g} s") from None

        yield bounded


@asynccontextmanager
async def _websocket(options: LinkOptions, sink: FeedSink) -> AsyncGenerator[Lines]:
    assert options.socket is not None
    async with open_socket(options.socket, sink) as connection:

        async def receive() -> list[bytes]:
            frame = await connection.receive()
            return (frame.encode() if isinstance(frame, str) else frame).splitlines()

        yield receive


@asynccontextmanager
async def _tcp(options: LinkOptions, sink: FeedSink) -> AsyncGenerator[Lines]:
    try:
        async with asyncio.timeout(options.connect_s):
            reader, writer = await asyncio.open_connection(options.host, options.port)
    except (OSError, ValueError) as error:
        raise cause_of_refusal(error) from error
    cutter, frames, place = LineCutter(), frames_of(sink), f"{options.host}:{options.port}"

    async def receive() -> list[bytes]:
        try:
            data = await reader.read(READ_BYTES)
        except OSError as error:
            raise FeedDown("closed", error.strerror or "connection lost") from None
        if not data:
            raise FeedDown("closed", "connection lost")
        lines = cutter.cut(data)
        if frames.wanted:
            for line in lines:
                frames(line, place)
        for _ in range(cutter.oversized):
            sink.malformed("line", "too_large", data[:200])
        cutter.oversized = 0
        return lines

    try:
        peer: tuple[str, int] = writer.get_extra_info("peername")
        if forbidden(peer[0]):
            raise FeedDown("forbidden", peer[0], refused=True)
        yield receive
    finally:
        writer.transport.abort()  # we have nothing to say, so there is nothing to wait for


class _Datagrams(asyncio.DatagramProtocol):
    """Datagrams of who may send; the loop reads one a turn, so no more than a few wait here."""

    def __init__(self, senders: frozenset[str], sink: FeedSink) -> None:
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue()
        self._senders = senders
        self._sink = sink
        self._frames = frames_of(sink)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """As DatagramProtocol."""
        if self._frames.wanted:
            self._frames(data, f"{addr[0]}:{addr[1]}")
        if self._senders and addr[0] not in self._senders:
            self._sink.malformed(f"sender {addr[0]}", "stranger", data[:200])
        else:
            self.waiting.put_nowait(data)


@asynccontextmanager
async def _udp(options: LinkOptions, sink: FeedSink) -> AsyncGenerator[Lines]:
    loop = asyncio.get_running_loop()
    try:
        transport, datagrams = await loop.create_datagram_endpoint(
            lambda: _Datagrams(options.senders, sink), local_addr=(options.host, options.port)
        )
    except OSError as error:
        raise FeedDown("no_port", error.strerror or str(error)) from error

    wire: socket.socket = transport.get_extra_info("socket")
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, UDP_BUFFER)

    async def receive() -> list[bytes]:
        return (await datagrams.waiting.get()).splitlines()

    try:
        yield receive
    finally:
        transport.close()
