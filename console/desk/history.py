"""History for charts: asked by span, answered by one page."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.client.history_facts import LINK_LOST, SeriesPage, Span
from console.desk.boards.link import LinkBoard

if TYPE_CHECKING:
    from console.client.history import HistoryQueries
    from console.core.history import Series
    from console.wire.messages import Asked

__all__ = ["Histories", "SeriesPage"]

_CHECK_MS = 250


class Histories(QObject):
    """Queries; every one is answered exactly once by `series_arrived`, also when nothing came."""

    series_arrived = Signal(object)
    """SeriesPage(request, series, reason); `reason` is empty when all of it came."""

    def __init__(
        self, link: LinkBoard, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._clock = clock
        self._post: Callable[[Asked], None] | None = None
        self._pending: HistoryQueries | None = None
        self._ready: list[tuple[int, str]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_CHECK_MS)
        self._timer.timeout.connect(self._check)

    def attach(self, post: Callable[[Asked], None]) -> None:
        """Where messages go; without it every query is answered with LINK_LOST."""
        self._post = post

    def fetch(self, tags: Sequence[int], start_ns: int, end_ns: int, points: int = 1000) -> int:
        """Ask for about `points` rows a tag between two UTC ns; gives the number of the page to come."""
        queries = self._queries()
        spans = tuple(Span(int(tag), start_ns, end_ns, points) for tag in tags)
        if not spans:
            request = queries.number()
            self._answer_soon(request, "")
            return request
        query, request = queries.ask(spans, self._clock(), time.time_ns())
        if query is None:
            self._answer_soon(request, "")
        elif self._post is None or not self._link.live:
            self._answer_soon(request, LINK_LOST)
        else:
            self._post(query)
            self._timer.start()
        return request

    def receive_series(self, request: int, series: Series) -> None:
        """One tag's rows came."""
        self._queries().series(request, series)

    def receive_done(self, request: int, reason: str) -> None:
        """The hub has sent all, or refused."""
        self._tell(self._queries().done(request, reason))

    def link_lost(self) -> None:
        """What is waited for will not come."""
        for page in self._queries().lost():
            self._tell(page)

    def forget(self) -> None:
        """A new catalogue: kept series are of other tags."""
        self._queries().forget()

    def _queries(self) -> HistoryQueries:
        if self._pending is None:
            from console.client.history import HistoryQueries

            self._pending = HistoryQueries()
        return self._pending

    def _answer_soon(self, request: int, reason: str) -> None:
        # The caller must know the request number before it hears the answer.
        self._ready.append((request, reason))
        QTimer.singleShot(0, self, self._tell_ready)

    @Slot()
    def _tell_ready(self) -> None:
        ready, self._ready = self._ready, []
        for request, reason in ready:
            self._tell(self._queries().done(request, reason) or SeriesPage(request, (), reason))

    @Slot()
    def _check(self) -> None:
        for page in self._queries().expire(self._clock()):
            self._tell(page)
        if not len(self._queries()):
            self._timer.stop()

    def _tell(self, page: SeriesPage | None) -> None:
        if page is not None:
            self.series_arrived.emit(page)
