"""Whoever has recorded a session has nothing: its bytes, sent again, do nothing (SEC-23)."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hub_room import SECRET, Console, Plant, Room, hub_room
from tls_room import TlsRoom, tls_room
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from console.client.papers import client_context
from console.core.alarm.facts import AckItem
from console.core.command.facts import CommandRequest, CommandState
from console.feeds.base import DeviceAnswer, DeviceCommand
from console.wire.limits import SUBPROTOCOL_MSGPACK
from console.wire.messages import (
    AckAlarms,
    ActReply,
    AlarmsChanged,
    Challenge,
    CommandsChanged,
    Hello,
    Problem,
    SendCommand,
    SnapshotDone,
)
from console.wire.proof import proof

ULID = "01JD0000000000000000000000"


@dataclass
class Recorder:
    """A proxy on loopback that keeps what consoles say, byte by byte, and can say it again."""

    target: int
    said: list[bytes] = field(default_factory=list[bytes])
    port: int = 0
    _up: list[asyncio.StreamWriter] = field(default_factory=list[asyncio.StreamWriter])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, up = await asyncio.open_connection("127.0.0.1", self.target)
        self._up.append(up)
        await asyncio.gather(self._pass(reader, up, keep=True), self._pass(there, writer, keep=False))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, keep: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                if keep:
                    self.said.append(data)
                writer.write(data)
        writer.close()

    async def inject(self, data: bytes) -> None:
        """Bytes into the connection that is open, as if the console had said them."""
        self._up[-1].write(data)
        await self._up[-1].drain()

    async def again(self) -> bytes:
        """The whole session on a new connection; what the hub answers to it."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.target)
        answer = b""
        with contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(3):
                for data in self.said:
                    writer.write(data)
                    await writer.drain()
                    await asyncio.sleep(0.01)
                answer = await reader.read()
        writer.close()
        return answer


@asynccontextmanager
async def recorded(target: int) -> AsyncGenerator[Recorder]:
    """A recorder in front of a port."""
    recorder = Recorder(target)
    server = await asyncio.start_server(recorder.serve, "127.0.0.1", 0)
    recorder.port = server.sockets[0].getsockname()[1]
    try:
        yield recorder
    finally:
        server.close()


@asynccontextmanager
async def console_through(recorder: Recorder, tls: ssl.SSLContext | None = None) -> AsyncGenerator[Console]:
    """A console whose bytes are recorded."""
    url = f"{'wss' if tls else 'ws'}://localhost:{recorder.port}/ws"
    protocols = [Subprotocol(SUBPROTOCOL_MSGPACK)]
    async with connect(url, ssl=tls, subprotocols=protocols, compression=None) as wire:
        console = Console(wire)
        challenge = await console.until(Challenge)
        await console.send(
            Hello(proof="" if tls else proof(SECRET, challenge.nonce), user="kim", station="s1")
        )
        await console.until(SnapshotDone)
        yield console


def _obeys(plant: Plant) -> None:
    def device(command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        answer(DeviceAnswer("accepted"))
        answer(DeviceAnswer("done"))
        plant.push("a0", "run", 1.0)

    plant.device = device
    plant.push("a0", "run", 0.0)


async def _works(console: Console, plant: Plant) -> None:
    """A shift in short: an alarm is acknowledged, a pump is started."""
    plant.push("a0", "level", 90.0)
    changed = await console.until(AlarmsChanged)
    items = tuple(AckItem(a.alarm, a.occurrence, a.priority) for a in changed.alarms)
    await console.send(AckAlarms(request="ack", items=items))
    await console.until(ActReply)
    command = CommandRequest(command_id=ULID, asset="a0", command="start")
    await console.send(SendCommand(request="start", command=command))
    await console.until(CommandsChanged, lambda m: any(c.state is CommandState.SUCCEEDED for c in m.commands))


def _picture(room: Room | TlsRoom) -> object:
    """Everything that a session could have changed."""
    alarms = [(a.alarm, a.state, a.occurrence) for a in room.hub.alarms.facts()]
    return (alarms, room.hub.broker.facts(), len(room.plant.sent))


def test_a_captured_session_on_a_new_connection_has_no_effect(tmp_path: Path) -> None:
    """SEC-23: the proof is for another challenge; commands and acknowledgements are in the bytes; device count 1."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            _obeys(room.plant)
            async with recorded(int(room.url.split(":")[2].split("/")[0])) as recorder:
                async with console_through(recorder) as console:
                    await _works(console, room.plant)
                before = _picture(room)
                answer = await recorder.again()
                assert answer.startswith(b"HTTP/1.1 101")
                assert b"NOT_AUTHENTICATED" in answer
                assert _picture(room) == before
            assert len(room.plant.sent) == 1
            assert room.hub.refusals.counts["NOT_AUTHENTICATED"] == 1
            assert room.hub.seats == 0

    asyncio.run(story())


def test_frames_that_are_sent_twice_on_their_own_connection_count_once(tmp_path: Path) -> None:
    """SEC-23: numbers that do not grow; device count 1, and the session goes on."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            _obeys(room.plant)
            port = int(room.url.split(":")[2].split("/")[0])
            async with recorded(port) as recorder, console_through(recorder) as console:
                started = len(recorder.said)
                await _works(console, room.plant)
                before = _picture(room)
                for data in recorder.said[started:]:
                    await recorder.inject(data)
                    assert (await console.until(Problem)).code == "REPLAY"
                assert _picture(room) == before
                assert len(room.plant.sent) == 1
                assert room.hub.refusals.counts["REPLAY"] == 2
                assert room.hub.seats == 1

    asyncio.run(story())


@pytest.mark.expects_log("link")
def test_a_captured_tls_session_on_a_new_connection_has_no_effect(tmp_path: Path) -> None:
    """SEC-23: TLS gives every connection keys of its own."""

    async def story() -> None:
        async with tls_room(tmp_path) as room:
            _obeys(room.plant)
            papers = room.enrol("desk-1")
            async with recorded(room.port) as recorder:
                async with console_through(recorder, client_context(papers)) as console:
                    await _works(console, room.plant)
                before = _picture(room)
                await recorder.again()
                assert _picture(room) == before
            assert len(room.plant.sent) == 1
            assert room.hub.seats == 0
            assert sum(count for cause, count in room.refused.items() if cause.startswith("tls_")) == 1

    asyncio.run(story())
