"""Connection to a Signal K server; movers it no longer speaks of age out."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.discovery import DISCOVERY_OPTIONS, discovery_of, offers_to
from console.feeds.json_guard import load_object
from console.feeds.options import Options
from console.feeds.signal_k.codec import Delta, SignalKDecoder
from console.feeds.signal_k.commands import put_frame, read_response, subscribe_frame
from console.feeds.signal_k.declared import DeclaredUnits
from console.feeds.signal_k.meta import MetaBook
from console.feeds.signal_k.movers import KINDS
from console.feeds.signal_k.offers import Offering
from console.feeds.socket import FeedSocket, SocketOptions, open_socket, socket_options

OPTIONS = DISCOVERY_OPTIONS | frozenset({"contexts", "gone_after_s", "booleans"})
AGE_EVERY_S = 5.0


class Learning:
    """What is made of metadata: offers of points, and faults of units that the profile says otherwise."""

    def __init__(self, offering: Offering | None, declared: DeclaredUnits) -> None:
        self._offering = offering
        self._declared = declared

    def wanted(self) -> bool:
        """Whether metadata are of any use, so that a server is asked for them."""
        return self._offering is not None or bool(self._declared)

    def connected(self) -> None:
        """A new connection."""
        if self._offering is not None:
            self._offering.clear()

    def take(self, delta: Delta, metas: MetaBook, sink: FeedSink, frame: bytes | str) -> None:
        """Before the readings of the delta."""
        for source, path in delta.metas:
            units = metas.of(source, path).units
            said = self._declared.contradiction(source, path, units)
            if said:
                sink.malformed(f"{source} {path} units {units} ({said})", "unit_mismatch", frame[:200])
        if self._offering is not None and (offers := self._offering.news(delta.readings, delta.metas, metas)):
            offers_to(sink)(offers, ())


class SignalKFeed:
    """One Signal K stream."""

    def __init__(
        self,
        options: SocketOptions,
        contexts: tuple[str, ...],
        booleans: bool,
        decoder: SignalKDecoder,
        learning: Learning,
    ) -> None:
        self._options = options
        self._contexts = contexts
        self._booleans = booleans
        self._decoder = decoder
        self._learning = learning
        self._answers = Answers()
        self._socket: FeedSocket | None = None

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        self._decoder.connected()
        self._learning.connected()
        async with open_socket(self._options, sink) as socket:
            for context in self._contexts:
                await socket.send(subscribe_frame(context))
            self._socket = socket
            ageing = asyncio.create_task(self._age(sink), name="signal_k ageing")
            try:
                while True:
                    frame = await socket.receive()
                    try:
                        self._frame(frame, sink)
                    except DecodeError as error:
                        sink.malformed(error.where, error.reason, frame[:200])
            finally:
                self._socket = None
                self._answers.clear()
                ageing.cancel()
                await asyncio.wait((ageing,))

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """PUT a value; answers come with each state of the request. Raises FeedDown."""
        if self._socket is None:
            raise FeedDown("not_connected")
        context = self._decoder.address(command.source)
        self._answers.expect(command.command_id, answer)
        try:
            await self._socket.send(put_frame(command, self._booleans, context))
        except FeedDown:
            self._answers.forget(command.command_id)
            raise

    def _frame(self, frame: bytes | str, sink: FeedSink) -> None:
        tree = load_object(frame, self._options.frame_limit)
        if "requestId" in tree and "updates" not in tree:
            self._response(tree)
            return
        if self._decoder.hello(tree):
            return
        delta = self._decoder.delta(tree, asyncio.get_running_loop().time(), time.time_ns())
        for where, reason in delta.faults:
            sink.malformed(where, reason, frame[:200])
        sink.state(FeedState.LIVE)
        self._learning.take(delta, self._decoder.metas, sink, frame)
        sink.movers(delta.movers)
        sink.positions(delta.positions)
        sink.readings(delta.readings)

    def _response(self, tree: dict[str, object]) -> None:
        request = tree["requestId"]
        accepted = isinstance(request, str) and self._answers.was_accepted(request)
        response = read_response(tree, accepted)
        if response is None:
            raise DecodeError("requestId or state", "wrong_type")
        request_id, answer = response
        if answer is not None:
            self._answers.give(request_id, answer)

    async def _age(self, sink: FeedSink) -> None:
        """Runs beside the reader, so that movers also age while the source is silent."""
        while True:
            await asyncio.sleep(AGE_EVERY_S)
            sink.gone(self._decoder.gone(asyncio.get_running_loop().time()))


def make(feed: FeedDef) -> SignalKFeed:
    """Adapter `signal_k`; options `contexts` (default *), `gone_after_s`, `booleans`, `discover…`."""
    options = Options(feed, OPTIONS)
    discover = discovery_of(feed)
    sources = {part.source for part in feed.map}
    mapped = frozenset(source.split(".", 1)[0] for source in sources)
    decoder = SignalKDecoder(
        options.number("gone_after_s", 600.0, 1.0), options.zone(), mapped & frozenset(KINDS), sources
    )
    learning = Learning(Offering(discover.most) if discover.on else None, DeclaredUnits(feed))
    socket = socket_options(feed, options)
    # Without the first a server also sends its own vessel, which the subscription brings already.
    socket = _asking(socket, "subscribe", "none")
    if learning.wanted():
        socket = _asking(socket, "sendMeta", "all")
    contexts = options.words("contexts") or ("*",)
    return SignalKFeed(socket, contexts, options.flag("booleans"), decoder, learning)


def _asking(socket: SocketOptions, name: str, value: str) -> SocketOptions:
    """With a parameter of the address, unless the profile has it."""
    if f"{name}=" in socket.url:
        return socket
    return replace(socket, url=f"{socket.url}{'&' if '?' in socket.url else '?'}{name}={value}")
