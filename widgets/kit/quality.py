"""Quality at the value: a hatch and a letter, never colour alone (HMI-10)."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen

from console.core.quality import Quality
from console.desk.themes import Tokens
from widgets.kit.colours import faded
from widgets.kit.fonts import Role, font

MARK = 16


def hatch(tokens: Tokens, alpha: float = 0.45) -> QBrush:
    """Diagonal hatch for anything that is not a live good value."""
    return QBrush(faded(QColor(tokens.text2), alpha), Qt.BrushStyle.BDiagPattern)


def paint_quality(painter: QPainter, rect: QRectF, quality: Quality, tokens: Tokens) -> None:
    """Draws the letter of `quality` on a hatched square centred in `rect`; nothing when good."""
    if quality is Quality.GOOD:
        return
    box = QRectF(0, 0, MARK, MARK)
    box.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(hatch(tokens, 0.5))
    painter.drawRoundedRect(box, 2, 2)
    painter.setBrush(QColor(tokens.panel))
    painter.drawRoundedRect(box.adjusted(3, 2, -3, -2), 2, 2)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(tokens.text2), 1))
    painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)
    face = QFont(font(Role.CAPTION, strong=True))
    face.setPixelSize(11)
    painter.setFont(face)
    painter.setPen(QColor(tokens.text))
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, quality.letter)
    painter.restore()
