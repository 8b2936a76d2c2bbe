"""How much the store may hold: days and megabytes; the oldest goes first, and its place goes back to the disk."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

_DAY = 86_400 * 10**9
_LOW = 0.9
"""Of the megabytes: what is left when something had to go for them."""
_STEPS = 40


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that is kept."""

    days: float = 35.0
    megabytes: float = 1024.0


def used_bytes(base: sqlite3.Connection) -> int:
    """Bytes of the file that hold something."""
    pages, free, size = (
        int(base.execute(f"PRAGMA {name}").fetchone()[0])
        for name in ("page_count", "freelist_count", "page_size")
    )
    return (pages - free) * size


def keep_within(base: sqlite3.Connection, bounds: Bounds, now: int) -> int:
    """Forget what is too old or too much at `now` (UTC ns); the time from which on everything is kept, 0 for all."""
    cutoff = now - int(bounds.days * _DAY)
    gone = _forget(base, cutoff)
    most = int(bounds.megabytes * 2**20)
    if used_bytes(base) > most:
        for _ in range(_STEPS):
            oldest = _oldest(base)
            if used_bytes(base) <= most * _LOW or oldest is None or oldest >= now:
                break
            cutoff = max(cutoff, oldest + max((now - oldest) // 10, 1))
            gone |= _forget(base, cutoff)
    if gone:
        # Asked for as a statement it gives back one page only.
        base.executescript("PRAGMA incremental_vacuum")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return cutoff if gone else 0


def _oldest(base: sqlite3.Connection) -> int | None:
    found = (
        base.execute(f"SELECT min({column}) FROM {table}").fetchone()[0]  # noqa: S608
        for column, table in (("at", "journal"), ("end", "piece"))
    )
    return min((int(at) for at in found if at is not None), default=None)


def _forget(base: sqlite3.Connection, cutoff: int) -> bool:
    base.execute("BEGIN IMMEDIATE")
    try:
        count = base.execute("DELETE FROM piece WHERE end <= ?", (cutoff,)).rowcount
        base.execute("DELETE FROM tagset WHERE id NOT IN (SELECT tagset FROM piece)")
        count += _forget_records(base, cutoff)
        base.execute("COMMIT")
    except sqlite3.Error:
        base.execute("ROLLBACK")
        raise
    return count > 0


def _forget_records(base: sqlite3.Connection, cutoff: int) -> int:
    first = base.execute("SELECT min(sequence) FROM journal WHERE at >= ?", (cutoff,)).fetchone()[0]
    if first is None:
        # The last one stays: it is what the next one follows.
        first = base.execute("SELECT max(sequence) FROM journal").fetchone()[0]
    row = base.execute(
        "SELECT sequence, hash FROM journal WHERE sequence = ?", ((first or 0) - 1,)
    ).fetchone()
    if row is None:
        return 0
    base.execute("DELETE FROM anchor")
    base.execute("INSERT INTO anchor(sequence, hash) VALUES(?, ?)", row)
    base.execute("DELETE FROM heads WHERE sequence < ?", (first,))
    return base.execute("DELETE FROM journal WHERE sequence < ?", (first,)).rowcount
