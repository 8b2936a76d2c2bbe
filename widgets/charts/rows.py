"""Rows of one tag for drawing: history and live joined so that every row stands exactly once. Pure numpy.

Live rows are complete from the first one on, so history counts only before it: `at < first live row`.
A gap is a stretch that begins at a row of unusable quality and ends at the next usable one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from console.core.history import Series
from console.core.quality import Quality

Times = NDArray[np.int64]
Values = NDArray[np.float64]
Qualities = NDArray[np.uint8]

LIVE_ROWS = 40_000
"""Live rows kept for a tag; older ones are history's."""
_NS = 1e9
_USABLE = np.array([Quality(code).usable for code in range(len(Quality))])


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Rows in time order; raw rows have low == high."""

    at: Times
    low: Values
    high: Values
    quality: Qualities

    def __len__(self) -> int:
        return len(self.at)

    def between(self, start: int, end: int) -> Rows:
        """Rows of a span with one more on each side, so that lines run to the edges."""
        first = max(0, int(np.searchsorted(self.at, start, "left")) - 1)
        last = int(np.searchsorted(self.at, end, "right")) + 1
        return Rows(
            self.at[first:last], self.low[first:last], self.high[first:last], self.quality[first:last]
        )


def no_rows() -> Rows:
    """Nothing."""
    return Rows(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0, np.uint8))


class LiveRows:
    """Ring of the newest live rows of one tag; memory is taken once and grows to twice the limit at most."""

    def __init__(self, limit: int = LIVE_ROWS) -> None:
        self._limit = limit
        self._at: Times = np.empty(256, np.int64)
        self._value: Values = np.empty(256)
        self._quality: Qualities = np.empty(256, np.uint8)
        self._n = 0
        self.dropped_at = 0
        """Time of the newest row that was let go, 0 if none was."""

    def __len__(self) -> int:
        return self._n

    @property
    def first_at(self) -> int:
        """Time of the oldest kept row; far in the future without one."""
        return int(self._at[0]) if self._n else np.iinfo(np.int64).max

    def put(self, at: Times, value: Values, quality: Qualities) -> None:
        """Take rows in order of arrival; a row that is not newer than the last one is not drawn again."""
        newest = int(self._at[self._n - 1]) if self._n else np.iinfo(np.int64).min
        running = np.maximum.accumulate(np.concatenate(([newest], at)))
        fresh = at > running[:-1]
        count = int(fresh.sum())
        if not count:
            return
        self._room(count)
        stop = self._n + count
        self._at[self._n : stop] = at[fresh]
        self._value[self._n : stop] = value[fresh]
        self._quality[self._n : stop] = quality[fresh]
        self._n = stop

    def rows(self) -> Rows:
        """The kept rows, as views that the next `put` may change."""
        n = self._n
        return Rows(self._at[:n], self._value[:n], self._value[:n], self._quality[:n])

    def clear(self) -> None:
        """Let everything go."""
        self._n = 0
        self.dropped_at = 0

    def _room(self, count: int) -> None:
        need = self._n + count
        if need <= len(self._at):
            return
        if need > 2 * self._limit:
            self._drop(need - self._limit)
            need = self._n + count
        size = max(need, min(2 * len(self._at), 2 * self._limit))
        if size > len(self._at):
            self._at = np.concatenate((self._at[: self._n], np.empty(size - self._n, np.int64)))
            self._value = np.concatenate((self._value[: self._n], np.empty(size - self._n)))
            self._quality = np.concatenate((self._quality[: self._n], np.empty(size - self._n, np.uint8)))

    def _drop(self, count: int) -> None:
        count = min(count, self._n)
        if not count:
            return
        self.dropped_at = int(self._at[count - 1])
        keep = self._n - count
        for column in (self._at, self._value, self._quality):
            column[:keep] = column[count : self._n].copy()
        self._n = keep


class Trace:
    """Everything known of one tag for the chart: one page of history, and what came live since."""

    def __init__(self, tag: int) -> None:
        self.tag = tag
        self.live = LiveRows()
        self._page = no_rows()
        self.covered: tuple[int, int] = (0, 0)
        """Span that history was asked for."""

    def set_history(self, series: Series, start: int, end: int) -> None:
        """Take a page of history of a span; it replaces the last one."""
        usable = _USABLE[series.quality]
        low, high = np.where(usable, series.low, np.nan), np.where(usable, series.high, np.nan)
        self._page = Rows(series.at, low, high, series.quality)
        self.covered = (start, end)

    def clear(self) -> None:
        """Nothing is known any more, as after a lost link or with another catalogue."""
        self.live.clear()
        self._page = no_rows()
        self.covered = (0, 0)

    def hole(self, start: int) -> bool:
        """Whether rows of a span from `start` on were let go that the page of history does not have."""
        return self.live.dropped_at > self.covered[1] and start < self.live.first_at

    def rows(self) -> Rows:
        """History before the first live row, then live rows: each exactly once."""
        live, page = self.live.rows(), self._page
        cut = int(np.searchsorted(page.at, self.live.first_at, "left"))
        if not len(live):
            return page
        if not cut:
            return live
        return Rows(
            np.concatenate((page.at[:cut], live.at)),
            np.concatenate((page.low[:cut], live.low)),
            np.concatenate((page.high[:cut], live.high)),
            np.concatenate((page.quality[:cut], live.quality)),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What a line is drawn from: x in UTC seconds, y with NaN where the line breaks, gaps in seconds."""

    x: Values
    y: Values
    gaps: tuple[tuple[float, float], ...]


