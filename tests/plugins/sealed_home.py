"""Tests never touch the user's files, screen, session bus or keyring.

The variables are set when this module is imported, before any test module can read them.
"""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
from pathlib import Path

import hypothesis

_FOLDERS = {
    "HOME": "home",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_CACHE_HOME": "cache",
    "XDG_STATE_HOME": "state",
    "XDG_RUNTIME_DIR": "run",
    "APPDATA": "appdata",
    "LOCALAPPDATA": "localappdata",
}


def _seal() -> None:
    place = Path(tempfile.mkdtemp(prefix="gwanje-test-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    for name, folder in _FOLDERS.items():
        path = place / folder
        path.mkdir(mode=0o700)
        os.environ[name] = str(path)
    # The code refuses this backend and keeps secrets in memory, which is the path tests want.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
    for name in ("WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "GWANJE_HUB_SECRET", "QT_SCALE_FACTOR"):
        os.environ.pop(name, None)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.dont_write_bytecode = False
    # The same examples on every run, and no deadline on a machine that does other things too.
    hypothesis.settings.register_profile("gate", derandomize=True, deadline=None, database=None)
    hypothesis.settings.load_profile("gate")


_seal()
