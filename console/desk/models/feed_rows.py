"""Feeds as a table, in the order of the profile, and the words about one feed."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from console.core.feed import FeedFact, FeedState
from console.desk.boards.feeds import FeedBoard
from console.desk.formats import DASH, number
from console.desk.words import Speech

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TEXT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class FeedColumn(IntEnum):
    """Columns; the heading is `feedpage.column.<name>`."""

    FEED = 0
    STATE = 1
    RATE = 2
    LAG = 3
    OFFSET = 4
    RHYTHM = 5
    UNREADABLE = 6
    UNMAPPED = 7
    DROPPED = 8
    GAPS = 9
    DISCOVERED = 10


FINE_S = 100.0
"""Up to here parts of a second are told."""
_LEFT = frozenset({FeedColumn.FEED, FeedColumn.STATE, FeedColumn.RHYTHM})


class FeedRows(QAbstractTableModel):
    """Rows stay where they are while numbers change."""

    def __init__(self, board: FeedBoard, speech: Speech, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._speech = speech
        self.facts: list[FeedFact] = list(board.facts.values())
        board.feeds_changed.connect(self._take)
        speech.lang_changed.connect(self._speak)

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Feeds of the hub."""
        return 0 if parent.isValid() else len(self.facts)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Always the same columns."""
        return 0 if parent.isValid() else len(FeedColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Headings in the present language."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role in _TEXT:
            return self._speech.say(f"feedpage.column.{FeedColumn(section).name.lower()}")
        if role == Qt.ItemDataRole.TextAlignmentRole and section not in _LEFT:
            return _RIGHT
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text of a cell."""
        if not index.isValid():
            return None
        column = FeedColumn(index.column())
        if role in _TEXT:
            return self.cell(self.facts[index.row()], column)
        if role == Qt.ItemDataRole.TextAlignmentRole and column not in _LEFT:
            return _RIGHT
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tip(self.facts[index.row()], column) or None
        return None

    def tip(self, fact: FeedFact, column: FeedColumn) -> str:
        """What a cell says to who points at it, as text without tags."""
        match column:
            case FeedColumn.FEED:
                text = self._speech.say("feedpage.id", id=fact.feed)
            case FeedColumn.STATE:
                text = fact.detail
            case FeedColumn.DROPPED:
                text = drop_words(fact, self._speech)
            case FeedColumn.UNREADABLE:
                text = fact.last_error
            case _:
                text = ""
        return text.replace("<", "\u2039")

    def cell(self, fact: FeedFact, column: FeedColumn) -> str:
        """One text."""
        match column:
            case FeedColumn.FEED:
                return self._speech.of(self._board.label(fact.feed))
            case FeedColumn.STATE:
                return state_words(fact, self._speech)
            case FeedColumn.RATE:
                return number(fact.rate_hz, 1)
            case FeedColumn.LAG:
                return DASH if fact.offset_s is None else seconds_words(fact.lag_s, 2)
            case FeedColumn.OFFSET:
                return offset_words(fact)
            case FeedColumn.RHYTHM:
                idle = not fact.points and not self._board.brings_movers(fact.feed)
                return DASH if idle else rhythm_words(fact, self._speech)
            case FeedColumn.DISCOVERED:
                return discovered_words(fact, self._speech)
            case _:
                counts = {
                    FeedColumn.UNREADABLE: fact.malformed,
                    FeedColumn.UNMAPPED: fact.unknown,
                    FeedColumn.DROPPED: fact.dropped,
                    FeedColumn.GAPS: fact.gaps,
                }
                return number(counts[column], 0)

    def row_of(self, feed: str) -> int:
        """Where a feed stands, -1 if it is not there."""
        return next((n for n, fact in enumerate(self.facts) if fact.feed == feed), -1)

    @Slot()
    def _take(self) -> None:
        facts = list(self._board.facts.values())
        if [fact.feed for fact in facts] != [fact.feed for fact in self.facts]:
            self.beginResetModel()
            self.facts = facts
            self.endResetModel()
        elif facts != self.facts:
            self.facts = facts
            self.dataChanged.emit(self.index(0, 0), self.index(len(facts) - 1, len(FeedColumn) - 1))

    @Slot()
    def _speak(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(FeedColumn) - 1)
        if self.facts:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.facts) - 1, len(FeedColumn) - 1))


def state_words(fact: FeedFact, speech: Speech) -> str:
    """State of a feed, with its cause where there is one."""
    # A hole while the connection holds is no return from a loss.
    state = "hole" if fact.state is FeedState.GAP and fact.why else fact.state.value
    words = speech.say(f"feeds.state.{state}")
    why = f"feeds.why.{fact.why}"
    cause = speech.say(why) if fact.why and speech.knows(why) else fact.detail
    return f"{words} · {cause}" if cause else words


def drop_words(fact: FeedFact, speech: Speech) -> str:
    """What was lost on the way, by its cause; empty if nothing was."""
    told: list[str] = []
    for drop in fact.drops:
        why = f"feeds.why.{drop.why}"
        cause = speech.say(why) if speech.knows(why) else drop.why
        told.append(speech.say("feedpage.drop", n=number(drop.count, 0), cause=cause))
    return "\n".join(told)


def seconds_words(seconds: float, decimals: int) -> str:
    """Seconds as exactly as they matter: a clock that is hours off is not told in tenths."""
    return number(seconds, decimals if abs(seconds) < FINE_S else 0)


def offset_words(fact: FeedFact) -> str:
    """By how many seconds the clock of the source is ahead; an em dash where it gives no times."""
    if fact.offset_s is None:
        return DASH
    text = seconds_words(fact.offset_s, 1)
    return f"+{text}" if fact.offset_s > 0 and text != number(0.0, 1) else text


def rhythm_words(fact: FeedFact, speech: Speech) -> str:
    """How many points do not keep their rhythm; all well where none."""
    counts = (("late", fact.late_points), ("frozen", fact.frozen_points), ("regular", fact.regular_points))
    told = [speech.say(f"feedpage.rhythm.{name}", n=number(n, 0)) for name, n in counts if n]
    return " · ".join(told) or speech.say("feedpage.rhythm.well" if fact.points else "feedpage.rhythm.none")


def discovered_words(fact: FeedFact, speech: Speech) -> str:
    """How many points the source has declared by itself, and how many more it has that were not taken."""
    if fact.not_taken:
        n, more = number(fact.discovered, 0), number(fact.not_taken, 0)
        return speech.say("discovered.page.not_taken", n=n, more=more)
    return number(fact.discovered, 0)
