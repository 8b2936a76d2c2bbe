"""A real city and a real hub, each a process of its own on loopback, with a data directory of their own. No Qt.

A process is ready when it has printed its ready line; what it writes to its error output is kept in a file.
"""

from __future__ import annotations

import json
import os
import secrets
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from house import ROOT

from console.client.hubproc import FEEDS
from console.setup.arguments import HUB_SECRET_ENV

BUSAN = ROOT / "resources" / "sites" / "busan"
PROGRAM = (sys.executable, str(ROOT / "main.py"))
READY_S = 40.0
END_S = 10.0
_POLL_S = 0.02


def until(what: str, ready: Callable[[], bool], limit_s: float = 20.0) -> None:
    """Wait for something outside Qt that sends no event; fails with `what` when it does not come in time."""
    deadline = time.monotonic() + limit_s
    while not ready():
        assert time.monotonic() < deadline, f"not within {limit_s:g} s: {what}"
        time.sleep(_POLL_S)


def is_running(pid: int) -> bool:
    """Whether a process exists and is more than an unread exit code."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in {"Z", "X"}


class Life:
    """One process from its start to its end; `ready` is what its first line of output said."""

    def __init__(self, words: Sequence[str], log: Path, environ: Mapping[str, str] | None = None) -> None:
        self.log = log
        with log.open("a", encoding="utf-8") as errors:
            self.process = subprocess.Popen(
                list(words),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT), "LANG": "en_US.UTF-8", **(environ or {})},
            )
        try:
            self.ready: dict[str, Any] = json.loads(self.line())["ready"]
        except BaseException:
            self.kill()
            raise

    @property
    def pid(self) -> int:
        """Its process id."""
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def line(self, limit_s: float = READY_S) -> str:
        """The next line of its output; fails with its last words when there is none."""
        out: IO[str] | None = self.process.stdout
        assert out is not None
        found, _, _ = select.select([out], [], [], limit_s)
        line = out.readline() if found else ""
        assert line, f"{self.process.args}: no line; {self.words()[-2000:]}"
        return line

    def tell(self, words: str) -> None:
        """One line to its standard input."""
        assert self.process.stdin is not None
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()

    def words(self) -> str:
        """Everything it wrote to its error output."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def stop(self) -> int:
        """Ask it to end and wait; its exit code."""
        if self.running:
            self.process.terminate()
            try:
                self.process.wait(END_S)
            except subprocess.TimeoutExpired:
                self.kill()
                raise
        self._close()
        return self.process.returncode

    def kill(self) -> None:
        """End it as a power cut would."""
        if self.running:
            self.process.kill()
        self.process.wait()
        self._close()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None and not pipe.closed:
                pipe.close()


@dataclass
class Town:
    """City and hub of one place; both come back where they were when they are started again."""

    folder: Path
    site: Path = BUSAN
    scenario: str = "calm"
    speed: float = 1.0
    city_words: tuple[str, ...] = ()
    """Another program than the demo city, which prints the same ready line."""
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    city: Life | None = None
    hub: Life | None = None
    feeds: dict[str, str] = field(default_factory=dict[str, str])
    url: str = ""

    @property
    def data(self) -> Path:
        """The installation's data directory."""
        return self.folder / "data"

    @property
    def http(self) -> str:
        """The hub's read-only HTTP."""
        return self.url.replace("ws://", "http://").removesuffix("/ws")

    def start(self) -> None:
        """City first, then the hub that reads it."""
        self.start_city()
        self.start_hub()

    def start_city(self) -> None:
        """The city, where it was before."""
        words = [*self.city_words] or [*PROGRAM, "city", "--speed", str(self.speed)]
        words += ["--scenario", self.scenario]
        for name in FEEDS:
            words += [f"--listen-{name}", _place(self.feeds.get(name, ""))]
        self.city = Life(words, self.folder / "city.log")
        self.feeds = {name: str(url) for name, url in self.city.ready.items()}

    def start_hub(self) -> None:
        """The hub, where it was before, on the same data directory."""
        self.hub = Life(self.hub_words(), self.folder / "hub.log", {HUB_SECRET_ENV: self.secret})
        self.url = self.hub.ready["url"]

    def hub_words(self) -> list[str]:
        """The hub's command line."""
        words = [*PROGRAM, "hub", "--site", str(self.site), "--data", str(self.data)]
        words += ["--listen", _place(self.url)]
        for name, url in self.feeds.items():
            words += ["--feed", f"{name}={url}"]
        return words

    def kill_hub(self) -> None:
        """As a power cut would."""
        assert self.hub is not None
        self.hub.kill()

    def kill_city(self) -> None:
        """As a power cut would."""
        assert self.city is not None
        self.city.kill()

    def stop(self) -> None:
        """End both in order."""
        for life in (self.hub, self.city):
            if life is not None:
                life.stop()


def copied_site(folder: Path, source: Path = BUSAN) -> Path:
    """A copy of a site profile that a test may change."""
    target = folder / source.name
    shutil.copytree(source, target)
    return target


def replaced(path: Path, old: str, new: str) -> None:
    """Change one place of a file; fails when it is not there."""
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{path.name} does not hold {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def _place(url: str) -> str:
    return url.split("://", 1)[1].split("/", 1)[0] if url else "127.0.0.1:0"
