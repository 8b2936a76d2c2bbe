"""Bad lines between the hub and a receiver of AIS, over TCP and WebSocket."""

from __future__ import annotations

import asyncio

import pytest
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
from test_ais_conforms import PEERS

from console.feeds.conformance import Peer

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
