"""Where sources deliver that dial in: one port for several feeds, each behind a path of its own.

It listens on the address that the profile declares and nowhere else. Whoever is slow, half there, too large, too
many or lies about length loses the connection; what stands behind a path is told only to who knows it.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import h11

from console.feeds.base import FeedDown

MOST_CALLERS = 64
CALL_S = 10.0
"""A whole request must be here in this time."""
KEEP_S = 60.0
"""A connection that has delivered is kept this long for its next request."""
LINGER_S = 0.3
HEAD_LIMIT = 16_384
_CHUNK = 16_384
_BURST_S = 2.0

Take = Callable[[bytes, dict[str, str]], int]
"""Reads a body and its headers, and says with which status it is answered."""
Refused = Callable[[str, bytes], None]
"""Is told why a call for this path was not taken: a key of the words `feeds.fault`, and its first bytes."""
Step = tuple[int, bool]
"""A status, and whether the connection must go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorPlace:
    """Where to listen: an address of this machine; files are PEM, empty for no TLS."""

    host: str
    port: int
    cert_file: str = ""
    key_file: str = ""


@dataclass(slots=True, kw_only=True)
class Room:
    """What one feed takes in."""

    path: str = field(repr=False)
    take: Take
    refused: Refused
    token: str = field(default="", repr=False)
    """What the header Authorization must be; empty: the path is the secret."""
    limit: int = 1024 * 1024
    per_s: float = 500.0
    """Calls a second that are taken in the long run."""
    left: float = 0.0
    filled: float = 0.0

    def allow(self, now: float) -> bool:
        """Whether one more call is within the rate; `now` is monotonic seconds."""
        most = self.per_s * _BURST_S
        self.left = most if not self.filled else min(most, self.left + (now - self.filled) * self.per_s)
        self.filled = now
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True


class HttpDoors:
    """The open ports of this process; two feeds with the same address share one."""

    def __init__(self) -> None:
        self._open: dict[tuple[object, str, int], _Door] = {}

    @asynccontextmanager
    async def listen(self, place: DoorPlace, room: Room) -> AsyncGenerator[int]:
        """Take calls for a room; yields the port. Raises FeedDown `port_taken` where that cannot be."""
        loop = asyncio.get_running_loop()
        key = (loop, place.host, place.port)
        door = self._open.get(key)
        if door is None or not place.port:
            door = _Door(place)
            self._open[(loop, place.host, door.port)] = door
        if room.path in door.rooms:
            raise FeedDown("port_taken", f"{place.host}:{door.port}: the path is taken")
        door.rooms[room.path] = room
        try:
            await door.begin()
            yield door.port
        finally:
            del door.rooms[room.path]
            if not door.rooms:
                self._open.pop((loop, place.host, door.port), None)
                await door.end()


@dataclass(slots=True)
class _Asked:
    """A request while it arrives."""

    request: h11.Request | None = None
    room: Room | None = None
    body: bytearray = field(default_factory=bytearray)


