"""Recorded samples from the history of a hub, in order of time; nothing is written, also while the hub runs.

Segments overlap, so rows are held back until no segment that is still to come can hold an older one.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch, empty_batch, joined
from console.core.packing import RAW_KINDS, unpacked

log = logging.getLogger("history")

FILE = Path("hub") / "history.db"
ROWS = 65_536
"""Rows of a batch, at most."""
_SEGMENTS = """
SELECT id, start FROM segment WHERE width = 0 AND end >= ? AND start < ? ORDER BY start, id
"""
_BLOCKS = "SELECT id, rows, tags, ends, body FROM block WHERE segment = ? ORDER BY first"


class _Segment(NamedTuple):
    id: int
    start: int


class HistoryFile:
    """History of one data directory; `damaged` and `unknown` count blocks and rows that could not be used."""

    def __init__(self, data: Path, tags: Sequence[str], start: int, end: int) -> None:
        self._path = data / FILE
        self._tags = tags
        self._places: NDArray[np.int64] = np.empty(0, np.int64)
        self._span = (start, end)
        self.damaged = 0
        self.unknown = 0
        """Rows of tags that the profile does not have."""
        self.rows = 0

    @property
    def name(self) -> str:
        """How messages call the file."""
        return str(self._path)

    def batches(self) -> Iterator[Batch]:
        """Rows of [start, end) in order of time. Raises OSError or sqlite3.Error when it cannot be read."""
        if not self._path.is_file():
            raise FileNotFoundError(2, "no history", str(self._path))
        with _read_only(self._path) as base:
            self._places = _places(base, self._tags)
            segments = [_Segment(*row) for row in base.execute(_SEGMENTS, self._span)]
            held = empty_batch()
            for place, segment in enumerate(segments):
                rows = joined([held, self._segment(base, segment)])
                later = segments[place + 1].start if place + 1 < len(segments) else self._span[1]
                ready = rows.at < later
                held = rows.take(~ready)
                yield from self._cut(_in_time(rows.take(ready)))
            yield from self._cut(_in_time(held))

    def _cut(self, rows: Batch) -> Iterator[Batch]:
        self.rows += len(rows)
        for first in range(0, len(rows), ROWS):
            yield rows.take(np.arange(first, min(first + ROWS, len(rows))))

    def _segment(self, base: sqlite3.Connection, segment: _Segment) -> Batch:
        parts: list[Batch] = []
        for number, count, tags, ends, body in base.execute(_BLOCKS, (segment.id,)):
            try:
                at, value, quality = unpacked(body, count, RAW_KINDS)
            except ValueError as error:
                self.damaged += 1
                log.error("block %s of the history is damaged and left out: %s", number, error)
                continue
            counts = np.diff(np.frombuffer(ends, "<u4"), prepend=np.uint32(0))
            tag = np.repeat(np.frombuffer(tags, "<u4"), counts).astype(np.uint32)
            parts.append(self._wanted(Batch(tag, at, value, quality)))
        return joined(parts)

    def _wanted(self, rows: Batch) -> Batch:
        within = (rows.at >= self._span[0]) & (rows.at < self._span[1])
        # Numbers beyond the table are all at its last place, which has no tag.
        tag = self._places[np.minimum(rows.tag, len(self._places) - 1)]
        known = tag >= 0
        self.unknown += int((within & ~known).sum())
        rows = Batch(tag.astype(np.uint32), rows.at, rows.value, rows.quality)
        return rows.take(within & known)


def _places(base: sqlite3.Connection, tags: Sequence[str]) -> NDArray[np.int64]:
    """Tag of the profile by number of the history, -1 for none; a history of an older version has no names, and
    counts as the profile does.
    """
    named = base.execute("SELECT 1 FROM sqlite_master WHERE name = 'name'").fetchone() is not None
    numbers: dict[str, int] = dict(base.execute("SELECT tag, number FROM name").fetchall()) if named else {}
    if not numbers:
        return np.append(np.arange(len(tags), dtype=np.int64), -1)
    places = np.full(max(numbers.values(), default=-1) + 2, -1, np.int64)
    for place, tag in enumerate(tags):
        if tag in numbers:
            places[numbers[tag]] = place
    return places


def _in_time(rows: Batch) -> Batch:
    return rows.take(np.argsort(rows.at, kind="stable"))


@contextmanager
def _read_only(path: Path) -> Generator[sqlite3.Connection]:
    """A connection that cannot write; without a log file nobody is writing, and none need be made to read."""
    log_file = path.with_name(path.name + "-wal")
    still = not log_file.exists() or log_file.stat().st_size == 0
    uri = f"{path.resolve().as_uri()}?mode=ro{'&immutable=1' if still else ''}"
    with closing(sqlite3.connect(uri, uri=True, timeout=10)) as base:
        base.execute("BEGIN")
        yield base
