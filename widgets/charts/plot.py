"""The panes of a chart with one time: draws traces, slides with live time, passes wishes about time on."""

# pyqtgraph has no type stubs.
# pyright: basic, reportIncompatibleMethodOverride=false, reportAttributeAccessIssue=false

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent

from console.core.catalogue import TagPoint
from console.core.site import TagKind
from console.desk.formats import zone
from console.desk.office import Office
from console.desk.timecontext import Bounds
from widgets.charts.decor import Decoration
from widgets.charts.feedstock import Feedstock
from widgets.charts.lines import limits_of, looks_of, marks_of, panes_of
from widgets.charts.pane import Pane
from widgets.charts.rows import Drawn, drawn

_NS = 1_000_000_000
_FRAME_MS = 66
_LEAST_SHARE = 0.04
"""Smallest height of a picture as a share of the tag's range."""
_KEYS = {
    Qt.Key.Key_Left: ("pan", -0.2),
    Qt.Key.Key_Right: ("pan", 0.2),
    Qt.Key.Key_PageUp: ("pan", -1.0),
    Qt.Key.Key_PageDown: ("pan", 1.0),
    Qt.Key.Key_Plus: ("zoom", 0.8),
    Qt.Key.Key_Equal: ("zoom", 0.8),
    Qt.Key.Key_Minus: ("zoom", 1.25),
}


class TrendPlot(pg.GraphicsLayoutWidget):
    """Never more than one drawing in 66 ms, and none while nothing is new or nothing can be seen."""

    pan_wanted = Signal(float)
    """Seconds."""
    zoom_wanted = Signal(object)
    """(factor, UTC seconds that stay in place, or None for the end)."""

    def __init__(self, office: Office, stock: Feedstock) -> None:
        super().__init__(show=False)
        self._office = office
        self._stock = stock
        self._points: list[TagPoint] = []
        self._groups: dict[str, list[TagPoint]] = {}
        self.panes: dict[str, Pane] = {}
        self._pool: list[Pane] = []
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(pg.GraphicsLayoutWidget.Shape.NoFrame)
        self.ci.layout.setContentsMargins(0, 4, 4, 2)
        self.ci.layout.setSpacing(0)
        self.ci.layout.setColumnStretchFactor(1, 1)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self.draw)
        self._shown: tuple[int, int] = (0, 0)
        stock.rows_changed.connect(self._soon)
        office.time.bounds_changed.connect(self._bounds)
        office.alarms.alarms_changed.connect(self._soon)
        self.dress()

    def columns(self) -> int:
        """Pixel columns of a pane."""
        return max(200, self.width() - 170)

    def show_points(self, points: list[TagPoint]) -> None:
        """Shows these tags."""
        self._points = points
        self._groups = panes_of(points)
        self.ci.clear()
        self.panes = {}
        for row in range(self.ci.layout.rowCount()):
            self.ci.layout.setRowStretchFactor(row, 0)
        for row, (unit, group) in enumerate(self._groups.items()):
            pane = self._pane(row)
            pane.show_time(shown=row == len(self._groups) - 1)
            pane.least = max(point.tag.high - point.tag.low for point in group) * _LEAST_SHARE or 1.0
            pane.place(self.ci, row)
            self.ci.layout.setRowStretchFactor(2 * row, 1)
            self.panes[unit] = pane
        self._fill()
        self.relook()
        self.draw()

    def _fill(self) -> None:
        # A layout that was emptied shrinks to what it needs, and nobody but a resize would widen it again.
        self.ci.setGeometry(QRectF(self.viewport().rect()))

    def resizeEvent(self, event: object) -> None:
        super().resizeEvent(event)
        if hasattr(self, "_pool"):
            self._fill()

    def _pane(self, row: int) -> Pane:
        # Panes are used again: choosing hundreds of assets in a shift must not grow the process.
        if row == len(self._pool):
            pane = Pane(self._office.themes.tokens)
            pane.plane.pan_requested.connect(self.pan_wanted)
            pane.plane.zoom_requested.connect(self.zoom_wanted)
            self._pool.append(pane)
        pane = self._pool[row]
        pane.empty()
        catalogue = self._office.catalogue.catalogue
        pane.time_axis.tz = zone(catalogue.site.time_zone if catalogue is not None else "Asia/Seoul")
        return pane

    def relook(self) -> None:
        """Looks and names anew: theme or language changed."""
        looks = looks_of(self._points, self._office)
        for unit, group in self._groups.items():
            pane = self.panes[unit]
            pane.dress(self._office.themes.tokens)
            pane.bands = limits_of(group, self._office)
            for point in group:
                pane.set_line(point.index, looks[point.index])

    def dress(self) -> None:
        """Ground of the theme instead of pyqtgraph's black."""
        self.setBackground(self._office.themes.tokens.panel)

    @Slot()
    def draw(self) -> None:
        """Draws every pane for the present span."""
        start, end = self._office.time.bounds
        self._shown = (start, end)
        for unit, group in self._groups.items():
            lines = {point.index: self._drawn(point, start, end) for point in group}
            gaps = tuple(gap for line in lines.values() for gap in line.gaps)
            pane = self.panes[unit]
            pane.set_span(start / _NS, end / _NS)
            pane.draw(lines, Decoration(gaps=gaps, marks=marks_of(group, self._office)))

    def _drawn(self, point: TagPoint, start: int, end: int) -> Drawn:
        rows = self._stock.trace(point.index).rows()
        return drawn(rows, start, end, self.columns(), stepped=point.tag.kind is TagKind.DISCRETE)

    @Slot()
    def _soon(self) -> None:
        if self._groups and self.isVisible() and not self._timer.isActive():
            self._timer.start()

    @Slot(object)
    def _bounds(self, bounds: Bounds) -> None:
        if not bounds.tick:
            self._stock.want_span(bounds.start, bounds.end, self.columns())
            if self.isVisible():
                self.draw()
            return
        self._stock.slid(bounds.start, bounds.end)
        pixel = (bounds.end - bounds.start) / self.columns()
        if abs(bounds.end - self._shown[1]) >= pixel:
            self._soon()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        kind, amount = _KEYS.get(Qt.Key(event.key()), ("", 0.0))
        if kind == "pan":
            self.pan_wanted.emit(amount * self._office.time.span_s)
        elif kind == "zoom":
            self.zoom_wanted.emit((amount, None))
        elif event.key() == Qt.Key.Key_Home:
            self._office.actions.use("time.live")
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: object) -> None:
        super().showEvent(event)  # pyright: ignore
        self.draw()
