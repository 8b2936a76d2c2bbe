"""The alarm list as a view: rows stand still under the pointer, only visible selected rows are acted on."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QPoint, Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QStyleOptionHeader, QTableView

from console.desk.models.alarm_rows import AlarmColumn
from console.desk.models.alarm_table import AlarmTableModel
from console.desk.office import Office
from widgets.alarms.delegate import AlarmDelegate, rows_on_screen
from widgets.kit.flash import flash_of
from widgets.kit.fonts import Role, font
from widgets.kit.space import ROW

_WIDTHS = {
    AlarmColumn.PRIORITY: 48,
    AlarmColumn.STATE: 118,
    AlarmColumn.TIME: 84,
    AlarmColumn.ELAPSED: 88,
    AlarmColumn.ASSET: 260,
    AlarmColumn.LABEL: 190,
    AlarmColumn.VALUE: 168,
    AlarmColumn.ACKED_BY: 80,
    AlarmColumn.HINT: 240,
}
_ORDER = (
    AlarmColumn.PRIORITY,
    AlarmColumn.TIME,
    AlarmColumn.ELAPSED,
    AlarmColumn.ASSET,
    AlarmColumn.LABEL,
    AlarmColumn.VALUE,
    AlarmColumn.STATE,
    AlarmColumn.ACKED_BY,
    AlarmColumn.HINT,
)
_SHARES = {
    AlarmColumn.ASSET: (0.19, 180),
    AlarmColumn.LABEL: (0.13, 150),
    AlarmColumn.VALUE: (0.11, 140),
    AlarmColumn.STATE: (0.11, 120),
}
"""Share of the width, and never less than so many pixels."""


class AlarmHeader(QHeaderView):
    """Headings stand over their columns: that of the values on the right."""

    def __init__(self, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, section: int) -> None:
        super().initStyleOptionForIndex(option, section)
        if section == AlarmColumn.VALUE:
            option.textAlignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter  # pyright: ignore


class AlarmView(QTableView):
    """28 px rows without vertical lines; `rows_chosen` after every change of the selection."""

    rows_chosen = Signal()

    def __init__(self, office: Office, model: AlarmTableModel) -> None:
        super().__init__()
        self._office = office
        self._model = model
        self._clock = flash_of(office.themes)
        self._fitting = False
        self.setHorizontalHeader(AlarmHeader(self))
        self.setModel(model)
        self._painter = AlarmDelegate(office.themes, self._clock, self)
        self.setItemDelegate(self._painter)
        self._set_up()
        self._set_up_header()
        self.selectionModel().selectionChanged.connect(self._chosen)
        self._clock.flash_changed.connect(self._beat)
        office.themes.theme_changed.connect(self._retheme)
        self.verticalScrollBar().valueChanged.connect(self._tell_visible)
        model.layoutChanged.connect(self._tell_visible)
        model.rowsInserted.connect(self._tell_visible)

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

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setFont(font(Role.CAPTION))
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setSectionsClickable(True)
        header.setSortIndicatorShown(False)
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(44)
        header.setFixedHeight(26)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, width in _WIDTHS.items():
            self.setColumnWidth(column, width)
        for place, column in enumerate(_ORDER):
            header.moveSection(header.visualIndex(column), place)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose_columns)
        header.sectionClicked.connect(self._sort_by)
        stored = self._office.settings.blob("alarm_columns")
        if stored:
            header.restoreState(QByteArray(stored))
            header.setSortIndicatorShown(False)
        header.sectionResized.connect(self._keep_columns)
        header.sectionMoved.connect(self._keep_columns)

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

    @Slot(QPoint)
    def _choose_columns(self, at: QPoint) -> None:
        menu = QMenu(self)
        for column in _ORDER[1:]:
            text = str(self._model.headerData(column, Qt.Orientation.Horizontal) or "")
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.setData(int(column))
        chosen = menu.exec(self.horizontalHeader().mapToGlobal(at))
        if chosen:
            self.setColumnHidden(int(chosen.data()), not chosen.isChecked())
            self._keep_columns()

    def _fit_columns(self) -> None:
        self._fitting = True
        for column, (share, least) in _SHARES.items():
            self.setColumnWidth(column, max(least, int(self.viewport().width() * share)))
        self._fitting = False

    @Slot()
    def _keep_columns(self) -> None:
        # Only what a hand did is kept; the last column stretches with every change of the window.
        if self.isVisible() and not self._fitting and self.horizontalHeader().underMouse():
            self._office.settings.put("alarm_columns", bytes(self.horizontalHeader().saveState().data()))

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if not self._office.settings.blob("alarm_columns"):
            self._fit_columns()
        self._tell_visible()
