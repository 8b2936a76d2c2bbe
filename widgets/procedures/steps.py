"""Steps of a procedure as rows: the plan before it runs, and what became of each."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from console.core.command.control_facts import RunFact, StepFact, StepState
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.site import CommandClass
from console.desk.formats import stamp
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.rows import QuietRows
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ROW

_COLUMNS = ("state", "step", "what", "time", "by", "remark")
_OF_A_RUN = ("time", "by", "remark")
_WIDTHS = (92, 280, 200, 72, 60, 150)


class StepRows(QTableView):
    """One row a step; the one that is going on is written strongly and kept in sight."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._model = QStandardItemModel(0, len(_COLUMNS), self)
        self.setModel(self._model)
        self.setItemDelegate(QuietRows(office.themes, self))
        self.setShowGrid(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(ROW)
        header = self.horizontalHeader()
        header.setFont(font(Role.CAPTION))
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in enumerate(_WIDTHS):
            self.setColumnWidth(column, width)
        header.setSectionResizeMode(_COLUMNS.index("step"), QHeaderView.ResizeMode.Stretch)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_run(self, procedure: Procedure, run: RunFact | None) -> None:
        """Steps of a run, or of a procedure that has none."""
        say = self._office.speech.say
        self.setAccessibleName(say("procedures.steps"))
        self._model.setHorizontalHeaderLabels([say(f"procedures.column.{name}") for name in _COLUMNS])
        facts = run.steps if run is not None else tuple(StepFact(id=step.id) for step in procedure.steps)
        self._model.setRowCount(len(procedure.steps))
        for name in _OF_A_RUN:
            # A plan has nothing to say there, and its steps need the room.
            self.setColumnHidden(_COLUMNS.index(name), run is None)
        for row, (step, fact) in enumerate(zip(procedure.steps, facts, strict=False)):
            self._fill(row, self._texts(row, step, fact), strong=fact.state is StepState.ACTIVE)
        if run is not None:
            self.scrollTo(self._model.index(min(run.step, len(facts) - 1), 0))

    def texts(self, row: int) -> list[str]:
        """What a row shows."""
        return [self._model.item(row, column).text() for column in range(len(_COLUMNS))]

    def _fill(self, row: int, texts: list[str], *, strong: bool) -> None:
        for column, text in enumerate(texts):
            item = self._model.item(row, column)
            if item is None:  # pyright: ignore[reportUnnecessaryComparison] - the stub says never
                item = QStandardItem()
                self._model.setItem(row, column, item)
            item.setText(text)
            item.setFont(font(Role.BODY, strong=strong))
            item.setData(", ".join(text for text in texts if text), Qt.ItemDataRole.AccessibleTextRole)

    def _texts(self, row: int, step: ProcedureStep, fact: StepFact) -> list[str]:
        office, speech = self._office, self._office.speech
        now = seconds_of(office.themes).now_ns
        state = speech.say(f"procedures.step_state.{fact.state.value}")
        why = office.command_words.why(fact.reason) if fact.reason else ""
        remark = " · ".join(part for part in (why, fact.text) if part)
        by = "" if fact.by.startswith("system:") else fact.by
        at = stamp(fact.at, now) if fact.at else ""
        return [state, f"{row + 1}. {speech.of(step.label)}", step_words(office, step), at, by, remark]


def step_words(office: Office, step: ProcedureStep) -> str:
    """What a step does: the command with its target and how it is confirmed, or what is waited for."""
    speech, catalogue = office.speech, office.catalogue.catalogue
    if step.kind is StepKind.WAIT:
        return speech.say("procedures.does.wait", n=round(step.timeout_s))
    if step.kind is not StepKind.COMMAND or catalogue is None:
        return speech.say(f"procedures.does.{step.kind.value}")
    command = catalogue.command(step.asset, step.command)
    asset = catalogue.assets.get(step.asset)
    name = speech.of(asset.name) if asset is not None else step.asset
    text = f"{name} · {office.command_words.verb(command, step.command, step.value)}"
    if command is not None and not command.emergency and command.command_class is CommandClass.C2:
        return speech.say("procedures.does.confirmed", what=text)
    if command is not None and not command.emergency and command.command_class is CommandClass.C3:
        return speech.say("procedures.does.approved", what=text)
    return text
