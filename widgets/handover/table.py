"""The items of a handover: grouped rows, chosen with arrows, accepted with Space or Enter, taken back with Delete."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QModelIndex, QPersistentModelIndex, QRect, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem, QTableView

from console.core.handover.facts import HandoverFact, HandoverItem
from console.desk.models.handover_rows import HandoverColumn, HandoverRows
from console.desk.office import Office
from widgets.kit.colours import hairline, mix
from widgets.kit.fonts import Role, font
from widgets.kit.rows import QuietRows
from widgets.kit.seconds import seconds_of
from widgets.kit.space import PAD_CELL
from widgets.kit.tables import dress_list

_Index = QModelIndex | QPersistentModelIndex
_WIDTHS = {
    HandoverColumn.DONE: 98,
    HandoverColumn.CHANGE: 62,
    HandoverColumn.SUBJECT: 240,
    HandoverColumn.STATE: 220,
    HandoverColumn.SINCE: 96,
    HandoverColumn.UNTIL: 96,
}
_FROM = {HandoverColumn.SINCE: 560, HandoverColumn.REMARK: 700, HandoverColumn.UNTIL: 920}
"""Width of the table from which a column is shown; what is left out stands beside the list when a row is chosen."""
_SUBJECT_SHARE = 0.55
_REMARK_SHARE = 0.3
_SHARED = (HandoverColumn.SUBJECT, HandoverColumn.STATE)
_ACCEPT = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ItemRows(QuietRows):
    """A heading is a darker band across all columns; what waits for the person is written strong."""

    def __init__(self, office: Office, model: HandoverRows, parent: QAbstractItemView) -> None:
        super().__init__(office.themes, parent)
        self._office = office
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        if self._model.item_at(index.row()) is not None:
            super().paint(painter, option, index)
            return
        tokens = self._office.themes.tokens
        rect: QRect = option.rect  # pyright: ignore
        painter.fillRect(rect, mix(tokens.panel, tokens.text, 0.06))
        painter.setPen(hairline(tokens))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.setFont(font(Role.CAPTION, strong=True))
        painter.setPen(QColor(tokens.text))
        room = rect.adjusted(PAD_CELL, 0, -PAD_CELL, 0)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, str(index.data()))


class ItemTable(QTableView):
    """One handover; the chosen items stay chosen while the list changes."""

    accept_asked = Signal(object)
    """List of HandoverItem to be accepted."""
    take_back_asked = Signal(object)
    """List of HandoverItem whose acceptance is taken back."""
    items_chosen = Signal()

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        clock = seconds_of(office.themes)
        self.rows = HandoverRows(office.handover_words, office.speech, lambda: clock.now_ns, self)
        self.setModel(self.rows)
        self.setItemDelegate(ItemRows(office, self.rows, self))
        dress_list(self, {int(column): width for column, width in _WIDTHS.items()})
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.selectionModel().selectionChanged.connect(self._tell)
        office.speech.lang_changed.connect(self._say)
        self._say()

    def show_fact(self, fact: HandoverFact | None) -> None:
        """Another handover, or another state of it."""
        self._keep(lambda: self.rows.show_fact(fact))

    def filter_by(self, *, only_changed: bool, only_open: bool) -> None:
        """Show fewer items."""
        self._keep(lambda: self.rows.filter_by(only_changed=only_changed, only_open=only_open))

    def chosen(self) -> list[HandoverItem]:
        """The items of the selected rows, in order."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [item for row in rows if (item := self.rows.item_at(row)) is not None]

    def choose(self, key: str) -> None:
        """Select one item."""
        row = self.rows.row_of(key)
        if row >= 0:
            self.selectRow(row)

    def choose_next_open(self) -> None:
        """Select the next item that is not accepted, from the last chosen one on; stay where there is none."""
        last = max((index.row() for index in self.selectionModel().selectedRows()), default=-1)
        count = len(self.rows.rows)
        for row in [*range(last + 1, count), *range(last + 1)]:
            item = self.rows.item_at(row)
            if item is not None and not item.done and not item.waits:
                self.selectRow(row)
                return

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.viewport().width()
        for column, least in _FROM.items():
            self.setColumnHidden(column, width < least)
        shown = [one for one in HandoverColumn if one in _WIDTHS and not self.isColumnHidden(one)]
        fixed = sum(_WIDTHS[one] for one in shown if one not in _SHARED)
        # The remark takes what is left; without it the other texts share the room.
        for_remark = 0.0 if self.isColumnHidden(HandoverColumn.REMARK) else _REMARK_SHARE
        room = (width - fixed) * (1 - for_remark)
        self.setColumnWidth(HandoverColumn.SUBJECT, round(room * _SUBJECT_SHARE))
        self.setColumnWidth(HandoverColumn.STATE, round(room * (1 - _SUBJECT_SHARE)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        items = self.chosen()
        if event.key() in _ACCEPT and items:
            self.accept_asked.emit([item for item in items if not item.done and not item.waits])
            event.accept()
        elif event.key() == Qt.Key.Key_Delete and items:
            self.take_back_asked.emit([item for item in items if item.accepted_by])
            event.accept()
        else:
            super().keyPressEvent(event)

    def _keep(self, change: object) -> None:
        """Carry the selection over a change of rows."""
        assert callable(change)
        keys = [item.key for item in self.chosen()]
        if not change():
            self._tell()
            return
        self.clearSpans()
        for row in self.rows.headings():
            self.setSpan(row, 0, 1, len(HandoverColumn))
        self.selectionModel().blockSignals(True)
        mode = self.selectionMode()
        self.setSelectionMode(QAbstractItemView.SelectionMode.MultiSelection)
        for key in keys:
            self.choose(key)
        self.setSelectionMode(mode)
        self.selectionModel().blockSignals(False)
        self._tell()

    @Slot()
    def _say(self) -> None:
        self.setAccessibleName(self._office.speech.say("docks.handover"))

    @Slot(QItemSelection, QItemSelection)
    def _tell(self, *_: object) -> None:
        self.items_chosen.emit()
