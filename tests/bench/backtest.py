"""How many times faster than real time a back-test is: 1,000 points of 1 Hz, from a CSV file to JSON lines.

python tests/bench/backtest.py [MINUTES]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from io import BytesIO
from pathlib import Path

import numpy as np
from bench_site import write_site

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from console.core.alarm.kpi import report
from console.core.alarm.occurrences import NEVER, Occurrences
from console.core.catalogue import Catalogue
from console.hub.backtest.lines import LineWriter
from console.hub.backtest.samples import SampleFile
from console.hub.backtest.session import Session
from console.hub.backtest.stamps import write_at
from console.hub.profile import load_site

POINTS = 1000
TAGS_EACH = 10
NS = 1_000_000_000
T0 = 1_793_491_200 * NS


def write_samples(path: Path, catalogue: Catalogue, seconds: int, jitter: bool) -> None:
    """A second's points at one time, or each at a time of its own; alarms come and go on a few of them."""
    rng = np.random.default_rng(1)
    keys = [point.key for point in catalogue.tags]
    phase = rng.integers(0, 1000, len(keys)) if jitter else np.zeros(len(keys), np.int64)
    order = np.argsort(phase, kind="stable").tolist()
    swing = rng.uniform(600.0, 7200.0, len(keys))
    with path.open("w", encoding="ascii") as file:
        file.write("at,tag,value,quality\n")
        for second in range(seconds):
            values = 75.0 + 27.0 * np.sin(second * 2 * np.pi / swing) + rng.normal(0.0, 0.3, len(keys))
            stamps = {int(p): write_at(T0 + second * NS + int(p) * 1_000_000) for p in np.unique(phase)}
            file.writelines(f"{stamps[int(phase[i])]},{keys[i]},{values[i]:.2f},good\n" for i in order)


def played(folder: Path, seconds: int, jitter: bool) -> None:
    """Prints the ratio for one file."""
    site = load_site(folder / "site")
    catalogue = Catalogue(site)
    path = folder / f"samples-{jitter}.csv"
    write_samples(path, catalogue, seconds, jitter)
    out = BytesIO()
    begin, begin_cpu = time.perf_counter(), time.process_time()
    writer = LineWriter(out, catalogue)
    session = Session(catalogue, None, writer)
    result = session.play(SampleFile(path, catalogue).batches(), 0, 2**63 - 1)
    spent, cpu = time.perf_counter() - begin, time.process_time() - begin_cpu
    times = "a time of its own for each point" if jitter else "one time a second"
    print(
        f"{seconds / spent:,.0f} times real time, {result.rows / spent / 1e6:.2f} M samples/s, {times}: "
        f"{result.rows:,} samples ({os.path.getsize(path) / 1e6:.0f} MB), {writer.transitions:,} transitions, "
        f"{spent:.2f} s ({cpu:.2f} s of one core: {seconds / cpu:,.0f} times)"
    )


def figures(rows: int) -> None:
    """Prints how long all figures of a million occurrences take."""
    rng = np.random.default_rng(2)
    on = np.sort(rng.integers(0, 365 * 86_400 * NS, rows))
    off = np.where(rng.random(rows) < 0.001, NEVER, on + rng.integers(NS, 3600 * NS, rows))
    columns = Occurrences(
        tuple(f"area-{i}" for i in range(5)),
        rng.zipf(1.3, rows) % 2000,
        rng.integers(0, 5, rows),
        rng.choice([1, 2, 3, 4], rows, p=[0.01, 0.05, 0.14, 0.8]),
        on,
        off,
        np.where(rng.random(rows) < 0.8, on + 30 * NS, NEVER),
        np.full(rows, np.nan),
        np.zeros(rows, np.bool_),
    )
    begin = time.perf_counter()
    found = report(columns, 0, 365 * 86_400 * NS)
    print(
        f"figures of {rows:,} occurrences, whole and {len(found.by_area)} areas: "
        f"{time.perf_counter() - begin:.2f} s ({len(found.whole.floods)} floods)"
    )


def main(minutes: int) -> None:
    """Prints both ratios and the time of the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_site(folder / "site", POINTS, TAGS_EACH)
        for jitter in (False, True):
            played(folder, minutes * 60, jitter)
    figures(1_000_000)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 60)
