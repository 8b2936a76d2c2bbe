"""Acts on the session of this seat and on accounts; `Acts.act_answered` tells what became of each.

They go out before anybody is signed in too, when nothing is live yet.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.client.act_facts import ActKind
from console.core.identity.facts import AccountFact
from console.desk.acts import Acts
from console.desk.confirmations import AccountList, DirectoryAsked

if TYPE_CHECKING:
    from console.wire.messages import AccountsReply, Asked, DirectoryPrompt

__all__ = ["AccountFact", "AccountList", "DirectoryAsked", "PeopleActs"]


class PeopleActs(QObject):
    """One method a message; each returns the request id."""

    prompt_arrived = Signal(object)
    """DirectoryAsked."""
    accounts_arrived = Signal(object)
    """AccountList."""

    def __init__(self, acts: Acts, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._acts = acts

    @property
    def acts(self) -> Acts:
        """Where answers are heard."""
        return self._acts

    def sign_in(self, user: str, password: str) -> str:
        """Sign in, or hand the seat to the next person if somebody is signed in."""
        from console.wire.messages import SignIn

        message = SignIn(request=self._acts.new_request(), user=user, password=password)
        return self._send(ActKind.SIGN_IN, message, user)

    def sign_out(self) -> str:
        """End the session."""
        from console.wire.messages import SignOut

        return self._send(ActKind.SIGN_OUT, SignOut(request=self._acts.new_request()))

    def lock(self) -> str:
        """Lock this seat now; view and sound go on (SEC-07)."""
        from console.wire.messages import LockSession

        return self._send(ActKind.LOCK, LockSession(request=self._acts.new_request()))

    def unlock(self, password: str) -> str:
        """Unlock with the password of the person who is signed in."""
        from console.wire.messages import UnlockSession

        message = UnlockSession(request=self._acts.new_request(), password=password)
        return self._send(ActKind.UNLOCK, message)

    def step_up(self, password: str) -> str:
        """Say the password again for what needs it (SEC-14)."""
        from console.wire.messages import StepUp

        return self._send(ActKind.STEP_UP, StepUp(request=self._acts.new_request(), password=password))

    def change_password(self, old: str, new: str) -> str:
        """Change one's own password."""
        from console.wire.messages import ChangePassword

        message = ChangePassword(request=self._acts.new_request(), old=old, new=new)
        return self._send(ActKind.CHANGE_PASSWORD, message)

    def start_directory(self) -> str:
        """Begin sign-in with the site's directory; `prompt_arrived` says what to do there."""
        from console.wire.messages import StartDirectorySignIn

        return self._send(ActKind.DIRECTORY, StartDirectorySignIn(request=self._acts.new_request()))

    def create_first_account(self, code: str, user: str, name: str, password: str) -> str:
        """Make the first account of a hub that has none."""
        from console.wire.messages import CreateFirstAccount

        message = CreateFirstAccount(
            request=self._acts.new_request(), code=code, user=user, name=name, password=password
        )
        return self._send(ActKind.FIRST_ACCOUNT, message, user)

    def query_accounts(self) -> str:
        """Ask for all accounts; `accounts_arrived` brings them."""
        from console.wire.messages import QueryAccounts

        return self._send(ActKind.ACCOUNTS, QueryAccounts(request=self._acts.new_request()))

    def put_account(self, account: AccountFact, password: str = "") -> str:
        """Make an account, or change one; an empty password keeps what there is."""
        from console.wire.messages import PutAccount

        message = PutAccount(
            request=self._acts.new_request(),
            user=account.user,
            name=account.name,
            person=account.person,
            grants=account.grants,
            enabled=account.enabled,
            password=password,
        )
        return self._send(ActKind.PUT_ACCOUNT, message, account.user)

    def remove_account(self, user: str) -> str:
        """Delete an account and end its sessions."""
        from console.wire.messages import RemoveAccount

        return self._send(
            ActKind.REMOVE_ACCOUNT, RemoveAccount(request=self._acts.new_request(), user=user), user
        )

    def revoke(self, user: str) -> str:
        """End every session of an account (SEC-08)."""
        from console.wire.messages import RevokeSessions

        return self._send(ActKind.REVOKE, RevokeSessions(request=self._acts.new_request(), user=user), user)

    def receive_prompt(self, message: DirectoryPrompt) -> None:
        """The hub's answer to `start_directory`."""
        self._acts.answered_otherwise(message.request)
        self.prompt_arrived.emit(DirectoryAsked(message.request, message.url, message.code, message.expires))

    def receive_accounts(self, message: AccountsReply) -> None:
        """The hub's answer to `query_accounts`."""
        self._acts.answered_otherwise(message.request)
        self.accounts_arrived.emit(AccountList(message.request, message.accounts, message.reason))

    def _send(self, kind: ActKind, message: Asked, subject: str = "") -> str:
        return self._acts.dispatch(kind, message, subject, unsigned=True)
