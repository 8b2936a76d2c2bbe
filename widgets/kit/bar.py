"""An analog value in context: range, limits as thin bands, where it stands now, and its quality (HMI-06)."""

from __future__ import annotations

import math

import msgspec
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.core.alarm.facts import AlarmLetter
from console.core.quality import Quality
from console.desk.themes import Themes, Tokens
from widgets.kit.colours import alarm_fill, faded, mix
from widgets.kit.quality import hatch

_TRACK = 8.0
_MARKER = 5.0


class LimitBand(msgspec.Struct, frozen=True):
    """Values at which an alarm stands, from `low` to `high` (either may be infinite)."""

    low: float
    high: float
    priority: int
    letter: AlarmLetter = AlarmLetter.A

    @property
    def abnormal(self) -> bool:
        """Whether the alarm annunciates now, so that its band may have its colour."""
        return self.letter in {AlarmLetter.B, AlarmLetter.C}


class AnalogBar(QWidget):
    """A track from the low to the high end of the range; coloured only where an alarm stands now (HMI-01)."""

    def __init__(self, themes: Themes) -> None:
        super().__init__()
        self._themes = themes
        self._low, self._high = 0.0, 1.0
        self._bands: tuple[LimitBand, ...] = ()
        self._value, self._quality = math.nan, Quality.NEVER
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        themes.theme_changed.connect(self._retheme)

    def set_range(self, low: float, high: float) -> None:
        """Ends of the engineering range; `high` must be above `low`, else the bar stays empty."""
        self._low, self._high = low, high
        self.update()

    def set_bands(self, bands: tuple[LimitBand, ...]) -> None:
        """Limits to draw."""
        if bands != self._bands:
            self._bands = bands
            self.update()

    def set_value(self, value: float, quality: Quality) -> None:
        """Where the marker stands; NaN for no value."""
        if (value, quality) != (self._value, self._quality):
            self._value, self._quality = value, quality
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 20)

    def minimumSizeHint(self) -> QSize:
        return QSize(40, 20)

    def paintEvent(self, _event: QPaintEvent) -> None:
        if not self._high > self._low:
            return
        tokens = self._themes.tokens
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(_MARKER, (self.height() - _TRACK) / 2, self.width() - 2 * _MARKER, _TRACK)
        self._paint_track(painter, track, tokens)
        for band in self._bands:
            self._paint_band(painter, track, band, tokens)
        self._paint_marker(painter, track, tokens)
        painter.end()

    def _x(self, track: QRectF, value: float) -> float:
        share = (value - self._low) / (self._high - self._low)
        return track.left() + track.width() * min(1.0, max(0.0, share))

    def _paint_track(self, painter: QPainter, track: QRectF, tokens: Tokens) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(mix(tokens.panel, tokens.text, 0.13))
        painter.drawRoundedRect(track, 2, 2)
        if self._quality.usable and math.isfinite(self._value):
            done = QRectF(track)
            done.setRight(self._x(track, self._value))
            painter.setBrush(mix(tokens.panel, tokens.text, 0.30))
            painter.drawRoundedRect(done, 2, 2)
        else:
            painter.setBrush(hatch(tokens))
            painter.drawRoundedRect(track, 2, 2)

    def _paint_band(self, painter: QPainter, track: QRectF, band: LimitBand, tokens: Tokens) -> None:
        left, right = self._x(track, band.low), self._x(track, band.high)
        if right - left < 0.5:
            return
        fill = alarm_fill(tokens, band.priority) if band.abnormal else mix(tokens.panel, tokens.text, 0.46)
        strip = QRectF(left, track.bottom() + 1.5, right - left, 2.5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRect(strip)
        edge = left if band.low > self._low else right
        painter.setPen(QPen(QColor(tokens.text2), 1.2))
        painter.drawLine(QPointF(edge, track.top() - 2), QPointF(edge, strip.bottom()))

    def _paint_marker(self, painter: QPainter, track: QRectF, tokens: Tokens) -> None:
        if not math.isfinite(self._value):
            return
        x = self._x(track, self._value)
        ink = QColor(tokens.running)
        painter.setPen(QPen(QColor(tokens.panel), 1.5))
        painter.setBrush(ink if self._quality.usable else faded(ink, 0.35))
        top, bottom = track.top() - 3.5, track.bottom() + 1.0
        painter.drawPolygon(
            QPolygonF(
                [
                    QPointF(x - _MARKER, top),
                    QPointF(x + _MARKER, top),
                    QPointF(x + _MARKER, top + 3),
                    QPointF(x + 1.2, bottom),
                    QPointF(x - 1.2, bottom),
                    QPointF(x - _MARKER, top + 3),
                ]
            )
        )

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()
