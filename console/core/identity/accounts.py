"""Accounts and the rules that a set of them keeps: roles that stay apart, areas that exist, a last manager."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from typing import Final

import msgspec

from console.core.control import Directory
from console.core.errors import IdentityRefused
from console.core.identity.principal import EVERYWHERE, Grant
from console.core.identity.reasons import IdentityRefusal
from console.core.identity.roles import APART, GRANTS, Permission, Role
from console.core.plaintext import first_forbidden
from console.core.site import CommandClass

MAX_NAME: Final = 80
MAX_GRANTS: Final = 32
RESERVED: Final = ("system:", "local:")
"""Beginnings of names that the hub gives itself."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """An account as it is kept; its password hash is kept elsewhere."""

    user: str
    name: str
    person: str
    grants: tuple[Grant, ...] = ()
    enabled: bool = True
    directory: bool = False
    last_sign_in: int = 0
    removed: bool = False
    """Deleted: the name stays in the records and may be used again."""


LOCAL_GRANTS: Final = tuple(
    Grant(role=role, areas=(EVERYWHERE,), top_class=CommandClass.C3)
    for role in (Role.VIEWER, Role.OPERATOR, Role.SUPERVISOR, Role.ENGINEER)
)
"""What the one local user of a single-seat installation may do: all but approve, audit and manage accounts."""


def folded(user: str) -> str:
    """One spelling of an account name: NFC, no blanks around, letters alike."""
    return unicodedata.normalize("NFC", user).strip().casefold()


def check_name(user: str, *, directory: bool = False) -> None:
    """Raises IdentityRefused FORMAT for a name that nobody could tell apart or type."""
    plain = bool(user) and len(user) <= MAX_NAME and not first_forbidden(user) and user == folded(user)
    apart = not user.startswith(RESERVED) and (directory or not any(mark in user for mark in " \t/@"))
    if not (plain and apart):
        raise IdentityRefused(IdentityRefusal.FORMAT)


def check_account(account: Account, areas: Collection[str]) -> None:
    """Raises IdentityRefused FORMAT, UNKNOWN_AREA or ROLES_CONFLICT."""
    check_name(account.user, directory=account.directory)
    for text in (account.name, account.person):
        if not text.strip() or len(text) > MAX_NAME or first_forbidden(text):
            raise IdentityRefused(IdentityRefusal.FORMAT)
    if len(account.grants) > MAX_GRANTS:
        raise IdentityRefused(IdentityRefusal.FORMAT)
    check_grants(account.grants, areas)


def check_grants(grants: Sequence[Grant], areas: Collection[str]) -> None:
    """Raises IdentityRefused UNKNOWN_AREA or ROLES_CONFLICT (SEC-10)."""
    if any(area != EVERYWHERE and area not in areas for grant in grants for area in grant.areas):
        raise IdentityRefused(IdentityRefusal.UNKNOWN_AREA)
    roles = {grant.role for grant in grants}
    if Role.SECURITY_ADMIN in roles and roles & APART:
        raise IdentityRefused(IdentityRefusal.ROLES_CONFLICT)


def check_last_admin(accounts: Mapping[str, Account], changed: Account) -> None:
    """Raises IdentityRefused LAST_ADMIN if nobody could manage accounts any more after the change."""
    before = accounts.get(changed.user)
    if before is None or not manages(before) or manages(changed):
        return
    if not any(manages(account) for user, account in accounts.items() if user != changed.user):
        raise IdentityRefused(IdentityRefusal.LAST_ADMIN)


def manages(account: Account) -> bool:
    """Whether the account can manage accounts now; the directory may be down, so its accounts do not count."""
    usable = account.enabled and not account.removed and not account.directory
    return usable and any(grant.role is Role.SECURITY_ADMIN for grant in account.grants)


def controls(grants: Sequence[Grant]) -> bool:
    """Whether the grants let a person change anything: such a person has one session that controls (SEC-09)."""
    return any(GRANTS[grant.role] - {Permission.VIEW, Permission.AUDIT} for grant in grants)


def directory_grants(directory: Directory, groups: Collection[str]) -> tuple[Grant, ...]:
    """Grants of a person of the site's directory; raises IdentityRefused DIRECTORY_DENIED if there are none."""
    roles = {role.value: role for role in Role}
    classes = {kind.value: kind for kind in CommandClass}
    grants = tuple(
        Grant(role=roles[rule.role], areas=rule.areas, top_class=classes[rule.top_class])
        for rule in directory.groups
        if rule.group in groups and rule.role in roles and rule.top_class in classes
    )
    if not grants:
        raise IdentityRefused(IdentityRefusal.DIRECTORY_DENIED)
    return grants
