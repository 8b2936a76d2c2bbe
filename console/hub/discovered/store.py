"""Everything that was ever discovered, in one SQLite file; a transaction keeps a whole offering or nothing of it."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from console.core.discovery import DiscoveryBook, Found, FoundAsset, FoundPoint
from console.hub.failure import StoreDamaged

FILE = "discovered.db"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS asset(
    number INTEGER PRIMARY KEY, feed TEXT NOT NULL, source TEXT NOT NULL, body BLOB NOT NULL,
    UNIQUE(feed, source));
CREATE TABLE IF NOT EXISTS point(
    number INTEGER PRIMARY KEY, feed TEXT NOT NULL, source TEXT NOT NULL, path TEXT NOT NULL, kind TEXT NOT NULL,
    body BLOB NOT NULL, UNIQUE(feed, source, path, kind));
"""
_PUT_ASSET = """
INSERT INTO asset(feed, source, body) VALUES(?, ?, ?)
ON CONFLICT(feed, source) DO UPDATE SET body = excluded.body
"""
_PUT_POINT = """
INSERT INTO point(feed, source, path, kind, body) VALUES(?, ?, ?, ?, ?)
ON CONFLICT(feed, source, path, kind) DO UPDATE SET body = excluded.body
"""
_FORGET = "DELETE FROM point WHERE feed = ? AND source = ? AND path = ? AND kind = ?"
_encode = msgspec.msgpack.Encoder().encode


class DiscoveredStore:
    """One file. Raises StoreDamaged when it cannot be read."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = FULL")
            self._base.executescript(_SCHEMA)
        except sqlite3.DatabaseError as error:
            self._base.close()
            raise StoreDamaged(file=str(path), detail=str(error)) from error

    def read(self) -> DiscoveryBook:
        """All of it, in the order of being found. Raises StoreDamaged."""
        try:
            return _book(self._base)
        except (sqlite3.DatabaseError, msgspec.DecodeError, msgspec.ValidationError) as error:
            raise StoreDamaged(file=str(self._path), detail=str(error)) from error

    def write(self, found: Found) -> None:
        """Make changes durable. Blocks on the disk; raises sqlite3.Error with nothing written."""
        self._base.execute("BEGIN IMMEDIATE")
        with self._base:
            self._base.executemany(_PUT_ASSET, [(one.feed, one.source, _encode(one)) for one in found.assets])
            self._base.executemany(_PUT_POINT, [_row(point) for point in found.points])

    def forget(self, points: Sequence[FoundPoint]) -> None:
        """These have never been found. Blocks on the disk; raises sqlite3.Error with nothing forgotten."""
        self._base.execute("BEGIN IMMEDIATE")
        with self._base:
            self._base.executemany(_FORGET, [_row(point)[:4] for point in points])

    def close(self) -> None:
        """Close the file."""
        self._base.close()


def read_book(data: Path) -> DiscoveryBook:
    """What the hub of a data directory has discovered, also while it runs; raises OSError or sqlite3.Error."""
    path = data / "hub" / FILE
    if not path.is_file():
        raise FileNotFoundError(2, "nothing has been discovered", str(path))
    with _read_only(path) as base:
        return _book(base)


def _book(base: sqlite3.Connection) -> DiscoveryBook:
    assets = base.execute("SELECT body FROM asset ORDER BY number").fetchall()
    points = base.execute("SELECT body FROM point ORDER BY number").fetchall()
    return DiscoveryBook(
        [msgspec.msgpack.decode(body, type=FoundAsset) for (body,) in assets],
        [msgspec.msgpack.decode(body, type=FoundPoint) for (body,) in points],
    )


def _row(point: FoundPoint) -> tuple[str, str, str, str, bytes]:
    offer = point.offer
    return point.feed, offer.source, offer.path, offer.kind.value, _encode(point)


@contextmanager
def _read_only(path: Path) -> Generator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as base:
        base.execute("BEGIN")
        yield base
