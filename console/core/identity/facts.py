"""Sessions and accounts as consoles see them; times are UTC ns, 0 for never."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.core.identity.principal import Grant


class SessionState(StrEnum):
    """What a seat may do now."""

    SIGNED_OUT = "signed_out"
    """Nobody is signed in: the seat sees nothing but the notice."""
    ACTIVE = "active"
    LOCKED = "locked"
    """View and sound go on; acts need the password again (SEC-07). Also a console whose person took control at another
    one: reason OTHER_CONSOLE (SEC-09)."""
    ENDED = "ended"
    """Revoked or too old; sign in again."""


class SessionFact(msgspec.Struct, frozen=True, kw_only=True):
    """The session of this seat."""

    state: SessionState
    user: str = ""
    name: str = ""
    person: str = ""
    grants: tuple[Grant, ...] = ()
    since: int = 0
    ends: int = 0
    """Absolute end (SEC-08)."""
    locks: int = 0
    """When it locks if nobody acts; 0 if it does not lock by itself."""
    stepped_up_until: int = 0
    """Until then no password is asked for class C3 again (SEC-14)."""
    passwordless: bool = False
    """The local user of a single-seat installation, signed in without a password."""
    needs_first_account: bool = False
    directory: bool = False
    """The site's directory may sign people in."""
    reason: str = ""
    """Why it is locked or ended, a code of `IdentityRefusal`; else empty."""


class AccountFact(msgspec.Struct, frozen=True, kw_only=True):
    """An account as its manager sees it."""

    user: str
    name: str
    person: str
    grants: tuple[Grant, ...] = ()
    enabled: bool = True
    has_password: bool = True
    directory: bool = False
    """It comes from the site's directory (OIDC)."""
    last_sign_in: int = 0
    sessions: int = 0
