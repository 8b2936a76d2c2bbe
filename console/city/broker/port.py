"""One loopback port that speaks MQTT plainly and inside WebSocket: the first byte of a client tells which."""

from __future__ import annotations

import asyncio
import logging
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from console.city.broker.broker import Broker
from console.city.broker.conversation import Conversation
from console.city.broker.wire import Code

PATH = "/mqtt"
HIGH_WATER = 256 * 1024
"""Bytes that wait for a client before it counts as one that does not keep up."""
CONNECTIONS = 128
"""Sockets at once, greeted or not."""
_LINGER_S = 1.0
"""A client that does not take the goodbye is not waited for."""
_CONNECT, _GET = 0x10, ord("G")
_log = logging.getLogger("feed")


class Port:
    """The sockets of a broker."""

    def __init__(self, broker: Broker) -> None:
        self.broker = broker
        self._server: asyncio.Server | None = None
        self._open: set[_Socket] = set()
        self._watch: asyncio.Task[None] | None = None

    async def start(self, host: str, port: int) -> int:
        """Listen; returns the port. Raises OSError when it is taken."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Socket(self, loop), host, port)
        # Who counts drops needs a count to begin with.
        self.broker.tick()
        self._watch = asyncio.create_task(self._look(), name="city broker watch")
        return int(next(iter(self._server.sockets)).getsockname()[1])

    async def stop(self) -> None:
        """Close the port and every connection; clients of MQTT 5 are told why."""
        server, self._server = self._server, None
        if server is None:
            return
        server.close()
        self.broker.clear(Code.SHUTTING_DOWN)
        for socket in list(self._open):
            socket.close()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.wait((self._watch,))
        async with asyncio.timeout(2 * _LINGER_S):
            await server.wait_closed()
            while self._open:
                await asyncio.sleep(0.01)

    async def _look(self) -> None:
        """Silent clients are cut, and the broker tells how it is."""
        while True:
            await asyncio.sleep(1.0)
            now = asyncio.get_running_loop().time()
            for socket in list(self._open):
                socket.conversation.expire(now)
            self.broker.tick()

    def opened(self, socket: _Socket) -> bool:
        """Whether there is room for one more."""
        if self._server is None or len(self._open) >= CONNECTIONS:
            return False
        self._open.add(socket)
        return True

    def closed(self, socket: _Socket) -> None:
        """A socket is gone."""
        self._open.discard(socket)


class _Socket(asyncio.Protocol):
    """One client: bytes in, bytes out."""

    def __init__(self, port: Port, loop: asyncio.AbstractEventLoop) -> None:
        self._port = port
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._begun = False
        self._web: ServerProtocol | None = None
        self._closing: asyncio.TimerHandle | None = None
        self.full = False
        self.conversation = Conversation(port.broker, self, loop.time())

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        if not self._port.opened(self):
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=HIGH_WATER)

    def connection_lost(self, exc: Exception | None) -> None:
        self._port.closed(self)
        if self._closing is not None:
            self._closing.cancel()
        if not self.conversation.over:
            self.conversation.lost()

    def pause_writing(self) -> None:
        self.full = True

    def resume_writing(self) -> None:
        self.full = False
        self.conversation.room()

    def data_received(self, data: bytes) -> None:
        if self._closing is not None:
            return
        if not self._begun:
            self._begun = True
            if data[0] == _GET:
                self._web = ServerProtocol(
                    # A browser page has an origin; programs that read feeds have none.
                    origins=[None],
                    subprotocols=[Subprotocol("mqtt")],
                    max_size=self._port.broker.limits.packet + 16,
                )
            elif data[0] != _CONNECT:
                self.close()
                return
        if self._web is None:
            self.conversation.receive(data, self._loop.time())
        else:
            self._received(self._web, data)

    def eof_received(self) -> bool:
        if self._web is not None:
            self._web.receive_eof()
            self._flush(self._web)
        return False

    def _received(self, web: ServerProtocol, data: bytes) -> None:
        web.receive_data(data)
        self._flush(web)
        for event in web.events_received():
            if isinstance(event, Request):
                self._admit(web, event)
            elif isinstance(event, Frame):
                self._frame(web, event)
            if self._closing is not None:
                return
        self._flush(web)
        if web.close_expected():
            self.close()

    def _admit(self, web: ServerProtocol, request: Request) -> None:
        if urlsplit(request.path).path != PATH:
            response = web.reject(HTTPStatus.NOT_FOUND, "no such path\n")
        else:
            response = web.accept(request)
        web.send_response(response)
        self._flush(web)
        if web.state is not State.OPEN:
            self.close()

    def _frame(self, web: ServerProtocol, frame: Frame) -> None:
        """Packets may be cut into messages in any way, so frames are a stream (clause 6.0)."""
        if frame.opcode is Opcode.TEXT:
            self.conversation.lost()
            web.send_close(1003, "binary only")
            self._flush(web)
            self.close()
        elif frame.opcode in (Opcode.BINARY, Opcode.CONT):
            self.conversation.receive(bytes(frame.data), self._loop.time())

    def write(self, data: bytes) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        if self._web is None:
            transport.write(data)
        elif self._web.state is State.OPEN:
            self._web.send_binary(data)
            self._flush(self._web)

    def end(self, code: Code) -> None:
        """The broker is done with this client."""
        told = self.conversation.farewell(code) if code is not Code.SUCCESS else b""
        self.conversation.over = True
        if told:
            self.write(told)
        self.close()

    def close(self) -> None:
        """After what is written already, or after a moment at the latest."""
        transport = self._transport
        if transport is None or self._closing is not None:
            return
        if not self.conversation.over:
            self.conversation.lost()
        web = self._web
        if web is not None and web.state is State.OPEN:
            web.send_close(1000)
            self._flush(web)
        self._closing = self._loop.call_later(_LINGER_S, transport.abort)
        transport.close()

    def _flush(self, web: ServerProtocol) -> None:
        transport = self._transport
        if transport is None or transport.is_closing():
            return
        for data in web.data_to_send():
            # An empty one says that nothing follows; the transport is closed then by other means.
            if data:
                transport.write(data)
