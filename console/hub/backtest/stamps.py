"""Times of recorded samples: RFC 3339 or UTC ns, read by the column; a file has millions of them, and few
different seconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from console.core.batch import NS, TimeColumn
from console.core.errors import DecodeError
from console.feeds.times import LAST, read_time

CACHED = 50_000
_SHARED = 8
"""Points that share a time, from which on looking it up is faster than reading it."""
_SECONDS = len("2026-11-22T09:00:00")
_DOT, _ZULU, _ZERO = b".Z0"


def read_at(text: str) -> int:
    """UTC ns of a time in RFC 3339, or in UTC ns already; raises DecodeError."""
    if text.isascii() and text.isdigit():
        at = int(text[:20])
        if at > LAST:
            raise DecodeError("time", "time", text)
        return at
    return read_time(text)


def write_at(at: int) -> str:
    """RFC 3339 in UTC with as many decimals as are needed, up to nine."""
    seconds, rest = divmod(at, NS)
    text = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}{f'.{rest:09d}'.rstrip('0') if rest else ''}Z"


class _Cells(dict[bytes, int]):
    """Cells that were read already, bounded."""

    def read(self, cell: bytes) -> int:
        """Raises DecodeError, or ValueError for what is not ASCII."""
        return read_at(cell.decode("ascii"))

    def __missing__(self, cell: bytes) -> int:
        at = self.read(cell)
        if len(self) >= CACHED:
            self.clear()
        self[cell] = at
        return at


class _Seconds(_Cells):
    """Date and time to the second, in UTC."""

    def read(self, cell: bytes) -> int:
        """Raises DecodeError, or ValueError for what is not ASCII."""
        return read_time(cell.decode("ascii") + "Z")


class Stamps:
    """Reads columns of times."""

    def __init__(self) -> None:
        self._cells = _Cells()
        self._seconds = _Seconds()

    def column(self, cells: Sequence[bytes]) -> TimeColumn:
        """UTC ns of every cell; raises DecodeError or ValueError if one of them is not a time."""
        if len(set(cells)) * _SHARED < len(cells):
            # Many points at one time: each time is looked up, not read.
            return np.fromiter(map(self._cells.__getitem__, cells), np.int64, len(cells))
        column = np.array(cells, np.bytes_)
        width = column.dtype.itemsize
        if len(cells) and _SECONDS < width <= _SECONDS + 11:
            letters = column.view(np.uint8).reshape(-1, width)
            fraction = _fraction(letters[:, _SECONDS:])
            if fraction is not None:
                return self._runs(letters) + fraction
        return np.fromiter(map(self._cells.__getitem__, cells), np.int64, len(cells))

    def _runs(self, letters: NDArray[np.uint8]) -> TimeColumn:
        """UTC ns of the seconds: neighbours of the same second are read once."""
        second = np.ascontiguousarray(letters[:, :_SECONDS]).view(f"S{_SECONDS}").reshape(-1)
        starts = np.flatnonzero(np.append(True, second[1:] != second[:-1]))
        at = np.array([self._seconds[cell] for cell in second[starts].tolist()], np.int64)
        return np.repeat(at, np.diff(np.append(starts, len(second))))


def _fraction(tails: NDArray[np.uint8]) -> TimeColumn | None:
    """ns of tails such as `.123Z` or `Z`, filled up with zero bytes; None if one looks otherwise."""
    ends = tails == _ZULU
    place = np.arange(tails.shape[1], dtype=np.int64)
    end = ends.argmax(axis=1)
    inside: NDArray[np.bool_] = place < end[:, None]
    inside[:, 0] = False
    digits = np.where(inside, tails, _ZERO).astype(np.int64) - _ZERO
    sound = (end != 1) & (ends.sum(axis=1) == 1) & ((end == 0) | (tails[:, 0] == _DOT))
    if not (sound.all() and ((digits >= 0) & (digits <= 9)).all() and not tails[place > end[:, None]].any()):
        return None
    # The last place is the Z or a zero byte.
    powers = 10 ** np.arange(8, 10 - tails.shape[1], -1, dtype=np.int64)
    return digits[:, 1:-1] @ powers