def drawn(rows: Rows, start: int, end: int, columns: int, *, stepped: bool = False) -> Drawn:
    """The rows of a span for a chart of so many pixel columns: lowest and highest of each column survive.

    A stepped line holds each value until the next one, as states do.
    """
    part = rows.between(start, end)
    if not len(part):
        return Drawn(np.empty(0), np.empty(0), ())
    usable = _USABLE[part.quality] & np.isfinite(part.low)
    gaps = _gaps(part.at, usable, end)
    if len(part) > 2 * columns:
        at, low, high = _thinned(part, usable, start, end, columns)
    else:
        at = part.at
        low, high = np.where(usable, part.low, np.nan), np.where(usable, part.high, np.nan)
    if np.array_equal(low, high, equal_nan=True):
        if stepped and len(at) > 1:
            return Drawn(np.repeat(at, 2)[1:] / _NS, np.repeat(low, 2)[:-1], gaps)
        return Drawn(at / _NS, low, gaps)
    return Drawn(np.repeat(at, 2) / _NS, np.column_stack((low, high)).ravel(), gaps)


def _gaps(at: Times, usable: NDArray[np.bool_], end: int) -> tuple[tuple[float, float], ...]:
    edges = np.flatnonzero(np.diff(np.concatenate(([True], usable, [True])).astype(np.int8)))
    starts, stops = edges[::2], edges[1::2]
    last = len(at)
    return tuple(
        (float(at[a]) / _NS, float(at[b] if b < last else max(end, int(at[-1]))) / _NS)
        for a, b in zip(starts, stops, strict=True)
    )


def _thinned(
    part: Rows, usable: NDArray[np.bool_], start: int, end: int, columns: int
) -> tuple[Times, Values, Values]:
    width = max(1, (end - start) // columns)
    bucket = (part.at - start) // width
    heads = np.concatenate(([0], np.flatnonzero(np.diff(bucket)) + 1))
    # A column that holds an unusable row breaks the line, so that a short gap is not thinned away.
    broken = np.minimum.reduceat(usable.astype(np.int8), heads) == 0
    low = np.minimum.reduceat(part.low, heads)
    high = np.maximum.reduceat(part.high, heads)
    low[broken], high[broken] = np.nan, np.nan
    return part.at[heads], low, high
