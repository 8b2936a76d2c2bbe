"""Buttons over the native map: zoom, fit to site, and what is shown."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap
from PySide6.QtWidgets import QCheckBox, QToolButton, QVBoxLayout, QWidget

from maps.colours import MapColours
from maps.native_cards import card_sheet

_SIDE = 32
_GAP = 12
TOGGLES = ("areas", "trunk", "labels", "vessels", "trucks")


def _icon(kind: str, colour: str) -> QIcon:
    pixmap = QPixmap(40, 40)
    pixmap.setDevicePixelRatio(2.0)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(
        QPen(QColor(colour), 1.75, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    painter.drawPath(_icon_path(kind))
    painter.end()
    return QIcon(pixmap)


def _icon_path(kind: str) -> QPainterPath:
    path = QPainterPath()
    if kind in ("zoom_in", "zoom_out"):
        path.moveTo(5, 10)
        path.lineTo(15, 10)
    if kind == "zoom_in":
        path.moveTo(10, 5)
        path.lineTo(10, 15)
    if kind == "fit":
        for x, y, dx, dy in ((4, 4, 1, 1), (16, 4, -1, 1), (4, 16, 1, -1), (16, 16, -1, -1)):
            path.moveTo(x + 4 * dx, y)
            path.lineTo(x, y)
            path.lineTo(x, y + 4 * dy)
        path.addRoundedRect(QRectF(8, 8, 4, 4), 1, 1)
    if kind == "layers":
        for y in (6.0, 10.0, 14.0):
            path.moveTo(3, y)
            path.lineTo(10, y - 3)
            path.lineTo(17, y)
            path.lineTo(QPointF(10, y + 3))
            path.closeSubpath()
    return path


class MapControls(QWidget):
    """A column of buttons at the upper right, with the switches folded away behind the last one."""

    zoom_requested = Signal(float)
    fit_requested = Signal()
    hidden_changed = Signal(object)
    """The frozenset of switches that are off."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.buttons = {kind: self._button(column) for kind in ("zoom_in", "zoom_out", "fit", "layers")}
        self.buttons["zoom_in"].clicked.connect(self._on_zoom_in)
        self.buttons["zoom_out"].clicked.connect(self._on_zoom_out)
        self.buttons["fit"].clicked.connect(self.fit_requested)
        self.buttons["layers"].setCheckable(True)
        self.buttons["layers"].toggled.connect(self._on_fold)
        self.panel = QWidget(parent)
        self.panel.setObjectName("card")
        self.panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        rows = QVBoxLayout(self.panel)
        rows.setContentsMargins(12, 8, 12, 8)
        self.switches = {name: QCheckBox(self.panel) for name in TOGGLES}
        for box in self.switches.values():
            box.setChecked(True)
            box.setMinimumHeight(28)
            box.toggled.connect(self._on_switch)
            rows.addWidget(box)
        self.panel.hide()

    def set_colours(self, colours: MapColours) -> None:
        """Takes the theme."""
        sheet = (
            f"QToolButton {{ background: {colours.panel};"
            f" border: 1px solid {colours.line}; border-radius: 3px; }}"
            f"QToolButton:hover, QToolButton:checked {{ background: {colours.raised}; }}"
            f"QToolButton:focus {{ border: 2px solid {colours.accent}; }}"
        )
        self.setStyleSheet(sheet)
        self.panel.setStyleSheet(card_sheet(colours))
        for kind, button in self.buttons.items():
            button.setIcon(_icon(kind, colours.text))

    def set_words(self, words: Mapping[str, str]) -> None:
        """Takes the language."""
        for kind, button in self.buttons.items():
            button.setToolTip(words[f"controls.{kind}"])
            button.setAccessibleName(words[f"controls.{kind}"])
        for name, box in self.switches.items():
            box.setText(words[f"layers.{name}"])
        self.panel.adjustSize()

    def place(self, width: int, height: int) -> None:
        """Keeps to the upper right corner."""
        self.adjustSize()
        self.move(width - self.width() - _GAP, _GAP)
        self.panel.adjustSize()
        self.panel.move(self.x() - self.panel.width() - 4, _GAP)
        self.raise_()
        self.panel.raise_()

    @staticmethod
    def _button(column: QVBoxLayout) -> QToolButton:
        button = QToolButton()
        button.setFixedSize(_SIDE, _SIDE)
        button.setIconSize(QSize(20, 20))
        column.addWidget(button)
        return button

    @Slot()
    def _on_zoom_in(self) -> None:
        self.zoom_requested.emit(0.5)

    @Slot()
    def _on_zoom_out(self) -> None:
        self.zoom_requested.emit(-0.5)

    @Slot(bool)
    def _on_fold(self, is_open: bool) -> None:
        self.panel.adjustSize()
        self.panel.move(self.x() - self.panel.width() - 4, _GAP)
        self.panel.setVisible(is_open)

    @Slot(bool)
    def _on_switch(self, _on: bool) -> None:
        self.hidden_changed.emit(
            frozenset(name for name, box in self.switches.items() if not box.isChecked())
        )
