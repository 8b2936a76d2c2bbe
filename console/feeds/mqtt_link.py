"""Connection to a broker, for every room that speaks through one: MQTT 5 and 3.1.1 over TCP and WebSocket.

What waits for the adapter is bounded: when it is full nothing more is read, so that the broker holds the rest
and drops by its own rules. What it drops is shown as a gap where the broker, or a number in the messages, tells.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress

from console.core.errors import DecodeError
from console.feeds.base import FeedDown, FeedSink
from console.feeds.drops import tell_dropped
from console.feeds.mqtt_drops import BROKER_DROPS, BrokerDrops
from console.feeds.mqtt_options import LONGEST_CLIENT_ID, LinkOptions
from console.feeds.mqtt_session import Greeting, MqttSession, Taken, Welcome
from console.feeds.mqtt_stream import Stream, open_stream
from console.feeds.mqtt_wire import Message
from console.feeds.secrets import find_secret
from console.feeds.socket import HARD_LIMIT

FAREWELL_S = 0.5
_CONNACK = 0x20
"""First byte of a broker's first packet: who says something else is no broker."""
_CREDENTIALS = frozenset({4, 5, 0x86, 0x87, 0x8A, 0x8C})
_WHY = {1: "version", 0x84: "version", 2: "client_id", 0x85: "client_id", 3: "unavailable", 0x88: "unavailable",
        0x89: "unavailable", 0x8E: "taken_over", 0x8D: "half_open", 0x95: "frame_too_large", 0x97: "too_many",
        0x9D: "redirected", 0x9C: "redirected", 0x9F: "too_many", 0x82: "protocol", 0x81: "protocol"}  # fmt: skip
"""Causes by reason code; those of a refusal in 3.1.1 are below 6, those of MQTT 5 above 127."""
_VAIN = frozenset({"version", "client_id", "redirected"})
"""Causes of which quick repeats would change nothing."""


class MqttLink:
    """An open session with a broker; every fault of it is a FeedDown."""

    def __init__(
        self, options: LinkOptions, session: MqttSession, stream: Stream, sink: FeedSink, drops: BrokerDrops
    ) -> None:
        self._options = options
        self._session = session
        self._stream = stream
        self._sink = sink
        self._drops = drops
        self._waiting: deque[Message] = deque()
        self._news = asyncio.Event()
        self._room = asyncio.Event()
        self._room.set()
        self._freed = asyncio.Event()
        self._down: FeedDown | None = None
        self._acks: dict[int, Callable[[int], None]] = {}
        self._grants: dict[int, asyncio.Future[bytes]] = {}
        self._heard = 0
        self.ping_s = options.ping_s
        self.kept = False
        """The broker had kept our session."""

    async def receive(self) -> list[Message]:
        """Messages since the last call, at least one. Raises FeedDown when there will be none."""
        while not self._waiting:
            if self._down is not None:
                raise self._down
            self._news.clear()
            try:
                async with asyncio.timeout(self._options.idle_s or None):
                    await self._news.wait()
            except TimeoutError:
                raise FeedDown("idle", f"{self._options.idle_s:g} s") from None
        found = list(self._waiting)
        self._waiting.clear()
        self._room.set()
        return found

    async def subscribe(self, topics: tuple[str, ...], qos: int = 0, *, retained: bool = True) -> list[str]:
        """Ask for topics; returns those the broker refused. Raises FeedDown."""
        packet_id = self._session.subscribe(topics, qos, retained)
        granted = self._grants[packet_id] = asyncio.get_running_loop().create_future()
        try:
            await self._flush()
            async with asyncio.timeout(self._options.connect_s):
                codes = await granted
        except TimeoutError:
            raise FeedDown("timeout", "subscribe") from None
        finally:
            self._grants.pop(packet_id, None)
        return [topic for topic, code in zip(topics, codes, strict=False) if code >= 0x80]

    async def publish(self, message: Message, acknowledged: Callable[[int], None] | None = None) -> None:
        """Write a message and return once its bytes are out; raises FeedDown when nothing was written.

        `acknowledged` gets the broker's reason code, of QoS 0 never.
        """
        await self._turn(message)
        if self._down is not None:
            raise self._down
        try:
            packet_id = self._session.publish(message)
        except ValueError as error:
            raise FeedDown("too_many", str(error)) from None
        if packet_id and acknowledged is not None:
            self._acks[packet_id] = acknowledged
        await self._flush()

    async def _turn(self, message: Message) -> None:
        """Wait until the broker takes one more message that it has to acknowledge."""
        try:
            async with asyncio.timeout(self._options.connect_s):
                while message.qos and self._session.full and self._down is None:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            raise FeedDown("too_many", "without an acknowledgement") from None

    async def read(self) -> None:
        """Read until the connection ends, which `receive` then tells; runs beside the adapter."""
        data = b""
        try:
            while True:
                await self._room.wait()
                data = await self._stream.read()
                self.take(self._session.receive(data))
                await self._flush()
        except FeedDown as down:
            self._end(down)
        except DecodeError as error:
            self._sink.malformed(error.where, error.reason, data[:200])
            self._end(FeedDown("protocol", f"{error.where}: {error.reason}"))

    async def watch(self) -> None:
        """Ask for signs of life; runs beside the adapter."""
        while self.ping_s:
            heard = self._heard
            self._session.ping()
            try:
                await self._flush()
            except FeedDown as down:
                self._end(down)
                return
            await asyncio.sleep(self.ping_s)
            if self._heard == heard and self._room.is_set():
                self._end(FeedDown("half_open", f"{self.ping_s:g} s"))
                return

    async def leave(self, farewell: Message | None) -> None:
        """The last words: a farewell, and the goodbye that keeps the broker from publishing our will."""
        with suppress(FeedDown, ValueError, TimeoutError):
            if self._down is None:
                if farewell is not None:
                    self._session.publish(farewell)
                self._session.goodbye()
                async with asyncio.timeout(FAREWELL_S):
                    await self._flush()

    def take(self, taken: Taken) -> None:
        """Sort what has arrived; raises FeedDown if the broker said goodbye."""
        self._answered(taken)
        for message in taken.messages:
            if message.topic == BROKER_DROPS:
                self._dropped(message)
            else:
                self._waiting.append(message)
        if len(self._waiting) >= self._options.queue:
            self._room.clear()
        if self._waiting:
            self._news.set()
        if taken.goodbye is not None:
            raise refusal(*taken.goodbye)

    def _answered(self, taken: Taken) -> None:
        self._heard += taken.packets
        for message in taken.too_large:
            self._sink.malformed(message.topic, "too_large", message.topic)
        for packet_id, code in taken.acknowledged:
            call = self._acks.pop(packet_id, None)
            if call is not None:
                call(code)
        if taken.acknowledged:
            self._freed.set()
        for packet_id, codes in taken.granted:
            granted = self._grants.get(packet_id)
            if granted is not None and not granted.done():
                granted.set_result(codes)

    def _dropped(self, message: Message) -> None:
        lost = self._drops.more(message.payload)
        if lost:
            tell_dropped(self._sink, "broker_dropped", lost)

    async def _flush(self) -> None:
        out = bytes(self._session.out)
        if not out:
            return
        self._session.out.clear()
        try:
            async with asyncio.timeout(self._options.connect_s):
                await self._stream.write(out)
        except TimeoutError:
            # What stands half written before it can never be told from what stands after it.
            down = FeedDown("timeout", "send")
            self._end(down)
            raise down from None

    def _end(self, down: FeedDown) -> None:
        self._down = self._down or down
        self._news.set()
        self._freed.set()
        for granted in self._grants.values():
            if not granted.done():
                granted.set_exception(self._down)


