"""One run of `main.py export` or `main.py verify` as a process of its own, so that the window never waits for it."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, QTimer, Signal, Slot

log = logging.getLogger("app")

CANCEL_MS = 5_000
_MOST_LINE = 1_000_000
_MOST_WORDS = 4_000
_BAD_ARGUMENT = 2


@dataclass(frozen=True, slots=True)
class Step:
    """How far it is: what begins now, and the number of it."""

    step: int
    of: int
    doing: str
    file: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended. `words` is what the process said to a person, plain text; `error` a key of `reports.bad`."""

    ok: bool
    cancelled: bool = False
    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    words: str = ""
    error: str = ""
    fields: dict[str, str] = field(default_factory=dict[str, str])


class _Line(msgspec.Struct):
    step: int
    of: int
    doing: str
    file: str = ""
    files: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    error: str = ""
    fields: dict[str, str] = msgspec.field(default_factory=dict[str, str])


_decode = msgspec.json.Decoder(_Line).decode


class ReportRun(QObject):
    """A process, heard to its end; `ended` comes exactly once, also when it could not be started."""

    stepped = Signal(object)
    """Step."""
    ended = Signal(object)
    """Outcome."""

    def __init__(self, words: Sequence[str], lang: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = _gently(words)
        self._process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("LC_ALL", "ko_KR.UTF-8" if lang == "ko" else "C.UTF-8")
        environment.insert("PYTHONUTF8", "1")
        self._process.setProcessEnvironment(environment)
        self._process.setStandardInputFile(QProcess.nullDevice())
        self._heard = b""
        self._last: _Line | None = None
        self._said: list[str] = []
        self._cancelled = False
        self._over = False
        self._killer = QTimer(self)
        self._killer.setSingleShot(True)
        self._killer.timeout.connect(self._kill)
        self._process.readyReadStandardOutput.connect(self._hear)
        self._process.finished.connect(self._finish)
        self._process.errorOccurred.connect(self._fail)

    @property
    def pid(self) -> int:
        """Of the running process, 0 for none."""
        return int(self._process.processId())

    def start(self) -> None:
        """Begin."""
        self._process.start(self._words[0], list(self._words[1:]))

    def cancel(self) -> None:
        """Ask it to leave nothing behind and end; it is killed when it does not."""
        if self._over or self._cancelled:
            return
        self._cancelled = True
        self._process.terminate()
        self._killer.start(CANCEL_MS)

    def stop(self) -> None:
        """The window closes: ask, wait a moment, kill."""
        if self._process.state() is QProcess.ProcessState.NotRunning:
            return
        self._cancelled = True
        self._process.terminate()
        if not self._process.waitForFinished(2_000):
            self._process.kill()
            self._process.waitForFinished(1_000)

    @Slot()
    def _kill(self) -> None:
        log.warning("a report that was cancelled did not end by itself and is killed")
        self._process.kill()

    @Slot()
    def _hear(self) -> None:
        self._heard += bytes(self._process.readAllStandardOutput().data())
        *lines, self._heard = self._heard.split(b"\n")
        if len(self._heard) > _MOST_LINE:
            self._heard = b""
        for line in lines:
            self._take(line)

    def _take(self, line: bytes) -> None:
        try:
            said = _decode(line)
        except msgspec.MsgspecError:
            self._said.append(line.decode(errors="replace").strip())
            return
        self._last = said
        if said.doing not in ("done", "failed", "cancelled"):
            self.stepped.emit(Step(said.step, said.of, said.doing, Path(said.file).name))

    @Slot(int, QProcess.ExitStatus)
    def _finish(self, code: int, status: QProcess.ExitStatus) -> None:
        self._hear()
        if self._heard:
            self._take(self._heard)
            self._heard = b""
        errors = bytes(self._process.readAllStandardError().data()).decode(errors="replace").strip()
        if code == _BAD_ARGUMENT:
            # How to use the command line is no news for who pressed a button.
            errors = errors.rpartition("\n")[2]
        said = "\n".join(part for part in (*self._said, errors) if part)[-_MOST_WORDS:]
        clean = status is QProcess.ExitStatus.NormalExit
        last = self._last
        self._end(
            Outcome(
                ok=clean and code == 0,
                cancelled=self._cancelled and code != 0,
                files=last.files if last is not None else (),
                missing=last.missing if last is not None else (),
                words=said or ("" if clean else f"exit {code}"),
                error=last.error if last is not None else "",
                fields=last.fields if last is not None else {},
            )
        )

    @Slot(QProcess.ProcessError)
    def _fail(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(Outcome(ok=False, words=self._process.errorString()))

    def _end(self, outcome: Outcome) -> None:
        if self._over:
            return
        self._over = True
        self._killer.stop()
        self.ended.emit(outcome)


def _gently(words: Sequence[str]) -> tuple[str, ...]:
    """With less of the processor than the window gets, where the system can."""
    nice = shutil.which("nice")
    return (nice, "-n", "10", *words) if nice else tuple(words)
