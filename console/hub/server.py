"""The hub's one port: WebSocket at `/ws`, read-only HTTP beside it, and the gate in front of both."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.routing import WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from console.hub.http import http_routes
from console.hub.hub import Hub
from console.hub.reception import Reception
from console.hub.refusals import Refusals
from console.hub.seatlimits import PendingConnections
from console.wire.limits import SUBPROTOCOLS

if TYPE_CHECKING:
    # Certificates cost 20 MB, which a hub without TLS does without.
    from console.hub.pki.door import TlsDoor

log = logging.getLogger("link")

_LOOPBACK = re.compile(r"^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$")
_HOST = re.compile(r"^(?:\[([0-9a-f:.]+)\]|([^:\[\]/@]+))(?::\d{1,5})?$")


class Gate:
    """Turns away browsers (SEC-24) and names that are not ours (DNS rebinding): loopback, and with TLS those of the
    certificate.
    """

    def __init__(self, app: ASGIApp, refusals: Refusals, tls: TlsDoor | None = None) -> None:
        self._app = app
        self._refusals = refusals
        self._tls = tls

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        refusal = self._refusal(Headers(scope=scope))
        if not refusal:
            await self._app(scope, receive, send)
            return
        self._refusals.count(refusal)
        if scope["type"] == "websocket":
            await _turn_away(WebSocket(scope, receive, send), refusal)
        else:
            log.info("request refused: %s", refusal)
            await PlainTextResponse(refusal, status_code=403)(scope, receive, send)

    def _refusal(self, headers: Headers) -> str:
        if "origin" in headers:
            return "ORIGIN_NOT_ALLOWED"
        return "" if self._is_ours(headers.get("host", "").lower()) else "HOST_NOT_ALLOWED"

    def _is_ours(self, host: str) -> bool:
        if _LOOPBACK.match(host):
            return True
        named = _HOST.match(host)
        return self._tls is not None and bool(named) and (named[1] or named[2]) in self._tls.hosts()


class Door:
    """The WebSocket endpoint."""

    def __init__(self, hub: Hub, secret: str) -> None:
        self._hub = hub
        self._secret = secret
        self._pending = PendingConnections()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: one connection."""
        socket = WebSocket(scope, receive, send)
        protocol = next((name for name in SUBPROTOCOLS if name in scope["subprotocols"]), None)
        address = scope["client"][0] if scope["client"] else ""
        if protocol is None:
            await self._refuse(socket, "SUBPROTOCOL")
        elif not self._pending.enter(address):
            await self._refuse(socket, "TOO_MANY_PENDING")
        else:
            await self._serve(socket, protocol, address)

    async def _refuse(self, socket: WebSocket, why: str) -> None:
        self._hub.refusals.count(why)
        await _turn_away(socket, why)

    async def _serve(self, socket: WebSocket, protocol: str, address: str) -> None:
        try:
            await socket.accept(protocol)
            socket.scope["subprotocol"] = protocol
            reception = Reception(socket, self._hub, self._secret)
            hello = await reception.greet()
        finally:
            self._pending.leave(address)
        if hello is not None:
            await reception.serve(hello)


async def _turn_away(socket: WebSocket, why: str) -> None:
    """HTTP 403 instead of a WebSocket."""
    log.info("connection turned away: %s", why)
    await socket.close()


def hub_app(hub: Hub, secret: str, tls: TlsDoor | None = None) -> Starlette:
    """The ASGI application of a hub."""
    door = Door(hub, secret)
    routes = [WebSocketRoute("/ws", door), *http_routes(hub, secret)]
    return Starlette(routes=routes, middleware=[Middleware(Gate, hub.refusals, tls)])
