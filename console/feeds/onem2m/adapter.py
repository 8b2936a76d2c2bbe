"""Feed of a CSE: one reader that tells requests from responses, and beside it the care for subscriptions."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.mqtt_options import LinkOptions
from console.feeds.onem2m.asks import register
from console.feeds.onem2m.codec import (
    ALREADY_EXISTS,
    CONFLICT,
    NOTIFY,
    OK,
    Request,
    Response,
    read_notices,
    read_primitive,
    write_response,
)
from console.feeds.onem2m.commands import of_platform, order, read_device
from console.feeds.onem2m.containers import Containers
from console.feeds.onem2m.dialog import Dialog, Line
from console.feeds.onem2m.lines import open_line
from console.feeds.onem2m.options import OneM2MOptions, onem2m_options
from console.feeds.onem2m.played import notices_about, reader
from console.feeds.onem2m.receiver import open_receiver
from console.feeds.tap import FrameReader, frames_of

BAD_REQUEST, NOT_ALLOWED = 4000, 4005
_KNOWN = frozenset({CONFLICT, ALREADY_EXISTS, 5106})
"""We are registered already."""


class OneM2MFeed:
    """One CSE."""

    def __init__(self, options: OneM2MOptions, feed: FeedDef) -> None:
        self._options = options
        self._points: dict[tuple[str, str], float] = {}
        self._commanding = any(part.commands for part in feed.map)
        self._answers = Answers()
        self._dialog: Dialog | None = None
        self._sending: set[asyncio.Task[None]] = set()
        self.received_at = 0
        """Port on which notifications are received; 0 without a receiver."""

    def expect(self, points: Mapping[tuple[str, str], float]) -> None:
        """As PointedFeed: whose containers are subscribed to."""
        self._points = dict(points)

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        async with open_line(self._options, sink) as line:
            dialog = Dialog(line, self._options.ae, self._options.release, self._options.link.connect_s)
            containers = Containers(dialog, sink, self._options, self._device)
            reading = asyncio.create_task(self._read(line, dialog, containers, sink), name="onem2m reader")
            caring = asyncio.create_task(self._care(dialog, containers, sink), name="onem2m subscriptions")
            try:
                done, _ = await asyncio.wait({reading, caring}, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                self._dialog = None
                self._answers.clear()
                dialog.end()
                left = {reading, caring, *self._sending}
                for task in left:
                    task.cancel()
                await asyncio.wait(left)

    def played(self, sink: FeedSink) -> FrameReader:
        """As PlayedFeed."""
        return reader(self._points, self._options, sink)

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Create a content instance; the platform's word, or the device's, comes through `answer`. Raises FeedDown."""
        ask = order(command, self._options.command)
        if self._dialog is None:
            raise FeedDown("not_connected")
        self._answers.expect(command.command_id, answer)
        dialog = self._dialog
        try:
            begun = await dialog.begin(ask)
        except FeedDown:
            self._answers.forget(command.command_id)
            raise
        task = asyncio.create_task(
            self._sent(command.command_id, dialog.outcome(*begun)), name="onem2m command"
        )
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    async def _sent(self, command_id: str, outcome: Coroutine[None, None, Response]) -> None:
        try:
            response = await outcome
        except FeedDown:
            return  # it may have arrived: nobody knows, and the hub says so
        said = of_platform(response, bool(self._options.command.answers))
        if said is not None:
            self._answers.give(command_id, said)

    def _device(self, content: object) -> None:
        self._answers.give(*read_device(content, self._options.command))

    async def _read(self, line: Line, dialog: Dialog, containers: Containers, sink: FeedSink) -> None:
        """Read frames; a notification is answered whatever we are waiting for. Ends by raising FeedDown."""

        def take(request: Request, frame: bytes | str) -> int:
            return self._request(request, frame, containers, sink)

        if self._options.receive is None:
            await self._frames(line, dialog, take, sink)
            return
        async with open_receiver(self._options.receive, self._options.frame_limit, sink, take) as port:
            self.received_at = port
            await self._frames(line, dialog, take, sink)

    async def _frames(
        self, line: Line, dialog: Dialog, take: Callable[[Request, bytes | str], int], sink: FeedSink
    ) -> None:
        frames = frames_of(sink)
        while True:
            for frame in await line.receive():
                try:
                    primitive = read_primitive(frame, self._options.frame_limit)
                except DecodeError as error:
                    frames(frame)
                    sink.malformed(error.where, error.reason, frame[:200])
                    continue
                if isinstance(primitive, Response):
                    frames(frame, dialog.asked(primitive.request_id))
                    dialog.give(primitive)
                else:
                    await line.reply(write_response(primitive, take(primitive, frame)), primitive)

    def _request(self, request: Request, frame: bytes | str, containers: Containers, sink: FeedSink) -> int:
        """Take a request of the CSE; returns the code of our response."""
        frames = frames_of(sink)
        if request.op != NOTIFY:
            frames(frame, request.to)
            return NOT_ALLOWED
        code = OK
        try:
            notices = read_notices(request.content)
        except DecodeError as error:
            frames(frame, request.to)
            sink.malformed(error.where, error.reason, frame[:200])
            return BAD_REQUEST
        frames(frame, notices_about([containers.address_of(notice) for notice in notices]))
        for notice in notices:
            try:
                containers.notice(notice)
            except DecodeError as error:
                sink.malformed(error.where, error.reason, frame[:200])
                code = BAD_REQUEST
        return code

    async def _care(self, dialog: Dialog, containers: Containers, sink: FeedSink) -> None:
        """Register, subscribe, and see that it stays so. Ends by raising FeedDown."""
        options = self._options
        if options.register:
            ask = register(options.base, options.ae_name, options.release, self._reached_at())
            said = await dialog.ask(ask)
            if not said.ok and said.code not in _KNOWN:
                raise FeedDown("not_registered", said.words, refused=True)
        commanded = dict.fromkeys(source for source, _ in self._points) if self._commanding else ()
        await containers.begin(self._points, commanded)
        self._dialog = dialog
        sink.state(FeedState.LIVE)
        await containers.look_after()
        await asyncio.Event().wait()

    def _reached_at(self) -> tuple[str, ...]:
        """Where a CSE finds us: by a broker at the broker, by a WebSocket on the connection we have made."""
        link = self._options.link
        if self._options.reached_at:
            return self._options.reached_at
        if isinstance(link, LinkOptions):
            return (f"mqtt://{link.place.host}:{link.place.port}",)
        return ("ws://default",)


def make(feed: FeedDef) -> OneM2MFeed:
    """Adapter `onem2m`; options as in `OneM2MOptions`."""
    return OneM2MFeed(onem2m_options(feed), feed)
