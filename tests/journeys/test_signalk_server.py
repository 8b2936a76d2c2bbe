"""The Signal K adapter against the server the format comes from, replaying a recording of real AIS traffic."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from house import ROOT

PACKAGES = ROOT / "packaging" / "signalk"
RECORDING = ROOT.parent / "shared/data/signalk-samples/samples/nais400-merrimac.log"
READ_S = 25.0
_NO_NETWORK = ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH")

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1200)]


def namespace() -> list[str]:
    """Words that run a command where there is no network but its own loopback."""
    words = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*words, "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody make a network namespace, and the server binds every address")
    return words


def installed_server() -> Path:
    """Folder of the pinned server, installed once per lock file; no script of a package is run."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    digest = hashlib.sha256((PACKAGES / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = ROOT / "build" / f"signalk-{digest}"
    if (folder / "complete").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGES / name, folder / name)
    # The user's own npm settings say where packages come from; tests run with a sealed home.
    environment = os.environ | {"HOME": pwd.getpwuid(os.getuid()).pw_dir}
    command = ["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    if done.returncode and any(word in done.stderr for word in _NO_NETWORK):
        pytest.skip("the package server cannot be reached")
    assert done.returncode == 0, done.stderr[-2000:]
    (folder / "complete").touch()
    return folder


def test_a_real_server_replaying_ais_shows_a_hundred_vessels() -> None:
    """The adapter is proved against a peer that nobody here wrote."""
    if not RECORDING.exists():
        pytest.skip("the AIS recording is not beside this repository")
    words = namespace()
    server = installed_server()
    script = Path(__file__).with_name("signalk_peer.py")
    command = [*words, sys.executable, str(script), str(server), str(RECORDING), str(READ_S)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=READ_S + 60)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["vessels"] >= 100, found
    assert found["named"] >= 10, found
    assert found["moving"] >= 20, found
    assert found["state"] == "live", found
    assert found["malformed"] == 0, found
    assert {"vessel"} <= set(found["kinds"]) <= {"vessel", "aton", "base_station", "sar_aircraft"}, found
