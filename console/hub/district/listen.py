"""A source listened to for a while, without a profile: which adapter reads it, and what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from console.core.site import FeedDef
from console.core.words import Text
from console.feeds.base import FeedDown, FeedSink
from console.feeds.options import Options
from console.feeds.registry import Registry
from console.feeds.scout import Option
from console.feeds.scouts import adapter_of, scout_of
from console.feeds.socket import open_socket, socket_options
from console.hub.district.heard import Heard

SNIFF_S = 4.0
SNIFF_MOST = 100
FEED = "source"


def feed_def(url: str, adapter: str, options: Mapping[str, Option]) -> FeedDef:
    """A feed that maps nothing."""
    return FeedDef(id=FEED, adapter=adapter, url=url, label=Text(FEED, FEED), options=dict(options))


async def plan(url: str, adapter: str, options: Mapping[str, Option]) -> FeedDef:
    """The feed that reads a source: adapter and options as given, else told from its first frames.

    Raises FeedDown with `not_known` for a source that has to be named, ValueError naming an option at fault.
    """
    if adapter not in ("", "json_ws") or options.get("source_path"):
        return feed_def(url, adapter or "json_ws", options)
    if not url.startswith(("ws://", "wss://")):
        raise FeedDown("not_known", url)
    frames = await first_frames(feed_def(url, "json_ws", {}), str(options.get("subscribe_frame", "")))
    found = adapter or adapter_of(frames)
    if not found and frames:
        raise FeedDown("not_known", str(frames[0])[:80])
    # Who says nothing before it is asked may be an event socket: its subscription makes it speak.
    found = found or "ngsi_ld"
    return feed_def(url, found, {**scout_of(found).options(frames), **options})


async def first_frames(feed: FeedDef, hello: str) -> list[bytes | str]:
    """What a socket sends in its first seconds. Raises FeedDown if it cannot be reached, ValueError for its url."""
    found: list[bytes | str] = []
    options = socket_options(feed, Options(feed))
    async with open_socket(options, Heard(lambda: 0)) as socket:
        if hello:
            await socket.send(hello)
        try:
            async with asyncio.timeout(SNIFF_S):
                while len(found) < SNIFF_MOST:
                    found.append(await socket.receive())
        except (TimeoutError, FeedDown):
            return found
    return found


async def listen(feed: FeedDef, sink: FeedSink, seconds: float) -> FeedDown | None:
    """Let the adapter read for a while; why it ended before, if it did. Raises ValueError naming an option at fault."""
    made = Registry().make(feed)
    try:
        async with asyncio.timeout(seconds or None):
            await made.run(sink)
    except TimeoutError:
        return None
    except FeedDown as down:
        return down
    return FeedDown("closed")
