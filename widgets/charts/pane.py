"""One pane: all lines of one unit over the shared time axis."""

# pyqtgraph has no type stubs.
# pyright: basic, reportIncompatibleMethodOverride=false

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen

from console.desk.themes import Tokens
from widgets.charts.axes import EndLabel, EndLabels, TimeAxis, ValueAxis, dress_axis
from widgets.charts.decor import Decoration, PaneDecor
from widgets.charts.rows import Drawn
from widgets.charts.scale import round_ends
from widgets.charts.viewbox import TimePlane
from widgets.kit.bar import LimitBand
from widgets.kit.colours import mix

DASHES: tuple[Qt.PenStyle, ...] = (
    Qt.PenStyle.SolidLine,
    Qt.PenStyle.DashLine,
    Qt.PenStyle.DotLine,
    Qt.PenStyle.DashDotLine,
)
_WIDTH = 1.5
_DENSE = 600
_NEAR = 0.35
"""A limit is brought into the picture when it is nearer than this share of the data's span."""


@dataclass(frozen=True, slots=True)
class LineLook:
    """How a line is told apart: colour, dash and the name at its end."""

    colour: str
    dash: Qt.PenStyle
    name: str


class Pane:
    """Draws lines by tag, and keeps limits, gaps and marks behind and above them.

    Made of axes and a plane; a PlotItem would bring menus and forms that nobody may open.
    """

    def __init__(self, tokens: Tokens) -> None:
        self.plane = TimePlane()
        self.time_axis, self.value_axis, self.ends = TimeAxis(), ValueAxis(), EndLabels()
        for axis in (self.time_axis, self.value_axis, self.ends):
            axis.linkToView(self.plane)
            axis.setZValue(-1)
        self.below = PaneDecor(self.plane, tokens, above=False)
        self.above = PaneDecor(self.plane, tokens, above=True)
        for decor in (self.below, self.above):
            self.plane.addItem(decor, ignoreBounds=True)
        self._curves: dict[int, pg.PlotCurveItem] = {}
        self._looks: dict[int, LineLook] = {}
        self.bands: tuple[LimitBand, ...] = ()
        self.least = 1.0
        """Smallest height of the picture in the unit, so that noise does not look like a storm."""
        self.dress(tokens)

    def dress(self, tokens: Tokens) -> None:
        """Colours of a theme."""
        for axis in (self.time_axis, self.value_axis, self.ends):
            dress_axis(axis, tokens)
        self.ends.setPen(QPen(Qt.PenStyle.NoPen))
        grid = mix(tokens.panel, tokens.text, 0.08)
        self.value_axis.setPen(QPen(grid, 1))
        self.value_axis.setGrid(28)
        for decor in (self.below, self.above):
            decor.tokens = tokens
            decor.update()

    def place(self, layout: pg.GraphicsLayout, row: int) -> None:
        """Stands in two rows of a layout: values, plane and names; below them the time."""
        layout.addItem(self.value_axis, 2 * row, 0)
        layout.addItem(self.plane, 2 * row, 1)
        layout.addItem(self.ends, 2 * row, 2)
        layout.addItem(self.time_axis, 2 * row + 1, 1)

    def empty(self) -> None:
        """Takes all lines out, for other ones."""
        for curve in self._curves.values():
            self.plane.removeItem(curve)
        self._curves, self._looks, self.bands = {}, {}, ()
        self.ends.set_labels([])

    def set_line(self, tag: int, look: LineLook) -> None:
        """Adds a line or changes its look."""
        curve = self._curves.get(tag)
        if curve is None:
            curve = pg.PlotCurveItem(connect="finite", antialias=True)
            self._curves[tag] = curve
            self.plane.addItem(curve, ignoreBounds=True)
        pen = QPen(QColor(look.colour), _WIDTH, look.dash)
        pen.setCosmetic(True)
        curve.setPen(pen)
        self._looks[tag] = look

    def tags(self) -> list[int]:
        """Tags with a line here."""
        return list(self._curves)

    def draw(self, lines: dict[int, Drawn], decoration: Decoration) -> None:
        """Draws all lines of the pane anew."""
        labels: list[EndLabel] = []
        low, high = np.inf, -np.inf
        for tag, line in lines.items():
            # One stroked path keeps its dashes, and costs ten times more than single segments when rows are dense.
            self._curves[tag].setSegmentedLineMode("on" if len(line.x) > _DENSE else "off")
            self._curves[tag].setData(line.x, line.y, connect="finite", skipFiniteCheck=False)
            finite = line.y[np.isfinite(line.y)]
            if len(finite):
                low, high = min(low, float(finite.min())), max(high, float(finite.max()))
                look = self._looks[tag]
                labels.append(EndLabel(look.name, float(finite[-1]), look.colour))
        self._fit(low, high)
        self.ends.set_labels(labels)
        self.below.show_content(Decoration(self.bands, decoration.gaps))
        self.above.show_content(Decoration(marks=decoration.marks))

    def set_span(self, start_s: float, end_s: float) -> None:
        """Time shown."""
        self.plane.setXRange(start_s, end_s, padding=0)

    def show_time(self, *, shown: bool) -> None:
        """Whether the time axis is written under this pane."""
        self.time_axis.setStyle(showValues=shown)
        self.time_axis.setHeight(24 if shown else 8)

    def _fit(self, low: float, high: float) -> None:
        if low <= high:
            room = max(high - low, self.least) * _NEAR
            edges = [band.low for band in self.bands] + [band.high for band in self.bands]
            for edge in edges:
                if np.isfinite(edge) and low - room <= edge <= high + room:
                    low, high = min(low, edge), max(high, edge)
        ends = round_ends(low, high, self.least)
        self.plane.setYRange(*ends, padding=0)
