"""Columns of the alarm lists: which each list shows, how wide, and what the person made of it."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QHeaderView, QMenu, QStyleOptionHeader, QTableView

from console.desk.models.alarm_rows import AlarmColumn, AlarmList
from console.desk.office import Office
from widgets.kit.fonts import Role, font

C = AlarmColumn
_ORDER = (
    *(C.PRIORITY, C.TIME, C.ELAPSED, C.ASSET, C.AREA, C.LABEL, C.VALUE, C.STATE, C.TYPE, C.MARK),
    *(C.BY, C.WHY, C.SINCE, C.UNTIL, C.MISSED, C.ACKED_BY, C.TAG, C.HINT),
)
_HIDING = frozenset({C.BY, C.WHY, C.SINCE, C.UNTIL, C.MISSED})
"""Columns about a suppression: of no use where nothing is suppressed."""
_HIDDEN_LISTS = frozenset({AlarmList.SHELVED, AlarmList.SUPPRESSED, AlarmList.OUT_OF_SERVICE})
_OFF_WHEN_HIDDEN = frozenset({C.ELAPSED, C.MARK, C.ACKED_BY, C.TYPE, C.HINT})
_WIDTHS = {
    C.PRIORITY: 48,
    C.TIME: 84,
    C.ELAPSED: 84,
    C.TYPE: 72,
    C.MARK: 112,
    C.BY: 110,
    C.WHY: 200,
    C.SINCE: 90,
    C.UNTIL: 150,
    C.MISSED: 92,
    C.ACKED_BY: 84,
    C.TAG: 170,
    C.HINT: 120,
}
_SHARES = {
    C.ASSET: (0.125, 150),
    C.AREA: (0.075, 100),
    C.LABEL: (0.10, 130),
    C.VALUE: (0.095, 130),
    C.STATE: (0.09, 138),
}
"""Share of the width, and never less than so many pixels."""
_GIVE_WAY = ((1640, C.TAG), (1400, C.TYPE))
"""Below so many pixels a column hides, unless the person chose otherwise."""
_VERSION = b"2:"
"""Of what is stored: the columns of another version are not ours."""


class AlarmHeader(QHeaderView):
    """Headings stand over their columns: that of the values on the right."""

    def __init__(self, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, section: int) -> None:
        super().initStyleOptionForIndex(option, section)
        if section == AlarmColumn.VALUE:
            option.textAlignment = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter  # pyright: ignore


class AlarmColumns(QObject):
    """Arranges the header of one view; what a hand does to it is kept, for all lists alike."""

    def __init__(self, office: Office, view: QTableView) -> None:
        super().__init__(view)
        self._office = office
        self._view = view
        self._header = view.horizontalHeader()
        self._list = AlarmList.ACTIVE
        self._unwanted: set[int] = set()
        self._own = False
        self._arranging = False
        self._set_up()
        self._restore()
        self.show_list(AlarmList.ACTIVE)
        self._header.sectionResized.connect(self._keep)
        self._header.sectionMoved.connect(self._keep)

    def _set_up(self) -> None:
        header = self._header
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
            self._view.setColumnWidth(column, width)
        for place, column in enumerate(_ORDER):
            header.moveSection(header.visualIndex(column), place)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose)

    def _restore(self) -> None:
        stored = self._office.settings.blob("alarm_columns")
        head, _, state = stored.partition(b"\n")
        if not head.startswith(_VERSION):
            return
        self._unwanted = {int(part) for part in head.removeprefix(_VERSION).split(b",") if part.isdigit()}
        self._own = self._header.restoreState(QByteArray(state))
        self._header.setSortIndicatorShown(False)

    def show_list(self, which: AlarmList) -> None:
        """Columns of another list: those about a suppression only where alarms are suppressed."""
        self._list = which
        self._arrange()

    def offered(self) -> list[AlarmColumn]:
        """Columns that the present list may show, in the order of the menu."""
        return [column for column in _ORDER[1:] if self._fits(column)]

    def set_wanted(self, column: AlarmColumn, wanted: bool) -> None:
        """Shows or hides a column of the present list, and keeps that."""
        self._unwanted ^= {int(column)} if wanted == (int(column) in self._unwanted) else set()
        self._own = True
        self._arrange()
        self._store()

    def is_shown(self, column: AlarmColumn) -> bool:
        """Whether a column can be seen now."""
        return not self._view.isColumnHidden(column)

    def shown(self) -> list[AlarmColumn]:
        """Columns that can be seen now, from the left."""
        places = range(self._header.count())
        found = [AlarmColumn(self._header.logicalIndex(place)) for place in places]
        return [column for column in found if self.is_shown(column)]

    def fit(self) -> None:
        """Gives every column its share of the view, unless the person has given widths of their own."""
        if not self._own:
            self._arrange()

    def _fits(self, column: AlarmColumn) -> bool:
        hidden = self._list in _HIDDEN_LISTS
        return column not in (_OFF_WHEN_HIDDEN if hidden else _HIDING)

    def _arrange(self) -> None:
        self._arranging = True
        width = self._view.viewport().width()
        narrow = [column for least, column in _GIVE_WAY if width < least and not self._own]
        for column in AlarmColumn:
            off = not self._fits(column) or int(column) in self._unwanted or column in narrow
            self._view.setColumnHidden(column, off)
        if not self._own:
            for column, (share, least) in _SHARES.items():
                self._view.setColumnWidth(column, max(least, int(width * share)))
        self._arranging = False

    @Slot(QPoint)
    def _choose(self, at: QPoint) -> None:
        menu = QMenu(self._view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column in self.offered():
            text = str(self._view.model().headerData(column, Qt.Orientation.Horizontal) or "")
            action = menu.addAction(text)
            action.setCheckable(True)
            action.setChecked(self.is_shown(column))
            action.setData(int(column))
        menu.triggered.connect(self._chosen)
        menu.popup(self._header.mapToGlobal(at))

    @Slot(object)
    def _chosen(self, action: object) -> None:
        from PySide6.QtGui import QAction

        if isinstance(action, QAction):
            self.set_wanted(AlarmColumn(int(action.data())), action.isChecked())

    @Slot()
    def _keep(self) -> None:
        # Only what a hand did is kept; the last column stretches with every change of the window.
        if self._view.isVisible() and not self._arranging and self._header.underMouse():
            self._own = True
            self._store()

    def _store(self) -> None:
        head = _VERSION + b",".join(str(column).encode() for column in sorted(self._unwanted))
        state = bytes(self._header.saveState().data())
        self._office.settings.put("alarm_columns", head + b"\n" + state)
