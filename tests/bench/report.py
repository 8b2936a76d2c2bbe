"""Reports: a shift with 5,000 alarm rows and 12 charts as PDF and workbook, and CSV with a million rows.

    main.py bench report [alarms] [rows]

Each runs in a process of its own, so that its peak of memory is its own. Printed, not asserted.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugins"))

from report_room import END, SITE, T0, shift_data, site

from console.core.batch import NS
from console.core.words import Lang
from console.report.evidence import encode_holdings, stamped
from console.report.export import Rendering, Style
from console.report.facts.build import build
from console.report.facts.record import Kind
from console.report.holdings import Trend
from console.report.key import load_key
from console.report.outbox import Outbox
from console.report.render.csv import write_samples
from console.report.render.speech import Speech, read_words
from console.report.store.collect import collect
from console.report.store.question import Question

GOALS = {"pdf": (10.0, 500), "xlsx": (3.0, 500), "csv": (10.0, 0)}


def peak_mb() -> float:
    """Most memory this process ever held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _one(form: str, data: Path, rows: int) -> None:
    speech = Speech(read_words(), (Lang.KO,), site().time_zone)
    if form == "csv":
        at = T0 + np.arange(rows, dtype=np.int64) * NS // 50
        value = np.sin(np.arange(rows) / 500.0)
        trend = Trend("eco-pump.level", at.tobytes(), value.tobytes(), bytes(rows))
        before = peak_mb()
        begin = time.perf_counter()
        count = write_samples(data / "rows.csv", [trend], speech)
        spent, grown = time.perf_counter() - begin, peak_mb() - before
        size = (data / "rows.csv").stat().st_size / 2**20
        print(
            f"csv   {count:,} rows, {size:.0f} MB: {spent:.2f} s (goal 10 s), memory +{grown:.0f} MB while writing"
        )
        return
    begin = time.perf_counter()
    collected = collect(data, site(), Question(Kind.SHIFT, T0, END))
    report = build(Kind.SHIFT, collected.holdings)
    gathered = time.perf_counter() - begin
    key = load_key(data / "key")
    stamp = stamped(
        report, encode_holdings(collected.holdings), key, made_at=END, station="bench", stem="bench"
    )
    with Outbox(data / "out") as box:
        begin = time.perf_counter()
        Rendering(report, stamp, speech, collected.holdings, Style(SITE)).write(box, form, "bench")
        spent = time.perf_counter() - begin
        size = sum(path.stat().st_size for path in (data / "out").iterdir()) / 2**20
    alarms = next(table for table in report.tables if table.name == "alarms")
    goal, memory = GOALS[form]
    print(
        f"{form:5} {len(alarms.rows):,} alarm rows, {len(report.charts)} charts, {size:.1f} MB: facts "
        f"{gathered:.2f} s, rendered in {spent:.2f} s (goal {goal:g} s), peak {peak_mb():.0f} MB (goal {memory} MB)"
    )


def main(argv: list[str]) -> None:
    """Write the data once, then measure each format in a child."""
    if argv[:1] == ["--one"]:
        _one(argv[1], Path(argv[2]), int(argv[3]))
        return
    alarms = int(argv[0]) if argv else 5_000
    rows = int(argv[1]) if len(argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        data = shift_data(Path(folder) / "data", alarms, ("현장 확인 요청함", "", "", ""))
        environ = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
        for form in ("pdf", "xlsx", "csv"):
            command = [sys.executable, __file__, "--one", form, str(data), str(rows)]
            subprocess.run(command, check=True, env=environ)


if __name__ == "__main__":
    main(sys.argv[1:])
