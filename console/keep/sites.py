"""Site profiles in the store, without what has no place in a report, and when each of them was in force."""

from __future__ import annotations

import sqlite3

import msgspec

from console.core.site import Site


def bare(site: Site) -> Site:
    """The site without what has no place in a report: endpoints of feeds, accounts, receivers."""
    feeds = tuple(msgspec.structs.replace(feed, url="", options={}, map=()) for feed in site.feeds)
    return msgspec.structs.replace(site, feeds=feeds, directory=None, receivers=())


def put_site(base: sqlite3.Connection, digest: str, site: Site, at: int) -> None:
    """This profile is in force at a time (UTC ns)."""
    sql = (
        "INSERT INTO site(digest, first, last, body) VALUES(?, ?, ?, ?) "
        "ON CONFLICT(digest) DO UPDATE SET first = min(first, ?), last = max(last, ?)"
    )
    base.execute(sql, (digest, at, at, msgspec.msgpack.encode(bare(site)), at, at))


def site_at(base: sqlite3.Connection, at: int) -> Site | None:
    """The profile that was in force last before a time, else the first one there is. Raises msgspec.MsgspecError."""
    sql = "SELECT body FROM site ORDER BY first > ?, CASE WHEN first > ? THEN first ELSE -last END LIMIT 1"
    row = base.execute(sql, (at, at)).fetchone()
    return msgspec.msgpack.decode(row[0], type=Site) if row is not None else None
