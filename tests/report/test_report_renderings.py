"""One record in five formats, read back by other programs."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import openpyxl
import pypdf
import pytest
from report_room import END, FORMULA, MARKUP, SITE, T0, shift_data, site

from console.core.words import Lang
from console.report.evidence import SUFFIX
from console.report.export import Exported, Job, export
from console.report.facts.record import Kind
from console.report.key import load_key
from console.report.render.guard import guarded
from console.report.render.json import Document
from console.report.render.speech import Speech, read_words
from console.report.store.collect import collect
from console.report.store.question import Collected, Question

Make = Callable[..., Exported]


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Collected:
    data = shift_data(tmp_path_factory.mktemp("hub"), 40)
    return collect(data, site(), Question(Kind.SHIFT, T0, END))


@pytest.fixture
def make(collected: Collected, tmp_path: Path) -> Make:
    def made(folder: str = "out", **more: object) -> Exported:
        fields: dict[str, object] = {"kind": Kind.SHIFT, "made_at": END, "station": "seat-1", **more}
        job = Job(**fields)  # type: ignore[arg-type]
        return export(collected, job, tmp_path / folder, load_key(tmp_path / "key", lambda: None))

    return made


def _any(thing: object) -> Any:
    """What the stubs of openpyxl and pypdf do not know."""
    return thing


def _rounded(value: object) -> object:
    """A spreadsheet keeps 15 digits of a number."""
    return float(f"{value:.12g}") if isinstance(value, float) else value


def _file(done: Exported, ending: str) -> Path:
    return next(path for path in done.files if path.name.endswith(ending))


def test_a_workbook_has_typed_cells_frozen_heads_and_its_own_charts(make: Make) -> None:
    done = make(formats=("xlsx",))
    book = openpyxl.load_workbook(_file(done, ".xlsx"))
    sheet = book["경보"]
    table = next(table for table in done.report.tables if table.name == "alarms")
    assert sheet.freeze_panes == "A2"
    assert sheet.max_row == len(table.rows) + 1
    first = [cell.value for cell in sheet[2]]
    assert isinstance(first[0], datetime)
    assert first[1] == table.rows[0][1]
    assert first[5] == table.rows[0][5]
    assert len(_any(book["추이"])._charts) == len(done.report.charts)


@pytest.mark.parametrize("start", list("=+-@\t\r\0＝＋－＠"))
def test_text_that_could_begin_a_formula_gets_an_apostrophe(start: str) -> None:
    """SEC-31: all the beginnings that a spreadsheet may take for a formula."""
    assert guarded(f"{start}cmd").startswith("'")
    assert guarded("plain = text") == "plain = text"
    assert "\0" not in guarded(f"a{start}\0")


def test_payloads_in_names_stay_text_in_workbook_and_csv(make: Make) -> None:
    """SEC-31: no cell is a formula, and numbers stay numbers, negative ones too."""
    done = make(formats=("xlsx", "csv"))
    book = openpyxl.load_workbook(_file(done, ".xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert f"'{FORMULA}" in [cell.value for cell in cells]
    text = _file(done, ".alarms.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert text.count(b"\r\n") == text.count(b"\n")
    rows = list(csv.reader(io.StringIO(text.decode("utf-8-sig"), newline="")))
    assert f"'{FORMULA}" in {row[12] for row in rows}
    assert MARKUP in {row[12] for row in rows}
    table = next(table for table in done.report.tables if table.name == "alarms")
    assert [float(row[5]) for row in rows[1:]] == [row[5] for row in table.rows]
    assert datetime.fromisoformat(rows[1][0]).utcoffset() is not None


def test_samples_come_out_whole(make: Make, collected: Collected) -> None:
    done = make(formats=("csv",))
    with _file(done, ".trends.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    series = collected.holdings.trends[0].series()
    mine = [row for row in rows if row[1] == collected.holdings.trends[0].tag]
    assert [float(row[2]) for row in mine] == series.mean.tolist()
    assert datetime.fromisoformat(mine[0][0]).timestamp() == series.at[0] / 1e9
    assert {row[3] for row in mine} == {"GOOD", "BAD"}


def test_html_runs_nothing_fetches_nothing_and_shows_payloads_as_they_are(make: Make) -> None:
    """SEC-32: escaped, without scripts, without addresses."""
    text = _file(make(formats=("html",), langs=(Lang.KO, Lang.EN)), ".html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "default-src 'none'" in text
    assert not re.search(r"(?:src|href)\s*=|url\(|@import", text)
    assert "근무조 보고서 / Shift report" in text
    assert text.count("<svg") == 13  # with the map


def test_json_is_the_record_itself(make: Make) -> None:
    done = make(formats=("json",))
    found = msgspec.json.decode(_file(done, ".json").read_bytes(), type=Document)
    assert found.report == done.report
    assert found.stamp.station == "seat-1"


def test_a_pdf_is_tagged_archivable_and_says_its_hash_and_signature(make: Make) -> None:
    """SEC-32: the hash and the signature stand in the file; typst refuses what breaks PDF/A-2b or PDF/UA-1."""
    done = make(formats=("pdf",))
    reader = pypdf.PdfReader(_file(done, ".pdf"))
    meta = reader.xmp_metadata
    assert meta is not None
    raw = meta.stream.get_data()
    assert b"<pdfaid:part>2</pdfaid:part>" in raw
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in raw
    assert b"<pdfuaid:part>1</pdfuaid:part>" in raw
    root = _any(reader.trailer["/Root"])
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("ko")
    assert not reader.attachments
    text = "".join(page.extract_text() for page in reader.pages)
    assert "근무조 보고서" in text
    assert f"{len(reader.pages)} / {len(reader.pages)} 쪽" in text
    words = str(reader.metadata["/Keywords"]) if reader.metadata else ""
    assert len(re.findall(r"[0-9a-f]{64}", words)) >= 3
    fonts = {
        str(font.get_object()["/BaseFont"])
        for page in _any(reader.pages)
        for font in page["/Resources"].get("/Font", {}).values()
    }
    assert all("+" in font for font in fonts)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_pdftotext_reads_hangul_and_payloads_as_they_were_written(make: Make) -> None:
    """SEC-32: names with markup are set as text, not run."""
    path = _file(make(formats=("pdf",), langs=(Lang.KO, Lang.EN)), ".pdf")
    done = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    )
    assert "요약 수치 / Figures" in done.stdout
    flat = re.sub(r"\s+", "", done.stdout)
    assert "alert(1)" in flat
    assert '#eval("1")' in flat


def test_a_reprint_is_the_same_to_the_byte_but_for_its_stamp(make: Make) -> None:
    first, again = make("a"), make("b")
    assert [path.name for path in first.files] == [path.name for path in again.files]
    for one, other in zip(first.files, again.files, strict=True):
        assert one.read_bytes() == other.read_bytes(), one.name
    later = make("c", formats=("json", "csv"), made_at=END + 10**9)
    said = msgspec.json.decode(_file(later, ".json").read_bytes(), type=Document)
    before = msgspec.json.decode(_file(first, ".json").read_bytes(), type=Document)
    assert said.report == before.report
    assert msgspec.structs.replace(said.stamp, made_at=END) == before.stamp
    assert _file(later, ".alarms.csv").read_bytes() == _file(first, ".alarms.csv").read_bytes()


def test_file_names_hold_nothing_that_a_shell_or_a_folder_minds(make: Make) -> None:
    """SEC-32: safe file names."""
    for path in make(formats=("csv", "json")).files:
        assert re.fullmatch(r"[A-Za-z0-9_.-]+", path.name)
    assert not [path for path in _file(make(), SUFFIX).parent.iterdir() if path.name.startswith(".")]


@pytest.mark.slow
@pytest.mark.timeout(180)
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize("ending", [".xlsx", ".commands.csv"])
def test_libreoffice_reads_the_same_values(make: Make, tmp_path: Path, ending: str) -> None:
    """SEC-31: round trip through another spreadsheet; what was text is text, nothing was calculated."""
    done = make(formats=("xlsx", "csv"))
    source = _file(done, ending)
    home = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    # 44 comma, 34 quote, 76 UTF-8.
    reading = ["--infilter=CSV:44,34,76,1"] if ending.endswith(".csv") else []
    command = [
        "soffice",
        home,
        "--headless",
        *reading,
        "--convert-to",
        "ods",
        "--outdir",
        str(tmp_path),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=150)
    ods = tmp_path / f"{source.stem}.ods"
    again = ["soffice", home, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    subprocess.run(
        [*again, "--outdir", str(tmp_path / "back"), str(ods)], check=True, capture_output=True, timeout=150
    )
    book = openpyxl.load_workbook(tmp_path / "back" / f"{source.stem}.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    if ending == ".xlsx":
        original = openpyxl.load_workbook(source)
        for sheet in original:
            there = [_rounded(c.value) for row in book[sheet.title].iter_rows(max_row=30) for c in row]
            here = [_rounded(c.value) for row in sheet.iter_rows(max_row=30) for c in row]
            assert there == here
    else:
        values = [cell.value for cell in cells]
        assert "완료" in values
        assert "거부됨" in values


def test_a_sites_own_template_replaces_the_shipped_one(make: Make, tmp_path: Path) -> None:
    folder = tmp_path / "site" / "reports"
    folder.mkdir(parents=True)
    shipped = (SITE.parents[1] / "reports" / "report.typ").read_text(encoding="utf-8")
    (folder / "shift.typ").write_text(shipped + "\nOUR OWN\n", encoding="utf-8")
    path = _file(make(formats=("pdf",), site_folder=tmp_path / "site"), ".pdf")
    assert "OUR OWN" in pypdf.PdfReader(path).pages[-1].extract_text().replace("\u200b", "")


def test_codes_are_said_in_words_and_unknown_ones_as_they_are() -> None:
    speech = Speech(read_words(), (Lang.EN,), "Asia/Seoul")
    tables = "log.state commands.state"
    assert speech.code(tables, "SENT") == "sent"
    assert speech.code(tables, "A_NORM") == "Normal"
    assert speech.code(tables, "NEVER_HEARD_OF") == "NEVER_HEARD_OF"
    both = Speech(read_words(), (Lang.KO, Lang.EN), "Asia/Seoul")
    assert both.code(tables, "SENT") == "전송됨 / sent"
    assert both.time(T0) == "2026-11-22 07:00:00"
