"""Stages of the gate: which test runs where, and the reports of a stage for the gate.

static   tests/architecture
plain    tests that need no Qt; PySide6 cannot be imported there
field    the same of tests/feeds and tests/city, which wait for brokers and servers most of the time
qt       tests of files that use Qt, on the offscreen platform
xvfb     tests marked xvfb, on a virtual X server of their own
fuzz     tests/fuzz: each codec fed with bytes for a while; last, where a core is free while `plain` goes on

A file uses Qt when its own imports or fixtures say so, or when it is marked `qt`.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType

import pytest

from console.setup.display import virtual_display
from console.setup.environment import prepare_qt

STAGES = ("static", "plain", "field", "qt", "xvfb", "fuzz")
_APART = {"feeds": "field", "city": "field"}
_QT_ROOTS = ("PySide6", "PySide6QtAds", "shiboken6", "pyqtgraph", "qtpy", "pytestqt")
_QT_ROOMS = ("widgets", "console.desk", "console.app", "maps.view", "maps.native")
_QT_FIXTURES = {"qtbot", "qapp", "qtmodeltester"}
_REPORT = pytest.StashKey["_ReportFile"]()
_SCREEN = ExitStack()


def _is_qt_module(name: str) -> bool:
    if name.partition(".")[0] in _QT_ROOTS:
        return True
    return any(name == room or name.startswith((f"{room}.", f"{room}_")) for room in _QT_ROOMS)


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _rooms(path: Path) -> tuple[str, ...]:
    """Folders below the last `tests`, wherever somebody keeps the program."""
    parts = path.parent.parts
    return parts[len(parts) - parts[::-1].index("tests") :] if "tests" in parts else ()


@cache
def stages_of(path: Path) -> frozenset[str]:
    """Stages that a test file has tests for."""
    if path.parent.name == "architecture":
        return frozenset({"static"})
    if path.parent.name == "fuzz":
        return frozenset({"fuzz"})
    uses_qt = on_screen = False
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if any(_is_qt_module(name) for name in _imported(node)) or (
            isinstance(node, ast.arg) and node.arg in _QT_FIXTURES
        ):
            uses_qt = True
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            uses_qt = uses_qt or (node.attr == "qt" and node.value.attr == "mark")
            on_screen = on_screen or (node.attr == "xvfb" and node.value.attr == "mark")
    without = next((stage for room, stage in _APART.items() if room in _rooms(path)), "plain")
    return frozenset({"qt" if uses_qt else without} | ({"xvfb"} if on_screen else set()))


class _NoQt(MetaPathFinder):
    """Makes Qt not importable, as on a server without it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname.partition(".")[0] in _QT_ROOTS:
            raise ModuleNotFoundError(
                f"{fullname} is blocked: this stage runs without Qt (mark the file `qt` if it needs it)",
                name=fullname,
            )
        return None


class _ReportFile:
    """Writes what happens in this stage as JSON lines; the gate reads them while they grow."""

    def __init__(self, path: Path, config: pytest.Config) -> None:
        self._out = path.open("a", encoding="utf-8")
        self._config = config

    def _write(self, **entry: object) -> None:
        self._out.write(json.dumps(entry, default=str) + "\n")
        self._out.flush()

    def _report(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        data = self._config.hook.pytest_report_to_serializable(config=self._config, report=report)
        self._write(report=data)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self._write(collected=len(session.items))

    def pytest_runtest_logstart(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._write(start=nodeid, location=location)

    def pytest_runtest_logfinish(self, nodeid: str, location: tuple[str, int | None, str]) -> None:
        self._write(finish=nodeid, location=location)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._report(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._report(report)

    def close(self) -> None:
        """End the file."""
        self._out.close()


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    group = parser.getgroup("gwanje")
    group.addoption("--stage", choices=STAGES, help="run the tests of one stage only")
    group.addoption("--stage-report", type=Path, help="write this stage's reports to a file, for the gate")
    group.addoption("--all", action="store_true", dest="everything", help="also the tests marked slow")
    if pluginmanager.is_blocked("pytest-qt"):
        # Our settings for it are in pyproject, where an unknown name is an error.
        parser.addini("qt_api", "")
        parser.addini("qt_log_level_fail", "")
        parser.addini("qt_log_ignore", "", type="linelist")


def _prepare_screen(stage: str | None) -> None:
    if stage == "xvfb":
        os.environ["DISPLAY"] = _SCREEN.enter_context(virtual_display())
        os.environ["QT_QPA_PLATFORM"] = "xcb"
    else:
        os.environ.pop("DISPLAY", None)
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    prepare_qt(web_map=stage == "xvfb")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("stages"):
        return
    stage: str | None = config.getoption("stage")
    if stage is None and config.getoption("markexpr") == "xvfb":
        stage = config.option.stage = "xvfb"
    _prepare_screen(stage)
    if stage in ("plain", "field", "fuzz"):
        sys.meta_path.insert(0, _NoQt())
    report: Path | None = config.getoption("stage_report")
    if report is not None:
        config.stash[_REPORT] = _ReportFile(report, config)
        config.pluginmanager.register(config.stash[_REPORT])


def pytest_unconfigure(config: pytest.Config) -> None:
    writer = config.stash.get(_REPORT, None)
    if writer is not None:
        writer.close()
    _SCREEN.close()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    stage: str | None = config.getoption("stage")
    if stage is None:
        return None
    if collection_path.is_dir():
        # A folder without tests of this stage is not entered: its conftest may import Qt.
        files = collection_path.rglob("test_*.py")
        return None if any(stage in stages_of(path) for path in files) else True
    if collection_path.name.startswith("test_") and collection_path.suffix == ".py":
        return None if stage in stages_of(collection_path) else True
    return None


def _belongs(item: pytest.Item, stage: str | None) -> bool:
    on_screen = item.get_closest_marker("xvfb") is not None
    return stage in (None, "static", "fuzz") or on_screen == (stage == "xvfb")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    stage: str | None = config.getoption("stage")
    everything = bool(config.getoption("everything"))
    kept: list[pytest.Item] = []
    dropped: list[pytest.Item] = []
    for item in items:
        wanted = _belongs(item, stage) and (everything or item.get_closest_marker("slow") is None)
        (kept if wanted else dropped).append(item)
        if stage is None and item.get_closest_marker("xvfb") is not None:
            item.add_marker(pytest.mark.skip(reason="needs a display: run with -m xvfb, or main.py test"))
    if dropped:
        items[:] = kept
        config.hook.pytest_deselected(items=dropped)
