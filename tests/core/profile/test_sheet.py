"""CSV files of a profile."""

from __future__ import annotations

from console.core.profile.faults import Faults, ProfileFault
from console.core.profile.sheet import Sheet


def rows_of(text: str, *columns: str) -> tuple[list[tuple[int, dict[str, str]]], list[tuple[int, str]]]:
    faults = Faults()
    rows = Sheet("a.csv", faults).rows(text, columns)
    return [(row.line, row.cells) for row in rows], [(f.line, f.reason) for f in faults.sorted()]


def test_rows_know_their_lines_over_blank_lines_and_quoted_line_breaks() -> None:
    """A quoted line break is a control character in a name, and the next row still has its own line."""
    rows, faults = rows_of('a,b\r\n1,2\r\n\r\n"x\ny",3\r\n4,5\r\n', "a", "b")
    assert rows == [(2, {"a": "1", "b": "2"}), (6, {"a": "4", "b": "5"})]
    assert faults == [(4, ProfileFault.BAD_CHARACTER)]


def test_columns_may_stand_in_any_order() -> None:
    assert rows_of("b,a\n2,1\n", "a", "b")[0] == [(2, {"a": "1", "b": "2"})]


def test_an_empty_file_lacks_its_columns() -> None:
    assert rows_of("", "a")[1] == [(1, ProfileFault.COLUMN_MISSING)]
