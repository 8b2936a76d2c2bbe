"""The way to a broker, TCP or WebSocket, with or without TLS; it looks where a name leads before it goes there."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Generator
from dataclasses import dataclass
from typing import Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.typing import Subprotocol

from console.feeds.base import FeedDown
from console.feeds.places import forbidden
from console.feeds.socket import CLOSE_S, HARD_LIMIT, cause_of_end, cause_of_refusal

_CHUNK = 65_536


@dataclass(frozen=True, slots=True)
class Place:
    """Where a broker is and how it is reached; files are PEM, empty for none."""

    url: str
    host: str
    port: int
    web: bool = False
    tls: bool = False
    ca_file: str = ""
    """Whom to trust instead of the system's authorities."""
    cert_file: str = ""
    key_file: str = ""


class Stream(Protocol):
    """Bytes both ways; every fault is a FeedDown."""

    async def read(self) -> bytes:
        """Some bytes, never none."""
        ...

    async def write(self, data: bytes) -> None:
        """Returns once the bytes have left for the network."""
        ...

    async def close(self) -> None:
        """Say goodbye, but not for long."""
        ...


def trust(place: Place) -> ssl.SSLContext:
    """What a TLS connection is made with. Blocking. Raises FeedDown for files that cannot be read."""
    try:
        context = ssl.create_default_context(cafile=place.ca_file or None)
        if place.cert_file:
            context.load_cert_chain(place.cert_file, place.key_file or None)
    except (OSError, ValueError) as error:
        raise FeedDown("certificate", str(error), refused=True) from error
    return context


async def open_stream(place: Place) -> Stream:
    """Connect; the deadline is the caller's. Raises FeedDown with the cause."""
    context = await asyncio.to_thread(trust, place) if place.tls else None
    name = place.host if context is not None else None
    try:
        sock = await _dial(place)
        with _closed_on_fault(sock):
            if not place.web:
                reader, writer = await asyncio.open_connection(sock=sock, ssl=context, server_hostname=name)
                return _Tcp(reader, writer)
            return _Web(
                await connect(
                    place.url,
                    sock=sock,
                    ssl=context,
                    server_hostname=name,
                    subprotocols=[Subprotocol("mqtt")],
                    compression=None,
                    proxy=None,
                    open_timeout=None,
                    close_timeout=CLOSE_S,
                    ping_interval=None,
                    max_size=HARD_LIMIT,
                    max_queue=64,
                )
            )
    except (OSError, WebSocketException, ValueError) as error:
        raise cause_of_refusal(error) from error


async def _dial(place: Place) -> socket.socket:
    """A TCP connection to the first address that answers; to a forbidden one none is tried (SEC-43)."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
    fault: OSError = OSError("the name leads nowhere")
    for family, kind, protocol, _, address in found:
        if forbidden(str(address[0])):
            raise FeedDown("forbidden", str(address[0]), refused=True)
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        with _closed_on_fault(sock):
            try:
                await loop.sock_connect(sock, address)
            except OSError as error:
                fault = error
                sock.close()
                continue
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise fault


@contextlib.contextmanager
def _closed_on_fault(sock: socket.socket) -> Generator[None]:
    """A socket that nobody owns yet must not outlive a fault or a cancellation."""
    try:
        yield
    except BaseException:
        sock.close()
        raise


class _Tcp:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def read(self) -> bytes:
        try:
            data = await self._reader.read(_CHUNK)
        except OSError as error:
            raise FeedDown("closed", error.strerror or str(error)) from None
        if not data:
            raise FeedDown("closed", "connection lost")
        return data

    async def write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            await self._writer.drain()
        except OSError as error:
            raise FeedDown("closed", error.strerror or str(error)) from None

    async def close(self) -> None:
        self._writer.close()
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._writer.wait_closed()
        except TimeoutError:
            self._writer.transport.abort()
        except OSError:
            pass


class _Web:
    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection

    async def read(self) -> bytes:
        try:
            data = await self._connection.recv()
        except ConnectionClosed as closed:
            raise cause_of_end(closed) from None
        if isinstance(data, str):
            raise FeedDown("protocol", "a text frame (MQTT 6.0.0-1)")
        return data

    async def write(self, data: bytes) -> None:
        try:
            await self._connection.send(data)
        except ConnectionClosed as closed:
            raise cause_of_end(closed) from None

    async def close(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._connection.close()
        except TimeoutError:
            self._connection.transport.abort()
