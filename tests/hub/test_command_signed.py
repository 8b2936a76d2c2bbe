"""A confirmation over TLS carries the signature of the seat's key, and without it nothing is sent (SEC-17)."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TypeVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from tls_room import LinkSeat, TlsRoom, linked, tls_room

from console.client.link_fact import LinkState
from console.core.command.facts import CommandRequest
from console.core.command.seatkey import CurveKey
from console.hub.clock import SystemClock
from console.hub.ulid import UlidMaker
from console.wire.messages import ActReply, ExecuteGroup, GroupConfirm, Message, SendGroup

M = TypeVar("M", bound=Message)
_ulid = UlidMaker(SystemClock())


async def heard(seat: LinkSeat, kind: type[M], request: str) -> M:
    async with asyncio.timeout(6):
        while True:
            for item in seat.items:
                if isinstance(item, kind) and getattr(item, "request", "") == request:
                    return item
            await asyncio.sleep(0.01)


async def confirmed(room: TlsRoom, seat: LinkSeat, asset: str) -> tuple[str, str]:
    """The group's id, and what its only member was answered."""
    group_id = _ulid()
    start = CommandRequest(command_id=_ulid(), asset=asset, command="start")
    seat.link.post(SendGroup(request=f"show {asset}", group_id=group_id, commands=(start,)))
    shown = await heard(seat, GroupConfirm, f"show {asset}")
    assert [member.reason for member in shown.members] == [""]
    seat.link.post(ExecuteGroup(request=f"do {asset}", group_id=group_id, token=shown.token))
    return group_id, (await heard(seat, ActReply, f"do {asset}")).results[0].reason


def test_what_is_confirmed_over_tls_is_signed_by_the_seat(tmp_path: Path) -> None:
    async def story() -> None:
        async with tls_room(tmp_path) as room:
            papers = room.enrol("desk-1")
            key = x509.load_pem_x509_certificate(papers.certificate.encode()).public_key()
            assert isinstance(key, ec.EllipticCurvePublicKey)
            async with linked(room.url, papers) as seat:
                await seat.until(LinkState.LIVE)
                for asset in ("a0", "a1"):
                    room.plant.push(asset, "run", 0.0)
                await asyncio.sleep(0.1)
                group_id, reason = await confirmed(room, seat, "a0")
                assert reason == ""
                await room.hub.broker.settled()
                record = room.hub.journal.query(f"group.{group_id}", 1)[0]
                assert record.fields["key"] == CurveKey(key).fingerprint
                assert len(record.fields["signature"]) > 100
                seat.link._sealer._sign = None
                _, reason = await confirmed(room, seat, "a1")
                assert reason == "CONFIRM_TOKEN_INVALID"
                assert [command.source for command in room.plant.sent] == ["a0"]

    asyncio.run(story())