class _Door:
    """One port. Binding is done at once, so that two feeds that start together cannot both try it."""

    def __init__(self, place: DoorPlace) -> None:
        self.rooms: dict[str, Room] = {}
        self._place = place
        self._writers: set[asyncio.StreamWriter] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._beginning = asyncio.Lock()
        self._ended = False
        self._server: asyncio.Server | None = None
        try:
            family = socket.AF_INET6 if ":" in place.host else socket.AF_INET
            self._sock = socket.create_server((place.host, place.port), family=family, backlog=MOST_CALLERS)
        except OSError as error:
            raise FeedDown("port_taken", f"{place.host}:{place.port} {error.strerror or error}") from error
        self.port = int(self._sock.getsockname()[1])

    async def begin(self) -> None:
        """Start to take calls; nothing if it does already. Raises FeedDown for a certificate that cannot be read."""
        async with self._beginning:
            if self._server is not None:
                return
            try:
                context = self._context()
            except (OSError, ValueError) as error:
                raise FeedDown("no_certificate", str(error)[:120], refused=True) from error
            self._server = await asyncio.start_server(
                self._call, sock=self._sock, ssl=context, ssl_handshake_timeout=CALL_S if context else None
            )

    def _context(self) -> ssl.SSLContext | None:
        if not self._place.cert_file:
            return None
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self._place.cert_file, self._place.key_file or None)
        return context

    async def end(self) -> None:
        """Close the port and everything that came through it."""
        self._ended = True
        if self._server is None:
            self._sock.close()
            return
        self._server.close()
        for writer in list(self._writers):
            writer.transport.abort()
        await self._idle.wait()
        await self._server.wait_closed()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._ended:
            writer.transport.abort()
            return
        self._writers.add(writer)
        self._idle.clear()
        try:
            with contextlib.suppress(OSError, TimeoutError):
                await self._talk(reader, writer)
        finally:
            writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1.0):
                    await writer.wait_closed()
            writer.transport.abort()
            self._writers.discard(writer)
            if not self._writers:
                self._idle.set()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests on one connection until it ends."""
        talk = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_LIMIT)
        crowded = len(self._writers) > MOST_CALLERS
        patience_s = CALL_S
        while True:
            if not talk.trailing_data[0]:
                async with asyncio.timeout(patience_s):
                    first = await reader.read(_CHUNK)
                if not first:
                    return
                talk.receive_data(first)
            async with asyncio.timeout(CALL_S):
                status, last = (503, True) if crowded else await self._request(talk, reader, writer)
                if status:
                    await self._answer(talk, writer, status, last)
            if last or talk.our_state is not h11.DONE or talk.their_state is not h11.DONE:
                if talk.their_state in (h11.SEND_BODY, h11.ERROR):
                    await _linger(reader)
                return
            talk.start_next_cycle()
            patience_s = KEEP_S

    async def _request(
        self, talk: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> Step:
        """Read one request and hand it over; status 0 for a caller that has gone."""
        asked = _Asked()
        try:
            while True:
                event = talk.next_event()
                if event is h11.NEED_DATA:
                    await self._expected(talk, writer)
                    talk.receive_data(await reader.read(_CHUNK))
                elif isinstance(event, h11.Request):
                    asked.request, asked.room, refusal = event, *self._check(event)
                    if refusal:
                        return refusal, True
                elif isinstance(event, h11.Data):
                    asked.body += event.data
                    if asked.room is not None and len(asked.body) > asked.room.limit:
                        asked.room.refused("too_large", bytes(asked.body[:200]))
                        return 413, True
                elif isinstance(event, h11.EndOfMessage):
                    return self._hand_over(asked)
                else:
                    return 0, True
        except h11.RemoteProtocolError as error:
            if asked.room is not None:
                asked.room.refused("truncated", bytes(asked.body[:200]))
            return error.error_status_hint, True

    async def _expected(self, talk: h11.Connection, writer: asyncio.StreamWriter) -> None:
        if talk.they_are_waiting_for_100_continue:
            writer.write(talk.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            await writer.drain()

    def _check(self, request: h11.Request) -> tuple[Room | None, int]:
        """The room of a request, and the status that refuses it or 0; a body is read for nobody else."""
        asked = bytes(request.target).partition(b"?")[0]
        found = [room for path, room in self.rooms.items() if hmac.compare_digest(path.encode(), asked)]
        if not found:
            return None, 404
        room, headers = found[0], _headers(request)
        if request.method != b"POST":
            return room, 405
        given = headers.get("authorization", "").encode()
        if room.token and not hmac.compare_digest(room.token.encode(), given):
            room.refused("stranger", b"")
            return room, 401
        length = headers.get("content-length", "0")
        if length.isdecimal() and int(length[:18]) > room.limit:
            room.refused("too_large", b"")
            return room, 413
        return room, 0

    def _hand_over(self, asked: _Asked) -> Step:
        if asked.room is None or asked.request is None:
            return 400, True
        body = bytes(asked.body)
        if not asked.room.allow(asyncio.get_running_loop().time()):
            asked.room.refused("too_many", body[:200])
            return 429, True
        return asked.room.take(body, _headers(asked.request)), False

    async def _answer(
        self, talk: h11.Connection, writer: asyncio.StreamWriter, status: int, last: bool
    ) -> None:
        headers = [("Content-Length", "0")]
        if last:
            headers.append(("Connection", "close"))
        if status in (429, 503):
            headers.append(("Retry-After", "1"))
        try:
            data = talk.send(h11.Response(status_code=status, headers=headers, reason=b"")) or b""
            data += talk.send(h11.EndOfMessage()) or b""
        except h11.LocalProtocolError:
            # A caller that spoke no HTTP gets none.
            return
        writer.write(data)
        await writer.drain()


async def _linger(reader: asyncio.StreamReader) -> None:
    """Let a caller that still writes read why it is turned away, but not for long."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(LINGER_S):
            while await reader.read(_CHUNK):
                pass


def _headers(request: h11.Request) -> dict[str, str]:
    return {bytes(name).decode("latin-1"): bytes(value).decode("latin-1") for name, value in request.headers}
