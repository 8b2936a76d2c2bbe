"""What the hub has told of the operator log unasked: new entries, what means this person, what is closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Signal, Slot

from console.core.logbook.entry import LogEntry
from console.core.logbook.query import LogPerson
from console.desk.boards.session import SessionBoard

if TYPE_CHECKING:
    from console.wire.messages import LogChanged

__all__ = ["LogEntry", "LogPerson", "LogbookBoard"]


class LogbookBoard(QObject):
    """Mentions are those of whoever sits here; the next person has others."""

    entries_arrived = Signal(object)
    """Tuple of new LogEntry."""
    mentions_changed = Signal()
    closed_changed = Signal()
    """The log is closed up to `locked_until`."""

    def __init__(self, session: SessionBoard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._user = session.user
        self._unread: dict[str, LogEntry] = {}
        self.locked_until = 0
        """UTC ns; 0: nothing is known to be closed."""
        self.people: tuple[LogPerson, ...] = ()
        """Who can be meant by @name."""
        session.session_changed.connect(self._see_who)

    @property
    def unread(self) -> list[LogEntry]:
        """Entries that mean this person and have not been read, newest first."""
        return sorted(self._unread.values(), key=lambda entry: (entry.at, entry.id), reverse=True)

    def receive(self, news: LogChanged) -> None:
        """The hub's word."""
        self.set_closed(news.locked_until)
        if news.reader and news.reader == self._user:
            self.forget(news.read)
        mine = [
            entry for entry in news.entries if self._user in entry.mentions and entry.author != self._user
        ]
        if mine:
            self._unread.update({entry.id: entry for entry in mine})
            self.mentions_changed.emit()
        if news.entries:
            self.entries_arrived.emit(news.entries)

    def set_closed(self, until: int) -> None:
        """The log is closed up to then; it is never opened again."""
        if until > self.locked_until:
            self.locked_until = until
            self.closed_changed.emit()

    def set_unread(self, entries: tuple[LogEntry, ...]) -> None:
        """What the hub says is unread."""
        self._unread = {entry.id: entry for entry in entries}
        self.mentions_changed.emit()

    def forget(self, entries: tuple[str, ...]) -> None:
        """They have been read."""
        before = len(self._unread)
        for entry in entries:
            self._unread.pop(entry, None)
        if len(self._unread) != before:
            self.mentions_changed.emit()

    def as_closed(self, entry: LogEntry) -> LogEntry:
        """The entry with its lock as far as it is known now."""
        if entry.locked or entry.at > self.locked_until or entry.written > self.locked_until:
            return entry
        return msgspec.structs.replace(entry, locked=True)

    @Slot()
    def _see_who(self) -> None:
        if self._session.user != self._user:
            self._user = self._session.user
            self.set_unread(())
