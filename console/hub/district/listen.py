"""A source listened to for a while, without a profile: which adapter reads it, and what it says."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import urlsplit

import msgspec

from console.core.site import FeedDef
from console.core.words import Text
from console.feeds.base import FeedDown, FeedSink, PointedFeed
from console.feeds.mqtt_options import LINK_OPTIONS, link_options
from console.feeds.mqtt_sniff import overhear
from console.feeds.onem2m.scout import OUR_ID
from console.feeds.options import COMMON, Options
from console.feeds.prospect import Prospect, Prospector
from console.feeds.registry import Registry
from console.feeds.scout import Option
from console.feeds.scouts import adapter_of, scout_of
from console.feeds.socket import open_socket, socket_options
from console.hub.district.heard import Heard

SNIFF_S = 4.0
SNIFF_MOST = 100
FEED = "source"
BROKER = ("mqtt", "mqtts")
_BY_SCHEME = {
    "opc.tcp": "opcua",
    "tcp": "ais",
    "udp": "ais",
    "http": "rest",
    "https": "rest",
    "file": "replay",
}
_BY_SUBPROTOCOL = {"mqtt": "mqtt", "oneM2M.json": "onem2m", "onem2m.r2.0.json": "onem2m"}
"""What a server takes of the protocols that a WebSocket offers says who it is."""
_SPARKPLUG = "spBv1.0"
_CONTEXT_BROKER = "/ngsi-ld/"
"""Where every context broker has its interface (ETSI GS CIM 009 clause 6.2)."""


def feed_def(url: str, adapter: str, options: Mapping[str, Option]) -> FeedDef:
    """A feed that maps nothing."""
    return FeedDef(id=FEED, adapter=adapter, url=url, label=Text(FEED, FEED), options=dict(options))


async def plan(url: str, adapter: str, options: Mapping[str, Option]) -> tuple[FeedDef, Prospect]:
    """The feed that reads a source, and what the source says it has: adapter and options as given, else found out.

    Raises FeedDown with `not_known` for a source that has to be named, ValueError naming an option at fault.
    """
    frames: list[bytes | str] = []
    if not adapter or (adapter == "json_ws" and not options.get("source_path")):
        adapter, frames = await _told(url, adapter, options)
    scout = scout_of(adapter)
    feed = feed_def(url, adapter, {**scout.options(frames), **options})
    found = await scout.prospect(feed) if isinstance(scout, Prospector) else Prospect(dict(feed.options))
    return msgspec.structs.replace(feed, options=found.options), found


async def _told(url: str, adapter: str, options: Mapping[str, Option]) -> tuple[str, list[bytes | str]]:
    """The adapter, by the address, by what a socket speaks, or by its first frames, which are told as well."""
    scheme, path = urlsplit(url).scheme, urlsplit(url).path
    if scheme in ("http", "https") and _CONTEXT_BROKER in f"{path}/" and not adapter:
        return "ngsi_ld", []
    if scheme in _BY_SCHEME and not adapter:
        return _BY_SCHEME[scheme], []
    if scheme in BROKER:
        return await _on_broker(url, options), []
    if scheme not in ("ws", "wss"):
        raise FeedDown("not_known", url)
    hello = str(options.get("subscribe_frame", ""))
    origin = str(options.get("ae", OUR_ID))
    spoken, frames = await first_frames(
        feed_def(url, "json_ws", {}), hello, offers=not adapter, origin=origin
    )
    if spoken == "mqtt":
        return await _on_broker(url, options), []
    found = adapter or _BY_SUBPROTOCOL.get(spoken, "") or adapter_of(frames)
    if not found and frames:
        raise FeedDown("not_known", str(frames[0])[:80])
    # Who says nothing before it is asked may be an event socket: its subscription makes it speak.
    return found or "ngsi_ld", frames


async def _on_broker(url: str, options: Mapping[str, Option]) -> str:
    """Sparkplug where its births and data pass by, else what the topics carry."""
    if "topics" in options or "decoder" in options:
        return "mqtt"
    if "groups" in options or "host_id" in options:
        return "sparkplug"
    own = {name: value for name, value in options.items() if name in LINK_OPTIONS | COMMON}
    feed = feed_def(url, "mqtt", own)
    heard = await overhear(
        link_options(feed, Options(feed, LINK_OPTIONS)), (f"{_SPARKPLUG}/#",), SNIFF_S, most=1
    )
    return "sparkplug" if heard else "mqtt"


async def first_frames(
    feed: FeedDef, hello: str, *, offers: bool, origin: str = OUR_ID
) -> tuple[str, list[bytes | str]]:
    """What a server takes of the protocols that a WebSocket may offer, and what it sends in its first seconds.

    Raises FeedDown if it cannot be reached, ValueError for its url.
    """
    found: list[bytes | str] = []
    options = socket_options(feed, Options(feed))
    if offers:
        # A CSE wants to know who speaks before it takes its protocol; nobody else looks at it.
        headers = (("X-M2M-Origin", origin),)
        options = replace(options, subprotocols=tuple(_BY_SUBPROTOCOL), headers=headers)
    async with open_socket(options, Heard(lambda: 0)) as socket:
        if socket.subprotocol in _BY_SUBPROTOCOL:
            return socket.subprotocol, found
        if hello:
            await socket.send(hello)
        try:
            async with asyncio.timeout(SNIFF_S):
                while len(found) < SNIFF_MOST:
                    found.append(await socket.receive())
        except (TimeoutError, FeedDown):
            return "", found
    return "", found


async def listen(
    feed: FeedDef, sink: FeedSink, seconds: float, points: Mapping[tuple[str, str], float]
) -> FeedDown | None:
    """Let the adapter read for a while; why it ended before, if it did. `points` are those that have to be asked for.

    Raises ValueError naming an option at fault.
    """
    made = Registry().make(feed)
    if isinstance(made, PointedFeed):
        made.expect(points)
    try:
        async with asyncio.timeout(seconds or None):
            await made.run(sink)
    except TimeoutError:
        return None
    except FeedDown as down:
        return down
    return FeedDown("closed")
