"""What a console asks for its own store: the ledger by sequence, and raw samples with their counts.

A seat asks this by itself, one question at a time and behind everything else.
"""

from __future__ import annotations

from console.core.ledger.chain import Link
from console.core.ledger.heads import Head, KeyEntry
from console.wire.base import Asked, Message


class QueryLedger(Asked, frozen=True, kw_only=True):
    """Ask for the records after sequence `after`, oldest first, as they stand in the ledger."""

    request: str
    after: int = 0
    heads_after: int = 0
    """Number of the last signature that the console holds."""
    since: int = 0
    """With `after` 0: begin with the first record of this time (UTC ns) or later."""
    most: int = 0
    """With `after` 0: begin at most so many records back; 0 for no limit."""
    limit: int = 1000


class LedgerReply(Message, frozen=True, kw_only=True):
    """Answer to QueryLedger."""

    request: str
    at: int = 0
    """The hub's clock, UTC ns: with an answer that has no more, everything before this is told."""
    head: int = 0
    """Sequence of the last record there is."""
    previous: bytes = b""
    """Hash of the record before the first link, or before the next one when there is none."""
    links: tuple[Link, ...] = ()
    heads: tuple[Head, ...] = ()
    """Signatures over what was told."""
    keys: tuple[KeyEntry, ...] = ()
    """All of them."""
    more: bool = False
    reason: str = ""
    """Empty, or why the query was refused."""


class QuerySamples(Asked, frozen=True, kw_only=True):
    """Ask for the stored samples of some tags in [start, end) UTC ns, and how many there are of every tag."""

    request: str
    tags: tuple[int, ...]
    start: int
    end: int


class SamplesReply(Message, frozen=True, kw_only=True):
    """Answer to QuerySamples: rows of [start, end) by tag, then time, packed as `core.packing` does."""

    request: str
    start: int = 0
    end: int = 0
    """Earlier than asked for when there were too many rows: ask on from here."""
    at: int = 0
    """The hub's clock, UTC ns."""
    oldest: int = 0
    """UTC ns of the oldest sample that the hub has, 0 for none."""
    rows: int = 0
    tags: bytes = b""
    """Tags that have rows, u32 little-endian, ascending."""
    ends: bytes = b""
    """Row behind the last one of each of them, u32 little-endian."""
    body: bytes = b""
    """UTC ns, value and quality of all rows, packed."""
    tallies: bytes = b""
    """Rows, good rows and usable rows of every tag of the catalogue: three u32 columns, packed."""
    reason: str = ""
    """Empty, or why the query was refused."""
