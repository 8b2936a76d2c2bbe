"""A burst of alarms through a real hub process to a real seat: how many are lost, and how long each takes.

python tests/bench/alarm_burst.py [ALARMS] [SECONDS]; 10,000 in 60 s unless told. Prints the lost, the time from
sample to seat, and the hub's processor time and memory.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil
from bench_site import write_site
from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.typing import Subprotocol

from console.core.alarm.facts import AlarmLetter
from console.core.batch import Batch
from console.wire.codec import console_codec
from console.wire.frames import kind_of, pack_telemetry
from console.wire.limits import SUBPROTOCOL_MSGPACK
from console.wire.messages import AlarmsChanged, Challenge, Hello, Message, SnapshotDone, Subscribe
from console.wire.proof import proof

HERE = Path(__file__).parent
PROTOCOLS = [Subprotocol(SUBPROTOCOL_MSGPACK)]
TAGS_EACH = 100
TICKS_PER_S = 20
PATIENCE_S = 30.0
_RUN = """
import sys
from pathlib import Path
from console.hub.service import main
from console.setup.arguments import HubOptions
sys.exit(main(HubOptions(Path(sys.argv[1]), Path(sys.argv[2]), listen_port=0, feed_urls={"bulk": sys.argv[3]})))
"""


class Source:
    """The city's side: names its points to the hub, then sends what it is told."""

    def __init__(self, points: int) -> None:
        self._names = [(f"unit-{n // TAGS_EACH}", f"v{n % TAGS_EACH}") for n in range(points)]
        self.wire: ServerConnection | None = None
        self.here = asyncio.Event()

    async def serve(self, wire: ServerConnection) -> None:
        """One connection of the hub."""
        await wire.send(json.dumps({"points": self._names}))
        self.wire = wire
        self.here.set()
        await wire.wait_closed()

    async def send(self, first: int, last: int, value: float) -> None:
        """Points [first, last) have this value now."""
        assert self.wire is not None
        n = last - first
        at = np.full(n, time.time_ns(), np.int64)
        tag = np.arange(first, last, dtype=np.uint32)
        await self.wire.send(pack_telemetry(Batch(tag, at, np.full(n, value), np.zeros(n, np.uint8))))


class Seat:
    """Keeps how long each alarm took."""

    def __init__(self, wire: ClientConnection) -> None:
        self._wire = wire
        self._codec = console_codec(SUBPROTOCOL_MSGPACK)
        self.delays: dict[int, float] = {}

    async def say(self, message: Message) -> None:
        """Send one message."""
        await self._wire.send(self._codec.encode(message))

    async def greet(self, secret: str) -> None:
        """Answer the hub's challenge."""
        challenge = self._codec.decode(await self._wire.recv())
        assert isinstance(challenge, Challenge)
        await self.say(Hello(proof=proof(secret, challenge.nonce), user="bench"))

    async def until_ready(self) -> None:
        """Read to the end of the snapshot."""
        async for data in self._wire:
            telemetry = isinstance(data, bytes) and kind_of(data)
            if not telemetry and isinstance(self._codec.decode(data), SnapshotDone):
                return

    async def read(self, alarms: int) -> None:
        """Until every alarm has come."""
        while len(self.delays) < alarms:
            data = await self._wire.recv()
            if isinstance(data, bytes) and kind_of(data):
                continue
            message = self._codec.decode(data)
            if isinstance(message, AlarmsChanged):
                now = time.time_ns()
                for fact in message.alarms:
                    if fact.state.letter is AlarmLetter.B:
                        self.delays.setdefault(fact.alarm, (now - fact.at_event) / 1e6)


async def burst(source: Source, alarms: int, seconds: float) -> None:
    """All points go beyond their limit, evenly."""
    ticks = max(1, round(seconds * TICKS_PER_S))
    began = time.monotonic()
    for tick in range(ticks):
        await source.send(tick * alarms // ticks, (tick + 1) * alarms // ticks, 120.0)
        await asyncio.sleep(max(0.0, began + (tick + 1) / TICKS_PER_S - time.monotonic()))


async def measure(folder: Path, alarms: int, seconds: float) -> int:
    """The number of alarms lost."""
    site = folder / "site"
    site.mkdir()
    write_site(site, alarms, TAGS_EACH)
    kind = site / "types" / "unit.toml"
    # What is measured is the hub, not the patience of a definition.
    kind.write_text(kind.read_text("utf-8").replace("on_delay_s = 5.0\n", ""), encoding="utf-8")
    source = Source(alarms)
    async with serve(source.serve, "127.0.0.1", 0, compression=None, max_size=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        environ = {**os.environ, "GWANJE_HUB_SECRET": "bench", "PYTHONPATH": str(HERE.parent.parent)}
        words = [sys.executable, "-c", _RUN, str(site), str(folder / "data"), f"ws://127.0.0.1:{port}/"]
        hub = await asyncio.create_subprocess_exec(*words, env=environ, stdout=subprocess.PIPE)
        try:
            assert hub.stdout is not None
            url = json.loads(await hub.stdout.readline())["ready"]["url"]
            return await _with_hub(url, source, psutil.Process(hub.pid), (alarms, seconds))
        finally:
            hub.terminate()
            await hub.wait()


async def _with_hub(url: str, source: Source, hub: psutil.Process, load: tuple[int, float]) -> int:
    alarms, seconds = load
    async with connect(url, subprotocols=PROTOCOLS, compression=None, max_size=None) as wire:
        seat = Seat(wire)
        await seat.greet("bench")
        await seat.until_ready()
        await seat.say(Subscribe(n=1, all_tags=True, max_hz=10.0))
        await source.here.wait()
        await source.send(0, alarms, 10.0)
        await asyncio.sleep(1.0)
        before, began = hub.cpu_times(), time.perf_counter()
        reading = asyncio.create_task(seat.read(alarms))
        await burst(source, alarms, seconds)
        await asyncio.wait({reading}, timeout=PATIENCE_S)
        reading.cancel()
        used, took = hub.cpu_times(), time.perf_counter() - began
    delays = np.array(list(seat.delays.values()) or [np.nan])
    cpu = (used.user + used.system - before.user - before.system) / took
    p50, p99 = np.percentile(delays, [50, 99])
    lost = alarms - len(seat.delays)
    print(
        f"{alarms:,} alarms in {seconds:g} s: lost {lost}, sample to seat p50 {p50:.0f} p99 {p99:.0f} "
        f"max {delays.max():.0f} ms, hub CPU {100 * cpu:.0f} %, RSS {hub.memory_info().rss / 1e6:.0f} MB"
    )
    return lost


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    within = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    with tempfile.TemporaryDirectory() as temporary:
        sys.exit(1 if asyncio.run(measure(Path(temporary), wanted, within)) else 0)
