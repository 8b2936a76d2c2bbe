"""The checks that ship with Gwanje, on the example: python -m pytest test_gwanje_pairs.py"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from types import MappingProxyType

import pytest
from gwanje_pairs import make

from console.feeds.conformance import CHECKS, Check


class Stage:
    """A server that says the same to everybody who is connected."""

    def __init__(self) -> None:
        self.url = ""
        self._writers: set[asyncio.StreamWriter] = set()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        with suppress(OSError):
            await reader.read()
        self._writers.discard(writer)
        writer.transport.abort()

    async def say(self, path: str, value: float) -> None:
        self._send(f"pump-1 {path}={value}")

    async def rubbish(self) -> None:
        self._send("pump-1 level=\N{WATER WAVE}")

    async def drop(self) -> None:
        for writer in list(self._writers):
            writer.transport.abort()

    def _send(self, line: str) -> None:
        for writer in self._writers:
            writer.write(line.encode() + b"\n")


class Peer:
    """A source with one pump."""

    adapter, source, level, flow = "pairs", "pump-1", "level", "flow"
    values = (2.5, 7.5, 4.25)
    options: Mapping[str, str | float | bool] = MappingProxyType({})
    make = staticmethod(make)

    @asynccontextmanager
    async def serve(self) -> AsyncGenerator[Stage]:
        stage = Stage()
        server = await asyncio.start_server(stage.talk, "127.0.0.1", 0)
        async with server:
            stage.url = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            yield stage


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_it_conforms(check: Check) -> None:
    asyncio.run(check(Peer()))
