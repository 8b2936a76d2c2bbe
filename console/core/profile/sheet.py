"""Reading of the CSV files of a profile (RFC 4180, header line first)."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence

import msgspec

from console.core.plaintext import first_forbidden
from console.core.profile.faults import Faults, ProfileFault


class SheetRow(msgspec.Struct, frozen=True):
    """One data row: its line and its cells by column."""

    line: int
    cells: dict[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells[column]


class Sheet:
    """One CSV file; its faults carry the line of the row."""

    def __init__(self, file: str, faults: Faults) -> None:
        self.file = file
        self._faults = faults

    def fault(self, line: int, reason: ProfileFault, field: str = "", **fields: str) -> None:
        """Reports a fault of a row."""
        self._faults.add(self.file, line, reason, field=field, **fields)

    def rows(self, text: str, columns: Sequence[str]) -> list[SheetRow]:
        """Rows that have every column and only plain characters; the others are reported."""
        lines = self._lines(text)
        head = next(lines, (1, list[str]()))[1]
        for column in columns:
            if column not in head:
                self.fault(1, ProfileFault.COLUMN_MISSING, column, known=", ".join(columns))
        for column in head:
            if column not in columns:
                self.fault(1, ProfileFault.COLUMN_UNKNOWN, column, known=", ".join(columns))
            elif head.count(column) > 1:
                self.fault(1, ProfileFault.TWICE, column, found=column)
        if sorted(head) != sorted(columns):
            return []
        return [row for row in (self._row(line, head, cells) for line, cells in lines) if row is not None]

    def number(self, row: SheetRow, column: str) -> float | None:
        """A finite number of a row; None if it is at fault."""
        cell = row[column].strip()
        try:
            # float() would also take 1_000 and Arabic-Indic digits, which nobody means in a profile.
            value = float(cell) if cell.isascii() and "_" not in cell else math.nan
        except ValueError:
            value = math.nan
        if math.isfinite(value):
            return value
        self.fault(row.line, ProfileFault.NOT_A_NUMBER, column, found=cell[:60])
        return None

    def _lines(self, text: str) -> Iterator[tuple[int, list[str]]]:
        reader = csv.reader(text.splitlines(keepends=True), strict=True)
        begin = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield begin, cells
                begin = reader.line_num + 1
        except csv.Error as error:
            self.fault(reader.line_num, ProfileFault.NOT_CSV, detail=str(error))

    def _row(self, line: int, head: Sequence[str], cells: Sequence[str]) -> SheetRow | None:
        if len(cells) != len(head):
            self.fault(line, ProfileFault.CELLS, found=str(len(cells)), expected=str(len(head)))
            return None
        row = SheetRow(line, dict(zip(head, cells, strict=True)))
        marred = {column: first_forbidden(cell) for column, cell in row.cells.items()}
        for column, character in marred.items():
            if character:
                self.fault(line, ProfileFault.BAD_CHARACTER, column, character=character)
        return None if any(marred.values()) else row
