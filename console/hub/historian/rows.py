"""Rows of history sorted by tag, then time: raw samples, and partial roll-ups that merge into any coarser
bucket.

A roll-up keeps usable and unusable rows of a bucket apart, so that a gap shorter than a bucket is still seen.
Its `at` is the time of the first row it stands for; `count` counts the finite values behind `total`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch, empty_batch
from console.core.quality import Quality

_ORDER = (
    Quality.GOOD,
    Quality.MANUAL,
    Quality.SIMULATED,
    Quality.UNCERTAIN,
    Quality.STALE,
    Quality.DISCONNECTED,
    Quality.BAD,
    Quality.NEVER,
)
"""From best to worst; the first four are usable."""
_RANK = np.full(256, len(_ORDER) - 1, np.uint8)
_RANK[[int(quality) for quality in _ORDER]] = np.arange(len(_ORDER))
_QUALITY = np.asarray([int(quality) for quality in _ORDER], np.uint8)
_USABLE_RANKS = 4

ROLL_KINDS: tuple[np.dtype[Any], ...] = tuple(
    np.dtype(code) for code in ("<i8", "<f8", "<f8", "<f8", "<u4", "u1")
)

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Rolled:
    """Partial roll-ups in columns: tag, first UTC ns, lowest, highest and sum of values, their count, worst
    quality.
    """

    tag: NDArray[np.uint32]
    at: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    total: NDArray[np.float64]
    count: NDArray[np.uint32]
    quality: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.tag)

    def columns(self) -> list[NDArray[Any]]:
        """All columns but the tag."""
        return [self.at, self.low, self.high, self.total, self.count, self.quality]


def sorted_rows(batch: Batch) -> Batch:
    """Rows by tag, then time; rows of equal tag and time keep their order of arrival."""
    # numpy sorts 16-bit keys by radix, some ten times faster.
    small = len(batch) > 0 and int(batch.tag.max()) < 65_536
    order = np.argsort(batch.tag.astype(np.uint16) if small else batch.tag, kind="stable")
    rows = batch.take(order)
    late = (np.diff(rows.at) < 0) & (rows.tag[1:] == rows.tag[:-1])
    return rows.take(np.lexsort((rows.at, rows.tag))) if late.any() else rows


def as_rolled(batch: Batch) -> Rolled:
    """Each raw row as a roll-up of itself."""
    finite = np.isfinite(batch.value)
    low = np.where(finite, batch.value, np.nan)
    total = np.where(finite, batch.value, 0.0)
    return Rolled(batch.tag, batch.at, low, low, total, finite.astype(np.uint32), batch.quality)


def rolled_up(rows: Rolled, width: int) -> Rolled:
    """Roll-ups of rows (any order) in buckets of `width` ns, sorted by tag and time."""
    if not len(rows):
        return rows
    rank = _RANK[rows.quality]
    usable = rank < _USABLE_RANKS
    bucket = rows.at // width
    order = (
        np.lexsort((~usable, bucket, rows.tag)) if not _in_order(rows.tag, bucket, usable) else slice(None)
    )
    starts = _starts(rows.tag[order], bucket[order], usable[order])
    total = np.add.reduceat(rows.total[order], starts)
    made = Rolled(
        rows.tag[order][starts],
        np.minimum.reduceat(rows.at[order], starts),
        np.fmin.reduceat(rows.low[order], starts),
        np.fmax.reduceat(rows.high[order], starts),
        total,
        np.add.reduceat(rows.count[order], starts, dtype=np.uint32),
        _QUALITY[np.maximum.reduceat(rank[order], starts)],
    )
    if isinstance(order, slice):
        return made
    # Usable rows came first inside a bucket; on the time axis whichever began first does.
    return taken(made, np.lexsort((made.at, made.tag)))


def taken(rows: Rolled, order: Index | slice) -> Rolled:
    """The same columns at `order`."""
    return Rolled(rows.tag[order], *(column[order] for column in rows.columns()))


def joined_rolled(parts: list[Rolled]) -> Rolled:
    """All rows of `parts`, in order."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return as_rolled(empty_batch())
    columns = zip(*([part.tag, *part.columns()] for part in parts), strict=True)
    return Rolled(*(np.concatenate(column) for column in columns))


def _in_order(tag: NDArray[np.uint32], bucket: NDArray[np.int64], usable: NDArray[np.bool_]) -> bool:
    """Whether rows stand by tag and bucket already, none of them unusable: nearly always so for what is
    flushed.
    """
    later = (tag[1:] > tag[:-1]) | ((tag[1:] == tag[:-1]) & (bucket[1:] >= bucket[:-1]))
    return bool(usable.all() and later.all())


def _starts(tag: NDArray[np.uint32], bucket: NDArray[np.int64], usable: NDArray[np.bool_]) -> Index:
    new = np.empty(len(tag), np.bool_)
    new[0] = True
    new[1:] = (tag[1:] != tag[:-1]) | (bucket[1:] != bucket[:-1]) | (usable[1:] != usable[:-1])
    return np.flatnonzero(new)
