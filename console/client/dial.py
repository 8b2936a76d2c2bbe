"""Opens the WebSocket of the link: to the address it was given and nowhere else, and knows what ended it."""

from __future__ import annotations

import ssl

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from console.client.tls import why_of
from console.wire.limits import MAX_TO_CONSOLE, SUBPROTOCOL_MSGPACK


class _Wire(ClientConnection):
    """A connection that keeps what the transport ended with: websockets says only that there was no HTTP."""

    lost: list[BaseException]

    def connection_lost(self, exc: Exception | None) -> None:
        """The transport has ended."""
        if exc is not None:
            self.lost.append(exc)
        super().connection_lost(exc)


class Dial(connect):
    """One attempt to reach a hub, by TLS where there is a context."""

    def __init__(self, url: str, tls: ssl.SSLContext | None) -> None:
        self._lost: list[BaseException] = []
        super().__init__(
            url,
            ssl=tls,
            create_connection=type("Wire", (_Wire,), {"lost": self._lost}),
            subprotocols=[Subprotocol(SUBPROTOCOL_MSGPACK)],
            max_size=MAX_TO_CONSOLE,
            compression=None,
            proxy=None,  # a hub is inside the room's network
            open_timeout=5.0,
            ping_interval=None,  # heartbeats of the protocol do this
            close_timeout=1.0,
        )

    def process_redirect(self, exc: Exception) -> Exception | str:
        """No hub sends a console elsewhere (SEC-43)."""
        return exc

    def why(self, error: BaseException) -> str:
        """Key of `link.why` if TLS was what ended the attempt, else empty."""
        return next((why for one in (error, *self._lost) if (why := why_of(one))), "")
