"""The log of the hub on this seat: what is looked for, the pages that have come, and what has happened since."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.desk.acts import JournalPage, JournalWish
from console.desk.models.log_table import LogRow, LogTableModel
from console.desk.models.log_words import LogWords
from console.desk.office import Office

PAGE = 200
ENOUGH = 50
"""Rows after which a search does not go on by itself."""
MOST_ROWS = 20_000
_ANSWER_MS = 10_000
_FRESH_MS = 1_000
_NS = 1_000_000_000


class LogState(StrEnum):
    """What the log is doing."""

    IDLE = "idle"
    ASKING = "asking"
    """Older records, or the first page, are on their way."""
    FAILED = "failed"
    NO_LINK = "no_link"


@dataclass(frozen=True, slots=True)
class LogFilter:
    """What is looked for; `span_s` 0 is any time."""

    text: str = ""
    kind: str = ""
    who: str = ""
    span_s: int = 0
    asset: str = ""

    @property
    def anything(self) -> bool:
        """Whether it leaves anything out."""
        return self != LogFilter()


class LogDesk(QObject):
    """Asks the hub page by page. New records are fetched at once and shown when nobody looks at a row."""

    changed = Signal()
    """State, filter, count of waiting records or rows."""

    def __init__(
        self, office: Office, now_ns: Callable[[], int] = time.time_ns, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._office = office
        self._now_ns = now_ns
        self.words = LogWords(office.catalogue, office.speech)
        self.model = LogTableModel(self.words, office.speech, now_ns, self)
        self.filter = LogFilter()
        self.state = LogState.NO_LINK
        self.searched_to = 0
        self.waiting: list[LogRow] = []
        """New records that are not in the table yet."""
        self._request = ""
        self._fresh_request = ""
        self._wish = JournalWish()
        self._held = False
        self._open = False
        self._answer = QTimer(self)
        self._answer.setSingleShot(True)
        self._answer.setInterval(_ANSWER_MS)
        self._answer.timeout.connect(self._give_up)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(_FRESH_MS)
        self._soon.timeout.connect(self._ask_fresh)
        self.model.more_wanted.connect(self.ask_older)
        office.acts.journal_arrived.connect(self._take)
        office.ledger.ledger_changed.connect(self._ledger_changed)
        office.link.link_changed.connect(self._link_changed)

    def open(self, shown: bool) -> None:
        """Whether the log is looked at; while it is not, nothing is asked."""
        self._open = shown
        if shown and self._office.link.live and self.state is LogState.NO_LINK:
            self.look()
        elif shown:
            self._soon.start()

    def look_for(self, wanted: LogFilter) -> None:
        """Another filter."""
        if wanted != self.filter:
            self.filter = wanted
            self.look()

    @Slot()
    def look(self) -> None:
        """The newest page of the present filter."""
        self.model.clear()
        self.waiting.clear()
        self._fresh_request = ""
        self.searched_to = 0
        if not self._office.link.live:
            self._set_state(LogState.NO_LINK)
            return
        wanted = self.filter
        start = self._now_ns() - wanted.span_s * _NS if wanted.span_s else 0
        self._wish = JournalWish(
            subject=wanted.asset,
            limit=PAGE,
            text=wanted.text,
            kinds=(wanted.kind,) if wanted.kind else (),
            who=wanted.who,
            start=start,
        )
        self._ask(self._wish)

    @Slot()
    def ask_older(self) -> None:
        """The page below the last row."""
        if self.state is LogState.ASKING or not self.model.has_more:
            return
        self.model.has_more = False
        self._ask(self._wish._replace(before=self.searched_to))

    def hold(self, held: bool) -> None:
        """While a row is looked at no row moves: what is new waits."""
        self._held = held
        if not held:
            self.show_waiting()

    @Slot()
    def show_waiting(self) -> None:
        """Put what is new into the table."""
        if self.waiting:
            rows, self.waiting = self.waiting, []
            self.model.put_before(rows)
            self.changed.emit()

    def _ask(self, wish: JournalWish) -> None:
        self._request = self._office.acts.search_journal(wish)
        self._answer.start()
        self._set_state(LogState.ASKING)

    @Slot(object)
    def _take(self, page: JournalPage) -> None:
        rows = [LogRow(*pair) for pair in zip(page.records, page.hashes, strict=False)]
        if page.request == self._fresh_request:
            self._take_fresh(rows, page)
        elif page.request == self._request:
            self._take_page(rows, page)

    def _take_page(self, rows: list[LogRow], page: JournalPage) -> None:
        self._answer.stop()
        self._request = ""
        self.searched_to = page.searched_to
        self.model.put_after(rows)
        goes_on = page.truncated and len(self.model.rows) < MOST_ROWS
        if goes_on and len(self.model.rows) < ENOUGH:
            # The hub answers after a bounded time, also with nothing: go on where it stopped.
            self._ask(self._wish._replace(before=page.searched_to))
            return
        self.model.has_more = goes_on
        self._set_state(LogState.IDLE)

    def _take_fresh(self, rows: list[LogRow], page: JournalPage) -> None:
        self._fresh_request = ""
        known = max(self.model.newest, self.waiting[0].record.sequence if self.waiting else 0)
        fresh = [row for row in rows if row.record.sequence > known]
        if known and page.truncated and fresh and page.searched_to > known + 1 and len(fresh) == len(rows):
            # More has happened than one page holds: rows in between would be missing.
            self.look()
            return
        self.waiting[:0] = fresh
        if not self._held:
            self.show_waiting()
        elif fresh:
            self.changed.emit()

    @Slot()
    def _ask_fresh(self) -> None:
        if self._open and self._office.link.live and self.state is LogState.IDLE and not self._fresh_request:
            self._fresh_request = self._office.acts.search_journal(self._wish._replace(before=0))

    @Slot(object)
    def _ledger_changed(self, _fact: object) -> None:
        if self._open and not self._soon.isActive():
            self._soon.start()

    @Slot(object)
    def _link_changed(self, _fact: object) -> None:
        live = self._office.link.live
        if live and self._open and self.state is LogState.NO_LINK:
            self.look()
        elif not live:
            self._fresh_request = ""
            if self.state is LogState.ASKING:
                self._give_up()

    @Slot()
    def _give_up(self) -> None:
        self._request = ""
        self._answer.stop()
        self._set_state(LogState.FAILED if self._office.link.live else LogState.NO_LINK)

    def _set_state(self, state: LogState) -> None:
        self.state = state
        self.changed.emit()
