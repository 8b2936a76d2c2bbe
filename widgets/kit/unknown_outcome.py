"""A command whose fate is unknown: says so loudly, and takes what a person found on the spot."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from console.core.command.facts import CommandFact, CommandState
from console.desk.office import Office
from widgets.kit.buttons import ActButton
from widgets.kit.fonts import Role
from widgets.kit.labels import PlainLabel
from widgets.kit.space import APART, PAD_CELL, PAD_PANEL


class UnknownOutcome(QFrame):
    """Two outcomes and the evidence for one of them; without evidence nothing can be pressed."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._command_id = ""
        self.setProperty("plate", "loud")
        self.headline = PlainLabel(Role.VALUE, strong=True)
        self.headline.setWordWrap(True)
        self.advice = PlainLabel()
        self.advice.setWordWrap(True)
        self.evidence = QLineEdit()
        self.was_done = ActButton(office.themes)
        self.was_not = ActButton(office.themes)
        acts = QHBoxLayout()
        acts.setSpacing(APART)
        acts.addWidget(self.was_done, 1)
        acts.addWidget(self.was_not, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(PAD_PANEL, PAD_CELL, PAD_PANEL, PAD_PANEL)
        for widget in (self.headline, self.advice, self.evidence):
            box.addWidget(widget)
        box.addLayout(acts)
        self.evidence.textChanged.connect(self._check)
        self.was_done.clicked.connect(self._say_done)
        self.was_not.clicked.connect(self._say_not)

    def show_fact(self, fact: CommandFact, title: str) -> None:
        """Shows the command, or hides when its fate is known."""
        self.setVisible(fact.state is CommandState.INDETERMINATE)
        if fact.request.command_id != self._command_id:
            self._command_id = fact.request.command_id
            self.evidence.clear()
        speech = self._office.speech
        self.headline.setText(speech.say("assets.unknown.headline", what=title))
        cause = speech.reason(fact.reason) if fact.reason else ""
        self.advice.setText(speech.say("assets.unknown.advice", why=cause).strip())
        self.evidence.setPlaceholderText(speech.say("assets.unknown.evidence"))
        self.evidence.setAccessibleName(speech.say("assets.unknown.evidence"))
        self.was_done.setText(speech.say("assets.unknown.was_done"))
        self.was_not.setText(speech.say("assets.unknown.was_not"))
        self._check()

    @Slot()
    def _check(self) -> None:
        ready = bool(self.evidence.text().strip()) and self._office.link.live
        self.was_done.setEnabled(ready)
        self.was_not.setEnabled(ready)

    @Slot()
    def _say_done(self) -> None:
        self._resolve(done=True)

    @Slot()
    def _say_not(self) -> None:
        self._resolve(done=False)

    def _resolve(self, *, done: bool) -> None:
        # The machine brings numpy, which may not cost time before the first paint.
        from console.core.command.machine import Resolution

        outcome = Resolution.DONE if done else Resolution.NOT_DONE
        self._office.acts.resolve(self._command_id, outcome.value, self.evidence.text().strip())
