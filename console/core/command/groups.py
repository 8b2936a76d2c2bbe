"""Several commands confirmed as one: who is blocked, and whether that is still so when it is confirmed (CMD-08)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from console.core.command.facts import CommandRequest
from console.core.command.reasons import CommandReason
from console.core.errors import CommandRefused

MEMBERS_MAX: Final = 50


class Member(msgspec.Struct, frozen=True):
    """One command of a group; `reason` says what blocks it, empty if nothing does."""

    request: CommandRequest
    reason: str = ""
    detail: str = ""
    cautions: tuple[str, ...] = ()
    """Ids of the caution tags that the text names."""

    @property
    def command_id(self) -> str:
        return self.request.command_id


class Group(msgspec.Struct, frozen=True):
    """A group as it was shown to the person who confirms it."""

    group_id: str
    members: tuple[Member, ...]

    def blocked(self) -> frozenset[tuple[str, str]]:
        """Blocked members with what blocks each."""
        return frozenset((member.command_id, member.reason) for member in self.members if member.reason)

    def cautions(self) -> frozenset[str]:
        """Caution tags that the text names."""
        return frozenset(tag for member in self.members for tag in member.cautions)


def check_group(requests: Sequence[CommandRequest]) -> None:
    """Raises CommandRefused FORMAT for no member, too many, or one id twice."""
    ids = Counter(request.command_id for request in requests)
    if not 0 < len(requests) <= MEMBERS_MAX or len(ids) != len(requests):
        raise CommandRefused(CommandReason.FORMAT)


def verdicts(shown: Group, now: Group, without_blocked: bool) -> tuple[Member, ...]:
    """What becomes of each member when the group is confirmed: an empty reason says that it is to be sent.

    None is sent if another set is blocked than was shown, if a caution hangs that was not, or if one is blocked and it
    was not said that the others go alone.
    """
    if shown.blocked() != now.blocked() or not now.cautions() <= shown.cautions():
        return tuple(_held(member, CommandReason.GROUP_CHANGED) for member in now.members)
    if now.blocked() and not without_blocked:
        return tuple(_held(member, CommandReason.GROUP_BLOCKED) for member in now.members)
    return now.members


def _held(member: Member, reason: CommandReason) -> Member:
    return member if member.reason else msgspec.structs.replace(member, reason=reason)
