"""Bad lines between the hub and an OPC UA server; its length, certificates and users are in test_opcua_session."""

from __future__ import annotations

import asyncio

import pytest
from bad_lines import (
    Fault,
    a_half_open_line_is_found,
    a_host_that_is_not_there_is_found_when_it_comes,
    a_source_that_takes_nothing_holds_no_command,
    one_byte_a_second_is_no_source,
)
from test_opcua_conforms import PlantPeer, peer

pytestmark = pytest.mark.expects_log("feed")
__all__ = ["peer"]


@pytest.mark.parametrize(
    "fault",
    [
        a_host_that_is_not_there_is_found_when_it_comes,
        a_half_open_line_is_found,
        a_source_that_takes_nothing_holds_no_command,
        one_byte_a_second_is_no_source,
    ],
    ids=lambda fault: fault.__name__,
)
def test_a_bad_line_to_a_server_is_told_and_survived(peer: PlantPeer, fault: Fault) -> None:
    asyncio.run(fault(peer))
