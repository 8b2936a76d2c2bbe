"""Delivery of an export: all files or none, whoever has them open, and nothing is left of exports that were killed."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from report_room import EXPORT, ROOT, shift_data

from console.report.errors import ReportError
from console.report.outbox import Outbox

FROM, TO = "2026-11-22T07:00", "2026-11-22T15:00"
PATIENCE_S = 120


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shift_data(tmp_path_factory.mktemp("hub"), 30)


def _written(box: Outbox, *names: str) -> None:
    for name in names:
        box.write(name, lambda path, text=name: path.write_text(f"new {text}"))


def _left(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir() if not path.name.startswith(".~")}


@pytest.mark.parametrize("lock", [".~lock.b.xlsx#", "~$b.xlsx"])
def test_a_file_that_an_office_program_has_open_keeps_all_of_them_as_they_were(
    tmp_path: Path, lock: str
) -> None:
    for name in ("a.pdf", "b.xlsx"):
        (tmp_path / name).write_text("old")
    (tmp_path / lock).write_text("kim")
    with Outbox(tmp_path) as box:
        _written(box, "a.pdf", "b.xlsx")
        with pytest.raises(ReportError) as caught:
            box.deliver()
    assert caught.value.key == "in_use"
    assert caught.value.fields["name"].endswith("b.xlsx")
    (tmp_path / lock).unlink()
    assert _left(tmp_path) == {"a.pdf": "old", "b.xlsx": "old"}


def test_a_file_that_cannot_take_its_name_gives_the_others_their_old_content_back(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("old")
    with Outbox(tmp_path) as box:
        _written(box, "a.pdf", "c.csv", "b.xlsx")
        # It is in the way from now on, and no file.
        (tmp_path / "b.xlsx").mkdir()
        (tmp_path / "b.xlsx" / "x").write_text("")
        with pytest.raises(ReportError) as caught:
            box.deliver()
    assert caught.value.key == "unwritable"
    (tmp_path / "b.xlsx" / "x").unlink()
    (tmp_path / "b.xlsx").rmdir()
    assert _left(tmp_path) == {"a.pdf": "old"}


def test_earlier_files_are_replaced_and_nothing_else_is_left(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("old")
    with Outbox(tmp_path) as box:
        _written(box, "a.pdf", "b.xlsx")
        assert box.deliver() == [tmp_path / "a.pdf", tmp_path / "b.xlsx"]
    assert _left(tmp_path) == {"a.pdf": "new a.pdf", "b.xlsx": "new b.xlsx"}


@pytest.mark.skipif(os.name != "posix", reason="elsewhere only what is a day old is taken away")
def test_what_a_killed_export_left_is_taken_away_by_the_next_and_one_under_way_is_not(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait(PATIENCE_S)
    (tmp_path / f".a.pdf.{gone.pid}.part").write_text("half")
    (tmp_path / f".xlsx.{gone.pid}.abc_9.part").mkdir()
    (tmp_path / f".b.pdf.{os.getppid()}.part").write_text("another one's")
    (tmp_path / ".mine.part").write_text("a person's")
    with Outbox(tmp_path):
        pass
    assert _left(tmp_path) == {f".b.pdf.{os.getppid()}.part": "another one's", ".mine.part": "a person's"}


def _command(data: Path, out: Path, formats: str) -> list[str]:
    words = ["export", "shift", "--data", str(data), "--from", FROM, "--to", TO, "--out", str(out)]
    return [*EXPORT, *words, "--format", formats, "--progress"]


def _environ(scratch: Path) -> dict[str, str]:
    env = {name: text for name, text in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    return {
        **env,
        **keyring,
        "PYTHONPATH": str(ROOT),
        "XDG_DATA_HOME": str(scratch),
        "LANG": "en_US.UTF-8",
        "LC_ALL": "en_US.UTF-8",
    }


@pytest.mark.skipif(os.name != "posix", reason="there is no such limit elsewhere")
@pytest.mark.parametrize("form", ["pdf", "xlsx", "csv", "html", "json"])
def test_a_disk_that_is_full_midway_leaves_no_half_file_in_any_format(
    data: Path, tmp_path: Path, form: str
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.txt").write_text("kept")

    def no_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (9_000, 9_000))

    done = subprocess.run(
        _command(data, out, form),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=_environ(tmp_path / "key"),
        preexec_fn=no_room,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "cannot be written" in done.stderr
    assert _left(out) == {"mine.txt": "kept"}


@pytest.mark.skipif(os.name != "posix", reason="elsewhere a process is ended otherwise")
def test_an_export_that_is_killed_leaves_nothing_under_a_report_s_name(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    process = subprocess.Popen(
        _command(data, out, "json,pdf"), stdout=subprocess.PIPE, text=True, env=_environ(tmp_path / "key")
    )
    assert process.stdout is not None
    while '"pdf"' not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait(PATIENCE_S)
    process.stdout.close()
    deadline = time.monotonic() + PATIENCE_S
    while Path(f"/proc/{process.pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [path.name for path in out.iterdir() if not path.name.startswith(".")] == []
    with Outbox(out):
        pass
    assert list(out.iterdir()) == []
