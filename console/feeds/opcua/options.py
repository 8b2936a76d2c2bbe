"""Options of an OPC UA feed; pure. A fault is a ValueError naming feed and option."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from console.core.site import FeedDef
from console.feeds.discovery import DISCOVERY_OPTIONS, discovery_of
from console.feeds.options import Options
from console.feeds.places import forbidden
from console.feeds.secrets import check_name

OPTIONS = DISCOVERY_OPTIONS | frozenset(
    {
        "security", "mode", "certificates", "user", "secret", "plain_password", "join", "publish_s", "queue",
        "readback_s", "confirm", "trust_any",
    }
)  # fmt: skip
_POLICIES = frozenset({"none", "Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss"})
_MODES = frozenset({"Sign", "SignAndEncrypt"})
FEWEST_S = 0.05
"""The shortest publishing interval that is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpcuaOptions:
    """How a server is reached and asked; times in seconds."""

    feed: str
    url: str
    security: str = "none"
    mode: str = "SignAndEncrypt"
    certificates: str = ""
    """Folder with own.pem or own.der, own.key, and trusted/ with the certificates of servers."""
    trust_any: bool = False
    """Take any server certificate: only to find out which one it has."""
    user: str = ""
    secret: str = ""
    """Name of the password, never the password."""
    join: str = "."
    publish_s: float = 0.0
    """Publishing interval; 0 for half the period of the tags."""
    queue: int = 10
    """Values of a point that the server keeps between two publications."""
    readback_s: float = 5.0
    """How long a written value may take to be read back; 0 takes the server's word for it."""
    confirm: bool = True
    """Read what has not changed for longer than its period, so that a steady value is known to be alive."""
    discover_most: int = 0
    """Points of the server beyond those of the profile that are looked for; 0: none."""
    connect_s: float = 10.0
    ping_s: float = 15.0


def opcua_options(feed: FeedDef) -> OpcuaOptions:
    """Options of a feed."""
    options, discovery = Options(feed, OPTIONS), discovery_of(feed)
    _check_url(feed)
    made = OpcuaOptions(
        feed=feed.id,
        url=feed.url,
        security=_one_of(feed, options, "security", "none", _POLICIES),
        mode=_one_of(feed, options, "mode", "SignAndEncrypt", _MODES),
        certificates=options.text("certificates"),
        trust_any=options.flag("trust_any"),
        user=options.text("user"),
        secret=check_name(feed.id, "secret", options.text("secret")),
        join=options.text("join", "."),
        publish_s=options.number("publish_s", 0.0),
        queue=int(options.number("queue", 10.0, 1.0)),
        readback_s=options.number("readback_s", 5.0),
        confirm=options.flag("confirm", True),
        discover_most=discovery.most if discovery.on else 0,
        connect_s=options.number("connect_s", 10.0, 0.1),
        ping_s=options.number("ping_s", 15.0) or 15.0,
    )
    if made.security != "none" and not made.certificates:
        raise ValueError(
            f"{feed.id}: option certificates is missing: security needs a folder of certificates"
        )
    if made.user and made.security == "none" and not options.flag("plain_password"):
        raise ValueError(f"{feed.id}: option user without security would send the password in the open")
    return made


def _one_of(feed: FeedDef, options: Options, name: str, default: str, known: frozenset[str]) -> str:
    value = options.text(name, default)
    if value not in known:
        raise ValueError(f"{feed.id}: option {name} must be one of {', '.join(sorted(known))}")
    return value


def _check_url(feed: FeedDef) -> None:
    parts = urlsplit(feed.url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme != "opc.tcp" or not parts.hostname or not port:
        raise ValueError(f"{feed.id}: url {feed.url} is not opc.tcp:// with a host and a port")
    if parts.username or parts.password:
        raise ValueError(f"{feed.id}: url carries a password; name it with the options user and secret")
    if forbidden(parts.hostname):
        raise ValueError(f"{feed.id}: url {feed.url} is an address that no feed may lead to")
