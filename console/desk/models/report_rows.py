"""Reports of the folder as a table, newest first."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from console.desk.formats import stamp
from console.desk.reports.shelf import Made
from console.desk.words import Speech

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TEXT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_NS = 1_000_000_000


class ReportColumn(IntEnum):
    """Columns; the heading is `reportpage.column.<name>`."""

    WHAT = 0
    PERIOD = 1
    MADE = 2


class ReportRows(QAbstractTableModel):
    """What lies on the shelf."""

    def __init__(
        self,
        speech: Speech,
        now_ns: Callable[[], int],
        about: Callable[[Made], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._speech = speech
        self._now_ns = now_ns
        self._about = about
        self.rows: tuple[Made, ...] = ()
        speech.lang_changed.connect(self._speak)

    def put(self, rows: tuple[Made, ...]) -> None:
        """Other reports."""
        if rows != self.rows:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()

    def row_of(self, stem: str) -> int:
        """Where a report stands, -1 if it is not there."""
        return next((row for row, made in enumerate(self.rows) if made.stem == stem), -1)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Reports of the folder."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Always the same columns."""
        return 0 if parent.isValid() else len(ReportColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Headings in the present language."""
        if orientation is not Qt.Orientation.Horizontal or role not in _TEXT:
            return None
        return self._speech.say(f"reportpage.column.{ReportColumn(section).name.lower()}")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text of a cell."""
        if not index.isValid() or role not in _TEXT:
            return None
        return self.cell(self.rows[index.row()], ReportColumn(index.column()))

    def cell(self, made: Made, column: ReportColumn) -> str:
        """One text."""
        if column is ReportColumn.WHAT:
            kind = self._speech.say(f"reports.kind.{made.kind}")
            lang = self._speech.say(f"reportpage.langs.{lang_of(made)}")
            return " · ".join(part for part in (kind, self._about(made), lang) if part)
        if column is ReportColumn.PERIOD:
            return period(made)
        return stamp(int(made.at) * _NS, self._now_ns())

    @Slot()
    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(ReportColumn) - 1)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(ReportColumn) - 1))


def lang_of(made: Made) -> str:
    """Language of a report as a wish names it."""
    return "both" if made.lang == "ko-en" else made.lang


def period(made: Made) -> str:
    """`2026-11-22 06:00 – 14:00`, with the second day where it is another."""
    start, end = _moment(made.start), _moment(made.end)
    return f"{start} – {end[11:] if start[:10] == end[:10] else end}"


def _moment(text: str) -> str:
    return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[9:11]}:{text[11:13]}"
