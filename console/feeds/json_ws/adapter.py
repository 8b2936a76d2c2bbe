"""Connection to a JSON source whose frames are described by the feed's options."""

from __future__ import annotations

from collections.abc import Callable

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.answer_shape import answer_words
from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.json_guard import load
from console.feeds.json_ws.codec import Shape, read_frame
from console.feeds.options import Options
from console.feeds.socket import FeedSocket, SocketOptions, open_socket, socket_options
from console.feeds.templates import check_template, knows_tests, write_command

OPTIONS = frozenset(
    {
        "source_path", "values_path", "time_path", "each_path", "type_path", "data_type", "text_numbers",
        "subscribe_frame", "command_frame", "answer_id_path", "answer_path", "answer_detail_path",
        "answer_progress_path", "answer_words", "answer_test_path",
    }
)  # fmt: skip


class JsonWsFeed:
    """One JSON source."""

    def __init__(self, options: SocketOptions, shape: Shape, hello: str) -> None:
        self._options = options
        self._shape = shape
        self._hello = hello
        self._answers = Answers()
        self._socket: FeedSocket | None = None

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        async with open_socket(self._options, sink) as socket:
            if self._hello:
                await socket.send(self._hello)
            self._socket = socket
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

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Write the command frame; answers come if the options say where they stand. Raises FeedDown."""
        if not self._shape.command_frame:
            raise FeedDown("no_commands", command.path)
        if command.test and not knows_tests(self._shape.command_frame):
            # Written without the mark, a test would be an order.
            raise FeedDown("no_tests", command.path)
        if self._socket is None:
            raise FeedDown("not_connected")
        self._answers.expect(command.command_id, answer)
        try:
            await self._socket.send(write_command(self._shape.command_frame, command))
        except FeedDown:
            self._answers.forget(command.command_id)
            raise

    def _frame(self, frame: bytes | str, sink: FeedSink) -> None:
        decoded = read_frame(load(frame, self._options.frame_limit), self._shape)
        for where, reason in decoded.faults:
            sink.malformed(where, reason, frame[:200])
        if decoded.answer is not None:
            self._answers.give(*decoded.answer)
        elif decoded.data:
            sink.state(FeedState.LIVE)
            sink.readings(decoded.readings)


def make(feed: FeedDef) -> JsonWsFeed:
    """Adapter `json_ws`; options are those of `Shape` (`source_path` is needed) and `subscribe_frame`."""
    options = Options(feed, OPTIONS)
    words, causes = answer_words(feed, options)
    shape = Shape(
        source_path=options.text("source_path"),
        values_path=options.text("values_path"),
        time_path=options.text("time_path"),
        each_path=options.text("each_path"),
        type_path=options.text("type_path"),
        data_type=options.text("data_type"),
        text_numbers=options.flag("text_numbers"),
        zone=options.zone(),
        command_frame=options.text("command_frame"),
        answer_id_path=options.text("answer_id_path"),
        answer_path=options.text("answer_path"),
        answer_detail_path=options.text("answer_detail_path"),
        answer_progress_path=options.text("answer_progress_path"),
        answer_words=words,
        answer_causes=causes,
        answer_test_path=options.text("answer_test_path"),
    )
    if not shape.source_path:
        raise ValueError(f"{feed.id}: option source_path is missing")
    if shape.command_frame:
        try:
            check_template(shape.command_frame)
        except ValueError as error:
            raise ValueError(f"{feed.id}: option {error}") from None
    return JsonWsFeed(socket_options(feed, options), shape, options.text("subscribe_frame"))
