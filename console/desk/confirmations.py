"""What the hub asks this seat to confirm, as views see it; light to import."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from console.core.command.control_facts import ConfirmText

if TYPE_CHECKING:
    from console.core.identity.facts import AccountFact
    from console.wire.messages import ActResult

__all__ = ["AccountList", "ConfirmAsked", "ConfirmText", "DirectoryAsked", "GroupAsked"]


class ConfirmAsked(NamedTuple):
    """A command is selected and waits for this seat; `expires` is UTC ns by the hub's clock."""

    command_id: str
    text: ConfirmText
    token: str
    expires: int


class GroupAsked(NamedTuple):
    """A group waits for this seat; a member with a reason is blocked. `subject` of a member is a command id."""

    request: str
    group_id: str
    text: ConfirmText
    token: str
    expires: int
    members: tuple[ActResult, ...]


class DirectoryAsked(NamedTuple):
    """What to do at the site's directory to sign in."""

    request: str
    url: str
    code: str
    expires: int


class AccountList(NamedTuple):
    """Answer to `PeopleActs.query_accounts`; `reason` is empty, or why it was refused."""

    request: str
    accounts: tuple[AccountFact, ...]
    reason: str = ""
