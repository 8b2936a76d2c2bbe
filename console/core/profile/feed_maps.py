"""Reading of `feeds.toml`: the sources of a site and how their names become tags and commands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

import msgspec

from console.core.profile.asset_types import unique
from console.core.profile.entry import ID, Entry
from console.core.profile.faults import ProfileFault
from console.core.site import CommandRoute, FeedDef, FeedMap, TagRoute

Route = TypeVar("Route", TagRoute, CommandRoute)

MOVERS = ("vessel", "truck", "aton", "base_station", "sar_aircraft", "distress")


class TypeNames(msgspec.Struct, frozen=True):
    """What a feed may map of an asset type (None if its file cannot be read), and how many assets it has."""

    tags: frozenset[str] | None
    commands: frozenset[str] | None
    assets: int


def read_feeds(entry: Entry, types: Mapping[str, TypeNames]) -> list[FeedDef]:
    """Sound feeds in order."""
    entry.unknown(("feed",))
    feeds = [_feed(e, types) for e in entry.entries("feed")]
    unique(entry.entries("feed"), "id")
    return [feed for feed in feeds if feed is not None]


def _feed(entry: Entry, types: Mapping[str, TypeNames]) -> FeedDef | None:
    maps = [_map(e, types) for e in entry.entries("map")]
    sound = tuple(m for m in maps if m is not None)
    feed = entry.read(FeedDef, {"map": sound}, ("map",))
    if feed is None:
        return None
    entry.named(feed.id, "id", ID)
    entry.required_text("label", feed.label)
    if "://" not in feed.url:
        entry.fault(ProfileFault.WRONG_TYPE, "url", expected="scheme://host", found=feed.url[:60])
    for kind in feed.movers.split("+") if feed.movers else ():
        if kind not in MOVERS:
            entry.fault(ProfileFault.UNKNOWN_WORD, "movers", found=kind[:60], known=", ".join(MOVERS))
    return feed if len(sound) == len(maps) else None


def _map(entry: Entry, types: Mapping[str, TypeNames]) -> FeedMap | None:
    names = types.get(str(entry.table.get("type", "")))
    tags = _routes(entry.child("tags"), TagRoute, names and names.tags, ProfileFault.UNKNOWN_TAG)
    commands = _routes(
        entry.child("commands"), CommandRoute, names and names.commands, ProfileFault.UNKNOWN_COMMAND
    )
    if "tags" not in entry.table:
        entry.fault(ProfileFault.MISSING, "tags", entry=str(entry.table.get("type", "")))
    given = {"tags": tags or {}, "commands": commands or {}}
    mapping = entry.read(FeedMap, given, ("tags", "commands"))
    if mapping is None:
        return None
    if names is None:
        entry.fault(ProfileFault.UNKNOWN_TYPE, "type", found=mapping.type[:60])
    elif names.assets > 1 and "{asset}" not in mapping.source:
        entry.fault(ProfileFault.ASSET_NOT_IN_SOURCE, "source", found=mapping.source[:60])
    return None if tags is None or commands is None else mapping


def _routes(
    entry: Entry, kind: type[Route], known: Collection[str] | None, reason: ProfileFault
) -> dict[str, Route] | None:
    """Routes by tag or command; None if one of them is at fault."""
    routes = {name: _route(entry, name, kind) for name in entry.table}
    for name in routes:
        if known is not None and name not in known:
            entry.fault(reason, name, found=name[:60])
    sound = {name: route for name, route in routes.items() if route is not None}
    return sound if len(sound) == len(routes) else None


def _route(entry: Entry, name: str, kind: type[Route]) -> Route | None:
    """A route written as a path alone, or as a table."""
    if not isinstance(entry.table[name], Mapping):
        path = entry.value(name, str)
        return None if path is None else kind(path=path)
    inner = entry.child(name)
    route = inner.read(kind)
    if route is not None and route.scale == 0.0:
        inner.fault(ProfileFault.OUT_OF_RANGE, "scale", found="0", known="≠ 0")
    return route
