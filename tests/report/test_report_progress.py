"""`main.py export --progress`: one line of JSON a step, and a clean end on SIGTERM."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from report_room import EXPORT, ROOT, shift_data

from console.report.command import main
from console.report.progress import Cancelled, cancellable
from console.setup import arguments as facts

FROM, TO = "2026-11-22T07:00", "2026-11-22T15:00"
PATIENCE_S = 120


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shift_data(tmp_path_factory.mktemp("hub"), 3_000)


def test_each_step_is_a_line_and_the_last_one_names_the_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = shift_data(tmp_path / "hub", 5)
    options = facts.ExportOptions(
        "shift", data, FROM, TO, formats="json,csv", out=tmp_path / "out", progress=True
    )
    assert main(options) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["doing"] for line in lines] == [
        "collect",
        "facts",
        "json",
        "csv",
        "evidence",
        "deliver",
        "done",
    ]
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6, 7]
    assert {line["of"] for line in lines} == {7}
    assert lines[2]["file"].endswith(".json")
    assert sorted(Path(name) for name in lines[-1]["files"]) == sorted((tmp_path / "out").iterdir())
    assert lines[-1]["until"] > 0
    assert lines[-1]["missing"]


def test_what_could_not_be_made_is_the_last_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = facts.ExportOptions("shift", tmp_path, FROM, TO, out=tmp_path / "out", progress=True)
    assert main(options) == 1
    said = capsys.readouterr()
    last = json.loads(said.out.splitlines()[-1])
    assert (last["doing"], last["error"]) == ("failed", "no_store")
    assert "there is no data" in said.err


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process is ended without being asked")
@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv"])
def test_an_export_that_is_told_to_end_leaves_no_file(data: Path, tmp_path: Path, form: str) -> None:
    """Also while typst is setting the pages, which no Python runs in."""
    out, scratch = tmp_path / "out", tmp_path / "scratch"
    out.mkdir()
    scratch.mkdir()
    (out / "mine.txt").write_text("kept")
    words = ["export", "shift", "--data", str(data), "--from", FROM, "--to", TO, "--out", str(out)]
    env = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    env |= {
        "PYTHONPATH": str(ROOT),
        "TMPDIR": str(scratch),
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
    }
    process = subprocess.Popen(
        [*EXPORT, *words, "--format", f"{form},json", "--progress"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=env,
    )
    assert process.stdout is not None
    doing = ""
    while doing != form:
        doing = json.loads(process.stdout.readline())["doing"]
    process.send_signal(signal.SIGTERM)
    rest, error = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 143, error
    assert json.loads(rest.splitlines()[-1])["doing"] == "cancelled"
    assert error == ""
    assert [path.name for path in out.iterdir()] == ["mine.txt"]
    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process is ended without being asked")
def test_only_the_first_signal_counts_and_none_when_there_is_no_way_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with cancellable() as settle:
        settle()
        os.kill(os.getpid(), signal.SIGTERM)
    with cancellable():
        with pytest.raises(Cancelled):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGTERM)
    assert signal.getsignal(signal.SIGTERM) is before
