"""A long page in parts that are set one after the other: typst holds the whole layout of what it sets at once.

A cell costs some 14 kB of memory while it is set. Parts bound that, however long a report is; the file itself remains.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from console.report.render.page import Page, PageTable

MOST_CELLS = 10_000
"""Of a part."""
_FEWEST_ROWS = 40
"""A part does not begin a table that has room for less."""
_TABLE = "table:"
_Placed: TypeAlias = tuple[str, PageTable | None]


def parts_of(page: Page) -> list[Page]:
    """The page in parts that follow one another; a short one as it is."""
    known = {f"{_TABLE}{table.name}": table for table in page.tables}
    bins = _Bins()
    for name in page.order:
        table = known.get(name)
        if table is not None:
            bins.put_table(name, table)
        else:
            bins.put(name, None, _cells(page.sources) if name == "sources" else 0)
    if len(bins.held) == 1:
        return [page]
    return [_part(page, number, held) for number, held in enumerate(bins.held)]


class _Bins:
    """What each part holds: names of the order, with the rows of a table."""

    def __init__(self) -> None:
        self.held: list[list[_Placed]] = [[]]
        self._free = MOST_CELLS

    def put(self, name: str, table: PageTable | None, cells: int) -> None:
        if cells > self._free and self.held[-1]:
            self._next()
        self.held[-1].append((name, table))
        self._free -= cells

    def put_table(self, name: str, table: PageTable) -> None:
        """As many rows as there is room for, the rest in the next parts."""
        across, first = max(1, len(table.heads)), 0
        while len(table.rows) - first > self._free // across:
            if self._free // across < _FEWEST_ROWS:
                self._next()
            room = self._free // across
            self.put(name, _rows(table, first, first + room), room * across)
            first += room
            self._next()
        if first < len(table.rows) or not first:
            rest = _rows(table, first, len(table.rows))
            self.put(name, rest, _cells(rest))

    def _next(self) -> None:
        self.held.append([])
        self._free = MOST_CELLS


def _rows(table: PageTable, first: int, stop: int) -> PageTable:
    rows, cut = table.rows[first:stop], stop < len(table.rows)
    return msgspec.structs.replace(table, rows=rows, goes_on=first > 0, cut=cut)


def with_rows_moved(part: Page, after: Page, rows: int) -> tuple[Page, Page]:
    """Two parts, the last rows of the first one's table standing at the beginning of the second one's."""
    table, rest = part.tables[-1], after.tables[0]
    moved = msgspec.structs.replace(rest, rows=[*table.rows[-rows:], *rest.rows])
    left = msgspec.structs.replace(table, rows=table.rows[:-rows])
    return (
        msgspec.structs.replace(part, tables=[*part.tables[:-1], left]),
        msgspec.structs.replace(after, tables=[moved, *after.tables[1:]]),
    )


def _cells(table: PageTable) -> int:
    return len(table.rows) * len(table.heads)


def _part(page: Page, number: int, held: list[_Placed]) -> Page:
    order = [name for name, _ in held]
    changes: dict[str, object] = {
        "order": order,
        "tables": [table for _, table in held if table is not None],
        "first": number == 0,
    }
    if "charts" not in order:
        changes["charts"] = []
    if "map" not in order:
        changes["map"] = None
    if number:
        changes |= {"before": "", "logo": "", "logo_data": b""}
    return msgspec.structs.replace(page, **changes)
