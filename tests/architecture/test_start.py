"""What a start costs: nothing heavy before the first paint, and a Qt that keeps its references."""

from __future__ import annotations

import json
import subprocess
import sys

from house import ROOT

# Each costs 0.1 to 0.5 s of CPU and is wanted only behind the first paint.
LATE = (
    "pyqtgraph", "folium", "branca", "jinja2", "requests", "keyring", "starlette", "uvicorn", "websockets",
    "PySide6.QtWebEngineCore", "PySide6.QtWebEngineWidgets", "PySide6.QtMultimedia", "prometheus_client",
    "sqlite3", "console.hub", "console.city", "console.feeds",
)  # fmt: skip

IMPORTS = """
import json, sys
import console.app
print(json.dumps(sorted(sys.modules)))
"""
REFERENCES = """
from PySide6.QtCore import QObject, Signal
from console.setup.refcount import is_sound
class Probe(QObject):
    told = Signal()
probe = Probe()
print(is_sound(lambda: probe.setObjectName("x"), probe.told.emit))
"""


def _run(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_nothing_heavy_is_loaded_before_the_first_paint() -> None:
    loaded = set(json.loads(_run(IMPORTS)))
    assert sorted(loaded & set(LATE)) == []


def test_pyside_keeps_its_references_to_none_and_true() -> None:
    """A void call or a signal that loses a reference ends the console after some minutes (PYSIDE-3474)."""
    assert _run(REFERENCES).strip() == "True"
