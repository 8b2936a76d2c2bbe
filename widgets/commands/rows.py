"""Commands as rows: what needs a person stands on top until it is settled, then the newest."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot

from console.core.command.facts import CommandFact, CommandState
from console.desk.formats import stamp
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.seconds import seconds_of

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
COLUMNS = ("time", "state", "asset", "verb", "by", "reason")
_MOST = 2000
_FIRST = (CommandState.INDETERMINATE, CommandState.SELECTED, CommandState.AWAIT_APPROVAL)


class CommandRows(QAbstractTableModel):
    """One row a command; rows are few and rebuilt as a whole."""

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self._only_open = False
        self.facts: list[CommandFact] = []
        office.commands.commands_changed.connect(self._again)
        office.catalogue.catalogue_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)
        self._again()

    def show_only_open(self, only: bool) -> None:
        """Only commands without a final outcome, or all."""
        if only != self._only_open:
            self._only_open = only
            self._again()

    def row_of(self, command_id: str) -> int:
        """Where a command stands, -1 if it is not shown."""
        ids = (fact.request.command_id for fact in self.facts)
        return next((row for row, found in enumerate(ids) if found == command_id), -1)

    @Slot()
    def _again(self) -> None:
        self.beginResetModel()
        found = [
            fact
            for fact in self._office.commands.facts.values()
            if not (self._only_open and fact.state.terminal)
        ]
        found.sort(key=lambda fact: fact.request.command_id, reverse=True)
        found.sort(key=_rank)
        self.facts = found[:_MOST]
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.facts)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._office.speech.say(f"commands.column.{COLUMNS[section]}")

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        fact = self.facts[index.row()]
        if role == Qt.ItemDataRole.FontRole and COLUMNS[index.column()] == "state":
            return font(Role.BODY, strong=not fact.state.terminal or fact.state is not CommandState.SUCCEEDED)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(self._text(fact, column) for column in COLUMNS)
        return self._text(fact, COLUMNS[index.column()]) if role == Qt.ItemDataRole.DisplayRole else None

    def _text(self, fact: CommandFact, column: str) -> str:
        words = self._office.command_words
        if column == "time":
            return stamp(fact.steps[0].at if fact.steps else 0, seconds_of(self._office.themes).now_ns)
        if column == "state":
            return self._state(fact)
        if column == "asset":
            return words.target(fact)
        if column == "verb":
            return words.title(fact)
        if column == "by":
            return f"{fact.by} · {fact.approver}" if fact.approver else fact.by
        return words.why(fact.reason, fact.detail) if fact.reason else ""

    def _state(self, fact: CommandFact) -> str:
        speech = self._office.speech
        if fact.state is CommandState.SUCCEEDED and not fact.verified:
            return speech.say("commands.unverified")
        text = speech.say(f"commands.state.{fact.state.value}")
        if fact.state is CommandState.EXECUTING and fact.progress > 0:
            text += f" {round(fact.progress * 100)} %"
        return speech.say("commands.late", what=text) if fact.late else text


def _rank(fact: CommandFact) -> int:
    """An unknown outcome outranks what waits for a person, that what goes on by itself, that what is over."""
    if fact.state in _FIRST:
        return _FIRST.index(fact.state)
    return len(_FIRST) + fact.state.terminal
