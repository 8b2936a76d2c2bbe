"""A command in two steps: ask, read what the hub says will happen, then hold to carry it out (CMD-04, CMD-05).

The sheet shows the hub's text and nothing of its own, and withdraws it when what allowed it is gone.
"""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from console.core.command.control_facts import ConfirmText
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.command.reasons import CommandReason
from console.core.site import CommandClass
from console.desk.acts import ActKind, ActOutcome
from console.desk.confirmations import ConfirmAsked
from console.desk.office import Office
from widgets.commands.entry import ValueEntry
from widgets.commands.order_words import Progress, Stage, leave_of, note_of
from widgets.commands.sheet import ActSheet
from widgets.kit.buttons import ActButton, HoldButton
from widgets.kit.confirm_text import ConfirmLines
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel, SectionTitle
from widgets.kit.seconds import seconds_of

_BEFORE = frozenset(
    {CommandState.RECEIVED, CommandState.AWAIT_APPROVAL, CommandState.SELECTING, CommandState.SELECTED}
)
__all__ = ["OrderSheet", "Stage"]
STEP_UP = CommandReason.STEP_UP_REQUIRED


class OrderSheet(ActSheet):
    """One command from asking to holding. Closing it before it is carried out cancels it."""

    asked_too_early = Signal(object)
    """The request, without an id: the hub wants the password first."""

    def __init__(self, office: Office, window: QWidget, request: CommandRequest) -> None:
        super().__init__(office, window, request)
        self.stage = Stage.ASK
        self.command_id = request.command_id
        self.asked: ConfirmAsked | None = None
        self._since: float | None = None
        self._execution = ""
        self._user = office.session.user
        self._over = ("", "")
        self.change_title, self.text_title = SectionTitle(), SectionTitle()
        self.change = PlainLabel(Role.PLATE, strong=True)
        self.value = ValueEntry(office.speech, self.aim.param)
        self.note = PlainLabel()
        self.lines = ConfirmLines()
        self.left = PlainLabel(Role.BODY, strong=True)
        self.blocked = PlainLabel(strong=True)
        self.send_button, self.aside = ActButton(office.themes), ActButton(office.themes)
        self.execute = HoldButton(office.themes)
        for label in (self.change, self.note, self.left, self.blocked):
            label.setWordWrap(True)
        for widget in (self.change_title, self.change, self.value, self.note, self.text_title, self.lines):
            self.box.addWidget(widget)
        for widget in (self.left, self.blocked):
            self.box.addWidget(widget)
        self.add_test_choice()
        for button in (self.aside, self.send_button, self.execute):
            self.row.addWidget(button)
        if request.value is not None and self.aim.param is not None:
            self.value.line.setText(f"{request.value:g}")
        self.send_button.set_first()
        self.execute.set_first()
        self._connect()
        self._begin()

    def chosen_value(self) -> float | None:
        """What the hub was asked for; while it is still typed it stands beside the present value."""
        fact = self._fact()
        if self.stage is Stage.ASK:
            return None
        return fact.request.value if fact is not None else self.value.value

    @property
    def needs_approval(self) -> bool:
        """Whether a second person must agree."""
        return self.aim.command.command_class is CommandClass.C3

    def first_focus(self) -> QWidget:
        return self.value.line if self.stage is Stage.ASK and self.aim.param is not None else self.leave

    def _connect(self) -> None:
        office = self.office
        self.send_button.clicked.connect(self._send)
        self.aside.clicked.connect(self.put_aside)
        self.execute.held.connect(self._execute)
        self.armed_changed.connect(self._check)
        self.value.typed.connect(self._check)
        office.commands.commands_changed.connect(self._follow)
        office.control.confirm_arrived.connect(self._take)
        office.acts.act_answered.connect(self._answered)
        office.values.values_changed.connect(self._watch)
        office.tags.tags_changed.connect(self._watch)
        office.areas.leases_changed.connect(self._watch)
        office.session.session_changed.connect(self._seat)
        office.link.link_changed.connect(self._seat)
        office.speech.lang_changed.connect(self._say)
        seconds_of(office.themes).ticked.connect(self._tick)

    def _begin(self) -> None:
        """A new one asks, or goes to the hub at once; one that the hub has already stands where it stands there."""
        known = self.office.control.confirm_of(self.command_id) if self.command_id else None
        if known is not None:
            self._take(known)
        elif self.command_id:
            self._go(Stage.WAIT)
        elif self.aim.param is None and not self.needs_approval:
            self._ask_hub()
        else:
            self._go(Stage.ASK)

    @Slot()
    def put_aside(self) -> None:
        """Closes the sheet and leaves the command as it is: it waits in the list."""
        super().reject()

    def reject(self) -> None:
        """Closes the sheet; what is not carried out yet is cancelled."""
        fact = self._fact()
        waiting = self.command_id and self.stage in (Stage.WAIT, Stage.CONFIRM)
        if waiting and self.office.link.live and (fact is None or fact.state in _BEFORE):
            self.office.control.cancel(self.command_id)
        super().reject()

    # Stages

    def _go(self, stage: Stage) -> None:
        self.stage = stage
        ask, confirm = stage is Stage.ASK, stage is Stage.CONFIRM
        for widget in (self.change_title, self.change):
            widget.setVisible(ask)
        self.value.setVisible(ask and self.aim.param is not None)
        self.as_test.setVisible(ask and self.aim.command.test_mode)
        for widget in (self.lines, self.text_title):
            widget.setVisible(confirm)
        self.left.setVisible(stage in (Stage.WAIT, Stage.CONFIRM))
        self.send_button.setVisible(ask)
        self.execute.setVisible(confirm)
        self.blocked.hide()
        self.rearm()
        self._say()
        self.adjustSize()

    @Slot()
    def _send(self) -> None:
        if self.send_button.isEnabled():
            self._ask_hub()

    def _ask_hub(self) -> None:
        request = self.aim.request
        self.command_id = self.office.acts.send(
            request.asset, request.command, self.value.value, test=self.test
        )
        self._go(Stage.WAIT)

    @Slot(object)
    def _take(self, asked: ConfirmAsked) -> None:
        if asked.command_id != self.command_id or self.stage is Stage.OVER:
            return
        self.asked = asked
        self._since = self.aim.present()
        self._go(Stage.CONFIRM)
        self.leave.setFocus()

    @Slot()
    def _execute(self) -> None:
        if self.asked is None or not self.execute.isEnabled():
            return
        self.execute.setEnabled(False)
        run = self.office.runs.of_command(self.command_id)
        control = self.office.control
        # The step of a procedure is carried out as such, so that its record says who did.
        self._execution = (
            control.execute(self.asked)
            if run is None
            else control.act_on_run(run.id, "execute", asked=self.asked)
        )

    @Slot(object)
    def _answered(self, outcome: ActOutcome) -> None:
        mine = bool(self._execution) and outcome.request == self._execution
        refused = next(
            (p for p in outcome.results if p.reason and (mine or p.subject == self.command_id)), None
        )
        if refused is None or not self.command_id:
            return
        if refused.reason == STEP_UP:
            # The password is asked for over the window; the sheet comes back when it was right.
            if outcome.kind is ActKind.COMMAND:
                value = self.value.value if self.aim.param is not None else None
                self.asked_too_early.emit(
                    msgspec.structs.replace(self.aim.request, command_id="", value=value, test=self.test)
                )
            self.put_aside()
        elif self.stage in (Stage.WAIT, Stage.CONFIRM):
            self._end(refused.reason, refused.detail)

    @Slot(object)
    def _follow(self, facts: tuple[CommandFact, ...]) -> None:
        fact = next((f for f in facts if f.request.command_id == self.command_id), None)
        if fact is None or self.stage in (Stage.ASK, Stage.OVER):
            return
        if fact.state in _BEFORE:
            self._say()
        elif fact.state in (CommandState.REJECTED, CommandState.CANCELLED, CommandState.EXPIRED):
            self._end(fact.reason or fact.state.value, fact.detail)
        else:
            self.accept()

    # Withdrawal

    @Slot()
    def _watch(self) -> None:
        if self.stage is Stage.ASK:
            self._check()
        if self.stage is not Stage.CONFIRM:
            return
        request = self.aim.request
        fact = self._fact()
        value = fact.request.value if fact is not None else self.value.value
        found = self.office.permits.obstacle(request.asset, request.command, value)
        if found is not None:
            self._withdraw(found.reason, found.detail)
        elif self.aim.has_moved(self._since):
            self._withdraw("VALUE_MOVED", self.aim.present_text())

    def _withdraw(self, reason: str, detail: str) -> None:
        self.office.control.cancel(self.command_id)
        self._end(reason, detail)

    def _end(self, reason: str, detail: str) -> None:
        self._over = (reason, detail)
        self._go(Stage.OVER)
        self.leave.setFocus()

    @Slot(object)
    def _seat(self, _fact: object) -> None:
        office = self.office
        if not office.link.live or office.session.user != self._user:
            # The hub withdraws what the lost seat, or the person before, had selected.
            super().reject()
        elif office.session.fact is not None and not office.session.active:
            self.reject()
        else:
            self._watch()

    @Slot()
    def _tick(self) -> None:
        if self.stage in (Stage.WAIT, Stage.CONFIRM):
            self._say_left()

    # Words

    @Slot()
    def _say(self) -> None:
        say = self.office.speech.say
        self.say_head()
        self.value.say()
        self.change_title.setText(say("commands.change"))
        self.text_title.setText(say("commands.hub_says"))
        verb = self.verb.text()
        progress = self._progress()
        self.leave.setText(leave_of(progress, self.office))
        self.aside.setText(say("commands.aside"))
        self.aside.setVisible(progress.awaits)
        self.send_button.setText(say("commands.ask_approval" if self.needs_approval else "commands.ask_hub"))
        self.execute.setText(say("commands.hold", verb=verb))
        self.execute.setAccessibleName(f"{verb}, {self.target.text()}")
        self._say_note(progress)
        if self.asked is not None:
            self._show_text(self.asked.text)
        self._say_left()
        self._check()

    def _show_text(self, text: ConfirmText) -> None:
        speech = self.office.speech
        self.lines.show_lines([speech.of(text.title), *(speech.of(line) for line in text.lines)])

    def _say_note(self, progress: Progress) -> None:
        text = note_of(progress, self.office)
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def _progress(self) -> Progress:
        return Progress(self.stage, self._fact(), self.needs_approval, self._over)

    def _say_left(self) -> None:
        fact, clock = self._fact(), self.office.clock
        until = fact.deadline if fact is not None else 0
        if self.stage is Stage.CONFIRM and self.asked is not None:
            until = self.asked.expires
        left = clock.left_s(until) if until else 0.0
        self.left.setVisible(bool(until) and self.stage in (Stage.WAIT, Stage.CONFIRM))
        self.left.setText(self.office.speech.say("commands.left", n=self.office.command_words.left(left)))
        if self.stage is Stage.CONFIRM and until and left <= 0:
            self._end(CommandReason.SELECT_TIMEOUT, "")

    @Slot()
    def _check(self) -> None:
        live = self.office.link.live
        if self.stage is Stage.ASK:
            typed = self.value.value
            self.change.setText(f"{self.aim.present_text()}  →  {self.aim.wanted_text(typed)}")
            right = self.value.check(self.aim.present())
            request = self.aim.request
            found = self.office.permits.obstacle(request.asset, request.command, typed)
            self.blocked.setVisible(found is not None)
            if found is not None:
                self.blocked.setText(self.office.command_words.why(found.reason, found.detail))
            self.send_button.setEnabled(self.armed and right and found is None and live)
        self.execute.setEnabled(self.stage is Stage.CONFIRM and self.armed and live)

    def _fact(self) -> CommandFact | None:
        return self.office.commands.facts.get(self.command_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # Esc leaves a request for approval standing: it waits for somebody else, not for this screen.
        if event.key() == Qt.Key.Key_Escape and self._progress().awaits:
            self.put_aside()
            return
        super().keyPressEvent(event)
