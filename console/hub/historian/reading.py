"""Answers for one tag: raw rows while they are few, else the coarsest roll-up that still fills the screen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch, joined
from console.core.history import Series
from console.hub.historian.rows import Rolled, as_rolled, joined_rolled, rolled_up, taken
from console.hub.historian.store import RAW, Segment, SegmentStore
from console.hub.historian.upkeep import WIDTHS


class Reader:
    """Reads one snapshot of the file between `begin` and `end`."""

    def __init__(self, store: SegmentStore) -> None:
        self._store = store

    def begin(self) -> None:
        """From here on the file stands still for this reader."""
        self._store.base.execute("BEGIN")
        self._store.base.execute("SELECT max(id) FROM segment").fetchone()

    def end(self) -> None:
        """Let the file move on."""
        self._store.base.execute("COMMIT")

    def last_at(self) -> int:
        """UTC ns of the newest row on disk, 0 if there is none."""
        row = self._store.base.execute("SELECT max(end) FROM segment WHERE width = 0").fetchone()
        return int(row[0] or 0)

    def close(self) -> None:
        """Close the file."""
        self._store.base.close()

    def query(self, tail: list[Batch], tag: int, span: tuple[int, int], points: int) -> Series:
        """Rows of `tag` within `span` (UTC ns, both included), with the unflushed `tail`."""
        start, end = span
        raw = self._raw(tail, tag, span, points)
        if raw is not None:
            return Series(tag, raw.at, raw.value, raw.value, raw.value, raw.quality, raw=True)
        ideal = -(-(end - start) // max(points, 1)) or 1
        width = max((w for w in WIDTHS if w <= ideal), default=RAW)
        bucket = -(-ideal // width) * width if width else ideal
        whole = (start // bucket * bucket, (end // bucket + 1) * bucket - 1)
        rows = rolled_up(self._coarse(tail, tag, whole, width), bucket)
        mean = np.divide(rows.total, rows.count, out=np.full(len(rows), np.nan), where=rows.count > 0)
        return Series(tag, rows.at, rows.low, rows.high, mean, rows.quality, raw=False)

    def _raw(self, tail: list[Batch], tag: int, span: tuple[int, int], limit: int) -> Batch | None:
        """Raw rows in order of time, or None as soon as it is clear that they are more than `limit`."""
        start, end = span
        found = _tail(tail, tag, span)
        segments = self._store.segments(RAW, start, end)
        total = len(found)
        edges: dict[int, Batch] = {}
        for segment in reversed(segments):
            if total > limit:
                return None
            if start <= segment.start and segment.end <= end:
                total += self._store.count(segment, tag)
            else:
                edges[segment.id] = self._segment(segment, tag, span)
                total += len(edges[segment.id])
        if total > limit:
            return None
        parts = [edges[s.id] if s.id in edges else self._segment(s, tag, span) for s in segments]
        rows = joined([*parts, found])
        return rows.take(np.argsort(rows.at, kind="stable"))

    def _coarse(self, tail: list[Batch], tag: int, span: tuple[int, int], width: int) -> Rolled:
        parts = [as_rolled(_tail(tail, tag, span))]
        raw = [s for s in self._store.segments(RAW, *span) if not (width and s.rolled)]
        parts += [as_rolled(self._segment(segment, tag, span)) for segment in raw]
        for segment in self._store.segments(width, *span) if width else ():
            columns = self._store.read(segment, tag)
            if columns is not None:
                rows = Rolled(_same(tag, len(columns[0])), *columns)
                parts.append(taken(rows, np.flatnonzero(_within(rows.at, span))))
        return joined_rolled(parts)

    def _segment(self, segment: Segment, tag: int, span: tuple[int, int]) -> Batch:
        columns = self._store.read(segment, tag)
        if columns is None:
            return joined([])
        rows = Batch(_same(tag, len(columns[0])), *columns)
        return rows.take(_within(rows.at, span))


def _tail(tail: list[Batch], tag: int, span: tuple[int, int]) -> Batch:
    parts = [batch.take(np.flatnonzero(batch.tag == tag)) for batch in tail]
    rows = joined([part for part in parts if len(part)])
    return rows.take(_within(rows.at, span))


def _within(at: NDArray[np.int64], span: tuple[int, int]) -> NDArray[np.bool_]:
    return (at >= span[0]) & (at <= span[1])


def _same(tag: int, rows: int) -> NDArray[np.uint32]:
    return np.full(rows, tag, np.uint32)
