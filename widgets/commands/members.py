"""Members of a group and what is said of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from console.desk.themes import Themes
from widgets.kit.fonts import Role, font
from widgets.kit.rows import QuietRows
from widgets.kit.space import ROW

_NAME = 190
_ROWS = 8
"""Rows shown before the list scrolls."""


class MemberList(QTableView):
    """Name on the left, what is said of it on the right; what is blocked is said strongly."""

    def __init__(self, themes: Themes) -> None:
        super().__init__()
        self._model = QStandardItemModel(0, 2, self)
        self.setModel(self._model)
        self.setItemDelegate(QuietRows(themes, self))
        self.setShowGrid(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        self.horizontalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self.horizontalHeader().setStretchLastSection(True)
        self.setColumnWidth(0, _NAME)

    def show_members(self, members: Sequence[tuple[str, str, bool]]) -> None:
        """(name, what is said, strongly) of each."""
        self._model.setRowCount(0)
        for name, said, strong in members:
            row = [QStandardItem(name), QStandardItem(said)]
            row[1].setFont(font(Role.BODY, strong=strong))
            for item in row:
                item.setData(f"{name}, {said}", Qt.ItemDataRole.AccessibleTextRole)
            self._model.appendRow(row)
        self.setFixedHeight(min(max(len(members), 1), _ROWS) * ROW + 2)

    def texts(self) -> list[tuple[str, str]]:
        """What is shown."""
        model = self._model
        return [(model.item(row, 0).text(), model.item(row, 1).text()) for row in range(model.rowCount())]
