"""The handover that this seat has to do with: how many items are left. Opens the dock."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QToolButton

from console.core.handover.facts import HandoverFact, HandoverState
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.space import TARGET


class HandoverNote(QToolButton):
    """Not there while no handover is under way that this person gives or may take."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.setAutoRaise(True)
        self.setMinimumHeight(TARGET)
        self.setFont(font(Role.CAPTION, strong=True))
        office.handovers.handovers_changed.connect(self.say)
        office.session.session_changed.connect(self.say)
        office.speech.lang_changed.connect(self.say)
        self.clicked.connect(self._open)
        self.say()

    @Slot()
    def say(self) -> None:
        """Writes the note anew."""
        fact, say = self._office.handovers.current(), self._office.speech.say
        text = self._words(fact) if fact is not None else ""
        self.setVisible(bool(text))
        self.setText(text)
        self.setToolTip(say("shell.status.handover_tip"))
        self.setAccessibleName(text)

    def _words(self, fact: HandoverFact) -> str:
        say = self._office.speech.say
        if fact.state is HandoverState.DRAFTED:
            return say("shell.status.handover_drafted")
        if fact.state is HandoverState.OFFERED:
            return say("shell.status.handover_offered", n=fact.remaining)
        if not fact.remaining:
            return say("shell.status.handover_sign")
        return say("shell.status.handover", n=fact.remaining)

    @Slot()
    def _open(self) -> None:
        self._office.actions.use("view.handover")
