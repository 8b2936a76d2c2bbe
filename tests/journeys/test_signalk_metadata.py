"""A real signalk-server tells the metadata of its boat, answers PUT, and tells what the PUT has changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from house import ROOT
from test_signalk_server import installed_server, namespace

RECORDING = ROOT.parent / "shared/data/signalk-samples/samples/plaka.log"
WAIT_S = 60.0

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1200)]


def test_units_offers_and_put_hold_against_a_real_server() -> None:
    """Metadata of the stream and every state of a PUT, from a peer that nobody here wrote."""
    if not RECORDING.exists():
        pytest.skip("the recording is not beside this repository")
    words = namespace()
    server = installed_server()
    script = Path(__file__).with_name("signalk_own_peer.py")
    command = [*words, sys.executable, str(script), str(server), str(RECORDING), str(WAIT_S)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=WAIT_S + 90)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["source"], found["unit"]) == ("vessels.self", "m/s"), found
    wind = "vessels.self environment.wind.speedApparent units m/s (kn)"
    assert found["faults"] == [[wind, "unit_mismatch"]], found
    ((kind, detail),) = found["refused"]
    assert (kind, detail[:3]) == ("rejected", "405"), found
    assert found["renamed"] == ["accepted", "done"], found
    assert (found["label"], found["unit_after"]) == ("Wind over the bow", "m/s"), found
