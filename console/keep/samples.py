"""Samples in the store: each piece has the rows of a stretch of time for one set of tags, and the counts of every tag.

A piece that is not settled is the newest one, and is replaced by the next: late samples may still come into it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from hashlib import sha256

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch
from console.core.packing import RAW_KINDS, unpacked

_PIECE = (
    "INSERT INTO piece(start, end, settled, tagset, rows, tags, ends, body, tallies) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_WITHIN = "FROM piece WHERE end > ? AND start < ? ORDER BY start, id"
_COUNTS = tuple(np.dtype("<u4") for _ in range(3))


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of [start, end) UTC ns as they were packed; `tags` are places in `names`, the tags of the whole site."""

    start: int
    end: int
    settled: bool
    names: tuple[str, ...]
    rows: int
    tags: bytes
    ends: bytes
    body: bytes
    tallies: bytes


def put_piece(base: sqlite3.Connection, piece: Piece) -> None:
    """Add a piece in the place of what was not settled."""
    base.execute("DELETE FROM piece WHERE settled = 0 AND end > ? AND start < ?", (piece.start, piece.end))
    number = _tagset(base, piece.names)
    packed = (piece.rows, piece.tags, piece.ends, piece.body, piece.tallies)
    base.execute(_PIECE, (piece.start, piece.end, piece.settled, number, *packed))


def _tagset(base: sqlite3.Connection, names: Sequence[str]) -> int:
    body = msgspec.msgpack.encode(names)
    digest = sha256(body).hexdigest()
    base.execute("INSERT OR IGNORE INTO tagset(digest, names) VALUES(?, ?)", (digest, body))
    return int(base.execute("SELECT id FROM tagset WHERE digest = ?", (digest,)).fetchone()[0])


def stretches(
    base: sqlite3.Connection, start: int, end: int, *, settled: bool = False
) -> list[tuple[int, int]]:
    """Where samples are held within [start, end), joined, in order of time."""
    which = "AND settled = 1 " if settled else ""
    sql = f"SELECT start, end FROM piece WHERE end > ? AND start < ? {which}ORDER BY start"  # noqa: S608
    found: list[tuple[int, int]] = []
    for row in base.execute(sql, (start, end)):
        first, last = max(row[0], start), min(row[1], end)
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


def holes(held: Sequence[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    """What lies between stretches within [start, end)."""
    edges = [start, *(edge for pair in held for edge in pair), end]
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return [(first, last) for first, last in pairs if last > first]


class Samples:
    """Reads rows of [start, end) UTC ns; `damaged` counts pieces that could not be read."""

    def __init__(self, base: sqlite3.Connection, start: int, end: int) -> None:
        self._base = base
        self._span = (start, end)
        self.damaged = 0

    def rows(self, names: Sequence[str]) -> Iterator[Batch]:
        """Rows of tags piece by piece; the tag column has places in `names`."""
        start, end = self._span
        columns = f"SELECT tagset, rows, tags, ends, body {_WITHIN}"
        places: dict[int, NDArray[np.int64]] = {}
        for tagset, count, tags, ends, body in self._base.execute(columns, self._span):
            if tagset not in places:
                places[tagset] = _places(self._names(tagset), names)
            own = places[tagset][np.frombuffer(tags, "<u4")]
            if not (own >= 0).any():
                continue
            try:
                at, value, quality = unpacked(body, count, RAW_KINDS)
            except ValueError:
                self.damaged += 1
                continue
            tag = np.repeat(own, np.diff(np.frombuffer(ends, "<u4"), prepend=np.uint32(0)))
            mine = (tag >= 0) & (at >= start) & (at < end)
            yield Batch(tag[mine].astype(np.uint32), at[mine], value[mine], quality[mine])

    def tallies(self, names: Sequence[str]) -> tuple[NDArray[np.int64], int]:
        """Rows, good and usable rows of each of `names`, and how many pieces reach beyond the span with theirs."""
        start, end = self._span
        total = np.zeros((3, len(names) + 1), np.int64)
        places: dict[int, NDArray[np.int64]] = {}
        beyond = 0
        for first, last, tagset, tallies in self._base.execute(
            f"SELECT start, end, tagset, tallies {_WITHIN}", self._span
        ):
            if tagset not in places:
                places[tagset] = _places(self._names(tagset), names)
            if not start <= (first + last) // 2 < end:
                beyond += 1
                continue
            beyond += first < start or last > end
            own = places[tagset]
            try:
                counts = unpacked(tallies, len(own), _COUNTS)
            except ValueError:
                self.damaged += 1
                continue
            for row, column in zip(total, counts, strict=True):
                np.add.at(row, own, column)
        return total[:, :-1], beyond

    def _names(self, tagset: int) -> list[str]:
        body = self._base.execute("SELECT names FROM tagset WHERE id = ?", (tagset,)).fetchone()[0]
        return msgspec.msgpack.decode(body, type=list[str])


def _places(held: Sequence[str], names: Sequence[str]) -> NDArray[np.int64]:
    """Place in `names` of each tag held, -1 where it is not among them."""
    index = {name: place for place, name in enumerate(names)}
    return np.array([index.get(name, -1) for name in held], np.int64)
