"""A back-test of one change over what the hub has recorded: `main.py backtest` as a child process, heard to its end."""

from __future__ import annotations

import logging
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec

log = logging.getLogger("alarm")

STOP_S = 2.0
_LAST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class TrialPlan:
    """What runs a back-test: `program` runs `main.py`; the site and the data are the embedded hub's."""

    program: tuple[str, ...]
    site: Path
    data: Path


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a change would have done; `error` has the last words of a run that failed, empty otherwise."""

    setting: str
    rows: int = 0
    changed: tuple[tuple[str, int, int], ...] = ()
    """Alarm key, annunciations without and with the change."""
    error: str = ""
    stopped: bool = False

    def of(self, key: str) -> tuple[int, int]:
        """Annunciations of one alarm without and with the change."""
        return next(((before, after) for alarm, before, after in self.changed if alarm == key), (0, 0))

    @property
    def total(self) -> tuple[int, int]:
        """Annunciations of all alarms without and with the change."""
        return sum(before for _, before, _ in self.changed), sum(after for _, _, after in self.changed)


class _Changed(msgspec.Struct):
    alarm: str
    before: int
    after: int


class _Summary(msgspec.Struct):
    rows: int
    changed: tuple[_Changed, ...] = ()


class _Line(msgspec.Struct):
    summary: _Summary


class Trial:
    """One run in a thread of its own; `told` is called once, from that thread."""

    def __init__(self, plan: TrialPlan, setting: str, span: tuple[int, int]) -> None:
        self.setting = setting
        start, end = span
        self._words = [*plan.program, "backtest", "--site", str(plan.site), "--data", str(plan.data)]
        self._words += ["--from", str(start), "--to", str(end), "--set", setting]
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self, told: Callable[[TrialResult], None]) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, args=(told,), name="trial", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End it early; it is then told as stopped."""
        with self._lock:
            self._stopping.set()
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()
        if self._thread is not None:
            self._thread.join(STOP_S)

    def _run(self, told: Callable[[TrialResult], None]) -> None:
        try:
            result = self._heard()
        except OSError as error:
            result = TrialResult(self.setting, error=str(error))
        if self._stopping.is_set():
            result = TrialResult(self.setting, stopped=True)
        told(result)

    def _heard(self) -> TrialResult:
        with self._lock:
            if self._stopping.is_set():
                return TrialResult(self.setting, stopped=True)
            self._process = process = subprocess.Popen(
                self._words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        assert process.stdout is not None
        assert process.stderr is not None
        errors = _Drain(process.stderr)
        last = b""
        with process.stdout as output:
            for line in output:
                last = line
        code = process.wait()
        return read_result(self.setting, last, f"{errors.text()} ({code})")


class _Drain:
    """Reads the error output beside the rest, so that neither pipe fills up."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._tail = b""
        self._thread = threading.Thread(target=self._read, name="trial.errors", daemon=True)
        self._thread.start()

    def text(self) -> str:
        """The last line, once the stream has ended."""
        self._thread.join(STOP_S)
        lines = self._tail.decode(errors="replace").strip().splitlines()
        return lines[-1].strip()[:300] if lines else ""

    def _read(self) -> None:
        with self._stream as stream:
            for line in stream:
                self._tail = (self._tail + line)[-_LAST_WORDS:]


def read_result(setting: str, last: bytes, words: str) -> TrialResult:
    """The result from the last line of output; a run without a summary has failed with these last words."""
    try:
        summary = msgspec.json.decode(last, type=_Line).summary
    except msgspec.DecodeError:
        log.info("back-test of %s failed: %s", setting, words)
        return TrialResult(setting, error=words)
    changed: Sequence[_Changed] = summary.changed
    return TrialResult(setting, summary.rows, tuple((one.alarm, one.before, one.after) for one in changed))
