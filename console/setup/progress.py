"""Steps of the set-up on the terminal: one line each, with the time it has taken so far."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TextIO


class Progress:
    """Writes to a terminal with a running clock, to anything else one finished line per step."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream if stream is not None else sys.stderr
        self._live = self._stream.isatty()
        self._began = time.monotonic()
        self._step = 0

    def line(self, text: str) -> None:
        """Write one whole line."""
        self._stream.write(f"{text}\n")
        self._stream.flush()

    def elapsed_s(self) -> float:
        """Seconds since this object was made."""
        return time.monotonic() - self._began

    def run(
        self,
        title: str,
        command: Sequence[str],
        environ: Mapping[str, str],
        log: Path,
        cwd: Path | None = None,
    ) -> int:
        """Run one step as a child, its output into `log`; returns its exit code.

        An interrupt ends the child first, so that nothing writes into the environment after we are gone.
        """
        self._step += 1
        began = time.monotonic()
        label = f"  {self._step}. {title}"
        with log.open("ab") as output:
            output.write(f"\n== {title}\n".encode())
            output.flush()
            child = subprocess.Popen(
                list(command), stdout=output, stderr=subprocess.STDOUT, env=dict(environ), cwd=cwd
            )
            try:
                code = self._watch(child, label, began)
            except BaseException:
                child.terminate()
                child.wait()
                raise
        mark = "ok" if code == 0 else "!!"
        self._replace(f"{label} … {mark} {time.monotonic() - began:.1f} s", final=True)
        return code

    def _watch(self, child: subprocess.Popen[bytes], label: str, began: float) -> int:
        while True:
            try:
                return child.wait(timeout=0.2)
            except subprocess.TimeoutExpired:
                if self._live:
                    self._replace(f"{label} … {time.monotonic() - began:.0f} s", final=False)

    def _replace(self, text: str, *, final: bool) -> None:
        lead = "\r\x1b[K" if self._live else ""
        self._stream.write(f"{lead}{text}" + ("\n" if final else ""))
        self._stream.flush()
