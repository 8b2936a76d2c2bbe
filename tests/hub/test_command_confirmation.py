"""Select before operate: the text, the token, the session, and everything that takes a confirmation back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest
from control_room import FREE, KIM, LEE, ControlRoom, SelectingField, gate_site, told

from console.core.command.control_facts import TagKind
from console.core.command.facts import CommandState as S
from console.core.command.tags import TagOrder
from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, DeviceSelection
from console.hub.person import Person

SECOND_SEAT = Person("kim", "seat-9", session="session-9", identity="kim")


def test_nothing_goes_out_before_the_confirmation_and_one_command_after_it(tmp_path: Path) -> None:
    """CMD-05: the hub writes the text, the token goes to the requester's session alone and is used once."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        assert room.field.sent == []
        confirm = room.confirm()
        assert set(room.told) == {KIM.session}
        assert confirm.text == room.fact(request).confirm
        assert len(confirm.token) == 32
        assert confirm.expires - room.clock.at() == 30_000_000_000
        assert confirm.text.title.ko == "수문 0: 수문 개방"
        assert [line.ko for line in confirm.text.lines] == [
            "대상 수문 0 (g0), 가 구역",
            "opening: 현재 0.0 % → 40.0 %",
            "예상되는 영향: 하류 수위가 오릅니다",
        ]
        assert [line.en for line in confirm.text.lines][2] == "What will happen: The level downstream rises"
        assert await room.broker.execute(request.command_id, confirm.token, KIM) == ""
        # CV-04: the same confirmation again gets the same answer and sends nothing.
        assert await room.broker.execute(request.command_id, confirm.token, KIM) == ""
        await room.quiet()
        assert [command.value for command in room.field.sent] == [40.0]
        assert room.state(request) is S.SENT

    told(tmp_path, story)


