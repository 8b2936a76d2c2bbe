"""Axes: local time below, round numbers on the left, names of the lines at their right ends."""

# pyqtgraph has no type stubs.
# pyright: basic, reportIncompatibleMethodOverride=false

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from console.desk.formats import SEOUL, number
from console.desk.themes import Tokens
from widgets.charts.scale import round_step, time_ticks, time_word
from widgets.kit.colours import mix
from widgets.kit.fonts import Role, font

LEFT_WIDTH = 58
RIGHT_WIDTH = 104
TIME_HEIGHT = 24
_TIME_TICK_PX = 96
_VALUE_TICK_PX = 30
_LABEL_PX = 16


def dress_axis(axis: pg.AxisItem, tokens: Tokens) -> None:
    """Thin lines and muted figures instead of pyqtgraph's own look."""
    axis.setPen(QPen(mix(tokens.panel, tokens.text, 0.18), 1))
    axis.setTextPen(QPen(QColor(tokens.text2)))
    axis.setTickFont(font(Role.CAPTION))


class TimeAxis(pg.AxisItem):
    """UTC seconds shown as local time."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self.tz: tzinfo = SEOUL
        self._step = 60
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=4, tickTextOffset=4)

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        self._step, ticks = time_ticks(minVal, maxVal, max(2, int(size // _TIME_TICK_PX)), self.tz)
        return [(float(self._step), ticks)]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        return [time_word(value, self._step, self.tz) for value in values]


class ValueAxis(pg.AxisItem):
    """Round numbers with as many decimals as the step needs."""

    def __init__(self) -> None:
        super().__init__("left")
        self.enableAutoSIPrefix(False)
        self.setWidth(LEFT_WIDTH)
        self.setStyle(tickLength=0, tickTextOffset=6)
        self._decimals = 0

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        step = round_step(maxVal - minVal, max(3, int(size // _VALUE_TICK_PX)))
        self._decimals = max(0, min(6, -int(f"{step:e}".split("e")[1])))
        first = round(minVal / step + 0.499)
        return [(step, [k * step for k in range(first, int(maxVal / step + 1e-9) + 1)])]

    def tickStrings(self, values: list[float], _scale: float, _spacing: float) -> list[str]:
        return [number(value, self._decimals) for value in values]


@dataclass(frozen=True, slots=True)
class EndLabel:
    """Name of a line at the height of its last value."""

    text: str
    value: float
    colour: str


class EndLabels(pg.AxisItem):
    """Right margin of a pane: the name of each line beside its end, moved apart where they would overlap."""

    def __init__(self) -> None:
        super().__init__("right")
        self.setWidth(RIGHT_WIDTH)
        self._labels: list[EndLabel] = []
        self.ground = "#FFFFFF"

    def set_labels(self, labels: list[EndLabel]) -> None:
        """Names to write."""
        if labels != self._labels:
            self._labels = labels
            self.picture = None
            self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N803
        return []

    def paint(self, painter: QPainter, *_: object) -> None:
        view = self.linkedView()
        if view is None or not self._labels:
            return
        box = self.boundingRect()
        low, high = view.viewRange()[1]
        height = max(1.0, self.size().height())
        placed = sorted(self._labels, key=lambda label: -label.value)
        wanted = [height * (1 - (label.value - low) / max(high - low, 1e-12)) for label in placed]
        painter.setFont(font(Role.CAPTION, strong=True))
        for label, y in zip(placed, spread(wanted, _LABEL_PX, height), strict=True):
            painter.setPen(QColor(label.colour))
            room = QRectF(box.left() + 6, y - _LABEL_PX / 2, RIGHT_WIDTH - 8, _LABEL_PX)
            text = painter.fontMetrics().elidedText(
                label.text, Qt.TextElideMode.ElideRight, int(room.width())
            )
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


def spread(wanted: list[float], gap: float, height: float) -> list[float]:
    """Heights from the top, at least `gap` apart and inside of `height` where they fit."""
    placed: list[float] = []
    for y in wanted:
        floor = placed[-1] + gap if placed else gap / 2
        placed.append(max(floor, min(y, height - gap / 2)))
    over = placed[-1] - (height - gap / 2) if placed else 0.0
    for index in range(len(placed) - 1, -1, -1):
        if over <= 0:
            break
        placed[index] -= over
        above = placed[index - 1] + gap if index else gap / 2
        over = above - placed[index]
    return placed
