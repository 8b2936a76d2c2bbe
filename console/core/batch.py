"""Columns of many updates: the unit in which telemetry moves through hub, wire and console."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TagColumn = NDArray[np.uint32]
TimeColumn = NDArray[np.int64]
ValueColumn = NDArray[np.float64]
QualityColumn = NDArray[np.uint8]

NS = 1_000_000_000
"""Nanoseconds in a second; `at` columns are UTC nanoseconds since 1970."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """`n` numeric updates in columns of equal length; `at` is UTC ns, tags are indices into the catalogue.

    Within one batch a tag may occur several times; its rows stand in order of arrival.
    """

    tag: TagColumn
    at: TimeColumn
    value: ValueColumn
    quality: QualityColumn

    def __post_init__(self) -> None:
        n = len(self.tag)
        if not (len(self.at) == len(self.value) == len(self.quality) == n):
            raise ValueError("columns of a batch differ in length")

    def __len__(self) -> int:
        return len(self.tag)

    def take(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Batch:
        """The same columns at `rows` (indices or a mask)."""
        return Batch(self.tag[rows], self.at[rows], self.value[rows], self.quality[rows])


def empty_batch() -> Batch:
    """A batch without rows."""
    return batch_of([], [], [], [])


def batch_of(tag: list[int], at: list[int], value: list[float], quality: list[int]) -> Batch:
    """A batch from plain lists (tests, small adapters)."""
    return Batch(
        np.asarray(tag, np.uint32),
        np.asarray(at, np.int64),
        np.asarray(value, np.float64),
        np.asarray(quality, np.uint8),
    )


def joined(batches: list[Batch]) -> Batch:
    """All rows of `batches` in order, as one batch."""
    if len(batches) == 1:
        return batches[0]
    if not batches:
        return empty_batch()
    return Batch(
        np.concatenate([b.tag for b in batches]),
        np.concatenate([b.at for b in batches]),
        np.concatenate([b.value for b in batches]),
        np.concatenate([b.quality for b in batches]),
    )