def test_the_hazard_is_that_of_the_value(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        await room.selected(room.request(value=100.0))
        assert room.confirm().text.lines[2].en == "What will happen: Downstream may be flooded"

    told(tmp_path, story)


def test_the_token_is_in_no_fact_no_record_and_no_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """CMD-05."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        token = room.confirm().token
        await room.broker.execute(request.command_id, token, KIM)
        await room.quiet()
        happened = room.ring.after(0)
        assert happened
        assert not any(token in repr(one.message) for one in happened)
        assert token not in caplog.text

    with caplog.at_level("DEBUG"):
        told(tmp_path, story)
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("journal.db*"))
    assert b"EXECUTE" in kept
    assert b"token" not in kept


def test_a_wrong_token_destroys_the_selection(tmp_path: Path) -> None:
    """CV-02."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        right = room.confirm().token
        assert await room.broker.execute(request.command_id, "0" * 32, KIM) == "CONFIRM_TOKEN_INVALID"
        assert room.state(request) is S.CANCELLED
        assert await room.broker.execute(request.command_id, right, KIM) == "NOT_SELECTED"
        one, other = await room.selected(), await room.selected(room.request("g1"))
        token = room.confirm().token
        assert await room.broker.execute(one.command_id, token, KIM) == "INCONSISTENT_PARAMETERS"
        assert room.state(one) is S.CANCELLED
        assert await room.broker.execute(other.command_id, token, KIM) == ""
        await room.quiet()
        assert [command.source for command in room.field.sent] == ["g1"]

    told(tmp_path, story)


@pytest.mark.parametrize("other", [LEE, SECOND_SEAT])
def test_another_session_is_refused_and_the_selection_is_intact(tmp_path: Path, other: Person) -> None:
    """CV-03: also with the right token, also the same person at another seat."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        token = room.confirm().token
        for tried in (token, "0" * 32):
            refused = await room.broker.execute(request.command_id, tried, other)
            assert refused == "LOCKED_BY_OTHER_CLIENT"
        assert room.state(request) is S.SELECTED
        assert await room.broker.execute(request.command_id, token, KIM) == ""

    told(tmp_path, story)


def test_a_request_again_by_its_session_brings_a_new_token_and_voids_the_old_one(tmp_path: Path) -> None:
    """CV-05."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        first = room.confirm().token
        assert await room.broker.submit(request, KIM) == ""
        second = room.confirm().token
        assert first != second
        assert await room.broker.execute(request.command_id, second, KIM) == ""
        await room.quiet()
        assert len(room.field.sent) == 1

    told(tmp_path, story)


def test_a_selection_ends_in_time_and_the_next_begins_at_that_very_moment(tmp_path: Path) -> None:
    """CMD-10: whoever asks at the moment of expiry is not told that it is selected already."""

    async def story(room: ControlRoom) -> None:
        room.desk.permits.areas = None
        first = await room.selected()
        token = room.confirm().token
        assert await room.broker.submit(room.request(), LEE) == "LOCKED_BY_OTHER_CLIENT"
        assert await room.broker.submit(room.request(), KIM) == "ALREADY_SELECTED"
        room.clock.move(29.999)
        room.fresh()
        assert await room.broker.submit(room.request(), KIM) == "ALREADY_SELECTED"
        room.clock.move(0.001)
        await room.selected()
        assert (room.state(first), room.fact(first).reason) == (S.EXPIRED, "SELECT_TIMEOUT")
        assert await room.broker.execute(first.command_id, token, KIM) == "SELECT_TIMEOUT"

    told(tmp_path, story)


def test_an_interlock_that_flips_before_the_confirmation_stops_it(tmp_path: Path) -> None:
    """CV-17, CMD-07: evaluated again at the confirmation; stale is as good as false."""

    async def story(room: ControlRoom) -> None:
        for quality, value, reason in (
            (Quality.GOOD, 4.6, "BLOCKED_BY_INTERLOCK"),
            (Quality.BAD, 3.0, "STALE_FEEDBACK"),
        ):
            request = await room.selected()
            room.feel("g0.level", value, quality)
            token = room.confirm().token
            assert await room.broker.execute(request.command_id, token, KIM) == reason
            assert (room.state(request), room.fact(request).reason) == (S.REJECTED, reason)
            assert room.fact(request).detail == "내수위 4.5 m 미만 / Level below 4.5 m"
            room.fresh()
        assert room.field.sent == []

    told(tmp_path, story)


def test_a_confirmation_withdraws_itself_when_what_allows_it_is_gone(tmp_path: Path) -> None:
    """Nobody has to press anything for it."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        room.feel("g0.level", 4.6)
        for _ in range(20):
            room.move(0.05)
        assert (room.state(request), room.fact(request).reason) == (S.REJECTED, "BLOCKED_BY_INTERLOCK")

    told(tmp_path, story)


def test_a_tag_withdraws_what_it_forbids_and_a_caution_what_does_not_name_it(tmp_path: Path) -> None:
    """CMD-08, I8."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        order = TagOrder(asset="g0", kind=TagKind.INHIBIT_OFF, text="닫지 마시오")
        await room.tags.place(order, LEE)
        assert room.state(request) is S.SELECTED
        hung = await room.tags.place(TagOrder(asset="g0", kind=TagKind.INHIBIT_ON, text="작업 중"), LEE)
        assert (room.state(request), room.fact(request).reason) == (S.REJECTED, "BLOCKED_BY_TAG")
        assert await room.broker.submit(room.request(), KIM) == "BLOCKED_BY_TAG"
        await room.tags.remove(hung.subject, "", LEE)
        second = await room.selected()
        await room.tags.place(TagOrder(asset="g0", kind=TagKind.CAUTION, text="잠수부 작업"), LEE)
        assert (room.state(second), room.fact(second).reason) == (S.REJECTED, "INCONSISTENT_PARAMETERS")
        third = await room.selected()
        assert any("잠수부 작업" in line.ko for line in room.confirm().text.lines)
        assert await room.broker.execute(third.command_id, room.confirm().token, KIM) == ""

    told(tmp_path, story)


def test_a_session_that_ends_withdraws_what_nobody_has_confirmed(tmp_path: Path) -> None:
    """And what was sent goes on without it."""

    async def story(room: ControlRoom) -> None:
        sent = await room.selected()
        await room.broker.execute(sent.command_id, room.confirm().token, KIM)
        waiting = await room.selected(room.request("g1"))
        room.broker.session_lost(LEE.session)
        assert room.state(waiting) is S.SELECTED
        room.broker.session_lost(KIM.session)
        assert (room.state(waiting), room.fact(waiting).reason) == (S.CANCELLED, "SESSION_LOST")
        assert room.state(sent) is S.SENT
        third = await room.selected(room.request("g2"))
        room.broker.withdrawals.seat_gone(KIM.session)
        assert room.fact(third).reason == "SESSION_LOST"

    told(tmp_path, story)


def test_the_requester_may_withdraw_and_others_may_not(tmp_path: Path) -> None:
    """CV-06 at the hub."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        assert await room.broker.cancel(request.command_id, LEE) == "NOT_OWNER"
        assert await room.broker.cancel(request.command_id, KIM) == ""
        assert room.fact(request).reason == "BY_REQUESTER"
        second = await room.selected()
        boss = Person("park", "seat-3", supervisor=True)
        assert await room.broker.cancel(second.command_id, boss) == ""
        third = await room.selected()
        await room.broker.execute(third.command_id, room.confirm().token, KIM)
        assert await room.broker.cancel(third.command_id, KIM) == "UNSUPPORTED"
        assert await room.broker.cancel("01JD0000000000000000000000", KIM) == "UNKNOWN_COMMAND"

    told(tmp_path, story)


def test_a_device_that_can_select_is_selected_and_released(tmp_path: Path) -> None:
    """CV-07, CV-01: the hub's time ends before the device's; whatever ends the selection gives it back."""
    field = SelectingField()

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        assert [command.command_id for command in field.selected] == [request.command_id]
        assert room.confirm().expires - room.clock.at() == 10_000_000_000
        room.broker.withdrawals.feed_down("field")
        await room.quiet()
        assert (room.state(request), room.fact(request).reason) == (S.EXPIRED, "TARGET_OFFLINE")
        assert field.released == [request.command_id]
        second = await room.selected()
        field.let_go[second.command_id]()
        assert room.fact(second).reason == "DEVICE_RELEASED_SELECTION"
        third = await room.selected()
        room.move(10.0)
        await room.quiet()
        assert room.fact(third).reason == "SELECT_TIMEOUT"
        assert field.released == [request.command_id, third.command_id]
        assert field.sent == []

    told(tmp_path, story, field)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (DeviceSelection(ok=False, detail="local"), "SELECT_FAILED"),
        (DeviceSelection(ok=True, value=41.0), "SELECT_ECHO_MISMATCH"),
        (DeviceSelection(ok=True, source="g1"), "SELECT_ECHO_MISMATCH"),
    ],
)
def test_a_device_that_does_not_select_what_was_asked_gets_nothing(
    tmp_path: Path, answer: DeviceSelection, reason: str
) -> None:
    """CV-08, CV-09."""
    field = SelectingField()
    field.answer = answer

    async def story(room: ControlRoom) -> None:
        request = room.request()
        assert await room.broker.submit(request, KIM) == reason
        assert room.state(request) is S.REJECTED
        assert field.sent == []
        assert room.told == {}

    told(tmp_path, story, field)


@pytest.mark.expects_log("command")
def test_a_device_that_is_silent_or_gone_is_not_selected(tmp_path: Path) -> None:
    field = SelectingField()

    async def story(room: ControlRoom) -> None:
        field.silent.clear()
        request = room.request()
        asking = asyncio.create_task(room.broker.submit(request, KIM))
        while not field.selected:
            await asyncio.sleep(0)
        room.move(5.0)
        field.silent.set()
        assert await asking == "SELECT_NO_RESPONSE"
        await room.quiet()
        assert field.released
        field.up = False
        assert await room.broker.submit(room.request("g1"), KIM) == "TARGET_OFFLINE"

    told(tmp_path, story, field)


def test_a_device_stops_because_it_was_told_to(tmp_path: Path) -> None:
    """Cancel goes to the device where it can; the outcome is what the device says."""
    field = SelectingField()

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        await room.broker.execute(request.command_id, room.confirm().token, KIM)
        await room.quiet()
        field.answers[request.command_id](DeviceAnswer("accepted"))
        assert await room.broker.cancel(request.command_id, KIM) == ""
        await room.quiet()
        assert field.cancelled == [request.command_id]
        assert room.state(request) is S.EXECUTING
        field.answers[request.command_id](DeviceAnswer("cancelled"))
        assert (room.state(request), room.fact(request).reason) == (S.CANCELLED, "BY_DEVICE_AFTER_CANCEL")

    told(tmp_path, story, field)


def test_a_wall_clock_that_jumps_does_not_end_a_selection(tmp_path: Path) -> None:
    """CV-19."""

    async def story(room: ControlRoom) -> None:
        request = await room.selected()
        room.clock._at += 3600 * 10**9
        room.fresh()
        room.broker.withdrawals.expire()
        assert await room.broker.execute(request.command_id, room.confirm().token, KIM) == ""
        await room.quiet()
        assert len(room.field.sent) == 1

    told(tmp_path, story)


def test_targets_and_persons_are_not_commanded_too_often(tmp_path: Path) -> None:
    """CMD-11: one a second to a target, ten a minute by a person; an emergency is never counted."""
    site = gate_site(30, msgspec.structs.replace(FREE, target_gap_s=1.0, commands_per_min=10))

    async def story(room: ControlRoom) -> None:
        first = await room.selected()
        await room.broker.cancel(first.command_id, KIM)
        room.clock.move(0.999)
        assert await room.broker.submit(room.request(), KIM) == "RATE_LIMITED"
        room.clock.move(0.001)
        await room.selected()
        answers = [await room.broker.submit(room.request(f"g{n}"), KIM) for n in range(1, 12)]
        assert answers == [""] * 8 + ["TOO_MANY_OPS"] * 3
        room.feel("g0.opening", 50.0)
        assert await room.broker.submit(room.request(command="stop"), KIM) == ""

    told(tmp_path, story, site=site)


def test_whoever_holds_the_area_commands_there(tmp_path: Path) -> None:
    """CMD-09: and an emergency stop is everybody's."""

    async def story(room: ControlRoom) -> None:
        await room.selected()
        assert await room.broker.submit(room.request("g1"), LEE) == "AUTHORITY_HELD_BY_OTHER"
        room.feel("g0.opening", 50.0)
        assert await room.broker.submit(room.request(command="stop"), LEE) == ""
        await room.quiet()
        assert [command.value for command in room.field.sent] == [0.0]

    told(tmp_path, story)
