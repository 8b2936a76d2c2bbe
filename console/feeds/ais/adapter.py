"""Connection to an AIS receiver or to AISStream; stations that fall silent age out by the rule of their class."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from console.core.batch import NS
from console.core.errors import DecodeError
from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.ais.aisstream import Box, read_envelope, subscription
from console.feeds.ais.links import LinkOptions, link_options, open_lines
from console.feeds.ais.nmea import SentenceReader
from console.feeds.ais.reports import Kind, read_message
from console.feeds.ais.targets import BEACONS, KEEP_S, Measured, News, Targets
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.json_guard import load_object
from console.feeds.options import Options
from console.feeds.secrets import check_name, find_secret
from console.feeds.socket import HARD_LIMIT, SocketOptions, open_socket
from console.feeds.tap import FrameReader

OPTIONS = frozenset({"envelope", "senders", "secret", "boxes", "ships"}) | {
    f"gone_{rule}_s" for rule in KEEP_S
}
AGE_EVERY_S = 5.0


@dataclass(frozen=True, slots=True)
class StreamOptions:
    """What is asked of AISStream."""

    secret: str
    boxes: tuple[Box, ...]
    ships: tuple[str, ...]


class AisFeed:
    """One receiver, or AISStream if `stream` is given."""

    def __init__(
        self, link: LinkOptions, stream: StreamOptions | None, targets: Targets, beacons: bool = False
    ) -> None:
        self._link = link
        self._beacons = beacons
        self._stream = stream
        self._targets = targets
        self._reader = SentenceReader()

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        self._reader = SentenceReader()
        ageing = asyncio.create_task(self._age(sink), name="ais ageing")
        try:
            if self._stream is not None and self._link.socket is not None:
                await self._run_stream(self._link.socket, self._stream, sink)
            else:
                await self._run_lines(sink)
        finally:
            ageing.cancel()
            await asyncio.wait((ageing,))

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Nobody can be told anything over AIS: always FeedDown."""
        raise FeedDown("no_commands", command.path)

    async def _run_lines(self, sink: FeedSink) -> None:
        async with open_lines(self._link, sink) as receive:
            while True:
                lines = await receive()
                self._take(lines, sink, asyncio.get_running_loop().time())
                await asyncio.sleep(0)  # a receiver that never pauses must not keep the hub to itself

    async def _run_stream(self, socket_of: SocketOptions, stream: StreamOptions, sink: FeedSink) -> None:
        key = await asyncio.to_thread(find_secret, stream.secret)
        async with open_socket(socket_of, sink) as socket:
            await socket.send(subscription(key, stream.boxes, stream.ships))
            while True:
                frame = await socket.receive()
                try:
                    now = asyncio.get_running_loop().time()
                    self._envelope(frame, socket_of.frame_limit, sink, now)
                except DecodeError as error:
                    sink.malformed(error.where, error.reason, frame[:200])

    def played(self, sink: FeedSink) -> FrameReader:
        """As PlayedFeed: targets age by the clock of the recording."""
        self._reader = SentenceReader()
        aged_s = 0.0

        def take(data: bytes | str, about: str, at: int) -> None:
            del about
            nonlocal aged_s
            now = at / NS
            if now >= aged_s + AGE_EVERY_S:
                aged_s = now
                sink.gone(self._targets.gone(now))
            if self._stream is None:
                self._take((data.encode() if isinstance(data, str) else data).splitlines(), sink, now)
            else:
                self._played_envelope(data, sink, now)

        return take

    def _played_envelope(self, frame: bytes | str, sink: FeedSink, now: float) -> None:
        try:
            self._envelope(frame, HARD_LIMIT, sink, now)
        except DecodeError as error:
            sink.malformed(error.where, error.reason, frame[:200])
        except FeedDown as down:
            sink.malformed("frame", "refused", down.detail)

    def _take(self, lines: list[bytes], sink: FeedSink, now: float) -> None:
        """Read lines, and hand over what they bring together."""
        news, heard = News(), False
        for line in lines:
            try:
                whole = self._reader.take(line, now)
                report = read_message(whole.sentence) if whole is not None else None
                heard = heard or whole is not None
                if whole is not None and report is not None:
                    self._targets.take(report, whole.at, now, news)
            except DecodeError as error:
                sink.malformed(error.where, error.reason, line[:200])
        self._count_lost(now, sink)
        if heard:
            sink.state(FeedState.LIVE)
        self._hand_over(news, sink)

    def _envelope(self, frame: bytes | str, limit: int, sink: FeedSink, now: float) -> None:
        heard = read_envelope(load_object(frame, limit))
        if heard.refused:
            raise FeedDown("credentials", heard.refused, refused=True)
        sink.state(FeedState.LIVE)
        if heard.report is not None:
            news = News()
            self._targets.take(heard.report, heard.at, now, news)
            self._hand_over(news, sink)

    def _count_lost(self, now: float, sink: FeedSink) -> None:
        for _ in range(self._reader.given_up(now)):
            sink.malformed("sentence", "incomplete")

    async def _age(self, sink: FeedSink) -> None:
        """Runs beside the reader, so that targets also age while the source is silent."""
        while True:
            await asyncio.sleep(AGE_EVERY_S)
            now = asyncio.get_running_loop().time()
            sink.gone(self._targets.gone(now))
            self._count_lost(now, sink)
            if self._beacons:
                sink.readings(self._targets.beacons())

    def _hand_over(self, news: News, sink: FeedSink) -> None:
        sink.movers(news.movers)
        sink.positions(news.positions)
        if self._beacons and any(one.kind == Kind.DISTRESS for one in news.movers):
            # At once, not with the next look at who has gone.
            news.readings += self._targets.beacons()
        sink.readings(news.readings)


