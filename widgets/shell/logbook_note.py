"""What of the operator log must be seen wherever a person looks: who means them, and what is not at the hub yet."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QToolButton

from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.icons import icon
from widgets.kit.space import TARGET

_SIGN = 14


class LogbookNote(QToolButton):
    """Not there while nothing is unread and nothing unsent. Opens the log."""

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self.setAutoRaise(True)
        self.setMinimumHeight(TARGET)
        self.setFont(font(Role.CAPTION, strong=True))
        self.setIconSize(QSize(_SIGN, _SIGN))
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        office.log_board.mentions_changed.connect(self.say)
        office.log_post.letters_changed.connect(self.say)
        office.session.session_changed.connect(self.say)
        office.speech.lang_changed.connect(self.say)
        office.themes.theme_changed.connect(self.say)
        self.clicked.connect(self._open)
        self.say()

    @Slot()
    def say(self) -> None:
        """Writes the note anew."""
        office, speech = self._office, self._office.speech
        unread = len(office.log_board.unread) if office.session.sees else 0
        unsent = len(office.log_post.letters())
        parts = [speech.say("logbook.note.mentions", n=unread)] if unread else []
        parts += [speech.say("logbook.note.unsent", n=unsent)] if unsent else []
        text = " · ".join(parts)
        self.setVisible(bool(text))
        self.setText(text)
        self.setIcon(icon("mention" if unread else "wait", office.themes.tokens.text))
        self.setToolTip(speech.say("logbook.note.tip"))
        self.setAccessibleName(text)

    @Slot()
    def _open(self) -> None:
        self._office.actions.use("log.mentions" if self._office.log_board.unread else "view.logbook")
