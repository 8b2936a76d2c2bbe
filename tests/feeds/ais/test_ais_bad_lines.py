"""Bad lines between the hub and a receiver of AIS, over TCP and WebSocket."""

from __future__ import annotations

import asyncio
import socket

import pytest
from ais_lines import position
from bad_lines import (
    SILENT,
    Fault,
    a_certificate_nobody_vouches_for_is_refused,
    a_half_open_line_is_found,
    a_host_that_is_not_there_is_found_when_it_comes,
    a_length_that_lies_ends_the_line,
    one_byte_a_second_is_no_source,
    wrong_credentials_are_a_refusal,
)
from mosquitto_stage import free_port
from test_ais_conforms import PEERS, SPEED, SPEEDS

from console.core.feed import FeedState
from console.feeds.conformance import PATIENCE_S, Peer
from console.feeds.conformance_line import LEVEL, feed_of, line, until

pytestmark = pytest.mark.expects_log("feed")
TCP, WEB = PEERS
PLAIN = (
    a_host_that_is_not_there_is_found_when_it_comes,
    a_half_open_line_is_found,
    one_byte_a_second_is_no_source,
)
"""Sentences over TCP have neither a login nor a length, and no TLS."""
CELLS = [(TCP, fault) for fault in PLAIN] + [(WEB, fault) for fault in SILENT]


@pytest.mark.parametrize(
    ("peer", "fault"), CELLS, ids=[f"{type(peer).__name__}-{fault.__name__}" for peer, fault in CELLS]
)
def test_a_bad_line_to_a_receiver_is_told_and_survived(peer: Peer, fault: Fault) -> None:
    asyncio.run(fault(peer))


def test_what_tcp_cannot_have_is_had_by_the_websocket() -> None:
    assert set(SILENT) - set(PLAIN) == {
        wrong_credentials_are_a_refusal,
        a_certificate_nobody_vouches_for_is_refused,
        a_length_that_lies_ends_the_line,
    }


def test_a_sender_of_datagrams_that_dies_or_sends_scraps_is_told_and_heard_again() -> None:
    """Datagrams have no connection: what can be seen is silence, and scraps of one byte that are no sentence."""
    port = free_port()
    options: dict[str, str | float | bool] = {"idle_s": 1.0, "late_s": 0.4}
    feed = feed_of("ais", f"udp://127.0.0.1:{port}", options, TCP.source, {LEVEL: SPEED})

    async def scene(out: socket.socket) -> None:
        def heard() -> bool:
            out.sendto(position(speed=round(SPEEDS[0] * 3600 / 1852, 1)), ("127.0.0.1", port))
            return bool(made.rows(LEVEL))

        def late() -> bool:
            out.sendto(b"!", ("127.0.0.1", port))
            return made.runner.fact().state is not FeedState.LIVE

        async with line(TCP.make, feed) as made:
            await until(heard, PATIENCE_S, "a sentence is heard")
            await until(late, PATIENCE_S, "scraps are no sentences")
            await until(lambda: any(fact.why == "idle" for fact in made.book.downs), PATIENCE_S, "silence")
            before = len(made.rows(LEVEL))
            await until(lambda: heard() and len(made.rows(LEVEL)) > before, PATIENCE_S, "it is heard again")

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made_out:
        asyncio.run(scene(made_out))
