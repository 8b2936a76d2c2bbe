"""The doctor names what a machine lacks in one exact line, for each release under its own names."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from console.setup import system
from console.setup.display import display_problem, virtual_display
from console.setup.environment import prepare_qt
from console.setup.phrases import language, phrase
from console.setup.refcount import is_sound, lost_references

LDD = """
\tlinux-vdso.so.1 (0x00007ffd5a1f2000)
\tlibQt6WebEngineCore.so.6 => not found
\tlibGL.so.1 => not found
\tlibgio-2.0.so.0 => not found
\tlibglib-2.0.so.0 => not found
\tlibasound.so.2 => not found
\tlibxcb-cursor.so.0 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f0f3c000000)
"""
BOOKWORM = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n'
TRIXIE = 'ID=debian\nVERSION_ID="13"\n'
NOBLE = 'NAME="Ubuntu"\nID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\n'
JAMMY = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="22.04"\n'
MINT = 'ID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22.1"\n'
ROLLING = "ID=arch\n"


def _packages(release: str) -> tuple[str, ...]:
    libraries = system.parse_ldd(LDD) - {"libQt6WebEngineCore.so.6"}
    return system.lack_of(libraries, [], system.parse_os_release(release)).packages


@pytest.mark.parametrize("release", [BOOKWORM, JAMMY, ROLLING, ""])
def test_packages_have_their_plain_names_before_the_time_transition(release: str) -> None:
    assert _packages(release) == ("libasound2", "libgl1", "libglib2.0-0", "libxcb-cursor0")


@pytest.mark.parametrize("release", [TRIXIE, NOBLE])
def test_packages_have_their_t64_names_after_it(release: str) -> None:
    assert _packages(release) == ("libasound2t64", "libgl1", "libglib2.0-0t64", "libxcb-cursor0")


def test_a_derivative_with_its_own_numbers_is_not_taken_for_new() -> None:
    assert not system.has_t64_names(system.parse_os_release(MINT))


def test_the_line_is_exact() -> None:
    lack = system.lack_of(["libGL.so.1"], ["xvfb"], {})
    line = "apt-get install -y --no-install-recommends libgl1 xvfb"
    assert system.apt_line(lack.packages, root=True) == line
    assert system.apt_line(lack.packages, root=False) == f"sudo {line}"
    fresh = system.apt_line(lack.packages, root=False, fresh_lists=False)
    assert fresh == f"sudo apt-get update && sudo {line}"


def test_a_library_nobody_knows_is_named_all_the_same() -> None:
    lack = system.lack_of(["libstrange.so.9"], [], {})
    assert lack.unknown == ("libstrange.so.9",)
    assert lack


def test_a_whole_machine_lacks_nothing() -> None:
    assert not system.lack_of([], [], {})


def test_libraries_are_asked_of_ldd_file_by_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stand-in `ldd` on PATH answers as on a bare machine, whatever this one has installed."""
    answer = tmp_path / "answer"
    answer.write_text(LDD)
    ldd = tmp_path / "ldd"
    ldd.write_text(f"#!/bin/sh\n[ $# = 1 ] && cat {answer}\n")
    ldd.chmod(ldd.stat().st_mode | stat.S_IEXEC)
    plugin = tmp_path / "PySide6" / "Qt" / "plugins" / "platforms" / "libqxcb.so"
    plugin.parent.mkdir(parents=True)
    plugin.touch()
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    found = system.missing_libraries(tmp_path / "PySide6")
    expected = {"libGL.so.1", "libgio-2.0.so.0", "libglib-2.0.so.0", "libasound.so.2", "libxcb-cursor.so.0"}
    assert found == expected


def test_every_package_named_is_one_that_this_system_knows() -> None:
    """The table is checked against dpkg for each library of it that is installed here."""
    dpkg = shutil.which("dpkg-query")
    if dpkg is None or system.has_t64_names(system.read_os_release()):
        pytest.skip("no dpkg with the plain names here to compare with")
    wrong: dict[str, str] = {}
    for library, package in system.PACKAGES.items():
        done = subprocess.run([dpkg, "-S", f"*/{library}"], capture_output=True, text=True, check=False)
        owners = {line.partition(":")[0] for line in done.stdout.splitlines()}
        if owners and package not in owners:
            wrong[library] = f"{package} is not in {sorted(owners)}"
    assert wrong == {}


def test_a_korean_font_is_found_by_its_file(tmp_path: Path) -> None:
    assert not system.has_korean_font([str(tmp_path), str(tmp_path / "gone")])
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "NotoSansCJK-Regular.ttc").touch()
    assert system.has_korean_font([str(tmp_path)])


def test_no_display_is_told_apart_from_a_dead_one() -> None:
    unset = display_problem({}, "linux")
    dead = display_problem({"DISPLAY": ":4711"}, "linux")
    gone = display_problem({"WAYLAND_DISPLAY": "wayland-9", "XDG_RUNTIME_DIR": "/nonexistent"}, "linux")
    assert unset is not None
    assert dead is not None
    assert gone is not None
    assert ":4711" in dead
    assert "wayland-9" in gone
    assert len({unset, dead, gone}) == 3


def test_no_screen_is_needed_where_qt_draws_into_memory_or_brings_its_own() -> None:
    assert display_problem({"QT_QPA_PLATFORM": "offscreen:configfile=x"}, "linux") is None
    assert display_problem({}, "win32") is None
    assert display_problem({}, "darwin") is None


def test_a_virtual_display_answers_until_its_block_ends() -> None:
    with virtual_display("640x480x24") as display:
        assert display_problem({"DISPLAY": display}, "linux") is None
    assert display_problem({"DISPLAY": display}, "linux") is not None


def test_qt_sees_one_binding_and_keeps_what_the_user_chose() -> None:
    environ = {"QT_WIDGETS_RHI_BACKEND": "vulkan", "QT_API": "pyqt6"}
    prepare_qt(web_map=True, environ=environ)
    assert environ["QT_API"] == "pyside6"
    assert environ["QT_WIDGETS_RHI"] == "1"
    assert environ["QT_WIDGETS_RHI_BACKEND"] == "vulkan"
    assert ("QTWEBENGINE_DISABLE_SANDBOX" in environ) == system.is_root()


def test_a_window_without_a_web_map_needs_no_graphics_backend() -> None:
    environ: dict[str, str] = {}
    prepare_qt(web_map=False, environ=environ)
    assert "QT_WIDGETS_RHI" not in environ


def test_a_call_that_loses_references_is_noticed() -> None:
    kept = [watched := object()] * 2000
    assert lost_references(kept.pop, watched=watched) == 2000
    assert lost_references(lambda: None, watched=watched) == 0


def test_a_call_that_returns_nothing_in_plain_python_is_sound() -> None:
    assert is_sound(lambda: None, lambda: True)


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR"}, "ko"),
    ],
)
def test_the_terminal_speaks_the_language_of_the_session(environ: dict[str, str], expected: str) -> None:
    assert language(environ) == expected


def test_a_sentence_is_filled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    assert phrase("error.log", where="a") == "자세한 기록: a"
    monkeypatch.setenv("LC_ALL", "C")
    assert phrase("error.log", where="a") == "Details: a"
