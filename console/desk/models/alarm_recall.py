"""Brings the journal's newest activations to the watch, so that chattering before this console opened is known."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Slot

from console.desk.models.alarm_watch import CHATTER_KEEPS_NS, CHATTER_NS, AlarmWatch
from console.desk.occurrences import OccurrencePage
from console.desk.office import Office

_MOST = 2000


class AlarmRecall(QObject):
    """Asks once each time the link has become live."""

    def __init__(self, office: Office, watch: AlarmWatch, now_ns: Callable[[], int] = time.time_ns) -> None:
        super().__init__(watch)
        self._office = office
        self._watch = watch
        self._now_ns = now_ns
        self._live = False
        self._request = ""
        office.link.link_changed.connect(self._follow_link)
        office.occurrences.page_arrived.connect(self._take)
        self._follow_link()

    @Slot()
    def _follow_link(self) -> None:
        live = self._office.link.live
        if live and not self._live:
            now = self._now_ns()
            start = now - CHATTER_KEEPS_NS - CHATTER_NS
            self._request = self._office.occurrences.fetch(start, now, limit=_MOST)
        self._live = live

    @Slot(object)
    def _take(self, page: OccurrencePage) -> None:
        if page.request == self._request:
            self._request = ""
            self._watch.remember(page.rows)
