"""Alarm symbols: shape, number and colour together, with an outline that holds 3:1 on any ground (HMI-03)."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QPainter, QPen, QPolygonF

from console.core.alarm.facts import AlarmLetter
from console.desk.themes import Tokens
from widgets.kit.colours import alarm_fill, alarm_glyph, mix
from widgets.kit.fonts import Role, font

SYMBOL = 20
"""Side of a symbol in rows."""

_SUPPRESSED_MARKS = {AlarmLetter.G: "S", AlarmLetter.H: "D", AlarmLetter.I: "O"}
_RETURNED = frozenset({AlarmLetter.D, AlarmLetter.E, AlarmLetter.F})


def paint_priority(
    painter: QPainter,
    rect: QRectF,
    priority: int,
    tokens: Tokens,
    letter: AlarmLetter = AlarmLetter.C,
    lit: bool = True,
) -> None:
    """Draws the symbol of `priority` centred in `rect`.

    Active: filled, in the off phase of its flash hollow with a coloured edge inside the outline.
    Returned (D, E, F): hollow with that edge, which is grey in the off phase.
    Shelved, suppressed, out of service: dashed grey ring with S, D or O, never a colour.
    """
    side = min(rect.width(), rect.height())
    box = QRectF(0, 0, side, side)
    box.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if letter in _SUPPRESSED_MARKS:
        _paint_suppressed(painter, box, _SUPPRESSED_MARKS[letter], tokens)
    else:
        filled = lit and letter not in _RETURNED
        hollow = alarm_fill(tokens, priority) if lit or letter not in _RETURNED else QColor(tokens.idle)
        _paint_shape(painter, box, priority, tokens, None if filled else hollow)
    painter.restore()


def paint_shape_only(painter: QPainter, rect: QRectF, priority: int, tokens: Tokens) -> None:
    """Draws a quiet hollow shape with its number: a count of zero, a legend."""
    side = min(rect.width(), rect.height())
    box = QRectF(0, 0, side, side)
    box.moveCenter(rect.center())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    grey = QColor(tokens.idle)
    painter.setPen(QPen(grey, 1.4))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    _draw(painter, box.adjusted(1, 1, -1, -1), priority)
    _number(painter, box, priority, str(priority), QColor(tokens.text2))
    painter.restore()


def _paint_shape(
    painter: QPainter, box: QRectF, priority: int, tokens: Tokens, hollow: QColor | None
) -> None:
    filled = hollow is None
    fill, edge = alarm_fill(tokens, priority), QColor(tokens.outline)
    ground = QColor(tokens.panel)
    shape = box.adjusted(1, 1, -1, -1)
    if priority == 1:
        # The double ring: an outer ring, a gap of ground, then the square itself.
        painter.setPen(QPen(edge, 1.2))
        painter.setBrush(QBrush(ground))
        painter.drawRoundedRect(box.adjusted(0.6, 0.6, -0.6, -0.6), 2.5, 2.5)
        shape = box.adjusted(3, 3, -3, -3)
    painter.setPen(QPen(edge, 2.0, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(QBrush(fill if filled else ground))
    _draw(painter, shape, priority)
    if hollow is not None:
        inner = {2: 3.0, 3: 3.0}.get(priority, 2.0)
        painter.setPen(QPen(hollow, 1.6))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _draw(painter, shape.adjusted(inner, inner, -inner, -inner), priority)
    ink = alarm_glyph(tokens, priority) if filled else QColor(tokens.text)
    _number(painter, box, priority, str(priority) if 1 <= priority <= 4 else "!", ink)


def _paint_suppressed(painter: QPainter, box: QRectF, mark: str, tokens: Tokens) -> None:
    pen = QPen(QColor(tokens.text2), 1.4, Qt.PenStyle.CustomDashLine)
    pen.setDashPattern([2.2, 1.8])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    _number(painter, box, 4, mark, QColor(tokens.text))


def _draw(painter: QPainter, box: QRectF, priority: int) -> None:
    if priority == 1:
        painter.drawRoundedRect(box, 1.0, 1.0)
    elif priority == 2:
        painter.drawPolygon(
            QPolygonF([QPointF(box.center().x(), box.top()), box.bottomRight(), box.bottomLeft()])
        )
    elif priority == 3:
        painter.drawPolygon(
            QPolygonF([box.topLeft(), box.topRight(), QPointF(box.center().x(), box.bottom())])
        )
    else:
        painter.drawEllipse(box)


def _number(painter: QPainter, box: QRectF, priority: int, text: str, ink: QColor) -> None:
    face = QFont(font(Role.CAPTION, strong=True))
    face.setPixelSize(max(7, round(box.height() * (0.50 if priority in (2, 3) else 0.58))))
    painter.setFont(face)
    painter.setPen(ink)
    # A triangle's middle of gravity is a sixth of its height off the middle of its box.
    drop = {2: box.height() * 0.15, 3: -box.height() * 0.13}.get(priority, 0.0)
    painter.drawText(box.translated(0, drop), Qt.AlignmentFlag.AlignCenter, text)


def quiet_edge(tokens: Tokens) -> QColor:
    """Edge of things that are told apart from the panel but carry no state."""
    return mix(tokens.panel, tokens.text, 0.25)
