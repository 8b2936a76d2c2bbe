"""Options of a feed that has a context broker; pure. A fault is a ValueError naming feed and option."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from datetime import tzinfo
from urllib.parse import urlsplit

import msgspec

from console.core.site import FeedDef
from console.feeds.discovery import DISCOVERY_OPTIONS, Discovery, discovery_of
from console.feeds.http_door import DoorPlace
from console.feeds.http_line import HttpOptions, http_place
from console.feeds.mqtt_options import LINK_OPTIONS, LinkOptions, link_options, publishable
from console.feeds.ngsi_ld.selection import Selection
from console.feeds.ngsi_ld.subscription import FORMATS, Wanted
from console.feeds.options import COMMON, Options
from console.feeds.secrets import check_name
from console.feeds.socket import FRAME_LIMIT, HARD_LIMIT, SocketOptions, socket_options

_OWN = frozenset(
    {
        "broker", "subscription", "entities", "types", "id_pattern", "watched", "attributes", "q", "format",
        "throttling_s", "lease_s", "check_s", "poll_s", "page_size", "most_entities", "tenant", "context", "token",
        "token_header", "token_prefix", "answer_s", "receive", "receive_cert_file", "receive_key_file", "endpoint",
        "notify_secret", "most_per_s", "mqtt", "topic", "qos",
    }
)  # fmt: skip
OPTIONS = _OWN | LINK_OPTIONS | DISCOVERY_OPTIONS
SECRET = "{secret}"  # noqa: S105 - a place for a secret, not one
BASE = "/ngsi-ld/v1"
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,80}")
_VISIBLE = re.compile(r"[\x21-\x7e][\x20-\x7e]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerAccess:
    """How a broker is asked."""

    http: HttpOptions
    token: str = ""
    """Name of a secret, never the secret."""
    header: str = "Authorization"
    prefix: str = "Bearer "
    tenant: str = ""
    context: str = ""
    """Address of the @context by which names are shortened; empty: the broker's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOptions:
    """The hub's own end of HTTP delivery."""

    place: DoorPlace
    path: str
    per_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicOptions:
    """The hub's end of delivery through an MQTT broker."""

    link: LinkOptions
    topic: str
    qos: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NgsiLdOptions:
    """One broker, what is asked of it, and how it delivers; times in seconds."""

    feed: str
    access: BrokerAccess
    selection: Selection
    wanted: Wanted
    delivery: DoorOptions | TopicOptions | SocketOptions | None
    """None: the broker is asked every `poll_s`."""
    endpoint: str = ""
    """Where the broker is told to deliver, `{secret}` stands for the secret; empty for an event socket whose
    subscription is made by others.
    """
    notify_secret: str = ""
    check_s: float = 30.0
    poll_s: float = 60.0
    page_size: int = 100
    most_entities: int = 20_000
    limit: int = FRAME_LIMIT
    idle_s: float = 0.0
    """No notification for this long ends a life; 0: any silence is borne."""
    zone: tzinfo | None = None
    discovery: Discovery = field(default_factory=Discovery)


def ngsi_ld_options(feed: FeedDef) -> NgsiLdOptions:
    """Options of a feed whose url is a broker's, or an event socket's with a broker beside it."""
    options = Options(feed, OPTIONS)
    delivery = _delivery(feed, options)
    secret = check_name(feed.id, "notify_secret", options.text("notify_secret"))
    return NgsiLdOptions(
        feed=feed.id,
        access=_access(feed, options, _file_names(feed, options, delivery)),
        selection=_selection(feed, options),
        wanted=_wanted(feed, options),
        delivery=delivery,
        endpoint=_endpoint(feed, options, delivery, secret),
        notify_secret=secret,
        check_s=options.number("check_s", 30.0, 0.1),
        poll_s=options.number("poll_s", 60.0, 0.1),
        page_size=int(options.number("page_size", 100, 1)),
        most_entities=int(options.number("most_entities", 20_000, 1)),
        limit=_limit(options),
        idle_s=options.number("idle_s", 0.0),
        zone=options.zone(),
        discovery=discovery_of(feed),
    )


def _limit(options: Options) -> int:
    return min(int(options.number("max_frame_bytes", FRAME_LIMIT, 1024)), HARD_LIMIT)


def _access(feed: FeedDef, options: Options, files: tuple[str, str, str]) -> BrokerAccess:
    url = options.text("broker", feed.url)
    place, base = http_place(feed.id, url, files)
    header, prefix = options.text("token_header", "Authorization"), options.text("token_prefix", "Bearer ")
    if not _HEADER.fullmatch(header) or (prefix and not _VISIBLE.fullmatch(prefix)):
        raise ValueError(f"{feed.id}: option token_header or token_prefix cannot stand in a header")
    for name in ("tenant", "context"):
        if options.text(name) and not re.fullmatch(r"[\x21-\x3b\x3d\x3f-\x7e]+", options.text(name)):
            raise ValueError(f"{feed.id}: option {name} cannot stand in a header")
    return BrokerAccess(
        http=HttpOptions(
            place=place,
            base=base or BASE,
            connect_s=options.number("connect_s", 10.0, 0.1),
            answer_s=options.number("answer_s", 20.0, 0.1),
            limit=_limit(options),
        ),
        token=check_name(feed.id, "token", options.text("token")),
        header=header,
        prefix=prefix,
        tenant=options.text("tenant"),
        context=options.text("context"),
    )


