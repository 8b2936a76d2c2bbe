"""Points of one feed with their rhythm: what is out of rhythm first."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from console.core.feed import Beat, FeedPage, PointFact
from console.desk.catalogues import CatalogueBoard
from console.desk.formats import DASH, age, number
from console.desk.words import Speech

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TEXT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
_FIRST = {
    Beat.LATE: 0,
    Beat.FROZEN: 1,
    Beat.TOO_REGULAR: 2,
    Beat.WAITING: 3,
    Beat.LEARNING: 4,
    Beat.STEADY: 5,
}


class PointColumn(IntEnum):
    """Columns; the heading is `feedpage.point.<name>`."""

    TAG = 0
    BEAT = 1
    AGE = 2
    INTERVAL = 3
    EXPECTED = 4
    RUN = 5
    SOURCE = 6


_LEFT = frozenset({PointColumn.TAG, PointColumn.BEAT, PointColumn.SOURCE})


class FeedPoints(QAbstractTableModel):
    """Rows of the newest page; a page of the same feed changes them in place."""

    def __init__(self, catalogue: CatalogueBoard, speech: Speech, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._speech = speech
        self.points: list[PointFact] = []
        self._needle = ""
        self._page: FeedPage | None = None
        speech.lang_changed.connect(self._speak)

    def show_page(self, page: FeedPage | None) -> None:
        """Another page, or none."""
        self._page = page
        found = [] if page is None else [point for point in page.points if self._matches(point)]
        found.sort(key=lambda point: _FIRST[Beat(point.beat)])
        if [point.tag for point in found] == [point.tag for point in self.points]:
            self.points = found
            if found:
                self.dataChanged.emit(self.index(0, 0), self.index(len(found) - 1, len(PointColumn) - 1))
            return
        self.beginResetModel()
        self.points = found
        self.endResetModel()

    def filter_by(self, text: str) -> None:
        """Only points in whose names `text` stands."""
        self._needle = text.strip().casefold()
        self.show_page(self._page)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Points told."""
        return 0 if parent.isValid() else len(self.points)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Always the same columns."""
        return 0 if parent.isValid() else len(PointColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings in the present language."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role in _TEXT:
            return self._speech.say(f"feedpage.point.{PointColumn(section).name.lower()}")
        if role == Qt.ItemDataRole.TextAlignmentRole and section not in _LEFT:
            return _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text of a cell."""
        if not index.isValid():
            return None
        column = PointColumn(index.column())
        if role in _TEXT:
            return self.cell(self.points[index.row()], column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column not in _LEFT:
            return _RIGHT
        return None

    def cell(self, point: PointFact, column: PointColumn) -> str:
        """One text."""
        match column:
            case PointColumn.TAG:
                return self._tag(point.tag)
            case PointColumn.BEAT:
                return self._speech.say(f"feedpage.beat.{Beat(point.beat).name.lower()}")
            case PointColumn.AGE:
                return DASH if point.age_s is None else age(point.age_s, self._speech)
            case PointColumn.INTERVAL:
                return self._interval(point)
            case PointColumn.EXPECTED:
                return self._speech.say("feedpage.seconds", s=f"{point.expected_s:g}")
            case PointColumn.RUN:
                return number(point.run, 0)
            case PointColumn.SOURCE:
                return f"{point.source} {point.path}"

    def _interval(self, point: PointFact) -> str:
        if not point.interval_s:
            return DASH
        say = self._speech.say
        return say("feedpage.interval", s=f"{point.interval_s:.2f}", d=f"{point.deviation_s:.2f}")

    def _tag(self, index: int) -> str:
        catalogue = self._catalogue.catalogue
        if catalogue is None or not 0 <= index < len(catalogue.tags):
            return DASH
        point = catalogue.tags[index]
        lang = self._speech.lang
        return f"{point.asset.name.of(lang)} · {point.tag.label.of(lang)}"

    def _matches(self, point: PointFact) -> bool:
        if not self._needle:
            return True
        return self._needle in f"{self._tag(point.tag)} {point.source} {point.path}".casefold()

    @Slot()
    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(PointColumn) - 1)
        if self.points:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.points) - 1, len(PointColumn) - 1))
