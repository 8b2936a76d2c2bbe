"""A line between a feed and its source that is as bad as a test wants it, and checks of what a feed makes of it.

The peers are those of the conformance checks; the line is a relay before them, so that nothing of feed or source
is replaced. Each check ends with a value that arrives: the feed must come back by itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import tempfile
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import msgspec
from http_stage import own_certificate
from mosquitto_stage import free_port

from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.base import DeviceCommand, FeedDown
from console.feeds.conformance import PATIENCE_S, TOLERANCE, Peer, Stage
from console.feeds.conformance_line import FLOW, LEVEL, Line, feed_of, line, until

Fault = Callable[[Peer], Coroutine[Any, Any, None]]
Option = str | float | bool
QUICK: dict[str, dict[str, Option]] = {
    "ws": {"connect_s": 1.5, "ping_s": 0.7},
    "mqtt": {"connect_s": 1.5, "ping_s": 0.7},
    "tcp": {"connect_s": 1.5, "idle_s": 1.5, "late_s": 0.6},
    "opc.tcp": {"connect_s": 4.0, "ping_s": 1.0},
}
"""Options that make each transport find its faults soon."""
_REFUSALS = {
    "ws": b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "http": b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    "mqtt": b"\x20\x03\x00\x87\x00",
}
_SECURE = {"ws": "wss", "http": "https", "mqtt": "mqtts"}
_GIANT_FRAME = b"\x82\x7f" + (2**40).to_bytes(8)
_NO_LENGTH = b"\x30\xff\xff\xff\xff\xff"
_HALF_BODY = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 900\r\n\r\n["


class BadLine:
    """A relay on loopback to one address."""

    def __init__(self, to: str, secure: ssl.SSLContext | None = None) -> None:
        self._to = urlsplit(to)
        self._secure = secure
        self.port = free_port()
        self._answer = b""
        self._pace_s = 0.0
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        """The address of the source, with our port."""
        scheme = self._to.scheme if self._secure is None else _SECURE[self._to.scheme]
        return urlunsplit((scheme, f"127.0.0.1:{self.port}", self._to.path, self._to.query, ""))

    @asynccontextmanager
    async def open(self) -> AsyncGenerator[None]:
        """Listen; at the end all connections are cut."""
        made = await asyncio.start_server(self._met, "127.0.0.1", self.port, ssl=self._secure)
        try:
            yield
        finally:
            made.close()
            # Who was accepted a moment ago has its task only after a few turns of the loop.
            await asyncio.sleep(0.02)
            while tasks := set(self._tasks):
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)

    def passes(self) -> None:
        """From now on it is a good line; who is connected connects again."""
        self._answer, self._pace_s = b"", 0.0
        self._cut()
        self._flows.set()

    def freezes(self) -> None:
        """Every connection stays open and carries nothing, neither way."""
        self._flows.clear()

    def trickles(self) -> None:
        """What the source says comes at one byte a second."""
        self._pace_s = 1.0
        self._cut()

    def answers(self, data: bytes) -> None:
        """Somebody else answers in place of the source, and hangs up."""
        self._answer = data
        self._cut()

    def says(self, data: bytes) -> None:
        """Put bytes between those of the source."""
        for writer in self._writers:
            writer.write(data)

    def _cut(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    async def _met(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self._writers.add(writer)
        try:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await self._carry(reader, writer)
        finally:
            self._writers.discard(writer)
            self._tasks.discard(task)
            writer.transport.abort() if not self._answer else writer.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._flows.wait()
        if self._answer:
            await reader.read(1)
            writer.write(self._answer)
            await writer.drain()
            return
        there, out = await asyncio.open_connection(self._to.hostname, self._to.port)
        ways = {
            asyncio.create_task(self._pump(reader, out, 0.0), name="bad line, out"),
            asyncio.create_task(self._pump(there, writer, self._pace_s), name="bad line, in"),
        }
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            out.transport.abort()
            for way in ways:
                way.cancel()
            await asyncio.wait(ways)

    async def _pump(self, source: asyncio.StreamReader, to: asyncio.StreamWriter, pace_s: float) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65_536):
                for at in range(0, len(data), 1 if pace_s else len(data)):
                    await self._flows.wait()
                    to.write(data[at : at + 1] if pace_s else data)
                    await to.drain()
                    await asyncio.sleep(pace_s)


def scheme_of(peer: Peer, stage: Stage | None = None) -> str:
    """Transport whose faults are meant: of a feed with a broker beside it, the broker's."""
    if "mqtt" in peer.options:
        return "mqtt"
    return urlsplit(stage.url).scheme if stage is not None else ""


