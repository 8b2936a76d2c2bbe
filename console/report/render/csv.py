"""CSV after RFC 4180, UTF-8 with BOM, written row by row whatever the number of rows."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from console.core.batch import NS
from console.core.quality import Quality
from console.report.facts.record import Cell, Column, ColumnKind, Table
from console.report.holdings import Trend
from console.report.render.guard import guarded
from console.report.render.speech import Speech

_BLOCK = 50_000
SAMPLE_COLUMNS = (
    Column(name="time", kind=ColumnKind.TIME),
    Column(name="tag"),
    Column(name="value", kind=ColumnKind.NUMBER),
    Column(name="quality"),
)


def write_rows(path: Path, heads: Iterable[str], rows: Iterable[Iterable[str | float | int]]) -> int:
    """Write head and rows; how many rows. Text is guarded (SEC-31), numbers stay numbers. Raises OSError."""
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([guarded(head) for head in heads])
        for row in rows:
            writer.writerow([guarded(cell) if isinstance(cell, str) else cell for cell in row])
            count += 1
    return count


def write_table(path: Path, table: Table, speech: Speech) -> int:
    """One table; times are local with their zone, numbers have all their digits."""
    heads = [speech.column(column) for column in table.columns]
    return write_rows(path, heads, _rows(table, speech))


def _rows(table: Table, speech: Speech) -> Iterator[list[str | float | int]]:
    for row in table.rows:
        pairs = zip(row, table.columns, strict=True)
        yield [_cell(cell, column, speech) for cell, column in pairs]


def _cell(cell: Cell, column: Column, speech: Speech) -> str | float | int:
    if isinstance(cell, (int, float)) and column.kind is not ColumnKind.TIME:
        return cell
    if isinstance(cell, int):
        return speech.local(cell).isoformat()
    return speech.cell(cell, column)


def write_samples(path: Path, trends: Iterable[Trend], speech: Speech) -> int:
    """Raw samples, one row each."""
    heads = [speech.column(column) for column in SAMPLE_COLUMNS]
    return write_rows(path, heads, sample_rows(trends, speech))


def sample_rows(trends: Iterable[Trend], speech: Speech) -> Iterator[list[str | float]]:
    """Time to the millisecond, point, value and quality."""
    names = [quality.name for quality in Quality]
    for trend in trends:
        series = trend.series()
        stamps: dict[int, tuple[str, str]] = {}
        for first in range(0, len(series), _BLOCK):
            part = slice(first, first + _BLOCK)
            seconds, rest = np.divmod(series.at[part], NS)
            columns = (seconds, rest // 1_000_000, series.mean[part], series.quality[part])
            for second, milli, value, quality in zip(*(c.tolist() for c in columns), strict=True):
                if second not in stamps:
                    stamps = {second: _stamp(second, speech)}
                before, after = stamps[second]
                yield [f"{before}.{milli:03d}{after}", trend.tag, value, names[quality]]


def _stamp(second: int, speech: Speech) -> tuple[str, str]:
    """What stands before and after the decimals of a second."""
    text = speech.local(second * NS).isoformat()
    return text[:19], text[19:]
