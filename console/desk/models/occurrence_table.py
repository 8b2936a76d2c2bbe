"""Occurrences that were, newest first, as the journal tells them (ALM-67)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from console.core.alarm.facts import AlarmFact, AlarmState, OccurrenceRow
from console.core.catalogue import AlarmPoint
from console.desk import formats
from console.desk.catalogues import CatalogueBoard
from console.desk.models.alarm_cells import value_words, who_words
from console.desk.models.alarm_rows import area_name, haystack_of, label_of
from console.desk.words import Speech

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class OccurrenceColumn(IntEnum):
    """Columns; the heading is `occurrence_column.<name>`."""

    PRIORITY = 0
    TIME = 1
    ASSET = 2
    AREA = 3
    LABEL = 4
    VALUE = 5
    RETURNED = 6
    LASTED = 7
    ACKED_BY = 8
    ACKED = 9
    NOTE = 10


class OccurrenceRole(IntEnum):
    """What delegates and acts ask a cell for besides its text."""

    ROW = Qt.ItemDataRole.UserRole + 1
    """OccurrenceRow."""


class OccurrenceTableModel(QAbstractTableModel):
    """One page of occurrences; `set_text` filters it and says how many rows that hides."""

    def __init__(
        self,
        catalogue: CatalogueBoard,
        speech: Speech,
        now_ns: Callable[[], int] = time.time_ns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._speech = speech
        self._now_ns = now_ns
        self._all: tuple[OccurrenceRow, ...] = ()
        self._rows: list[OccurrenceRow] = []
        self._text = ""
        speech.lang_changed.connect(self._speak)
        catalogue.catalogue_changed.connect(self.clear)

    @property
    def hidden_count(self) -> int:
        """Rows of the page that the text hides."""
        return len(self._all) - len(self._rows)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Rows that the filter lets through."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Always the same columns."""
        return 0 if parent.isValid() else len(OccurrenceColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Headings in the present language."""
        wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if orientation is not Qt.Orientation.Horizontal or role not in wanted:
            return None
        return self._speech.say(f"occurrence_column.{OccurrenceColumn(section).name.lower()}")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text of a cell, whole times as tool tips, and the row itself."""
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == OccurrenceRole.ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._cell(row, OccurrenceColumn(index.column()))
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, OccurrenceColumn(index.column())) or None
        return None

    def row(self, number: int) -> OccurrenceRow:
        """One row; raises IndexError."""
        return self._rows[number]

    def show_rows(self, rows: Sequence[OccurrenceRow]) -> None:
        """Another page, oldest first as the hub sends it."""
        catalogue = self._catalogue.catalogue
        known = len(catalogue.alarms) if catalogue is not None else 0
        self._all = tuple(row for row in reversed(rows) if 0 <= row.alarm < known)
        self._fill()

    def set_text(self, text: str) -> None:
        """Show only rows in which all these words occur."""
        if text != self._text:
            self._text = text
            self._fill()

    @Slot()
    def clear(self) -> None:
        """No page."""
        self.show_rows(())

    def _fill(self) -> None:
        self.beginResetModel()
        words = self._text.lower().split()
        self._rows = [row for row in self._all if not words or self._takes(row, words)]
        self.endResetModel()

    def _takes(self, row: OccurrenceRow, words: Sequence[str]) -> bool:
        catalogue = self._catalogue.catalogue
        assert catalogue is not None
        haystack = haystack_of(catalogue.alarms[row.alarm], catalogue)
        return all(word in haystack for word in words)

    @Slot()
    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(OccurrenceColumn) - 1)
        self._fill()

    def _cell(self, row: OccurrenceRow, column: OccurrenceColumn) -> str:
        catalogue, speech = self._catalogue.catalogue, self._speech
        assert catalogue is not None
        point = catalogue.alarms[row.alarm]
        now, zone = self._now_ns(), formats.zone(catalogue.site.time_zone)
        if column is OccurrenceColumn.PRIORITY:
            return f"{row.priority} {speech.say(f'alarm_priority.p{min(max(row.priority, 1), 4)}')}"
        if column is OccurrenceColumn.VALUE:
            return value_words(as_fact(row), point, catalogue, speech)
        if column is OccurrenceColumn.AREA:
            return area_name(point, catalogue, speech.lang)
        if column is OccurrenceColumn.LASTED:
            return self._lasted(row)
        times = {
            OccurrenceColumn.TIME: row.at_event,
            OccurrenceColumn.RETURNED: row.at_returned,
            OccurrenceColumn.ACKED: row.at_acked,
        }
        if column in times:
            return formats.stamp(times[column], now, zone)
        return self._words(row, column, point)

    def _words(self, row: OccurrenceRow, column: OccurrenceColumn, point: AlarmPoint) -> str:
        speech = self._speech
        if column is OccurrenceColumn.ASSET:
            return speech.of(point.asset.name)
        if column is OccurrenceColumn.LABEL:
            return speech.of(label_of(as_fact(row), point.alarm))
        if column is OccurrenceColumn.ACKED_BY:
            return who_words(row.acked_by, speech)
        notes = [
            (not row.at_annunciated, "alarm_note.unannounced"),
            (row.by_operator, "alarm_note.by_operator"),
            (row.rtn_cause == "SOURCE_DISABLED", "alarm_note.source_disabled"),
            (row.rtn_cause == "CONFIG", "alarm_note.config"),
        ]
        said = [row.comment] if row.comment else []
        said += [speech.say(key) for holds, key in notes if holds]
        if row.repeat_count:
            said.append(speech.say("alarm_mark.repeated", n=row.repeat_count + 1))
        return " · ".join(said)

    def _lasted(self, row: OccurrenceRow) -> str:
        if not row.at_returned:
            return self._speech.say("alarm_note.standing")
        return formats.age((row.at_returned - row.at_event) / 1e9, self._speech)

    def _tip(self, row: OccurrenceRow, column: OccurrenceColumn) -> str:
        catalogue = self._catalogue.catalogue
        zone = formats.zone(catalogue.site.time_zone) if catalogue else formats.SEOUL
        times = {
            OccurrenceColumn.TIME: row.at_event,
            OccurrenceColumn.RETURNED: row.at_returned,
            OccurrenceColumn.ACKED: row.at_acked,
        }
        return formats.full_stamp(times[column], zone) if times.get(column) else ""


def as_fact(row: OccurrenceRow) -> AlarmFact:
    """The occurrence as a fact, for words that are made of facts."""
    state = AlarmState(cond=not row.at_returned, acked=bool(row.at_acked))
    return AlarmFact(
        alarm=row.alarm,
        state=state,
        priority=row.priority,
        level=row.level,
        value=row.value,
        limit=row.limit,
        at_event=row.at_event,
    )
