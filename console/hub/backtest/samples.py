"""Recorded samples from CSV (`at,tag,value,quality`, gzip allowed), streamed in columns.

A chunk whose cells are all as expected is read column by column; only a chunk with something unusual is read
line by line, which
names every bad line by file, number and reason. Memory does not grow with the file.
"""

from __future__ import annotations

import csv
import gzip
import io
import math
import sys
from collections import Counter
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import IO, NamedTuple, cast

import numpy as np

from console.core.batch import Batch, QualityColumn, ValueColumn, batch_of
from console.core.catalogue import Catalogue
from console.core.errors import DecodeError
from console.core.quality import Quality
from console.hub.backtest.stamps import Stamps, read_at

CHUNK = 1 << 20
LINE_MAX = 4096
"""Bytes of a line; a longer one is not read."""
NAMED_LINES = 20
"""Bad lines that are named; the others are counted."""
STDIN = Path("-")
_HEADER = "at,tag,value,quality"
_GZIP = b"\x1f\x8b"
_USABLE = np.zeros(256, np.bool_)
_USABLE[[quality for quality in Quality if quality.usable]] = True


class LineFault(StrEnum):
    """Why a line was left out."""

    COLUMNS = "columns"
    TIME = "time"
    NO_ZONE = "no_zone"
    TAG = "tag"
    VALUE = "value"
    QUALITY = "quality"
    TOO_LONG = "too_long"
    NOT_UTF8 = "not_utf8"


class BadLine(NamedTuple):
    """One line that was left out; `found` is the cell that is wrong."""

    line: int
    fault: LineFault
    found: str


class SampleFile:
    """One CSV file of samples. Iterate `batches`; `bad`, `faults` and `rows` then tell what was read."""

    def __init__(self, path: Path, catalogue: Catalogue) -> None:
        self._path = path
        self._tags = {point.key.encode(): point.index for point in catalogue.tags}
        self._stamps = Stamps()
        self._qualities = _quality_cells()
        self.bad: list[BadLine] = []
        self.faults: Counter[LineFault] = Counter()
        self.rows = 0
        self._line = 0

    @property
    def name(self) -> str:
        """How messages call the file."""
        return "stdin" if self._path == STDIN else str(self._path)

    def batches(self) -> Iterator[Batch]:
        """Rows in the order of the file. Raises OSError, EOFError or zlib.error when it cannot be read on."""
        with _opened(self._path) as stream:
            for chunk in self._chunks(stream):
                batch = self._columns(chunk)
                if batch is None:
                    batch = self._lines(chunk)
                self._line += chunk.count(b"\n")
                self.rows += len(batch)
                if len(batch):
                    yield batch

    def _chunks(self, stream: IO[bytes]) -> Iterator[bytes]:
        """Whole lines, each chunk ending with a line feed."""
        # The first line may be a header: it comes by itself.
        rest = stream.readline(2 * LINE_MAX).removeprefix(b"\xef\xbb\xbf")
        if rest.endswith(b"\n"):
            yield rest
            rest = b""
        while data := stream.read(CHUNK):
            cut = data.rfind(b"\n") + 1
            if not cut:
                rest = self._shortened(rest + data)
                continue
            yield rest + data[:cut]
            rest = data[cut:]
        if rest:
            yield rest + b"\n"

    @staticmethod
    def _shortened(line: bytes) -> bytes:
        # Enough to be told as too long when its end comes.
        return line[: 2 * LINE_MAX]

    def _columns(self, chunk: bytes) -> Batch | None:
        """All rows of a chunk, or None if any of its lines is unusual."""
        if b'"' in chunk or not self._line:
            return None
        cells = chunk.replace(b"\r\n", b"\n").replace(b"\n", b",\n,").split(b",")
        del cells[-1]
        marks = cells[4::5]
        if len(cells) % 5 or marks.count(b"\n") != len(marks):
            return None
        values = cells[2::5]
        try:
            at = self._stamps.column(cells[0::5])
            tag = np.fromiter(map(self._tags.__getitem__, cells[1::5]), np.uint32, len(marks))
            value = np.fromiter(map(float, values), np.float64, len(marks))
            quality = np.fromiter(map(self._qualities.__getitem__, cells[3::5]), np.uint8, len(marks))
        except (KeyError, ValueError, DecodeError, OverflowError):
            return None
        if b"_" in b",".join(values) or not _sound(value, quality):
            return None
        return Batch(tag, at, value, quality)

    def _lines(self, chunk: bytes) -> Batch:
        columns: tuple[list[int], list[int], list[float], list[int]] = ([], [], [], [])
        for offset, line in enumerate(chunk.split(b"\n")[:-1], start=1):
            try:
                row = self._row(self._line + offset, line)
            except _Refused as refused:
                self._left_out(BadLine(self._line + offset, refused.fault, refused.found))
                continue
            if row is not None:
                for column, cell in zip(columns, row, strict=True):
                    cast("list[float]", column).append(cell)
        return batch_of(*columns)

    def _row(self, number: int, line: bytes) -> tuple[int, int, float, int] | None:
        """Tag, time, value and quality of a line, None for a header or an empty line."""
        if len(line) > LINE_MAX:
            raise _Refused(LineFault.TOO_LONG, str(LINE_MAX))
        try:
            text = line.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            raise _Refused(LineFault.NOT_UTF8, repr(line[:20])) from error
        if not text or (number == 1 and text.replace(" ", "").lower() == _HEADER):
            return None
        try:
            cells = [cell.strip() for row in csv.reader([text]) for cell in row]
        except csv.Error as error:
            raise _Refused(LineFault.COLUMNS, str(error)) from error
        if len(cells) != 4:
            raise _Refused(LineFault.COLUMNS, str(len(cells)))
        return self._read(*cells)

    def _read(self, at: str, tag: str, value: str, quality: str) -> tuple[int, int, float, int]:
        if tag.encode() not in self._tags:
            raise _Refused(LineFault.TAG, tag)
        if quality.lower().encode() not in self._qualities:
            raise _Refused(LineFault.QUALITY, quality)
        level = self._qualities[quality.lower().encode()]
        try:
            time = read_at(at)
        except DecodeError as error:
            no_zone = error.reason == "no_zone"
            raise _Refused(LineFault.NO_ZONE if no_zone else LineFault.TIME, at) from error
        return self._tags[tag.encode()], time, _number(value, level), level

    def _left_out(self, bad: BadLine) -> None:
        self.faults[bad.fault] += 1
        if len(self.bad) < NAMED_LINES:
            self.bad.append(bad)


