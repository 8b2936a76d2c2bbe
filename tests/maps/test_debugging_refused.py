"""Nobody attaches a debugger to the map's engine (SEC-44)."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from maps.view_scheme import prepare_environment

pytestmark = pytest.mark.qt
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.expects_log("map")
@pytest.mark.parametrize("name", ["QTWEBENGINE_REMOTE_DEBUGGING", "QTWEBENGINE_INSPECTOR_PORT"])
def test_a_debugging_port_in_the_environment_is_refused(name: str, caplog: pytest.LogCaptureFixture) -> None:
    """SEC-44."""
    environ = {name: "9222"}
    prepare_environment(environ)
    assert name not in environ
    assert f"{name} is refused" in caplog.text


@pytest.mark.expects_log("map")
@pytest.mark.parametrize(
    "flag", ["--remote-debugging-port=9222", "-remote-debugging-port=9222", "--remote-debugging-pipe"]
)
def test_a_debugging_flag_of_the_engine_is_refused(flag: str, caplog: pytest.LogCaptureFixture) -> None:
    """SEC-44: and what else was set stays."""
    environ = {"QTWEBENGINE_CHROMIUM_FLAGS": f"--disable-gpu {flag}"}
    prepare_environment(environ)
    flags = environ["QTWEBENGINE_CHROMIUM_FLAGS"].split()
    assert "--disable-gpu" in flags
    assert not any("debugging" in one for one in flags)
    assert "remote debugging is refused" in caplog.text


def test_a_debugging_flag_on_the_command_line_is_a_bad_argument() -> None:
    """SEC-44: no argument reaches the engine."""
    words = [sys.executable, str(ROOT / "main.py"), "console", "--remote-debugging-port=9222"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 2
    assert "--remote-debugging-port" in done.stderr
