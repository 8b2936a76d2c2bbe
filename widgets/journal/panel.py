"""The log as a dock: how the ledger stands, what is looked for, the records, and the chosen one in full."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QObject, Qt, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from console.desk.formats import number
from console.desk.log import LogDesk, LogFilter, LogState
from console.desk.models.log_table import LogColumn, LogRow
from console.desk.office import Office
from widgets.journal.detail import RecordDetail
from widgets.journal.filters import LogFilters
from widgets.journal.standing import LedgerStanding
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel
from widgets.kit.rows import QuietRows
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.kit.tables import dress_list
from widgets.kit.texts import Texts

_WIDTHS = {
    LogColumn.WHEN: 92,
    LogColumn.WHO: 120,
    LogColumn.WHERE: 280,
    LogColumn.WHAT: 170,
    LogColumn.OLD: 130,
    LogColumn.NEW: 150,
}
_NARROW = 900
"""Below this the detail gives way."""


class LogPanel(QWidget):
    """Rows stand still while the pointer is on them or one is chosen; what is new waits behind a button."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.desk = LogDesk(office, parent=self)
        self.standing = LedgerStanding(office)
        self.filters = LogFilters(office)
        self.view = QTableView()
        self.detail = RecordDetail(office, self.desk)
        self.fresh = QPushButton()
        self.told = PlainLabel(Role.CAPTION, muted=True)
        self.empty = EmptyState(office.themes, "history")
        self._set_up_view()
        self._arrange()
        self._connect()
        self._again()

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.desk.model)
        view.setItemDelegate(QuietRows(self._office.themes, view))
        dress_list(view, _WIDTHS)

    def _arrange(self) -> None:
        self.fresh.setFont(font(Role.CAPTION, strong=True))
        self.fresh.setMinimumHeight(ROW)
        head = QHBoxLayout()
        head.setContentsMargins(PAD_CELL, STEP, PAD_CELL, 0)
        head.addWidget(self.standing, 1)
        head.addWidget(self.told)
        line = QHBoxLayout()
        line.setContentsMargins(PAD_CELL, STEP, PAD_CELL, STEP)
        line.addWidget(self.filters, 1)
        line.addWidget(self.fresh)
        table = QWidget()
        self._stack = QStackedLayout(table)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self._body = QSplitter(Qt.Orientation.Horizontal)
        self._body.setChildrenCollapsible(False)
        self._body.addWidget(table)
        self._body.addWidget(self.detail)
        self._body.setStretchFactor(0, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(head)
        box.addLayout(line)
        box.addWidget(self._body, 1)

    def _connect(self) -> None:
        self.filters.filter_changed.connect(self._look)
        self.fresh.clicked.connect(self._show_fresh)
        self.empty.act.clicked.connect(self._fill)
        self.desk.changed.connect(self._again)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.view.verticalScrollBar().valueChanged.connect(self._hold)
        self.view.viewport().installEventFilter(self)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._office.speech.lang_changed.connect(self._again)
        self._texts.put(self.view.setAccessibleName, "log.title")

    def chosen(self) -> LogRow | None:
        """The record shown in full."""
        rows = self.view.selectionModel().selectedRows()
        return self.desk.model.rows[rows[0].row()] if rows else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._hold()
        return super().eventFilter(watched, event)

    @Slot()
    def _hold(self) -> None:
        scrolled = self.view.verticalScrollBar().value() > 0
        looked_at = self.view.viewport().underMouse() or self.view.selectionModel().hasSelection()
        self.desk.hold(scrolled or looked_at)

    @Slot(object)
    def _look(self, wanted: LogFilter) -> None:
        self.view.clearSelection()
        self.desk.look_for(wanted)

    @Slot()
    def _show_fresh(self) -> None:
        self.view.clearSelection()
        self.view.scrollToTop()
        self.desk.show_waiting()

    @Slot()
    def _fill(self) -> None:
        """What the pane without rows offers."""
        if self.desk.state is LogState.FAILED:
            self.desk.look()
        else:
            self.filters.clear()

    @Slot(QItemSelection, QItemSelection)
    def _choose(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        self.detail.show_row(self.chosen())
        self._hold()

    @Slot()
    def _again(self) -> None:
        desk, say = self.desk, self._office.speech.say
        self.fresh.setVisible(bool(desk.waiting))
        self.fresh.setText(say("log.fresh", n=number(len(desk.waiting), 0)))
        self._stack.setCurrentIndex(0 if desk.model.rows else 1)
        self.told.setText(self._told())
        offer = ""
        if desk.state is LogState.FAILED:
            sentence, offer = say("log.failed"), say("log.retry")
        elif desk.state is LogState.NO_LINK:
            sentence = say("log.no_link")
        elif desk.state is LogState.ASKING:
            sentence = self._told() or say("log.loading")
        else:
            sentence = say("log.none")
            offer = say("log.none_clear") if desk.filter.anything else ""
        self.empty.set_sentence(sentence)
        self.empty.set_act(offer)
        self.detail.show_row(self.chosen())

    def _told(self) -> str:
        desk, say = self.desk, self._office.speech.say
        if desk.state is LogState.ASKING:
            if desk.searched_to:
                return say("log.searching", n=number(desk.searched_to, 0))
            return say("log.loading")
        return say("log.count", n=number(len(desk.model.rows), 0)) if desk.model.rows else ""

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.desk.open(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.desk.open(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.detail.setVisible(self.width() >= _NARROW)
        self.view.setColumnHidden(LogColumn.OLD, self.width() < _NARROW)
