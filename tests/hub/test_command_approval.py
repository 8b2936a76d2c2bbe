"""Four eyes: another person, at another place, on the same text, with everything looked at anew (CMD-06)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from control_room import FREE, KIM, LEE, ControlRoom, gate_site, told
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from console.core.command import signing
from console.core.command.control_facts import TagKind
from console.core.command.facts import CommandRequest
from console.core.command.facts import CommandState as S
from console.core.command.seatkey import EdKey
from console.core.command.tags import TagOrder
from console.hub.broker import Decision
from console.hub.confirmations import Seal
from console.hub.person import Person

SAME_HUMAN = Person("kim.admin", "seat-5", session="session-5", identity="kim")
BESIDE = Person("lee", KIM.station, session="session-6", identity="lee")


async def asked(room: ControlRoom) -> CommandRequest:
    """A command of class C3 that waits for its approval."""
    request = room.request(command="dump")
    assert await room.broker.submit(request, KIM) == ""
    assert room.state(request) is S.AWAIT_APPROVAL
    return request


def decision(room: ControlRoom, request: CommandRequest, approve: bool = True, **more: Any) -> Decision:
    confirm = room.fact(request).confirm
    assert confirm is not None
    plain = Decision(command_id=request.command_id, digest=confirm.digest, approve=approve)
    return replace(plain, **more)


def test_an_approved_command_still_waits_for_its_requester(tmp_path: Path) -> None:
    """The approver reads the very text that the requester confirms."""

    async def story(room: ControlRoom) -> None:
        request = await asked(room)
        assert room.told == {}
        text = room.fact(request).confirm
        assert await room.broker.decide(decision(room, request), LEE) == ""
        assert (room.state(request), room.fact(request).approver) == (S.SELECTED, "lee")
        assert room.confirm().text == text
        assert LEE.session not in room.told
        assert room.field.sent == []
        assert await room.broker.execute(request.command_id, room.confirm().token, KIM) == ""
        await room.quiet()
        assert [command.value for command in room.field.sent] == [100.0]
        records = room.journal.query("g0.dump", 20)
        assert [r.new for r in reversed(records) if r.new] == [
            "AWAIT_APPROVAL",
            "SELECTING",
            "SELECTED",
            "SENT",
        ]
        assert [(r.who, r.what) for r in records if r.kind == "act"] == [
            ("kim", "EXECUTE"),
            ("lee", "APPROVE"),
        ]

    told(tmp_path, story)


@pytest.mark.parametrize(
    ("person", "changes", "reason"),
    [
        (KIM, {}, "APPROVER_IS_REQUESTER"),
        (SAME_HUMAN, {}, "APPROVER_IS_REQUESTER"),
        (BESIDE, {}, "SAME_STATION"),
        (LEE, {"digest": "0" * 64}, "INCONSISTENT_PARAMETERS"),
        (LEE, {"command_id": "01JD0000000000000000000000"}, "UNKNOWN_COMMAND"),
    ],
)
def test_an_approval_that_does_not_count_changes_nothing(
    tmp_path: Path, person: Person, changes: dict[str, Any], reason: str
) -> None:
    """CV-15, CMD-06."""

    async def story(room: ControlRoom) -> None:
        request = await asked(room)
        assert await room.broker.decide(decision(room, request, **changes), person) == reason
        assert room.state(request) is S.AWAIT_APPROVAL
        assert await room.broker.decide(decision(room, request), LEE) == ""

    told(tmp_path, story)


def test_a_site_may_allow_approval_at_one_seat(tmp_path: Path) -> None:
    site = gate_site(policy=msgspec.structs.replace(FREE, same_station_approval=True))

    async def story(room: ControlRoom) -> None:
        request = await asked(room)
        assert await room.broker.decide(decision(room, request), BESIDE) == ""

    told(tmp_path, story, site=site)


def test_an_approver_who_lost_the_right_decides_nothing(tmp_path: Path) -> None:
    """Approvals look at the role at that instant."""

    async def story(room: ControlRoom) -> None:
        rights = {"kim": False, "lee": True}
        room.desk.permits.rights = lambda person, intent, area, approving: (
            rights[person.who] if approving else True
        )
        request = await asked(room)
        rights["lee"] = False
        assert await room.broker.decide(decision(room, request), LEE) == "NOT_AUTHORIZED"
        assert room.state(request) is S.AWAIT_APPROVAL

    told(tmp_path, story)


def test_a_requester_who_lost_the_right_sends_nothing(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        allowed = [True]
        room.desk.permits.rights = lambda person, intent, area, approving: approving or allowed[0]
        request = await asked(room)
        allowed[0] = False
        assert await room.broker.decide(decision(room, request), LEE) == "NOT_AUTHORIZED"
        assert (room.state(request), room.fact(request).reason) == (S.REJECTED, "NOT_AUTHORIZED")

    told(tmp_path, story)


def test_a_tag_between_request_and_approval_stops_it(tmp_path: Path) -> None:
    """CV-16: also if the broker was not told of the tag."""

    async def story(room: ControlRoom) -> None:
        room.tags.placed.clear()
        request = await asked(room)
        await room.tags.place(TagOrder(asset="g0", kind=TagKind.INHIBIT_ALL, text="점검"), LEE)
        assert await room.broker.decide(decision(room, request), LEE) == "BLOCKED_BY_TAG"
        assert (room.state(request), room.fact(request).reason) == (S.REJECTED, "BLOCKED_BY_TAG")
        assert room.fact(request).detail == "lee: 점검"

    told(tmp_path, story)


def test_a_denial_ends_it_with_the_reason_given(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        request = await asked(room)
        denial = decision(room, request, approve=False, reason="만조입니다")
        assert await room.broker.decide(denial, LEE) == ""
        fact = room.fact(request)
        assert (fact.state, fact.reason, fact.detail, fact.approver) == (
            S.REJECTED,
            "APPROVAL_DENIED",
            "만조입니다",
            "lee",
        )

    told(tmp_path, story)


def test_an_approval_ends_with_its_time(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        request = await asked(room)
        room.move(300.0)
        assert (room.state(request), room.fact(request).reason) == (S.EXPIRED, "APPROVAL_TIMEOUT")
        assert await room.broker.decide(decision(room, request), LEE) == "APPROVAL_TIMEOUT"

    told(tmp_path, story)


def test_a_waiting_approval_keeps_its_target_and_its_line_may_come_back(tmp_path: Path) -> None:
    async def story(room: ControlRoom) -> None:
        room.desk.permits.areas = None
        request = await asked(room)
        assert await room.broker.submit(room.request(), LEE) == "TARGET_BUSY"
        room.broker.withdrawals.feed_down("field")
        assert room.state(request) is S.AWAIT_APPROVAL
        room.field.up = False
        assert await room.broker.decide(decision(room, request), LEE) == "TARGET_OFFLINE"

    told(tmp_path, story)


def test_an_emergency_stop_waits_for_nobody(tmp_path: Path) -> None:
    """CMD-06: sent at once, past every waiting command to the same target."""

    async def story(room: ControlRoom) -> None:
        room.feel("g0.opening", 50.0)
        await asked(room)
        stop = room.request(command="stop")
        assert await room.broker.submit(stop, LEE) == ""
        await room.quiet()
        assert [command.value for command in room.field.sent] == [0.0]
        assert await room.broker.submit(room.request(command="stop"), LEE) == "TARGET_BUSY"

    told(tmp_path, story)


def test_a_seat_with_a_key_signs_and_the_record_keeps_it(tmp_path: Path) -> None:
    """SEC-17: confirmation and decision, each over the text's digest and the connection's nonce."""
    private = Ed25519PrivateKey.generate()
    key = EdKey(private.public_key().public_bytes_raw())

    def sealed(data: bytes) -> Seal:
        return Seal(private.sign(data).hex(), "nonce", key)

    async def story(room: ControlRoom) -> None:
        request = await asked(room)
        command_id, digest = request.command_id, decision(room, request).digest
        for seal in (Seal(key=key), sealed(signing.decide_bytes(command_id, digest, False, "nonce"))):
            refused = await room.broker.decide(decision(room, request, seal=seal), LEE)
            assert refused == "NOT_AUTHORIZED"
        seal = sealed(signing.decide_bytes(command_id, digest, True, "nonce"))
        assert await room.broker.decide(decision(room, request, seal=seal), LEE) == ""
        token = room.confirm().token
        seal = sealed(signing.execute_bytes(command_id, digest, token, "nonce"))
        assert await room.broker.execute(command_id, token, KIM, seal) == ""
        await room.quiet()
        record = next(r for r in room.journal.query("g0.dump", 20) if r.what == "EXECUTE" and r.kind == "act")
        assert record.fields["signature"] == seal.signature
        assert record.fields["key"] == key.fingerprint
        assert record.fields["digest"] == digest
        assert token not in repr(record)
        other = await room.selected(room.request("g1"))
        assert (
            await room.broker.execute(other.command_id, room.confirm().token, KIM, Seal(key=key))
            == "CONFIRM_TOKEN_INVALID"
        )
        assert room.state(other) is S.CANCELLED

    told(tmp_path, story)
