"""Who sits here, at the end of the status strip; its menu locks the seat, hands it over and signs out."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from console.core.identity.facts import SessionState
from console.desk.actions import Category
from console.desk.office import Office
from widgets.kit.fonts import Role, font
from widgets.kit.labels import plain_tip
from widgets.kit.space import TARGET

_NOBODY = frozenset({SessionState.SIGNED_OUT, SessionState.ENDED})


class PersonButton(QToolButton):
    """Name, roles and station; says when nobody had to give a password."""

    def __init__(self, office: Office, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._office = office
        self.setFont(font(Role.CAPTION))
        self.setMinimumHeight(TARGET)
        self.setAutoRaise(True)
        self._menu = QMenu(self)
        for declared in office.actions.definitions(Category.SEAT):
            self._menu.addAction(office.actions.action(declared.id))
        self.clicked.connect(self._open)
        office.session.session_changed.connect(self.say)
        office.link.link_changed.connect(self.say)
        office.speech.lang_changed.connect(self.say)
        self.say()

    @Slot()
    def say(self) -> None:
        """Write who it is."""
        speech, session, link = self._office.speech, self._office.session.fact, self._office.link.fact
        parts = [link.user, link.station]
        tip = ""
        if session is not None and session.state in _NOBODY:
            parts = [speech.say("seat.status.nobody"), link.station]
        elif session is not None:
            parts = [session.name or session.user, self._roles(), link.station]
            if session.passwordless:
                parts.append(speech.say("seat.status.passwordless"))
                tip = speech.say("seat.status.passwordless_tip")
        self.setText(" · ".join(part for part in parts if part))
        self.setToolTip(plain_tip(tip or self.text()))
        self.setAccessibleName(self.text())

    def _roles(self) -> str:
        fact = self._office.session.fact
        if fact is None or fact.passwordless or not fact.grants:
            return ""
        return self._office.speech.say(f"seat.role.{fact.grants[-1].role.value}")

    @Slot()
    def _open(self) -> None:
        self._menu.popup(self.mapToGlobal(QPoint(0, -self._menu.sizeHint().height())))
