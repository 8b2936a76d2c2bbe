"""Closed list of reasons for which sign-in and acts on accounts and sessions are refused."""

from __future__ import annotations

from enum import StrEnum


class IdentityRefusal(StrEnum):
    """Every refusal carries exactly one of these; a failed sign-in never says which part was wrong (SEC-06)."""

    SIGN_IN_FAILED = "SIGN_IN_FAILED"
    TRY_LATER = "TRY_LATER"
    """Progressive delay after failures (SEC-04)."""
    NOT_SIGNED_IN = "NOT_SIGNED_IN"
    SESSION_LOCKED = "SESSION_LOCKED"
    SESSION_EXPIRED = "SESSION_EXPIRED"
    SESSION_REVOKED = "SESSION_REVOKED"
    OTHER_CONSOLE = "OTHER_CONSOLE"
    """The same person took control at another console (SEC-09)."""
    IDLE = "IDLE"
    BY_PERSON = "BY_PERSON"
    NOT_AUTHORIZED = "NOT_AUTHORIZED"
    STEP_UP_REQUIRED = "STEP_UP_REQUIRED"
    PASSWORD_TOO_SHORT = "PASSWORD_TOO_SHORT"  # noqa: S105 - a reason code
    PASSWORD_TOO_LONG = "PASSWORD_TOO_LONG"  # noqa: S105 - a reason code
    PASSWORD_KNOWN = "PASSWORD_KNOWN"  # noqa: S105 - a reason code
    """It stands in the list of breached passwords."""
    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    ACCOUNT_EXISTS = "ACCOUNT_EXISTS"
    ROLES_CONFLICT = "ROLES_CONFLICT"
    LAST_ADMIN = "LAST_ADMIN"
    UNKNOWN_AREA = "UNKNOWN_AREA"
    FORMAT = "FORMAT"
    SETUP_CODE = "SETUP_CODE"
    NO_PASSWORD = "NO_PASSWORD"  # noqa: S105 - a reason code
    """The local user of a single seat could not unlock what is locked."""
    NOT_LOCKED = "NOT_LOCKED"
    NO_DIRECTORY = "NO_DIRECTORY"
    DIRECTORY_DOWN = "DIRECTORY_DOWN"
    DIRECTORY_DENIED = "DIRECTORY_DENIED"
    REPLAY = "REPLAY"
    RATE_LIMITED = "RATE_LIMITED"
