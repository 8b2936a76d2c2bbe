"""The chart and the operator log: a link to what is drawn now, and back from a link to that time."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QObject, QPoint, Qt, Slot
from PySide6.QtWidgets import QMenu, QWidget

from console.core.catalogue import TagPoint
from console.core.logbook.entry import LogLink
from console.desk.logbook_seed import LogSeed, chart_link
from console.desk.office import Office
from widgets.kit.asks import asks_of


class Chart(Protocol):
    """What a chart shows, and how it is made to show something else and to keep it."""

    @property
    def points(self) -> list[TagPoint]:
        """Tags shown."""
        ...

    def keep_points(self, points: list[TagPoint]) -> None:
        """Show these until the pin is taken out."""
        ...


class ChartEntry(QObject):
    """One for one chart; `plane` is where the menu opens."""

    def __init__(self, office: Office, chart: Chart, plane: QWidget) -> None:
        super().__init__(plane)
        self._office = office
        self._chart = chart
        self._plane = plane
        asks = asks_of(office.acts)
        asks.chart_link = self.link
        asks.chart_asked.connect(self._show)
        plane.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        plane.customContextMenuRequested.connect(self._ask_what)

    def link(self) -> LogLink | None:
        """A link to what is drawn now."""
        return chart_link(self._chart.points, self._office.time.bounds, self._office.speech)

    @Slot()
    def write(self) -> None:
        """Ask for a log entry about what is drawn."""
        link, points = self.link(), self._chart.points
        if link is not None:
            self._office.logbook.ask_entry(LogSeed(area=points[0].asset.area, links=(link,)))

    @Slot(QPoint)
    def _ask_what(self, at: QPoint) -> None:
        if not self._chart.points:
            return
        menu = QMenu(self._plane)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        write = menu.addAction(self._office.speech.say("actions.log.entry"))
        write.triggered.connect(self.write)
        menu.popup(self._plane.mapToGlobal(at))

    @Slot(object)
    def _show(self, wanted: tuple[int, int, tuple[int, ...]]) -> None:
        catalogue = self._office.catalogue.catalogue
        start, end, tags = wanted
        if catalogue is None:
            return
        self._office.time.set_fixed(start, end)
        self._chart.keep_points([catalogue.tags[tag] for tag in tags if 0 <= tag < len(catalogue.tags)])
