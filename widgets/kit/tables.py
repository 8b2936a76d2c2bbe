"""The one look of a list of rows that are chosen one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from widgets.kit.fonts import Role, font
from widgets.kit.space import ROW

Column = TypeVar("Column", bound=int)
HEADER = 26


def dress_list(view: QTableView, widths: Mapping[Column, int]) -> None:
    """Rows of one height without a grid; `widths` by column in logical pixels, the last takes what is left."""
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setMouseTracking(True)
    view.setTabKeyNavigation(False)
    view.setCornerButtonEnabled(False)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(ROW)
    header = view.horizontalHeader()
    header.setFont(font(Role.CAPTION))
    header.setHighlightSections(False)
    header.setStretchLastSection(True)
    header.setFixedHeight(HEADER)
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, width in widths.items():
        view.setColumnWidth(column, width)
