"""The dock of commands: what needs a person on top, the selected one in full beside it."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QModelIndex, QPoint, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStackedLayout,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from console.core.command.facts import CommandFact, CommandState
from console.desk.office import Office
from widgets.commands.approval import ApprovalSheet
from widgets.commands.desk import CommandDesk
from widgets.commands.detail import CommandDetail
from widgets.commands.group import GroupDesk
from widgets.commands.rows import CommandRows
from widgets.kit.asks import asks_of
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role, font
from widgets.kit.rows import QuietRows
from widgets.kit.space import PAD_CELL, ROW, STEP
from widgets.kit.tables import dress_list
from widgets.kit.texts import Texts

_WIDTHS = (104, 170, 200, 200, 130, 200)


class CommandList(QWidget):
    """The list, and the desks that open the sheets of whatever is asked for on this seat."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._texts = Texts(office.speech, self)
        self._chosen_id = ""
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = CommandRows(office, self)
        self.view = QTableView()
        self.detail = CommandDetail(office)
        self._set_up_view()
        self.desk = CommandDesk(office, self)
        self.groups = GroupDesk(office, self)
        self.empty = EmptyState(office.themes, "command")
        self._arrange()
        self.view.activated.connect(self._open)
        self.view.customContextMenuRequested.connect(self._ask_what)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.model.modelReset.connect(self._again)
        self.approval: ApprovalSheet | None = None
        self.detail.read_asked.connect(self.open_approval)
        asks_of(office.acts).order_asked.connect(self.call)
        self._again()

    def _set_up_view(self) -> None:
        self.view.setModel(self.model)
        self.view.setItemDelegate(QuietRows(self._office.themes, self.view))
        dress_list(self.view, dict(enumerate(_WIDTHS)))
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        # What is cut at the right end, the reason, stands whole beside the list.
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def _arrange(self) -> None:
        self.only_open = QToolButton()
        self.only_open.setCheckable(True)
        self.only_open.setFixedHeight(ROW)
        self.only_open.setFont(font(Role.BODY))
        self.only_open.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.only_open.toggled.connect(self.model.show_only_open)
        self._texts.put(self.only_open.setText, "commands.only_open")
        self._texts.put(self.view.setAccessibleName, "commands.list")
        bar = QHBoxLayout()
        bar.setContentsMargins(PAD_CELL, STEP, PAD_CELL, STEP)
        bar.addWidget(self.only_open)
        bar.addStretch(1)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addLayout(bar)
        left.addLayout(self._stack, 1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(left, 1)
        row.addWidget(self.detail)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.detail.fit(self.width())

    @Slot(str)
    def show_command(self, command_id: str) -> None:
        """Selects a command, whatever the filter is."""
        if self.model.row_of(command_id) < 0:
            self.only_open.setChecked(False)
        self._chosen_id = command_id
        self._again()

    @Slot(str)
    def call(self, command_id: str) -> None:
        """Shows a command that calls this person, and what is to be decided about it."""
        self.show_command(command_id)
        self.open_approval()

    @Slot()
    def open_approval(self) -> None:
        """Opens the text of the chosen command while it waits for approval."""
        fact = self.chosen()
        if fact is None or fact.state is not CommandState.AWAIT_APPROVAL:
            return
        if self.approval is not None:
            self.approval.close()
        window = asks_of(self._office.acts).window_for(self)
        self.approval = ApprovalSheet(self._office, window, fact)
        self.approval.finished.connect(self._approval_gone)
        self.approval.open_sheet()

    @Slot()
    def _approval_gone(self) -> None:
        self.approval = None

    def chosen(self) -> CommandFact | None:
        """The command shown in full."""
        return self._office.commands.facts.get(self._chosen_id)

    @Slot()
    def _again(self) -> None:
        speech = self._office.speech
        key = "commands.none_open" if self.only_open.isChecked() else "commands.empty"
        self.empty.set_sentence(speech.say(key))
        self._stack.setCurrentIndex(0 if self.model.facts else 1)
        row = self.model.row_of(self._chosen_id)
        if row < 0 and self.model.facts:
            row, self._chosen_id = 0, self.model.facts[0].request.command_id
        if row >= 0:
            self.view.selectRow(row)
        self.detail.show_fact(self.chosen() if self.model.facts else None)

    @Slot(QItemSelection, QItemSelection)
    def _choose(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        indexes = selected.indexes()
        if indexes:
            self._chosen_id = self.model.facts[indexes[0].row()].request.command_id
            self.detail.show_fact(self.chosen())

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
