"""Columns to compressed bytes and back; numbers that change little become runs of zero bytes before zlib sees
them.

A packed column is its dtype-known bytes, delta or xor coded row by row, with the bytes of equal significance
together. zlib's own checksum tells a damaged block: `unpacked` raises ValueError for it.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEVEL = 1

Column = NDArray[Any]

RAW_KINDS: tuple[np.dtype[Any], ...] = tuple(np.dtype(code) for code in ("<i8", "<f8", "u1"))
"""Columns of raw history without their tag: UTC ns, value, quality."""


def packed(columns: Sequence[Column]) -> bytes:
    """Bytes of columns of equal length; integers are delta coded, floats xor coded."""
    return zlib.compress(b"".join(_coded(column) for column in columns), _LEVEL)


def unpacked(body: bytes, rows: int, kinds: Sequence[np.dtype[Any]]) -> list[Column]:
    """The columns again. Raises ValueError when the bytes are not what was written."""
    try:
        plain = zlib.decompress(body)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if len(plain) != rows * sum(kind.itemsize for kind in kinds):
        raise ValueError(f"{len(plain)} bytes for {rows} rows")
    columns: list[Column] = []
    offset = 0
    for kind in kinds:
        columns.append(_decoded(plain, offset, rows, kind))
        offset += rows * kind.itemsize
    return columns


def _coded(column: Column) -> bytes:
    if column.dtype.itemsize == 1:
        return column.tobytes()
    if column.dtype.kind == "f":
        bits = np.ascontiguousarray(column).view(np.uint64)
        difference = bits.copy()
        np.bitwise_xor(bits[1:], bits[:-1], out=difference[1:])
    else:
        difference = np.ascontiguousarray(column).copy()
        np.subtract(column[1:], column[:-1], out=difference[1:])
    width = column.dtype.itemsize
    return difference.view(np.uint8).reshape(-1, width).T.tobytes()


def _decoded(plain: bytes, offset: int, rows: int, kind: np.dtype[Any]) -> Column:
    width = kind.itemsize
    raw = np.frombuffer(plain, np.uint8, rows * width, offset)
    if width == 1:
        return raw
    rows_first = np.ascontiguousarray(raw.reshape(width, rows).T).reshape(-1)
    if kind.kind == "f":
        return np.bitwise_xor.accumulate(rows_first.view(np.uint64)).view(kind)
    return np.cumsum(rows_first.view(kind), dtype=kind)
