"""Connection to a recording: its frames go to the adapter that once read them.

An adapter that can read recorded frames gets them as they are; any other reads a WebSocket, and gets them over a
socket of our own, so that a replay passes through the very code that the source does.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from websockets.asyncio.server import ServerConnection, serve

from console.core.site import FeedDef
from console.feeds.base import DeviceAnswer, DeviceCommand, Feed, FeedDown, FeedSink, PointedFeed
from console.feeds.options import COMMON, Options
from console.feeds.replay.player import open_tape, play, read_aloud
from console.feeds.replay.shift import ShiftedSink
from console.feeds.replay.tape import TapeFrame, TapeHead
from console.feeds.tap import PlayedFeed

OPTIONS = frozenset({"adapter", "speed", "loop", "shift"})
SLOWEST, FASTEST = 0.01, 10_000.0
SCHEME = "file"
DRAIN_S = 0.5
"""After the last frame the adapter has this long to read what is on its way."""

Maker = Callable[[FeedDef], Feed]


class ReplayFeed:
    """One recording. `inner` makes the adapter that reads its frames."""

    def __init__(self, feed: FeedDef, path: Path, options: Options, inner: Maker) -> None:
        self._feed = feed
        self._path = path
        self._adapter = options.text("adapter")
        self._speed = min(options.number("speed", 1.0, SLOWEST), FASTEST)
        self._loop = options.flag("loop")
        self._shift = options.flag("shift", True)
        self._inner = inner
        self._ended = False
        self._points: Mapping[tuple[str, str], float] = {}

    def expect(self, points: Mapping[tuple[str, str], float]) -> None:
        """As PointedFeed, for an adapter that has to know what the profile maps."""
        self._points = points

    async def run(self, sink: FeedSink) -> None:
        """Play once; ends by raising FeedDown."""
        if self._ended:
            # It was told that the recording is at its end; nothing will come any more.
            await asyncio.Event().wait()
        while True:
            await self._once(sink)
            if not self._loop:
                self._ended = True
                raise FeedDown("replay_ended", self._path.name)

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """A recording takes no commands: always FeedDown."""
        raise FeedDown("no_commands", command.path)

    async def _once(self, sink: FeedSink) -> None:
        tape, head, first = await asyncio.to_thread(open_tape, self._path)
        try:
            if first is None:
                raise FeedDown("bad_recording", "empty", refused=True)
            played = self._played(head)
            if played is None:
                await self._through(
                    sink, head, first, lambda connection: play(tape, sink, connection, first.at, self._speed)
                )
            else:
                target = self._target(sink, first)
                await read_aloud(tape, sink, played.played(target), first.at, self._speed)
        finally:
            tape.close()

    async def _through(
        self,
        sink: FeedSink,
        head: TapeHead,
        first: TapeFrame,
        playing: Callable[[ServerConnection], Awaitable[None]],
    ) -> None:
        async with _stage(playing) as (url, played):
            target, inner = self._target(sink, first), self._made(head, url)
            reading = asyncio.create_task(inner.run(target), name="replay reads")
            ended = asyncio.create_task(played.wait(), name="replay plays")
            try:
                await asyncio.wait({reading, ended}, return_when=asyncio.FIRST_COMPLETED)
                if not ended.done():
                    await reading
                await asyncio.wait({reading}, timeout=DRAIN_S)
            finally:
                for task in (reading, ended):
                    task.cancel()
                await asyncio.gather(reading, ended, return_exceptions=True)

    def _target(self, sink: FeedSink, first: TapeFrame) -> FeedSink:
        return ShiftedSink(sink, first.at, time.time_ns(), self._speed) if self._shift else sink

    def _played(self, head: TapeHead) -> PlayedFeed | None:
        """The adapter if it reads recorded frames, else None; what is wrong with its options is told on the way over
        the socket.
        """
        try:
            made = self._made(head, head.url)
        except FeedDown:
            return None
        return made if isinstance(made, PlayedFeed) else None

    def _made(self, head: TapeHead, url: str) -> Feed:
        own = {name: value for name, value in self._feed.options.items() if name not in OPTIONS}
        adapter = self._adapter or head.adapter
        options = {**head.options, **own, "idle_s": 0.0}
        try:
            made = self._inner(msgspec.structs.replace(self._feed, adapter=adapter, url=url, options=options))
        except ValueError as error:
            raise FeedDown("bad_recording", str(error)[:200], refused=True) from None
        if isinstance(made, PointedFeed):
            made.expect(self._points)
        return made


@asynccontextmanager
async def _stage(
    playing: Callable[[ServerConnection], Awaitable[None]],
) -> AsyncGenerator[tuple[str, asyncio.Event], None]:
    """A server on loopback that plays to the first who knows its path, and tells when everything was sent."""
    path, played, taken = f"/{secrets.token_urlsafe(16)}", asyncio.Event(), asyncio.Event()

    async def handle(connection: ServerConnection) -> None:
        asked = connection.request.path if connection.request is not None else ""
        if taken.is_set() or asked.partition("?")[0] != path:
            await connection.close(1008)
            return
        taken.set()
        deaf = asyncio.create_task(_listen(connection), name="replay hears")
        try:
            await playing(connection)
            played.set()
            await connection.wait_closed()
        finally:
            deaf.cancel()
            await asyncio.gather(deaf, return_exceptions=True)

    async with serve(handle, "127.0.0.1", 0, compression=None, ping_interval=None, max_size=2**20) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}{path}", played


async def _listen(connection: ServerConnection) -> None:
    """What the adapter asks for is not answered, but it must not pile up."""
    async for _frame in connection:
        pass


def make(feed: FeedDef, inner: Maker) -> ReplayFeed:
    """Adapter `replay`; options `speed` (1), `loop`, `shift` (true: times become now), `adapter`; others go to the
    adapter that reads the frames.
    """
    parts = urlsplit(feed.url)
    if parts.scheme != SCHEME or not parts.path or parts.netloc not in ("", "localhost"):
        raise ValueError(f"{feed.id}: url {feed.url} is not file:///path of a recording")
    options = Options(feed, OPTIONS | frozenset(feed.options))
    if options.text("adapter") == "replay":
        raise ValueError(f"{feed.id}: option adapter cannot be replay")
    path = unquote(parts.path)
    if len(path) > 2 and path[2] == ":":
        path = path[1:]  # file:///C:/…
    read = ReplayFeed(feed, Path(path), options, inner)
    for name in feed.options:
        if name not in COMMON | OPTIONS and not options.text("adapter"):
            raise ValueError(f"{feed.id}: option {name} needs the option adapter beside it")
    return read
