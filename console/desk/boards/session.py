"""Who is signed in at this seat, and what that person may do."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Principal
from console.core.identity.roles import Permission
from console.core.site import CommandClass
from console.core.words import Text

__all__ = ["Permission", "SessionBoard", "SessionFact", "SessionState"]


class SessionBoard(QObject):
    """One fact; what it allows is a courtesy of the screen, the hub decides."""

    session_changed = Signal(object)
    """SessionFact, or None before the hub has said anything."""

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._principal = _nobody()

    @property
    def fact(self) -> SessionFact | None:
        """The present fact; None before the hub has said anything."""
        return self._mirror.session

    @property
    def sees(self) -> bool:
        """Whether this seat may see the city: somebody is signed in, locked or not, or the hub has not said yet."""
        fact = self._mirror.session
        return fact is None or fact.state in (SessionState.ACTIVE, SessionState.LOCKED)

    @property
    def notice(self) -> Text:
        """What the site says before sign-in (SEC-06)."""
        return self._mirror.notice

    @property
    def directory(self) -> bool:
        """Whether the site's directory may sign people in."""
        fact = self._mirror.session
        return fact is not None and fact.directory

    @property
    def user(self) -> str:
        """The account signed in; empty for nobody."""
        return self._principal.user

    @property
    def active(self) -> bool:
        """Whether acts are taken: somebody is signed in and the seat is not locked."""
        fact = self._mirror.session
        return fact is not None and fact.state is SessionState.ACTIVE

    def may(self, permission: Permission, area: str = "", top: CommandClass = CommandClass.C0) -> bool:
        """Whether the person may do a thing at a place, the seat being unlocked."""
        return self.active and self._principal.may(permission, area, top)

    def may_somewhere(self, permission: Permission) -> bool:
        """Whether the right is held anywhere."""
        return self.active and self._principal.may_somewhere(permission)

    def push(self, fact: SessionFact) -> None:
        """Take the fact and tell of it."""
        self._mirror.session = fact
        self.tell()

    def tell(self) -> None:
        """Announce what is in the mirror already."""
        fact = self._mirror.session
        self._principal = _nobody() if fact is None else _principal(fact)
        self.session_changed.emit(fact)


def _nobody() -> Principal:
    return Principal(user="", person="", name="", station="", session="")


def _principal(fact: SessionFact) -> Principal:
    return Principal(
        user=fact.user, person=fact.person, name=fact.name, station="", session="", grants=fact.grants
    )
