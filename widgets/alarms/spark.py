"""The value around an activation: a small line with the limit and the moment it came."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.core.alarm.facts import AlarmFact
from console.core.catalogue import AlarmPoint
from console.core.quality import Quality
from console.desk import formats
from console.desk.history import SeriesPage
from console.desk.office import Office
from widgets.kit.colours import mix
from widgets.kit.fonts import Role, font
from widgets.kit.priority import paint_priority
from widgets.kit.seconds import seconds_of

NS = 1_000_000_000
BEFORE_NS = 600 * NS
AFTER_NS = 300 * NS
_POINTS = 240
_SYMBOL = 14.0
_HEIGHT = 116
_FOOT = 16
_LABEL = 58
_USABLE = frozenset(quality.value for quality in Quality if quality.usable)


class AlarmSpark(QWidget):
    """Ten minutes before and five after; says in words that nothing was recorded."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._request = -1
        self._fact: AlarmFact | None = None
        self._point: AlarmPoint | None = None
        self._rows: list[tuple[int, float] | None] = []
        self._span = (0, 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFont(font(Role.CAPTION))
        office.histories.series_arrived.connect(self._take)
        office.themes.theme_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)

    def show_alarm(self, point: AlarmPoint, fact: AlarmFact | None) -> None:
        """Asks for the value around the present or last activation of an alarm."""
        self._point, self._fact, self._rows = point, fact, []
        now = seconds_of(self._office.themes).now_ns
        at = fact.at_event if fact is not None and fact.at_event else now
        self._span = (at - BEFORE_NS, min(now, at + AFTER_NS) if now > at else now + NS)
        self._request = self._office.histories.fetch([point.tag_index], *self._span, points=_POINTS)
        self.update()

    @property
    def points(self) -> int:
        """How many usable points are drawn."""
        return sum(row is not None for row in self._rows)

    def sizeHint(self) -> QSize:
        return QSize(320, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    @Slot(object)
    def _take(self, page: SeriesPage) -> None:
        if page.request != self._request or self._point is None:
            return
        self._request = -1
        self._rows = []
        for series in page.series:
            if series.tag != self._point.tag_index:
                continue
            for at, value, quality in zip(
                series.at.tolist(), series.mean.tolist(), series.quality.tolist(), strict=True
            ):
                usable = quality in _USABLE and math.isfinite(value)
                self._rows.append((at, value) if usable else None)
        self.update()

    @Slot()
    def _again(self) -> None:
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens = self._office.themes.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        field = QRectF(_LABEL, 4, self.width() - _LABEL - 4, self.height() - _FOOT - 6)
        painter.fillRect(field, mix(tokens.panel, tokens.text, 0.04))
        painter.setPen(QColor(tokens.text2))
        if self._point is None or not self.points:
            key = "alarms.guidance.trend_waits" if self._request >= 0 else "alarms.guidance.trend_none"
            painter.drawText(field, Qt.AlignmentFlag.AlignCenter, self._office.speech.say(key))
        else:
            self._draw(painter, field, self._point)
        painter.end()

    def _draw(self, painter: QPainter, field: QRectF, point: AlarmPoint) -> None:
        tokens, fact = self._office.themes.tokens, self._fact
        low, high = self._range()
        painter.setClipRect(field)
        limit = fact.limit if fact is not None else point.alarm.limit
        if low <= limit <= high:
            y = self._y(limit, field, low, high)
            painter.setPen(QPen(QColor(tokens.text2), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(field.left(), y), QPointF(field.right(), y))
        painter.setPen(QPen(QColor(tokens.trend[0]), 1.5))
        line: list[QPointF] = []
        for row in [*self._rows, None]:
            if row is not None:
                line.append(QPointF(self._x(row[0], field), self._y(row[1], field, low, high)))
                continue
            painter.drawPolyline(QPolygonF(line))
            line = []
        painter.setClipping(False)
        self._axes(painter, field, low, high)
        if fact is not None and fact.at_event:
            x = self._x(fact.at_event, field)
            painter.setPen(QPen(QColor(tokens.text2), 1.0))
            painter.drawLine(QPointF(x, field.top()), QPointF(x, field.bottom()))
            box = QRectF(x - _SYMBOL / 2, field.top(), _SYMBOL, _SYMBOL)
            paint_priority(painter, box, fact.priority, tokens)

    def _axes(self, painter: QPainter, field: QRectF, low: float, high: float) -> None:
        catalogue = self._office.catalogue.catalogue
        assert self._point is not None
        tag = catalogue.tags[self._point.tag_index].tag if catalogue is not None else None
        painter.setPen(QColor(self._office.themes.tokens.text2))
        side = Qt.AlignmentFlag.AlignRight
        for value, line in ((high, Qt.AlignmentFlag.AlignTop), (low, Qt.AlignmentFlag.AlignBottom)):
            text = formats.with_unit(formats.number(value, tag.decimals), tag.unit) if tag else ""
            painter.drawText(QRectF(0, field.top(), _LABEL - 6, field.height()), side | line, text)
        tz = formats.zone(catalogue.site.time_zone) if catalogue is not None else formats.SEOUL
        foot = QRectF(field.left(), field.bottom() + 2, field.width(), _FOOT)
        painter.drawText(foot, Qt.AlignmentFlag.AlignLeft, formats.clock(self._span[0], tz))
        painter.drawText(foot, side, formats.clock(self._span[1], tz))

    def _range(self) -> tuple[float, float]:
        values = [row[1] for row in self._rows if row is not None]
        if self._fact is not None and self._point is not None and self._point.alarm.condition != "stale":
            values.append(self._fact.limit)
        low, high = min(values), max(values)
        pad = (high - low) * 0.08 or max(abs(high) * 0.02, 0.5)
        return low - pad, high + pad

    def _x(self, at: int, field: QRectF) -> float:
        start, end = self._span
        return field.left() + field.width() * (at - start) / max(1, end - start)

    def _y(self, value: float, field: QRectF, low: float, high: float) -> float:
        return field.bottom() - field.height() * (value - low) / (high - low)
