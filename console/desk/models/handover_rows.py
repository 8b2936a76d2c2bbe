"""The list of a handover as a table: a heading for each kind, then its items; also as seen through a filter."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from console.core.handover.facts import Change, HandoverFact, HandoverItem, ItemKind
from console.desk.handover_words import HandoverWords
from console.desk.words import Speech

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_TEXT = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)


class HandoverColumn(IntEnum):
    """Columns; the heading is `handover.column.<name>`."""

    DONE = 0
    CHANGE = 1
    SUBJECT = 2
    STATE = 3
    SINCE = 4
    UNTIL = 5
    REMARK = 6


class HandoverRows(QAbstractTableModel):
    """Rows are items, or the kind that stands above its items. What was said of an item is its last column."""

    def __init__(
        self,
        words: HandoverWords,
        speech: Speech,
        now_ns: Callable[[], int],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._words = words
        self._speech = speech
        self._now_ns = now_ns
        self._fact: HandoverFact | None = None
        self._only_changed = False
        self._only_open = False
        self.rows: list[HandoverItem | ItemKind] = []
        speech.lang_changed.connect(self._say_again)

    def show_fact(self, fact: HandoverFact | None) -> bool:
        """The list of this handover; whether other rows are shown now."""
        self._fact = fact
        return self._fill()

    def filter_by(self, *, only_changed: bool, only_open: bool) -> bool:
        """Show only what is not as it was at the last handover, or what is not accepted yet."""
        self._only_changed, self._only_open = only_changed, only_open
        return self._fill()

    @property
    def hidden(self) -> int:
        """Items that the filter leaves out."""
        shown = sum(isinstance(row, HandoverItem) for row in self.rows)
        return (len(self._fact.items) if self._fact is not None else 0) - shown

    def item_at(self, row: int) -> HandoverItem | None:
        """The item of a row; None for a heading."""
        found = self.rows[row] if 0 <= row < len(self.rows) else None
        return found if isinstance(found, HandoverItem) else None

    def row_of(self, key: str) -> int:
        """Where an item stands; -1 if it is not shown."""
        rows = enumerate(self.rows)
        return next((n for n, row in rows if isinstance(row, HandoverItem) and row.key == key), -1)

    def headings(self) -> list[int]:
        """Rows that are headings."""
        return [number for number, row in enumerate(self.rows) if isinstance(row, ItemKind)]

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(HandoverColumn)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if isinstance(self.rows[index.row()], ItemKind):
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role not in _TEXT:
            return None
        if isinstance(row, ItemKind):
            return self._heading(row) if index.column() == 0 else ""
        return self.cell(row, HandoverColumn(index.column()))

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal or role not in _TEXT:
            return None
        return self._speech.say(f"handover.column.{HandoverColumn(section).name.lower()}")

    def cell(self, item: HandoverItem, column: HandoverColumn) -> str:
        """The text of one cell."""
        words, now = self._words, self._now_ns()
        match column:
            case HandoverColumn.DONE:
                return self._done(item)
            case HandoverColumn.SUBJECT:
                return words.subject(item)
            case HandoverColumn.STATE:
                return " · ".join(part for part in (words.state(item), words.why(item)) if part)
            case HandoverColumn.SINCE:
                return words.at(item.since, now) if item.since else ""
            case HandoverColumn.UNTIL:
                return words.at(item.until, now) if item.until else ""
            case HandoverColumn.CHANGE:
                return words.change(item)
            case HandoverColumn.REMARK:
                return self._said(item)

    def _done(self, item: HandoverItem) -> str:
        say = self._speech.say
        if item.waits:
            return say("handover.mark.asked")
        if item.accepted_by:
            return say("handover.mark.objected" if item.objection else "handover.mark.accepted")
        return say("handover.mark.moved" if item.moved else "handover.mark.open")

    def _said(self, item: HandoverItem) -> str:
        say = self._speech.say
        parts = [item.remark]
        if item.question:
            key = "handover.said.objection" if item.objection else "handover.said.question"
            parts.append(say(key, text=item.question))
        if item.answer:
            parts.append(say("handover.said.answer", text=item.answer))
        return " · ".join(part for part in parts if part)

    def _heading(self, kind: ItemKind) -> str:
        items = [item for item in self._fact.items if item.kind is kind] if self._fact is not None else []
        done = sum(item.done for item in items)
        name = self._words.kind(kind)
        return self._speech.say("handover.heading", kind=name, done=done, all=len(items))

    def _fill(self) -> bool:
        rows: list[HandoverItem | ItemKind] = []
        for item in self._fact.items if self._fact is not None else ():
            if self._left_out(item):
                continue
            last = rows[-1] if rows else None
            if not isinstance(last, HandoverItem) or last.kind is not item.kind:
                rows.append(item.kind)
            rows.append(item)
        same = [_key(row) for row in rows] == [_key(row) for row in self.rows]
        if same:
            self.rows = rows
            if rows:
                self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(HandoverColumn) - 1))
            return False
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()
        return True

    def _left_out(self, item: HandoverItem) -> bool:
        untouched = item.change is Change.STILL and not item.moved
        return (self._only_changed and untouched) or (self._only_open and item.done)

    def _say_again(self) -> None:
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(HandoverColumn) - 1)
        if self.rows:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.rows) - 1, len(HandoverColumn) - 1))


def _key(row: HandoverItem | ItemKind) -> str:
    return row.key if isinstance(row, HandoverItem) else row.value
