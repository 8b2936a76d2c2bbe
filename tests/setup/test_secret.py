"""A secret in the environment is taken once and can be read nowhere afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = """
import os, subprocess, sys
from console.setup.secret import take_secret
taken = take_secret("TEST_SECRET")
child = subprocess.run([sys.executable, "-c", "import os; print(os.environ.get('TEST_SECRET'))"],
                       capture_output=True, text=True).stdout.strip()
shown = open("/proc/self/environ", "rb").read()
print(taken, take_secret("TEST_SECRET") == "", child, b"canary" in shown, b"OTHER=stays" in shown)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows the environment of a process as a file")
def test_a_secret_is_gone_from_the_process_and_from_what_it_starts() -> None:
    """SEC-33."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TEST_SECRET": "canary-1234", "OTHER": "stays"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["canary-1234", "True", "None", "False", "True"]
