"""A real signalk-server, a real hub and a real window: the vessels of a recording stand on the map."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from house import ROOT
from test_signalk_server import RECORDING, installed_server, namespace

SHOWN_S = 90.0

# The window is opened by the script, offscreen, in the namespace where the server is.
pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.qt, pytest.mark.timeout(1200)]


def test_the_window_shows_a_hundred_vessels_of_a_real_server() -> None:
    """>= 100 vessels from the server's own AIS recording, through hub and console."""
    if not RECORDING.exists():
        pytest.skip("the AIS recording is not beside this repository")
    words = namespace()
    server = installed_server()
    script = Path(__file__).with_name("signalk_seat.py")
    command = [*words, sys.executable, str(script), str(server), str(RECORDING), str(SHOWN_S)]
    paths = os.pathsep.join(str(path) for path in (ROOT, ROOT / "tests" / "plugins"))
    environment = os.environ | {"PYTHONPATH": paths, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=SHOWN_S + 90)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["vessels"] >= 100, found
    assert found["named"] >= 10, found
    assert found["feed"] == "live", found
    assert found["malformed"] == 0, found
    assert "1/3" in found["status"].replace(" ", ""), found
