"""Roles and what each may do; everything that is not named here is denied (SEC-10)."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """What a person is to the room; a grant ties it to areas and a highest command class."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    APPROVER = "approver"
    ENGINEER = "engineer"
    SECURITY_ADMIN = "security-admin"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """One right. Those of `SCOPED` hold only in the areas of the grant."""

    VIEW = "view"
    ACK = "ack"
    SHELVE = "shelve"
    SUPPRESS = "suppress"
    """Out of service and maintenance mode."""
    COMMAND = "command"
    APPROVE = "approve"
    RESOLVE = "resolve"
    """State the outcome of a command whose fate is unknown."""
    TAG = "tag"
    """Hang a lock-out or caution tag, and take down one's own."""
    UNTAG_OTHERS = "untag_others"
    LEASE = "lease"
    """Hold an area."""
    FORCE = "force"
    """Take an area from its holder without consent."""
    PROCEDURE = "procedure"
    LOG = "log"
    """Write into the operator log."""
    CONFIGURE = "configure"
    ACCOUNTS = "accounts"
    AUDIT = "audit"
    """Read the whole ledger and export it."""


_P = Permission
_OPERATE: Final = frozenset(
    {_P.VIEW, _P.ACK, _P.SHELVE, _P.COMMAND, _P.RESOLVE, _P.TAG, _P.LEASE, _P.PROCEDURE, _P.LOG}
)

GRANTS: Final[dict[Role, frozenset[Permission]]] = {
    Role.VIEWER: frozenset({_P.VIEW}),
    Role.OPERATOR: _OPERATE,
    Role.SUPERVISOR: _OPERATE | {_P.SUPPRESS, _P.UNTAG_OTHERS, _P.FORCE},
    Role.APPROVER: frozenset({_P.VIEW, _P.APPROVE}),
    Role.ENGINEER: frozenset({_P.VIEW, _P.SUPPRESS, _P.CONFIGURE}),
    # Who manages accounts never acts on the city (SEC-10).
    Role.SECURITY_ADMIN: frozenset({_P.ACCOUNTS, _P.AUDIT}),
    Role.AUDITOR: frozenset({_P.VIEW, _P.AUDIT}),
}

APART: Final = frozenset({Role.OPERATOR, Role.SUPERVISOR, Role.APPROVER, Role.ENGINEER})
"""Roles that nobody holds together with SECURITY_ADMIN."""

UNSCOPED: Final = frozenset({_P.CONFIGURE, _P.ACCOUNTS, _P.AUDIT})
"""Rights that concern the whole hub and no area."""
