"""Runs in a network namespace of its own: a real signalk-server replays a recording, our adapter reads it.

Started by the journey test as `unshare --net python signalk_peer.py SERVER_DIR RECORDING SECONDS`; writes one
JSON line. The server listens on every address, which here is loopback alone.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.core.feed import FeedFact
from console.core.site import FeedDef, Site
from console.core.words import Text
from console.feeds.base import MoverFacts, Position
from console.feeds.mapping import FeedMapping
from console.feeds.registry import Registry
from console.feeds.runner import FeedRunner, Timing

PORT = 34567
IFF_UP = 0x1
SIOCSIFFLAGS = 0x8914


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Monotonic seconds."""
        return time.monotonic()

    def at(self) -> int:
        """UTC nanoseconds."""
        return time.time_ns()


class Chart:
    """Receiver that remembers what it was told of movers."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.names: dict[str, str] = {}
        self.placed: dict[str, Position] = {}
        self.facts: list[FeedFact] = []

    def batch(self, feed: str, batch: Batch) -> None:
        """No tags are mapped here."""

    def positions(self, feed: str, rows: list[Position]) -> None:
        """Last position of each."""
        self.placed.update((row.source, row) for row in rows)

    def movers(self, feed: str, rows: list[MoverFacts]) -> None:
        """Kinds and names."""
        self.kinds.update((row.source, row.kind) for row in rows)
        self.names.update((row.source, row.name) for row in rows if row.name)

    def gone(self, feed: str, sources: list[str]) -> None:
        """Off the map."""
        for source in sources:
            self.placed.pop(source, None)

    def lost(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """Nothing is mapped."""

    def back(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """Nothing is mapped."""

    def feed_changed(self, fact: FeedFact) -> None:
        """States in order."""
        self.facts.append(fact)


def raise_loopback() -> None:
    """A new network namespace has its loopback down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        fcntl.ioctl(handle, SIOCSIFFLAGS, struct.pack("16sh", b"lo", IFF_UP))


def settings(recording: Path) -> dict[str, object]:
    """The server's own settings for a recording of NMEA 0183, with everything else switched off."""
    elements: list[dict[str, object]] = [
        {"type": "providers/filestream", "options": {"filename": str(recording)}},
        {"type": "providers/liner", "options": {}},
        {"type": "providers/throttle", "options": {"rate": 100_000}},
        {"type": "providers/nmea0183-signalk", "options": {"sentenceEvent": "nmea0183-B"}},
    ]
    return {
        "interfaces": {
            "admin-ui": False,
            "webapps": False,
            "plugins": False,
            "appstore": False,
            "nmea-tcp": False,
        },
        "mdns": False,
        "pipedProviders": [{"id": "nmeaFromFile", "pipeElements": elements}],
    }


async def watch(seconds: float) -> dict[str, object]:
    """Read the server through adapter and runner for some seconds."""
    feed_def = FeedDef(
        id="port", adapter="signal_k", url=f"ws://127.0.0.1:{PORT}/signalk/v1/stream?subscribe=none",
        label=Text("항만", "Port"), movers="vessel",
    )  # fmt: skip
    site = Site(
        id="s",
        name=Text("", ""),
        time_zone="UTC",
        south=0,
        west=0,
        north=1,
        east=1,
        areas=(),
        types=(),
        assets=(),
    )
    chart = Chart()
    mapping = FeedMapping(Catalogue(site), feed_def)
    runner = FeedRunner(
        feed_def, Registry().make(feed_def), mapping, chart, Timing(SystemClock(), random.random)
    )
    task = asyncio.create_task(runner.run())
    await asyncio.sleep(seconds)
    fact = runner.fact()
    task.cancel()
    await asyncio.wait((task,))
    vessels = [name for name in chart.placed if chart.kinds.get(name) == "vessel"]
    return {
        "vessels": len(vessels),
        "named": sum(name in chart.names for name in vessels),
        "moving": sum((chart.placed[name].speed or 0) > 0 for name in vessels),
        "state": fact.state,
        "updates": fact.updates,
        "malformed": fact.malformed,
        "last_error": fact.last_error,
        "unknown": fact.unknown,
        "kinds": sorted(set(chart.kinds.values())),
    }


def main() -> None:
    """Start the server, read it, stop it, print what was seen."""
    server, recording, seconds = Path(sys.argv[1]), Path(sys.argv[2]), float(sys.argv[3])
    raise_loopback()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "settings.json").write_text(json.dumps(settings(recording)))
        log = Path(folder, "server.log")
        environment = os.environ | {"PORT": str(PORT), "SIGNALK_NODE_CONFIG_DIR": folder}
        with log.open("w") as out:
            command = ["node", str(server / "node_modules/signalk-server/bin/signalk-server")]
            child = subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=out)
            try:
                found = asyncio.run(watch(seconds))
            finally:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(10)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()
        found["log"] = log.read_text()[-1500:]
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
