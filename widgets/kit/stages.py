"""Steps of something that goes on, down a thin line."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from console.desk.themes import Themes
from widgets.kit.fonts import Role, font
from widgets.kit.space import PAD_PANEL

_LINE = 22


class StageList(QWidget):
    """Steps down a thin line: a dot for what has happened, a ring for what is going on."""

    def __init__(self, themes: Themes) -> None:
        super().__init__()
        self._themes = themes
        self._lines: list[tuple[str, str, bool]] = []
        themes.theme_changed.connect(self._retheme)

    def set_lines(self, lines: list[tuple[str, str, bool]]) -> None:
        """(time, words, done) from the first step to the last."""
        if lines != self._lines:
            self._lines = lines
            self.setFixedHeight(max(1, len(lines) * _LINE))
            self.setAccessibleName(", ".join(f"{at} {words}" for at, words, _ in lines))
            self.update()

    def lines(self) -> list[str]:
        """What is shown, as `time words`."""
        return [f"{at} {words}" for at, words, _ in self._lines]

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._themes.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ink = QColor(tokens.running)
        painter.setPen(QPen(QColor(tokens.line), 1.5))
        if len(self._lines) > 1:
            painter.drawLine(QPointF(6, _LINE / 2), QPointF(6, (len(self._lines) - 0.5) * _LINE))
        face = font(Role.BODY)
        width = QFontMetricsF(face).horizontalAdvance("00:00:00") + PAD_PANEL
        painter.setFont(face)
        for row, (at, words, done) in enumerate(self._lines):
            middle = (row + 0.5) * _LINE
            painter.setPen(QPen(ink, 1.6))
            painter.setBrush(ink if done else QColor(tokens.panel))
            painter.drawEllipse(QPointF(6, middle), 3.6, 3.6)
            painter.setPen(QColor(tokens.text2))
            painter.drawText(QRectF(20, row * _LINE, width, _LINE), Qt.AlignmentFlag.AlignVCenter, at)
            painter.setPen(QColor(tokens.text))
            room = QRectF(20 + width, row * _LINE, self.width() - 20 - width, _LINE)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.end()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()
