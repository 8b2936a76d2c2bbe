"""Groups between showing and confirmation (CMD-08)."""

from __future__ import annotations

import msgspec
import pytest

from console.core.command.facts import CommandRequest
from console.core.command.groups import MEMBERS_MAX, Group, Member, check_group, verdicts
from console.core.errors import CommandRefused


def member(number: int, reason: str = "", *cautions: str) -> Member:
    request = CommandRequest(command_id=f"01JD{number:022d}", asset=f"p{number}", command="start")
    return Member(request, reason, cautions=cautions)


def group(*members: Member) -> Group:
    return Group("g", members)


def reasons(members: tuple[Member, ...]) -> list[str]:
    return [member.reason for member in members]


def test_a_free_group_goes_whole() -> None:
    free = group(member(1), member(2))
    assert reasons(verdicts(free, free, False)) == ["", ""]


def test_a_blocked_member_holds_all_unless_it_is_left_out() -> None:
    some = group(member(1), member(2, "BLOCKED_BY_TAG"))
    assert reasons(verdicts(some, some, False)) == ["GROUP_BLOCKED", "BLOCKED_BY_TAG"]
    assert reasons(verdicts(some, some, True)) == ["", "BLOCKED_BY_TAG"]


@pytest.mark.parametrize(
    "now",
    [
        group(member(1, "TARGET_BUSY"), member(2, "BLOCKED_BY_TAG")),
        group(member(1), member(2)),
        group(member(1), member(2, "STALE_FEEDBACK")),
        group(member(1, "", "t1"), member(2, "BLOCKED_BY_TAG")),
    ],
)
def test_a_change_since_it_was_shown_holds_all(now: Group) -> None:
    """More is blocked, less, something else, or a caution hangs that nobody has read."""
    shown = group(member(1), member(2, "BLOCKED_BY_TAG"))
    for without in (False, True):
        held = verdicts(shown, now, without)
        expected = [m.reason or "GROUP_CHANGED" for m in now.members]
        assert reasons(held) == expected


def test_a_caution_that_was_taken_down_changes_nothing() -> None:
    shown, now = group(member(1, "", "t1", "t2")), group(member(1, "", "t2"))
    assert reasons(verdicts(shown, now, False)) == [""]


@pytest.mark.parametrize("count", [0, MEMBERS_MAX + 1])
def test_a_group_has_members_and_not_too_many(count: int) -> None:
    with pytest.raises(CommandRefused) as refused:
        check_group([member(n).request for n in range(count)])
    assert refused.value.reason_code == "FORMAT"


def test_no_command_stands_twice_in_a_group() -> None:
    one = member(1).request
    check_group([one, member(2).request])
    with pytest.raises(CommandRefused):
        check_group([one, msgspec.structs.replace(one, asset="p9")])
