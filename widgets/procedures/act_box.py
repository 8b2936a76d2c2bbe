"""What a person can do with a run now: the act its step waits for, and pausing, skipping, trying again, ending it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from console.core.command.control_facts import RunFact, RunState, StepState
from console.core.command.run_table import TABLE, RunInput
from console.core.control import Procedure, ProcedureStep, StepKind
from console.desk.office import Office
from widgets.kit.asks import asks_of
from widgets.kit.buttons import ActButton, HoldButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import ACT, APART, PAD_CELL, PAD_PANEL

_LONGEST = 500
_NS = 1_000_000_000


class ActBox(QFrame):
    """Hidden when the run is over."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._procedure: Procedure | None = None
        self._run: RunFact | None = None
        self.setProperty("plate", "loud")
        self.title = PlainLabel(Role.VALUE, strong=True)
        self.told = PlainLabel()
        for label in (self.title, self.told):
            label.setWordWrap(True)
        self.text = QLineEdit()
        self.text.setMaxLength(_LONGEST)
        self.text.setMinimumHeight(ACT)
        themes = office.themes
        self.main, self.command = ActButton(themes), ActButton(themes)
        self.retry, self.skip = ActButton(themes), ActButton(themes)
        self.hold = ActButton(themes)
        self.abort = HoldButton(themes)
        for button in (self.main, self.command):
            button.set_first()
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.told)
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addLayout(words, 1)
        foot.addWidget(self.text, 1)
        for line, buttons in (
            (head, (self.abort, self.hold)),
            (foot, (self.skip, self.retry, self.command, self.main)),
        ):
            line.setSpacing(APART)
            for button in buttons:
                line.addWidget(button)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_CELL)
        box.setSpacing(PAD_CELL)
        box.addLayout(head)
        box.addLayout(foot)

    def _connect(self) -> None:
        office = self._office
        self.text.textChanged.connect(self._check)
        self.main.clicked.connect(self._do_main)
        self.command.clicked.connect(self._open_command)
        self.retry.clicked.connect(self._retry)
        self.skip.clicked.connect(self._skip)
        self.hold.clicked.connect(self._hold)
        self.abort.held.connect(self._abort)
        for signal in (
            office.commands.commands_changed,
            office.control.confirm_arrived,
            office.link.link_changed,
            office.session.session_changed,
        ):
            signal.connect(self._say)
        seconds_of(office.themes).ticked.connect(self._say_told)

    def show_run(self, procedure: Procedure, run: RunFact | None) -> None:
        """Another run, or another state of it."""
        before = self._run
        if run is None or before is None or (run.id, run.step) != (before.id, before.step):
            self.text.clear()
        self._procedure, self._run = procedure, run
        self._say()

    def _step(self) -> ProcedureStep | None:
        if self._procedure is None or self._run is None or self._run.step >= len(self._procedure.steps):
            return None
        return self._procedure.steps[self._run.step]

    def _may(self, what: RunInput) -> bool:
        return self._run is not None and what in TABLE[self._run.state]

    @Slot()
    def _say(self) -> None:
        run, step, say = self._run, self._step(), self._office.speech.say
        self.setVisible(run is not None and not run.state.over and step is not None)
        if run is None or step is None or run.state.over:
            return
        fact = run.steps[run.step]
        number = say("procedures.step_n", n=run.step + 1, all=len(run.steps))
        self.title.setText(f"{number} · {self._office.speech.of(step.label)}")
        noting = step.kind is StepKind.NOTE and self._may(RunInput.NOTE)
        confirming = step.kind is StepKind.CONFIRM and self._may(RunInput.CONFIRM)
        self.main.setVisible(noting or confirming)
        self.main.setText(say("procedures.do.note" if noting else "procedures.do.confirm"))
        self.command.setText(say("commands.confirm_now"))
        self.command.setVisible(self._office.control.confirm_of(fact.command_id) is not None)
        busy = step.kind is StepKind.COMMAND and fact.state is StepState.ACTIVE
        self.skip.setVisible(step.skippable and self._may(RunInput.SKIP) and not busy)
        self.skip.setText(say("procedures.do.skip"))
        self.retry.setVisible(self._may(RunInput.RETRY))
        self.retry.setText(say("procedures.do.retry"))
        self.hold.setVisible(self._may(RunInput.PAUSE) or self._may(RunInput.RESUME))
        self.hold.setText(
            say("procedures.do.resume" if self._may(RunInput.RESUME) else "procedures.do.pause")
        )
        self.abort.setText(say("procedures.do.abort"))
        self.text.setPlaceholderText(say("procedures.text_note" if noting else "procedures.text_reason"))
        self.text.setAccessibleName(self.text.placeholderText())
        self._say_told()
        self._check()

    @Slot()
    def _say_told(self) -> None:
        """What is waited for, or why it stopped."""
        run, step, say = self._run, self._step(), self._office.speech.say
        if run is None or step is None or run.state.over:
            return
        fact = run.steps[run.step]
        words = self._office.command_words
        text = say(f"procedures.run_told.{run.state.value}")
        if run.reason:
            text = f"{text} {words.why(run.reason)}"
        elif run.state in (RunState.RUNNING, RunState.WAITING):
            text = self._wait_words(step, fact.command_id, fact.at) or text
        self.told.setText(text)

    def _wait_words(self, step: ProcedureStep, command_id: str, since: int) -> str:
        office = self._office
        if step.kind is StepKind.WAIT:
            left = office.clock.left_s(since + int(step.timeout_s * _NS))
            return office.speech.say("procedures.waits", n=office.command_words.left(left))
        command = office.commands.facts.get(command_id)
        if step.kind is StepKind.COMMAND and command is not None:
            return office.command_words.outcome(command)
        return office.speech.say(f"procedures.asks.{step.kind.value}")

    @Slot()
    def _check(self) -> None:
        office, step = self._office, self._step()
        session = office.session
        able = office.link.live and (session.fact is None or session.active)
        said = bool(self.text.text().strip())
        noting = step is not None and step.kind is StepKind.NOTE
        self.main.setEnabled(able and (said or not noting))
        # Whoever leaves a step out says why: it stands in the record.
        self.skip.setEnabled(able and said)
        for button in (self.command, self.retry, self.hold, self.abort):
            button.setEnabled(able)

    def _act(self, act: str) -> None:
        if self._run is not None:
            self._office.control.act_on_run(self._run.id, act, self.text.text().strip())
            self.text.clear()

    @Slot()
    def _do_main(self) -> None:
        step = self._step()
        self._act("note" if step is not None and step.kind is StepKind.NOTE else "confirm")

    @Slot()
    def _open_command(self) -> None:
        if self._run is None:
            return
        fact = self._office.commands.facts.get(self._run.steps[self._run.step].command_id)
        if fact is not None:
            asks_of(self._office.acts).command_asked.emit(fact.request)

    @Slot()
    def _retry(self) -> None:
        self._act("retry")

    @Slot()
    def _skip(self) -> None:
        self._act("skip")

    @Slot()
    def _hold(self) -> None:
        self._act("resume" if self._may(RunInput.RESUME) else "pause")

    @Slot()
    def _abort(self) -> None:
        self._act("abort")