class Scene:
    """A peer behind a bad line, and the feed that reads it."""

    def __init__(self, peer: Peer, stage: Stage, bad: BadLine) -> None:
        self.peer = peer
        self.stage = stage
        self.bad = bad
        self.scheme = scheme_of(peer, stage)

    def feed(self, url: str = "") -> FeedDef:
        """The feed, by way of the bad line or of another address."""
        way = url or self.bad.url
        beside = "mqtt" in self.peer.options
        options = {**self.peer.options, **QUICK.get(self.scheme, {})}
        if beside:
            options["mqtt"] = way
        if self.scheme == "http":
            options["total_s" if self.peer.adapter == "rest" else "answer_s"] = 1.0
        paths = {LEVEL: self.peer.level, FLOW: self.peer.flow}
        made = feed_of(self.peer.adapter, way, options, self.peer.source, paths)
        return msgspec.structs.replace(made, url=self.stage.url) if beside else made

    async def told(self, made: Line, value: float) -> None:
        """The source says it until it has arrived."""
        begun = len(made.rows(LEVEL))

        def arrived() -> bool:
            return any(abs(row - value) <= TOLERANCE for row, _ in made.rows(LEVEL)[begun:])

        async with asyncio.timeout(PATIENCE_S):
            while not arrived():
                await self.stage.say(self.peer.level, value)
                for _ in range(10):
                    if not arrived():
                        await asyncio.sleep(0.02)


@asynccontextmanager
async def scene(peer: Peer, secure: ssl.SSLContext | None = None) -> AsyncGenerator[Scene]:
    """A source that runs, and a line to it that is not open yet."""
    async with peer.serve() as stage:
        to = str(peer.options["mqtt"]) if "mqtt" in peer.options else stage.url
        yield Scene(peer, stage, BadLine(to, secure))


async def down_with(made: Line, *whys: str, refused: bool = False) -> None:
    """Wait for a loss, or a refusal, with one of these causes; no other state may go with them."""

    def found() -> bool:
        return any(fact.why in whys for fact in made.book.downs)

    await until(found, PATIENCE_S, f"{whys}, but {[fact.why for fact in made.book.downs]}")
    state = FeedState.REFUSED if refused else FeedState.DOWN
    assert all(fact.state is state for fact in made.book.downs if fact.why in whys), made.book.downs


async def wrong_credentials_are_a_refusal(peer: Peer) -> None:
    """REFUSED, and live when they are taken."""
    async with scene(peer) as stage, stage.bad.open():
        stage.bad.answers(_REFUSALS[stage.scheme])
        async with line(peer.make, stage.feed()) as made:
            await down_with(made, "credentials", refused=True)
            stage.bad.passes()
            await stage.told(made, peer.values[0])


async def a_certificate_nobody_vouches_for_is_refused(peer: Peer) -> None:
    """REFUSED, and live once the machine trusts who signed it."""
    with tempfile.TemporaryDirectory() as folder:
        secure, authority = own_certificate(Path(folder))
        async with scene(peer, secure) as stage, stage.bad.open(), line(peer.make, stage.feed()) as made:
            await down_with(made, "certificate", refused=True)
            with _trusted(authority):
                await stage.told(made, peer.values[0])


