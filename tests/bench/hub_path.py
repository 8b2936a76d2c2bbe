"""How much a hub follows: columnar source -> hub (normalise, alarm, history) -> one seat, each a process of its own.

`python tests/bench/hub_path.py [points] [rate ...]` prints for each rate what arrived, the source-to-seat time, the
processor time of the hub and its memory.
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
from numpy.typing import NDArray
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from console.wire.codec import console_codec
from console.wire.frames import TELEMETRY, kind_of, unpack_telemetry
from console.wire.limits import SUBPROTOCOL_MSGPACK
from console.wire.messages import Challenge, Heartbeat, Hello, Subscribe
from console.wire.proof import proof

HERE = Path(__file__).parent
PROTOCOLS = [Subprotocol(SUBPROTOCOL_MSGPACK)]
SECONDS = 8.0
SETTLE_S = 3.0
_RUN = """
import sys
from pathlib import Path
from console.hub.service import main
from console.setup.arguments import HubOptions
sys.exit(main(HubOptions(Path(sys.argv[1]), Path(sys.argv[2]), listen_port=0, feed_urls={"bulk": sys.argv[3]})))
"""


class Seat:
    """One console that reads as fast as it can."""

    def __init__(self) -> None:
        self.rows = 0
        self.coalesced = 0
        self.delays: list[NDArray[np.float64]] = []
        self.codec = console_codec(SUBPROTOCOL_MSGPACK)

    async def read(self, wire: ClientConnection) -> None:
        """Count rows and their age on arrival until cancelled."""
        async for data in wire:
            if isinstance(data, bytes) and kind_of(data) == TELEMETRY:
                batch = unpack_telemetry(data)
                self.rows += len(batch)
                self.delays.append((time.time_ns() - batch.at[batch.at > 0]) / 1e6)
            elif isinstance(message := self.codec.decode(data), Heartbeat):
                self.coalesced = message.coalesced


def _start(words: list[str]) -> tuple[subprocess.Popen[str], str]:
    environ = {**os.environ, "GWANJE_HUB_SECRET": "bench", "PYTHONPATH": str(HERE.parent.parent)}
    process = subprocess.Popen(words, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())["ready"]
    return process, ready if isinstance(ready, str) else ready["url"]


def _order(source: subprocess.Popen[str], words: str) -> int:
    assert source.stdin is not None
    assert source.stdout is not None
    source.stdin.write(words + "\n")
    source.stdin.flush()
    return int(json.loads(source.stdout.readline())["sent"])


async def _measure(source: subprocess.Popen[str], hub: psutil.Process, seat: Seat, rate: float) -> None:
    await asyncio.to_thread(_order, source, f"rate {rate}")
    await asyncio.sleep(SETTLE_S)
    seat.delays.clear()
    rows, cpu, began = seat.rows, hub.cpu_times(), time.perf_counter()
    sent = await asyncio.to_thread(_order, source, f"rate {rate}")
    await asyncio.sleep(SECONDS)
    sent = await asyncio.to_thread(_order, source, f"rate {rate}") - sent
    took = time.perf_counter() - began
    used = hub.cpu_times()
    delays = np.concatenate(seat.delays)
    load = (used.user + used.system - cpu.user - cpu.system) / took
    print(
        f"asked {rate:>9,.0f}/s  sent {sent / took:>9,.0f}/s  to seat {(seat.rows - rows) / took:>8,.0f} rows/s  "
        f"age p50 {np.percentile(delays, 50):.0f} p99 {np.percentile(delays, 99):.0f} max {delays.max():.0f} ms  "
        f"hub CPU {100 * load:.0f} %  RSS {hub.memory_info().rss / 1e6:.0f} MB",
        flush=True,
    )


async def _run(url: str, source: subprocess.Popen[str], hub: psutil.Process, rates: list[float]) -> None:
    seat = Seat()
    async with connect(url, subprotocols=PROTOCOLS, compression=None, max_size=None) as wire:
        challenge = seat.codec.decode(await wire.recv())
        assert isinstance(challenge, Challenge)
        hello = Hello(proof=proof("bench", challenge.nonce), user="bench")
        await wire.send(seat.codec.encode(hello))
        await wire.send(seat.codec.encode(Subscribe(n=1, all_tags=True, max_hz=10.0)))
        reading = asyncio.create_task(seat.read(wire))
        for rate in rates:
            await _measure(source, hub, seat, rate)
        reading.cancel()


def main() -> None:
    """Start a source and a hub, and measure."""
    points = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    rates = [float(word) for word in sys.argv[2:]] or [100_000.0, 200_000.0, 400_000.0, 800_000.0]
    with tempfile.TemporaryDirectory() as folder:
        site = Path(folder) / "site"
        site.mkdir()
        write_site(site, points, 100)
        source, feed = _start([sys.executable, str(HERE / "column_source.py"), "--points", str(points)])
        hub, url = _start([sys.executable, "-c", _RUN, str(site), str(Path(folder) / "data"), feed])
        try:
            asyncio.run(_run(url, source, psutil.Process(hub.pid), rates))
        finally:
            hub.terminate()
            source.kill()
            hub.wait(10)


if __name__ == "__main__":
    main()
