"""Reports from the console's own store: the same as from the hub's, and what is missing is said in every rendering."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import msgspec
import pytest
from keep_room import HubFiles, Room, fed
from report_room import END, HOUR, SITE, T0, samples, shift_data, site, write_data
from report_room import busy_shift as records_of

from console.core.batch import NS
from console.report.command import main
from console.report.facts.build import build
from console.report.facts.record import Kind
from console.report.render.json import canonical
from console.report.store.collect import collect, site_held
from console.report.store.question import Question
from console.report.verify import verify
from console.setup import arguments as facts

FROM, TO = "2026-11-22T07:00", "2026-11-22T15:00"
STORE = Path("console") / "holdings.db"
LATER = END + 3600 * NS


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shift_data(tmp_path_factory.mktemp("hub"), 40)


@pytest.fixture(scope="module")
def console(hub: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("console")
    assert fed(hub, data / STORE, LATER) == []
    return data


def _options(data: Path, out: Path, **more: object) -> facts.ExportOptions:
    fields: dict[str, object] = {"kind": "shift", "start": FROM, "end": TO, "formats": "json,csv", **more}
    return facts.ExportOptions(data=data, out=out, **fields)  # type: ignore[arg-type]


def _json(folder: Path) -> dict[str, object]:
    return json.loads(next(folder.glob("*.json")).read_text())["report"]


@pytest.mark.parametrize("kind", [Kind.SHIFT, Kind.DAY, Kind.COMMAND_LOG, Kind.FEED_QUALITY, Kind.ENERGY])
def test_a_shift_that_is_over_gives_the_same_record_from_both_stores(
    hub: Path, console: Path, kind: Kind
) -> None:
    """Same facts, same bytes: samples, records and counts have come over whole."""
    asked = Question(kind, T0, END)
    ours, theirs = (collect(data, site(), asked) for data in (console, hub))
    # The hub has nothing after the shift; the console knows that nothing came.
    theirs_until = msgspec.structs.replace(theirs.holdings, until=ours.holdings.until)
    assert canonical(build(kind, ours.holdings)) == canonical(build(kind, theirs_until))
    assert ours.ledger == theirs.ledger


def test_every_rendering_is_verified_against_the_slice_that_the_console_holds(
    console: Path, tmp_path: Path
) -> None:
    assert main(_options(console, tmp_path, formats="pdf,xlsx,csv,html,json")) == 0
    for path in tmp_path.iterdir():
        verdict = verify(path)
        assert verdict.differences == [], path.name
        assert verdict.records > 0
        assert verdict.signed_to > 0


def test_a_reprint_from_the_console_is_the_same_to_the_byte_but_for_the_stamp(
    console: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time_ns", lambda: LATER)
    for name in ("a", "b"):
        assert main(_options(console, tmp_path / name, formats="pdf,xlsx,csv,html,json")) == 0
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == sorted(path.name for path in (tmp_path / "b").iterdir())
    for name in files:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes(), name


def test_the_site_is_the_one_that_the_console_was_told(
    console: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workstation has no profile folder; its store has the profile, without addresses."""
    held = site_held(console, END)
    assert held is not None
    assert held.id == "busan"
    assert all(not feed.url for feed in held.feeds)
    monkeypatch.setattr("console.report.command.DEFAULT_SITE", Path("/nowhere"))
    assert main(_options(console, tmp_path)) == 0


