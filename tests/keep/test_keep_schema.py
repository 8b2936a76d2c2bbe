"""The file of the console's own store: how it is opened."""

from __future__ import annotations

import ctypes
import ctypes.util
from pathlib import Path

import pytest

from console.keep import samples, schema

_PIECES = 400
_BODY = bytes(range(256)) * 64


def _piece(number: int) -> samples.Piece:
    return samples.Piece(
        start=number * 60,
        end=number * 60 + 60,
        settled=True,
        names=("a.b",),
        rows=1,
        tags=b"",
        ends=b"",
        body=_BODY,
        tallies=b"",
    )


def _used() -> int:
    name = ctypes.util.find_library("sqlite3")
    if name is None:
        return 0
    used = ctypes.CDLL(name).sqlite3_memory_used
    used.restype = ctypes.c_int64
    return int(used())


def test_a_store_that_is_written_for_long_takes_little_memory(tmp_path: Path) -> None:
    """Six megabytes written leave less than one in memory: a console runs for weeks."""
    base = schema.opened(tmp_path / "holdings.db")
    before = _used()
    if not before:
        base.close()
        pytest.skip("this Python has SQLite inside itself: its memory cannot be asked for")
    for number in range(_PIECES):
        samples.put_piece(base, _piece(number))
    grown = _used() - before
    told = base.execute("SELECT count(*), sum(length(body)) FROM piece").fetchone()
    base.close()
    assert told == (_PIECES, _PIECES * len(_BODY))
    assert grown < 1024 * 1024
