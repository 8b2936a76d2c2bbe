"""Stored samples of a stretch of time in one piece, with the counts of every tag."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch, joined
from console.core.packing import packed
from console.core.quality import Quality
from console.hub.historian.rows import sorted_rows
from console.hub.historian.store import RAW, SegmentStore

MOST_ROWS = 200_000
"""Of one answer: even rows that cannot be packed at all fit in a message then."""
MOST_READ = 2_000_000
"""Rows of all tags that are looked at for one answer."""
_USABLE = np.array([quality for quality in Quality if quality.usable], np.uint8)


class SamplePart(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of [start, end) by tag, then time; `tallies` are rows, good and usable rows of every tag, packed."""

    end: int
    oldest: int
    rows: int
    tags: bytes
    ends: bytes
    body: bytes
    tallies: bytes


class SampleParts:
    """One reader of a history, for one question at a time; raises sqlite3.Error, StoreDamaged."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._store: SegmentStore | None = None
        self._working = threading.Lock()

    def part(self, tags: Sequence[int], span: tuple[int, int], numbers: Sequence[int]) -> SamplePart:
        """What is on the disk of a span; the last second may not be. `numbers` are those of the history by tag."""
        n = len(numbers)
        with self._working:
            if self._store is None:
                self._store = SegmentStore(self._path)
            span = (span[0], _bearable(self._store, span))
            rows = self._rows(self._store, span, _places(numbers))
            oldest = self._store.base.execute("SELECT min(start) FROM segment WHERE width = 0").fetchone()[0]
        wanted = np.zeros(n, np.bool_)
        wanted[list(tags)] = True
        mine = rows.take(wanted[rows.tag])
        end = span[1]
        if len(mine) > MOST_ROWS:
            # Whole moments only: what is not told is asked for again.
            end = max(int(np.partition(mine.at, MOST_ROWS)[MOST_ROWS]), span[0] + 1)
            mine, rows = mine.take(mine.at < end), rows.take(rows.at < end)
        return _part(sorted_rows(mine), (end, int(oldest or 0)), _tallies(rows, n))

    def close(self) -> None:
        """Close the file."""
        with self._working:
            if self._store is not None:
                self._store.base.close()
                self._store = None

    @staticmethod
    def _rows(store: SegmentStore, span: tuple[int, int], places: NDArray[np.int64]) -> Batch:
        start, end = span
        known = len(places) - 1
        parts: list[Batch] = []
        store.base.execute("BEGIN")
        try:
            for segment in store.segments(RAW, start, end - 1):
                tag, columns = store.whole(segment)
                at, value, quality = columns
                # Numbers that no tag has now are all at the last place, which has none.
                own = places[np.minimum(tag, known)]
                inside = (at >= start) & (at < end) & (own >= 0)
                parts.append(Batch(own[inside].astype(np.uint32), at[inside], value[inside], quality[inside]))
        finally:
            store.base.execute("ROLLBACK")
        return joined(parts)


def _bearable(store: SegmentStore, span: tuple[int, int]) -> int:
    """Up to where about `MOST_READ` rows lie, so that a busy hub never holds more of them at once."""
    start, end = span
    found = 0.0
    for segment in store.segments(RAW, start, end - 1):
        inside = min(end, segment.end + 1) - max(start, segment.start)
        found += segment.rows * inside / (segment.end + 1 - segment.start)
    if found <= MOST_READ:
        return end
    return max(start + 1, start + int((end - start) * MOST_READ / found))


def _places(numbers: Sequence[int]) -> NDArray[np.int64]:
    """Tag by number of the history; -1 where there is none, and behind the last one."""
    places = np.full(max(numbers, default=-1) + 2, -1, np.int64)
    places[list(numbers)] = np.arange(len(numbers))
    return places


def _tallies(rows: Batch, n: int) -> bytes:
    masks = (slice(None), rows.quality == Quality.GOOD, np.isin(rows.quality, _USABLE))
    return packed([np.bincount(rows.tag[mask], minlength=n).astype("<u4") for mask in masks])


def _part(rows: Batch, times: tuple[int, int], tallies: bytes) -> SamplePart:
    starts: NDArray[np.intp] = np.flatnonzero(np.append(True, rows.tag[1:] != rows.tag[:-1])[: len(rows)])
    ends = np.append(starts[1:], len(rows))[: len(starts)]
    columns = [rows.at.astype("<i8"), rows.value.astype("<f8"), rows.quality.astype("u1")]
    return SamplePart(
        end=times[0],
        oldest=times[1],
        rows=len(rows),
        tags=rows.tag[starts].astype("<u4").tobytes(),
        ends=ends.astype("<u4").tobytes(),
        body=packed(columns),
        tallies=tallies,
    )
