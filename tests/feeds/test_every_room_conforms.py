"""The checks that ship with the program, on each of our own rooms that reads a WebSocket, a broker or HTTP."""

from __future__ import annotations

import asyncio

import pytest
from conform_peers import BROKERS, HTTP, SOCKETS, Made

from console.feeds.conformance import CHECKS, Check, Peer

pytestmark = pytest.mark.expects_log("feed")
PEERS = (*SOCKETS, *BROKERS, *HTTP)


def named(peer: Made) -> str:
    return f"{peer.adapter} over WebSocket" if getattr(peer, "web", False) else peer.adapter


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("peer", PEERS, ids=named)
def test_it_conforms(peer: Peer, check: Check) -> None:
    asyncio.run(check(peer))
