"""Feed of an OPC UA server. The library is an optional part of the installation, so it is loaded when it is needed."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from console.core.site import FeedDef
from console.feeds.base import DeviceAnswer, DeviceCommand, FeedDown, FeedSink
from console.feeds.opcua.options import OpcuaOptions, opcua_options
from console.feeds.opcua.watched import reader
from console.feeds.tap import FrameReader

if TYPE_CHECKING:
    from console.feeds.opcua.life import Life


def load_library(name: str = "asyncua") -> None:
    """Load what speaks the protocol. Blocking. Raises FeedDown where it is not installed."""
    try:
        importlib.import_module(name)
    except ImportError as error:
        raise FeedDown("no_library", f"{name}: pip install gwanje[opcua]", refused=True) from error


class OpcuaFeed:
    """One server."""

    def __init__(self, options: OpcuaOptions, worded: frozenset[str]) -> None:
        self._options = options
        self._worded = worded
        self._points: dict[tuple[str, str], float] = {}
        self._life: Life | None = None

    def expect(self, points: Mapping[tuple[str, str], float]) -> None:
        """As PointedFeed: what is subscribed to. What was discovered is found again by walking the server."""
        self._points = {point: period for point, period in points.items() if period > 0}

    async def run(self, sink: FeedSink) -> None:
        """One life of the connection; ends by raising FeedDown."""
        await asyncio.to_thread(load_library)
        from console.feeds.opcua.life import open_life

        async with open_life(self._options, self._points, self._worded, sink) as life:
            self._life = life
            try:
                await life.deliver()
            finally:
                self._life = None

    def played(self, sink: FeedSink) -> FrameReader:
        """As PlayedFeed; the library is not needed."""
        return reader(self._options.join, sink)

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Write a value; what the server says, and what is read back, comes through `answer`. Raises FeedDown."""
        if self._life is None:
            raise FeedDown("not_connected")
        if command.test:
            raise FeedDown("no_tests", command.path)
        await self._life.writes.write(command, answer)


def make(feed: FeedDef) -> OpcuaFeed:
    """Adapter `opcua`; options as in `OpcuaOptions`."""
    # A number that the profile wants as a word is asked for by its word; digits may stand for words too.
    worded = {route.path for part in feed.map for route in part.tags.values() if route.states}
    return OpcuaFeed(opcua_options(feed), frozenset(worded))
