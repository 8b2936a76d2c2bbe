"""From a command line to a process that can do what it asks: environment, system libraries, display."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from console.setup import arguments as facts
from console.setup.bootstrap import ROOT, Plan, Profile, check_python, default_venv, enter, prepare
from console.setup.display import display_problem
from console.setup.doctor import require_system
from console.setup.environment import prepare_qt

NO_DISPLAY = 3
NOT_SET_UP = 4


def _profile(options: facts.Options) -> Profile:
    return "dev" if isinstance(options, facts.TestOptions | facts.BenchOptions) else "run"


def make_ready(options: facts.Options, script: str, argv: list[str]) -> None:
    """Set up what is missing and continue inside the environment. Raises `SetupError`."""
    check_python()
    plan = Plan(ROOT, default_venv(), _profile(options))
    prepare(plan)
    enter(plan, Path(script).resolve(), argv)


def open_screen(options: facts.ConsoleOptions | facts.ShotsOptions) -> str | None:
    """Prepare for importing Qt; returns why there is no screen, or None. Raises `SetupError`."""
    require_system("console")
    # Pictures can be rendered without a screen: `shots` brings its own.
    if isinstance(options, facts.ConsoleOptions):
        problem = display_problem()
        if problem is not None:
            return problem
        prepare_qt(web_map=options.map != "native")
    else:
        prepare_qt(web_map=True)
    return None


def bench(options: facts.BenchOptions) -> int:
    """Run one measurement as a child; its exit code."""
    script = ROOT / "tests" / "bench" / f"{options.name}.py"
    return subprocess.call([sys.executable, str(script), *options.arguments], cwd=ROOT)
