"""Options of a feed that reaches its source through a broker; pure. A fault is a ValueError naming feed and option."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from console.core.site import FeedDef
from console.feeds.mqtt_stream import Place
from console.feeds.mqtt_wire import LONGEST
from console.feeds.options import Options
from console.feeds.places import forbidden
from console.feeds.secrets import check_name
from console.feeds.socket import FRAME_LIMIT, HARD_LIMIT

LINK_OPTIONS = frozenset(
    {
        "version", "client_id", "session_s", "user", "secret", "ca_file", "cert_file", "key_file", "queue",
        "watch_drops",
    }
)  # fmt: skip
"""Options of every adapter that stands on a broker."""
_PORTS = {"mqtt": 1883, "mqtts": 8883, "ws": 80, "wss": 443}
_VERSIONS = {"5": 5, "3.1.1": 4}
LONGEST_CLIENT_ID = 23
"""Characters that every broker must take (MQTT 3.1.1 clause 3.1.3.1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOptions:
    """How a broker is reached and watched; times in seconds, 0 switches a watch off."""

    feed: str
    place: Place
    version: int = 5
    client_id: str = ""
    """Empty: a new name for each connection."""
    session_s: int = 0
    user: str = ""
    secret: str = ""
    """Name of the password, never the password."""
    connect_s: float = 10.0
    ping_s: float = 15.0
    idle_s: float = 0.0
    frame_limit: int = FRAME_LIMIT
    queue: int = 10_000
    """Messages that wait for the adapter; beyond it nothing more is read, and the broker keeps the rest."""
    watch_drops: bool = True
    """Listen to the broker's own count of messages it has dropped."""


def link_options(feed: FeedDef, options: Options) -> LinkOptions:
    """Options of the link of a feed."""
    session_s = int(options.number("session_s", 0.0))
    client_id = options.text("client_id")
    if session_s and not client_id:
        raise ValueError(f"{feed.id}: option client_id is missing: the broker keeps a session by it")
    if session_s > 0xFFFF_FFFF or len(client_id) > 256:
        raise ValueError(f"{feed.id}: option session_s or client_id is too long")
    version = options.text("version", "5")
    if version not in _VERSIONS:
        raise ValueError(f"{feed.id}: option version must be 5 or 3.1.1")
    return LinkOptions(
        feed=feed.id,
        place=_place(feed, options),
        version=_VERSIONS[version],
        client_id=client_id,
        session_s=session_s,
        user=options.text("user"),
        secret=check_name(feed.id, "secret", options.text("secret")),
        connect_s=options.number("connect_s", 10.0, 0.1),
        ping_s=options.number("ping_s", 15.0),
        idle_s=options.number("idle_s", 0.0),
        frame_limit=min(int(options.number("max_frame_bytes", FRAME_LIMIT, 1024)), HARD_LIMIT, LONGEST),
        queue=int(options.number("queue", 10_000, 1)),
        watch_drops=options.flag("watch_drops", True),
    )


def _place(feed: FeedDef, options: Options) -> Place:
    try:
        parts = urlsplit(feed.url)
        port = parts.port
    except ValueError:
        raise ValueError(f"{feed.id}: url {feed.url} has no port that could be one") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{feed.id}: url {feed.url} is not mqtt://, mqtts://, ws:// or wss:// with a host")
    if parts.username or parts.password:
        raise ValueError(f"{feed.id}: url must not carry a user or password; use the options user and secret")
    if forbidden(parts.hostname):
        raise ValueError(f"{feed.id}: url {feed.url} is an address that no feed may lead to")
    tls = parts.scheme in ("mqtts", "wss")
    files = [options.text(name) for name in ("ca_file", "cert_file", "key_file")]
    if any(files) and not tls:
        raise ValueError(f"{feed.id}: option ca_file, cert_file or key_file needs mqtts:// or wss://")
    web = parts.scheme in ("ws", "wss")
    if not web and parts.path not in ("", "/"):
        raise ValueError(f"{feed.id}: url {feed.url} has a path, which only ws:// and wss:// have")
    return Place(feed.url, parts.hostname, port or _PORTS[parts.scheme], web, tls, *files)


def subscriptions(feed: str, option: str, topics: tuple[str, ...]) -> tuple[str, ...]:
    """Topic filters checked against MQTT 5 clause 4.7.1."""
    for topic in topics:
        levels = topic.split("/")
        whole = all(level in ("+", "#") or not set("+#\0") & set(level) for level in levels)
        if not whole or "#" in levels[:-1] or len(topic.encode()) > 65_535:
            raise ValueError(f"{feed}: option {option}: {topic[:80]} is not a topic filter")
    return topics


def publishable(topic: str) -> bool:
    """Whether a topic can be published to: not empty, no wildcards (MQTT 5 clause 4.7)."""
    return bool(topic) and not set("+#\0") & set(topic) and len(topic.encode()) <= 65_535
