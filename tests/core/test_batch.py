"""Columns of updates."""

from __future__ import annotations

import numpy as np
import pytest

from console.core.batch import Batch, batch_of, empty_batch, joined

ONE = batch_of([1], [10], [0.5], [0])
TWO = batch_of([2, 1], [11, 12], [1.5, 2.5], [0, 2])


def test_columns_are_of_equal_length_and_of_their_types() -> None:
    assert len(TWO) == 2
    assert [c.dtype.name for c in (TWO.tag, TWO.at, TWO.value, TWO.quality)] == [
        "uint32",
        "int64",
        "float64",
        "uint8",
    ]
    with pytest.raises(ValueError, match="columns"):
        Batch(TWO.tag, TWO.at, TWO.value, ONE.quality)


def test_rows_are_taken_by_mask_or_index() -> None:
    assert TWO.take(np.array([False, True])).at.tolist() == [12]
    assert TWO.take(np.array([1, 0])).at.tolist() == [12, 11]


def test_batches_are_joined_in_order() -> None:
    assert joined([ONE, TWO, empty_batch()]).tag.tolist() == [1, 2, 1]
    assert joined([TWO]) is TWO
    assert len(joined([])) == 0
