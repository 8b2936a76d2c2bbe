"""Where a CSE delivers that dials out for each notification, as Mobius v2 does to `nu = ws://...`.

It listens on the address that the profile declares and nowhere else, takes connections for one path only, and
answers every request on the connection it came on.
"""

from __future__ import annotations

import http
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import cast

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response as HttpResponse
from websockets.typing import Subprotocol

from console.core.errors import DecodeError
from console.feeds.base import FeedDown, FeedSink
from console.feeds.onem2m.codec import Request, read_primitive, write_response
from console.feeds.onem2m.options import Address
from console.feeds.tap import frames_of

MOST_CALLERS = 64
LONGEST_CALL_S = 30.0
_SUBPROTOCOLS = tuple(Subprotocol(name) for name in ("oneM2M.json", "onem2m.r2.0.json", "onem2m.json"))

Take = Callable[[Request, bytes | str], int]
"""Reads a request and says with which code it is answered."""


class _Door:
    """Who comes in, and what is said to them."""

    def __init__(self, path: str, limit: int, sink: FeedSink, take: Take) -> None:
        self._path = path
        self._limit = limit
        self._sink = sink
        self._take = take
        self._callers = 0

    def check(self, connection: ServerConnection, request: HttpRequest) -> HttpResponse | None:
        """Turn away who asks for another path, or is one too many."""
        if request.path.partition("?")[0] != self._path:
            return connection.respond(http.HTTPStatus.NOT_FOUND, "")
        if self._callers >= MOST_CALLERS:
            return connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "")
        return None

    async def serve(self, connection: ServerConnection) -> None:
        """Answer what one caller says until it leaves."""
        self._callers += 1
        try:
            async for frame in connection:
                text = self._answer(frame)
                if text:
                    await connection.send(text)
        except ConnectionClosed:
            return
        finally:
            self._callers -= 1

    def _answer(self, frame: bytes | str) -> str:
        try:
            primitive = read_primitive(frame, self._limit)
        except DecodeError as error:
            frames_of(self._sink)(frame, "receiver")
            self._sink.malformed(f"receiver {error.where}", error.reason, frame[:200])
            return ""
        if not isinstance(primitive, Request):
            self._sink.malformed("receiver rsc", "not_a_primitive", frame[:200])
            return ""
        return write_response(primitive, self._take(primitive, frame))


@asynccontextmanager
async def open_receiver(address: Address, limit: int, sink: FeedSink, take: Take) -> AsyncGenerator[int]:
    """Listen for notifications; yields the port. Raises FeedDown where the address cannot be listened on."""
    door = _Door(address.path, limit, sink, take)
    try:
        server = await serve(
            door.serve,
            address.host,
            address.port,
            process_request=door.check,
            subprotocols=_SUBPROTOCOLS,
            select_subprotocol=_any_of_ours,
            compression=None,
            max_size=limit,
            max_queue=16,
            open_timeout=LONGEST_CALL_S,
            ping_interval=LONGEST_CALL_S,
            ping_timeout=LONGEST_CALL_S,
            close_timeout=1.0,
        )
    except OSError as error:
        raise FeedDown("port_taken", f"{address.host}:{address.port} {error.strerror or error}") from error
    try:
        yield cast("int", next(iter(server.sockets)).getsockname()[1])
    finally:
        server.close()
        await server.wait_closed()


def _any_of_ours(connection: ServerConnection, offered: object) -> Subprotocol | None:
    """The first of ours that the caller offers; one that offers none is heard as well."""
    names = cast("list[Subprotocol]", offered)
    return next((name for name in _SUBPROTOCOLS if name in names), None)
