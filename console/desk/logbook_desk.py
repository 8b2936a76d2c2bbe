"""The operator log on this seat: what is looked for, pages that have come, news, and what is not sent yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import msgspec
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from console.core.logbook.threads import Thread
from console.desk.logbook_acts import LogAnswer, LogQuery
from console.desk.models.book_rows import BookRows, BookWords, LogEntry
from console.desk.office import Office

PAGE = 100
MOST = 3_000
_ANSWER_MS = 10_000
_NEWS_MS = 500
_NS = 1_000_000_000


class BookState(StrEnum):
    """What the log is doing."""

    IDLE = "idle"
    ASKING = "asking"
    FAILED = "failed"
    NO_LINK = "no_link"


@dataclass(frozen=True, slots=True)
class BookFilter:
    """What is looked for; `span_s` 0 is any time, `area` "*" any area."""

    text: str = ""
    author: str = ""
    area: str = "*"
    span_s: int = 0
    link: str = ""
    """An asset, or the key of an alarm."""
    mine: bool = False
    """Only what means this person."""
    ids: tuple[str, ...] = ()

    @property
    def anything(self) -> bool:
        """Whether it leaves anything out."""
        return self != BookFilter()


class LogbookDesk(QObject):
    """Asks page by page. News are put in at once, but wait while somebody looks at a row."""

    changed = Signal()

    def __init__(
        self, office: Office, now_ns: Callable[[], int] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._office = office
        self._now_ns = now_ns or office.clock.now_ns
        self.words = BookWords(office.catalogue, office.speech)
        self.model = BookRows(self.words, self)
        self.filter = BookFilter()
        self.state = BookState.NO_LINK
        self.more = False
        self._entries: dict[str, LogEntry] = {}
        self._matched: set[str] = set()
        self._waiting: dict[str, LogEntry] = {}
        self._last: LogEntry | None = None
        self._request = ""
        self._held = self._open = self._older = False
        self._answer = self._timer(_ANSWER_MS, self._give_up)
        self._soon = self._timer(_NEWS_MS, self.look)
        office.logbook.answered.connect(self._take)
        office.log_board.entries_arrived.connect(self._news)
        office.log_board.closed_changed.connect(self.show)
        office.log_post.letters_changed.connect(self.show)
        office.link.link_changed.connect(self._link_changed)
        office.session.session_changed.connect(self._link_changed)
        office.catalogue.catalogue_changed.connect(self.show)
        office.speech.lang_changed.connect(self.show)

    @property
    def waiting(self) -> int:
        """News that are not in the rows yet."""
        return len(self._waiting)

    def open(self, shown: bool) -> None:
        """Whether the log is looked at; while it is not, nothing is asked."""
        self._open = shown
        if shown:
            self.show()
            self._link_changed()

    def look_for(self, wanted: BookFilter) -> None:
        """Another filter."""
        if wanted != self.filter:
            self.filter = wanted
            self.look()

    @Slot()
    def look(self) -> None:
        """The newest page of the present filter."""
        self._waiting.clear()
        self._ask(self._query(), BookState.ASKING)

    @Slot()
    def ask_older(self) -> None:
        """The page below the last entry."""
        if self.state is BookState.ASKING or not self.more or self._last is None:
            return
        last = self._last
        wish = msgspec.structs.replace(self._query(), before_at=last.at, before_id=last.id)
        self._ask(wish, BookState.ASKING, older=True)

    def hold(self, held: bool) -> None:
        """While a row is looked at no row moves: what is new waits."""
        self._held = held
        if not held:
            self.show_waiting()

    @Slot()
    def show_waiting(self) -> None:
        """Put what is new into the rows."""
        if self._waiting:
            self._matched |= self._waiting.keys()
            self._entries |= self._waiting
            self._waiting = {}
            self.show()

    @Slot()
    def show(self) -> None:
        """Make the rows anew of what is known."""
        board = self._office.log_board
        entries = [board.as_closed(entry) for entry in self._entries.values()]
        letters = [] if self.filter.anything else self._office.log_post.letters()
        self.model.show(entries, letters, self._matches)
        self.changed.emit()

    def _timer(self, ms: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(ms)
        timer.timeout.connect(slot)
        return timer

    def _query(self) -> LogQuery:
        wanted = self.filter
        return LogQuery(
            text=wanted.text,
            author=wanted.author,
            area="" if wanted.area == "*" else wanted.area,
            start=self._now_ns() - wanted.span_s * _NS if wanted.span_s else 0,
            link=wanted.link,
            mention=self._office.session.user if wanted.mine else "",
            id=wanted.ids[0] if len(wanted.ids) == 1 else "",
            limit=PAGE,
        )

    def _ask(self, query: LogQuery, state: BookState, *, older: bool = False) -> None:
        self._older = older
        self._request = self._office.logbook.search(query)
        if self._request:
            self._answer.start()
            self._set_state(state)
        else:
            self._set_state(BookState.NO_LINK)

    def _matches(self, thread: Thread) -> bool:
        return any(version.id in self._matched for version in thread.versions)

    @Slot(object)
    def _take(self, answer: LogAnswer) -> None:
        if answer.request != self._request or not self._request:
            return
        self._request = ""
        self._answer.stop()
        if answer.reason:
            self._set_state(BookState.FAILED)
            return
        page = answer.page
        if not self._older:
            self._entries, self._matched = {}, set()
        self._entries |= {entry.id: entry for entry in (*page.related, *page.entries)}
        self._matched |= {entry.id for entry in page.entries}
        self._last = page.entries[-1] if page.entries else self._last
        self.more = page.more and len(self._matched) < MOST
        self.state = BookState.IDLE
        self.show()

    @Slot(object)
    def _news(self, entries: tuple[LogEntry, ...]) -> None:
        if self.state is BookState.NO_LINK and not self._entries:
            return
        if self.filter.anything:
            # Whether they match is the hub's to say.
            if self._open:
                self._soon.start()
            return
        self._waiting |= {entry.id: entry for entry in entries}
        own = all(entry.author == self._office.session.user for entry in entries)
        if own or not self._held:
            self.show_waiting()
        else:
            self.changed.emit()

    @Slot()
    def _link_changed(self) -> None:
        live = self._office.link.live and self._office.session.sees
        if live and self._open and self.state is BookState.NO_LINK:
            self.look()
        elif not live and self.state is not BookState.NO_LINK:
            # What has come stays to be read; it is asked for anew when the hub is back.
            self._request = ""
            self._answer.stop()
            self._set_state(BookState.NO_LINK)
        if not self._office.session.sees and self._entries:
            self._entries, self._matched, self._waiting = {}, set(), {}
            self.show()

    @Slot()
    def _give_up(self) -> None:
        self._request = ""
        self._set_state(BookState.FAILED if self._office.link.live else BookState.NO_LINK)

    def _set_state(self, state: BookState) -> None:
        self.state = state
        self.changed.emit()
