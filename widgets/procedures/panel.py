"""The dock of procedures: the list with what each is for, and the steps of the one chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QStackedLayout,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from console.core.command.control_facts import RunFact
from console.core.control import Procedure
from console.core.identity.roles import Permission
from console.desk.formats import stamp
from console.desk.office import Office
from widgets.kit.buttons import ActButton, HoldButton
from widgets.kit.empty import EmptyState
from widgets.kit.fonts import Role, font
from widgets.kit.labels import PlainLabel
from widgets.kit.rows import QuietRows
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL, PAD_PANEL, ROW
from widgets.procedures.act_box import ActBox
from widgets.procedures.steps import StepRows

_LIST_WIDTH = 280
_STATE_WIDTH = 96


class ProcedurePanel(QWidget):
    """Choose one, read it, try it dry or start it, and follow it."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._chosen = ""
        self._run_id = ""
        self.setProperty("ground", "panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._model = QStandardItemModel(0, 2, self)
        self.view = QTableView()
        self._set_up_view()
        self.name, self.purpose = PlainLabel(Role.SECTION, strong=True), PlainLabel()
        self.facts, self.state = PlainLabel(muted=True), PlainLabel(strong=True)
        for label in (self.name, self.purpose, self.facts):
            label.setWordWrap(True)
        self.runs = QComboBox()
        self.runs.setMinimumHeight(ROW)
        self.dry, self.start = ActButton(office.themes), HoldButton(office.themes)
        self.start.set_first()
        self.steps, self.acts = StepRows(office), ActBox(office)
        self.empty = EmptyState(office.themes, "procedure")
        self._arrange()
        self._connect()
        self._fill()

    def _set_up_view(self) -> None:
        self.view.setModel(self._model)
        self.view.setItemDelegate(QuietRows(self._office.themes, self.view))
        self.view.setShowGrid(False)
        self.view.setFixedWidth(_LIST_WIDTH)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setTabKeyNavigation(False)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setDefaultSectionSize(ROW)
        header = self.view.horizontalHeader()
        header.hide()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(1, QHeaderView.ResizeMode.Fixed)
        self.view.setColumnWidth(1, _STATE_WIDTH)

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(APART)
        words = QVBoxLayout()
        words.setSpacing(2)
        for label in (self.name, self.purpose, self.facts):
            words.addWidget(label)
        acts = QHBoxLayout()
        acts.setSpacing(APART)
        acts.addWidget(self.dry)
        acts.addWidget(self.start)
        side = QVBoxLayout()
        side.setSpacing(PAD_CELL)
        side.addLayout(acts)
        state = QHBoxLayout()
        state.addStretch(1)
        state.addWidget(self.state)
        state.addWidget(self.runs)
        side.addLayout(state)
        top.addLayout(words, 1)
        top.addLayout(side)
        right = QVBoxLayout()
        right.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_PANEL)
        right.setSpacing(PAD_CELL)
        right.addLayout(top)
        right.addWidget(self.steps, 1)
        right.addWidget(self.acts)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.view)
        row.addLayout(right, 1)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(inside)
        self._stack.addWidget(self.empty)

    def _connect(self) -> None:
        office = self._office
        office.catalogue.catalogue_changed.connect(self._fill)
        office.runs.runs_changed.connect(self._say)
        office.session.session_changed.connect(self._say)
        office.link.link_changed.connect(self._say)
        office.speech.lang_changed.connect(self._fill)
        self.view.selectionModel().selectionChanged.connect(self._choose)
        self.runs.activated.connect(self._choose_run)
        self.dry.clicked.connect(self._try)
        self.start.held.connect(self._start)

    def procedure(self) -> Procedure | None:
        """The one chosen."""
        return next((made for made in self._procedures() if made.id == self._chosen), None)

    def run(self) -> RunFact | None:
        """The run shown: the one picked, else the one that goes on, else the newest."""
        picked = self._office.runs.facts.get(self._run_id)
        if picked is not None and picked.procedure == self._chosen:
            return picked
        return self._office.runs.of_procedure(self._chosen)

    def _procedures(self) -> tuple[Procedure, ...]:
        catalogue = self._office.catalogue.catalogue
        return catalogue.site.procedures if catalogue is not None else ()

    @Slot()
    def _fill(self) -> None:
        procedures, speech = self._procedures(), self._office.speech
        if self.procedure() is None:
            self._chosen = procedures[0].id if procedures else ""
        self.view.setAccessibleName(speech.say("procedures.list"))
        self.empty.set_sentence(speech.say("procedures.empty"))
        self._stack.setCurrentIndex(0 if procedures else 1)
        self._model.setRowCount(len(procedures))
        for row, made in enumerate(procedures):
            self._model.setItem(row, 0, QStandardItem(speech.of(made.label)))
            self._model.setItem(row, 1, QStandardItem())
        rows = [made.id for made in procedures]
        if self._chosen in rows:
            self.view.selectRow(rows.index(self._chosen))
        self._say()

    @Slot()
    def _choose(self) -> None:
        rows = self.view.selectionModel().selectedRows()
        if rows:
            self._chosen, self._run_id = self._procedures()[rows[0].row()].id, ""
            self._say()

    @Slot(int)
    def _choose_run(self, row: int) -> None:
        self._run_id = str(self.runs.itemData(row) or "")
        self._say()

    @Slot()
    def _say(self) -> None:
        for row, made in enumerate(self._procedures()):
            item = self._model.item(row, 1)
            found = self._office.runs.of_procedure(made.id)
            shown = found is not None and not found.state.over
            item.setText(self._short(found) if found is not None and shown else "")
            item.setFont(font(Role.BODY, strong=True))
        procedure, run = self.procedure(), self.run()
        if procedure is None:
            return
        self._say_head(procedure)
        self._say_runs(run)
        self.state.setText(self._state_words(run) if run is not None else "")
        self.state.setVisible(not self.runs.isVisibleTo(self))
        self.steps.show_run(procedure, run)
        self.acts.show_run(procedure, run)

    def _say_head(self, procedure: Procedure) -> None:
        office, speech = self._office, self._office.speech
        catalogue = office.catalogue.catalogue
        area = catalogue.areas.get(procedure.area) if catalogue is not None else None
        self.name.setText(speech.of(procedure.label))
        self.purpose.setText(speech.of(procedure.purpose))
        parts = [
            speech.of(area.name) if area is not None else "",
            speech.say("procedures.owner", who=speech.of(procedure.owner))
            if procedure.owner is not None
            else "",
            speech.say("procedures.reviewed", at=procedure.reviewed) if procedure.reviewed else "",
        ]
        self.facts.setText(" · ".join(part for part in parts if part))
        may = office.session.fact is None or office.session.may(Permission.PROCEDURE, procedure.area)
        goes_on = any(
            run.procedure == procedure.id and not run.state.over and not run.dry
            for run in office.runs.facts.values()
        )
        self.dry.setText(speech.say("procedures.dry"))
        self.start.setText(speech.say("procedures.start"))
        self.dry.setEnabled(office.link.live and may)
        self.start.setEnabled(office.link.live and may and not goes_on)
        said = "procedures.not_allowed" if not may else "procedures.goes_on" if goes_on else ""
        self.start.setToolTip(speech.say(said) if said else "")
        self.start.setAccessibleDescription(self.start.toolTip())

    def _say_runs(self, shown: RunFact | None) -> None:
        runs = [run for run in self._office.runs.listed() if run.procedure == self._chosen]
        self.runs.blockSignals(True)
        self.runs.clear()
        for run in runs:
            self.runs.addItem(self._state_words(run), run.id)
        self.runs.setCurrentIndex(next((i for i, run in enumerate(runs) if run == shown), -1))
        self.runs.blockSignals(False)
        self.runs.setVisible(len(runs) > 1)
        self.runs.setAccessibleName(self._office.speech.say("procedures.runs"))

    def _short(self, run: RunFact) -> str:
        say = self._office.speech.say
        state = say(f"procedures.run_state.{run.state.value}")
        return say("procedures.dry_mark", what=state) if run.dry else state

    def _state_words(self, run: RunFact) -> str:
        say = self._office.speech.say
        at = stamp(run.started, seconds_of(self._office.themes).now_ns)
        return say("procedures.run_line", state=self._short(run), at=at, who=run.by)

    @Slot()
    def _try(self) -> None:
        self._run_id = ""
        self._office.control.start_procedure(self._chosen, dry=True)

    @Slot()
    def _start(self) -> None:
        self._run_id = ""
        self._office.control.start_procedure(self._chosen)
