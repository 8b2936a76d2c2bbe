"""A columnar source for benches: a websocket server that pushes 20,000 points in binary columns at a set rate.

Run as a process of its own: `python tests/bench/column_source.py --points 20000 --rate 200000`; it prints one ready
line, then obeys lines on its standard input: `rate N` sets updates a second, `stop` ends it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time

import numpy as np
from websockets.asyncio.server import ServerConnection, serve

from console.core.batch import Batch
from console.wire.frames import pack_telemetry

ROWS = 2000
"""Updates in one frame."""


class Source:
    """Pushes slow sine waves with noise; 0.1 % of the rows cross the alarm limit."""

    def __init__(self, points: int, tags_each: int, rate: float) -> None:
        self.points = points
        self.tags_each = tags_each
        self.rate = rate
        self.sent = 0
        self._noise = np.random.default_rng(7)

    def names(self) -> list[tuple[str, str]]:
        """Names of all points, as the bench site maps them."""
        return [(f"unit-{i // self.tags_each}", f"v{i % self.tags_each}") for i in range(self.points)]

    def frame(self, first: int) -> bytes:
        """`ROWS` updates from point `first` on, stamped now."""
        tag = ((first + np.arange(ROWS)) % self.points).astype(np.uint32)
        at = np.full(ROWS, time.time_ns(), np.int64)
        value = 50 + 20 * np.sin(time.time() / 20 + tag / 500.0) + self._noise.normal(0, 0.5, ROWS)
        value[self._noise.random(ROWS) < 0.001] += 60
        return pack_telemetry(Batch(tag, at, value, np.zeros(ROWS, np.uint8)))

    async def push(self, connection: ServerConnection) -> None:
        """Serve one hub until it goes."""
        await connection.send(json.dumps({"points": self.names()}))
        first, due = 0, time.monotonic()
        while True:
            await connection.send(self.frame(first))
            first = (first + ROWS) % self.points
            self.sent += ROWS
            due = max(due + ROWS / self.rate, time.monotonic() - 0.2)
            await asyncio.sleep(max(0.0, due - time.monotonic()))


async def _obey(source: Source) -> None:
    loop = asyncio.get_running_loop()
    while True:
        words = (await loop.run_in_executor(None, sys.stdin.readline)).split()
        if not words or words[0] == "stop":
            return
        if words[0] == "rate":
            source.rate = float(words[1])
        print(json.dumps({"sent": source.sent, "at": time.time_ns()}), flush=True)


async def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--tags-each", type=int, default=100)
    parser.add_argument("--rate", type=float, default=200_000)
    options = parser.parse_args()
    source = Source(options.points, options.tags_each, options.rate)
    async with serve(source.push, "127.0.0.1", 0, compression=None, max_size=None) as server:
        port = server.sockets[0].getsockname()[1]
        print(json.dumps({"ready": f"ws://127.0.0.1:{port}/"}), flush=True)
        await _obey(source)


if __name__ == "__main__":
    asyncio.run(_main())
