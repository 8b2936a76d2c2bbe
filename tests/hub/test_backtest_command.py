"""`main.py backtest` from its options to its lines, words and exit code."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from backtest_site import HEADER, stamp, swinging, write_site

from console.core.batch import NS
from console.core.catalogue import Catalogue
from console.hub.backtest import command
from console.hub.backtest.history import FILE
from console.hub.backtest.samples import SampleFile
from console.hub.backtest.session import CountedIds
from console.hub.clock import SetClock
from console.hub.historian.historian import Historian
from console.hub.profile import load_site
from console.setup.arguments import BacktestOptions
from console.setup.parser import parse

ROOT = Path(__file__).resolve().parents[2]
Lines = list[dict[str, Any]]


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LC_ALL", "C")
    (tmp_path / "s.csv").write_text("\n".join(swinging(6)) + "\n", encoding="utf-8")
    return write_site(tmp_path / "site")


def _run(site: Path, **options: Any) -> tuple[int, Lines]:
    out = site.parent / "out.jsonl"
    given: dict[str, Any] = {"site": site, "samples": site.parent / "s.csv", "out": out, **options}
    code = command.main(BacktestOptions(**given))
    text = out.read_text(encoding="utf-8") if out.exists() else ""
    return code, [json.loads(line) for line in text.splitlines()]


def test_every_transition_is_a_line_and_the_summary_is_the_last(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, lines = _run(site)
    assert code == 0
    first = lines[0]
    assert list(first) == ["at", "alarm", "occurrence", "event", "from", "to", "level", "value", "priority"]
    assert [first[key] for key in ("at", "alarm", "event", "from", "to", "level", "value", "priority")] == [
        "2026-11-01T00:00:00Z", "p1.level_high", "ACT", "A_NORM", "B_UNACK", 0, 8.2, 2,
    ]  # fmt: skip
    assert [line["event"] for line in lines[:-1]] == ["ACT", "RTN"] * 6
    assert lines[1]["at"] == "2026-11-01T00:00:10Z"
    summary = lines[-1]["summary"]
    assert (summary["rows"], summary["bad_lines"], summary["transitions"]) == (240, 0, 12)
    assert summary["kpis"]["whole"]["alarms"] == 6
    assert summary["kpis_after"] is None
    assert summary["top"] == ["p1.level_high"]
    words = capsys.readouterr().err
    assert "240 samples, 12 alarm transitions" in words
    assert "chattering episodes: 1 (target 0) insufficient" in words
    assert "--set p1.level_high.deadband=0.4" in words


def test_the_same_samples_give_the_same_bytes(site: Path) -> None:
    _run(site)
    first = (site.parent / "out.jsonl").read_bytes()
    _run(site)
    assert (site.parent / "out.jsonl").read_bytes() == first
    occurrences = [json.loads(line)["occurrence"] for line in first.splitlines()[:-1:2]]
    assert len(set(occurrences)) == 6
    assert sorted(occurrences) == occurrences


def test_the_proposal_of_the_worklist_is_proved_by_a_back_test(
    site: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    setting = _run(site)[1][-1]["summary"]["nuisance"][0]["setting"]
    capsys.readouterr()
    code, lines = _run(site, settings=(setting,))
    assert code == 0
    runs = [line["run"] for line in lines[:-1]]
    assert runs == ["both", *["before"] * 11]
    summary = lines[-1]["summary"]
    assert summary["changed"] == [{"alarm": "p1.level_high", "before": 6, "after": 1}]
    assert summary["kpis_after"]["whole"]["alarms"] == 1
    words = capsys.readouterr().err
    assert "with the change: 6 → 1 annunciations (11 transitions only now, 0 only then)" in words
    assert "p1.level_high: 6 → 1" in words


def test_a_change_can_also_make_more(site: Path) -> None:
    _, lines = _run(site, settings=("pump.level_high.limit=0.5",))
    assert [line["alarm"] for line in lines if line.get("run") == "after"] == ["p2.level_high"]


def test_only_the_asked_range_is_played(site: Path) -> None:
    _, lines = _run(site, start=stamp(20), end=str(1_793_491_200 * NS + 60 * NS))
    assert [line["at"] for line in lines[:-1]] == [stamp(s) for s in (20, 30, 40, 50)]
    assert lines[-1]["summary"]["rows"] == 80


def test_bad_lines_are_named_and_the_exit_code_tells(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = site.parent / "bad.csv"
    path.write_text(f"{HEADER}\n{stamp(0)},p1.level,9,good\n\x1b[31m,p1.level,9,good\n", encoding="utf-8")
    code, lines = _run(site, samples=path)
    words = capsys.readouterr().err
    assert (code, len(lines)) == (1, 2)
    assert f"{path}:3: not a time: \\u001b[31m" in words
    assert "1 lines were left out (time 1)" in words
    assert "\x1b" not in words


def test_samples_out_of_order_are_told(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = site.parent / "back.csv"
    path.write_text(f"{stamp(9)},p1.level,9,good\n{stamp(5)},p2.level,9,good\n", encoding="utf-8")
    assert _run(site, samples=path)[0] == 0
    assert "1 samples older than one before them" in capsys.readouterr().err


def test_a_file_without_samples_is_a_failure(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = site.parent / "empty.csv"
    path.write_text(f"{HEADER}\n", encoding="utf-8")
    code, lines = _run(site, samples=path)
    assert code == 1
    assert lines[-1]["summary"]["kpis"] is None
    assert "no usable samples" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"start": "noon"}, "--from: not a time: noon"),
        ({"end": "2026-11-01"}, "--to: not a time"),
        ({"start": "5", "end": "5"}, "--from must be before --to"),
        ({"settings": ("x",)}, "--set x: not asset-or-type.alarm.field=value"),
        ({"settings": ("p9.level_high.limit=1",)}, "there is no asset and no type p9"),
        ({"settings": ("p1.level.limit=1",)}, "there is no alarm level (there are: level_high)"),
        ({"settings": ("p1.level_high.colour=1",)}, "field colour cannot be tried"),
        ({"settings": ("p1.level_high.deadband=-1",)}, "-1 is not a value for it"),
        ({"out": Path("/nonexistent-folder/x")}, "cannot be written"),
    ],
)
def test_a_bad_argument_is_named_and_nothing_is_played(
    site: Path, capsys: pytest.CaptureFixture[str], options: dict[str, Any], words: str
) -> None:
    code, lines = _run(site, **options)
    assert (code, lines) == (2, [])
    assert words in capsys.readouterr().err


def test_a_faulty_profile_is_told_as_site_check_does(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (site / "types" / "pump.toml").write_text("x", encoding="utf-8")
    assert _run(site)[0] == 1
    assert "types/pump.toml:1: not TOML" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_on_still_gives_what_was_read(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(file: SampleFile) -> Any:
        yield next(whole(file))
        raise OSError(5, "Input/output error")

    whole = SampleFile.batches
    monkeypatch.setattr(SampleFile, "batches", broken)
    code, lines = _run(site)
    assert code == 1
    assert lines[-1]["summary"]["transitions"] == 12
    assert "cannot be read: Input/output error" in capsys.readouterr().err


def test_a_hub_s_history_gives_what_its_samples_gave(site: Path) -> None:
    _, from_file = _run(site)
    data = site.parent / "data"
    (data / "hub").mkdir(parents=True)
    historian = Historian(data / FILE, SetClock(), flush_s=3600.0)
    for batch in SampleFile(site.parent / "s.csv", Catalogue(load_site(site))).batches():
        historian.write(batch)
    historian.close()
    code, from_history = _run(site, samples=None, data=data)
    assert code == 0
    assert from_history[:-1] == from_file[:-1]


def test_a_folder_without_history_is_a_failure(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(site, samples=None, data=site)[0] == 1
    assert "cannot be read: no history" in capsys.readouterr().err


def test_words_are_korean_on_a_korean_terminal(
    site: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    _run(site)
    words = capsys.readouterr().err
    assert "채터링 횟수: 1 (목표 0) 판정 보류" in words
    assert "불감대를 넓혀 보십시오" in words


def test_lines_go_to_standard_output_without_a_file(
    site: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stream = io.TextIOWrapper(io.BytesIO())
    monkeypatch.setattr(sys, "stdout", stream)
    assert command.main(BacktestOptions(site=site, samples=site.parent / "s.csv")) == 0
    assert len(stream.buffer.getvalue().splitlines()) == 13  # type: ignore[attr-defined]
    assert capsys.readouterr().err


def test_ids_rise_with_time_and_within_one_moment() -> None:
    ids = CountedIds()
    made = [ids(at) for at in (NS, NS, 2 * NS, 2 * NS)]
    assert sorted(set(made)) == made
    again = CountedIds()
    assert [again(at) for at in (NS, NS, 2 * NS, 2 * NS)] == made


def test_the_command_line_gives_its_facts(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("", encoding="utf-8")
    words = [
        "backtest",
        "--site",
        str(tmp_path),
        "--samples",
        str(tmp_path / "s.csv"),
        "--from",
        "1",
        "--to",
        "2",
    ]
    words += ["--set", "a.b.limit=1", "--set", "a.b.deadband=2", "--out", str(tmp_path / "o")]
    assert parse(words) == BacktestOptions(
        site=tmp_path,
        samples=tmp_path / "s.csv",
        start="1",
        end="2",
        settings=("a.b.limit=1", "a.b.deadband=2"),
        out=tmp_path / "o",
    )
    assert parse(["backtest", "--site", str(tmp_path), "--samples", "-"]).samples == Path("-")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ([], "--site"),
        (["--site", "."], "--samples"),
        (["--site", ".", "--samples", "-", "--data", "."], "--data"),
        (["--site", ".", "--samples", "no-such-file"], "no-such-file"),
        (["--site", ".", "--samples", "."], "--samples"),
        (["--site", ".", "--samples", "-", "--out", "."], "--out"),
    ],
)
def test_a_wrong_command_line_names_its_argument(
    words: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        parse(["backtest", *words])
    assert left.value.code == 2
    assert named in capsys.readouterr().err


@pytest.mark.journey
def test_the_reader_of_the_lines_may_leave_early(site: Path) -> None:
    (site.parent / "s.csv").write_text("\n".join(swinging(3000)) + "\n", encoding="utf-8")
    script = "import sys; from console.hub.backtest import command; from console.setup.parser import parse; "
    script += "sys.exit(command.main(parse(sys.argv[1:])))"
    words = ["backtest", "--site", str(site), "--samples", str(site.parent / "s.csv")]
    child = subprocess.Popen(
        [sys.executable, "-c", script, *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.readline()
    child.stdout.close()
    assert child.stderr.read() == b""
    assert child.wait(timeout=30) == 0
    child.stderr.close()
