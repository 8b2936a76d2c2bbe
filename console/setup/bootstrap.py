"""Makes the virtual environment of the program and continues inside it.

Rules of this file
* A finished environment carries a stamp (hash of its lock file, interpreter, place). No stamp means
  interrupted or foreign: it is made again from nothing. A changed lock only adds and removes packages.
* The check of a second start reads two small files and starts no process.
* Everything downloaded is pinned by hash, also the installer.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from console.setup.failure import SetupError
from console.setup.phrases import phrase
from console.setup.pipconfig import read_pip_config, uv_environment
from console.setup.progress import Progress
from console.setup.turn import one_at_a_time

Profile = Literal["run", "dev"]

ROOT = Path(__file__).resolve().parents[2]
FLOOR = (3, 11)
CEILING = (3, 15)
NEED_MB = 1500
_COMPILED = ("console", "widgets", "maps", "resources")
_NETWORK = re.compile(
    r"error sending request|dns error|failed to fetch|connection (refused|reset|error)|timed out"
    r"|name resolution|no route to host|network is unreachable|could not connect",
    re.IGNORECASE,
)
_HASH = re.compile(r"hash mismatch|do not match the hashes", re.IGNORECASE)
_SPACE = re.compile(r"no space left|os error 28|errno 28", re.IGNORECASE)


@dataclass(frozen=True)
class Stamp:
    """What a finished environment was made from."""

    profile: Profile
    lock_sha256: str
    python: str
    place: str


@dataclass(frozen=True)
class Plan:
    """Where everything of one set-up is."""

    root: Path
    venv: Path
    profile: Profile

    @property
    def python(self) -> Path:
        """Interpreter of the environment."""
        return self.venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

    @property
    def uv(self) -> Path:
        """The installer inside the environment."""
        return self.python.with_name("uv.exe" if os.name == "nt" else "uv")

    @property
    def stamp(self) -> Path:
        """File that says the environment is whole."""
        return self.venv / "gwanje-stamp.json"

    @property
    def log(self) -> Path:
        """Output of the steps of the last set-up."""
        return self.venv.with_name(f"{self.venv.name}.log")

    @property
    def turn(self) -> Path:
        """Lock file that keeps two first starts apart."""
        return self.venv.with_name(f"{self.venv.name}.lock")

    def lock_file(self, name: str) -> Path:
        """A hashed requirements file: `run`, `dev` or `installer`."""
        return self.root / "packaging" / "requirements" / f"{name}.txt"


def default_venv(environ: Mapping[str, str] = os.environ) -> Path:
    """The environment's folder: GWANJE_VENV for a checkout nobody may write to, else beside `main.py`."""
    chosen = environ.get("GWANJE_VENV", "")
    return Path(chosen).absolute() if chosen else ROOT / ".venv"


def wanted_stamp(plan: Plan, profile: Profile) -> Stamp:
    """The stamp a finished environment of this profile has now."""
    lock = plan.lock_file(profile)
    try:
        content = lock.read_bytes()
    except OSError:
        raise SetupError("error.no_lock_file", where=lock) from None
    python = ".".join(str(part) for part in sys.version_info[:2])
    return Stamp(profile, hashlib.sha256(content).hexdigest(), python, str(plan.venv))


def read_stamp(plan: Plan) -> Stamp | None:
    """The stamp on disk; None when there is none or it is not whole."""
    try:
        fields = json.loads(plan.stamp.read_text(encoding="utf-8"))
        return Stamp(**fields)
    except (OSError, ValueError, TypeError):
        return None


def is_ready(plan: Plan) -> bool:
    """True when the environment serves the plan's profile; `dev` contains `run`."""
    found = read_stamp(plan)
    if found is None or not plan.python.exists():
        return False
    serving: tuple[Profile, ...] = ("run", "dev") if plan.profile == "run" else ("dev",)
    return found.profile in serving and found == wanted_stamp(plan, found.profile)


def check_python(version: tuple[int, int] = sys.version_info[:2], where: str = sys.executable) -> None:
    """Raise `SetupError` when the interpreter is outside the supported range."""
    found = ".".join(str(part) for part in version)
    if version < FLOOR:
        raise SetupError("error.old_python", need="3.11", where=where, found=found)
    if version >= CEILING:
        raise SetupError("error.new_python", need="3.15", where=where, found=found)


def check_venv_module(found: bool | None = None) -> None:
    """Raise `SetupError` with the exact line to type where the OS splits `venv` off, as Debian does."""
    here = importlib.util.find_spec("ensurepip") is not None if found is None else found
    if not here:
        sudo = "" if _is_root() else "sudo "
        raise SetupError(
            "error.no_venv_module", where=sys.executable, fix=f"{sudo}apt-get install -y python3-venv"
        )


def check_place(plan: Plan, free_bytes: int | None = None) -> None:
    """Raise `SetupError` when the environment's folder cannot be written or the disk is nearly full."""
    parent = plan.venv.parent
    try:
        parent.mkdir(parents=True, exist_ok=True)
        with plan.turn.open("ab"):
            pass
    except OSError as error:
        raise SetupError("error.not_writable", where=parent, why=error.strerror) from None
    free_mb = (shutil.disk_usage(parent).free if free_bytes is None else free_bytes) // 1_000_000
    if free_mb < NEED_MB and not plan.venv.exists():
        raise SetupError("error.no_space", where=parent, free_mb=free_mb, need_mb=NEED_MB)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


