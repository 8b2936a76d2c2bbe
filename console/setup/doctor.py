"""Says what this machine lacks for the console, and adds the system libraries when it may."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from console.setup import system
from console.setup.arguments import DoctorOptions
from console.setup.bootstrap import Plan, default_venv, read_stamp
from console.setup.display import display_problem
from console.setup.failure import SetupError
from console.setup.phrases import phrase
from console.setup.progress import Progress

_PROBE = """
from PySide6 import __version__
from PySide6.QtCore import QObject, Signal
from console.setup.refcount import is_sound
class Probe(QObject):
    told = Signal()
probe = Probe()
print(__version__, is_sound(lambda: probe.setObjectName("x"), probe.told.emit))
"""


def pyside_folder() -> Path:
    """Folder of the installed PySide6 without importing it, which may fail for want of a library."""
    # Every start passes through this file, and this import costs 20 ms of it.
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        return Path(str(distribution("PySide6-Essentials").locate_file("PySide6")))
    except PackageNotFoundError:
        return Path()


def _marker(need: system.Need) -> Path:
    return default_venv() / f"gwanje-system-{need}"


def _stamp_text() -> str:
    venv = default_venv()
    return repr(read_stamp(Plan(venv.parent, venv, "run")))


def install(lack: system.Lack, progress: Progress) -> None:
    """Install the packages as root. Raises `SetupError` with the line to type when it does not work."""
    log = default_venv().with_name(f"{default_venv().name}.log")
    environ = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    command = ["apt-get", "install", "-y", "--no-install-recommends", *lack.packages]
    title = phrase("step.system")
    try:
        done = progress.run(title, command, environ, log) == 0
        if not done:
            # A machine that has never fetched its lists, or long ago: once more with new ones.
            progress.run("apt-get update", ["apt-get", "update"], environ, log)
            done = progress.run(title, command, environ, log) == 0
    except FileNotFoundError:
        done = False
    if not done:
        raise SetupError("doctor.install_failed", log, why="apt-get", fix=system.fix_for(lack))
    progress.line(phrase("doctor.installed", names=" ".join(lack.packages)))


def require_system(need: system.Need) -> None:
    """Raise `SetupError` with the one apt-get line when libraries are missing; root gets them installed.

    The answer is remembered inside the environment until that changes, so that a start does not ask again.
    """
    marker, stamp = _marker(need), _stamp_text()
    if marker.exists() and marker.read_text(encoding="utf-8") == stamp:
        return
    lack = system.find_lack(pyside_folder(), need)
    if lack.packages and system.is_root():
        install(lack, Progress())
        lack = system.find_lack(pyside_folder(), need)
    if lack.packages:
        raise SetupError("doctor.missing", fix=system.fix_for(lack))
    if lack.unknown:
        raise SetupError("doctor.missing_unknown", names=" ".join(lack.unknown))
    marker.write_text(stamp, encoding="utf-8")


def forget_system() -> None:
    """Ask about system libraries again at the next start: one that was there has gone."""
    for need in ("console", "test"):
        _marker(need).unlink(missing_ok=True)


def _python() -> tuple[bool, str]:
    return True, f"{sys.version.split()[0]} ({sys.executable})"


def _system() -> tuple[bool, str]:
    lack = system.find_lack(pyside_folder(), "test")
    if lack.packages:
        return False, phrase("doctor.missing", fix=system.fix_for(lack))
    if lack.unknown:
        return False, phrase("doctor.missing_unknown", names=" ".join(lack.unknown))
    return True, phrase("doctor.ok")


def _fonts() -> tuple[bool, str]:
    return True, phrase("doctor.ok" if system.has_korean_font() else "doctor.fonts_none")


def _display() -> tuple[bool, str]:
    why = display_problem()
    return True, phrase("doctor.ok") if why is None else phrase("doctor.no_display", why=why)


def _keyring() -> tuple[bool, str]:
    import keyring

    backend = type(keyring.get_keyring())
    name = f"{backend.__module__}.{backend.__name__}"
    if any(word in name.lower() for word in ("fail", "null", "plaintext")):
        return True, phrase("doctor.keyring_memory", name=name)
    return True, name


def _audio() -> tuple[bool, str]:
    if not sys.platform.startswith("linux"):
        return True, phrase("doctor.ok")
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", "/run"))
    sockets = (runtime / "pulse" / "native", runtime / "pipewire-0")
    cards = Path("/dev/snd")
    there = any(path.exists() for path in sockets) or (cards.is_dir() and any(cards.glob("pcm*p")))
    return True, phrase("doctor.ok" if there else "doctor.audio_none")


def _refcount() -> tuple[bool, str]:
    # In a child: a library that is missing, or the defect itself, must not take the doctor along.
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", _PROBE], capture_output=True, text=True, cwd=root, timeout=60, check=False
    )
    words = done.stdout.split()
    if done.returncode == 0 and len(words) == 2:
        version, sound = words
        return (
            (True, f"{phrase('doctor.ok')} (PySide6 {version})")
            if sound == "True"
            else (False, phrase("doctor.refcount_bad", version=version))
        )
    lines = done.stderr.strip().splitlines()
    return False, lines[-1] if lines else f"exit {done.returncode}"


_ROWS: tuple[tuple[str, Callable[[], tuple[bool, str]]], ...] = (
    ("python", _python),
    ("system", _system),
    ("fonts", _fonts),
    ("display", _display),
    ("keyring", _keyring),
    ("audio", _audio),
    ("refcount", _refcount),
)


def main(options: DoctorOptions) -> int:
    """Write one row per question; 1 when something the console cannot do without is missing."""
    if options.install:
        lack = system.find_lack(pyside_folder(), "test")
        if lack.packages and not system.is_root():
            raise SetupError("doctor.missing", fix=system.fix_for(lack))
        if lack.packages:
            install(lack, Progress())
    healthy = True
    for key, ask in _ROWS:
        fine, answer = ask()
        healthy = healthy and fine
        sys.stdout.write(f"{'ok' if fine else '!!'}  {phrase(f'doctor.{key}')}: {answer}\n")
        sys.stdout.flush()
    return 0 if healthy else 1
