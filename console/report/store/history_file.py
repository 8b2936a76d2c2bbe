"""The stored samples of a data directory, only read: segments of packed columns in one SQLite file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from console.core.batch import Batch, joined
from console.core.packing import RAW_KINDS, unpacked
from console.core.quality import Quality
from console.report.holdings import QualityCount, Trend

FILE = Path("hub") / "history.db"
_SEGMENTS = "SELECT id FROM segment WHERE width = 0 AND end >= ? AND start < ? ORDER BY id"
_BLOCKS = "SELECT rows, tags, ends, body FROM block WHERE segment = ? ORDER BY first"
_USABLE = [quality for quality in Quality if quality.usable]


class Samples:
    """Raw rows of [start, end) UTC ns; `damaged` counts blocks that could not be read."""

    def __init__(self, base: sqlite3.Connection, start: int, end: int) -> None:
        self._base = base
        self._span = (start, end)
        self.damaged = 0

    def newest(self) -> int:
        """UTC ns of the newest sample of the whole file, 0 for none."""
        return int(self._base.execute("SELECT max(end) FROM segment WHERE width = 0").fetchone()[0] or 0)

    def trends(self, tags: Sequence[tuple[int, str]]) -> list[Trend]:
        """Samples of tags, given by index and name, in that order."""
        wanted = np.array([index for index, _ in tags], np.uint32)
        parts = [rows.take(np.isin(rows.tag, wanted)) for rows in self._blocks(set(wanted.tolist()))]
        rows = joined(parts)
        found: list[Trend] = []
        for index, name in tags:
            own = rows.take(rows.tag == index)
            own = own.take(np.argsort(own.at, kind="stable"))
            found.append(
                Trend(
                    name,
                    own.at.astype("<i8").tobytes(),
                    own.value.astype("<f8").tobytes(),
                    own.quality.astype("u1").tobytes(),
                )
            )
        return found

    def counts(self, names: Sequence[str]) -> list[QualityCount]:
        """Rows, good rows and usable rows of every tag; a block at a time, whatever the range."""
        total = np.zeros((3, len(names)), np.int64)
        for block in self._blocks(None):
            rows = block.take(block.tag < len(names))
            masks = (slice(None), rows.quality == Quality.GOOD, np.isin(rows.quality, _USABLE))
            total += [np.bincount(rows.tag[mask], minlength=len(names)) for mask in masks]
        numbers = total.T.tolist()
        return [QualityCount(name, *row) for name, row in zip(names, numbers, strict=True)]

    def _blocks(self, wanted: set[int] | None) -> Iterator[Batch]:
        """Rows of the span, block by block; only blocks with one of the wanted tags are unpacked."""
        start, end = self._span
        for (segment,) in self._base.execute(_SEGMENTS, self._span).fetchall():
            for count, tags, ends, body in self._base.execute(_BLOCKS, (segment,)):
                held = np.frombuffer(tags, "<u4")
                if wanted is not None and wanted.isdisjoint(held.tolist()):
                    continue
                try:
                    at, value, quality = unpacked(body, count, RAW_KINDS)
                except ValueError:
                    self.damaged += 1
                    continue
                each = np.diff(np.frombuffer(ends, "<u4"), prepend=np.uint32(0))
                rows = Batch(np.repeat(held, each).astype(np.uint32), at, value, quality)
                yield rows.take((rows.at >= start) & (rows.at < end))
