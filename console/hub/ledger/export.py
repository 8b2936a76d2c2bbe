"""A ledger, or a span of it, as JSON lines for an auditor."""

from __future__ import annotations

import sqlite3
from typing import IO

import msgspec

from console.core.ledger.chain import Link
from console.core.ledger.heads import Seal
from console.core.ledger.lines import head_line, record_line, seal_line, top_line
from console.hub.ledger.base_check import heads, links, point_at
from console.hub.ledger.keys import Signer
from console.hub.ledger.schema import known_keys

_LAST_AT = 2**62


class Exported(msgspec.Struct, frozen=True):
    """What an export holds; `signed_to` is the last record under a signature made in time."""

    first: int
    last: int
    signed_to: int
    sealed: bool


def export(
    base: sqlite3.Connection,
    out: IO[bytes],
    span: tuple[int, int] = (0, _LAST_AT),
    *,
    signer: Signer | None,
    now: int,
) -> Exported | None:
    """Write the records of [start, end) UTC ns up to the next signature after them; None when there are none.

    A `signer` seals the end; `now` is UTC ns. Raises LookupError, sqlite3.Error, OSError, msgspec.MsgspecError.
    """
    base.execute("BEGIN")
    try:
        bounds = _bounds(base, *span)
        if bounds is None:
            return None
        first, last = bounds
        before = point_at(base, first - 1)
        out.write(top_line("export", known_keys(base), first, before.hash) + b"\n")
        signed_to = _write(base, out, first, last)
        seal = Seal(first, last, now, before.hash, point_at(base, last).hash)
        if signer is not None:
            seal = signer.seal(seal)
        out.write(seal_line(seal) + b"\n")
        return Exported(first, last, signed_to, signer is not None)
    finally:
        base.execute("ROLLBACK")


def _bounds(base: sqlite3.Connection, start: int, end: int) -> tuple[int, int] | None:
    where = "SELECT min(sequence), max(sequence) FROM journal WHERE at >= ? AND at < ?"
    first, last = base.execute(where, (start, end)).fetchone()
    if first is None:
        return None
    later = base.execute("SELECT min(sequence) FROM heads WHERE sequence >= ?", (last,)).fetchone()[0]
    if later is None:
        # Nothing after it is signed yet; the seal covers what is left.
        return int(first), int(last)
    newest = base.execute("SELECT max(sequence) FROM journal").fetchone()[0]
    return int(first), min(int(later), int(newest))


def _write(base: sqlite3.Connection, out: IO[bytes], first: int, last: int) -> int:
    signatures = heads(base, first, last)
    head = next(signatures, None)
    signed_to = 0
    link: Link
    for link in links(base, first - 1, last):
        out.write(record_line(link) + b"\n")
        while head is not None and head.sequence <= link.sequence:
            out.write(head_line(head) + b"\n")
            signed_to = head.sequence
            head = next(signatures, None)
    return signed_to
