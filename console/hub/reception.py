"""A connection from its first byte to its end: greeting, authentication, snapshot or resumption, then
service.

Every message that breaks the protocol is answered with a Problem that names the fault; some faults also end
the connection.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import secrets
from typing import TYPE_CHECKING

import msgspec
from starlette.websockets import WebSocket, WebSocketDisconnect

from console.core.errors import WireError
from console.core.plaintext import first_forbidden
from console.hub.frontdesk import FrontDesk
from console.hub.hub import Hub
from console.hub.names import unfit
from console.hub.seat import Seat, SeatCut
from console.hub.seatlimits import MessageRate
from console.hub.visit import Visit
from console.wire.codec import hub_codec
from console.wire.limits import HELLO_DEADLINE_S, MAX_TO_HUB, WireFault
from console.wire.messages import PROTOCOL, Challenge, Hello, Message, Problem
from console.wire.proof import NONCE_BYTES, proof

if TYPE_CHECKING:
    # Certificates cost 20 MB, which a hub without TLS does without.
    from console.hub.pki.door import TlsDoor
    from console.hub.pki.peers import Peer

log = logging.getLogger("link")

POLICY = 1008
TOO_BIG = 1009
CLOSE_S = 2.0
MOST_REFUSED = 500
"""Messages over the rate in a row after which the connection ends."""
LONGEST_NAME = 80


class Reception:
    """Serves one accepted connection until it ends."""

    def __init__(self, socket: WebSocket, hub: Hub, secret: str) -> None:
        self._socket = socket
        self._hub = hub
        self._secret = secret
        self._codec = hub_codec(socket.scope["subprotocol"])
        self._seat = Seat(socket, hub, self._codec)
        self._nonce = secrets.token_hex(NONCE_BYTES)
        self._last_n = 0
        state = socket.scope.get("state", {})
        self._peer: Peer | None = state.get("peer")
        self._tls: TlsDoor | None = state.get("tls")

    async def greet(self) -> Hello | None:
        """The console's Hello, or None after refusing it."""
        try:
            async with asyncio.timeout(HELLO_DEADLINE_S):
                await self._challenge()
                hello = await self._hello()
        except TimeoutError:
            await self._refuse(WireFault.HELLO_LATE)
        except SeatCut as cut:
            await self._refuse(cut.fault, cut.where)
        except WebSocketDisconnect:
            log.debug("connection ended before Hello")
        else:
            return hello
        return None

    async def serve(self, hello: Hello) -> None:
        """Everything after an accepted Hello."""
        log.info("console of %r at %r is here", hello.user, hello.station)
        try:
            await self._counted(hello)
        except* SeatCut as cuts:
            cut = _first(cuts)
            self._hub.refusals.count(cut.fault)
            log.warning("console at %r is cut: %s %s", hello.station, cut.fault, cut.where)
            await self._end(cut)
        except* WebSocketDisconnect:
            log.info("console at %r has gone", hello.station)

    async def _counted(self, hello: Hello) -> None:
        self._hub.seats += 1
        try:
            await self._served(hello)
        finally:
            self._hub.seats -= 1

    async def _challenge(self) -> None:
        notice = self._hub.site.policy.notice
        await self._seat.send(Challenge(nonce=self._nonce, hub=self._hub.name, notice=notice))

    async def _hello(self) -> Hello:
        try:
            message = self._codec.decode(await self._receive())
        except WireError as error:
            raise SeatCut(WireFault(error.code), error.where) from error
        if not isinstance(message, Hello):
            raise SeatCut(WireFault.HELLO_FIRST, type(message).__name__)
        if message.protocol != PROTOCOL:
            raise SeatCut(WireFault.VERSION, str(message.protocol))
        if not self._proved(message):
            raise SeatCut(WireFault.NOT_AUTHENTICATED)
        for name in (message.user, message.station):
            if len(name) > LONGEST_NAME or first_forbidden(name):
                raise SeatCut(WireFault.BAD_FIELD, "user or station")
        self._last_n = message.n
        # Where a seat is, is what its certificate says, not what it says itself.
        return msgspec.structs.replace(message, station=self._peer.seat) if self._peer else message

    def _proved(self, hello: Hello) -> bool:
        """By the certificate of the site that the handshake has verified, else by the launch secret."""
        if self._tls is not None:
            return self._peer is not None
        return hmac.compare_digest(hello.proof.encode(), proof(self._secret, self._nonce).encode())

    async def _served(self, hello: Hello) -> None:
        if self._tls is not None and self._peer is not None:
            trust = await self._tls.trust(self._peer)
            if trust is not None:
                await self._seat.send(trust)
        async with asyncio.TaskGroup() as group:
            visit = Visit(self._hub, self._seat, hello, group, self._nonce)
            visit.key = self._peer.key if self._peer is not None else None
            try:
                await visit.begin()
                group.create_task(self._seat.pump(), name="pump")
                if self._tls is not None and self._peer is not None:
                    group.create_task(self._tls.keep_told(self._peer, visit.say), name="trust")
                await self._read(FrontDesk(visit))
            except SeatCut as cut:
                visit.cut_off(cut.fault)
                raise
            except WebSocketDisconnect as gone:
                if gone.code == TOO_BIG:
                    # The server has refused it before it was read whole.
                    visit.cut_off(WireFault.TOO_LARGE)
                    self._hub.refusals.count(WireFault.TOO_LARGE)
                raise
            finally:
                visit.end()

    async def _read(self, desk: FrontDesk) -> None:
        loop = asyncio.get_running_loop()
        rate = MessageRate(loop.time())
        while True:
            data = await self._receive()
            if not rate.take(loop.time()):
                if rate.refused > MOST_REFUSED:
                    raise SeatCut(WireFault.RATE_LIMITED)
                await self._problem(WireFault.RATE_LIMITED)
                continue
            await self._one(data, desk)

    async def _one(self, data: bytes | str, desk: FrontDesk) -> None:
        try:
            message = self._codec.decode(data)
        except WireError as error:
            if error.code == WireFault.TOO_LARGE:
                raise SeatCut(WireFault.TOO_LARGE, error.where) from error
            await self._problem(error.code, error.where)
            return
        if isinstance(message, Hello):
            await self._problem(WireFault.HELLO_TWICE)
            return
        if message.n <= self._last_n:
            await self._problem(WireFault.REPLAY, f"{message.n} after {self._last_n}")
            return
        self._last_n = message.n
        fault = _unwritable(message) or unfit(message)
        if fault:
            await self._problem(WireFault.BAD_FIELD, fault)
            return
        try:
            await desk.handle(message)
        except IndexError as error:
            await self._problem(WireFault.BAD_FIELD, str(error))

    async def _receive(self) -> bytes | str:
        event = await self._socket.receive()
        if event["type"] != "websocket.receive":
            raise WebSocketDisconnect(event.get("code") or 1005)
        data = event.get("bytes")
        payload: bytes | str = data if data is not None else event["text"]
        # Characters are not bytes: a text of 64 Ki letters may be three times as long.
        size = len(payload) if isinstance(payload, bytes) else len(payload.encode())
        if size > MAX_TO_HUB:
            raise SeatCut(WireFault.TOO_LARGE, f"{size} bytes")
        return payload

    async def _problem(self, code: str, where: str = "") -> None:
        self._hub.refusals.count(code)
        await self._seat.answer(self._codec.encode(Problem(code=code, where=where)))

    async def _refuse(self, fault: WireFault, where: str = "") -> None:
        self._hub.refusals.count(fault)
        log.info("connection refused: %s %r", fault, where)
        await self._end(SeatCut(fault, where))

    async def _end(self, cut: SeatCut) -> None:
        """Say why, if the other side still listens, and close."""
        if cut.fault is WireFault.TOO_SLOW and cut.where == "send":
            # Nothing more can be written; the server closes the connection when this returns.
            return
        code = TOO_BIG if cut.fault is WireFault.TOO_LARGE else POLICY
        try:
            await self._seat.send(Problem(code=cut.fault, where=cut.where))
            async with asyncio.timeout(CLOSE_S):
                await self._socket.close(code, cut.fault)
        except (SeatCut, WebSocketDisconnect, RuntimeError, TimeoutError):
            log.debug("the other side had gone already")


def _unwritable(message: Message) -> str:
    """Why a message could not be written down again: a half of a character pair, or a number beyond 64 bits."""
    try:
        msgspec.msgpack.encode(message)
    except (UnicodeEncodeError, OverflowError) as error:
        return str(error)[:200]
    return ""


def _first(cuts: BaseExceptionGroup[SeatCut]) -> SeatCut:
    for cut in cuts.exceptions:
        return _first(cut) if isinstance(cut, BaseExceptionGroup) else cut
    raise AssertionError(cuts)
