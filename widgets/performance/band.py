"""The rate of alarms on the bands of EEMUA 191: acceptable, manageable, over-demanding, unacceptable."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from console.desk.formats import number
from console.desk.office import Office
from widgets.kit.colours import mix
from widgets.kit.fonts import Role, font

BANDS = (("acceptable", 1.0), ("manageable", 2.0), ("demanding", 5.0), ("unacceptable", 10.0))
"""Alarms in 10 min up to which a band reaches: below 1, 1 in 5 min, 1 in 2 min, 1 a minute and more."""
_SHADES = (0.06, 0.14, 0.24, 0.36)
_BAR, _HEIGHT = 18, 52


def band_of(rate: float) -> str:
    """The band of a rate in alarms per 10 min."""
    for name, upto in BANDS[:-1]:
        if rate <= upto:
            return name
    return BANDS[-1][0]


def place_of(rate: float) -> float:
    """Where a rate stands on the bar, 0 to 1: each band has a quarter; the last one is open above."""
    low = 0.0
    for index, (_, upto) in enumerate(BANDS[:-1]):
        if rate <= upto:
            return (index + (rate - low) / (upto - low)) / len(BANDS)
        low = upto
    return (len(BANDS) - 1 + 1 - math.exp(-(rate - low) / 20.0)) / len(BANDS)


class RateBand(QWidget):
    """Average as a filled mark, the worst 10 min as a hollow one; greys only, for nothing here is an alarm."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._average = math.nan
        self._peak = math.nan
        self.setFont(font(Role.CAPTION))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        office.themes.theme_changed.connect(self._retheme)
        office.speech.lang_changed.connect(self._say)

    def sizeHint(self) -> QSize:
        return QSize(360, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(240, _HEIGHT)

    def show_rates(self, average: float, peak: float) -> None:
        """Alarms per 10 min on average and in the worst 10 min."""
        self._average, self._peak = average, peak
        self._say()

    @Slot()
    def _say(self) -> None:
        told = self._office.speech.say(
            "performance.band.told",
            average=number(self._average, 1),
            peak=number(self._peak, 0),
            band=self._office.speech.say(f"performance.band.{band_of(self._average)}"),
        )
        self.setAccessibleName(told)
        self.setToolTip(told)
        self.update()

    @Slot(object)
    def _retheme(self, _tokens: object) -> None:
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        tokens, speech = self._office.themes.tokens, self._office.speech
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(self.rect()).adjusted(6, 8, -6, 0)
        step = room.width() / len(BANDS)
        for index, ((name, _), shade) in enumerate(zip(BANDS, _SHADES, strict=True)):
            box = QRectF(room.left() + index * step, room.top() + 4, step - 2, _BAR)
            painter.fillRect(box, mix(tokens.panel, tokens.text, shade))
            painter.setPen(QColor(tokens.text2))
            below = QRectF(box.left(), box.bottom() + 2, box.width(), 18)
            words = painter.fontMetrics().elidedText(
                speech.say(f"performance.band.{name}"), Qt.TextElideMode.ElideRight, int(below.width())
            )
            painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, words)
        for rate, filled in ((self._peak, False), (self._average, True)):
            if math.isfinite(rate):
                self._mark(painter, room, rate, filled)
        painter.end()

    def _mark(self, painter: QPainter, room: QRectF, rate: float, filled: bool) -> None:
        tokens = self._office.themes.tokens
        x = room.left() + place_of(rate) * room.width()
        top = room.top() - 5
        painter.setPen(QColor(tokens.text))
        painter.setBrush(QColor(tokens.text) if filled else QColor(tokens.panel))
        tip = QPointF(x, top + 12)
        painter.drawPolygon(QPolygonF([QPointF(x - 6, top), QPointF(x + 6, top), tip]))
        painter.drawLine(tip, QPointF(x, room.top() + 4 + _BAR))