class _Refused(Exception):
    """A line that is left out."""

    def __init__(self, fault: LineFault, found: str) -> None:
        self.fault = fault
        self.found = found[:60]
        super().__init__(fault)


def _number(text: str, quality: int) -> float:
    """The value of a line; only data that is unusable anyway may be without one."""
    usable = Quality(quality).usable
    if not text and not usable:
        return math.nan
    try:
        value = math.nan if "_" in text else float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value) and (usable or text.lower() != "nan"):
        raise _Refused(LineFault.VALUE, text)
    return value


def _sound(value: ValueColumn, quality: QualityColumn) -> bool:
    """Whether every value is a number, or missing where the data is unusable anyway."""
    odd = ~np.isfinite(value)
    return not odd.any() or not (np.isinf(value).any() or _USABLE[quality[odd]].any())


def _quality_cells() -> dict[bytes, int]:
    cells: dict[bytes, int] = {b"": int(Quality.GOOD)}
    for quality in Quality:
        words = (quality.name, quality.name.lower(), quality.name.title(), str(int(quality)))
        cells.update({word.encode(): int(quality) for word in words})
    return cells


@contextmanager
def _opened(path: Path) -> Generator[IO[bytes]]:
    """The plain bytes of a file, `-` being standard input."""
    if path == STDIN:
        yield _plain(sys.stdin.buffer)
        return
    with path.open("rb") as file:
        yield _plain(file)


def _plain(file: IO[bytes]) -> IO[bytes]:
    buffered = io.BufferedReader(cast("io.RawIOBase", file))
    if buffered.peek(2)[:2] == _GZIP:
        return cast("IO[bytes]", gzip.GzipFile(fileobj=buffered))
    return buffered
