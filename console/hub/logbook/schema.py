"""Tables of the index of the log. It holds nothing that is not in the journal, and is made anew when it is in doubt."""

from __future__ import annotations

import logging
import os
import sqlite3
from pathlib import Path

log = logging.getLogger("app")

VERSION = 1
_SCHEMA = """
CREATE TABLE entries(
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, at INTEGER NOT NULL, author TEXT NOT NULL,
    names TEXT NOT NULL, area TEXT NOT NULL, corrects TEXT NOT NULL, locked INTEGER NOT NULL DEFAULT 0,
    body BLOB NOT NULL);
CREATE INDEX entries_at ON entries(at, id);
CREATE INDEX entries_area ON entries(area, at, id);
CREATE INDEX entries_corrects ON entries(corrects) WHERE corrects <> '';
CREATE INDEX entries_open ON entries(at) WHERE locked = 0;
CREATE TABLE links(key TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(key, number)) WITHOUT ROWID;
CREATE TABLE files(sha256 TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY(sha256, number)) WITHOUT ROWID;
CREATE TABLE mentions(
    account TEXT NOT NULL, number INTEGER NOT NULL, seen INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY(account, number)) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5(
    tokens, content = '', columnsize = 0, tokenize = "unicode61 remove_diacritics 0");
CREATE TABLE place(one INTEGER PRIMARY KEY CHECK(one = 1), sequence INTEGER NOT NULL, locked_until INTEGER NOT NULL);
INSERT INTO place VALUES(1, 0, 0);
"""


def opened(path: Path) -> sqlite3.Connection:
    """The index, made anew when it is of another version or cannot be read; raises sqlite3.Error when it cannot."""
    try:
        base = _connected(path)
        found = base.execute("PRAGMA user_version").fetchone()[0]
        if found == VERSION:
            base.execute("SELECT sequence FROM place").fetchone()
            return base
        base.close()
    except sqlite3.DatabaseError as error:
        log.warning("the index of the operator log is made anew: %s", error)
    remove(path)
    base = _connected(path)
    base.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
    return base


def remove(path: Path) -> None:
    """Take the index away."""
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)


def reading(path: Path) -> sqlite3.Connection:
    """A second connection, which cannot write, for questions beside the hub's work."""
    base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    base.execute("PRAGMA query_only = ON")
    return base


def _connected(path: Path) -> sqlite3.Connection:
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
    base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = NORMAL")
    base.execute("PRAGMA cache_size = -2048")  # KiB
    return base
