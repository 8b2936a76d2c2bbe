"""The ledger in the store: records by sequence without a hole, signatures, and the hash before the first."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from console.core.journal import Record
from console.core.ledger.chain import Link, Point
from console.core.ledger.heads import Head, KeyEntry

_decode = msgspec.msgpack.Decoder(Record).decode
_LINK = (
    "INSERT INTO journal(sequence, part, key, subject, at, body, kind, who, hash, state) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_HEAD = "INSERT OR IGNORE INTO heads(number, sequence, at, hash, key, signature) VALUES(?, ?, ?, ?, ?, ?)"
_KEY = "INSERT OR IGNORE INTO keys(number, public, since, by_old, by_new) VALUES(?, ?, ?, ?, ?)"


class OtherLedger(Exception):
    """What was told does not follow what is held: it is the ledger of another hub, or one that was begun anew."""


def tip(base: sqlite3.Connection) -> Point | None:
    """The last record held with its hash; before the first one what stands before it, None when nothing is known."""
    row = base.execute("SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1").fetchone()
    row = row or base.execute("SELECT sequence, hash FROM anchor").fetchone()
    return Point(int(row[0]), bytes(row[1])) if row is not None else None


def last_head(base: sqlite3.Connection) -> int:
    """Number of the last signature, 0 for none."""
    return int(base.execute("SELECT max(number) FROM heads").fetchone()[0] or 0)


def put_links(base: sqlite3.Connection, previous: Point, links: Sequence[Link]) -> None:
    """Add records that follow `previous`. Raises OtherLedger, msgspec.MsgspecError for one that cannot be read."""
    held = tip(base)
    if held is None:
        base.execute("INSERT INTO anchor(sequence, hash) VALUES(?, ?)", (previous.sequence, previous.hash))
    elif held != previous:
        raise OtherLedger
    rows: list[tuple[int, str, str, str, int, bytes, str, str, bytes, bytes]] = []
    for place, link in enumerate(links, start=previous.sequence + 1):
        if link.sequence != place:
            raise OtherLedger
        record = _decode(link.body)
        about = (record.subject, record.at, link.body, record.kind.value, record.who)
        rows.append((link.sequence, link.part, link.key, *about, link.hash, link.state))
    base.executemany(_LINK, rows)


def put_signatures(base: sqlite3.Connection, heads: Sequence[Head], keys: Sequence[KeyEntry]) -> None:
    """Add what is new of them."""
    base.executemany(_HEAD, [(h.number, h.sequence, h.at, h.hash, h.key, h.signature) for h in heads])
    rows = [(number, k.public, k.since, k.by_old, k.by_new) for number, k in enumerate(keys, start=1)]
    base.executemany(_KEY, rows)


def put_heard(base: sqlite3.Connection, at: int) -> None:
    """Every record before this time (UTC ns) is here."""
    base.execute(
        "INSERT INTO heard(id, at) VALUES(1, ?) ON CONFLICT(id) DO UPDATE SET at = max(at, ?)", (at, at)
    )


def heard(base: sqlite3.Connection) -> int:
    """UTC ns up to which every record is here, 0 if that was never so."""
    row = base.execute("SELECT at FROM heard").fetchone()
    return int(row[0]) if row is not None else 0


def anchor(base: sqlite3.Connection) -> Point:
    """What stands before the first record."""
    row = base.execute("SELECT sequence, hash FROM anchor").fetchone()
    return Point(int(row[0]), bytes(row[1])) if row is not None else Point()
