"""Occurrences of alarms as the hub's journal tells them: asked by span, answered by one page."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.client.occurrence_facts import LINK_LOST, OccurrencePage
from console.client.ulid import Ulids
from console.desk.boards.link import LinkBoard

if TYPE_CHECKING:
    from console.client.occurrences import OccurrenceQueries
    from console.wire.messages import Asked, OccurrencesReply

__all__ = ["OccurrencePage", "Occurrences"]

_CHECK_MS = 250


class Occurrences(QObject):
    """Questions; every one is answered exactly once by `page_arrived`, also when nothing came."""

    page_arrived = Signal(object)
    """OccurrencePage(request, rows, truncated, reason); `reason` is empty when the hub answered."""

    def __init__(
        self, link: LinkBoard, clock: Callable[[], float] = time.monotonic, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._link = link
        self._clock = clock
        self._ulids = Ulids(time.time_ns, os.urandom)
        self._post: Callable[[Asked], None] | None = None
        self._pending: OccurrenceQueries | None = None
        self._refused: list[OccurrencePage] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_CHECK_MS)
        self._timer.timeout.connect(self._check)

    def attach(self, post: Callable[[Asked], None]) -> None:
        """Where messages go; without it every question is answered with LINK_LOST."""
        self._post = post

    def fetch(self, start_ns: int, end_ns: int, alarm: int = -1, limit: int = 500) -> str:
        """Ask for the newest `limit` occurrences that began in [start, end) UTC ns, of one alarm or of all (-1)."""
        from console.wire.messages import QueryOccurrences

        request = self._ulids.new()
        if self._post is None or not self._link.live:
            # The caller must know the request id before it hears the answer.
            self._refused.append(OccurrencePage(request, reason=LINK_LOST))
            QTimer.singleShot(0, self, self._tell_refused)
            return request
        self._queries().sent(request, self._clock())
        self._post(QueryOccurrences(request=request, start=start_ns, end=end_ns, alarm=alarm, limit=limit))
        self._timer.start()
        return request

    def receive(self, reply: OccurrencesReply) -> None:
        """The hub's answer."""
        page = self._queries().answered(reply)
        if page is not None:
            self.page_arrived.emit(page)

    def link_lost(self) -> None:
        """No answer will come for what was sent."""
        self._tell(self._queries().lost())

    def _queries(self) -> OccurrenceQueries:
        if self._pending is None:
            from console.client.occurrences import OccurrenceQueries

            self._pending = OccurrenceQueries()
        return self._pending

    @Slot()
    def _tell_refused(self) -> None:
        pages, self._refused = self._refused, []
        self._tell(pages)

    @Slot()
    def _check(self) -> None:
        self._tell(self._queries().expire(self._clock()))
        if not len(self._queries()):
            self._timer.stop()

    def _tell(self, pages: list[OccurrencePage]) -> None:
        for page in pages:
            self.page_arrived.emit(page)
