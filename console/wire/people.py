"""Messages from console to hub about people: sign-in, session and accounts."""

from __future__ import annotations

from console.core.identity.principal import Grant
from console.wire.base import Asked


class SignIn(Asked, frozen=True, kw_only=True):
    """Sign in, or hand the seat to the next person (quick shift change) if somebody is signed in."""

    request: str
    user: str
    password: str


class SignOut(Asked, frozen=True, kw_only=True):
    """End the session."""

    request: str


class LockSession(Asked, frozen=True, kw_only=True):
    """Lock this seat now."""

    request: str


class UnlockSession(Asked, frozen=True, kw_only=True):
    """Unlock with the password of the person who is signed in."""

    request: str
    password: str


class StepUp(Asked, frozen=True, kw_only=True):
    """Say the password again for what needs it: class C3, roles, export of keys (SEC-14)."""

    request: str
    password: str


class ChangePassword(Asked, frozen=True, kw_only=True):
    """Change one's own password."""

    request: str
    old: str
    new: str


class StartDirectorySignIn(Asked, frozen=True, kw_only=True):
    """Begin sign-in with the site's directory; the answer is a DirectoryPrompt."""

    request: str


class CreateFirstAccount(Asked, frozen=True, kw_only=True):
    """Make the first security-admin of a hub that has no account, with the code the hub wrote at its start."""

    request: str
    code: str
    user: str
    name: str
    password: str


class QueryAccounts(Asked, frozen=True, kw_only=True):
    """Ask for all accounts."""

    request: str


class PutAccount(Asked, frozen=True, kw_only=True):
    """Make an account, or change one; an empty password keeps what there is."""

    request: str
    user: str
    name: str
    person: str = ""
    grants: tuple[Grant, ...] = ()
    enabled: bool = True
    password: str = ""


class RemoveAccount(Asked, frozen=True, kw_only=True):
    """Delete an account and end its sessions."""

    request: str
    user: str


class RevokeSessions(Asked, frozen=True, kw_only=True):
    """End every session of an account within 5 s (SEC-08)."""

    request: str
    user: str
