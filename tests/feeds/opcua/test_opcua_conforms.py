"""The checks that ship with the program, on OPC UA."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from conform_peers import Made
from mosquitto_stage import free_port
from opcua_stage import URI, Plant

from console.feeds.conformance import CHECKS, Check, a_source_that_is_not_there_has_a_cause_and_is_tried_again

pytestmark = pytest.mark.expects_log("feed")


class PlantStage:
    """A server whose nodes are set from outside."""

    def __init__(self, plant: Plant) -> None:
        self.url = plant.url
        self._plant = plant

    async def say(self, path: str, value: float) -> None:
        """As Stage."""
        await asyncio.to_thread(self._plant.set, path, value, at=datetime.now(UTC))

    async def rubbish(self) -> None:
        """As Stage: a list where the profile has a value."""
        await asyncio.to_thread(self._plant.set, "level", [1.0, 2.0], at=datetime.now(UTC))

    async def drop(self) -> None:
        """As Stage."""
        await asyncio.to_thread(self._plant.stop)
        await asyncio.to_thread(self._plant.start)


@dataclass
class PlantPeer(Made):
    """A server that stops only for the check that wants it gone: its address space takes seconds to load."""

    plant: Plant | None = None
    stops: bool = False

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[PlantStage]:
        """As Peer."""
        assert self.plant is not None
        if self.plant.server is None:
            await asyncio.to_thread(self.plant.start)
        yield PlantStage(self.plant)
        if self.stops:
            await asyncio.to_thread(self.plant.stop)


@pytest.fixture(scope="module")
def peer() -> Generator[PlantPeer]:
    """One port for all checks."""
    plant = Plant(free_port())
    # Its own helpers are started with it, and stay until the end.
    plant.start()
    options: dict[str, str | float | bool] = {"publish_s": 0.05, "connect_s": 15.0}
    yield PlantPeer("opcua", f"nsu={URI};s=p1", options=options, plant=plant)
    plant.end()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_conforms(peer: PlantPeer, check: Check) -> None:
    peer.stops = check is a_source_that_is_not_there_has_a_cause_and_is_tried_again
    asyncio.run(check(peer))
