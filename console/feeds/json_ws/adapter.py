"""Connection to a JSON source whose frames are described by the feed's options."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.answer_shape import answer_words
from console.feeds.answers import Answers
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.json_ws import cloudevents
from console.feeds.json_ws.codec import Shape
from console.feeds.json_ws.ditto import CHANNELS, Ditto
from console.feeds.json_ws.presets import Dialect, Shaped
from console.feeds.json_ws.thingsboard import ThingsBoard
from console.feeds.options import Options
from console.feeds.secrets import check_name, find_secret
from console.feeds.socket import FeedSocket, SocketOptions, open_socket, socket_options
from console.feeds.templates import check_template

SHAPE_OPTIONS = frozenset(
    {
        "source_path", "values_path", "time_path", "each_path", "type_path", "data_type", "text_numbers",
        "subscribe_frame", "command_frame", "answer_id_path", "answer_path", "answer_detail_path",
        "answer_progress_path", "answer_words", "answer_test_path",
    }
)  # fmt: skip
SECRET_OPTIONS = frozenset({"preset", "secret", "auth"})
PRESET_OPTIONS: Mapping[str, frozenset[str]] = {
    "": SHAPE_OPTIONS,
    "cloudevents": frozenset({"name_by", "types"}),
    "thingsboard": frozenset({"devices"}),
    "ditto": frozenset({"channel", "filter"}),
}


@dataclass(frozen=True, slots=True)
class Credentials:
    """Name of the token and where it goes: `frame` into the opening, else into the header in this scheme."""

    secret: str = ""
    auth: str = "bearer"


class JsonWsFeed:
    """One JSON source."""

    def __init__(self, options: SocketOptions, dialect: Dialect, credentials: Credentials) -> None:
        self._options = options
        self._dialect = dialect
        self._credentials = credentials
        self._answers = Answers()
        self._socket: FeedSocket | None = None

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        token = await asyncio.to_thread(find_secret, self._credentials.secret)
        headers = _headers(token, self._credentials.auth)
        async with open_socket(replace(self._options, headers=headers), sink) as socket:
            for frame in self._dialect.opening("" if headers else token):
                await socket.send(frame)
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
        """Write the command frame; answers come if the source's frames tell them. Raises FeedDown."""
        frame = self._dialect.write(command)
        if self._socket is None:
            raise FeedDown("not_connected")
        self._answers.expect(command.command_id, answer)
        try:
            await self._socket.send(frame)
        except FeedDown:
            self._answers.forget(command.command_id)
            raise

    def _frame(self, frame: bytes | str, sink: FeedSink) -> None:
        decoded = self._dialect.read(frame, self._options.frame_limit)
        if decoded.refused:
            raise FeedDown("credentials", decoded.refused, refused=True)
        for where, reason in decoded.faults:
            sink.malformed(where, reason, frame[:200])
        if decoded.answer is not None:
            self._answers.give(*decoded.answer)
        elif decoded.data:
            sink.state(FeedState.LIVE)
            sink.readings(decoded.readings)


def _headers(token: str, auth: str) -> tuple[tuple[str, str], ...]:
    """The header that carries the token, none if there is no token or it goes into the opening."""
    if not token or auth == "frame":
        return ()
    if auth == "basic":
        token = base64.b64encode(token.encode()).decode()
    return (("Authorization", f"{auth.capitalize()} {token}"),)


def make(feed: FeedDef) -> JsonWsFeed:
    """Adapter `json_ws`; options are those of `Shape` with `subscribe_frame`, or a `preset` with its own."""
    preset = feed.options.get("preset", "")
    own = PRESET_OPTIONS.get(preset) if isinstance(preset, str) else None
    if own is None:
        raise ValueError(
            f"{feed.id}: option preset must be one of {', '.join(name for name in PRESET_OPTIONS if name)}"
        )
    options = Options(feed, own | SECRET_OPTIONS)
    made = _dialect(feed, str(preset), options)
    socket = replace(socket_options(feed, options), subprotocols=made.subprotocols)
    return JsonWsFeed(socket, made, _credentials(feed, str(preset), options))


def _credentials(feed: FeedDef, preset: str, options: Options) -> Credentials:
    secret = check_name(feed.id, "secret", options.text("secret"))
    auth = options.text("auth", "frame" if preset == "thingsboard" else "bearer")
    if auth not in (("frame",) if preset == "thingsboard" else ("bearer", "basic")):
        raise ValueError(f"{feed.id}: option auth must be bearer or basic")
    if preset == "thingsboard" and not secret:
        raise ValueError(f"{feed.id}: option secret is missing: ThingsBoard wants a token")
    return Credentials(secret, auth)


def _dialect(feed: FeedDef, preset: str, options: Options) -> Dialect:
    """The way to speak that the options choose. Raises ValueError."""
    if preset == "cloudevents":
        name_by = options.text("name_by", "source")
        if name_by not in cloudevents.NAMES:
            raise ValueError(f"{feed.id}: option name_by must be source or subject")
        return cloudevents.CloudEvents(name_by, frozenset(options.words("types")))
    if preset == "thingsboard":
        pairs = (part.partition("=") for part in options.words("devices"))
        devices = {device.strip(): name.strip() or device.strip() for device, _, name in pairs}
        if not devices:
            raise ValueError(f"{feed.id}: option devices is missing: id = name, with commas")
        return ThingsBoard(devices)
    if preset == "ditto":
        channel = options.text("channel", "twin")
        if channel not in CHANNELS:
            raise ValueError(f"{feed.id}: option channel must be twin or live")
        return Ditto(channel, options.text("filter"))
    return Shaped(_shape(feed, options), options.text("subscribe_frame"))


def _shape(feed: FeedDef, options: Options) -> Shape:
    """Raises ValueError."""
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
    return shape
