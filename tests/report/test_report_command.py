"""`main.py export` and `main.py verify`: exit codes, named messages, and no half-made file."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from report_room import END, SITE, T0, act, busy_shift, catalogue, shift_data, write_data

from console.report.command import main
from console.report.errors import ReportError
from console.report.outbox import Outbox
from console.report.render.workshop import find_template
from console.report.times import read_at
from console.setup import arguments as facts
from console.setup.launch import process
from console.setup.parser import parse

FROM, TO = "2026-11-22T07:00", "2026-11-22T15:00"


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shift_data(tmp_path_factory.mktemp("hub"), 12)


def _options(data: Path, out: Path, **more: object) -> facts.ExportOptions:
    fields: dict[str, object] = {"kind": "shift", "start": FROM, "end": TO, "formats": "json,csv", **more}
    return facts.ExportOptions(data=data, out=out, **fields)  # type: ignore[arg-type]


def _left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_the_command_line_gives_its_facts(tmp_path: Path) -> None:
    words = ["export", "shift", "--data", str(tmp_path), "--from", FROM, "--to", TO, "--lang", "both"]
    assert parse([*words, "--format", "pdf", "--out", str(tmp_path / "o")]) == facts.ExportOptions(
        "shift", tmp_path, FROM, TO, lang="both", formats="pdf", out=tmp_path / "o"
    )
    report = tmp_path / "a.pdf"
    report.write_bytes(b"")
    assert parse(["verify", str(report), "--key", str(report)]) == facts.VerifyOptions(report, (report,))


def test_an_export_writes_its_files_and_is_verified_after_the_data_is_gone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = shift_data(tmp_path / "hub", 12)
    assert process(_options(data, tmp_path / "out", formats="pdf,xlsx,csv,html,json")) == 0
    files = _left(tmp_path / "out")
    assert [name for name in files if name.endswith((".pdf", ".xlsx", ".html", ".json", ".zip"))] == sorted(
        f"shift-busan-20261122T070000-20261122T150000-ko.{end}"
        for end in ("evidence.zip", "html", "json", "pdf", "xlsx")
    )
    assert "data until 2026-11-22 14:59:50" in capsys.readouterr().out
    shutil.rmtree(data)
    for name in files:
        assert process(facts.VerifyOptions(tmp_path / "out" / name)) == 0, name
    assert "were computed anew" in capsys.readouterr().out
    changed = tmp_path / "out" / files[0]
    changed.write_bytes(changed.read_bytes() + b"x\r\n")
    assert main(facts.VerifyOptions(changed)) == 1
    assert "is not the file that was made" in capsys.readouterr().out


def test_the_data_directory_is_only_read(data: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in data.rglob("*")}
    assert main(_options(data, tmp_path)) == 0
    assert {path: path.stat().st_mtime_ns for path in data.rglob("*")} == before


@pytest.mark.parametrize(
    ("more", "code", "said"),
    [
        ({"start": "2026-11-21T00:00", "end": "2026-11-21T01:00"}, 1, "nothing is held of this period"),
        ({"start": "yesterday"}, 2, "--from: not a time"),
        ({"start": TO, "end": FROM}, 2, "--from must be before --to"),
        ({"formats": "pdf,doc"}, 2, "unknown doc"),
        ({"about": "eco-pump"}, 2, "--about goes with an incident"),
        ({"kind": "incident", "about": "nobody"}, 2, "no asset or alarm nobody"),
        ({"site": Path("/nowhere")}, 1, "site profile cannot be used"),
    ],
)
def test_a_bad_question_is_named_and_leaves_nothing(
    data: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    more: dict[str, object],
    code: int,
    said: str,
) -> None:
    assert main(_options(data, tmp_path / "out", **more)) == code
    assert said in capsys.readouterr().err
    assert _left(tmp_path / "out") == []


def test_no_store_and_a_damaged_one_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(_options(tmp_path, tmp_path / "out")) == 1
    assert "there is no data" in capsys.readouterr().err
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "journal.db").write_bytes(b"not a database at all" * 99)
    assert main(_options(tmp_path, tmp_path / "out")) == 1
    assert "cannot be read" in capsys.readouterr().err
    old = tmp_path / "old" / "hub"
    old.mkdir(parents=True)
    base = sqlite3.connect(old / "journal.db")
    base.execute("CREATE TABLE journal(sequence INTEGER, body BLOB)")
    base.close()
    assert main(_options(old.parent, tmp_path / "out")) == 1
    assert "older version" in capsys.readouterr().err


def test_a_folder_that_cannot_be_written_is_named(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert main(_options(data, tmp_path / "file" / "out")) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_full_disk_leaves_no_half_file_and_the_old_ones_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old")

    def half(path: Path) -> None:
        path.write_bytes(b"half")
        with Path("/dev/full").open("wb") as full:
            full.write(b"x" * 100_000)

    with Outbox(tmp_path) as box:
        box.write("a.csv", lambda path: path.write_text("new"))
        with pytest.raises(ReportError) as caught:
            box.write("b.csv", half)
    assert caught.value.key == "disk_full"
    assert _left(tmp_path) == ["a.csv"]
    assert (tmp_path / "a.csv").read_text() == "old"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("#let x = \n= [", "has an error"),
        ('#panic("stop")', "has an error"),
        ('#import "@preview/tablex:0.0.8": *', "is not allowed"),
        ('#let f = "a"\n#import f: x', "is not allowed"),
        ('#eval("1")', "is not allowed"),
        ('#read("/etc/passwd")', "has an error"),
    ],
)
def test_a_template_with_an_error_is_named_and_one_that_reaches_out_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], template: str, said: str
) -> None:
    """SEC-32: a template brings nothing in from outside."""
    own = shutil.copytree(SITE, tmp_path / "site")
    (own / "reports").mkdir()
    (own / "reports" / "report.typ").write_text(template)
    assert find_template(own, "shift") == own / "reports" / "report.typ"
    assert main(_options(data, tmp_path / "out", site=own, formats="csv,pdf")) == 1
    error = capsys.readouterr().err
    assert said in error
    assert "report.typ" in error
    assert _left(tmp_path / "out") == []


def test_the_history_may_be_missing_or_damaged_and_that_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = write_data(tmp_path / "plain", busy_shift(5))
    assert main(_options(plain, tmp_path / "a")) == 0
    assert "no history of samples" in capsys.readouterr().out
    damaged = shift_data(tmp_path / "damaged", 5)
    base = sqlite3.connect(damaged / "hub" / "history.db")
    base.execute("UPDATE block SET body = zeroblob(8) WHERE id = 1")
    base.commit()
    base.close()
    assert main(_options(damaged, tmp_path / "b", kind="feed_quality")) == 0
    assert "is damaged and left out" in capsys.readouterr().out


def test_names_that_steer_a_terminal_are_said_without_it(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_options(data, tmp_path, kind="incident", about="\x1b[2Jx")) == 2
    assert "\x1b" not in capsys.readouterr().err


def test_a_command_that_only_ended_in_the_span_is_still_told(tmp_path: Path) -> None:
    records = [act(catalogue().alarms[0].key, T0 + 1, "ACK")]
    data = write_data(tmp_path / "hub", records)
    assert main(_options(data, tmp_path / "out", kind="command_log")) == 0


def test_times_without_a_zone_are_those_of_the_site() -> None:
    zone = ZoneInfo("Asia/Seoul")
    assert read_at(FROM, zone) == T0
    assert read_at("2026-11-22T06:00:00Z", zone) == END
    assert read_at(str(T0), zone) == T0
    for bad in ("", "noon", "1960-01-01", "99999999999999999999"):
        with pytest.raises(ValueError):
            read_at(bad, zone)
