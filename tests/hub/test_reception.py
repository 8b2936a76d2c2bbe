"""The door of the hub: who is let in, what is named, what is turned away; over real WebSockets."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from hub_room import SECRET, Console, Room, hub_room
from websockets.exceptions import ConnectionClosed, InvalidStatus

from console.core.command.facts import CommandRequest
from console.wire.limits import SUBPROTOCOL_JSON
from console.wire.messages import (
    Heartbeat,
    Hello,
    JournalReply,
    Message,
    Pong,
    Problem,
    QueryJournal,
    RedefineAlarm,
    SendCommand,
    SnapshotDone,
    StartMaintenance,
    TakeArea,
)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xc1\xc1\xc1", "MALFORMED"),
        (b"\x93\x01\x02", "MALFORMED"),
        (b"\x81\xa1t\xa4nope", "UNKNOWN_TYPE"),
        (b"\x81\xa1t\xa4pong", "BAD_FIELD"),
        (b"\x82\xa1t\xa4pong\xa8sequence\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00", "NOT_FINITE"),
        (b"\x91" * 60 + b"\x01", "TOO_DEEP"),
        ("text on a binary protocol", "MALFORMED"),
    ],
)
def test_a_message_that_breaks_the_protocol_is_named_and_the_connection_survives(
    tmp_path: Path, data: bytes | str, code: str
) -> None:
    """SEC-26."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as console:
            await console.until(SnapshotDone)
            await console.wire.send(data)
            assert (await console.until(Problem)).code == code
            await console.send(Pong(sequence=1))
            await console.send(QueryJournal(request="still here"))
            assert (await console.until(JournalReply)).request == "still here"

    asyncio.run(story())


def test_doubled_keys_of_json_are_named(tmp_path: Path) -> None:
    """SEC-26."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console(SUBPROTOCOL_JSON) as console:
            await console.until(SnapshotDone)
            await console.wire.send('{"t":"pong","sequence":1,"sequence":2}')
            assert (await console.until(Problem)).code == "MALFORMED"
            await console.wire.send(json.dumps({"t": "hello"}))
            assert (await console.until(Problem)).code == "HELLO_TWICE"

    asyncio.run(story())


async def _refused(room: Room, first: Message | bytes, code: str, secret: str = SECRET) -> None:
    async with room.wire() as wire:
        console = Console(wire)
        if isinstance(first, Hello):
            await console.greet(first, secret)
        else:
            await wire.send(first if isinstance(first, bytes) else console.codec.encode(first))
        problem = await console.until(Problem)
        assert problem.code == code
        with pytest.raises(ConnectionClosed):
            await console.one()


def test_who_does_not_greet_rightly_is_told_why_and_closed(tmp_path: Path) -> None:
    """SEC-20, SEC-25."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            await _refused(room, Pong(sequence=1), "HELLO_FIRST")
            await _refused(room, Hello(), "NOT_AUTHENTICATED", secret="wrong")
            await _refused(room, Hello(protocol=2), "VERSION")
            await _refused(room, Hello(user="\u202edrowssap"), "BAD_FIELD")
            await _refused(room, b"\xc1", "MALFORMED")
            assert room.hub.seats == 0

    asyncio.run(story())


async def _closing_code(console: Console, data: bytes) -> int | None:
    """The code the hub closes with after `data`; None if the connection broke while it was being sent."""
    try:
        await console.wire.send(data)
        await console.until(Hello)
    except ConnectionClosed as closed:
        return closed.rcvd.code if closed.rcvd else None
    return 0


def test_a_frame_beyond_the_limit_ends_its_connection_and_nothing_else(tmp_path: Path) -> None:
    """SEC-15, SEC-25: 64 KiB; a 10 MB frame is refused before it is read, and the refusal is on record."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as other:
            await other.until(SnapshotDone)
            for size in (70_000, 10_000_000):
                async with room.console() as console:
                    await console.until(SnapshotDone)
                    assert await _closing_code(console, b"x" * size) in (None, 1009)
            await other.until(Heartbeat)
            assert room.hub.seats == 1
            refused: list[str] = []
            async with asyncio.timeout(5):
                while len(refused) < 2:
                    await other.until(Heartbeat)
                    records = await room.hub.records("", 100)
                    refused = [record.who for record in records if record.result == "TOO_LARGE"]
            assert refused == ["kim", "kim"]

    asyncio.run(story())


def test_browsers_and_unknown_protocols_are_turned_away(tmp_path: Path) -> None:
    """SEC-24: any browser Origin is 403."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            for protocol, origin in (
                (SUBPROTOCOL_JSON, "http://127.0.0.1"),
                (SUBPROTOCOL_JSON, "null"),
                (None, None),
                ("gwanje.v9", None),
            ):
                with pytest.raises(InvalidStatus) as refused:
                    async with room.wire(protocol, origin):
                        pass
                assert refused.value.response.status_code == 403

    asyncio.run(story())


def test_only_two_connections_of_an_address_may_wait_for_their_hello(tmp_path: Path) -> None:
    """SEC-25."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            async with room.wire(), room.wire():
                with pytest.raises(InvalidStatus) as refused:
                    async with room.wire():
                        pass
                assert refused.value.response.status_code == 403
            async with asyncio.timeout(5):
                while True:
                    try:
                        async with room.console() as console:
                            await console.until(SnapshotDone)
                            break
                    except InvalidStatus:
                        continue

    asyncio.run(story())


def test_a_connection_that_says_nothing_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SEC-25: 5 s, shortened here."""
    monkeypatch.setattr("console.hub.reception.HELLO_DEADLINE_S", 0.1)

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.wire() as wire:
            console = Console(wire)
            assert (await console.until(Problem)).code == "HELLO_LATE"
            with pytest.raises(ConnectionClosed):
                await console.one()

    asyncio.run(story())


def test_more_messages_than_the_rate_are_named_and_have_no_effect(tmp_path: Path) -> None:
    """SEC-25."""

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as console:
            await console.until(SnapshotDone)
            for n in range(230):
                await console.send(QueryJournal(request=str(n), limit=1))
            assert (await console.until(Problem)).code == "RATE_LIMITED"
            await console.until(Heartbeat)

    asyncio.run(story())


def test_a_name_that_no_record_should_hold_is_refused_at_the_door(tmp_path: Path) -> None:
    """SEC-25, SEC-26: an id of 60 kB, of several lines or that turns the writing round leaves no record."""
    names = ("x" * 60_000, "a\x00b\x1b[31m\n", "\u202eevil")

    async def story() -> None:
        async with hub_room(tmp_path) as room, room.console() as console:
            await console.until(SnapshotDone)
            for name in names:
                command = CommandRequest(command_id=name, asset="a0", command="start")
                for bad in (
                    SendCommand(request="1", command=command),
                    StartMaintenance(request="1", area=name, duration_s=60.0, reason="works"),
                    TakeArea(request=name, area="a"),
                    RedefineAlarm(request="1", alarm=0, changes={name: 1.0}, reason="tuning"),
                ):
                    await console.send(bad)
                    assert (await console.until(Problem)).code == "BAD_FIELD"
            await console.send(QueryJournal(request="what was kept", limit=50))
            kept = (await console.until(JournalReply)).records
            assert kept
            assert not {record.what for record in kept} & {"REFUSED", "COMMAND", "TAKE", "REDEFINE"}
            assert all(len(record.subject) < 100 for record in kept)

    asyncio.run(story())
