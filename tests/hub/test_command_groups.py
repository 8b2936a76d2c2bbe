"""Groups: blocked members are listed, none goes unless that was confirmed again, one result a member (CMD-08)."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
from control_room import FREE, KIM, LEE, ControlRoom, gate_site, told

from console.core.command.control_facts import TagKind
from console.core.command.facts import CommandRequest
from console.core.command.facts import CommandState as S
from console.core.command.groups import MEMBERS_MAX
from console.core.command.tags import TagOrder
from console.feeds.base import DeviceAnswer
from console.hub.groups_desk import ShownGroup
from console.wire.messages import ActResult


def opening(room: ControlRoom, gates: int = 3) -> list[CommandRequest]:
    return [room.request(f"g{n}") for n in range(gates)]


async def shown(room: ControlRoom, requests: list[CommandRequest]) -> tuple[str, ShownGroup]:
    group_id = room.ulid()
    group = await room.groups.show(group_id, requests, KIM)
    assert isinstance(group, ShownGroup)
    return group_id, group


def reasons(results: tuple[ActResult, ...]) -> list[str]:
    return [result.reason for result in results]


async def tag(room: ControlRoom, asset: str, kind: TagKind = TagKind.INHIBIT_ALL) -> str:
    return (await room.tags.place(TagOrder(asset=asset, kind=kind, text="정비 중"), LEE)).subject


def test_a_free_group_goes_out_with_one_confirmation(tmp_path: Path) -> None:
    """Members of class C2 are selected one by one and need no confirmation of their own."""

    async def story(room: ControlRoom) -> None:
        requests = [*opening(room), room.request("g3", "start")]
        group_id, group = await shown(room, requests)
        assert room.field.sent == []
        assert reasons(group.members) == [""] * 4
        assert group.text.title.ko == "설비 4대 일괄 조작 (막힌 설비 0대)"
        assert "opening: 현재 0.0 % → 40.0 %" in [line.ko for line in group.text.lines]
        results = await room.groups.execute(group_id, group.token, False, KIM)
        assert [(r.subject, r.reason) for r in results] == [(r.command_id, "") for r in requests]
        # The same confirmation again: the same answer, and nothing goes out twice.
        assert await room.groups.execute(group_id, group.token, False, KIM) == results
        await room.quiet()
        assert sorted(command.source for command in room.field.sent) == ["g0", "g1", "g2", "g3"]
        assert room.told == {}

    told(tmp_path, story)


def test_blocked_members_are_listed_and_none_goes_without_saying_so(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        await tag(room, "g1")
        requests = opening(room)
        group_id, group = await shown(room, requests)
        assert reasons(group.members) == ["", "BLOCKED_BY_TAG", ""]
        assert group.members[1].detail == "lee: 정비 중"
        assert group.text.lines[-1].ko == "보내지 않음: 수문 1, 조작 금지 표찰이 걸려 있습니다"
        results = await room.groups.execute(group_id, group.token, False, KIM)
        assert reasons(results) == ["GROUP_BLOCKED", "BLOCKED_BY_TAG", "GROUP_BLOCKED"]
        assert room.field.sent == []
        assert all(room.broker.fact(request.command_id) is None for request in requests)
        group_id, group = await shown(room, requests)
        results = await room.groups.execute(group_id, group.token, True, KIM)
        assert reasons(results) == ["", "BLOCKED_BY_TAG", ""]
        await room.quiet()
        assert sorted(command.source for command in room.field.sent) == ["g0", "g2"]

    told(tmp_path, story)


def test_a_group_that_changed_since_it_was_shown_is_not_sent(tmp_path: Path) -> None:
    """Another set is blocked, either way, or a caution hangs that the text does not name."""

    async def story(room: ControlRoom) -> None:
        first = await tag(room, "g1")
        requests = opening(room)
        group_id, group = await shown(room, requests)
        await tag(room, "g2")
        changed = await room.groups.execute(group_id, group.token, True, KIM)
        assert reasons(changed) == ["GROUP_CHANGED", "BLOCKED_BY_TAG", "BLOCKED_BY_TAG"]
        group_id, group = await shown(room, requests)
        await room.tags.remove(first, "", LEE)
        changed = await room.groups.execute(group_id, group.token, True, KIM)
        assert reasons(changed) == ["GROUP_CHANGED", "GROUP_CHANGED", "BLOCKED_BY_TAG"]
        group_id, group = await shown(room, requests)
        await tag(room, "g0", TagKind.CAUTION)
        changed = await room.groups.execute(group_id, group.token, True, KIM)
        assert reasons(changed) == ["GROUP_CHANGED", "GROUP_CHANGED", "BLOCKED_BY_TAG"]
        assert room.field.sent == []

    told(tmp_path, story)


def test_what_needs_a_second_person_or_stands_twice_is_blocked(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        known = await room.selected(room.request("g3"))
        requests = [
            room.request("g0", "dump"),
            room.request("g1"),
            room.request("g1", value=50.0),
            room.request("g2", "fly"),
            known,
        ]
        _, group = await shown(room, requests)
        assert reasons(group.members) == ["NOT_AUTHORIZED", "", "TARGET_BUSY", "UNSUPPORTED", "REPLAY"]

    told(tmp_path, story)


def test_a_group_at_fault_is_refused_as_a_whole(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        one = room.request()
        for group_id, requests in (
            ("group", [one]),
            (room.ulid(), []),
            (room.ulid(), [one, one]),
            (room.ulid(), [room.request() for _ in range(MEMBERS_MAX + 1)]),
        ):
            assert await room.groups.show(group_id, requests, KIM) == "FORMAT"

    told(tmp_path, story)


def test_the_token_of_a_group_is_its_sessions_and_lasts_thirty_seconds(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        group_id, group = await shown(room, opening(room))
        assert reasons(await room.groups.execute(group_id, group.token, False, LEE)) == [
            "LOCKED_BY_OTHER_CLIENT"
        ]
        assert reasons(await room.groups.execute(group_id, "0" * 32, False, KIM)) == ["CONFIRM_TOKEN_INVALID"]
        assert reasons(await room.groups.execute(group_id, group.token, False, KIM)) == ["NOT_SELECTED"]
        group_id, group = await shown(room, opening(room))
        room.clock.move(30.0)
        room.fresh()
        assert reasons(await room.groups.execute(group_id, group.token, False, KIM)) == ["NOT_SELECTED"]
        assert room.field.sent == []

    told(tmp_path, story)


def test_a_group_counts_as_one_act_of_its_person(tmp_path: Path) -> None:
    """CMD-11: the limit is for acts, and a group is confirmed once."""
    site = gate_site(12, msgspec.structs.replace(FREE, commands_per_min=2))

    async def story(room: ControlRoom) -> None:
        for gates, answer in ((12, ""), (1, ""), (1, "TOO_MANY_OPS")):
            group_id, group = await shown(room, [room.request(f"g{n}", "start") for n in range(gates)])
            results = await room.groups.execute(group_id, group.token, False, KIM)
            assert set(reasons(results)) == {answer}
            await room.quiet()
            room.broker.withdrawals.feed_down("field")

    told(tmp_path, story, site=site)


def test_a_group_confirmed_a_hundred_times_at_once_goes_out_once(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        group_id, group = await shown(room, opening(room))
        answers = await asyncio.gather(
            *(room.groups.execute(group_id, group.token, False, KIM) for _ in range(100))
        )
        assert len(set(answers)) == 1
        await room.quiet()
        assert len(room.field.sent) == 3
        record = room.journal.query(f"group.{group_id}", 5)
        assert [(r.what, r.who) for r in record] == [("EXECUTE_GROUP", "kim")]

    told(tmp_path, story)


def test_a_member_that_fails_on_the_way_says_so_alone(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        requests = opening(room, 2)
        group_id, group = await shown(room, requests)
        await room.groups.execute(group_id, group.token, False, KIM)
        await room.quiet()
        room.field.answers[requests[0].command_id](DeviceAnswer("rejected", detail="jammed"))
        assert (room.state(requests[0]), room.state(requests[1])) == (S.FAILED, S.SENT)

    told(tmp_path, story)
