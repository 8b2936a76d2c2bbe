"""Options of a feed that is asked over HTTP; pure. A fault is a ValueError naming feed and option."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from urllib.parse import parse_qsl, quote, urlsplit
from zlib import crc32

from console.core.site import FeedDef
from console.feeds.options import Options
from console.feeds.places import forbidden
from console.feeds.rest.codec import ItemShape
from console.feeds.rest.line import LineOptions
from console.feeds.rest.schedule import Schedule
from console.feeds.secrets import check_name

OPTIONS = frozenset(
    {
        "every_s", "align_s", "spread_s", "retry_s", "retries", "daily", "total_s", "ca_file",
        "secret", "key_param", "key_header", "key_prefix", "accept",
        "page_param", "size_param", "page_size", "max_pages", "base_back_s", "base_step_s",
        "items_path", "source_path", "source", "values_path", "name_path", "time_path", "total_path", "missing",
    }
)  # fmt: skip
MAX_BYTES = 4 * 1024 * 1024
HARD_LIMIT = 64 * 1024 * 1024
_KEYS = frozenset({"servicekey", "apikey", "api_key", "authkey", "access_token", "token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RestOptions:
    """What is asked, when, and with which key."""

    url: str
    """May hold `{date}`, `{hour}` and `{time}`, the local time `base_back_s` ago, rounded down to `base_step_s`."""
    schedule: Schedule
    line: LineOptions
    spread_s: float
    """Seconds after the scheduled time, the same for this feed every time, so that not all consoles ask at once."""
    retry_s: float
    """A publication that was due and is not there is asked for again after this, `retries` times."""
    retries: int
    daily: int
    """Requests a day; 0 without limit."""
    secret: str
    key_param: str
    key_header: str
    key_prefix: str
    accept: str
    page_param: str
    size_param: str
    page_size: int
    max_pages: int
    base_back_s: float
    base_step_s: float


def rest_options(feed: FeedDef) -> tuple[RestOptions, ItemShape]:
    """Options and shape of a feed; raises ValueError."""
    options = Options(feed, OPTIONS)
    page_param = options.text("page_param")
    return RestOptions(
        url=_url(feed),
        schedule=_schedule(feed, options),
        line=LineOptions(
            options.number("connect_s", 10.0, 0.1),
            options.number("total_s", 30.0, 0.1),
            min(int(options.number("max_frame_bytes", MAX_BYTES, 1024)), HARD_LIMIT),
            options.text("ca_file"),
        ),
        spread_s=options.number("spread_s", 0.0) * crc32(feed.id.encode()) / 2**32,
        retry_s=options.number("retry_s", 60.0, 0.1),
        retries=int(options.number("retries", 3)),
        daily=int(options.number("daily", 0)),
        page_param=page_param,
        size_param=options.text("size_param"),
        page_size=int(options.number("page_size", 100, 1)),
        max_pages=int(options.number("max_pages", 10, 1)) if page_param else 1,
        accept=options.text("accept", "application/json, application/xml;q=0.9, */*;q=0.1"),
        base_back_s=options.number("base_back_s", 0.0),
        base_step_s=options.number("base_step_s", 60.0, 60.0),
        **_key(feed, options),
    ), _shape(feed, options)


def _url(feed: FeedDef) -> str:
    """The address with what may not stand in one encoded, such as a Korean word."""
    parts = urlsplit(feed.url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{feed.id}: url {feed.url} is not http:// or https:// with a host")
    if parts.username or parts.password or parts.fragment:
        raise ValueError(f"{feed.id}: url must not hold a password or a fragment")
    if _KEYS & {name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)}:
        raise ValueError(f"{feed.id}: url must not hold a key: name it with the options secret and key_param")
    if forbidden(parts.hostname):
        raise ValueError(f"{feed.id}: url {feed.url} is an address that no feed may lead to")
    return quote(feed.url, safe=":/?#[]@!$&'()*+,;=%{}~")


def _schedule(feed: FeedDef, options: Options) -> Schedule:
    every_s = options.number("every_s", 60.0, 0.1)
    align_s = options.number("align_s", -1.0, -1.0)
    if align_s >= 0 and (86_400 % every_s or align_s >= every_s):
        raise ValueError(f"{feed.id}: option align_s needs an every_s that parts a day evenly and is greater")
    return Schedule(every_s, align_s if align_s >= 0 else None, options.zone() or UTC)


def _key(feed: FeedDef, options: Options) -> dict[str, str]:
    secret = check_name(feed.id, "secret", options.text("secret"))
    param, header = options.text("key_param"), options.text("key_header")
    if bool(secret) != bool(param or header) or (param and header):
        raise ValueError(f"{feed.id}: option secret needs one of key_param and key_header, and they need it")
    if header and not all(letter.isalnum() or letter == "-" for letter in header):
        raise ValueError(f"{feed.id}: option key_header is not the name of a header")
    return {
        "secret": secret,
        "key_param": param,
        "key_header": header,
        "key_prefix": options.text("key_prefix"),
    }


def _shape(feed: FeedDef, options: Options) -> ItemShape:
    shape = ItemShape(
        items_path=options.text("items_path"),
        source_path=options.text("source_path"),
        source=options.text("source"),
        values_path=options.text("values_path"),
        name_path=options.text("name_path"),
        time_path=options.text("time_path"),
        total_path=options.text("total_path"),
        missing=frozenset({"", *options.words("missing")})
        if options.text("missing")
        else frozenset({"", "-"}),
        zone=options.zone(),
    )
    if bool(shape.source_path) == bool(shape.source):
        raise ValueError(f"{feed.id}: option source_path or source is missing, or both are there")
    return shape
