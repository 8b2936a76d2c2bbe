"""The checks that ship with the program, on AIS over TCP and over a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from ais_lines import SHIP_NAME, position
from conform_peers import Made, SocketStage
from feed_stage import server
from websockets.asyncio.server import ServerConnection

from console.feeds.conformance import CHECKS, Check, Peer

pytestmark = pytest.mark.expects_log("feed")
SPEED, COURSE = "navigation.speedOverGround", "navigation.courseOverGroundTrue"
KNOT = 1852 / 3600
BAD = b"!AIVDM,1,1,,A,xx,0*00"


def sentence(path: str, value: float) -> bytes:
    told = {"speed": round(value / KNOT, 1)} if path == SPEED else {"course": round(math.degrees(value), 1)}
    return position(**told)


class TcpStage:
    """A receiver that says the same to everybody who is connected."""

    def __init__(self) -> None:
        self.url = ""
        self._writers: set[asyncio.StreamWriter] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until the other side leaves."""
        self._writers.add(writer)
        with contextlib.suppress(ConnectionError):
            await reader.read()
        self._writers.discard(writer)
        writer.transport.abort()

    async def say(self, path: str, value: float) -> None:
        """As Stage."""
        self._send(sentence(path, value))

    async def rubbish(self) -> None:
        """As Stage."""
        self._send(BAD)

    async def drop(self) -> None:
        """As Stage."""
        for writer in list(self._writers):
            writer.transport.abort()

    def _send(self, line: bytes) -> None:
        for writer in self._writers:
            writer.write(line + b"\r\n")


@dataclass
class TcpPeer(Made):
    """A receiver behind TCP."""

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[TcpStage]:
        """As Peer."""
        stage = TcpStage()
        made = await asyncio.start_server(stage.talk, "127.0.0.1", 0)
        async with made:
            stage.url = f"tcp://127.0.0.1:{made.sockets[0].getsockname()[1]}"
            yield stage


@dataclass
class WebPeer(Made):
    """A receiver behind a WebSocket."""

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[SocketStage]:
        """As Peer."""
        stage = SocketStage(lambda path, value: sentence(path, value).decode(), BAD.decode())

        async def play(connection: ServerConnection) -> None:
            stage.connections.add(connection)
            await connection.wait_closed()
            stage.connections.discard(connection)

        async with server(play) as stage.url:
            yield stage


SPEEDS = (10 * KNOT, 12 * KNOT, 14 * KNOT)
PEERS = (
    TcpPeer("ais", SHIP_NAME, SPEED, COURSE, SPEEDS),
    WebPeer("ais", SHIP_NAME, SPEED, COURSE, SPEEDS),
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("peer", PEERS, ids=["tcp", "websocket"])
def test_it_conforms(peer: Peer, check: Check) -> None:
    asyncio.run(check(peer))
