"""The gate: a stage that dies is a failure, and the last line counts everything."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from stage_runner import how_it_died, words_for_stage, words_for_stages
from stages import stages_of

from console.setup.arguments import TestOptions
from console.setup.gate import command

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = """
[pytest]
addopts = -ra
markers =
  xvfb: x
  qt: x
  slow: x
  expects_log: x
"""
PLAIN = """
def test_one() -> None:
    assert True


def test_two() -> None:
    import importlib

    import pytest

    with pytest.raises(ModuleNotFoundError, match="blocked"):
        importlib.import_module("PySide6")
"""
WINDOW = """
def test_window(qtbot) -> None:
    from PySide6.QtWidgets import QApplication

    assert QApplication.platformName() == "offscreen"
"""
SCREEN = """
import pytest


@pytest.mark.xvfb
def test_screen(qtbot) -> None:
    from PySide6.QtWidgets import QApplication

    assert QApplication.platformName() == "xcb"
"""
CRASH = """
import os


def test_before(qtbot) -> None:
    assert True


def test_abort(qtbot) -> None:
    os.abort()


def test_after(qtbot) -> None:
    assert True
"""
THREAD = """
import threading

END = threading.Event()


def test_thread() -> None:
    threading.Thread(target=END.wait, args=(20,), name="left-behind", daemon=True).start()
"""
TASK = """
import asyncio


def test_task() -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(9), name="left-running")
        assert not task.done()

    asyncio.run(main())
"""
WIDGET = """
def test_widget(qtbot) -> None:
    from PySide6.QtWidgets import QLabel

    global label
    label = QLabel("x")
    label.setObjectName("left-open")
    label.show()
"""
WARNING = """
import logging


def test_warning() -> None:
    logging.getLogger("feed").warning("lost %s", 1)
"""
MEANT = """
import logging

import pytest


@pytest.mark.expects_log("feed")
def test_meant() -> None:
    logging.getLogger("feed.ngsi").warning("lost")
"""
QT_WARNING = """
def test_qt_warning(qtbot) -> None:
    from PySide6.QtCore import qWarning

    qWarning("bad")
"""
SLOW = """
import pytest


@pytest.mark.slow
def test_slow() -> None:
    assert False
"""


SKIPPED = """
import pytest


@pytest.mark.parametrize("number", [1, 2])
def test_not_here(number: int) -> None:
    pytest.skip("needs a thing that is not here")
"""


def _gate(folder: Path, *sources: str) -> subprocess.CompletedProcess[str]:
    (folder / "pytest.ini").write_text(SETTINGS + "qt_log_level_fail = WARNING\nqt_api = pyside6\n")
    (folder / "conftest.py").write_text("")
    for number, source in enumerate(sources):
        (folder / f"test_file{number}.py").write_text(source)
    plugins = "sealed_home,stages,stage_runner,leaks"
    environ = dict(os.environ, PYTHONPATH=f"{ROOT}:{ROOT / 'tests' / 'plugins'}", PYTEST_PLUGINS=plugins)
    # The outer session's own words must not reach this one.
    environ.pop("PYTEST_ADDOPTS", None)
    words = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:pytest-qt",
        "--stages",
        f"--rootdir={folder}",
        str(folder),
    ]
    return subprocess.run(
        words, capture_output=True, text=True, cwd=folder, env=environ, timeout=100, check=False
    )


def _last(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout.strip().splitlines()[-1]


@pytest.mark.timeout(120)
def test_every_stage_runs_where_it_belongs_and_is_counted(tmp_path: Path) -> None:
    done = _gate(tmp_path, PLAIN, WINDOW, SCREEN, MEANT, SLOW)
    assert done.returncode == 0, done.stdout
    assert "5 passed" in _last(done)
    assert _last(done).startswith("=====")


@pytest.mark.timeout(120)
def test_skipped_tests_are_in_the_summary_with_their_reason(tmp_path: Path) -> None:
    done = _gate(tmp_path, PLAIN, SKIPPED)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "needs a thing that is not here" in done.stdout
    assert "2 passed, 2 skipped" in _last(done)


@pytest.mark.timeout(120)
def test_a_stage_that_aborts_is_a_failure_that_names_its_test(tmp_path: Path) -> None:
    done = _gate(tmp_path, PLAIN, CRASH, SCREEN)
    assert done.returncode == 1
    assert "1 failed" in _last(done)
    assert "test_file1.py::test_abort" in done.stdout
    assert "SIGABRT" in done.stdout
    assert "1 of its tests did not run" in done.stdout
    assert "first failing stage: qt" in done.stdout
    # The stage after it still ran.
    assert "4 passed" in _last(done)


@pytest.mark.timeout(120)
def test_what_is_left_behind_fails_the_test_that_left_it(tmp_path: Path) -> None:
    done = _gate(tmp_path, THREAD, TASK, WIDGET, WARNING, QT_WARNING)
    assert done.returncode == 1
    for word in ("left-behind", "left-running", "left-open", "lost 1", "bad"):
        assert word in done.stdout, word
    assert "first failing stage: plain" in done.stdout


def test_a_file_is_sorted_by_what_it_imports(tmp_path: Path) -> None:
    def stage(text: str) -> set[str]:
        path = tmp_path / f"test_{abs(hash(text))}.py"
        path.write_text(text)
        return set(stages_of(path))

    assert stage("import console.core.batch") == {"plain"}
    assert stage("from maps import page") == {"plain"}
    assert stage("from maps import view_web") == {"qt"}
    assert stage("def test_x():\n    from widgets.kit import labels") == {"qt"}
    assert stage("def test_x(qtbot): pass") == {"qt"}
    assert stage("import pytest\npytestmark = pytest.mark.qt") == {"qt"}
    assert stage("import pytest\n@pytest.mark.xvfb\ndef test_x(): pass") == {"plain", "xvfb"}


def test_a_file_that_is_named_runs_only_in_its_own_stage(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(PLAIN)
    (tmp_path / "test_b.py").write_text(WINDOW)
    words = ["-k", "one", "test_a.py::test_one", "test_b.py"]
    assert words_for_stage("plain", words, tmp_path) == ["-k", "one", "test_a.py::test_one"]
    assert words_for_stage("qt", words, tmp_path) == ["-k", "one", "test_b.py"]
    assert words_for_stage("static", words, tmp_path) is None
    assert words_for_stage("static", ["-x", "."], tmp_path) == ["-x", "."]


def test_how_a_process_died_has_a_name() -> None:
    assert how_it_died(-6) == "SIGABRT"
    assert how_it_died(-11) == "SIGSEGV"
    assert how_it_died(3) == "exit code 3"


def test_words_of_the_user_reach_every_stage() -> None:
    words = command(TestOptions(True, ("-k", "alarm", "-p", "no:randomly", "tests/core")))[3:]
    assert words_for_stages(words) == ["--all", "-k", "alarm", "-p", "no:randomly", "tests/core"]
