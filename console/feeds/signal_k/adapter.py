"""Connection to a Signal K server; movers it no longer speaks of age out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.json_guard import load_object
from console.feeds.options import Options
from console.feeds.signal_k.codec import KINDS, SignalKDecoder
from console.feeds.signal_k.commands import put_frame, read_response, subscribe_frame
from console.feeds.socket import FeedSocket, SocketOptions, open_socket, socket_options

OPTIONS = frozenset({"contexts", "gone_after_s", "booleans"})
AGE_EVERY_S = 5.0


class SignalKFeed:
    """One Signal K stream."""

    def __init__(
        self, options: SocketOptions, contexts: tuple[str, ...], booleans: bool, decoder: SignalKDecoder
    ) -> None:
        self._options = options
        self._contexts = contexts
        self._booleans = booleans
        self._decoder = decoder
        self._answers = Answers()
        self._socket: FeedSocket | None = None

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
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
        self._answers.expect(command.command_id, answer)
        try:
            await self._socket.send(put_frame(command, self._booleans))
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
        delta = self._decoder.delta(tree, asyncio.get_running_loop().time())
        for where, reason in delta.faults:
            sink.malformed(where, reason, frame[:200])
        sink.state(FeedState.LIVE)
        sink.movers(delta.movers)
        sink.positions(delta.positions)
        sink.readings(delta.readings)

    def _response(self, tree: dict[str, object]) -> None:
        request = tree["requestId"]
        accepted = isinstance(request, str) and self._answers.was_accepted(request)
        response = read_response(tree, accepted)
        if response is None:
            raise DecodeError("requestId or state", "wrong_type")
        self._answers.give(*response)

    async def _age(self, sink: FeedSink) -> None:
        """Runs beside the reader, so that movers also age while the source is silent."""
        while True:
            await asyncio.sleep(AGE_EVERY_S)
            sink.gone(self._decoder.gone(asyncio.get_running_loop().time()))


def make(feed: FeedDef) -> SignalKFeed:
    """Adapter `signal_k`; options `contexts` (with commas, default *), `gone_after_s` and `booleans`."""
    options = Options(feed, OPTIONS)
    contexts = options.words("contexts") or ("*",)
    mapped = frozenset(part.source.split(".", 1)[0] for part in feed.map)
    decoder = SignalKDecoder(
        options.number("gone_after_s", 600.0, 1.0), options.zone(), mapped & frozenset(KINDS)
    )
    socket = socket_options(feed, options)
    if "subscribe=" not in socket.url:
        # Without it a server also sends its own vessel, which the subscription brings already.
        socket = replace(socket, url=f"{socket.url}{'&' if '?' in socket.url else '?'}subscribe=none")
    return SignalKFeed(socket, contexts, options.flag("booleans"), decoder)
