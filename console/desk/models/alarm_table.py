"""The alarm table: sorted and filtered inside, and still under the operator's hand (ALM-60 to ALM-67).

While the view holds it (pointer inside, rows selected), facts of standing rows change in place, new alarms
are only counted, and alarms that left stay where they are; after 5 s at most, or on `settle()`, all of it is
arranged in one step, in which persistent indices (so selections) follow their alarms.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
    Slot,
)

from console.core.alarm.facts import AckItem, AlarmFact
from console.desk.boards.alarms import AlarmBoard
from console.desk.catalogues import CatalogueBoard
from console.desk.models.alarm_cells import AlarmCells
from console.desk.models.alarm_freeze import Freeze
from console.desk.models.alarm_rows import (
    WATCHED,
    AlarmColumn,
    AlarmFilter,
    AlarmRows,
    AlarmSort,
    stands_in,
)
from console.desk.models.alarm_watch import AlarmWatch
from console.desk.words import Speech

HOLD_MS = 5000
"""Longest time that a held table waits before it arranges its rows (ALM-60)."""

_FEW = 16
"""Changed alarms that are moved one by one; more of them are arranged in one step."""

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class AlarmRole(IntEnum):
    """What delegates ask a cell for besides its text."""

    FACT = Qt.ItemDataRole.UserRole + 1
    """AlarmFact of the row."""
    PRIORITY = Qt.ItemDataRole.UserRole + 2
    LETTER = Qt.ItemDataRole.UserRole + 3
    UNACKED = Qt.ItemDataRole.UserRole + 4
    LEFT = Qt.ItemDataRole.UserRole + 5
    """Whether the alarm has left this list and the row only waits to be taken away."""
    ASSET = Qt.ItemDataRole.UserRole + 6
    """Asset id of the row."""


class AlarmTableModel(QAbstractTableModel):
    """Rows of one alarm list; the view tells `set_held` and `set_visible`."""

    new_count_changed = Signal(int)
    """How many new alarms wait while the table is held ("n new")."""
    hidden_count_changed = Signal(int)
    """How many alarms of the list the filter hides."""

    def __init__(
        self,
        alarms: AlarmBoard,
        catalogue: CatalogueBoard,
        speech: Speech,
        now_ns: Callable[[], int] = time.time_ns,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._board = alarms
        self._catalogue = catalogue
        self._speech = speech
        self._now_ns = now_ns
        self._filter = AlarmFilter()
        self._sort = AlarmSort()
        self._wanted: AlarmRows | None = None
        self._cells: AlarmCells | None = None
        self._rows: list[int] = []
        self._row_of: dict[int, int] | None = None
        self._held = False
        self._visible = (0, 200)
        self._new = 0
        self._hidden = 0
        self._maintained: frozenset[str] = frozenset()
        # Made before this model listens: it knows of a change when the rows ask it.
        self.watch = AlarmWatch(alarms, catalogue, now_ns, self)
        self.freeze = Freeze(now_ns, self)
        self.freeze.freeze_changed.connect(self._follow_freeze)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(HOLD_MS)
        self._timer.timeout.connect(self.settle)
        self.watch.watch_changed.connect(self._take_watched)
        alarms.alarms_changed.connect(self._take)
        catalogue.catalogue_changed.connect(self._begin)
        speech.lang_changed.connect(self._speak)
        self._begin()

    # What Qt asks

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Rows now, also those that only wait to be taken away."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Always the same columns; the view hides what the operator does not want."""
        return 0 if parent.isValid() else len(AlarmColumn)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        """Headings in the present language."""
        wanted = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole)
        if orientation is not Qt.Orientation.Horizontal or role not in wanted:
            return None
        return self._speech.say(f"alarm_column.{AlarmColumn(section).name.lower()}")

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Text, tooltip, words for screen readers and the roles of AlarmRole."""
        if not index.isValid() or self._cells is None:
            return None
        fact = self.fact(index.row())
        column = AlarmColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            sign = self._wanted.sign(fact.alarm) if self._wanted and column is AlarmColumn.LABEL else ""
            return sign + self._cells.text(fact, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._cells.tip(fact, column) or None
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._cells.row_in_words(fact)
        if role == Qt.ItemDataRole.TextAlignmentRole and column is AlarmColumn.VALUE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return self._of_role(fact, role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order by a column; -1 is the order of ALM-60."""
        descending = order is Qt.SortOrder.DescendingOrder
        self._sort = AlarmSort() if column < 0 else AlarmSort(AlarmColumn(column), descending)
        self._rebuild()

    # What views tell and ask

    @property
    def filter(self) -> AlarmFilter:
        """The present filter; it must always be visible (ALM-64)."""
        return self._filter

    @property
    def order(self) -> AlarmSort:
        """The present order."""
        return self._sort

    @property
    def new_count(self) -> int:
        """New alarms that wait while the table is held."""
        return self._new

    @property
    def hidden_count(self) -> int:
        """Alarms of the list that the filter hides."""
        return self._hidden

    def set_filter(self, wanted: AlarmFilter) -> None:
        """Show another list, or other rows of it."""
        if wanted != self._filter:
            self._filter = wanted
            self._rebuild()

    def set_held(self, held: bool) -> None:
        """Whether the pointer is over the rows or some are selected."""
        if held != self._held:
            self._held = held
            if not self._still:
                self.settle()

    @property
    def through_count(self) -> int:
        """Alarms shown although the filter does not take them: critical and unacknowledged (ALM-64)."""
        return self._wanted.through if self._wanted is not None else 0

    @property
    def _still(self) -> bool:
        return self._held or self.freeze.on

    @Slot(bool)
    def _follow_freeze(self, frozen: bool) -> None:
        if frozen:
            self._timer.stop()
        else:
            self.settle()

    def fold(self, row: int, show: bool | None = None) -> None:
        """Show or hide (None: turn) what follows from the alarm of a row, or from that which it follows itself."""
        if self._wanted is not None and self._wanted.groups.fold(self.fact(row).alarm, show):
            self._rebuild()

    def set_maintained(self, areas: Iterable[str]) -> None:
        """Areas in maintenance mode, which their rows say."""
        self._maintained = frozenset(areas)
        if self._cells is not None:
            self._cells.maintained = self._maintained
            self._announce(range(self._visible[0], min(self._visible[1] + 1, len(self._rows))))

    def set_visible(self, first: int, last: int) -> None:
        """Rows on the screen: only these are announced when their facts change."""
        self._visible = (first, last)

    def fact(self, row: int) -> AlarmFact:
        """Fact of a row; raises IndexError."""
        return self._board.facts[self._rows[row]]

    def row_of(self, alarm: int) -> int:
        """Row of an alarm, -1 when it is not shown."""
        if self._wanted is not None and not self._still:
            row = self._wanted.row(alarm)
            return -1 if row is None else row
        if self._row_of is None:
            self._row_of = {found: row for row, found in enumerate(self._rows)}
        return self._row_of.get(alarm, -1)

    def ack_items(self, rows: Iterable[int]) -> list[AckItem]:
        """What acknowledging these rows means: the occurrences and priorities now seen (ALM-23)."""
        facts = [self.fact(row) for row in rows]
        return [AckItem(f.alarm, f.occurrence, f.priority) for f in facts if not f.state.acked]

    @Slot()
    def settle(self) -> None:
        """Arrange the rows now."""
        self._timer.stop()
        if self._wanted is not None:
            self._arrange(self._wanted.order())
        self._count_new(0)

    def tick(self) -> None:
        """A second went by: the ages on the screen are others."""
        self.watch.tick()
        shown = range(self._visible[0], min(self._visible[1] + 1, len(self._rows)))
        for column in (AlarmColumn.ELAPSED, AlarmColumn.UNTIL):
            self._announce(shown, column)

    # What the boards tell

    @Slot(object)
    def _take_watched(self, alarms: Sequence[int]) -> None:
        if self._filter.which in WATCHED:
            self._take([self._board.facts[alarm] for alarm in alarms if alarm in self._board.facts])

    @Slot(object)
    def _take(self, facts: Sequence[AlarmFact]) -> None:
        if self._wanted is None:
            return
        changed = [fact.alarm for fact in facts]
        if not self._still and len(changed) <= _FEW and all(map(self._wanted.alone, changed)):
            for alarm in changed:
                self._move(*self._wanted.update_one(alarm), alarm)
        else:
            self._wanted.update(changed)
            if self._still:
                self._wait()
            else:
                self.settle()
        self._tell_hidden()
        self._announce(row for alarm in self._wanted.told_by(changed) if (row := self.row_of(alarm)) >= 0)

    @Slot()
    def _begin(self) -> None:
        catalogue = self._catalogue.catalogue
        self.beginResetModel()
        self._rows, self._row_of, self._wanted, self._cells = [], None, None, None
        if catalogue is not None:
            self._cells = AlarmCells(catalogue, self._speech, self._now_ns)
            self._cells.maintained = self._maintained
            self._wanted = AlarmRows(catalogue, self._board.facts, self.watch, self._speech.lang)
            self._wanted.filter, self._wanted.sort = self._filter, self._sort
            self._wanted.rebuild()
            self._rows = self._wanted.order()
        self.endResetModel()
        self._tell_hidden()

    @Slot()
    def _speak(self) -> None:
        self._rebuild()
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(AlarmColumn) - 1)
        self._announce(range(len(self._rows)))

    def _rebuild(self) -> None:
        if self._wanted is not None:
            self._wanted.filter, self._wanted.sort = self._filter, self._sort
            self._wanted.lang = self._speech.lang
            self._wanted.rebuild()
            self.settle()
            self._tell_hidden()

    def _wait(self) -> None:
        assert self._wanted is not None
        shown = set(self._rows)
        wanted = self._wanted.order()
        self._count_new(sum(alarm not in shown for alarm in wanted))
        if not self.freeze.on and not self._timer.isActive() and wanted != self._rows:
            self._timer.start()

    def _move(self, old: int | None, new: int | None, alarm: int) -> None:
        """One row comes, goes or moves; costs nothing that grows with the number of rows but a shift in a list."""
        self._row_of = None
        if old is None and new is not None:
            self.beginInsertRows(_ROOT, new, new)
            self._rows.insert(new, alarm)
            self.endInsertRows()
        elif old is not None and new is None:
            self.beginRemoveRows(_ROOT, old, old)
            del self._rows[old]
            self.endRemoveRows()
        elif old is not None and new is not None and old != new:
            # Qt counts the target before the row is taken out.
            self.beginMoveRows(_ROOT, old, old, _ROOT, new + (new > old))
            self._rows.insert(new, self._rows.pop(old))
            self.endMoveRows()

    def _arrange(self, wanted: list[int]) -> None:
        """New rows come in at the end, one layout change orders all, those that left go from the end."""
        if wanted == self._rows:
            return
        stay = set(wanted)
        leaving = [alarm for alarm in self._rows if alarm not in stay]
        shown = set(self._rows)
        coming = [alarm for alarm in wanted if alarm not in shown]
        if coming:
            first = len(self._rows)
            self.beginInsertRows(_ROOT, first, first + len(coming) - 1)
            self._rows = [*self._rows, *coming]
            self._row_of = None
            self.endInsertRows()
        self._reorder([*wanted, *leaving])
        if leaving:
            self.beginRemoveRows(_ROOT, len(wanted), len(self._rows) - 1)
            self._rows = wanted
            self._row_of = None
            self.endRemoveRows()

    def _reorder(self, wanted: list[int]) -> None:
        if wanted == self._rows:
            return
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        alarms = [self._rows[index.row()] for index in old]
        self._rows, self._row_of = wanted, None
        rows = {alarm: row for row, alarm in enumerate(wanted)} if old else {}
        moved = [self.index(rows[a], i.column()) for a, i in zip(alarms, old, strict=True)]
        self.changePersistentIndexList(old, moved)
        self.layoutChanged.emit()

    def _announce(self, rows: Iterable[int], column: AlarmColumn | None = None) -> None:
        first, last = self._visible
        seen = sorted(row for row in rows if first <= row <= last)
        if seen:
            left = AlarmColumn.PRIORITY if column is None else column
            right = max(AlarmColumn) if column is None else column
            self.dataChanged.emit(self.index(seen[0], left), self.index(seen[-1], right))

    def _of_role(self, fact: AlarmFact, role: int) -> object:
        if role == AlarmRole.FACT:
            return fact
        if role == AlarmRole.PRIORITY:
            return fact.priority
        if role == AlarmRole.LETTER:
            return fact.state.letter.value
        if role == AlarmRole.UNACKED:
            return not fact.state.acked
        if role == AlarmRole.LEFT:
            return not stands_in(fact, self._filter.which, self.watch)
        if role == AlarmRole.ASSET and self._catalogue.catalogue is not None:
            return self._catalogue.catalogue.alarms[fact.alarm].asset.id
        return None

    def _count_new(self, new: int) -> None:
        if new != self._new:
            self._new = new
            self.new_count_changed.emit(new)

    def _tell_hidden(self) -> None:
        hidden = self._wanted.hidden if self._wanted is not None else 0
        if hidden != self._hidden:
            self._hidden = hidden
            self.hidden_count_changed.emit(hidden)
