"""The operator log as rows: days, entries with what they were before, and what is not at the hub yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import tzinfo
from enum import IntEnum
from typing import NamedTuple

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.client.log_outbox import Letter
from console.core.logbook.entry import Attachment, LogEntry, LogLink
from console.core.logbook.threads import Thread, threads
from console.desk.catalogues import CatalogueBoard
from console.desk.formats import clock, date, local, zone
from console.desk.words import Speech

__all__ = ["BookRole", "BookRow", "BookRows", "BookWords", "Letter", "LogEntry", "Thread"]

_Index = QModelIndex | QPersistentModelIndex


class BookRole(IntEnum):
    """Roles of the model beside text."""

    ROW = Qt.ItemDataRole.UserRole + 1
    """BookRow."""


class BookRow(NamedTuple):
    """A day (`day` is not empty), an entry, or a letter."""

    at: int
    day: str = ""
    thread: Thread | None = None
    letter: Letter | None = None

    @property
    def id(self) -> str:
        """Id of the first version or of the letter; empty for a day."""
        if self.thread is not None:
            return self.thread.root.id
        return "" if self.letter is None else self.letter.draft.id

    @property
    def text(self) -> str:
        """What holds."""
        if self.thread is not None:
            return self.thread.current.text
        return "" if self.letter is None else self.letter.draft.text

    @property
    def area(self) -> str:
        """Area id; empty: the whole site."""
        if self.thread is not None:
            return self.thread.current.area
        return "" if self.letter is None else self.letter.draft.area

    @property
    def links(self) -> tuple[LogLink, ...]:
        """What it points at."""
        if self.thread is not None:
            return self.thread.current.links
        return () if self.letter is None else self.letter.draft.links

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """Its files."""
        if self.thread is not None:
            return self.thread.current.attachments
        return () if self.letter is None else self.letter.draft.attachments


class BookWords:
    """Names and times of the log in the present language."""

    def __init__(self, catalogue: CatalogueBoard, speech: Speech) -> None:
        self._catalogue = catalogue
        self.speech = speech

    def area(self, area: str) -> str:
        """Name of an area; the whole site for an empty one."""
        known = self._catalogue.catalogue.areas if self._catalogue.catalogue is not None else {}
        if not area:
            return self.speech.say("logbook.whole_site")
        return self.speech.of(known[area].name) if area in known else area

    def clock(self, at_ns: int) -> str:
        """`14:03:20` in the zone of the site."""
        return clock(at_ns, self._zone())

    def day(self, at_ns: int) -> str:
        """`2026-11-22`."""
        return date(at_ns, self._zone())

    def moment(self, at_ns: int) -> str:
        """`2026-11-22 14:03:20`."""
        return f"{self.day(at_ns)} {self.clock(at_ns)}"

    def author(self, row: BookRow) -> str:
        """Who wrote what holds."""
        if row.thread is not None:
            entry = row.thread.current
            return entry.author_name or entry.author
        return "" if row.letter is None else row.letter.author_name or row.letter.author

    def day_title(self, row: BookRow) -> str:
        """Head of a day, with its weekday."""
        weekday = self.speech.say(f"logbook.weekday.{local(row.at, self._zone()).weekday()}")
        return f"{row.day} {weekday}"

    def line(self, row: BookRow) -> str:
        """The row as a screen reader says it."""
        if row.day:
            return self.day_title(row)
        parts = [self.clock(row.at), self.area(row.area), self.author(row), row.text]
        if row.letter is not None:
            parts.append(self.speech.say("logbook.not_sent"))
        elif row.thread is not None and row.thread.current.locked:
            parts.append(self.speech.say("logbook.mark.locked"))
        return ", ".join(part for part in parts if part)

    def _zone(self) -> tzinfo:
        found = self._catalogue.catalogue
        return zone(found.site.time_zone if found is not None else "Asia/Seoul")


class BookRows(QAbstractListModel):
    """Newest first: what is not at the hub, then entries under their days."""

    def __init__(self, words: BookWords, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.words = words
        self.rows: list[BookRow] = []

    def show(
        self,
        entries: Iterable[LogEntry],
        letters: Sequence[Letter],
        matches: Callable[[Thread], bool],
    ) -> None:
        """Entries and letters as rows; only threads for which `matches` holds."""
        rows = [BookRow(letter.draft.at, letter=letter) for letter in reversed(letters)]
        day = ""
        for thread in threads(entries):
            if not matches(thread):
                continue
            at = thread.current.at
            if self.words.day(at) != day:
                day = self.words.day(at)
                rows.append(BookRow(at, day=day))
            rows.append(BookRow(at, thread=thread))
        if rows == self.rows:
            return
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def row_of(self, entry: str) -> int:
        """The row in which an entry stands, in whatever version; -1 without one."""
        for n, row in enumerate(self.rows):
            if row.id == entry:
                return n
            if row.thread is not None and any(version.id == entry for version in row.thread.versions):
                return n
        return -1

    def rowCount(self, parent: _Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or not 0 <= index.row() < len(self.rows):
            return None
        row = self.rows[index.row()]
        if role == BookRole.ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.words.line(row)
        return None

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and self.rows[index.row()].day:
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)
