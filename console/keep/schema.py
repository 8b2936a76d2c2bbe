"""The file: its tables, how it is opened, and what becomes of one that cannot be used.

The tables `journal`, `heads` and `keys` have the columns of a hub's journal, so that one reader serves both.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

FILE = Path("console") / "holdings.db"
VERSION = 1
MOST_ASIDE = 3
"""Files set aside that are kept; older ones go."""
CACHE_KIB = 512
"""Pages kept in memory: the store is written far more than read, and a full cache is memory that never comes back."""
_CHECKED_BYTES = 64 * 1024 * 1024
"""A file up to this size is checked page by page when it is opened."""
_TAILS = ("", "-wal", "-shm")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal(
    sequence INTEGER PRIMARY KEY, part TEXT NOT NULL, key TEXT NOT NULL, subject TEXT NOT NULL, at INTEGER NOT NULL,
    body BLOB NOT NULL, kind TEXT NOT NULL, who TEXT NOT NULL, hash BLOB NOT NULL, state BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS journal_at ON journal(at);
CREATE TABLE IF NOT EXISTS heads(
    number INTEGER PRIMARY KEY, sequence INTEGER NOT NULL, at INTEGER NOT NULL, hash BLOB NOT NULL,
    key BLOB NOT NULL, signature BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS heads_sequence ON heads(sequence);
CREATE TABLE IF NOT EXISTS keys(
    number INTEGER PRIMARY KEY, public BLOB NOT NULL, since INTEGER NOT NULL, by_old BLOB NOT NULL,
    by_new BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS anchor(sequence INTEGER PRIMARY KEY, hash BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS heard(id INTEGER PRIMARY KEY CHECK(id = 1), at INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS site(
    digest TEXT PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS tagset(id INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, names BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS piece(
    id INTEGER PRIMARY KEY, start INTEGER NOT NULL, end INTEGER NOT NULL, settled INTEGER NOT NULL,
    tagset INTEGER NOT NULL, rows INTEGER NOT NULL, tags BLOB NOT NULL, ends BLOB NOT NULL, body BLOB NOT NULL,
    tallies BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS piece_time ON piece(end, start);
"""


def opened(path: Path) -> sqlite3.Connection:
    """A sound file of this version, made when there is none. Raises sqlite3.Error, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # What a seat has seen is for its owner only.
    os.close(os.open(path, os.O_CREAT, 0o600))
    base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    try:
        found = int(base.execute("PRAGMA user_version").fetchone()[0])
        if found > VERSION:
            raise sqlite3.DatabaseError(f"version {found}")
        if path.stat().st_size <= _CHECKED_BYTES:
            said = base.execute("PRAGMA quick_check(1)").fetchone()[0]
            if said != "ok":
                raise sqlite3.DatabaseError(str(said))
        base.execute("PRAGMA auto_vacuum = INCREMENTAL")
        base.execute("PRAGMA journal_mode = WAL")
        # A crash of this program loses nothing; one of the computer the last moments, and they are asked for again.
        base.execute("PRAGMA synchronous = NORMAL")
        base.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        base.executescript(_SCHEMA)
        base.execute(f"PRAGMA user_version = {VERSION}")
    except sqlite3.Error:
        base.close()
        raise
    return base


def unusable(error: sqlite3.Error) -> bool:
    """Whether the file itself is at fault: neither a disk that is full or away, nor another program that has it."""
    if isinstance(error, sqlite3.OperationalError):
        return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return isinstance(error, sqlite3.DatabaseError)


def set_aside(path: Path, stamp: str) -> Path:
    """Give the file another name, so that a new one can begin. Raises OSError."""
    aside = path.with_name(f"{path.stem}-{stamp}{path.suffix}")
    for tail in reversed(_TAILS):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + tail).replace(aside.with_name(aside.name + tail))
    older = sorted(path.parent.glob(f"{path.stem}-*{path.suffix}"), key=_age)[:-MOST_ASIDE]
    for one in older:
        for tail in _TAILS:
            one.with_name(one.name + tail).unlink(missing_ok=True)
    return aside


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns
