"""The report as a workbook: typed cells, frozen heads, charts of the program that opens it, constant memory."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import xlsxwriter  # pyright: ignore[reportMissingTypeStubs]

from console.core.batch import NS
from console.core.words import Text
from console.report.facts.record import Cell, Chart, ChartKind, Column, ColumnKind, Report, Table
from console.report.render.guard import guarded, shortened
from console.report.render.page import said
from console.report.render.speech import Speech
from console.report.render.stamp import Stamp

_OPTIONS: dict[str, Any] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
_LONGEST = 32_767
"""Characters of a cell."""
_LONGEST_TITLE = 250
_WIDTHS = {
    ColumnKind.TIME: 19,
    ColumnKind.NUMBER: 11,
    ColumnKind.LABEL: 28,
    ColumnKind.CODE: 22,
    ColumnKind.TEXT: 20,
}
_A4 = 9
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001 - the wall clock of a spreadsheet
_TIME = "yyyy-mm-dd hh:mm:ss"
_CHART_ROWS, _CHARTS_ACROSS = 16, 2


def write_xlsx(path: Path, report: Report, stamp: Stamp, speech: Speech) -> None:
    """Write the workbook. Raises OSError, also through xlsxwriter's own FileCreateError."""
    # What it keeps on the disk while it works belongs where the report will be, and it does not clear all of it away.
    with tempfile.TemporaryDirectory(
        prefix=f".xlsx.{os.getpid()}.", suffix=".part", dir=path.parent
    ) as folder:
        book = xlsxwriter.Workbook(str(path), {**_OPTIONS, "tmpdir": folder})
        _Book(book, report, stamp, speech).write()
        book.close()


class _Book:
    def __init__(self, book: Any, report: Report, stamp: Stamp, speech: Speech) -> None:
        self._book, self._report, self._stamp, self._speech = book, report, stamp, speech
        made = datetime.fromtimestamp(stamp.made_at // NS, UTC).replace(tzinfo=None)
        title = f"{speech.say(f'reports.kind.{report.kind}')} · {speech.text(report.site)}"
        book.set_properties({"title": title, "created": made, "comments": f"SHA-256 {stamp.record}"})
        self._head = book.add_format({"bold": True, "bg_color": "#ECEFF1", "bottom": 1, "text_wrap": True})
        self._head_right = book.add_format(
            {"bold": True, "bg_color": "#ECEFF1", "bottom": 1, "text_wrap": True, "align": "right"}
        )
        self._bold = book.add_format({"bold": True})
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._time = book.add_format({"num_format": _TIME, "align": "left"})
        self._numbers: dict[int, Any] = {}

    def write(self) -> None:
        self._summary()
        for table in self._report.tables:
            self._table(table)
        if self._report.charts:
            self._charts()
        self._sources()

    def _number(self, decimals: int) -> Any:
        if decimals not in self._numbers:
            form = "#,##0" + (f".{'0' * decimals}" if decimals else "")
            self._numbers[decimals] = self._book.add_format({"num_format": form})
        return self._numbers[decimals]

    def _sheet(self, title: str) -> Any:
        """A sheet that prints as wide as the paper, with its head on each page."""
        sheet = self._book.add_worksheet(_sheet_name(title))
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        sheet.set_footer("&L&8&A&R&8&P / &N")
        return sheet

    def _summary(self) -> None:
        speech, report = self._speech, self._report
        sheet = self._sheet(speech.say("reports.section.figures"))
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 3, 26)
        self._string(sheet, (0, 0), speech.say(f"reports.kind.{report.kind}"), self._title)
        row = 2
        for key, text in self._pairs():
            self._string(sheet, (row, 0), key, self._bold)
            self._string(sheet, (row, 1), text)
            row += 1
        for missing in report.missing:
            self._string(sheet, (row, 0), speech.say("reports.section.missing"), self._bold)
            self._string(sheet, (row, 1), speech.missing(missing))
            row += 1
        row += 1
        for place, name in enumerate(("name", "value", "unit", "target", "verdict")):
            key = "reports.column.unit" if name == "unit" else f"reports.figure.{name}"
            self._string(sheet, (row, place), speech.say(key), self._head)
        for figure in report.figures:
            row += 1
            self._string(sheet, (row, 0), speech.figure(figure))
            if figure.value is None:
                self._string(sheet, (row, 1), said(figure, speech))
            else:
                sheet.write_number(row, 1, figure.value, self._number(figure.decimals))
                self._string(sheet, (row, 2), figure.unit)
            if figure.target is not None:
                sheet.write_number(row, 3, figure.target)
            self._string(sheet, (row, 4), speech.verdict(figure))

    def _pairs(self) -> list[tuple[str, str]]:
        speech, report, stamp = self._speech, self._report, self._stamp
        pairs = [
            ("site", speech.text(report.site)),
            ("shift", speech.text(report.shift)),
            ("about", speech.text(report.about_name)),
            ("range", speech.range(report)),
            ("until", speech.time(report.until)),
            ("made", speech.time(stamp.made_at)),
            ("station", stamp.station),
            ("record", stamp.record),
            ("data", stamp.data),
            ("key", stamp.key),
            ("signature", stamp.signature),
        ]
        return [(speech.say(f"reports.head.{name}"), text) for name, text in pairs if text]

    def _table(self, table: Table) -> None:
        sheet = self._sheet(self._speech.say(f"reports.table.{table.name}"))
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.set_column(place, place, _WIDTHS[column.kind])
            form = self._head_right if column.kind is ColumnKind.NUMBER else self._head
            self._string(sheet, (0, place), self._speech.column(column), form)
        for row, cells in enumerate(table.rows, start=1):
            for place, (cell, column) in enumerate(zip(cells, table.columns, strict=True)):
                self._cell(sheet, (row, place), cell, column)
        if table.rows:
            sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)

    def _cell(self, sheet: Any, at: tuple[int, int], cell: Cell, column: Column) -> None:
        if cell is None or cell == "":
            return
        if isinstance(cell, (str, Text)):
            self._string(sheet, at, self._speech.cell(cell, column))
        elif column.kind is ColumnKind.TIME:
            sheet.write_datetime(*at, self._speech.local(int(cell)).replace(tzinfo=None), self._time)
        else:
            sheet.write_number(*at, cell, self._number(column.decimals))

    def _charts(self) -> None:
        charts = [stepped(chart) for chart in self._report.charts]
        sheet = self._sheet(self._speech.say("reports.section.charts"))
        data = self._sheet(self._speech.say("reports.section.points"))
        data_name = data.get_name()
        data.freeze_panes(1, 0)
        time_head = self._speech.say("reports.column.time")
        for index, chart in enumerate(charts):
            data.set_column(2 * index, 2 * index, 19)
            self._string(data, (0, 2 * index), time_head, self._head)
            self._string(data, (0, 2 * index + 1), self._speech.chart(chart), self._head)
        for row in range(max(len(chart.at) for chart in charts)):
            for index, chart in enumerate(charts):
                self._point(data, (row + 1, 2 * index), chart, row)
        for index, chart in enumerate(charts):
            drawn = self._drawn(chart, data_name, 2 * index)
            place = (index // _CHARTS_ACROSS * _CHART_ROWS, index % _CHARTS_ACROSS * 9)
            sheet.insert_chart(*place, drawn, {"description": self._speech.chart(chart)})

    def _point(self, sheet: Any, at: tuple[int, int], chart: Chart, row: int) -> None:
        if row >= len(chart.at):
            return
        local = self._speech.local(chart.at[row]).replace(tzinfo=None)
        sheet.write_datetime(*at, local, self._time)
        value = chart.value[row]
        if value is not None:
            sheet.write_number(at[0], at[1] + 1, value, self._number(chart.decimals))

    def _drawn(self, chart: Chart, data: str, column: int) -> Any:
        bars = chart.kind is ChartKind.BARS
        drawn = self._book.add_chart(
            {"type": "column"} if bars else {"type": "scatter", "subtype": "straight"}
        )
        last = max(1, len(chart.at))
        # The name of a series may be a formula too, and what has a reference in it is taken for one.
        title = shortened(guarded(self._speech.chart(chart)).replace("!", "！"), _LONGEST_TITLE)
        series: dict[str, Any] = {
            "name": title,
            "categories": [data, 1, column, last, column],
            "values": [data, 1, column + 1, last, column + 1],
        }
        drawn.add_series(series | ({"gap": 20} if bars else {"line": {"width": 1.25}}))
        long = self._report.end - self._report.start > 2 * 86_400 * NS
        axis: dict[str, Any] = {"num_format": "mm-dd" if long else "hh:mm", "num_font": {"size": 8}}
        span = {"min": self._serial(self._report.start), "max": self._serial(self._report.end)}
        drawn.set_x_axis(axis | ({"text_axis": True} if bars else span))
        drawn.set_y_axis({"num_font": {"size": 8}, "major_gridlines": {"visible": True}})
        drawn.set_legend({"none": True})
        drawn.set_title({"name": title, "name_font": {"size": 10}})
        drawn.set_size({"width": 560, "height": 300})
        drawn.show_blanks_as("gap")
        return drawn

    def _serial(self, at: int) -> float:
        """Days since the epoch of spreadsheets, local."""
        return (self._speech.local(at).replace(tzinfo=None) - _EPOCH) / timedelta(days=1)

    def _sources(self) -> None:
        sheet = self._sheet(self._speech.say("reports.section.sources"))
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 2, 20)
        sheet.set_column(3, 4, 12)
        sheet.set_column(5, 5, 70)
        for place, name in enumerate(("query", "start", "end", "rows", "good_share", "digest")):
            self._string(sheet, (0, place), self._speech.say(f"reports.column.{name}"), self._head)
        for row, source in enumerate(self._report.sources(), start=1):
            self._string(sheet, (row, 0), source.query)
            for place, at in ((1, source.start), (2, source.end)):
                sheet.write_datetime(row, place, self._speech.local(at).replace(tzinfo=None), self._time)
            sheet.write_number(row, 3, source.rows)
            if source.good_share is not None:
                sheet.write_number(row, 4, source.good_share, self._number(2))
            self._string(sheet, (row, 5), source.digest)

    def _string(self, sheet: Any, at: tuple[int, int], text: str, form: Any = None) -> None:
        if text:
            sheet.write_string(*at, guarded(text)[:_LONGEST], form)


def stepped(chart: Chart) -> Chart:
    """A state holds until the next one: a point more at each change, for spreadsheets draw straight lines."""
    if chart.kind is not ChartKind.STEPS:
        return chart
    points: list[tuple[int, float | None]] = []
    for at, value in zip(chart.at, chart.value, strict=True):
        before = points[-1][1] if points else None
        if before is not None and value is not None and value != before:
            points.append((at, before))
        points.append((at, value))
    times, values = tuple(at for at, _ in points), tuple(value for _, value in points)
    return msgspec.structs.replace(chart, at=times, value=values)


def _sheet_name(text: str) -> str:
    """A name that every spreadsheet takes: at most 31 characters, none of []:*?/\\."""
    return "".join("·" if c in "[]:*?/\\" else c for c in text)[:31].strip("'")
