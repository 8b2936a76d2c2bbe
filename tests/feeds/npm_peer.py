"""Programs of others from npm that adapters are tested against: pinned by a lock file, installed once."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import subprocess
from pathlib import Path

import pytest
from house import ROOT

_NO_NETWORK = ("ENOTFOUND", "ECONNREFUSED", "ETIMEDOUT", "EAI_AGAIN", "ENETUNREACH")


def installed(name: str) -> Path:
    """Folder of the packages that `packaging/<name>` locks; no script of a package is run.

    Skips the test where there is no npm or no network.
    """
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("node and npm are not installed")
    locks = ROOT / "packaging" / name
    digest = hashlib.sha256((locks / "package-lock.json").read_bytes()).hexdigest()[:16]
    folder = ROOT / "build" / f"{name}-{digest}"
    if (folder / "complete").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True)
    for file in ("package.json", "package-lock.json"):
        shutil.copy(locks / file, folder / file)
    # The user's own npm settings say where packages come from; tests run with a sealed home.
    environment = os.environ | {"HOME": pwd.getpwuid(os.getuid()).pw_dir}
    command = ["npm", "ci", "--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=900)
    if done.returncode and any(word in done.stderr for word in _NO_NETWORK):
        pytest.skip("the package server cannot be reached")
    assert done.returncode == 0, done.stderr[-2000:]
    (folder / "complete").touch()
    return folder
