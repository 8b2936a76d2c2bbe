"""Commands of the whole site, newest first: what was asked, by whom, and what became of it."""

from __future__ import annotations

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, QPoint, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QMenu, QStackedLayout, QTableView, QVBoxLayout, QWidget

from console.core.command.facts import CommandFact, CommandState
from console.desk.formats import number, stamp, with_unit
from console.desk.office import Office
from widgets.commands.confirm import CommandDesk
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role, font
from widgets.kit.rows import QuietRows
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ROW

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_COLUMNS = ("time", "state", "asset", "verb", "by", "reason")
_WIDTHS = (104, 150, 220, 220, 110, 260)
_MOST = 2000


class CommandRows(QAbstractTableModel):
    """One row a command; rows are few and rebuilt as a whole."""

    def __init__(self, office: Office, parent: QObject) -> None:
        super().__init__(parent)
        self._office = office
        self.facts: list[CommandFact] = []
        office.commands.commands_changed.connect(self._again)
        office.catalogue.catalogue_changed.connect(self._again)
        office.speech.lang_changed.connect(self._again)
        self._again()

    @Slot()
    def _again(self) -> None:
        self.beginResetModel()
        found = self._office.commands.facts.values()
        self.facts = sorted(found, key=lambda fact: fact.request.command_id, reverse=True)[:_MOST]
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self.facts)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(_COLUMNS)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> str | None:
        if orientation is not Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._office.speech.say(f"commands.column.{_COLUMNS[section]}")

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        fact = self.facts[index.row()]
        if role == Qt.ItemDataRole.FontRole and _COLUMNS[index.column()] == "state":
            return font(Role.BODY, strong=not fact.state.terminal or fact.state is not CommandState.SUCCEEDED)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(self._text(fact, column) for column in _COLUMNS)
        return self._text(fact, _COLUMNS[index.column()]) if role == Qt.ItemDataRole.DisplayRole else None

    def _text(self, fact: CommandFact, column: str) -> str:
        speech, catalogue = self._office.speech, self._office.catalogue.catalogue
        asset = catalogue.assets.get(fact.request.asset) if catalogue is not None else None
        made = {
            "time": stamp(fact.steps[0].at if fact.steps else 0, seconds_of(self._office.themes).now_ns),
            "state": speech.say(f"commands.state.{fact.state.value}"),
            "asset": speech.of(asset.name) if asset is not None else fact.request.asset,
            "verb": self._verb(fact),
            "by": fact.by,
            "reason": speech.reason(fact.reason) if fact.reason else "",
        }
        return made[column]

    def _verb(self, fact: CommandFact) -> str:
        catalogue = self._office.catalogue.catalogue
        command = (
            catalogue.command(fact.request.asset, fact.request.command) if catalogue is not None else None
        )
        if command is None:
            return fact.request.command
        text = self._office.speech.of(command.label)
        if command.params and fact.request.value is not None:
            param = command.params[0]
            text += f" · {with_unit(number(fact.request.value, param.decimals), param.unit)}"
        return text


class CommandList(QWidget):
    """The list, and the desk that opens the confirmation of whatever command is asked for on this seat."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = CommandRows(office, self)
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setItemDelegate(QuietRows(office.themes, self.view))
        self.view.setShowGrid(False)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setTabKeyNavigation(False)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(ROW)
        header = self.view.horizontalHeader()
        header.setFont(font(Role.CAPTION))
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setStretchLastSection(True)
        for column, width in enumerate(_WIDTHS):
            self.view.setColumnWidth(column, width)
        self.desk = CommandDesk(office, self)
        self.empty = EmptyState(office.themes, "command")
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addLayout(self._stack)
        self.view.activated.connect(self._open)
        self.view.customContextMenuRequested.connect(self._ask_what)
        self.model.modelReset.connect(self._say)
        self._say()

    @Slot()
    def _say(self) -> None:
        speech = self._office.speech
        self.view.setAccessibleName(speech.say("commands.list"))
        self.empty.set_sentence(speech.say("commands.empty"))
        self._stack.setCurrentIndex(0 if self.model.facts else 1)

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self._office.selection.select_asset(self.model.facts[index.row()].request.asset, "commands")
        self._office.actions.use("asset.faceplate")

    @Slot(QPoint)
    def _ask_what(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        if not index.isValid():
            return
        self._office.selection.select_asset(self.model.facts[index.row()].request.asset, "commands")
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self._office.actions.action(name) for name in ("asset.faceplate", "asset.trend")])
        menu.popup(self.view.viewport().mapToGlobal(at))
