"""How many updates a second the historian keeps, and how long a question takes: `historian.py [tags] [seconds]`."""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from console.core.batch import NS, Batch
from console.hub.clock import SystemClock
from console.hub.historian.historian import Historian


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Write as fast as the disk takes it, without dropping, and print rates, sizes and query times."""
    tags = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 15.0
    random = np.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "h.db"
        historian = Historian(path, SystemClock())
        began, cpu, rows = time.perf_counter(), _cpu(), 0
        value = random.normal(50, 5, tags).round(2)
        tag = np.arange(tags, dtype=np.uint32)
        start = time.time_ns()
        while (now := time.perf_counter() - began) < seconds:
            value = (value + random.normal(0, 0.1, tags)).round(2)
            historian.write(Batch(tag, np.full(tags, start + int(now * NS)), value, np.zeros(tags, np.uint8)))
            rows += tags
            while historian._pending_rows > 4_000_000:
                time.sleep(0.01)
        wrote = time.perf_counter() - began
        times: list[float] = []
        for n in range(40):
            at = time.perf_counter()
            historian.query(n * 100, start, time.time_ns(), 1000)
            times.append(time.perf_counter() - at)
        historian.close()
        cpu = _cpu() - cpu
        print(
            f"kept {rows:,} rows of {tags:,} tags in {wrote:.1f} s: {rows / wrote:,.0f}/s, "
            f"dropped {historian.dropped:,}"
        )
        print(
            f"CPU {cpu:.1f} s: {rows / cpu:,.0f} rows per CPU second; {path.stat().st_size / rows:.2f} bytes a row"
        )
        print(f"query p50 {np.median(times) * 1e3:.1f} ms, max {max(times) * 1e3:.1f} ms")


if __name__ == "__main__":
    main()