def _file_names(feed: FeedDef, options: Options, delivery: object) -> tuple[str, str, str]:
    """Certificate files: of the broker if that is https, else of MQTT, and of nothing else."""
    found = tuple(options.text(name) for name in ("ca_file", "cert_file", "key_file"))
    secure = options.text("broker", feed.url).startswith("https://")
    other = isinstance(delivery, TopicOptions) and delivery.link.place.tls
    if any(found) and not secure and not other:
        raise ValueError(f"{feed.id}: option ca_file, cert_file or key_file needs https:// or mqtts://")
    return found[0], found[1], found[2]


def _selection(feed: FeedDef, options: Options) -> Selection:
    made = Selection(
        types=options.words("types"), ids=options.words("entities"), pattern=options.text("id_pattern")
    )
    try:
        re.compile(made.pattern)
    except re.error:
        raise ValueError(f"{feed.id}: option id_pattern is not a pattern") from None
    if made.pattern and (made.ids or not made.types):
        raise ValueError(f"{feed.id}: option id_pattern needs types, and no entities beside it")
    unnamed = [name for name in made.completed(()).entities() if not name["type"]]
    if unnamed:
        raise ValueError(f"{feed.id}: option types is missing: {unnamed[0]['id']} does not say its type")
    return made


def _wanted(feed: FeedDef, options: Options) -> Wanted:
    form = options.text("format", "normalized")
    if form not in FORMATS:
        raise ValueError(f"{feed.id}: option format must be one of {', '.join(FORMATS)}")
    lease_s = options.number("lease_s", 3600.0)
    if 0 < lease_s < 2:
        raise ValueError(f"{feed.id}: option lease_s must be 0 or at least 2")
    return Wanted(
        id=options.text("subscription", f"urn:ngsi-ld:Subscription:gwanje:{feed.id}"),
        name=f"gwanje {feed.id}",
        watched=options.words("watched"),
        attributes=options.words("attributes"),
        q=options.text("q"),
        format=form,
        throttling_s=options.number("throttling_s", 0.0),
        lease_s=lease_s,
    )


def _delivery(feed: FeedDef, options: Options) -> DoorOptions | TopicOptions | SocketOptions | None:
    receive, mqtt = options.text("receive"), options.text("mqtt")
    socket = feed.url.startswith(("ws://", "wss://"))
    if sum((bool(receive), bool(mqtt), socket)) > 1:
        raise ValueError(f"{feed.id}: option receive or mqtt: there is one delivery only")
    if receive:
        return _door(feed, options, receive)
    if mqtt:
        return _topic(feed, options, mqtt)
    for name in LINK_OPTIONS - {"ca_file", "cert_file", "key_file"}:
        if name in feed.options:
            raise ValueError(f"{feed.id}: option {name} belongs to the option mqtt")
    return socket_options(feed, options) if socket else None


def _door(feed: FeedDef, options: Options, written: str) -> DoorOptions:
    try:
        parts = urlsplit(written)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if not host or port is None or parts.scheme not in ("http", "https") or parts.query:
        raise ValueError(f"{feed.id}: option receive must be http://address:port/path to listen on")
    host = "127.0.0.1" if host == "localhost" else host
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise ValueError(f"{feed.id}: option receive must name an address of this machine") from None
    if not loopback and not options.text("notify_secret"):
        raise ValueError(f"{feed.id}: option notify_secret is missing: who may deliver to {host}")
    cert, key = options.text("receive_cert_file"), options.text("receive_key_file")
    if bool(cert) != (parts.scheme == "https"):
        raise ValueError(f"{feed.id}: option receive_cert_file and https:// need each other")
    return DoorOptions(
        place=DoorPlace(host=host, port=port, cert_file=cert, key_file=key),
        path=parts.path or "/",
        per_s=options.number("most_per_s", 500.0, 1.0),
    )


def _topic(feed: FeedDef, options: Options, url: str) -> TopicOptions:
    given = {name: value for name, value in feed.options.items() if name in COMMON | LINK_OPTIONS}
    if not url.startswith(("mqtts://", "wss://")):
        given = {name: value for name, value in given.items() if not name.endswith("_file")}
    inner = msgspec.structs.replace(feed, url=url, options=given)
    topic, qos = options.text("topic", f"gwanje/{feed.id}"), options.number("qos", 1)
    if not publishable(topic) or topic.startswith("/"):
        raise ValueError(f"{feed.id}: option topic must be one topic without wildcards")
    if qos not in (0, 1, 2):
        raise ValueError(f"{feed.id}: option qos must be 0, 1 or 2")
    return TopicOptions(link=link_options(inner, Options(inner, LINK_OPTIONS)), topic=topic, qos=int(qos))


def _endpoint(feed: FeedDef, options: Options, delivery: object, secret: str) -> str:
    """What the broker is told; by default what we listen to."""
    given = options.text("endpoint")
    if not given and isinstance(delivery, DoorOptions):
        given = options.text("receive")
    if not given and isinstance(delivery, TopicOptions) and not delivery.link.place.web:
        given = f"{options.text('mqtt').rstrip('/')}/{delivery.topic}"
    if not given and isinstance(delivery, (DoorOptions, TopicOptions)):
        raise ValueError(f"{feed.id}: option endpoint is missing: where the broker shall deliver")
    if SECRET in given + options.text("receive") and not secret:
        raise ValueError(f"{feed.id}: option notify_secret is missing: what stands for {SECRET}")
    scheme = given.partition("://")[0]
    wanted = ("mqtt", "mqtts") if isinstance(delivery, TopicOptions) else ("http", "https")
    if given and scheme not in wanted:
        raise ValueError(f"{feed.id}: option endpoint must begin with {' or '.join(wanted)}")
    return given
