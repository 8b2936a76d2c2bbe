"""What stands behind and over the lines of a pane: limit bands, hatched gaps, alarm symbols; drawn in pixels."""

# pyqtgraph has no type stubs.
# pyright: basic, reportIncompatibleMethodOverride=false

from __future__ import annotations

from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from console.core.alarm.facts import AlarmLetter
from console.desk.themes import Tokens
from widgets.kit.bar import LimitBand
from widgets.kit.colours import alarm_fill, faded, mix
from widgets.kit.priority import paint_priority
from widgets.kit.quality import hatch

_SYMBOL = 16.0
_BAND = 0.08
_EDGE = 0.45


@dataclass(frozen=True, slots=True)
class AlarmMark:
    """An alarm on the time axis."""

    at_s: float
    priority: int
    letter: AlarmLetter


@dataclass(frozen=True, slots=True)
class Decoration:
    """Everything beside the lines of one pane."""

    bands: tuple[LimitBand, ...] = ()
    gaps: tuple[tuple[float, float], ...] = ()
    marks: tuple[AlarmMark, ...] = ()


class PaneDecor(pg.GraphicsObject):
    """Fills its view; paints with an unscaled painter, so that hatch, edges and symbols keep their size."""

    def __init__(self, plane: pg.ViewBox, tokens: Tokens, *, above: bool) -> None:
        super().__init__()
        self._plane = plane
        self.tokens = tokens
        self._above = above
        self.content = Decoration()
        self.setZValue(50 if above else -50)
        plane.sigRangeChanged.connect(self._moved)
        plane.sigResized.connect(self._moved)

    def show_content(self, content: Decoration) -> None:
        """What to draw."""
        if content != self.content:
            self.content = content
            self.update()

    def boundingRect(self) -> QRectF:
        return QRectF(self._plane.viewRect())

    def paint(self, painter: QPainter, *_: object) -> None:
        turn = painter.worldTransform()
        frame = turn.mapRect(self.boundingRect())
        painter.save()
        painter.resetTransform()
        painter.setClipRect(frame)
        if self._above:
            self._paint_marks(painter, frame)
        else:
            self._paint_bands(painter, frame)
            self._paint_gaps(painter, frame)
        painter.restore()

    def _x(self, frame: QRectF, at_s: float) -> float:
        left, right = self._plane.viewRange()[0]
        return frame.left() + frame.width() * (at_s - left) / max(right - left, 1e-9)

    def _y(self, frame: QRectF, value: float) -> float:
        low, high = self._plane.viewRange()[1]
        return frame.bottom() - frame.height() * (value - low) / max(high - low, 1e-12)

    def _paint_bands(self, painter: QPainter, frame: QRectF) -> None:
        for band in self.content.bands:
            top = frame.top() if band.high > 1e300 else self._y(frame, band.high)
            bottom = frame.bottom() if band.low < -1e300 else self._y(frame, band.low)
            top, bottom = max(top, frame.top()), min(bottom, frame.bottom())
            if bottom <= top:
                continue
            fill = alarm_fill(self.tokens, band.priority)
            painter.fillRect(QRectF(frame.left(), top, frame.width(), bottom - top), faded(fill, _BAND))
            edge = bottom if band.high > 1e300 else top
            painter.setPen(QPen(mix(self.tokens.panel, fill, _EDGE), 1))
            painter.drawLine(QPointF(frame.left(), edge), QPointF(frame.right(), edge))

    def _paint_gaps(self, painter: QPainter, frame: QRectF) -> None:
        for start, end in self.content.gaps:
            left, right = max(frame.left(), self._x(frame, start)), min(frame.right(), self._x(frame, end))
            if right < frame.left() or left > frame.right():
                continue
            box = QRectF(left, frame.top(), max(2.0, right - left), frame.height())
            painter.fillRect(box, faded(QColor(self.tokens.text), 0.04))
            painter.fillRect(box, hatch(self.tokens, 0.5))

    def _paint_marks(self, painter: QPainter, frame: QRectF) -> None:
        for mark in self.content.marks:
            x = self._x(frame, mark.at_s)
            if not frame.left() <= x <= frame.right():
                continue
            pen = QPen(faded(QColor(self.tokens.text), 0.35), 1, Qt.PenStyle.DotLine)
            painter.setPen(pen)
            painter.drawLine(QPointF(x, frame.top()), QPointF(x, frame.bottom() - _SYMBOL))
            box = QRectF(x - _SYMBOL / 2, frame.bottom() - _SYMBOL - 1, _SYMBOL, _SYMBOL)
            paint_priority(painter, box, mark.priority, self.tokens, mark.letter)

    def _moved(self, *_: object) -> None:
        self.prepareGeometryChange()
        self.update()
