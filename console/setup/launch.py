"""From a command line to a process that can do what it asks: environment, system libraries, display."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

from console.setup import arguments as facts
from console.setup.bootstrap import ROOT, Plan, Profile, check_python, default_venv, enter, prepare
from console.setup.display import NoVirtualDisplay, display_problem, virtual_display
from console.setup.doctor import forget_system, require_system
from console.setup.environment import prepare_qt
from console.setup.failure import NOT_SET_UP, SetupError

NO_DISPLAY = 3
_SCREEN = ExitStack()


def _profile(options: facts.Options) -> Profile:
    return "dev" if isinstance(options, facts.TestOptions | facts.BenchOptions) else "run"


def make_ready(options: facts.Options, script: str, argv: list[str]) -> None:
    """Set up what is missing and continue inside the environment. Raises `SetupError`."""
    check_python()
    plan = Plan(ROOT, default_venv(), _profile(options))
    prepare(plan)
    enter(plan, Path(script).resolve(), argv)


def open_screen(options: facts.ConsoleOptions | facts.ShotsOptions) -> None:
    """Prepare for importing Qt. Raises `SetupError` that says what is missing: a library or the screen."""
    require_system("console")
    if isinstance(options, facts.ConsoleOptions):
        why = display_problem()
        if why is not None:
            raise SetupError("doctor.no_display", code=NO_DISPLAY, why=why)
        prepare_qt(web_map=options.map != "native")
    else:
        if display_problem() is not None:
            _bring_a_screen()
        prepare_qt(web_map=True)


def _bring_a_screen() -> None:
    """A virtual display until this process ends; Qt draws into memory where there is none."""
    try:
        os.environ["DISPLAY"] = _SCREEN.enter_context(virtual_display())
        atexit.register(_SCREEN.close)
    except NoVirtualDisplay:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


def explain(error: Exception) -> int:
    """Write one sentence about what stopped the start; its exit code. Other errors go on as they are."""
    if isinstance(error, SetupError):
        sys.stderr.write(f"{error}\n")
        return error.code
    if ".so" not in str(error):
        raise error
    # A system library has gone since it was last looked for.
    forget_system()
    sys.stderr.write(f"{error}\n")
    try:
        require_system("console")
    except SetupError as lack:
        return explain(lack)
    return NOT_SET_UP


# Several functions of one command follow one another; the worst exit code is the command's.
_PROCESSES: dict[type, str] = {
    facts.HubOptions: "console.hub.service:main",
    facts.CityOptions: "console.city.service:main",
    facts.SiteCheckOptions: "console.hub.profile:check console.report.templates:check",
    facts.SiteHandbookOptions: "console.hub.handbook.command:main",
    facts.BacktestOptions: "console.hub.backtest.command:main",
    facts.FeedsDiscoverOptions: "console.hub.district.command:main",
    facts.FeedsAdoptOptions: "console.hub.discovered.command:main",
    facts.FeedsRecordOptions: "console.hub.district.command:main",
    facts.FeedsListOptions: "console.hub.adapters:main",
    facts.FeedsDisableOptions: "console.hub.adapters:main",
    facts.FeedsEnableOptions: "console.hub.adapters:main",
    facts.SeatEnrolOptions: "console.hub.pki.command:main",
    facts.SeatRevokeOptions: "console.hub.pki.command:main",
    facts.SeatListOptions: "console.hub.pki.command:main",
    facts.SeatRotateOptions: "console.hub.pki.command:main",
    facts.AccountOptions: "console.hub.people.command:main",
    facts.LedgerVerifyOptions: "console.hub.ledger.command:main",
    facts.LedgerExportOptions: "console.hub.ledger.command:main",
    facts.LedgerAnchorOptions: "console.hub.ledger.command:main",
    facts.LedgerRotateOptions: "console.hub.ledger.command:main",
    facts.ExportOptions: "console.report.command:main",
    facts.VerifyOptions: "console.report.command:main",
}


def process(options: object) -> int:
    """Hand the options to the program they are for; only that part is imported. Its exit code."""
    codes: list[int] = []
    for program in _PROCESSES[type(options)].split():
        module, _, function = program.partition(":")
        codes.append(int(getattr(import_module(module), function)(options)))
    return max(codes)


def bench(options: facts.BenchOptions) -> int:
    """Run one measurement as a child; its exit code."""
    script = ROOT / "tests" / "bench" / f"{options.name}.py"
    # A script's own folder is on its path, the program's is not.
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.call([sys.executable, str(script), *options.arguments], cwd=ROOT, env=environ)
