"""uvicorn with the hub's deadlines before the first request, and the peer's certificate in the scope."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Generator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from uvicorn.protocols.http.h11_impl import H11Protocol

from console.hub.refusals import Refusals
from console.hub.seatlimits import PendingConnections
from console.wire.limits import HELLO_DEADLINE_S, MAX_SILENT_CONNECTIONS, MAX_TO_HUB

if TYPE_CHECKING:
    # Certificates cost 20 MB, which a hub without TLS does without.
    from console.hub.pki.door import TlsDoor

log = logging.getLogger("link")

BACKLOG = 64
CLOSE_S = 1


class Visitor(H11Protocol):
    """One connection before it is a WebSocket: it must ask for something soon (SEC-25)."""

    def __init__(
        self, silent: PendingConnections, refusals: Refusals, door: TlsDoor | None, **uvicorn: Any
    ) -> None:
        super().__init__(**uvicorn)
        self._silent = silent
        self._refusals = refusals
        self._door = door
        self._deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A peer has come, after the handshake where there is TLS."""
        super().connection_made(transport)
        if self._door is not None:
            self.app_state = {**self.app_state, "tls": self._door, "peer": self._door.peers.enter(transport)}
        if not self._silent.enter(self._address()):
            self._turn_away("too_many_silent")
            return
        self._deadline = self.loop.call_later(HELLO_DEADLINE_S, self._late)

    def connection_lost(self, exc: Exception | None) -> None:
        """The peer has gone."""
        self._heard()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes of a request."""
        super().data_received(data)
        if self.scope:
            self._heard()

    def _address(self) -> str:
        return self.client[0] if self.client else ""

    def _heard(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
            self._silent.leave(self._address())

    def _late(self) -> None:
        self._heard()
        self._turn_away("request_late")

    def _turn_away(self, cause: str) -> None:
        self._refusals.count(cause)
        log.info("connection turned away: %s", cause)
        self.transport.abort()


class HubServer(uvicorn.Server):
    """uvicorn on one socket without its signal handlers: the hub decides the order in which its parts end."""

    def __init__(self, app: Starlette, refusals: Refusals, door: TlsDoor | None = None) -> None:
        super().__init__(_config(app))
        self._silent = PendingConnections(MAX_SILENT_CONNECTIONS)
        self._refusals = refusals
        self._door = door

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave signals alone."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen; uvicorn's own has no deadline for handshakes."""
        visitor = partial(
            Visitor,
            self._silent,
            self._refusals,
            self._door,
            config=self.config,
            server_state=self.server_state,
            app_state={},
        )
        loop = asyncio.get_running_loop()
        tls: dict[str, Any] = {}
        if self._door is not None:
            tls = {"ssl": self._door.context, "ssl_handshake_timeout": HELLO_DEADLINE_S}
        self.servers = [
            await loop.create_server(visitor, sock=listener, backlog=BACKLOG, **tls)
            for listener in sockets or ()
        ]
        self.started = True


def _config(app: Starlette) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        loop="none",
        http="h11",
        ws="websockets-sansio",
        ws_max_size=MAX_TO_HUB,
        ws_per_message_deflate=False,
        ws_ping_interval=20.0,
        ws_ping_timeout=20.0,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=CLOSE_S,
        proxy_headers=False,
        server_header=False,
    )
