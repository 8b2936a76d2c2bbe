"""How far an export is, as one line of JSON a step, and how it is told to stop.

    {"step":1,"of":6,"doing":"collect","file":""}
    {"step":3,"of":6,"doing":"pdf","file":"shift-….pdf"}
    {"step":6,"of":6,"doing":"done","file":"","files":["…"],"until":…,"missing":["…"]}

`step` counts from 1 and names what begins now. The last line is `done`, `failed` (with `error`, a key of the words
`reports.bad`, and its `fields`) or `cancelled`. SIGTERM cancels: no file is left and the exit code is 143. Once the
files get their names it is too late, and the export is done.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import msgspec

_encode = msgspec.json.Encoder().encode


class Cancelled(BaseException):
    """The process was asked to end; not an error, so that nothing takes it for one."""


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One line."""

    step: int
    of: int
    doing: str
    """`collect`, `facts`, the name of a format, `evidence`, `deliver`."""
    file: str = ""


class Done(Step, frozen=True, kw_only=True):
    """The last line of an export that was made; `until` is UTC ns."""

    files: tuple[str, ...]
    until: int
    missing: tuple[str, ...]
    """In words."""


class Failed(Step, frozen=True, kw_only=True):
    """The last line of one that was not."""

    error: str
    fields: dict[str, str]


class Progress:
    """Counts the steps of one export; without a stream it says nothing."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._step = 0
        self._of = 0

    def plan(self, steps: int) -> None:
        """How many steps there will be."""
        self._of = steps

    def begin(self, doing: str, file: str = "") -> None:
        """The next step begins."""
        self._step += 1
        self._say(Step(step=self._step, of=self._of, doing=doing, file=file))

    def done(self, files: Iterable[Path], until: int, missing: Iterable[str]) -> None:
        """All files are there."""
        made = tuple(str(path) for path in files)
        end = self._of
        self._say(Done(step=end, of=end, doing="done", files=made, until=until, missing=tuple(missing)))

    def failed(self, error: str, fields: dict[str, str]) -> None:
        """It could not be made."""
        self._say(Failed(step=self._step, of=self._of, doing="failed", error=error, fields=fields))

    def cancelled(self) -> None:
        """It was not wanted any more."""
        self._say(Step(step=self._step, of=self._of, doing="cancelled"))

    def _say(self, line: Step) -> None:
        if self._stream is not None:
            self._stream.write(_encode(line).decode() + "\n")
            self._stream.flush()


@contextmanager
def cancellable() -> Generator[Callable[[], None]]:
    """SIGTERM raises Cancelled here, once; what it gives is called when there is no way back."""

    def cancel(_number: int, _frame: object) -> None:
        settle()
        raise Cancelled

    def settle() -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)

    before = signal.signal(signal.SIGTERM, cancel)
    try:
        yield settle
    finally:
        signal.signal(signal.SIGTERM, before)
