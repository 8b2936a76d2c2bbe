"""Reports on energy, OEE, turnaround and one asset over a shift of the whole city: facts, PDF, workbook, memory.

    main.py bench report_kinds [days]

With days the energy report is made over that many days of samples too. Each runs in a process of its own. Printed, not
asserted.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import msgspec
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugins"))

from report_city import city_holdings, steady
from report_room import END, NS, SITE, T0

from console.core.words import Lang
from console.report.evidence import encode_holdings, stamped
from console.report.export import Rendering, Style
from console.report.facts.build import build, tags_wanted
from console.report.facts.record import Kind
from console.report.holdings import Holdings
from console.report.key import load_key
from console.report.outbox import Outbox
from console.report.render.speech import Speech, read_words

DAY = 86_400
KINDS = (Kind.SHIFT, Kind.DAY, Kind.ASSET, Kind.ENERGY, Kind.OEE, Kind.TURNAROUND)


def _long(days: int) -> Holdings:
    """Every meter with a sample each 10 s over days."""
    held = msgspec.structs.replace(city_holdings(), end=T0 + days * DAY * NS, until=T0 + days * DAY * NS)
    tags = tags_wanted(Kind.ENERGY, held)
    trends = tuple(steady(tag, float(np.hypot(n, 3.0)), seconds=days * DAY) for n, tag in enumerate(tags))
    return msgspec.structs.replace(held, trends=trends)


def _one(kind: Kind, days: int) -> None:
    held = _long(days) if days else city_holdings()
    samples = sum(len(trend.quality) for trend in held.trends)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    begin = time.perf_counter()
    report = build(kind, held, "suyeong-pump" if kind is Kind.ASSET else "")
    facts = time.perf_counter() - begin
    speech = Speech(read_words(), (Lang.KO,), report.time_zone)
    spent: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        key = load_key(Path(folder) / "key")
        stamp = stamped(report, encode_holdings(held), key, made_at=END, station="bench", stem="bench")
        with Outbox(Path(folder) / "out") as box:
            rendering = Rendering(report, stamp, speech, held, Style(SITE))
            for form in ("pdf", "xlsx", "html"):
                begin = time.perf_counter()
                rendering.write(box, form, "bench")
                spent.append(f"{form} {time.perf_counter() - begin:.2f} s")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    said = f"{kind}{f' over {days} days' if days else ''}"
    print(
        f"{said:20} {samples:9,} samples: facts {facts:.2f} s, {', '.join(spent)}, peak {peak:.0f} MB "
        f"(+{peak - before:.0f} MB; goal 10 s, 500 MB)"
    )


def main(argv: list[str]) -> None:
    """Each kind in a child."""
    if argv[:1] == ["--one"]:
        _one(Kind(argv[1]), int(argv[2]))
        return
    days = int(argv[0]) if argv else 7
    environ = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    for kind, long in (*((kind, 0) for kind in KINDS), *(((Kind.ENERGY, days),) if days else ())):
        command = [sys.executable, __file__, "--one", kind, str(long)]
        subprocess.run(command, check=True, env=environ)


if __name__ == "__main__":
    main(sys.argv[1:])
