"""Processes of a bench: started, heard, measured and ended."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = (sys.executable, str(ROOT / "main.py"))
_READY_S = 60.0


class Part:
    """One process with its measurements."""

    def __init__(
        self, name: str, words: Sequence[str], log: Path, environ: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.log = log
        self._out = log.open("w", encoding="utf-8")
        self._child = subprocess.Popen(
            list(words),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._out,
            text=True,
            bufsize=1,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(environ or {})},
        )
        self.process = psutil.Process(self._child.pid)
        self._cpu = (time.monotonic(), 0.0)
        self.ready: Any = self.hear()["ready"]

    def hear(self) -> dict[str, Any]:
        """Its next line of output."""
        assert self._child.stdout is not None
        found, _, _ = select.select([self._child.stdout], [], [], _READY_S)
        line = self._child.stdout.readline() if found else ""
        if not line:
            raise RuntimeError(f"{self.name} said nothing: {self.log.read_text(encoding='utf-8')[-2000:]}")
        return json.loads(line)

    def ask(self, words: str) -> dict[str, Any]:
        """What it answers to a line."""
        self.tell(words)
        return self.hear()

    def tell(self, words: str) -> None:
        """A line to its standard input."""
        assert self._child.stdin is not None
        self._child.stdin.write(words + "\n")

    def cpu_share(self) -> float:
        """Processors used since the last call."""
        times = self.process.cpu_times()
        now, used = time.monotonic(), times.user + times.system
        before, self._cpu = self._cpu, (now, used)
        return (used - before[1]) / (now - before[0])

    def memory_mb(self) -> tuple[float, float]:
        """Resident and proportional set size, MiB."""
        told = self.process.memory_full_info()
        return told.rss / 2**20, getattr(told, "pss", told.uss) / 2**20

    def end(self) -> None:
        """Ask it to end, and see that it does."""
        self._child.terminate()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        for pipe in (self._child.stdin, self._child.stdout, self._out):
            if pipe is not None:
                pipe.close()
