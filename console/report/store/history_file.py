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
_NOWHERE = 2**32 - 1
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

    def trends(self, tags: Sequence[str], site: Sequence[str]) -> list[Trend]:
        """Samples of tags in that order; `site` are all tags of the site in the order of its catalogue."""
        numbers = self._numbers(site)
        # A tag that the history does not know has a number that no row has.
        numbered = [(numbers.get(tag, _NOWHERE), tag) for tag in tags]
        wanted = np.array([number for number, _ in numbered], np.uint32)
        parts = [rows.take(np.isin(rows.tag, wanted)) for rows in self._blocks(set(wanted.tolist()))]
        rows = joined(parts)
        found: list[Trend] = []
        for index, name in numbered:
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
        numbers = self._numbers(names)
        places = np.full(max(numbers.values(), default=0) + 2, len(names), np.int64)
        for place, name in enumerate(names):
            if name in numbers:
                places[numbers[name]] = place
        total = np.zeros((3, len(names) + 1), np.int64)
        for block in self._blocks(None):
            place = places[np.minimum(block.tag, len(places) - 1)]
            masks = (slice(None), block.quality == Quality.GOOD, np.isin(block.quality, _USABLE))
            total += [np.bincount(place[mask], minlength=len(names) + 1) for mask in masks]
        counted = total.T[:-1].tolist()
        return [QualityCount(name, *row) for name, row in zip(names, counted, strict=True)]

    def _numbers(self, site: Sequence[str]) -> dict[str, int]:
        """Number by name; a history of an older version has none, and counts as the catalogue does."""
        named = self._base.execute("SELECT 1 FROM sqlite_master WHERE name = 'name'").fetchone()
        rows = self._base.execute("SELECT tag, number FROM name").fetchall() if named else []
        return dict(rows) if rows else {name: place for place, name in enumerate(site)}

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
