"""The trend panel: lines of what is selected (or pinned), from live back into history without a seam."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QVBoxLayout, QWidget

from console.core.catalogue import TagPoint
from console.core.site import Asset
from console.desk.asset_state import headline_tags
from console.desk.office import Office
from widgets.charts.as_table import ChartRows, ChartTable
from widgets.charts.entry import ChartEntry
from widgets.charts.feedstock import Feedstock
from widgets.charts.legend import Legend
from widgets.charts.lines import FIRST_PANES, MOST_LINES, first_choice, looks_of
from widgets.charts.plot import TrendPlot
from widgets.charts.spans import SpanButtons
from widgets.kit.buttons import QuietButton
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role
from widgets.kit.labels import Chip, ElideLabel
from widgets.kit.mime import TAG_MIME
from widgets.kit.space import PAD_CELL, ROW
from widgets.kit.texts import Texts

_NS = 1_000_000_000
_PANE_PX = 62
"""Lowest pane that still shows a shape."""
_SHORTEST_S, _LONGEST_S = 10.0, 366 * 86400.0


class TrendPanel(QWidget):
    """Follows the selection's headline tags until it is pinned or tags are added by hand."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._points: list[TagPoint] = []
        self._own = False
        self._texts = Texts(office.speech, self)
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.stock = Feedstock(office, self)
        self.plot = TrendPlot(office, self.stock)
        self.legend = Legend(office)
        self.title = ElideLabel(office.themes, Role.BODY, strong=True)
        self.waiting = Chip()
        self.spans = SpanButtons(office)
        self.pin = QuietButton(office.themes, "pin")
        self.pin.setCheckable(True)
        self.add = QuietButton(office.themes, "plus")
        self.table = QuietButton(office.themes, "table")
        self.copy = QuietButton(office.themes, "copy")
        self.empty = EmptyState(office.themes, "trend")
        self._arrange()
        self._put_texts()
        self._connect()
        self._follow(office.selection.asset)
        self._say()

    @property
    def points(self) -> list[TagPoint]:
        """Tags shown."""
        return list(self._points)

    def show_points(self, points: list[TagPoint]) -> None:
        """Shows these tags, at most eight."""
        self._points = points[:MOST_LINES]
        self.stock.want_tags([point.index for point in self._points])
        self.stock.want_span(*self._office.time.bounds, self.plot.columns())
        self.plot.show_points(self._points)
        self.legend.show_lines(looks_of(self._points, self._office))
        self._say()

    def add_point(self, point: TagPoint) -> None:
        """Adds a line; the chart then keeps its tags until the pin is taken out."""
        if point not in self._points and len(self._points) < MOST_LINES:
            self._keep()
            self.show_points([*self._points, point])

    def keep_points(self, points: list[TagPoint]) -> None:
        """Shows these tags until the pin is taken out."""
        self._keep()
        self.show_points(points)

    def rows_model(self) -> ChartRows:
        """The rows that are on the screen now."""
        start, end = self._office.time.bounds
        parts = [(p, self.stock.trace(p.index).rows().between(start, end)) for p in self._points]
        return ChartRows(self._office, parts)

    def _arrange(self) -> None:
        bar = QHBoxLayout()
        bar.setContentsMargins(PAD_CELL, 0, PAD_CELL, 0)
        bar.setSpacing(PAD_CELL // 2)
        bar.addWidget(self.title, 1)
        bar.addWidget(self.waiting)
        bar.addWidget(self.legend, 3)
        bar.addWidget(self.spans)
        for button in (self.pin, self.add, self.table, self.copy):
            bar.addWidget(button)
        chart = QWidget()
        inside = QVBoxLayout(chart)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(0)
        inside.addLayout(bar)
        inside.addWidget(self.plot, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(chart)
        self._stack.addWidget(self.empty)

    def _put_texts(self) -> None:
        put = self._texts.put
        for name, button in (
            ("pin", self.pin),
            ("add", self.add),
            ("table", self.table),
            ("copy", self.copy),
        ):
            put(button.say, f"charts.act.{name}")

    def _connect(self) -> None:
        office = self._office
        office.selection.asset_selected.connect(self._follow)
        office.catalogue.catalogue_changed.connect(self._begin)
        office.catalogue.catalogue_grew.connect(self._take_growth)
        office.speech.lang_changed.connect(self._relook)
        office.themes.theme_changed.connect(self._relook)
        office.link.link_changed.connect(self._say)
        self.stock.waiting_changed.connect(self._say)
        self.stock.rows_changed.connect(self._say)
        self.plot.pan_wanted.connect(self._pan)
        self.plot.zoom_wanted.connect(self._zoom)
        self.legend.tag_dropped.connect(self._drop_tag)
        self.pin.toggled.connect(self._pinned)
        self.add.clicked.connect(self._choose_tag)
        self.table.clicked.connect(self._open_table)
        self.copy.clicked.connect(self._copy)
        self.entry = ChartEntry(office, self, self.plot)

    def _panes(self) -> int:
        return max(1, min(FIRST_PANES, (self.height() - ROW) // _PANE_PX))

    def _keep(self) -> None:
        self.pin.blockSignals(True)
        self.pin.setChecked(True)
        self.pin.blockSignals(False)

    @Slot(str)
    def _follow(self, asset: str) -> None:
        catalogue = self._office.catalogue.catalogue
        if self.pin.isChecked():
            return
        if catalogue is not None and asset in catalogue.assets:
            self.show_points(first_choice(headline_tags(catalogue, asset), self._panes()))
        elif self._points:
            self.show_points([])

    @Slot()
    def _begin(self) -> None:
        self._points = []
        self.pin.setChecked(False)
        self._follow(self._office.selection.asset)
        if not self._points:
            self.show_points([])

    @Slot(object)
    def _take_growth(self, assets: frozenset[str]) -> None:
        """The selected asset may have its first points; those shown are drawn as they are told now."""
        catalogue = self._office.catalogue.catalogue
        if catalogue is None:
            return
        selected = self._office.selection.asset
        if selected in assets and not self.pin.isChecked():
            self._follow(selected)
            return
        points = [catalogue.tags[point.index] for point in self._points]
        if points != self._points:
            self.show_points(points)

    @Slot(bool)
    def _pinned(self, pinned: bool) -> None:
        if not pinned:
            self._follow(self._office.selection.asset)

    @Slot()
    def _relook(self) -> None:
        self.plot.dress()
        self.plot.relook()
        self.plot.draw()
        self.legend.show_lines(looks_of(self._points, self._office))
        self._say()

    @Slot()
    def _say(self) -> None:
        speech = self._office.speech
        self._stack.setCurrentIndex(0 if self._points else 1)
        self.empty.set_sentence(speech.say("charts.empty"))
        assets = list(dict.fromkeys(self._named(point.asset) for point in self._points))
        self.title.set_text(", ".join(assets))
        names = ", ".join(look.name for look in looks_of(self._points, self._office).values())
        self.plot.setAccessibleName(speech.say("charts.accessible", names=names))
        self.plot.setAccessibleDescription(speech.say("charts.accessible_hint"))
        reason = self.stock.reason if not self.stock.waiting else ""
        self.waiting.setVisible(bool(self._points) and (self.stock.waiting or bool(reason)))
        self.waiting.setText(speech.reason(reason) if reason else speech.say("charts.loading"))

    def _named(self, asset: Asset) -> str:
        """Name of an asset, with a word if no profile declares it."""
        name, speech = self._office.speech.of(asset.name), self._office.speech
        found = self._office.catalogue.discovered(asset.id) is not None
        return f"{name} · {speech.say('discovered.mark.short')}" if found else name

    @Slot(float)
    def _pan(self, seconds: float) -> None:
        start, end = self._office.time.bounds
        shift = round(seconds * _NS)
        if end + shift >= time.time_ns():
            if not self._office.time.live:
                self._office.time.set_live(self._office.time.span_s)
            return
        self._office.time.set_fixed(start + shift, end + shift)

    @Slot(object)
    def _zoom(self, wish: tuple[float, float | None]) -> None:
        factor, at_s = wish
        context = self._office.time
        span_s = min(_LONGEST_S, max(_SHORTEST_S, context.span_s * factor))
        if context.live:
            context.set_live(span_s)
            return
        start, end = context.bounds
        anchor = end if at_s is None else round(at_s * _NS)
        share = (anchor - start) / (end - start)
        span = round(span_s * _NS)
        begin = round(anchor - span * share)
        context.set_fixed(begin, begin + span)

    @Slot(int)
    def _drop_tag(self, tag: int) -> None:
        self._keep()
        self.show_points([point for point in self._points if point.index != tag])

    @Slot()
    def _choose_tag(self) -> None:
        catalogue, speech = self._office.catalogue.catalogue, self._office.speech
        asset = self._office.selection.asset or (self._points[0].asset.id if self._points else "")
        if catalogue is None or asset not in catalogue.assets:
            return
        menu = QMenu(self)
        for point in catalogue.tags_of(asset):
            action = menu.addAction(speech.of(point.tag.label).replace("&", "&&"))
            action.setCheckable(True)
            action.setChecked(point in self._points)
            action.setData(point.index)
        chosen = menu.exec(self.add.mapToGlobal(self.add.rect().bottomLeft()))
        if chosen:
            point = catalogue.tags[int(chosen.data())]
            if point in self._points:
                self._drop_tag(point.index)
            else:
                self.add_point(point)
        menu.deleteLater()

    @Slot()
    def _open_table(self) -> None:
        ChartTable(self._office, self.rows_model(), self).show()

    @Slot()
    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.rows_model().csv())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasFormat(TAG_MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        catalogue = self._office.catalogue.catalogue
        if catalogue is None:
            return
        keys = bytes(event.mimeData().data(TAG_MIME).data()).decode("utf-8", "replace").split("\n")
        for point in catalogue.tags:
            if point.key in keys:
                self.add_point(point)
        event.acceptProposedAction()
