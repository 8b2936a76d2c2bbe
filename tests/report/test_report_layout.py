"""What a site may say about the looks of its reports, and how faults of it are named."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pypdf
import pytest
from report_city import city_holdings
from report_room import END, SITE, site

from console.core.profile.faults import Faults
from console.core.words import Lang
from console.report.errors import ReportError
from console.report.export import Exported, Job, export, table_names
from console.report.facts.record import Kind
from console.report.key import load_key
from console.report.render.layout import ALWAYS, PARTS, Layout, layout_of, order_of, read_layout
from console.report.render.press import pressed
from console.report.render.speech import read_words
from console.report.render.workshop import TEMPLATE, find_template
from console.report.store.question import Collected
from console.report.templates import check, sample_page
from console.report.verify import Difference, verify
from console.setup.arguments import SiteCheckOptions

TABLES = table_names(read_words())
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><rect width="10" height="10"/></svg>'
LAYOUT = """
title = { ko = "우리 근무 보고서", en = "Our shift report" }
before = { ko = "관제실 배포용", en = "For the control room" }
after = { ko = "문의: 당직", en = "Questions: duty officer" }
sections = ["log", "figures", "tables", "sources"]
logo = "logo.svg"
"""


@pytest.fixture
def district(tmp_path: Path) -> Path:
    """A copy of the shipped site with a folder for its looks."""
    folder = tmp_path / "district"
    shutil.copytree(SITE, folder)
    (folder / "reports").mkdir()
    (folder / "reports" / "logo.svg").write_text(LOGO, encoding="utf-8")
    return folder


@pytest.fixture
def english(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """What was printed, in English."""
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")
    return lambda: capsys.readouterr().out


def _write(district: Path, name: str, text: str) -> Path:
    path = district / "reports" / name
    path.write_text(text, encoding="utf-8")
    return path


def _export(district: Path, folder: Path, *formats: str, kind: Kind = Kind.SHIFT) -> Exported:
    job = Job(kind=kind, formats=formats, langs=(Lang.KO,), made_at=END, station="s", site_folder=district)
    return export(
        Collected(city_holdings(), b""), job, folder / "out", load_key(folder / "key", lambda: None)
    )


def _file(done: Exported, ending: str) -> Path:
    return next(path for path in done.files if path.name.endswith(ending))


def _differences(path: Path) -> list[Difference]:
    """What differs, but that the records here are of no ledger."""
    return [one for one in verify(path).differences if one.key != "records"]


def test_without_a_layout_everything_stands_in_the_usual_order() -> None:
    assert order_of(Layout(), ["a", "b"]) == [
        "missing", "figures", "map", "charts", "table:a", "table:b", "sources", "evidence",
    ]  # fmt: skip


def test_a_layout_orders_and_leaves_out_but_never_what_a_reader_needs_to_judge() -> None:
    order = order_of(Layout(sections=("b", "tables", "figures")), ["a", "b", "c"])
    assert order == ["missing", "table:b", "table:a", "table:c", "figures", "sources", "evidence"]
    assert set(ALWAYS) <= set(order_of(Layout(sections=("b",)), ["a"]))
    assert order_of(Layout(sections=("nothing_here", *PARTS)), ["a"])[0] == "missing"


def test_a_layout_changes_title_order_text_and_logo_and_the_export_stays_verifiable(
    district: Path, tmp_path: Path
) -> None:
    _write(district, "shift.toml", LAYOUT)
    done = _export(district, tmp_path, "html", "pdf")
    page = _file(done, ".html").read_text(encoding="utf-8")
    assert "<h1>우리 근무 보고서</h1>" in page
    assert '<img class="logo" alt="" src="data:image/svg+xml;base64,' in page
    assert page.index("관제실 배포용") < page.index("운영 일지") < page.index("요약 수치")
    assert page.index("문의: 당직") < page.index("수치의 출처") < page.index("증거</h2>")
    assert 'class="charts"' not in page
    text = pypdf.PdfReader(_file(done, ".pdf")).pages[0].extract_text().replace("\u200b", "")
    assert "우리 근무 보고서" in text
    assert _differences(_file(done, ".html")) == []
    tampered = _file(done, ".html")
    tampered.write_text(page.replace("관제실 배포용", "아무나"), encoding="utf-8")
    differences = _differences(tampered)
    assert [one.key for one in differences] == ["file", "line"]
    assert "관제실" in differences[1].fields["found"]


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("x = ", 1, "not_toml"),
        ("colour = 1\n", 1, "unknown_field"),
        ('sections = ["figures",\n"nothing"]\n', 1, "unknown_word"),
        ('\nsections = ["figures", "figures"]\n', 2, "twice"),
        ('title = { ko = "", en = "a" }\n', 1, "empty_text"),
        ('logo = "../site.toml"\n', 1, "unknown_word"),
        ('logo = "other.png"\n', 1, "no_file"),
        ('logo = "bad.svg"\n', 1, "wrong_type"),
        (f'after = {{ ko = "{"가" * 5000}", en = "a" }}\n', 1, "out_of_range"),
    ],
)
def test_a_fault_of_a_layout_is_named_with_its_line(
    district: Path, text: str, line: int, reason: str
) -> None:
    _write(district, "bad.svg", LOGO.replace("<rect", "<script/><rect"))
    path = _write(district, "shift.toml", text)
    faults = Faults()
    assert read_layout(path, TABLES, faults) is None
    assert (faults.sorted()[0].line, str(faults.sorted()[0].reason)) == (line, reason)
    with pytest.raises(ReportError) as caught:
        layout_of(district, "shift", TABLES)
    assert caught.value.key == "layout"
    assert caught.value.fields["name"].endswith(f"shift.toml:{line}")


def test_site_check_is_content_with_the_shipped_template_and_a_layout(
    district: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copy(TEMPLATE, district / "reports" / "report.typ")
    _write(district, "shift.toml", LAYOUT)
    assert check(SiteCheckOptions(district)) == 0
    assert "2" in capsys.readouterr().out
    assert check(SiteCheckOptions(SITE)) == 0


@pytest.mark.parametrize(
    ("source", "line", "words"),
    [
        ("= A\n\n#let x = (1\n", 3, "unclosed delimiter"),
        ('#let page-data = json("page.json")\n#page-data.nothing\n', 2, "nothing"),
        ('\n#read("/etc/passwd")\n', 2, "file not found"),
        ('\n#read("../../../../etc/passwd")\n', 2, "escape the project root"),
        ('#import "@preview/cetz:0.3.1"\n', 1, "not allowed"),
        ('\n#import "\\u{40}preview/cetz:0.3.1"\n', 2, "not allowed"),
        ('#let run = eval\n#run("1")\n', 1, "not allowed"),
        ('#plugin("x.wasm")\n', 1, "not allowed"),
    ],
)
def test_a_fault_of_a_template_is_named_with_file_and_line(
    district: Path, source: str, line: int, words: str, english: Callable[[], str]
) -> None:
    _write(district, "shift.typ", source)
    assert check(SiteCheckOptions(district)) == 1
    said = english()
    assert f"reports/shift.typ:{line}: " in said
    assert words in said


def test_a_template_may_bring_in_a_file_of_its_own_folder(district: Path) -> None:
    _write(district, "parts.typ", "#let hello = [MADE OF PARTS]\n")
    _write(district, "shift.typ", '#import "parts.typ": hello\n#set document(title: "t")\n#hello\n')
    page = sample_page(Kind.SHIFT, site(), read_words(), district)
    data = pressed(page, find_template(district, "shift"), 30.0)
    assert data.startswith(b"%PDF-")
    (district / "reports" / "secret.typ").symlink_to("/etc/passwd")
    _write(district, "shift.typ", '#import "secret.typ": x\n')
    with pytest.raises(ReportError) as caught:
        pressed(page, find_template(district, "shift"), 30.0)
    assert "secret.typ" in caught.value.fields["detail"]


@pytest.mark.parametrize(
    "source",
    [
        "#let n = 0\n#for i in range(1000) { for j in range(1000) { for k in range(1000) { n = n + 1 } } }\n#n\n",
        '#let s = "abcdefgh"\n#for i in range(60) { s = s + s }\n#s.len()\n',
    ],
)
def test_a_template_that_never_ends_or_wants_all_memory_is_cut_off(
    district: Path, tmp_path: Path, source: str
) -> None:
    _write(district, "shift.typ", source)
    page = sample_page(Kind.SHIFT, site(), read_words(), district)
    with pytest.raises(ReportError) as caught:
        pressed(page, find_template(district, "shift"), 2.0)
    assert caught.value.key == "template_limit"


def test_a_template_with_an_error_leaves_no_half_file(district: Path, tmp_path: Path) -> None:
    _write(district, "shift.typ", '#panic("no")\n')
    with pytest.raises(ReportError) as caught:
        _export(district, tmp_path, "html", "pdf")
    assert caught.value.key == "template"
    assert caught.value.fields["name"].endswith("shift.typ:1")
    assert list((tmp_path / "out").iterdir()) == []


def test_sample_facts_fill_every_table_of_every_kind(district: Path) -> None:
    for kind in Kind:
        page = sample_page(kind, site(), read_words(), district)
        assert all(table.rows for table in page.tables)
        assert page.charts
