"""The test command: every check in one pytest run whose last line tells the whole result.

The static checks are tests of `tests/architecture`; how the stages are run is in `tests/plugins`.
"""

from __future__ import annotations

import os
import subprocess
import sys

from console.setup.arguments import TestOptions
from console.setup.bootstrap import ROOT
from console.setup.doctor import require_system


def command(options: TestOptions) -> list[str]:
    """The pytest command of these options."""
    # pytest-qt imports Qt in every process it is loaded in; the gate's own process needs none of it.
    words = [sys.executable, "-m", "pytest", "-p", "no:pytest-qt", "--stages"]
    return [*words, *(["--all"] if options.everything else []), *options.pytest_arguments]


def main(options: TestOptions) -> int:
    """Run the checks; pytest's exit code. Raises `SetupError` when a system library is missing."""
    require_system("test")
    environ = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return subprocess.call(command(options), cwd=ROOT, env=environ)
