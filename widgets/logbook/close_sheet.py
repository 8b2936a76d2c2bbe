"""The sheet that closes the log: it says what that means before it is done."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from console.desk.office import Office
from widgets.kit.form_sheet import FormSheet


class CloseLogSheet(FormSheet):
    """Two acts: leave, or close up to now."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(office, window)

    def ready(self) -> bool:
        """Whether this person may."""
        return self.office.logbook.may_close

    def send(self) -> None:
        """Closes it."""
        self.office.logbook.close_log()

    @Slot()
    def say(self) -> None:
        """Everything in the present language."""
        say = self.office.speech.say
        self.title.setText(say("actions.log.close"))
        self.place.setText(say("logbook.close_asked"))
        self.leave.setText(say("logbook.edit.leave"))
        self.do.setText(say("logbook.close_do"))
        super().say()
