"""Bad lines to the rooms that read a WebSocket, a broker or HTTP: the right state, and back by themselves."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from bad_lines import FAULTS, SILENT, Fault, a_certificate_nobody_vouches_for_is_refused
from conform_peers import BROKERS, HTTP, SOCKETS, Made

from console.feeds.conformance import Peer
from console.feeds.rest import adapter, schedule

pytestmark = pytest.mark.expects_log("feed")
TOLD_NOTHING = ("columns", "rest", "sparkplug")
"""The first two take no commands; a command of Sparkplug is a number, too small to fill a line: see its link."""


def named(peer: Made) -> str:
    return f"{peer.adapter} over WebSocket" if getattr(peer, "web", False) else peer.adapter


def cells() -> list[object]:
    """Every fault on every peer."""
    found: list[object] = []
    told = {"command_topic": "city/{source}/set"}
    brokers = [
        replace(peer, options={**peer.options, **told}) if peer.adapter == "mqtt" else peer
        for peer in BROKERS
    ]
    for peer in (*SOCKETS, *brokers, *HTTP):
        for fault in SILENT if peer.adapter in TOLD_NOTHING else FAULTS:
            if peer.adapter == "rest" and fault is a_certificate_nobody_vouches_for_is_refused:
                continue  # It trusts what its option names: test_rest_servers.
            found.append(pytest.param(peer, fault, id=f"{named(peer)}-{fault.__name__}"))
    return found


@pytest.mark.parametrize(("peer", "fault"), cells())
def test_a_bad_line_is_told_and_survived(peer: Peer, fault: Fault, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedule, "FIRST_BACK_OFF_S", 0.1)
    monkeypatch.setattr(adapter, "REFUSED_S", 0.1)
    asyncio.run(fault(peer))
