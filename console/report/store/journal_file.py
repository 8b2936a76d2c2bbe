"""The journal of a data directory, only read, also while the hub that writes it runs."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from console.core.journal import Record
from console.core.ledger.chain import Link, Point
from console.core.ledger.heads import Head, KeyEntry, Seal
from console.core.ledger.lines import head_line, record_line, seal_line, top_line
from console.report.store.reaching import Reaching

FILE = Path("hub") / "journal.db"
LEAD = 7 * 86_400 * 10**9
"""How far before the span alarms are looked for that still stand in it, in ns."""

_decode = msgspec.msgpack.Decoder(Record).decode


@contextmanager
def read_only(path: Path) -> Generator[sqlite3.Connection]:
    """A connection that cannot write; one snapshot as long as it is open. Raises sqlite3.Error."""
    log_file = path.with_name(path.name + "-wal")
    # Without a log nobody is writing, and a folder that cannot be written needs no index of it either.
    still = not log_file.exists() or log_file.stat().st_size == 0
    uri = f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if still else ''}"
    with closing(sqlite3.connect(uri, uri=True, timeout=10, isolation_level=None)) as base:
        base.execute("PRAGMA query_only = ON")
        base.execute("BEGIN")
        yield base


def is_present(base: sqlite3.Connection) -> bool:
    """Whether the journal has the tables of this version; an older one gets them when a hub opens it."""
    names = {row[1] for row in base.execute("PRAGMA table_info(journal)")}
    return names >= {"kind", "hash", "state"}


def bounds(base: sqlite3.Connection) -> tuple[int, int]:
    """UTC ns of the oldest and the newest record, 0 and 0 for none."""
    first, last = base.execute("SELECT min(at), max(at) FROM journal").fetchone()
    return int(first or 0), int(last or 0)


def span_of(base: sqlite3.Connection, start: int, end: int) -> tuple[int, int] | None:
    """First and last sequence of the records with a time of [start, end); None without any."""
    sql = "SELECT min(sequence), max(sequence) FROM journal WHERE at >= ? AND at < ?"
    first, last = base.execute(sql, (start, end)).fetchone()
    return None if first is None else (int(first), int(last))


def records(base: sqlite3.Connection, first: int, last: int) -> Iterator[Record]:
    """Records by sequence, both included. Raises msgspec.MsgspecError for one that cannot be read."""
    sql = "SELECT sequence, body FROM journal WHERE sequence BETWEEN ? AND ? ORDER BY sequence"
    for sequence, body in base.execute(sql, (first, last)):
        yield msgspec.structs.replace(_decode(body), sequence=sequence)


def reaching(base: sqlite3.Connection, start: int, before: int) -> list[Record]:
    """Records with a sequence below `before` that matter after `start`, in the order of the journal.

    Nothing is looked for further back than `LEAD`, but tags: they hang for as long as the work takes.
    """
    sql = (
        "SELECT sequence, body FROM journal WHERE sequence < ? AND at < ? AND "
        "(at >= ? AND kind IN ('alarm', 'feed', 'act', 'move') OR part = 'tags') ORDER BY sequence"
    )
    found = Reaching(start)
    for sequence, body in base.execute(sql, (before, start, start - LEAD)):
        found.take(msgspec.structs.replace(_decode(body), sequence=sequence))
    return found.kept()


def ledger_slice(base: sqlite3.Connection, first: int, last: int, now: int, before: Point) -> Iterator[bytes]:
    """Lines of the ledger for these records and the signatures over them, with an unsigned seal at the end; `before` is
    what stands before the first record that is held.
    """
    row = base.execute("SELECT hash FROM journal WHERE sequence = ?", (first - 1,)).fetchone()
    previous = bytes(row[0]) if row is not None else before.hash
    found = base.execute("SELECT public, since, by_old, by_new FROM keys ORDER BY number").fetchall()
    yield top_line("export", tuple(KeyEntry(*key) for key in found), first, previous) + b"\n"
    signatures = _heads(base, first, last)
    head = next(signatures, None)
    digest = previous
    sql = (
        "SELECT sequence, part, key, body, hash, state FROM journal "
        "WHERE sequence BETWEEN ? AND ? ORDER BY sequence"
    )
    for row in base.execute(sql, (first, last)):
        link = Link(*row)
        digest = link.hash
        yield record_line(link) + b"\n"
        while head is not None and head.sequence <= link.sequence:
            yield head_line(head) + b"\n"
            head = next(signatures, None)
    yield seal_line(Seal(first, last, now, previous, digest)) + b"\n"


def signed_until(base: sqlite3.Connection, last: int) -> int:
    """The record at which the first signature after `last` stands, so that the slice ends under one; else `last`."""
    row = base.execute("SELECT min(sequence) FROM heads WHERE sequence >= ?", (last,)).fetchone()
    return int(row[0]) if row[0] is not None else last


def _heads(base: sqlite3.Connection, first: int, last: int) -> Iterator[Head]:
    sql = (
        "SELECT number, sequence, at, hash, key, signature FROM heads "
        "WHERE sequence BETWEEN ? AND ? ORDER BY number"
    )
    for row in base.execute(sql, (first, last)):
        yield Head(*row)