async def a_host_that_is_not_there_is_found_when_it_comes(peer: Peer) -> None:
    """DOWN as unreachable, for a name that leads nowhere too; live once somebody is there."""
    async with scene(peer) as stage:
        nowhere = stage.bad.url.replace("127.0.0.1", "no-such-host.invalid")
        async with line(peer.make, stage.feed(nowhere)) as made:
            await down_with(made, "unreachable", "timeout")
        async with line(peer.make, stage.feed()) as made:
            await down_with(made, "unreachable")
            async with stage.bad.open():
                await stage.told(made, peer.values[0])
                # The feed ends before its line does.
                stage.bad.passes()
                await stage.told(made, peer.values[1])


async def a_half_open_line_is_found(peer: Peer) -> None:
    """DOWN although no end of the connection was ever said."""
    async with scene(peer) as stage, stage.bad.open(), line(peer.make, stage.feed()) as made:
        await stage.told(made, peer.values[0])
        stage.bad.freezes()
        await down_with(made, "half_open", "idle", "timeout")
        stage.bad.passes()
        await stage.told(made, peer.values[1])


async def a_source_that_takes_nothing_holds_no_command(peer: Peer) -> None:
    """A command that cannot leave is told as such in time, and nothing waits behind it for ever."""
    async with scene(peer) as stage, stage.bad.open(), line(peer.make, stage.feed()) as made:
        await stage.told(made, peer.values[0])
        stage.bad.freezes()
        why = ""
        async with asyncio.timeout(PATIENCE_S):
            while not why:
                large = DeviceCommand("01JD", peer.source, peer.level, "x" * 500_000)
                try:
                    await made.runner.send(large, lambda answer: None)
                except FeedDown as down:
                    why = down.why
        assert why in ("timeout", "half_open", "closed", "not_connected", "too_many"), why
        stage.bad.passes()
        await stage.told(made, peer.values[1])


async def a_length_that_lies_ends_the_line(peer: Peer) -> None:
    """DOWN with the cause at once: what is announced is neither waited for nor stored."""
    async with scene(peer) as stage, stage.bad.open(), line(peer.make, stage.feed()) as made:
        await stage.told(made, peer.values[0])
        web = stage.bad.url.startswith("ws")
        if stage.scheme == "http":
            stage.bad.answers(_HALF_BODY)
            await down_with(made, "closed")
        else:
            stage.bad.says(_GIANT_FRAME if web else _NO_LENGTH)
            await down_with(made, "frame_too_large" if web else "protocol")
        stage.bad.passes()
        await stage.told(made, peer.values[1])


async def one_byte_a_second_is_no_source(peer: Peer) -> None:
    """DOWN at the deadline, or LATE where the transport has no deadline."""
    async with scene(peer) as stage, stage.bad.open():
        stage.bad.trickles()
        async with line(peer.make, stage.feed()) as made:
            if stage.scheme == "tcp":
                await stage.stage.say(peer.level, peer.values[0])
                await until(lambda: made.runner.fact().state is not FeedState.LIVE, PATIENCE_S, "not live")
                assert not made.rows(LEVEL)
            else:
                await down_with(made, "timeout", "half_open")
            stage.bad.passes()
            await stage.told(made, peer.values[1])


FAULTS: tuple[Fault, ...] = (
    wrong_credentials_are_a_refusal,
    a_certificate_nobody_vouches_for_is_refused,
    a_host_that_is_not_there_is_found_when_it_comes,
    a_half_open_line_is_found,
    a_source_that_takes_nothing_holds_no_command,
    a_length_that_lies_ends_the_line,
    one_byte_a_second_is_no_source,
)
SILENT = tuple(fault for fault in FAULTS if fault is not a_source_that_takes_nothing_holds_no_command)
"""For sources that are told nothing."""


@contextlib.contextmanager
def _trusted(authority: Path) -> Generator[None]:
    before = os.environ.get("SSL_CERT_FILE")
    os.environ["SSL_CERT_FILE"] = str(authority)
    try:
        yield
    finally:
        if before is None:
            del os.environ["SSL_CERT_FILE"]
        else:
            os.environ["SSL_CERT_FILE"] = before
