"""Bad lines between the hub and a context broker, and to the broker of MQTT and the event socket beside it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from bad_lines import SILENT, Fault
from broker_stage import P1, QUICK, Given
from conform_peers import Made
from context_broker import context_broker, station
from feed_stage import server
from test_ngsi_conforms import PEERS, ContextStage
from test_ngsi_deliveries import EVENT
from websockets.asyncio.server import ServerConnection

from console.feeds.conformance import Peer

pytestmark = pytest.mark.expects_log("feed")


@dataclass
class EventPeer(Made):
    """The event socket of City Data Hub, with a broker beside it that others subscribe to."""

    options: Mapping[str, Given] = field(default_factory=dict[str, Given])

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[ContextStage]:
        """As Peer."""
        open_now: set[ServerConnection] = set()

        async def play(connection: ServerConnection) -> None:
            open_now.add(connection)
            await connection.wait_closed()
            open_now.discard(connection)

        async with context_broker() as broker, server(play, "/events") as url:
            self.options = {**QUICK, "broker": broker.url}

            async def deliver(body: bytes) -> None:
                del body

            class Stage(ContextStage):
                """Each value is an event on every socket."""

                async def say(self, path: str, value: float) -> None:
                    """As Stage."""
                    entity = station("p1", value, datetime.now(UTC).isoformat())
                    for connection in list(open_now):
                        await connection.send(json.dumps(EVENT | {"data": [entity]}))

            stage = Stage(broker, deliver)
            stage.url = url
            yield stage


ALL = (*PEERS, EventPeer("ngsi_ld", P1))


@pytest.mark.parametrize("fault", SILENT, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("peer", ALL, ids=lambda peer: type(peer).__name__)
def test_a_bad_line_to_a_context_broker_is_told_and_survived(peer: Peer, fault: Fault) -> None:
    async def scene() -> None:
        await fault(peer)

    asyncio.run(scene())
