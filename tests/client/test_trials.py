"""A back-test as a child process: its summary, its failure, its early end."""

from __future__ import annotations

import queue
import sys
from pathlib import Path

import msgspec
import pytest

from console.client.trials import Trial, TrialPlan, TrialResult, read_result

SUMMARY = {
    "summary": {
        "rows": 1200,
        "bad_lines": 0,
        "changed": [
            {"alarm": "p1.high", "before": 9, "after": 1},
            {"alarm": "p2.low", "before": 2, "after": 2},
        ],
    }
}


def plan(tmp_path: Path, program: str) -> TrialPlan:
    script = tmp_path / "main.py"
    script.write_text(program, encoding="utf-8")
    return TrialPlan((sys.executable, str(script)), tmp_path / "site", tmp_path / "data")


def outcome(trial: Trial) -> TrialResult:
    told: queue.SimpleQueue[TrialResult] = queue.SimpleQueue()
    trial.start(told.put)
    return told.get(timeout=20.0)


def test_summary_is_the_last_line_and_gives_counts_by_alarm() -> None:
    result = read_result("p1.high.deadband=1", msgspec.json.encode(SUMMARY), "")
    assert result.rows == 1200
    assert result.of("p1.high") == (9, 1)
    assert result.of("p3.high") == (0, 0)
    assert result.total == (11, 3)


@pytest.mark.parametrize("last", [b"", b"{}", b'{"summary": 3}', b"no json", b'{"at": "x"}'])
def test_run_without_a_summary_tells_its_last_words(last: bytes) -> None:
    assert read_result("s", last, "no such site (1)") == TrialResult("s", error="no such site (1)")


def test_child_is_given_site_data_span_and_setting(tmp_path: Path) -> None:
    made = plan(
        tmp_path,
        "import json, sys\n"
        "print('{\"at\": 1}')\n"
        f"line = {SUMMARY!r}\n"
        "line['summary']['changed'][0]['alarm'] = ' '.join(sys.argv[1:])\n"
        "print(json.dumps(line))\n"
        "sys.stderr.write('words\\n' * 10000)\n",
    )
    result = outcome(Trial(made, "p1.high.deadband=1", (5, 9)))
    assert result.error == ""
    assert result.changed[0][0] == (
        f"backtest --site {tmp_path / 'site'} --data {tmp_path / 'data'} "
        "--from 5 --to 9 --set p1.high.deadband=1"
    )


def test_failure_of_the_child_is_told_with_its_last_line(tmp_path: Path) -> None:
    made = plan(tmp_path, "import sys\nsys.stderr.write('first\\nthe site has faults\\n')\nsys.exit(1)\n")
    assert outcome(Trial(made, "s", (5, 9))) == TrialResult("s", error="the site has faults (1)")


def test_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    made = TrialPlan((str(tmp_path / "nothing"),), tmp_path, tmp_path)
    assert "nothing" in outcome(Trial(made, "s", (5, 9))).error


def test_trial_can_be_stopped(tmp_path: Path) -> None:
    made = plan(tmp_path, "import time\nprint('{}', flush=True)\ntime.sleep(60)\n")
    told: queue.SimpleQueue[TrialResult] = queue.SimpleQueue()
    trial = Trial(made, "s", (5, 9))
    trial.start(told.put)
    trial.stop()
    assert told.get(timeout=20.0) == TrialResult("s", stopped=True)


def test_trial_that_is_stopped_at_once_starts_no_child(tmp_path: Path) -> None:
    trial = Trial(plan(tmp_path, "import time\ntime.sleep(60)\n"), "s", (5, 9))
    told: queue.SimpleQueue[TrialResult] = queue.SimpleQueue()
    trial.stop()
    trial.start(told.put)
    assert told.get(timeout=20.0).stopped
    assert trial._process is None
