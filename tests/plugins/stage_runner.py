"""The gate's own pytest session: runs each stage in a process of its own and reports all of them as one run.

The longest stages run beside the others, for they wait more than they work; what they report is told afterwards.
It collects nothing itself. A stage that dies (Qt aborts the process) is a failed test naming where it died.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from stages import STAGES, stages_of

# Longer than the longest timeout a test may ask for; a stage that is silent this long hangs outside Python.
SILENCE_S = 900.0
BESIDE = ("plain", "field")
_ENDED_BY_ITSELF = (
    pytest.ExitCode.OK,
    pytest.ExitCode.TESTS_FAILED,
    pytest.ExitCode.NO_TESTS_COLLECTED,
)


@dataclass
class _Stage:
    """What is known of one running stage."""

    name: str
    collected: int = 0
    finished: int = 0
    failed: bool = False
    running: str = ""
    location: tuple[str, int | None, str] = ("", None, "")
    hung: bool = False


@dataclass
class _Running:
    """A stage and the process it runs in."""

    stage: _Stage
    child: subprocess.Popen[bytes]
    report: Path
    output: Path
    began: float

    @property
    def seconds(self) -> float:
        """From its start to its last word."""
        return max(self.report.stat().st_mtime - self.began, 0.0)


@dataclass
class _Outcome:
    """How long each stage took, and which failed."""

    seconds: dict[str, float] = field(default_factory=dict[str, float])
    failed: set[str] = field(default_factory=set[str])

    @property
    def first_failed(self) -> str | None:
        """In the order of the stages, not of time."""
        return next((name for name in STAGES if name in self.failed), None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.getgroup("gwanje").addoption(
        "--stages", action="store_true", help="run every stage in its own process and report them together"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("stages"):
        config.pluginmanager.register(StageRunner(config), "stage-runner")


def how_it_died(code: int) -> str:
    """Name of what ended a process with this return code."""
    if code < 0:
        try:
            return signal.Signals(-code).name
        except ValueError:
            return f"signal {-code}"
    return f"exit code {code}"


def words_for_stages(words: list[str]) -> list[str]:
    """The words of the gate's command line without those that are the gate's own."""
    kept: list[str] = []
    for word in words:
        if word == "no:pytest-qt" and kept[-1:] == ["-p"]:
            kept.pop()
        elif word != "--stages":
            kept.append(word)
    return kept


def words_for_stage(stage: str, words: list[str], folder: Path) -> list[str] | None:
    """The words for one stage: pytest never ignores a file it is given, so other files go; None: none is left."""
    named = [word for word in words if (folder / word.partition("::")[0]).is_file()]
    others = {word for word in named if stage not in stages_of(folder / word.partition("::")[0])}
    if named and len(others) == len(named):
        return None
    return [word for word in words if word not in others]


class StageRunner:
    """Replaces collection and the test loop of the session it is registered in."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._outcome = _Outcome()
        self._arguments = words_for_stages([str(word) for word in config.invocation_params.args])

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> bool:
        """Nothing is imported here."""
        session.items = []
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Run the stages one after the other, and the longest ones beside them."""
        with tempfile.TemporaryDirectory(prefix="gwanje-stage-") as folder, ExitStack() as end:
            beside = [self._start(name, Path(folder), end) for name in BESIDE]
            for name in (name for name in STAGES if name not in BESIDE):
                if session.shouldfail or session.shouldstop:
                    break
                self._told(self._start(name, Path(folder), end), session)
            for running in beside:
                if not (session.shouldfail or session.shouldstop):
                    self._told(running, session)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        return True

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how long each stage took and which failed first, right above pytest's last line."""
        times = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in self._outcome.seconds.items())
        terminalreporter.write_line(f"stages: {times}")
        if self._outcome.first_failed is not None:
            terminalreporter.write_line(f"first failing stage: {self._outcome.first_failed}", red=True)

    def _start(self, name: str, folder: Path, end: ExitStack) -> _Running | None:
        words = words_for_stage(name, self._arguments, Path(self._config.invocation_params.dir))
        if words is None:
            return None
        report, output = folder / f"{name}.jsonl", folder / f"{name}.txt"
        report.touch()
        command = [sys.executable, "-m", "pytest", "--continue-on-collection-errors"]
        command += [f"--stage={name}", f"--stage-report={report}"]
        command += ["-p", "no:pytest-qt"] if name in {"static", "plain", "field", "fuzz"} else []
        with output.open("wb") as sink:
            child = subprocess.Popen(
                [*command, *words],
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=self._config.invocation_params.dir,
            )
        end.callback(_stopped, child)
        return _Running(_Stage(name), child, report, output, time.time())

    def _told(self, running: _Running | None, session: pytest.Session) -> None:
        """Report a stage to its end."""
        if running is None:
            return
        stage, child = running.stage, running.child
        self._follow(child, running.report, stage, session)
        if child.returncode not in _ENDED_BY_ITSELF:
            words = running.output.read_text(encoding="utf-8", errors="replace")
            self._tell_death(stage, child.returncode, words)
        self._outcome.seconds[stage.name] = running.seconds
        if stage.failed:
            self._outcome.failed.add(stage.name)

    def _follow(
        self, child: subprocess.Popen[bytes], report: Path, stage: _Stage, session: pytest.Session
    ) -> None:
        heard = time.monotonic()
        with report.open(encoding="utf-8") as lines:
            partial = ""
            while True:
                ended = child.poll() is not None
                text = lines.read()
                if text:
                    heard = time.monotonic()
                    *whole, partial = (partial + text).split("\n")
                    for line in whole:
                        self._replay(json.loads(line), stage, session)
                elif ended:
                    return
                elif time.monotonic() - heard > SILENCE_S:
                    # ABRT, so that faulthandler writes where every thread is.
                    stage.hung = True
                    os.kill(child.pid, signal.SIGABRT)
                    child.wait()
                else:
                    time.sleep(0.05)

    def _replay(self, entry: dict[str, Any], stage: _Stage, session: pytest.Session) -> None:
        hook = self._config.hook
        if "collected" in entry:
            stage.collected = entry["collected"]
            session.testscollected += stage.collected
        elif "start" in entry:
            stage.running, stage.location = entry["start"], tuple(entry["location"])
            hook.pytest_runtest_logstart(nodeid=stage.running, location=stage.location)
        elif "finish" in entry:
            stage.running = ""
            stage.finished += 1
            hook.pytest_runtest_logfinish(nodeid=entry["finish"], location=tuple(entry["location"]))
        else:
            report = hook.pytest_report_from_serializable(config=self._config, data=entry["report"])
            stage.failed = stage.failed or report.failed
            told = entry["report"]["longrepr"]
            if report.skipped and isinstance(told, list):
                # JSON knows no tuples, and the summary of skipped tests takes nothing else.
                report.longrepr = (str(told[0]), int(told[1]), str(told[2]))  # pyright: ignore[reportUnknownArgumentType]
            if isinstance(report, pytest.CollectReport):
                hook.pytest_collectreport(report=report)
            else:
                hook.pytest_runtest_logreport(report=report)

    def _tell_death(self, stage: _Stage, code: int, output: str) -> None:
        stage.failed = True
        cause = f"no sign of life for {SILENCE_S:.0f} s" if stage.hung else how_it_died(code)
        left = max(stage.collected - stage.finished - 1, 0)
        tail = "\n".join(output.splitlines()[-80:])
        report = pytest.TestReport(
            nodeid=stage.running or f"stage {stage.name}",
            location=stage.location if stage.running else (f"stage {stage.name}", None, stage.name),
            keywords={},
            outcome="failed",
            longrepr=f"stage {stage.name} ended early: {cause}; {left} of its tests did not run\n\n{tail}",
            when="call",
        )
        self._config.hook.pytest_runtest_logreport(report=report)


def _stopped(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is None:
        child.terminate()
        child.wait()
