"""The ledger by sequence, as it stands on the disk."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import msgspec

from console.core.ledger.chain import GENESIS, Link
from console.core.ledger.heads import Head, KeyEntry
from console.hub.ledger.schema import head_point, known_keys, reading

MOST_LINKS = 2_000
_MOST_BYTES = 1024 * 1024
_MOST_HEADS = 2_000


class LedgerPart(msgspec.Struct, frozen=True, kw_only=True):
    """Records after a place with what signs them; `previous` is the hash before the first."""

    head: int
    previous: bytes
    links: tuple[Link, ...]
    heads: tuple[Head, ...]
    keys: tuple[KeyEntry, ...]
    more: bool


class LedgerParts:
    """One reader of a journal, for one question at a time; raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._base: sqlite3.Connection | None = None
        self._working = threading.Lock()

    def after(self, sequence: int, heads_after: int, limit: int) -> LedgerPart:
        """Records behind `sequence` and signatures behind number `heads_after`, as many as one answer takes."""
        with self._working:
            base = self._opened()
            base.execute("BEGIN")
            try:
                return _part(base, sequence, heads_after, limit)
            finally:
                base.execute("ROLLBACK")

    def begin(self, since: int, most: int) -> int:
        """The sequence before the first record of a time or later, at most `most` records back; 0: any number."""
        with self._working:
            base = self._opened()
            head = head_point(base).sequence
            first = _first_since(base, since) if since else 1
            behind = head if first is None else first - 1
            return max(behind, head - most) if most else behind

    def close(self) -> None:
        """Close the file."""
        with self._working:
            if self._base is not None:
                self._base.close()
                self._base = None

    def _opened(self) -> sqlite3.Connection:
        if self._base is None:
            self._base = reading(self._path)
        return self._base


def _part(base: sqlite3.Connection, sequence: int, heads_after: int, limit: int) -> LedgerPart:
    head = head_point(base).sequence
    row = base.execute("SELECT hash FROM journal WHERE sequence = ?", (sequence,)).fetchone()
    links: list[Link] = []
    size = 0
    sql = "SELECT sequence, part, key, body, hash, state FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?"
    for found in base.execute(sql, (sequence, limit)):
        link = Link(*found)
        size += len(link.body)
        links.append(link)
        if size >= _MOST_BYTES:
            break
    last = links[-1].sequence if links else sequence
    first = sequence + 1 if not heads_after else 0
    heads = base.execute(
        "SELECT number, sequence, at, hash, key, signature FROM heads "
        "WHERE number > ? AND sequence BETWEEN ? AND ? ORDER BY number LIMIT ?",
        (heads_after, first, last, _MOST_HEADS),
    ).fetchall()
    return LedgerPart(
        head=head,
        previous=bytes(row[0]) if row is not None else GENESIS,
        links=tuple(links),
        heads=tuple(Head(*head) for head in heads),
        keys=known_keys(base),
        more=last < head or len(heads) == _MOST_HEADS,
    )


def _first_since(base: sqlite3.Connection, since: int) -> int | None:
    sql = "SELECT min(sequence) FROM journal WHERE part = ? AND at >= ?"
    parts = [row[0] for row in base.execute("SELECT DISTINCT part FROM journal")]
    found = [base.execute(sql, (part, since)).fetchone()[0] for part in parts]
    return min((int(one) for one in found if one is not None), default=None)
