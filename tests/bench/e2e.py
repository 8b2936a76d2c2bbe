"""How much the whole program follows: columnar source -> hub -> window with four charts, each a process of its own.

`main.py bench e2e [--points 20000] [--seconds 8] [--rates 25000,50000,…]`. For each rate it prints what the source sent
and the hub took, the time from the source's stamp to the end of the paint that shows it, and what each process costs.
A rate is followed when the source could send it, the hub took it within 2 %, and p99 is 500 ms or less.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from _processes import PROGRAM, ROOT, Part
from bench_site import write_site

from console.setup.arguments import HUB_SECRET_ENV
from console.setup.display import display_problem, virtual_display

HERE = Path(__file__).parent
TAGS_EACH = 100
SETTLE_S = 3.0
P99_S = 0.5
RATES = "25000,50000,100000,200000,400000,800000,1200000,1600000"
_FIRST_PAINT = re.compile(r"^(\S+ \S+) \S+ +app +first paint after ([\d.]+) s", re.MULTILINE)


class Chain:
    """Source, hub and console, and what can be read of them."""

    def __init__(self, folder: Path, points: int, end: ExitStack) -> None:
        write_site(folder / "site", points, TAGS_EACH)
        self._secret = secrets.token_urlsafe(16)
        environ = {HUB_SECRET_ENV: self._secret}
        words = [sys.executable, str(HERE / "column_source.py"), "--points", str(points), "--rate", "1000"]
        self.source = Part("source", words, folder / "source.log")
        end.callback(self.source.end)
        words = [*PROGRAM, "hub", "--site", str(folder / "site"), "--data", str(folder / "data")]
        words += ["--listen", "127.0.0.1:0", "--feed", f"bulk={self.source.ready}"]
        self.hub = Part("hub", words, folder / "hub.log", environ)
        end.callback(self.hub.end)
        self._url = str(self.hub.ready["url"])
        words = [sys.executable, str(HERE / "_console_probe.py"), self._url, str(folder / "seat")]
        self.console = Part("console", words, folder / "console.log", environ)
        end.callback(self.console.end)
        self.parts = (self.source, self.hub, self.console)

    def taken(self) -> int:
        """Updates that the hub has handled since its start."""
        address = self._url.replace("ws://", "http://").removesuffix("/ws") + "/metrics"
        request = urllib.request.Request(address, headers={"Authorization": f"Bearer {self._secret}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            found = re.search(r"^gwanje_updates_total ([\d.e+]+)$", answer.read().decode(), re.MULTILINE)
        assert found is not None
        return round(float(found[1]))

    def step(self, rate: int, seconds: float) -> bool:
        """Push at a rate for some seconds, print a line, say whether it was followed."""
        self.source.ask(f"rate {rate}")
        time.sleep(SETTLE_S)
        for part in self.parts:
            part.cpu_share()
        self.console.ask("take")
        sent, taken, began = self.source.ask("rate " + str(rate))["sent"], self.taken(), time.monotonic()
        time.sleep(seconds)
        sent = self.source.ask("rate " + str(rate))["sent"] - sent
        taken, took = self.taken() - taken, time.monotonic() - began
        painted = self.console.ask("take")
        cpu = [part.cpu_share() for part in self.parts]
        p50, p99 = painted.get("p50", float("inf")), painted.get("p99", float("inf"))
        kept_up = sent / took >= 0.95 * rate and taken >= 0.98 * sent
        followed = kept_up and p99 <= P99_S
        print(
            f"{rate:>9,} {sent / took:>10,.0f} {taken / took:>10,.0f} {p50 * 1e3:>7.0f} {p99 * 1e3:>7.0f}"
            f" {painted['paints'] / took:>7.1f}  "
            + " ".join(f"{share:>6.0%}" for share in cpu)
            + f"   {'yes' if followed else 'no'}",
            flush=True,
        )
        return followed


def first_paints(folder: Path, environ: dict[str, str]) -> list[float]:
    """Seconds from the start of the process to the first paint: first start of an installation, then second."""
    found: list[float] = []
    log = folder / "console" / "console.log"
    for number in (1, 2):
        began = datetime.now()
        words = [*PROGRAM, "console", "--data", str(folder), "--map", "native"]
        child = subprocess.Popen(
            words, cwd=ROOT, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                paints = _FIRST_PAINT.findall(log.read_text(encoding="utf-8")) if log.exists() else []
                if len(paints) >= number:
                    at = datetime.strptime(paints[-1][0], "%Y-%m-%d %H:%M:%S,%f")
                    found.append((at - began).total_seconds())
                    break
                time.sleep(0.02)
            time.sleep(2)
        finally:
            child.terminate()
            child.wait(15)
    return found


def print_memory(chain: Chain) -> None:
    """One line for each process."""
    for part in chain.parts:
        resident, proportional = part.memory_mb()
        print(f"{part.name:<8} RSS {resident:>6.0f} MiB   PSS {proportional:>6.0f} MiB")


def main() -> None:
    """Run the ramp and print."""
    parser = argparse.ArgumentParser(prog="main.py bench e2e", description=__doc__)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rates", default=RATES)
    options = parser.parse_args()
    rates = [int(rate) for rate in options.rates.split(",")]
    with ExitStack() as end:
        if display_problem() is not None:
            os.environ["DISPLAY"] = end.enter_context(virtual_display())
        folder = Path(end.enter_context(tempfile.TemporaryDirectory(prefix="gwanje-bench-")))
        paints = first_paints(folder / "paint", dict(os.environ))
        print(
            "first paint: " + ", ".join(f"{s:.2f} s" for s in paints) + " (first and second start)",
            flush=True,
        )
        chain = Chain(folder, options.points, end)
        print(
            f"{options.points:,} points, {chain.console.ready['panes']} charts, {os.cpu_count()} processors"
        )
        print("   asked       sent      taken     p50     p99  paints  source    hub console  followed")
        best, misses = 0, 0
        for rate in rates:
            followed = chain.step(rate, options.seconds)
            best = rate if followed else best
            misses = 0 if followed else misses + 1
            if misses == 2:
                break
        print(f"highest rate followed with p99 <= {P99_S * 1e3:.0f} ms: {best:,} updates/s")
        print_memory(chain)


if __name__ == "__main__":
    main()
