"""A quiet city for some minutes: no warning in any log, and the memory of every process flat.

`main.py bench quiet_city [--minutes 20] [--map web]` starts `main.py` as a person does, on a screen of its own, and
reads the memory that console, hub and city have of their own every five seconds. It prints the slope after what takes
minutes to fill has filled.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import psutil
from _processes import PROGRAM, ROOT

from console.setup.bootstrap import _MEMORY
from console.setup.display import virtual_display

EVERY_S = 5.0
SETTLING_S = 420.0
"""The hub keeps events for five minutes, and its history is rolled up and merged for the second time before the
sixth: until then memory rises by what stays."""
FLAT_MB_H = 12.0
"""A slope below this is flat: 2 MB in ten minutes, which is what allocators and caches do."""
_LOUD = re.compile(r"\b(WARNING|ERROR|CRITICAL)\b|Traceback")
_ENGINE = re.compile(r"^\[\d+:\d+:")
"""What the web engine's own processes write to the terminal, such as that a container has no system bus."""


def family(console: psutil.Process) -> dict[str, list[psutil.Process]]:
    """Console, hub and city, each with the processes below it (those of the web view count to the console)."""
    found: dict[str, list[psutil.Process]] = {"console": [console], "hub": [], "city": []}
    for child in console.children():
        words = child.cmdline()
        name = next((name for name in ("hub", "city") if name in words), "console")
        found[name] += [child, *child.children(recursive=True)]
    return found


def own_mb(processes: list[psutil.Process]) -> float:
    """Memory that they have written to and nobody else has. Pages of files are left out: those of a library that
    another program uses too become their own when that program ends, without one byte more.
    """
    total = 0
    for process in processes:
        try:
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Private_Dirty:"))
    return total / 2**10


def watch(console: subprocess.Popen[bytes], minutes: float) -> dict[str, list[tuple[float, float]]]:
    """(seconds, MiB) of each part until the time is over or the console has ended."""
    rows: dict[str, list[tuple[float, float]]] = {"console": [], "hub": [], "city": []}
    began = time.monotonic()
    due = began + EVERY_S
    while time.monotonic() - began < minutes * 60 and console.poll() is None:
        time.sleep(max(0.0, due - time.monotonic()))
        due += EVERY_S
        for name, processes in family(psutil.Process(console.pid)).items():
            rows[name].append((time.monotonic() - began, own_mb(processes)))
    return rows


def slope_mb_h(rows: list[tuple[float, float]]) -> float:
    """MiB an hour after the settling time; NaN when there is too little of it."""
    late = np.array([row for row in rows if row[0] >= SETTLING_S])
    if len(late) < 6:
        return float("nan")
    return float(np.polyfit(late[:, 0], late[:, 1], 1)[0] * 3600)


def print_slope(name: str, rows: list[tuple[float, float]]) -> bool:
    """One line for a part; whether its memory is flat."""
    slope = slope_mb_h(rows)
    flat = slope <= FLAT_MB_H
    sizes = [mb for _, mb in rows] or [0.0]
    print(
        f"{name:<8} {sizes[0]:>6.0f} -> {sizes[-1]:>6.0f} MiB (most {max(sizes):.0f})   slope {slope:+7.1f} MiB/h"
        f"   {'ok' if flat else 'not flat'}"
    )
    return flat


def loud_lines(folder: Path) -> list[str]:
    """Lines of any log that should not be there in a quiet city."""
    found: list[str] = []
    for log in sorted(folder.rglob("*.log*")) + sorted(folder.glob("*.out")):
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        found += [f"{log.name}: {line}" for line in lines if _LOUD.search(line) and not _ENGINE.match(line)]
    return found


def main() -> int:
    """Run, print, and say in the exit code whether it was quiet and flat."""
    parser = argparse.ArgumentParser(prog="main.py bench quiet_city", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--map", choices=("web", "native"), default="web")
    options = parser.parse_args()
    with ExitStack() as end:
        folder = Path(end.enter_context(tempfile.TemporaryDirectory(prefix="gwanje-quiet-")))
        display = end.enter_context(virtual_display())
        out = end.enter_context((folder / "console.out").open("wb"))
        words = [
            *PROGRAM,
            "console",
            "--scenario",
            "calm",
            "--data",
            str(folder / "data"),
            "--map",
            options.map,
        ]
        # A bench runs inside the environment already; what entering it would have set is set here.
        environ = {**_MEMORY, **os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}
        console = subprocess.Popen(words, cwd=ROOT, env=environ, stdout=out, stderr=out)
        try:
            rows = watch(console, options.minutes)
            ended_early = console.poll() is not None
        finally:
            console.terminate()
            code = console.wait(20)
        flat = [print_slope(name, points) for name, points in rows.items()]
        loud = loud_lines(folder)
    print(f"lines of WARNING or above: {len(loud)}")
    print("\n".join(loud[:40]))
    quiet = all(flat) and not loud and not ended_early and code == 0
    print(f"console ended with {code}{' too early' if ended_early else ''}: {'ok' if quiet else 'not ok'}")
    return 0 if quiet else 1


if __name__ == "__main__":
    sys.exit(main())
