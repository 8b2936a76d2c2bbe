"""One life of a WebSocket to a source: deadlines, limits and a name for everything that can end it.

Frames above the option `max_frame_bytes` are reported and skipped; only above `HARD_LIMIT` must the
connection go, because such a frame cannot be skipped without storing it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidStatus,
    InvalidURI,
    WebSocketException,
)
from websockets.typing import Subprotocol

from console.core.site import FeedDef
from console.feeds.base import FeedDown, FeedSink
from console.feeds.options import Options
from console.feeds.places import forbidden
from console.feeds.tap import frames_of

HARD_LIMIT = 16 * 1024 * 1024
FRAME_LIMIT = 1024 * 1024
CLOSE_S = 1.0
_STATUS = {401: "credentials", 403: "credentials", 404: "not_found", 429: "too_many", 503: "unavailable"}


@dataclass(frozen=True, slots=True)
class SocketOptions:
    """How a socket is opened and watched; times in seconds, 0 switches a watch off."""

    url: str
    connect_s: float = 10.0
    idle_s: float = 0.0
    """Nothing received for this long ends the connection."""
    ping_s: float = 15.0
    """A ping this often, and as long to answer it: finds half-open connections of quiet sources."""
    frame_limit: int = FRAME_LIMIT
    subprotocols: tuple[str, ...] = ()
    """Offered in this order; a server that takes none of them is one all the same."""
    headers: tuple[tuple[str, str], ...] = ()
    shows: bool = True
    """Frames go to the tap as they come; an adapter that knows what a frame is about shows them itself."""


def socket_options(feed: FeedDef, options: Options) -> SocketOptions:
    """Options of a feed's socket; raises ValueError naming `url` or the option at fault."""
    _check_url(feed)
    return SocketOptions(
        feed.url,
        options.number("connect_s", 10.0, 0.1),
        options.number("idle_s", 0.0),
        options.number("ping_s", 15.0),
        min(int(options.number("max_frame_bytes", FRAME_LIMIT, 1024)), HARD_LIMIT),
    )


def _check_url(feed: FeedDef) -> None:
    parts = urlsplit(feed.url)
    if parts.scheme not in ("ws", "wss") or not parts.hostname:
        raise ValueError(f"{feed.id}: url {feed.url} is not ws:// or wss:// with a host")
    if forbidden(parts.hostname):
        raise ValueError(f"{feed.id}: url {feed.url} is an address that no feed may lead to")


class _Connect(connect):
    """A connection that goes where the profile says and nowhere else (SEC-43)."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class _Wire(ClientConnection):
    """A connection that looks where its name has led before it says a word (SEC-43)."""

    led_to: list[str]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        peer: tuple[str, int] | None = transport.get_extra_info("peername")
        if peer and forbidden(peer[0]):
            self.led_to.append(peer[0])
            self.transport.abort()


class FeedSocket:
    """An open connection; every fault of it is a FeedDown."""

    def __init__(self, connection: ClientConnection, options: SocketOptions, sink: FeedSink) -> None:
        self._connection = connection
        self._options = options
        self._sink = sink
        self._frames = frames_of(sink if options.shows else None)

    @property
    def subprotocol(self) -> str:
        """What the server took of the protocols that were offered; empty for none."""
        return self._connection.subprotocol or ""

    async def receive(self) -> bytes | str:
        """The next frame within the limit. Raises FeedDown when there will be none."""
        idle = self._options.idle_s or None
        while True:
            try:
                async with asyncio.timeout(idle):
                    frame = await self._connection.recv()
            except TimeoutError:
                raise FeedDown("idle", f"{self._options.idle_s:g} s") from None
            except ConnectionClosed as closed:
                raise cause_of_end(closed) from None
            self._frames(frame, "")
            if len(frame) <= self._options.frame_limit:
                return frame
            self._sink.malformed("frame", "too_large", frame[:200])

    async def send(self, text: str) -> None:
        """Write a text frame; returns once it has left for the network. Raises FeedDown."""
        try:
            async with asyncio.timeout(self._options.connect_s):
                await self._connection.send(text)
        except TimeoutError:
            raise FeedDown("timeout", "send") from None
        except ConnectionClosed as closed:
            raise cause_of_end(closed) from None


@asynccontextmanager
async def open_socket(options: SocketOptions, sink: FeedSink) -> AsyncGenerator[FeedSocket]:
    """Connect within the deadline; raises FeedDown with the cause. The socket is closed on leaving."""
    ping = options.ping_s or None
    led_to: list[str] = []
    opening = _Connect(
        options.url,
        subprotocols=[Subprotocol(name) for name in options.subprotocols] or None,
        additional_headers=list(options.headers) or None,
        create_connection=type("Wire", (_Wire,), {"led_to": led_to}),
        compression=None,
        proxy=None,
        open_timeout=None,
        close_timeout=CLOSE_S,
        ping_interval=ping,
        ping_timeout=ping,
        max_size=HARD_LIMIT,
        max_queue=64,
    )
    try:
        async with asyncio.timeout(options.connect_s):
            connection = await opening
    except (OSError, WebSocketException, ValueError) as error:
        if led_to:
            raise FeedDown("forbidden", led_to[0], refused=True) from error
        raise cause_of_refusal(error) from error
    try:
        yield FeedSocket(connection, options, sink)
    finally:
        await _close(connection)


async def _close(connection: ClientConnection) -> None:
    """Say goodbye, but not for long: a peer that takes nothing would keep us waiting to say it."""
    try:
        async with asyncio.timeout(CLOSE_S):
            await connection.close()
    except TimeoutError:
        connection.transport.abort()


def cause_of_refusal(error: Exception) -> FeedDown:
    """Cause of a connection that could not be made."""
    if isinstance(error, InvalidStatus):
        code = error.response.status_code
        why = _STATUS.get(code, "redirected" if 300 <= code < 400 else "handshake")
        return FeedDown(why, f"HTTP {code}", refused=code in (401, 403))
    if isinstance(error, ssl.SSLCertVerificationError):
        return FeedDown("certificate", error.verify_message, refused=True)
    if isinstance(error, ssl.SSLError):
        return FeedDown("tls", error.reason or "")
    if isinstance(error, TimeoutError):
        return FeedDown("timeout", "connect")
    if isinstance(error, ConnectionRefusedError):
        return FeedDown("unreachable", "connection refused")
    if isinstance(error, OSError):
        return FeedDown("unreachable", error.strerror or str(error))
    if isinstance(error, InvalidURI):
        return FeedDown("not_found", str(error), refused=True)
    return FeedDown(
        "handshake" if isinstance(error, (InvalidHandshake, ValueError)) else "closed", str(error)
    )


def cause_of_end(closed: ConnectionClosed) -> FeedDown:
    """Cause of a connection that ended: what the other side said, or that we hung up on it."""
    ours = closed.sent if closed.rcvd is None or not closed.rcvd_then_sent else None
    if ours is not None and ours.code == 1009:
        return FeedDown("frame_too_large", f"above {HARD_LIMIT} bytes")
    if ours is not None and ours.code == 1011:
        return FeedDown("half_open", ours.reason)
    if ours is not None and ours.code in (1002, 1007):
        return FeedDown("protocol", ours.reason)
    if closed.rcvd is None:
        return FeedDown("closed", "connection lost")
    if closed.rcvd.code == 1008:
        return FeedDown("credentials", closed.rcvd.reason, refused=True)
    return FeedDown("closed", f"{closed.rcvd.code} {closed.rcvd.reason}".strip())
