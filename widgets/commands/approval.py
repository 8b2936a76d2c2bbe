"""The text of a command that waits for a second person, and that person's decision."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from console.core.command.facts import CommandFact
from console.desk.office import Office
from widgets.commands.decision import DecisionCard
from widgets.kit.form_sheet import FormSheet

_WIDTH = 560


class ApprovalSheet(FormSheet):
    """Non-modal: an approver may look at map and trends while deciding. Closes itself when it is decided."""

    def __init__(self, office: Office, window: QWidget, fact: CommandFact) -> None:
        super().__init__(office, window, _WIDTH)
        self._command_id = fact.request.command_id
        self.card = DecisionCard(office)
        self.box.addWidget(self.card)
        self.do.hide()
        self.card.show_fact(fact)
        office.commands.commands_changed.connect(self._follow)

    @property
    def command_id(self) -> str:
        """The command it is about."""
        return self._command_id

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        fact = self.office.commands.facts.get(self._command_id)
        if fact is not None:
            words = self.office.command_words
            self.title.setText(f"{words.target(fact)} · {words.title(fact)}")
            self.place.setText(words.people(fact))
            self.card.show_fact(fact)
        self.leave.setText(self.office.speech.say("commands.leave_over"))
        super().say()

    @Slot(object)
    def _follow(self, facts: tuple[CommandFact, ...]) -> None:
        fact = next((f for f in facts if f.request.command_id == self._command_id), None)
        if fact is None:
            return
        self.card.show_fact(fact)
        if not self.card.isVisibleTo(self):
            self.close()
