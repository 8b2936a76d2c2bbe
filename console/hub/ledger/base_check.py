"""A journal's database read through the verifier, in the order it was written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from hashlib import sha256

from console.core.ledger.audit import Verifier, field_fault
from console.core.ledger.chain import LAST_SEQUENCE, Link, Point
from console.core.ledger.faults import Finding, LedgerFault
from console.core.ledger.heads import Head

_ROWS = 1_000
_LINKS = (
    "SELECT sequence, part, key, body, hash, state, subject, at, kind, who FROM journal "
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


def check_states(base: sqlite3.Connection, *, thorough: bool = True) -> Iterator[Finding]:
    """States of keys that are not what a record has left; the records themselves are not checked.

    `thorough` reads every record to see that it is the last one, and that no state is missing. Records from before
    the chain have left nothing to compare with.
    """
    last = "SELECT part, key, max(sequence) FROM journal WHERE state <> x'' GROUP BY part, key"
    left = {(row[0], row[1]): int(row[2]) for row in base.execute(last)} if thorough else {}
    kept = (
        "SELECT state.part, state.key, state.sequence, state.body, journal.part, journal.key, journal.state "
        "FROM state LEFT JOIN journal ON journal.sequence = state.sequence"
    )
    for part, key, sequence, body, record_part, record_key, digest in base.execute(kept):
        wanted = left.pop((part, key), 0) or sequence
        own = (record_part, record_key) == (part, key)
        matches = own and digest in (b"", sha256(_bytes(body)).digest())
        if not matches or wanted != sequence:
            yield Finding(LedgerFault.STATE_DIFFERS, _whole(wanted), detail=_text(key))
    for (_, key), sequence in left.items():
        yield Finding(LedgerFault.STATE_DIFFERS, sequence, detail=_text(key))


def _rows(
    base: sqlite3.Connection, after: int, until: int
) -> Iterator[tuple[Link, tuple[str, int, str, str]]]:
    while True:
        rows = base.execute(_LINKS, (after, until, _ROWS)).fetchall()
        for sequence, part, key, body, digest, state, *columns in rows:
            kept = _text(part), _text(key), _bytes(body), _bytes(digest), _bytes(state)
            link = Link(sequence, *kept)
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
