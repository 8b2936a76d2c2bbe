"""A number with its unit and quality, aligned on the decimal point by tabular figures."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.core.quality import Quality
from console.desk.themes import Themes
from widgets.kit.fonts import Role, font
from widgets.kit.labels import plain_tip
from widgets.kit.quality import MARK, paint_quality
from widgets.kit.space import EM_DASH, STEP

_UNIT_GAP = 3.0


class ValueText(QWidget):
    """Number semi-bold, unit in lighter weight after a thin space; a missing value is an em dash with its reason.

    `unit_width` keeps a column of numbers aligned whatever their units are.
    """

    def __init__(self, themes: Themes, role: Role = Role.VALUE) -> None:
        super().__init__()
        self._themes = themes
        self._number: str = EM_DASH
        self._unit: str = ""
        self._quality: Quality = Quality.GOOD
        self._number_font, self._unit_font = font(role, strong=True), font(Role.CAPTION)
        self.unit_width = 0.0
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        themes.theme_changed.connect(self._retheme)

    @property
    def shown(self) -> str:
        """Number and unit as shown."""
        return f"{self._number} {self._unit}".strip()

    def set_value(self, number: str, unit: str, quality: Quality, reason: str = "") -> None:
        """Shows `number` (empty for missing), `unit` and the mark of `quality`; `reason` says why in words."""
        shown = (number or EM_DASH, unit if number else "", quality)
        if shown == (self._number, self._unit, self._quality) and self.toolTip() == plain_tip(reason):
            return
        self._number, self._unit, self._quality = number or EM_DASH, unit if number else "", quality
        self.setToolTip(plain_tip(reason))
        self.setAccessibleName(f"{self.shown} {reason}".strip())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        number = QFontMetricsF(self._number_font).horizontalAdvance(self._number)
        unit = max(self.unit_width, QFontMetricsF(self._unit_font).horizontalAdvance(self._unit))
        mark = MARK + STEP if self._quality is not Quality.GOOD else 0
        height = QFontMetricsF(self._number_font).height()
        return QSize(round(number + unit + _UNIT_GAP + mark + 2), round(height + 2))

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._themes.tokens
        painter = QPainter(self)
        unit_metrics, number_metrics = QFontMetricsF(self._unit_font), QFontMetricsF(self._number_font)
        unit = max(self.unit_width, unit_metrics.horizontalAdvance(self._unit))
        base = (self.height() + number_metrics.ascent() - number_metrics.descent()) / 2
        right = self.width() - unit - _UNIT_GAP
        live = self._quality.usable
        painter.setFont(self._number_font)
        painter.setPen(QColor(tokens.text if live else tokens.text2))
        width = number_metrics.horizontalAdvance(self._number)
        painter.drawText(QRectF(right - width - 1, 0, width + 2, self.height()), _ALIGN, self._number)
        painter.setFont(self._unit_font)
        painter.setPen(QColor(tokens.text2))
        painter.drawText(round(right + _UNIT_GAP), round(base), self._unit)
        if self._quality is not Quality.GOOD:
            box = QRectF(right - width - MARK - STEP, 0, MARK, self.height())
            paint_quality(painter, box, self._quality, tokens)
        painter.end()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()


_ALIGN = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
