"""What of the ledger must be seen wherever a person looks: a fault, records that are not stored, a disk that fills."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QToolButton

from console.core.ledger.facts import DISK_WARNING
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.icons import icon
from widgets.kit.space import TARGET

_SIGN = 14


class LedgerNote(QToolButton):
    """Not there while all is well (SEC-16, SEC-18). Opens the log, which says what to do."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.setAutoRaise(True)
        self.setMinimumHeight(TARGET)
        self.setFont(font(Role.CAPTION, strong=True))
        self.setIconSize(QSize(_SIGN, _SIGN))
        # A button shows its sign beside its words only when it is told to.
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        office.ledger.ledger_changed.connect(self.say)
        office.speech.lang_changed.connect(self.say)
        office.themes.theme_changed.connect(self.say)
        self.clicked.connect(self._open)
        self.say()

    @Slot()
    def say(self) -> None:
        """Writes the note anew."""
        fact, speech = self._office.ledger.fact, self._office.speech
        text = ""
        if fact.fault:
            text = speech.say("log.note.fault")
        elif fact.stopped:
            text = speech.say("log.note.stopped")
        elif fact.disk_used >= DISK_WARNING:
            text = speech.say("log.note.filling", n=round(100 * fact.disk_used))
        self.setVisible(bool(text))
        self.setText(text)
        self.setIcon(icon("warning", self._office.themes.tokens.diag))
        self.setToolTip(speech.say("log.note.tip"))
        self.setAccessibleName(text)

    @Slot()
    def _open(self) -> None:
        self._office.actions.use("view.log")
