"""Columns of history come back as they were, and damaged bytes are told."""

from __future__ import annotations

import zlib

import numpy as np
import pytest

from console.core.packing import RAW_KINDS, packed, unpacked


def test_columns_come_back_as_they_were() -> None:
    at = np.array([5, 7, 7, 2**62, -4], np.int64)
    value = np.array([1.5, np.nan, -0.0, np.inf, 1e-300])
    quality = np.array([0, 3, 255, 7, 1], np.uint8)
    found = unpacked(packed([at, value, quality]), 5, RAW_KINDS)
    for column, original in zip(found, (at, value, quality), strict=True):
        np.testing.assert_array_equal(column, original)
    assert np.signbit(found[1][2])


def test_no_rows_come_back_as_no_rows() -> None:
    nothing = packed([np.empty(0, kind) for kind in RAW_KINDS])
    assert [len(column) for column in unpacked(nothing, 0, RAW_KINDS)] == [0, 0, 0]


def test_damaged_bytes_are_told() -> None:
    body = packed([np.arange(9), np.arange(9.0), np.zeros(9, np.uint8)])
    with pytest.raises(ValueError):
        unpacked(body[:-3], 9, RAW_KINDS)
    with pytest.raises(ValueError, match="for 8 rows"):
        unpacked(body, 8, RAW_KINDS)
    with pytest.raises(ValueError):
        unpacked(zlib.compress(b"short"), 9, RAW_KINDS)
