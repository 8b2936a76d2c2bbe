"""A command that waits for a second person: the hub's text, time left, and the decision of who may decide (CMD-06)."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from console.core.command.facts import CommandFact, CommandState
from console.desk.office import Office
from widgets.kit.buttons import ActButton, HoldButton
from widgets.kit.confirm_text import ConfirmLines
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.seconds import seconds_of
from widgets.kit.space import APART, PAD_CELL


class DecisionCard(QWidget):
    """Hidden unless the command waits for approval; others than approvers only read."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._fact: CommandFact | None = None
        self.waits = PlainLabel(Role.VALUE, strong=True)
        self.waits.setWordWrap(True)
        self.lines = ConfirmLines()
        self.reason = QLineEdit()
        self.user, self.password = QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.approve = HoldButton(office.themes)
        self.deny = ActButton(office.themes)
        self.approve.set_first()
        other = QHBoxLayout()
        other.setSpacing(PAD_CELL)
        other.addWidget(self.user, 1)
        other.addWidget(self.password, 1)
        acts = QHBoxLayout()
        acts.setSpacing(APART * 2)
        acts.addWidget(self.deny)
        acts.addStretch(1)
        acts.addWidget(self.approve)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(PAD_CELL)
        for widget in (self.waits, self.lines, self.reason):
            box.addWidget(widget)
        box.addLayout(other)
        box.addLayout(acts)
        for line in (self.reason, self.user, self.password):
            line.textChanged.connect(self._check)
        self.approve.held.connect(self._approve)
        self.deny.clicked.connect(self._deny)
        seconds_of(office.themes).ticked.connect(self._tick)
        office.session.session_changed.connect(self._say)
        self.hide()

    def show_fact(self, fact: CommandFact | None) -> None:
        """Another command, or another state of it."""
        if fact is None or self._fact is None or fact.request.command_id != self._fact.request.command_id:
            for line in (self.reason, self.user, self.password):
                line.clear()
        self._fact = fact
        self._say()

    def may_decide(self) -> bool:
        """Whether this person may, as far as this console knows."""
        return self._fact is not None and self._office.permits.may_decide(self._fact)

    def as_other(self) -> bool:
        """Whether another person may decide at this seat with an own account: the site allows it."""
        catalogue = self._office.catalogue.catalogue
        allowed = catalogue is not None and catalogue.site.policy.same_station_approval
        return allowed and not self.may_decide()

    @Slot()
    def _say(self) -> None:
        fact, speech = self._fact, self._office.speech
        waiting = fact is not None and fact.state is CommandState.AWAIT_APPROVAL
        self.setVisible(waiting)
        if fact is None or not waiting:
            return
        text = fact.confirm
        self.lines.setVisible(text is not None)
        if text is not None:
            self.lines.show_lines([speech.of(text.title), *(speech.of(line) for line in text.lines)])
        decides, other = self.may_decide(), self.as_other()
        for widget in (self.reason, self.approve, self.deny):
            widget.setVisible(decides or other)
        for line, key in (
            (self.reason, "commands.decide.reason"),
            (self.user, "commands.decide.user"),
            (self.password, "commands.decide.password"),
        ):
            line.setPlaceholderText(speech.say(key))
            line.setAccessibleName(speech.say(key))
        for line in (self.user, self.password):
            line.setVisible(other)
        self.approve.setText(speech.say("commands.decide.approve"))
        self.deny.setText(speech.say("commands.decide.deny"))
        self._tick()
        self._check()

    @Slot()
    def _tick(self) -> None:
        fact = self._fact
        if fact is None or fact.state is not CommandState.AWAIT_APPROVAL:
            return
        say = self._office.speech.say
        left = self._office.command_words.left(self._office.clock.left_s(fact.deadline))
        if self.may_decide():
            text = say("commands.decide.asked", who=fact.by, n=left)
        else:
            text = say("commands.decide.waits", n=left)
        self.waits.setText(text)

    @Slot()
    def _check(self) -> None:
        live = self._office.link.live
        named = not self.as_other() or bool(self.user.text().strip() and self.password.text())
        self.approve.setEnabled(live and named)
        # Who denies says why: the requester reads it.
        self.deny.setEnabled(live and named and bool(self.reason.text().strip()))

    @Slot()
    def _approve(self) -> None:
        self._decide(approve=True)

    @Slot()
    def _deny(self) -> None:
        self._decide(approve=False)

    def _decide(self, *, approve: bool) -> None:
        fact = self._fact
        if fact is None or fact.confirm is None:
            return
        account = (self.user.text().strip(), self.password.text()) if self.as_other() else ("", "")
        self.password.clear()
        self._office.control.decide_as(
            account, fact.request.command_id, fact.confirm.digest, approve, self.reason.text().strip()
        )