def refusal(code: int, reason: str) -> FeedDown:
    """Why a broker does not want us, or no longer."""
    detail = f"0x{code:02X} {reason}".strip()
    if code in _CREDENTIALS:
        return FeedDown("credentials", detail, refused=True)
    why = _WHY.get(code, "closed")
    return FeedDown(why, detail, refused=why in _VAIN)


@asynccontextmanager
async def open_link(
    options: LinkOptions,
    sink: FeedSink,
    *,
    will: Message | None = None,
    farewell: Message | None = None,
    drops: BrokerDrops | None = None,
) -> AsyncGenerator[MqttLink]:
    """Connect and log in within the deadline; raises FeedDown with the cause.

    `will` is published by the broker when we are lost, `farewell` by us when we leave. `drops` is what was known
    of the broker's drops before.
    """
    password = await asyncio.to_thread(find_secret, options.secret) if options.secret else ""
    session = MqttSession(_greeting(options, password, will), options.frame_limit)
    try:
        async with asyncio.timeout(options.connect_s):
            stream = await open_stream(options.place)
    except TimeoutError:
        raise FeedDown("timeout", "connect") from None
    try:
        async with asyncio.timeout(options.connect_s):
            welcome, more = await _log_in(session, stream)
    except BaseException as error:
        await stream.close()
        if isinstance(error, TimeoutError):
            raise FeedDown("timeout", "login") from None
        raise
    link = MqttLink(options, session, stream, sink, drops or BrokerDrops())
    link.kept = welcome.kept
    if welcome.keepalive_s:
        link.ping_s = min(link.ping_s or welcome.keepalive_s, welcome.keepalive_s)
    async with _attended(link, stream, farewell, more):
        if options.watch_drops:
            # An account without the right to read it, or a broker without it, changes nothing.
            await link.subscribe((BROKER_DROPS,))
        yield link


@asynccontextmanager
async def _attended(
    link: MqttLink, stream: Stream, farewell: Message | None, more: Taken
) -> AsyncGenerator[None]:
    """The link with its reader and its watch, which end with it."""
    tasks = [
        asyncio.create_task(link.read(), name="mqtt reader"),
        asyncio.create_task(link.watch(), name="mqtt watch"),
    ]
    try:
        link.take(more)
        yield
    finally:
        await link.leave(farewell)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        await stream.close()


async def _log_in(session: MqttSession, stream: Stream) -> tuple[Welcome, Taken]:
    """The broker's welcome and what came with it; raises FeedDown for a refusal."""
    session.connect()
    await stream.write(bytes(session.out))
    session.out.clear()
    begun = False
    while True:
        data = await stream.read()
        if not begun and data[0] != _CONNACK:
            raise FeedDown("protocol", f"no CONNACK but {data[:20]!r}")
        begun = True
        try:
            taken = session.receive(data)
        except DecodeError as error:
            raise FeedDown("protocol", f"{error.where}: {error.reason}") from None
        if taken.welcome is None and not taken.packets:
            continue
        if taken.welcome is None:
            raise FeedDown("protocol", "no CONNACK")
        if taken.welcome.code:
            raise refusal(taken.welcome.code, taken.welcome.reason)
        return taken.welcome, taken


def _greeting(options: LinkOptions, password: str, will: Message | None) -> Greeting:
    client_id = options.client_id or f"gwanje-{uuid.uuid4().hex}"[:LONGEST_CLIENT_ID]
    return Greeting(
        client_id=client_id,
        version=options.version,
        session_s=options.session_s,
        # Half again as long as we let a sign of life take: the broker must not give up before we do.
        keepalive_s=min(int(options.ping_s * 1.5) + 1, 65_535) if options.ping_s else 0,
        largest=HARD_LIMIT,
        user=options.user,
        password=password,
        will=will,
    )
