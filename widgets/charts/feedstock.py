"""Where a chart's rows come from: live rows of the value board and pages of history, kept as traces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.desk.history import SeriesPage
from console.desk.office import Office
from widgets.charts.rows import Trace

if TYPE_CHECKING:
    from console.core.batch import Batch

_DEBOUNCE_MS = 120
_MARGIN = 0.5
"""Share of the span fetched beside it, so that a short pan finds its rows there."""


class Feedstock(QObject):
    """Traces of the wanted tags; `rows_changed` when something new can be drawn."""

    rows_changed = Signal()
    waiting_changed = Signal(bool)
    """Whether a page of history is on its way."""

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self._traces: dict[int, Trace] = {}
        self._wanted: tuple[int, int] = (0, 0)
        self._points = 1000
        self._asked: dict[int, tuple[int, int]] = {}
        self._live = office.link.live
        self.reason = ""
        """Why the last page did not come, as a reason code; empty when it did."""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_DEBOUNCE_MS)
        self._timer.timeout.connect(self._fetch)
        office.values.trend_rows.connect(self._take_rows)
        office.histories.series_arrived.connect(self._take_page)
        office.link.link_changed.connect(self._link)
        office.catalogue.catalogue_changed.connect(self._forget)

    @property
    def waiting(self) -> bool:
        """Whether a page of history is on its way."""
        return bool(self._asked) or self._timer.isActive()

    def trace(self, tag: int) -> Trace:
        """The trace of a wanted tag; raises KeyError."""
        return self._traces[tag]

    def want_tags(self, tags: list[int]) -> None:
        """Keep exactly these tags."""
        self._traces = {tag: self._traces.get(tag) or Trace(tag) for tag in tags}
        if any(trace.covered == (0, 0) for trace in self._traces.values()):
            self._ask_soon()

    def want_span(self, start: int, end: int, points: int) -> None:
        """Rows of this span are to be drawn in about so many points; asks for history where it is not covered."""
        self._wanted, self._points = (start, end), points
        if any(self._lacks(trace, start, end) for trace in self._traces.values()):
            self._ask_soon()

    def slid(self, start: int, end: int) -> None:
        """Live time moved on; asks only when live rows were let go that are still to be seen."""
        self._wanted = (start, end)
        if any(trace.hole(start) for trace in self._traces.values()):
            self._ask_soon()

    def _lacks(self, trace: Trace, start: int, end: int) -> bool:
        first, last = trace.covered
        coarse = (last - first) > 4 * (end - start)
        reach = min(end, trace.live.first_at) if len(trace.live) else end
        return coarse or start < first or reach > last or trace.hole(start)

    def _ask_soon(self) -> None:
        if self._traces and self._wanted != (0, 0):
            self._timer.start()
            self.waiting_changed.emit(True)

    @Slot()
    def _fetch(self) -> None:
        start, end = self._wanted
        margin = int((end - start) * _MARGIN)
        span = (start - margin, end + margin)
        points = int(self._points * (1 + 2 * _MARGIN))
        request = self._office.histories.fetch(list(self._traces), *span, points)
        self._asked[request] = span

    @Slot(object)
    def _take_page(self, page: SeriesPage) -> None:
        span = self._asked.pop(page.request, None)
        if span is None:
            return
        self.reason = page.reason
        newest = not self._asked
        for series in page.series:
            trace = self._traces.get(series.tag)
            if trace is not None and newest:
                trace.set_history(series, *span)
        self.waiting_changed.emit(self.waiting)
        self.rows_changed.emit()

    @Slot(object)
    def _take_rows(self, batch: Batch) -> None:
        fresh = False
        for tag, trace in self._traces.items():
            mine = np.flatnonzero(batch.tag == tag)
            if len(mine):
                trace.live.put(batch.at[mine], batch.value[mine], batch.quality[mine])
                fresh = True
        if fresh:
            self.rows_changed.emit()

    @Slot(object)
    def _link(self, _fact: object) -> None:
        live = self._office.link.live
        if live and not self._live:
            # What was missed while the link was down is history's: begin anew, so that no hole looks like a line.
            for trace in self._traces.values():
                trace.clear()
            self._ask_soon()
        self._live = live

    @Slot()
    def _forget(self) -> None:
        self._traces = {}
        self._asked = {}
        self.rows_changed.emit()
