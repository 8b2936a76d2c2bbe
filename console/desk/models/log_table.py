"""Records of the journal as a table, newest first; what is older is asked for when the view comes to its end."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from enum import IntEnum
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot

from console.core.journal import Record
from console.desk.formats import full_stamp, stamp
from console.desk.models.log_words import LogWords
from console.desk.words import Speech

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class LogRow(NamedTuple):
    """One record with its hash in the ledger."""

    record: Record
    hash: str


class LogColumn(IntEnum):
    """Columns; the heading is `log.column.<name>`."""

    WHEN = 0
    WHO = 1
    WHERE = 2
    WHAT = 3
    OLD = 4
    NEW = 5
    RESULT = 6


class LogRole(IntEnum):
    """What a view asks a cell for besides its text."""

    ROW = Qt.ItemDataRole.UserRole + 1
    """LogRow."""


class LogTableModel(QAbstractTableModel):
    """Rows by falling sequence, each once."""

    more_wanted = Signal()
    """The view has come to the end of what is there."""

    def __init__(
        self,
        words: LogWords,
        speech: Speech,
        now_ns: Callable[[], int] = time.time_ns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._speech = speech
        self._now_ns = now_ns
        self.rows: list[LogRow] = []
        self.has_more = False
        """Whether there may be older records that can be asked for now."""
        speech.lang_changed.connect(self._speak)

    @property
    def newest(self) -> int:
        """Sequence of the first row, 0 without rows."""
        return self.rows[0].record.sequence if self.rows else 0

    @property
    def oldest(self) -> int:
        """Sequence of the last row, 0 without rows."""
        return self.rows[-1].record.sequence if self.rows else 0

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Records that have come."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Always the same columns."""
        return 0 if parent.isValid() else len(LogColumn)

    def canFetchMore(self, parent: Index) -> bool:
        """Whether older records may be asked for."""
        return not parent.isValid() and self.has_more

    def fetchMore(self, parent: Index) -> None:
        """Older ones are wanted; they come later."""
        self.more_wanted.emit()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Headings in the present language."""
        wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if orientation is not Qt.Orientation.Horizontal or role not in wanted:
            return None
        return self._speech.say(f"log.column.{LogColumn(section).name.lower()}")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text of a cell, and the row itself."""
        if not index.isValid():
            return None
        row = self.rows[index.row()]
        if role == LogRole.ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cell(row.record, LogColumn(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == LogColumn.WHEN:
            return full_stamp(row.record.at, self._words.zone)
        return None

    def cell(self, record: Record, column: LogColumn) -> str:
        """One text."""
        words = self._words
        if column is LogColumn.WHEN:
            return stamp(record.at, self._now_ns(), words.zone)
        if column is LogColumn.OLD:
            return words.state(record.old, record.kind)
        if column is LogColumn.NEW:
            return words.state(record.new, record.kind)
        makers = {
            LogColumn.WHO: words.who,
            LogColumn.WHERE: words.where,
            LogColumn.WHAT: words.what,
            LogColumn.RESULT: words.result,
        }
        return makers[column](record)

    def put_before(self, rows: Sequence[LogRow]) -> None:
        """Newer records on top; those that are there already are left out."""
        fresh = [row for row in rows if row.record.sequence > self.newest]
        if fresh:
            self.beginInsertRows(_ROOT, 0, len(fresh) - 1)
            self.rows[:0] = fresh
            self.endInsertRows()

    def put_after(self, rows: Sequence[LogRow]) -> None:
        """Older records below."""
        older = [row for row in rows if not self.rows or row.record.sequence < self.oldest]
        if older:
            first = len(self.rows)
            self.beginInsertRows(_ROOT, first, first + len(older) - 1)
            self.rows.extend(older)
            self.endInsertRows()

    @Slot()
    def clear(self) -> None:
        """No rows."""
        self.beginResetModel()
        self.rows = []
        self.has_more = False
        self.endResetModel()

    def row_of(self, sequence: int) -> int:
        """Where a record stands, -1 if it is not here."""
        return next((n for n, row in enumerate(self.rows) if row.record.sequence == sequence), -1)

    @Slot()
    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(LogColumn) - 1)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(LogColumn) - 1))