def test_a_store_that_ends_early_is_stamped_in_every_rendering(hub: Path, tmp_path: Path) -> None:
    """The hub is lost at 11:00:30: 'data until 11:00:29', and nothing is said of later."""
    lost = T0 + 4 * HOUR + 30 * NS
    cut = write_data(
        tmp_path / "cut",
        [record for record in records_of(40) if record.at < lost],
        samples(range(40), seconds=4 * 3600),
    )
    data = tmp_path / "console"
    fed(cut, data / STORE, lost)
    out = tmp_path / "out"
    assert main(_options(data, out, formats="pdf,xlsx,csv,html,json", lang="ko")) == 0
    assert _json(out)["until"] == lost - NS
    assert "자료는 2026-11-22 11:00:29 까지입니다" in next(out.glob("*.html")).read_text()
    if shutil.which("pdftotext"):
        import subprocess

        told = subprocess.run(
            ["pdftotext", str(next(out.glob("*.pdf"))), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert "자료는 2026-11-22 11:00:29 까지입니다" in told
    import openpyxl

    sheet = openpyxl.load_workbook(next(out.glob("*.xlsx"))).worksheets[0]
    assert any("11:00:29" in str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_a_stretch_without_a_link_that_was_never_filled_is_named_and_breaks_the_curves(
    hub: Path, tmp_path: Path
) -> None:
    data = tmp_path / "console"
    fed(hub, data / STORE, LATER)
    base = sqlite3.connect(data / STORE)
    gap = (T0 + 2 * HOUR, T0 + 3 * HOUR)
    base.execute("DELETE FROM piece WHERE end > ? AND start < ?", gap)
    base.commit()
    base.close()
    found = collect(data, site(), Question(Kind.SHIFT, T0, END)).holdings
    assert [(one.start, one.end) for one in found.gaps] == [gap]
    report = build(Kind.SHIFT, found)
    missing = next(one for one in report.missing if one.code == "not_held")
    assert (missing.at, missing.until) == gap
    curves = [chart for chart in report.charts if chart.kind != "bars"]
    assert curves
    for chart in curves:
        inside = [v for at, v in zip(chart.at, chart.value, strict=True) if gap[0] <= at < gap[1]]
        assert inside == [None], chart.title
    out = tmp_path / "out"
    assert main(_options(data, out, formats="html,json")) == 0
    assert "2026-11-22 09:00:00부터 2026-11-22 10:00:00까지" in next(out.glob("*.html")).read_text()
    assert verify(next(out.glob("*.html"))).differences == []


def test_many_holes_are_counted_and_not_listed_without_end(hub: Path, tmp_path: Path) -> None:
    data = tmp_path / "console"
    fed(hub, data / STORE, LATER)
    base = sqlite3.connect(data / STORE)
    for n in range(23):
        start = T0 + n * 1200 * NS
        base.execute("DELETE FROM piece WHERE start >= ? AND end <= ?", (start, start + 600 * NS))
    base.commit()
    base.close()
    report = build(Kind.SHIFT, collect(data, site(), Question(Kind.SHIFT, T0, END)).holdings)
    codes = [one.code for one in report.missing]
    assert codes.count("not_held") == 20
    assert next(one.n for one in report.missing if one.code == "more_not_held") == 3


def test_with_both_folders_the_hub_s_is_read_unless_it_cannot_be(
    hub: Path, console: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "both"
    shutil.copytree(hub, data)
    shutil.copytree(console, data, dirs_exist_ok=True)
    assert "hub_unreadable" not in collect(data, site(), Question(Kind.SHIFT, T0, END)).holdings.missing
    (data / "hub" / "journal.db").write_bytes(b"not a database at all" * 500)
    for tail in ("-wal", "-shm"):
        (data / "hub" / f"journal.db{tail}").unlink(missing_ok=True)
    assert main(_options(data, tmp_path / "out")) == 0
    assert "this is from the store of this console" in capsys.readouterr().out


def test_what_a_hub_of_long_ago_left_does_not_hide_what_the_console_heard_since(
    hub: Path, tmp_path: Path
) -> None:
    """A seat that had a hub of its own and is now at that of the room."""
    data = tmp_path / "seat"
    write_data(data, records_of(5, first=T0 - 48 * HOUR))
    fed(hub, data / STORE, LATER)
    assert len(collect(data, site(), Question(Kind.SHIFT, T0, END)).holdings.records) > 40


def test_the_store_is_found_in_the_console_s_own_folder_too(console: Path, tmp_path: Path) -> None:
    assert main(_options(console / "console", tmp_path)) == 0


def test_a_damaged_store_is_named_and_nothing_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / STORE
    store.parent.mkdir()
    store.write_bytes(b"no database " * 1000)
    assert main(_options(tmp_path, tmp_path / "out", site=SITE)) == 1
    assert "cannot be read" in capsys.readouterr().err
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_the_store_is_only_read_and_may_be_fed_meanwhile(hub: Path, tmp_path: Path) -> None:
    """A long export holds its own picture; the console goes on feeding."""
    data = tmp_path / "console"
    room, files = Room(data / STORE), HubFiles(hub, LATER)
    room.link(True)
    room.run(files, until=lambda: len(files.asked) > 8)
    first = collect(data, site(), Question(Kind.SHIFT, T0, END)).holdings
    room.run(files)
    second = collect(data, site(), Question(Kind.SHIFT, T0, END)).holdings
    room.keeper.close()
    files.close()
    assert len(second.trends[0].quality) >= len(first.trends[0].quality)
    assert second.gaps == ()


def test_no_data_in_the_range_is_named(
    console: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    options = _options(console, out, start="2026-11-01T00:00", end="2026-11-01T01:00")
    assert main(options) == 1
    assert "nothing is held of this period" in capsys.readouterr().err
    assert not out.exists() or not list(out.iterdir())
