"""A hub's end of the wire on a real loopback socket, which does what a test tells it."""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine
from types import TracebackType

import msgspec
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from console.core.site import Site
from console.core.words import Text
from console.wire.codec import hub_codec
from console.wire.limits import SUBPROTOCOL_MSGPACK
from console.wire.messages import (
    Challenge,
    Heartbeat,
    Hello,
    Message,
    Problem,
    SiteAssets,
    SiteDone,
    SiteHead,
    SiteTypes,
    SnapshotDone,
    ToHub,
    Welcome,
)
from console.wire.proof import NONCE_BYTES, proof


class LoopbackHub:
    """Accepts consoles whose secret is right, gives each the prepared snapshot, then sends what it is told."""

    def __init__(self, site: Site, secret: str = "open", beat_s: float = 0.05) -> None:
        self.site = site
        self.secret = secret
        self.beat_s: float = beat_s
        self.token = "life-1"
        self.sequence = 7
        self.standing: list[Message] = []
        self.missed: list[Message] = []
        self.hellos: list[Hello] = []
        self.received: list[ToHub] = []
        self.answer: Callable[[ToHub], list[Message | bytes]] = lambda message: []
        self.silent = False
        self._codec = hub_codec(SUBPROTOCOL_MSGPACK)
        self._sockets: set[ServerConnection] = set()
        self._server: Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ws"

    async def __aenter__(self) -> LoopbackHub:
        await self.listen()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def listen(self) -> None:
        """Listen, on the port of before if there was one."""
        self._server = await serve(
            self._serve,
            "127.0.0.1",
            self.port,
            subprotocols=[Subprotocol(SUBPROTOCOL_MSGPACK)],
            close_timeout=0.2,
        )
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def close(self) -> None:
        """Stop listening and end every connection."""
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def send(self, *messages: Message | bytes) -> None:
        """To every console."""
        for message in messages:
            data = message if isinstance(message, bytes) else self._codec.encode(message)
            for socket in [*self._sockets]:
                await socket.send(data)

    async def _serve(self, socket: ServerConnection) -> None:
        nonce = secrets.token_hex(NONCE_BYTES)
        challenge = Challenge(nonce=nonce, hub="loopback", notice=Text("", ""))
        await socket.send(self._codec.encode(challenge))
        hello = self._codec.decode(await socket.recv())
        assert isinstance(hello, Hello)
        self.hellos.append(hello)
        if hello.proof != proof(self.secret, nonce):
            await socket.send(self._codec.encode(Problem(code="NOT_AUTHENTICATED")))
            await socket.close(1008)
            return
        for message in self._greeting(hello):
            await socket.send(self._codec.encode(message))
        self._sockets.add(socket)
        beat = asyncio.create_task(self._beat(socket), name="beat")
        try:
            async for data in socket:
                message = self._codec.decode(data)
                self.received.append(msgspec.structs.replace(message, n=0))
                for reply in self.answer(message):
                    await socket.send(reply if isinstance(reply, bytes) else self._codec.encode(reply))
        except ConnectionClosed:
            pass
        finally:
            self._sockets.discard(socket)
            beat.cancel()
            await asyncio.gather(beat, return_exceptions=True)

    def _greeting(self, hello: Hello) -> list[Message]:
        known = hello.resume == self.token
        welcome = Welcome(
            resume=self.token,
            sequence=self.sequence,
            full=not known,
            at=time.time_ns(),
            user=hello.user,
            hub="loopback",
            catalogue="digest-of-small",
        )
        site = self.site
        head = msgspec.structs.replace(site, types=(), assets=())
        catalogue = [
            SiteHead(site=head),
            SiteTypes(types=site.types),
            SiteAssets(assets=site.assets),
            SiteDone(),
        ]
        state = self.missed if known else [*catalogue, *self.standing]
        return [welcome, *state, SnapshotDone(sequence=self.sequence)]

    async def _beat(self, socket: ServerConnection) -> None:
        while True:
            if not self.silent:
                await socket.send(self._codec.encode(Heartbeat(at=time.time_ns(), sequence=self.sequence)))
            await asyncio.sleep(self.beat_s)


async def until(holds: Callable[[], bool], within_s: float = 5.0) -> None:
    """Wait for a condition; fails the test when it does not come true."""
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.005)


def run(story: Callable[[], Awaitable[None]]) -> None:
    """Run one story in a loop of its own."""

    async def told() -> None:
        await story()

    asyncio.run(told())


class HubThread:
    """The same in a thread of its own, for tests whose main thread is Qt's."""

    def __init__(self, hub: LoopbackHub) -> None:
        self.hub = hub
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="loopback-hub", daemon=True)

    def __enter__(self) -> HubThread:
        self._thread.start()
        self.do(self.hub.listen())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.do(self.hub.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def do(self, work: Coroutine[object, object, None]) -> None:
        """Run something in the hub's loop and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10.0)
