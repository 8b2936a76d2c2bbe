"""Opens the sheets about people when an action, the session or a refusal asks for one."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from console.core.identity.facts import SessionState
from console.desk.acts import ActOutcome
from console.desk.office import Office
from console.desk.people_acts import DirectoryAsked
from widgets.kit.asks import asks_of
from widgets.people.accounts import AccountsSheet
from widgets.people.sheet import PersonSheet
from widgets.people.sign_in import (
    ChangePasswordSheet,
    DirectorySheet,
    FirstAccountSheet,
    PasswordAgainSheet,
    SignInSheet,
    StepUpSheet,
)

_ASKED_BY = {"STEP_UP_REQUIRED": "step_up", "SESSION_LOCKED": "unlock", "NOT_SIGNED_IN": "sign_in"}
"""Refusals that a sheet can mend."""


class PeopleRoom(QObject):
    """One per window; sheets are made when first needed."""

    def __init__(self, office: Office, window: QWidget) -> None:
        super().__init__(window)
        self._office = office
        self._window = window
        self._sheets: dict[str, PersonSheet] = {}
        self._table = {
            "seat.sign_in": self.sign_in,
            "seat.lock": self._lock,
            "seat.sign_out": self._sign_out,
            "seat.password": self._change_password,
            "seat.accounts": self._accounts,
        }
        office.actions.triggered_action.connect(self._act)
        office.session.session_changed.connect(self._session)
        office.acts.act_answered.connect(self._answered)
        office.people.prompt_arrived.connect(self._prompt)
        asks = asks_of(office.acts)
        asks.sign_in_asked.connect(self.sign_in)
        asks.unlock_asked.connect(self.unlock)
        self._session()

    def sheet(self, name: str) -> PersonSheet:
        """The sheet of a name, made at the first call."""
        if name not in self._sheets:
            self._sheets[name] = _MAKERS[name](self._office, self._window)
        return self._sheets[name]

    @Slot()
    def sign_in(self) -> None:
        """Ask for account and password, or for the first account of a hub that has none."""
        fact = self._office.session.fact
        first = fact is not None and fact.needs_first_account
        self.sheet("first" if first else "sign_in").open_sheet()

    @Slot()
    def unlock(self) -> None:
        """Ask for the password of the locked seat."""
        self.sheet("unlock").open_sheet()

    @Slot(str)
    def _act(self, action: str) -> None:
        act = self._table.get(action)
        if act is not None:
            act()

    @Slot()
    def _session(self) -> None:
        fact = self._office.session.fact
        if fact is None:
            return
        signed_out = fact.state in (SessionState.SIGNED_OUT, SessionState.ENDED)
        if signed_out and not self._any_open("sign_in", "first", "directory"):
            self.sign_in()
        if fact.state is SessionState.ACTIVE:
            for name in ("unlock", "sign_in", "first"):
                if name in self._sheets and not self._sheets[name].waiting:
                    self._sheets[name].close()

    def _any_open(self, *names: str) -> bool:
        return any(name in self._sheets and self._sheets[name].isVisible() for name in names)

    @Slot(object)
    def _answered(self, outcome: ActOutcome) -> None:
        asked = next((_ASKED_BY[r.reason] for r in outcome.results if r.reason in _ASKED_BY), "")
        if asked and not self._any_open(asked):
            self.sheet(asked).open_sheet()

    @Slot(object)
    def _prompt(self, asked: DirectoryAsked) -> None:
        sheet = self.sheet("directory")
        assert isinstance(sheet, DirectorySheet)
        sheet.open_for(asked)

    def _lock(self) -> None:
        self._office.people.lock()

    def _sign_out(self) -> None:
        self._office.people.sign_out()

    def _change_password(self) -> None:
        self.sheet("password").open_sheet()

    def _accounts(self) -> None:
        self.sheet("accounts").open_sheet()


_MAKERS: dict[str, Callable[[Office, QWidget], PersonSheet]] = {
    "sign_in": SignInSheet,
    "first": FirstAccountSheet,
    "unlock": PasswordAgainSheet,
    "step_up": StepUpSheet,
    "password": ChangePasswordSheet,
    "directory": DirectorySheet,
    "accounts": AccountsSheet,
}
