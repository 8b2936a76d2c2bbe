"""One child process that is kept running: started, heard when it is ready, started again when it ends."""

from __future__ import annotations

import logging
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from console.client.backoff import Backoff

log = logging.getLogger("link")

_LOG_BYTES = 2_000_000
_STEADY_S = 30.0
"""A child that ran this long had started well: the next wait is short again."""


@dataclass(frozen=True, slots=True)
class ChildCommand:
    """What to run, with what added to the environment, and where its error output goes."""

    words: Sequence[str]
    environ: Mapping[str, str]
    error_log: Path


class Child:
    """Watched by a thread of its own. `ready` gets the first line of output, `ended` the last words."""

    def __init__(
        self,
        name: str,
        command: Callable[[], ChildCommand],
        ready: Callable[[str], None],
        ended: Callable[[str], None],
        backoff: Backoff,
    ) -> None:
        self.name = name
        self._command = command
        self._ready = ready
        self._ended = ended
        self._backoff = backoff
        self._process: subprocess.Popen[str] | None = None
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._keep, name=f"child.{name}", daemon=True)

    @property
    def pid(self) -> int | None:
        """Process id of the running child."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Begin; the process exists when this returns."""
        self._spawn()
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Ask the process to end and do not start it again."""
        with self._lock:
            self._stopping.set()
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()

    def wait_stopped(self, timeout_s: float) -> None:
        """Wait until it has ended; kill it after `timeout_s`."""
        process = self._process
        if process is not None:
            try:
                process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                log.warning("%s did not end within %s s and is killed", self.name, timeout_s)
                process.kill()
                process.wait()
        if self._thread.is_alive():
            self._thread.join(1.0)

    def _spawn(self) -> None:
        command = self._command()
        command.error_log.parent.mkdir(parents=True, exist_ok=True)
        with self._lock:
            if self._stopping.is_set():
                return
            with _opened(command.error_log) as errors:
                self._process = subprocess.Popen(
                    [*command.words],
                    env={**os.environ, **command.environ},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    text=True,
                    encoding="utf-8",
                    errors="replace",
                    # Ctrl+C in the terminal is for us; we end our children in order.
                    start_new_session=True,
                )

    def _keep(self) -> None:
        while not self._stopping.is_set():
            process = self._process
            if process is not None and not self._stopping.is_set():
                self._attend(process)
            if self._stopping.wait(self._backoff.next()):
                return
            try:
                self._spawn()
            except OSError as error:
                self._ended(str(error))

    def _attend(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        steady = threading.Timer(_STEADY_S, self._backoff.reset)
        steady.daemon = True
        steady.start()
        with process.stdout as output:
            first = output.readline().strip()
            if first:
                self._ready(first)
            for _ in output:
                # Read on, so that the child never waits for a full pipe.
                continue
        code = process.wait()
        steady.cancel()
        if not self._stopping.is_set():
            words = last_words(self._command().error_log)
            log.error("%s ended with %s: %s", self.name, code, words)
            self._ended(words or str(code))


def _opened(path: Path) -> TextIO:
    too_long = path.exists() and path.stat().st_size > _LOG_BYTES
    return path.open("w" if too_long else "a", encoding="utf-8")


def last_words(path: Path) -> str:
    """The last line a process wrote to its error log."""
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4096))
            lines = file.read().decode(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1].strip()[:300] if lines else ""