def make(feed: FeedDef) -> AisFeed:
    """Adapter `ais`; options `senders`, `gone_<class>_s`; with `envelope` `secret`, `boxes` and `ships`."""
    options = Options(feed, OPTIONS)
    link = link_options(feed, options)
    envelope = options.text("envelope")
    if envelope not in ("", "aisstream"):
        raise ValueError(f"{feed.id}: option envelope must be aisstream or nothing")
    stream = _stream(feed, options) if envelope else None
    if stream is not None and link.socket is None:
        raise ValueError(f"{feed.id}: option envelope: {feed.url} is not ws:// or wss://")
    beacons = any(part.source == BEACONS for part in feed.map)
    return AisFeed(link, stream, Targets(_keep(options), _measured(feed)), beacons)


def _keep(options: Options) -> Mapping[str, float]:
    return {rule: options.number(f"gone_{rule}_s", keep, 1.0) for rule, keep in KEEP_S.items()}


def _measured(feed: FeedDef) -> tuple[Measured, ...]:
    found: list[Measured] = []
    for part in feed.map:
        if part.source == BEACONS:
            continue
        head, _, tail = part.source.partition("{asset}")
        whole = "{asset}" not in part.source
        paths = frozenset(route.path for route in part.tags.values())
        found.append(Measured(head, head if whole else tail, paths))
    return tuple(found)


def _stream(feed: FeedDef, options: Options) -> StreamOptions:
    secret = check_name(feed.id, "secret", options.text("secret"))
    if not secret:
        raise ValueError(f"{feed.id}: option secret is missing: AISStream wants a key")
    boxes = tuple(_box(feed, text) for text in options.text("boxes").split(";") if text.strip())
    if not boxes:
        raise ValueError(f"{feed.id}: option boxes is missing: south, west, north, east")
    ships = options.words("ships")
    if any(not (ship.isascii() and ship.isdecimal() and len(ship) == 9) for ship in ships):
        raise ValueError(f"{feed.id}: option ships must be numbers of nine digits")
    return StreamOptions(secret, boxes, ships)


def _box(feed: FeedDef, text: str) -> Box:
    try:
        south, west, north, east = (float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"{feed.id}: option boxes: {text[:60]} is not south, west, north, east") from None
    if not (-90 <= south < north <= 90 and -180 <= west < east <= 180):
        raise ValueError(f"{feed.id}: option boxes: {text[:60]} is not on the earth")
    return south, west, north, east
