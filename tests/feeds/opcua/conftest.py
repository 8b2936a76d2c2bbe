"""Servers for the tests of OPC UA."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from mosquitto_stage import free_port
from opcua_stage import Plant


@pytest.fixture(scope="module")
def lasting() -> Generator[Plant, None, None]:
    """One server for many tests: its address space takes more than a second to load."""
    made = Plant(free_port())
    try:
        made.start()
        yield made
    finally:
        made.end()


@pytest.fixture
def plant(lasting: Plant) -> Plant:
    """The server with its values as they were."""
    lasting.reset()
    return lasting


@pytest.fixture
def own_plant() -> Generator[Plant, None, None]:
    """A server to be stopped."""
    made = Plant(free_port())
    try:
        made.start()
        yield made
    finally:
        made.end()
