"""The rows of a chart as a table and as CSV: what a reader without eyes for lines needs, and what Excel takes."""

from __future__ import annotations

import math

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QDialog, QTableView, QVBoxLayout, QWidget

from console.core.catalogue import TagPoint
from console.core.quality import Quality
from console.desk.formats import full_stamp, number
from console.desk.office import Office
from widgets.charts.rows import Rows
from widgets.kit.labels import PlainLabel
from widgets.kit.space import PAD_PANEL, ROW

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_RISKY = ("=", "+", "-", "@", "\t", "\r")


class ChartRows(QAbstractTableModel):
    """Time, name, value (lowest to highest where rolled up), quality; newest first."""

    def __init__(
        self, office: Office, parts: list[tuple[TagPoint, Rows]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._office = office
        self._parts = [point for point, _ in parts]
        self._rows = sorted(
            (
                (
                    int(rows.at[row]),
                    place,
                    float(rows.low[row]),
                    float(rows.high[row]),
                    int(rows.quality[row]),
                )
                for place, (_, rows) in enumerate(parts)
                for row in range(len(rows))
            ),
            reverse=True,
        )

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._office.speech.say(f"charts.table.{_COLUMNS[section]}")

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role != Qt.ItemDataRole.DisplayRole or not index.isValid():
            return None
        return self.cells(index.row())[index.column()]

    def cells(self, row: int) -> tuple[str, str, str, str, str]:
        """Texts of a row: time, name, value, unit, quality."""
        at, place, low, high, quality = self._rows[row]
        point, speech = self._parts[place], self._office.speech
        tag = point.tag
        name = f"{speech.of(point.asset.name)} · {speech.of(tag.label)}"
        value = number(low, tag.decimals)
        if math.isfinite(low) and low != high:
            value = f"{value} – {number(high, tag.decimals)}"
        return full_stamp(at), name, value, tag.unit, speech.say(f"quality.{Quality(quality).name}")

    def csv(self) -> str:
        """All rows as CSV for the clipboard; a cell that a spreadsheet would run is made a text."""
        head = [str(self.headerData(column, Qt.Orientation.Horizontal)) for column in range(len(_COLUMNS))]
        lines = [head, *(list(self.cells(row)) for row in range(len(self._rows)))]
        return "\r\n".join(",".join(_cell(cell) for cell in line) for line in lines) + "\r\n"


_COLUMNS = ("time", "name", "value", "unit", "quality")


def _cell(text: str) -> str:
    plain = text.replace("\u2212", "-").replace("\u2014", "")
    try:
        float(plain.replace(",", ""))
        safe = plain.replace(",", "")
    except ValueError:
        safe = f"'{plain}" if plain.startswith(_RISKY) else plain
    return f'"{safe.replace(chr(34), chr(34) * 2)}"' if any(c in safe for c in ',"\n\r') else safe


class ChartTable(QDialog):
    """Non-modal table of what the chart shows now."""

    def __init__(self, office: Office, model: ChartRows, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(office.speech.say("charts.table.title"))
        self.resize(760, 520)
        model.setParent(self)
        view = QTableView()
        view.setModel(model)
        view.setShowGrid(False)
        view.setAccessibleName(self.windowTitle())
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.verticalHeader().hide()
        view.verticalHeader().setDefaultSectionSize(ROW)
        for column, width in enumerate((190, 260, 130, 60)):
            view.setColumnWidth(column, width)
        view.horizontalHeader().setStretchLastSection(True)
        count = PlainLabel(muted=True)
        count.setText(office.speech.say("charts.table.rows", n=model.rowCount()))
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL, PAD_PANEL, PAD_PANEL, PAD_PANEL)
        box.addWidget(count)
        box.addWidget(view)
