"""Segments of history in one SQLite file: a segment is what one flush or one merge wrote, in blocks of some
thousand rows.

A block holds whole tags, with a plain index of them, so that reading one tag of a segment unpacks one block
only. A transaction writes a segment whole or not at all; a block whose bytes are damaged is logged once and
left out.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from console.core.packing import RAW_KINDS, packed, unpacked
from console.hub.failure import StoreDamaged
from console.hub.historian.rows import ROLL_KINDS

log = logging.getLogger("history")

RAW = 0
_BLOCK_ROWS = 8192
_SCHEMA = """
CREATE TABLE IF NOT EXISTS segment(
    id INTEGER PRIMARY KEY AUTOINCREMENT, width INTEGER NOT NULL, generation INTEGER NOT NULL,
    start INTEGER NOT NULL, end INTEGER NOT NULL, rows INTEGER NOT NULL, bytes INTEGER NOT NULL,
    made INTEGER NOT NULL, rolled INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS segment_time ON segment(width, end, start);
CREATE TABLE IF NOT EXISTS block(
    id INTEGER PRIMARY KEY, segment INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    rows INTEGER NOT NULL, tags BLOB NOT NULL, ends BLOB NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS block_tag ON block(segment, first);
"""
_SEGMENTS = "SELECT id, width, generation, start, end, rows, bytes, made, rolled FROM segment"
_OVERLAPPING = _SEGMENTS + " WHERE width = ? AND end >= ? AND start <= ? ORDER BY id"
_UNROLLED = _SEGMENTS + " WHERE width = 0 AND rolled = 0 ORDER BY id"
_ALL = _SEGMENTS + " ORDER BY id"
_ADD = "INSERT INTO segment(width, generation, start, end, rows, bytes, made, rolled) VALUES(?,?,?,?,?,0,?,?)"
_ADD_BLOCK = "INSERT INTO block(segment, first, last, rows, tags, ends, body) VALUES(?,?,?,?,?,?,?)"
_FIND = """
SELECT id, last, rows, tags, ends FROM block WHERE segment = ? AND first <= ? ORDER BY first DESC LIMIT 1
"""


class Segment(NamedTuple):
    """One row of the table of segments; `width` is 0 for raw rows, else the bucket in ns. Times are UTC ns."""

    id: int
    width: int
    generation: int
    start: int
    end: int
    rows: int
    bytes: int
    made: int
    rolled: int
    """Whether raw rows of this segment are in the roll-ups already."""


class SegmentStore:
    """One connection to the file; the writer and the reader of a historian have one each. Raises
    StoreDamaged.
    """

    def __init__(self, path: Path) -> None:
        self._damaged: set[int] = set()
        self.base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            self.base.execute("PRAGMA auto_vacuum = INCREMENTAL")
            self.base.execute("PRAGMA journal_mode = WAL")
            self.base.execute("PRAGMA synchronous = NORMAL")
            self.base.execute("PRAGMA cache_size = -256")  # KiB; pages of segments are read once
            # A checkpoint waits for the disk: it is made when nobody waits for the commit.
            self.base.execute("PRAGMA wal_autocheckpoint = 0")
            self.base.executescript(_SCHEMA)
            self.base.execute(_ALL).fetchone()
        except sqlite3.DatabaseError as error:
            self.base.close()
            raise StoreDamaged(file=str(path), detail=str(error)) from error

    def transaction(self) -> AbstractContextManager[object]:
        """Commits on leaving, rolls back on an exception."""
        self.base.execute("BEGIN IMMEDIATE")
        return self.base

    def add(self, segment: Segment, tag: NDArray[np.uint32], columns: Sequence[NDArray[Any]]) -> int:
        """Write rows sorted by tag as a segment (its id, rows and bytes are filled in here); returns the id."""
        head = (segment.width, segment.generation, segment.start, segment.end, len(tag))
        cursor = self.base.execute(_ADD, (*head, segment.made, segment.rolled))
        number = int(cursor.lastrowid or 0)
        size = 0
        for block in _blocks(number, tag, columns):
            size += len(block[-1])
            self.base.execute(_ADD_BLOCK, block)
        self.base.execute("UPDATE segment SET bytes = ? WHERE id = ?", (size, number))
        return number

    def segments(self, width: int, start: int, end: int) -> list[Segment]:
        """Segments of a width with rows between two UTC ns, both included, in order of writing."""
        return [Segment(*row) for row in self.base.execute(_OVERLAPPING, (width, start, end))]

    def unrolled(self) -> list[Segment]:
        """Raw segments whose rows are in no roll-up yet."""
        return [Segment(*row) for row in self.base.execute(_UNROLLED)]

    def all_segments(self) -> list[Segment]:
        """Every segment, oldest first."""
        return [Segment(*row) for row in self.base.execute(_ALL)]

    def count(self, segment: Segment, tag: int) -> int:
        """Rows of a tag in a segment, from the index alone."""
        found = self._find(segment, tag)
        return found[2].stop - found[2].start if found else 0

    def read(self, segment: Segment, tag: int) -> list[NDArray[Any]] | None:
        """Columns of a tag in a segment (without the tag), or None."""
        found = self._find(segment, tag)
        if found is None:
            return None
        number, rows, part = found
        body = self.base.execute("SELECT body FROM block WHERE id = ?", (number,)).fetchone()[0]
        columns = self._unpacked(number, body, rows, segment.width)
        return None if columns is None else [column[part] for column in columns]

    def whole(self, segment: Segment) -> tuple[NDArray[np.uint32], list[NDArray[Any]]]:
        """All rows of a segment: tags and columns."""
        parts: list[list[NDArray[Any]]] = []
        sql = "SELECT id, rows, tags, ends, body FROM block WHERE segment = ? ORDER BY first"
        for number, rows, tags, ends, body in self.base.execute(sql, (segment.id,)):
            columns = self._unpacked(number, body, rows, segment.width)
            if columns is not None:
                counts = np.diff(np.frombuffer(ends, "<u4"), prepend=np.uint32(0))
                parts.append([np.repeat(np.frombuffer(tags, "<u4"), counts), *columns])
        if not parts:
            return np.empty(0, np.uint32), [np.empty(0, kind) for kind in _kinds(segment.width)]
        joined = [np.concatenate(column) for column in zip(*parts, strict=True)]
        return joined[0], joined[1:]

    def mark_rolled(self, segments: Iterable[Segment]) -> None:
        """These raw segments are in the roll-ups from now on."""
        self.base.executemany("UPDATE segment SET rolled = 1 WHERE id = ?", [(s.id,) for s in segments])

    def remove(self, segments: Iterable[Segment]) -> None:
        """Forget segments."""
        numbers = [(segment.id,) for segment in segments]
        self.base.executemany("DELETE FROM block WHERE segment = ?", numbers)
        self.base.executemany("DELETE FROM segment WHERE id = ?", numbers)

    def checkpoint(self) -> None:
        """Move what is committed from the log to the file."""
        self.base.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def shrink(self) -> None:
        """Give free pages back to the disk."""
        # As a script: a statement that gives no rows is stepped once, and would free one page.
        self.base.executescript("PRAGMA incremental_vacuum")

    def _find(self, segment: Segment, tag: int) -> tuple[int, int, slice] | None:
        row = self.base.execute(_FIND, (segment.id, tag)).fetchone()
        if row is None or row[1] < tag:
            return None
        tags, ends = np.frombuffer(row[3], "<u4"), np.frombuffer(row[4], "<u4")
        place = int(np.searchsorted(tags, tag))
        if place >= len(tags) or tags[place] != tag:
            return None
        return row[0], row[2], slice(int(ends[place - 1]) if place else 0, int(ends[place]))

    def _unpacked(self, number: int, body: bytes, rows: int, width: int) -> list[NDArray[Any]] | None:
        try:
            return unpacked(body, rows, _kinds(width))
        except ValueError as error:
            if number not in self._damaged:
                self._damaged.add(number)
                log.error("block %s of the history is damaged and left out: %s", number, error)
            return None


def _kinds(width: int) -> tuple[np.dtype[Any], ...]:
    return ROLL_KINDS if width else RAW_KINDS


def _blocks(
    segment: int, tag: NDArray[np.uint32], columns: Sequence[NDArray[Any]]
) -> Iterable[tuple[int, int, int, int, bytes, bytes, bytes]]:
    starts = (
        np.flatnonzero(np.concatenate(([True], tag[1:] != tag[:-1]))) if len(tag) else np.empty(0, np.intp)
    )
    ends = np.append(starts[1:], len(tag))
    first = 0
    while first < len(starts):
        begin = int(starts[first])
        after = max(first + 1, int(np.searchsorted(ends, begin + _BLOCK_ROWS, "right")))
        stop = int(ends[after - 1])
        tags = tag[starts[first:after]].astype("<u4")
        body = packed([column[begin:stop] for column in columns])
        index = (ends[first:after] - begin).astype("<u4")
        yield segment, int(tags[0]), int(tags[-1]), stop - begin, tags.tobytes(), index.tobytes(), body
        first = after
