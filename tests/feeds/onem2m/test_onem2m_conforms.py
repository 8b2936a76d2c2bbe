"""The checks that ship with the program, on oneM2M over a WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from conform_peers import Made
from cse_lines import PUMP
from cse_peer import Cse, Tree, dumps
from feed_stage import server
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from console.feeds.conformance import CHECKS, Check

pytestmark = pytest.mark.expects_log("feed")


class CseStage:
    """A CSE that notifies whoever is connected."""

    def __init__(self) -> None:
        self.url = ""
        self.cse = Cse({f"{PUMP}/{name}": f"cnt{name}" for name in ("level", "flow")})
        self.cse.early = False
        self.cse.out = self._out
        self.connections: set[ServerConnection] = set()

    async def handle(self, connection: ServerConnection) -> None:
        """One connection."""
        self.connections.add(connection)
        with contextlib.suppress(ConnectionClosed):
            async for frame in connection:
                told = await self.cse.hear(json.loads(frame))
                if told is not None:
                    await connection.send(dumps(told))
        self.connections.discard(connection)

    async def _out(self, target: str, tree: Tree) -> None:
        del target
        await self._send(dumps(tree))

    async def _send(self, text: str) -> None:
        for connection in list(self.connections):
            with contextlib.suppress(ConnectionClosed):
                await connection.send(text)

    async def say(self, path: str, value: float) -> None:
        """As Stage."""
        await self.cse.publish(f"{PUMP}/{path}", str(value))

    async def rubbish(self) -> None:
        """As Stage."""
        await self._send('{"rqi": "x", "half')

    async def drop(self) -> None:
        """As Stage."""
        for connection in list(self.connections):
            connection.transport.abort()


@dataclass
class CsePeer(Made):
    """A CSE with a pump of two containers."""

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[CseStage]:
        """As Peer."""
        stage = CseStage()
        async with server(stage.handle, subprotocols=[Subprotocol("oneM2M.json")]) as stage.url:
            yield stage


PEER = CsePeer(
    "onem2m", PUMP, options={"cse": "cse-in", "cse_id": "busan-in", "ae": "CGwanje", "connect_s": 5.0}
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_conforms(check: Check) -> None:
    asyncio.run(check(PEER))
