"""Adapter `pairs`: lines such as `pump-1 level=2.5 flow=0.8` over TCP. An example of an adapter of one's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from console.core.site import FeedDef
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink, Reading
from console.feeds.options import Options
from console.feeds.places import forbidden
from console.feeds.socket import cause_of_refusal
from console.feeds.tap import FrameReader, frames_of

LONGEST = 4_096


def read(line: bytes) -> list[Reading]:
    """Values of one line; raises ValueError for anything else. No sockets here: this is what is fuzzed."""
    source, *pairs = line.decode().split()
    if not pairs:
        raise ValueError("no pair")
    rows: list[Reading] = []
    for pair in pairs:
        path, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(pair[:80])
        rows.append(Reading(source, path, float(value)))
    return rows


class PairsFeed:
    """One connection."""

    def __init__(self, feed: FeedDef, options: Options) -> None:
        parts = urlsplit(feed.url)
        if parts.scheme != "tcp" or not parts.hostname or not parts.port or forbidden(parts.hostname):
            raise ValueError(f"{feed.id}: url {feed.url} is not tcp://host:port")
        self._host, self._port = parts.hostname, parts.port
        self._connect_s = options.number("connect_s", 10.0, 0.1)
        self._idle_s = options.number("idle_s", 60.0)

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown, after which the hub calls it again."""
        try:
            async with asyncio.timeout(self._connect_s):
                reader, writer = await asyncio.open_connection(self._host, self._port, limit=LONGEST)
        except (OSError, TimeoutError) as error:
            raise cause_of_refusal(error) from error
        frames = frames_of(sink)
        try:
            while True:
                line = await self._line(reader)
                frames(line, f"{self._host}:{self._port}")
                _take(line, sink)
        finally:
            writer.transport.abort()

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """This protocol only tells."""
        raise FeedDown("no_commands", command.path)

    def played(self, sink: FeedSink) -> FrameReader:
        """Frames of a recording are read as those of the source."""

        def take(data: bytes | str, about: str, at: int) -> None:
            _take(data if isinstance(data, bytes) else data.encode(), sink)

        return take

    async def _line(self, reader: asyncio.StreamReader) -> bytes:
        try:
            async with asyncio.timeout(self._idle_s or None):
                line = await reader.readline()
        except TimeoutError:
            raise FeedDown("idle", f"{self._idle_s:g} s") from None
        except ValueError:
            raise FeedDown("frame_too_large", f"above {LONGEST} bytes") from None
        except OSError as error:
            raise FeedDown("closed", error.strerror or "") from None
        if not line:
            raise FeedDown("closed", "connection lost")
        return line.strip()


def _take(line: bytes, sink: FeedSink) -> None:
    """What a source sends never raises: it is counted, and the connection goes on."""
    try:
        sink.readings(read(line))
    except ValueError as error:
        sink.malformed("line", "wrong_type", line[:200] or str(error))


def make(feed: FeedDef) -> PairsFeed:
    """What the entry point names. Raises ValueError naming the option at fault."""
    return PairsFeed(feed, Options(feed))
