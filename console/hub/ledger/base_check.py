"""A journal's database read through the verifier, in the order it was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from console.core.ledger.audit import Verifier, field_fault
from console.core.ledger.chain import LAST_SEQUENCE, Link, Point
from console.core.ledger.faults import Finding, LedgerFault
from console.core.ledger.heads import Head

_ROWS = 1_000
_LINKS = (
    "SELECT sequence, part, key, body, hash, subject, at, kind, who FROM journal "
    "WHERE sequence > ? AND sequence <= ? ORDER BY sequence LIMIT ?"
)
_HEADS = "SELECT * FROM heads WHERE number > ? AND sequence >= ? AND sequence <= ? ORDER BY number"


def is_ledger(base: sqlite3.Connection) -> bool:
    """Whether the journal has a chain; one of an older version gets it when a hub opens it."""
    names = {row[1] for row in base.execute("PRAGMA table_info(journal)")}
    return "hash" in names


def links(base: sqlite3.Connection, after: int = 0, until: int = LAST_SEQUENCE) -> Iterator[Link]:
    """Records with a sequence of (after, until]."""
    for link, _ in _rows(base, after, until):
        yield link


def heads(
    base: sqlite3.Connection, first: int = 0, last: int = LAST_SEQUENCE, number: int = 0
) -> Iterator[Head]:
    """Signatures over records of [first, last] after the one with `number`, in the order of signing."""
    for row in base.execute(_HEADS, (number, first, last)):
        count, sequence, at, digest, key, signature = row
        yield Head(
            _whole(count), _whole(sequence), _whole(at), _bytes(digest), _bytes(key), _bytes(signature)
        )


def point_at(base: sqlite3.Connection, sequence: int) -> Point:
    """The record with this sequence and its hash; the beginning of the chain for 0. Raises LookupError."""
    if sequence == 0:
        return Point()
    row = base.execute("SELECT hash FROM journal WHERE sequence = ?", (sequence,)).fetchone()
    if row is None:
        raise LookupError(sequence)
    return Point(sequence, _bytes(row[0]))


def check(base: sqlite3.Connection, verifier: Verifier, after: int = 0, until: int = LAST_SEQUENCE) -> None:
    """Give records of (after, until] and signatures that it has not seen to the verifier.

    It can be called again with what came since; a signature is never over less than was there before it.
    """
    if not after:
        for (sequence,) in base.execute("SELECT sequence FROM journal WHERE sequence <= 0"):
            verifier.found(Finding(LedgerFault.RECORD_INSERTED, sequence, sequence, sequence))
    signatures = heads(base, after, until, verifier.number)
    head = next(signatures, None)
    for link, columns in _rows(base, after, until):
        while head is not None and head.sequence < link.sequence:
            verifier.head(head)
            head = next(signatures, None)
        verifier.record(link)
        finding = field_fault(link, columns)
        if finding is not None:
            verifier.found(finding)
    while head is not None:
        verifier.head(head)
        head = next(signatures, None)


def _rows(
    base: sqlite3.Connection, after: int, until: int
) -> Iterator[tuple[Link, tuple[str, int, str, str]]]:
    while True:
        rows = base.execute(_LINKS, (after, until, _ROWS)).fetchall()
        for sequence, part, key, body, digest, *columns in rows:
            link = Link(sequence, _text(part), _text(key), _bytes(body), _bytes(digest))
            yield link, (columns[0], columns[1], columns[2], columns[3])
        if len(rows) < _ROWS:
            return
        after = rows[-1][0]


# SQLite keeps what it is given: a forger may have put anything into a column.
def _bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def _text(value: object) -> str:
    return value if isinstance(value, str) else repr(value)


def _whole(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value <= LAST_SEQUENCE else 0
