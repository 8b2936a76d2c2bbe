"""The journal's tables; the journal is the ledger, so each record has its hash beside it.

A journal of an older version gets its chain built from the first record on when it is opened.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import msgspec

from console.core.journal import Record
from console.core.ledger.chain import Link, Point, link_hash
from console.core.ledger.heads import Head, KeyEntry
from console.hub.failure import StoreDamaged

VERSION = 2
_CHUNK = 5_000
_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, part TEXT NOT NULL, key TEXT NOT NULL, subject TEXT NOT NULL,
    at INTEGER NOT NULL, body BLOB NOT NULL, kind TEXT NOT NULL DEFAULT '', who TEXT NOT NULL DEFAULT '',
    hash BLOB NOT NULL DEFAULT x'', state BLOB NOT NULL DEFAULT x'');
CREATE INDEX IF NOT EXISTS journal_subject ON journal(subject, sequence);
CREATE INDEX IF NOT EXISTS journal_part ON journal(part, sequence);
CREATE INDEX IF NOT EXISTS journal_at ON journal(part, at);
CREATE TABLE IF NOT EXISTS state(
    part TEXT NOT NULL, key TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY(part, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS applied(rid TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS heads(
    number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL,
    key BLOB NOT NULL, signature BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS heads_sequence ON heads(sequence);
CREATE TABLE IF NOT EXISTS keys(
    number INTEGER PRIMARY KEY, public BLOB NOT NULL, since INTEGER NOT NULL, by_old BLOB NOT NULL,
    by_new BLOB NOT NULL);
"""
# What is rare is found by an index of its own; what is common is found soon by going back from the newest record.
_LATER = """
CREATE INDEX IF NOT EXISTS journal_kind ON journal(kind, sequence) WHERE kind <> 'alarm';
CREATE INDEX IF NOT EXISTS journal_who ON journal(who, sequence) WHERE who < 'system:' OR who >= 'system;';
"""
_KEPT = ("journal", "heads", "keys")
_ADD = {
    "kind": "TEXT NOT NULL DEFAULT ''",
    "who": "TEXT NOT NULL DEFAULT ''",
    "hash": "BLOB NOT NULL DEFAULT x''",
    "state": "BLOB NOT NULL DEFAULT x''",
}
_decode = msgspec.msgpack.Decoder(Record).decode


def connected(path: Path) -> sqlite3.Connection:
    """A connection that writes durably and can neither change nor remove what the ledger holds."""
    base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = FULL")
    base.execute("PRAGMA cache_size = -512")  # KiB; it is written far more than read
    # INSERT OR REPLACE removes without asking a trigger unless triggers are recursive.
    base.execute("PRAGMA recursive_triggers = ON")
    return base


def reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write, for a journal that another process may have open; raises sqlite3.Error."""
    base = _read_only(path, "mode=ro")
    try:
        base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError:
        # A folder that cannot be written has no room for the index of the log; there is no writer either.
        base.close()
        base = _read_only(path, "immutable=1")
    return base


def _any_text(data: bytes) -> str:
    """Text as a forger may have left it: what is no UTF-8 is read too, so that its record can be named."""
    return data.decode("utf-8", "backslashreplace")


def _read_only(path: Path, how: str) -> sqlite3.Connection:
    address = f"{path.resolve().as_uri()}?{how}"
    base = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False, timeout=5)
    base.text_factory = _any_text
    base.execute("PRAGMA query_only = ON")
    return base


def opened(path: Path) -> tuple[sqlite3.Connection, int]:
    """A connection to a sound journal of this version, and how many records were given their hash just now.

    Raises StoreDamaged.
    """
    base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        found = base.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreDamaged(file=str(path), detail=str(found))
        base.execute("PRAGMA journal_mode = WAL")
        built = _brought_up(base)
        last = "SELECT body FROM journal ORDER BY sequence DESC LIMIT 1000"
        for (body,) in base.execute(last):
            _decode(body)
    except (sqlite3.DatabaseError, msgspec.MsgspecError) as error:
        base.close()
        raise StoreDamaged(file=str(path), detail=str(error)) from error
    return base, built


def head_point(base: sqlite3.Connection) -> Point:
    """The last record and its hash."""
    row = base.execute("SELECT sequence, hash FROM journal ORDER BY sequence DESC LIMIT 1").fetchone()
    return Point(int(row[0]), bytes(row[1])) if row is not None else Point()


def last_head(base: sqlite3.Connection) -> Head | None:
    """The last signature."""
    row = base.execute("SELECT * FROM heads ORDER BY number DESC LIMIT 1").fetchone()
    return Head(*row) if row is not None else None


def known_keys(base: sqlite3.Connection) -> tuple[KeyEntry, ...]:
    """All keys in the order in which they signed."""
    rows = base.execute("SELECT public, since, by_old, by_new FROM keys ORDER BY number")
    return tuple(KeyEntry(*row) for row in rows)


def add_key(base: sqlite3.Connection, entry: KeyEntry) -> None:
    """One more key that signs from now on."""
    row = (entry.public, entry.since, entry.by_old, entry.by_new)
    base.execute("INSERT INTO keys(public, since, by_old, by_new) VALUES(?, ?, ?, ?)", row)


def _brought_up(base: sqlite3.Connection) -> int:
    names = {row[1] for row in base.execute("PRAGMA table_info(journal)")}
    if names and not names.issuperset(_ADD):
        base.execute("BEGIN IMMEDIATE")
        # The triggers of the older version refuse every change; they come back below.
        for trigger in ("journal_keeps", "journal_stays", "heads_keeps", "heads_stays"):
            base.execute(f"DROP TRIGGER IF EXISTS {trigger}")
        base.execute("DROP TABLE IF EXISTS heads")
        for name in [name for name in _ADD if name not in names]:
            base.execute(f"ALTER TABLE journal ADD COLUMN {name} {_ADD[name]}")
        built = _build_chain(base)
        base.execute("COMMIT")
    else:
        built = 0
    base.executescript(_SCHEMA)
    base.executescript(_LATER)
    for table in _KEPT:
        for name, change in (("keeps", "DELETE"), ("stays", "UPDATE")):
            base.execute(
                f"CREATE TRIGGER IF NOT EXISTS {table}_{name} BEFORE {change} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'append only'); END"
            )
    base.execute(f"PRAGMA user_version = {VERSION}")
    return built


def _build_chain(base: sqlite3.Connection) -> int:
    point, count = Point(), 0
    select = "SELECT sequence, part, key, body FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?"
    while rows := base.execute(select, (point.sequence, _CHUNK)).fetchall():
        changes: list[tuple[str, str, bytes, int]] = []
        for sequence, part, key, body in rows:
            record = _decode(body)
            link = Link(sequence, part, key, body, b"")
            point = Point(sequence, link_hash(point.hash, link))
            changes.append((record.kind.value, record.who, point.hash, sequence))
        base.executemany("UPDATE journal SET kind = ?, who = ?, hash = ? WHERE sequence = ?", changes)
        count += len(rows)
    return count
