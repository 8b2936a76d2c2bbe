"""Bad lines between the hub and a CSE, over WebSocket and through a broker."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from bad_lines import FAULTS, Fault
from conform_peers import Made
from cse_lines import PUMP, broker_cse
from mosquitto_stage import mosquitto
from test_onem2m_conforms import PEER, CseStage

from console.feeds.conformance import Peer

pytestmark = pytest.mark.expects_log("feed")


@dataclass
class BrokerPeer(Made):
    """The same CSE behind Mosquitto."""

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[CseStage]:
        """As Peer."""
        stage = CseStage()
        with tempfile.TemporaryDirectory() as folder, mosquitto(Path(folder)) as broker:
            async with broker_cse(stage.cse, broker) as made:
                stage.url = made.url
                yield stage


PEERS = (PEER, BrokerPeer("onem2m", PUMP, options=PEER.options))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("peer", PEERS, ids=["websocket", "mqtt"])
def test_a_bad_line_to_a_cse_is_told_and_survived(peer: Peer, fault: Fault) -> None:
    asyncio.run(fault(peer))