_MEMORY = {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
"""glibc gives memory back instead of keeping an arena for each thread: a console runs for weeks."""


def _clean(environ: Mapping[str, str]) -> dict[str, str]:
    """The user's environment without what would make the child import from elsewhere or skip bytecode."""
    unwanted = {"PYTHONDONTWRITEBYTECODE", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    return {name: value for name, value in environ.items() if name not in unwanted}


def _why(plan: Plan, title: str) -> SetupError:
    """The error that the last step's output speaks of."""
    step_log = plan.log.read_text(encoding="utf-8", errors="replace").rpartition("\n== ")[2]
    if _SPACE.search(step_log):
        free_mb = shutil.disk_usage(plan.venv.parent).free // 1_000_000
        return SetupError(
            "error.no_space", plan.log, where=plan.venv.parent, free_mb=free_mb, need_mb=NEED_MB
        )
    if _HASH.search(step_log):
        return SetupError("error.hash", plan.log, where=plan.lock_file(plan.profile))
    if _NETWORK.search(step_log):
        return SetupError("error.network", plan.log, step=title)
    lines = [line.strip() for line in step_log.splitlines() if line.strip()]
    return SetupError("error.step", plan.log, step=title, why=lines[-1] if len(lines) > 1 else "?")


class _Setup:
    """One run through the steps; each raises `SetupError`."""

    def __init__(self, plan: Plan, progress: Progress) -> None:
        self._plan = plan
        self._progress = progress
        self._environ = _clean(os.environ)

    def make(self) -> None:
        plan = self._plan
        target = wanted_stamp(plan, plan.profile)
        fresh = read_stamp(plan) is None or not plan.python.exists()
        self._progress.line(phrase("setup.first" if fresh else "setup.again", where=plan.venv))
        plan.log.write_bytes(b"")
        if fresh:
            self._create()
        # From here until the last step an interruption leaves no stamp, and the next start begins anew.
        plan.stamp.unlink(missing_ok=True)
        self._install()
        self._compile()
        beside = plan.stamp.with_suffix(".tmp")
        beside.write_text(json.dumps(asdict(target)), encoding="utf-8")
        beside.replace(plan.stamp)
        self._progress.line(phrase("setup.done", seconds=self._progress.elapsed_s()))

    def _step(self, title: str, command: list[str], environ: Mapping[str, str] | None = None) -> None:
        try:
            code = self._progress.run(
                title, command, environ or self._environ, self._plan.log, self._plan.root
            )
        except OSError as error:
            raise SetupError("error.step", self._plan.log, step=title, why=str(error)) from None
        if code != 0:
            raise _why(self._plan, title)

    def _create(self) -> None:
        check_venv_module()
        if self._plan.venv.is_symlink() or self._plan.venv.is_file():
            self._plan.venv.unlink()
        elif self._plan.venv.exists():
            shutil.rmtree(self._plan.venv)
        self._step(phrase("step.venv"), [sys.executable, "-m", "venv", str(self._plan.venv)])

    def _pip(self, name: str) -> list[str]:
        command = [str(self._plan.python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        return [*command, "--require-hashes", "--only-binary=:all:", "-r", str(self._plan.lock_file(name))]

    def _install(self) -> None:
        plan = self._plan
        lock = plan.lock_file(plan.profile)
        count = sum("==" in line for line in lock.read_text(encoding="utf-8").splitlines())
        title = phrase("step.packages", count=count)
        environ = self._environ | uv_environment(read_pip_config(str(plan.python)), self._environ)
        try:
            self._step(phrase("step.installer"), self._pip("installer"))
            command = [str(plan.uv), "pip", "sync", "--python", str(plan.python), "--require-hashes"]
            self._step(title, [*command, "--only-binary=:all:", "--compile-bytecode", str(lock)], environ)
        except SetupError as error:
            # uv has no wheel for every platform and stricter ideas about indexes; pip is slower but is here.
            # What pip cannot mend either (no network, no space, wrong hash) is reported at once.
            if error.key != "error.step":
                raise
            self._step(phrase("step.packages_slow", count=count), self._pip(plan.profile))

    def _compile(self) -> None:
        sources = [str(self._plan.root / name) for name in _COMPILED if (self._plan.root / name).is_dir()]
        command = [str(self._plan.python), "-m", "compileall", "-q", *sources]
        # A source that does not compile is found by its own import; the set-up is whole without it.
        self._progress.run(phrase("step.bytecode"), command, self._environ, self._plan.log, self._plan.root)


def prepare(plan: Plan, progress: Progress | None = None) -> bool:
    """Make the environment serve the plan; True when there was anything to do. Raises `SetupError`."""
    if is_ready(plan):
        return False
    check_python()
    check_place(plan)
    report = progress or Progress()
    with one_at_a_time(plan.turn, lambda: report.line(phrase("setup.wait"))):
        if is_ready(plan):
            return False
        kept = read_stamp(plan)
        if kept is not None and kept.profile == "dev" and plan.profile == "run":
            # The lock changed under a developer: his tools stay.
            plan = Plan(plan.root, plan.venv, "dev")
        if kept is not None and kept.place != str(plan.venv):
            plan.stamp.unlink(missing_ok=True)
        _Setup(plan, report).make()
    return True


def is_inside(plan: Plan) -> bool:
    """True when this interpreter is the environment's own."""
    return Path(sys.prefix) == plan.venv


def enter(plan: Plan, script: Path, arguments: list[str]) -> None:
    """Continue in the environment's interpreter; returns only when this already is it."""
    if is_inside(plan):
        sys.dont_write_bytecode = False
        return
    command = [str(plan.python), str(script), *arguments]
    environ = {**_MEMORY, **_clean(os.environ)}
    sys.stdout.flush()
    sys.stderr.flush()
    if os.name == "nt":
        # exec on Windows gives the prompt back before the program has ended.
        child = subprocess.Popen(command, env=environ)
        with contextlib.suppress(KeyboardInterrupt):
            child.wait()
        raise SystemExit(child.wait())
    os.execve(command[0], command, environ)  # noqa: S606 - a fixed program, no shell wanted
