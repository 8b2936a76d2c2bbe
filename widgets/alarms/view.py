"""The alarm list as a view: rows stand still under the pointer, only visible selected rows are acted on."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from console.desk.models.alarm_rows import AlarmColumn
from console.desk.models.alarm_table import AlarmTableModel
from console.desk.office import Office
from widgets.alarms.columns import AlarmColumns, AlarmHeader
from widgets.alarms.delegate import AlarmDelegate, rows_on_screen
from widgets.kit.flash import flash_of
from widgets.kit.space import ROW


class AlarmView(QTableView):
    """28 px rows without vertical lines; `rows_chosen` after every change of the selection."""

    rows_chosen = Signal()
    opened = Signal()
    """A row was entered: by Enter or a double click."""

    def __init__(self, office: Office, model: AlarmTableModel) -> None:
        super().__init__()
        self._office = office
        self._model = model
        self._clock = flash_of(office.themes)
        self.setHorizontalHeader(AlarmHeader(self))
        self.setModel(model)
        self._painter = AlarmDelegate(office.themes, self._clock, self)
        self.setItemDelegate(self._painter)
        self._set_up()
        self.columns = AlarmColumns(office, self)
        self.horizontalHeader().sectionClicked.connect(self._sort_by)
        self.selectionModel().selectionChanged.connect(self._chosen)
        self.doubleClicked.connect(self.opened)
        self._clock.flash_changed.connect(self._beat)
        office.themes.theme_changed.connect(self._retheme)
        self.verticalScrollBar().valueChanged.connect(self._tell_visible)
        # Rows come one by one in a burst; where they stand is looked up once.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._tell_visible)
        model.layoutChanged.connect(self._look_soon)
        model.rowsInserted.connect(self._look_soon)

    def _set_up(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setSortingEnabled(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(ROW)
        self.verticalHeader().setDefaultSectionSize(ROW)

    def chosen_rows(self) -> list[int]:
        """Selected rows, from the top."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def chosen_on_screen(self) -> list[int]:
        """Selected rows that can be seen now: the only ones a bulk act may touch (ALM-23)."""
        shown = rows_on_screen(self, self._model)
        return [row for row in self.chosen_rows() if row in shown]

    def choose(self, row: int) -> None:
        """Selects one row and brings it into view."""
        self.selectRow(row)
        self.scrollTo(self._model.index(row, AlarmColumn.LABEL))

    def choose_many(self, rows: list[int]) -> None:
        """Selects these rows and brings the first of them into view."""
        self.clearSelection()
        flags = QItemSelectionModel.SelectionFlag
        for row in rows:
            index = self._model.index(row, 0)
            self.selectionModel().select(index, flags.Select | flags.Rows)
        if rows:
            self.scrollTo(self._model.index(min(rows), AlarmColumn.LABEL))
            self.setFocus()

    @Slot()
    def _chosen(self) -> None:
        self._hold()
        self.rows_chosen.emit()

    def _hold(self) -> None:
        self._model.set_held(self.underMouse() or self.selectionModel().hasSelection())

    @Slot()
    def _beat(self) -> None:
        column = self.columnViewportPosition(AlarmColumn.PRIORITY)
        self.viewport().update(column, 0, self.columnWidth(AlarmColumn.PRIORITY), self.viewport().height())

    @Slot()
    def _look_soon(self) -> None:
        self._soon.start(0)

    @Slot()
    def _tell_visible(self) -> None:
        shown = rows_on_screen(self, self._model)
        self._model.set_visible(max(0, shown.start - 1), shown.stop + 1)

    @Slot(int)
    def _sort_by(self, section: int) -> None:
        order = self._model.order
        header = self.horizontalHeader()
        if order.column == section and order.descending:
            self._model.sort(-1)
            header.setSortIndicatorShown(False)
            return
        down = order.column == section
        way = Qt.SortOrder.DescendingOrder if down else Qt.SortOrder.AscendingOrder
        self._model.sort(section, way)
        header.setSortIndicator(section, way)
        header.setSortIndicatorShown(True)

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.viewport().update()

    def _over(self, row: int) -> None:
        if row != self._painter.hover_row:
            self._painter.hover_row = row
            self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Enter, QEvent.Type.Leave):
            self._over(-1)
            self._model.set_held(event.type() is QEvent.Type.Enter or self.selectionModel().hasSelection())
        return super().viewportEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._over(self.indexAt(event.position().toPoint()).row())
        super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # `activated` follows the platform's single or double click; Enter means the same everywhere.
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
            event.accept()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.columns.fit()
        self._tell_visible()
