"""The operator log as a dock: what is looked for, entries under their days, and the chosen one in full."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QObject, Qt, Signal, Slot
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QPushButton,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from console.desk.formats import number
from console.desk.logbook_desk import BookFilter, BookState, LogbookDesk
from console.desk.models.book_rows import BookRow
from console.desk.office import Office
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role, font
from widgets.kit.labels import ElideLabel, PlainLabel
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.kit.texts import Texts
from widgets.logbook.detail import EntryDetail
from widgets.logbook.filters import BookFilters
from widgets.logbook.rows import BookDelegate

_NARROW = 760
"""Below this the detail stands under the list."""


class LogbookPanel(QWidget):
    """Rows stand still while the pointer is on them or one is chosen; what is new waits behind a button."""

    told = Signal(str, bool)
    """A sentence for the person, and whether something went wrong."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self._chosen = ""
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.desk = LogbookDesk(office, parent=self)
        self.filters = BookFilters(office)
        self.view = QListView()
        self.detail = EntryDetail(office, self.desk.words)
        self.new, self.close_log = QPushButton(), QPushButton()
        self.fresh, self.older = QPushButton(), QPushButton()
        self.standing = ElideLabel(office.themes, Role.CAPTION, muted=True)
        self.told_count = PlainLabel(Role.CAPTION, muted=True)
        self.empty = EmptyState(office.themes, "logbook")
        self._set_up_view()
        self._arrange()
        self._connect()
        self._again()

    def _set_up_view(self) -> None:
        view = self.view
        view.setModel(self.desk.model)
        view.setItemDelegate(BookDelegate(self._office, self.desk.words, view))
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setMouseTracking(True)
        view.setUniformItemSizes(False)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)

    def _arrange(self) -> None:
        for button in (self.new, self.close_log, self.fresh, self.older):
            button.setFont(font(Role.CAPTION, strong=True))
            button.setMinimumHeight(ROW)
            button.setAutoDefault(False)
        self.told_count.setMinimumHeight(ROW)
        self.standing.setMinimumHeight(ROW)
        self.filters.add(self.new, self.close_log, self.fresh, self.told_count, self.standing)
        line = QHBoxLayout()
        line.setContentsMargins(PAD_CELL, STEP, PAD_CELL, STEP)
        line.addWidget(self.filters, 1)
        self.body = QSplitter(Qt.Orientation.Horizontal)
        self.body.setChildrenCollapsible(False)
        self.body.addWidget(self._list())
        self.body.addWidget(self.detail)
        self.body.setStretchFactor(0, 3)
        self.body.setStretchFactor(1, 2)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(0)
        box.addLayout(line)
        box.addWidget(self.body, 1)

    def _list(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        stack = QWidget()
        self._stack = QStackedLayout(stack)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        column.addWidget(stack, 1)
        column.addWidget(self.older)
        return whole

    def _connect(self) -> None:
        office = self._office
        self.filters.filter_changed.connect(self._look)
        self.fresh.clicked.connect(self._show_fresh)
        self.older.clicked.connect(self.desk.ask_older)
        self.new.clicked.connect(self._write)
        self.close_log.clicked.connect(self._close_log)
        self.empty.act.clicked.connect(self._fill)
        self.desk.changed.connect(self._again)
        self.desk.model.modelReset.connect(self._choose_again)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.view.verticalScrollBar().valueChanged.connect(self._hold)
        self.view.viewport().installEventFilter(self)
        self.detail.told.connect(self.told)
        office.actions.triggered_action.connect(self._act)
        office.session.session_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)
        office.log_board.mentions_changed.connect(self._redraw)
        self._texts.put(self.view.setAccessibleName, "logbook.title")
        self._texts.put(self.new.setText, "logbook.new")
        self._texts.put(self.close_log.setText, "logbook.close")
        self._texts.put(self.older.setText, "logbook.older")

    def chosen(self) -> BookRow | None:
        """The entry shown in full."""
        rows = self.view.selectionModel().selectedRows()
        return self.desk.model.rows[rows[0].row()] if rows else None

    def choose(self, entry: str) -> bool:
        """Choose the row of an entry; whether it is there."""
        row = self.desk.model.row_of(entry)
        if row < 0:
            return False
        index = self.desk.model.index(row)
        self.view.setCurrentIndex(index)
        self.view.scrollTo(index)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._hold()
        return super().eventFilter(watched, event)

    @Slot()
    def _hold(self) -> None:
        scrolled = self.view.verticalScrollBar().value() > 0
        self.desk.hold(scrolled or self.view.viewport().underMouse())

    @Slot(object)
    def _look(self, wanted: BookFilter) -> None:
        self.desk.look_for(wanted)

    @Slot()
    def _show_fresh(self) -> None:
        self.view.scrollToTop()
        self.desk.show_waiting()

    @Slot()
    def _write(self) -> None:
        self._office.actions.use("log.entry")

    @Slot()
    def _close_log(self) -> None:
        self._office.actions.use("log.close")

    @Slot(str)
    def _act(self, action: str) -> None:
        if action == "log.mentions":
            self.filters.show_mine()

    @Slot()
    def _fill(self) -> None:
        """What the pane without rows offers."""
        if self.desk.state is BookState.FAILED:
            self.desk.look()
        elif self.desk.filter.anything:
            self.filters.clear()
        else:
            self._write()

    @Slot(QItemSelection, QItemSelection)
    def _choose(self, _selected: QItemSelection, _deselected: QItemSelection) -> None:
        row = self.chosen()
        if row is not None:
            self._chosen = row.id
        self.detail.show_row(row)

    @Slot()
    def _choose_again(self) -> None:
        if not self._chosen or not self.choose(self._chosen):
            self.detail.show_row(None)

    @Slot()
    def _redraw(self) -> None:
        self.view.viewport().update()

    @Slot()
    def _again(self) -> None:
        desk, office, say = self.desk, self._office, self._office.speech.say
        entries = sum(row.thread is not None for row in desk.model.rows)
        self.fresh.setVisible(bool(desk.waiting))
        self.fresh.setText(say("logbook.fresh", n=number(desk.waiting, 0)))
        self.older.setVisible(desk.more)
        self.told_count.setText(say("logbook.count", n=number(entries, 0)) if entries else "")
        self.new.setEnabled(office.logbook.may_write)
        self.close_log.setVisible(office.logbook.may_close)
        self.close_log.setEnabled(office.link.live)
        self._say_standing()
        self._stack.setCurrentIndex(0 if desk.model.rows else 1)
        sentence, offer = self._emptiness()
        self.empty.set_sentence(sentence)
        self.empty.set_act(offer)
        self._redraw()

    def _say_standing(self) -> None:
        say, until = self._office.speech.say, self._office.log_board.locked_until
        text = say("logbook.closed_until", at=self.desk.words.moment(until)) if until else ""
        if self.desk.state is BookState.NO_LINK and self.desk.model.rows:
            text = say("logbook.frozen")
        self.standing.set_text(text)

    def _emptiness(self) -> tuple[str, str]:
        say, desk = self._office.speech.say, self.desk
        if desk.state is BookState.FAILED:
            return say("logbook.failed"), say("logbook.retry")
        write = say("logbook.new") if self._office.logbook.may_write else ""
        if desk.state is BookState.NO_LINK:
            return say("logbook.no_link"), write
        if desk.state is BookState.ASKING:
            return say("logbook.loading"), ""
        if desk.filter.anything:
            return say("logbook.none"), say("logbook.none_clear")
        return say("logbook.empty"), write

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.desk.open(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.desk.open(False)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= _NARROW
        self.body.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
