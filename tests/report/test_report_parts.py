"""A long report is set in parts and joined: one file, one tree of tags, one outline, pages counted through."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any, cast

import pypdf
import pytest
from report_room import END, T0, shift_data, site

from console.core.words import Lang
from console.report.facts.build import build
from console.report.facts.record import Kind
from console.report.render import parts, pdf
from console.report.render.join import JoinError, joined
from console.report.render.page import Page, PageTable, page_of
from console.report.render.parts import parts_of
from console.report.render.speech import Speech, read_words
from console.report.render.stamp import Stamp
from console.report.render.workshop import TEMPLATE
from console.report.store.collect import collect
from console.report.store.question import Question


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    data = shift_data(tmp_path_factory.mktemp("hub"), 150)
    report = build(Kind.SHIFT, collect(data, site(), Question(Kind.SHIFT, T0, END)).holdings)
    stamp = Stamp(
        made_at=END,
        station="s",
        record="0" * 64,
        data="1" * 64,
        key="2" * 64,
        signature="3" * 128,
        evidence="e.zip",
    )
    return page_of(report, stamp, Speech(read_words(), (Lang.KO,), site().time_zone))


@pytest.fixture(scope="module")
def both(page: Page) -> tuple[bytes, bytes]:
    """The page in parts, and as a whole."""
    with pytest.MonkeyPatch.context() as patch:
        whole = pdf.pdf(page, TEMPLATE)
        patch.setattr(parts, "MOST_CELLS", 500)
        assert len(parts_of(page)) > 2
        return pdf.pdf(page, TEMPLATE), whole


def _reader(data: bytes, path: Path) -> pypdf.PdfReader:
    path.write_bytes(data)
    return pypdf.PdfReader(path, strict=True)


def _root(reader: pypdf.PdfReader) -> Any:
    return reader.trailer["/Root"]


def test_parts_hold_every_row_once_and_in_order(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parts_of(page) == [page]
    monkeypatch.setattr(parts, "MOST_CELLS", 500)
    found = parts_of(page)
    assert [part.first for part in found] == [True] + [False] * (len(found) - 1)
    for table in page.tables:
        rows = [row for part in found for one in part.tables if one.name == table.name for row in one.rows]
        assert rows == table.rows
        pieces = [one for part in found for one in part.tables if one.name == table.name]
        assert [one.goes_on for one in pieces] == [False] + [True] * (len(pieces) - 1)
    order = [name for part in found for name in part.order]
    assert list(dict.fromkeys(order)) == page.order
    assert all(sum(len(t.rows) * len(t.heads) for t in part.tables) <= 500 for part in found)
    assert sum(bool(part.charts) for part in found) == 1


def test_a_table_of_any_length_is_cut(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "MOST_CELLS", 400)
    import msgspec

    rows = [[str(n), "x"] for n in range(1_000)]
    table = PageTable("t", ["a", "b"], [1, 1], [False, False], rows, "1", "t")
    long = msgspec.structs.replace(page, tables=[table], order=["missing", "table:t", "evidence"])
    found = parts_of(long)
    assert len(found) == 5
    assert [len(part.tables[0].rows) for part in found if part.tables] == [200] * 5
    assert found[-1].order == ["table:t", "evidence"]


def test_pages_are_counted_through_and_said_on_each(both: tuple[bytes, bytes], tmp_path: Path) -> None:
    reader = _reader(both[0], tmp_path / "a.pdf")
    n = len(reader.pages)
    for number, one in enumerate(reader.pages, start=1):
        assert f"{number} / {n} 쪽" in one.extract_text()


def test_a_part_ends_with_a_full_page_so_that_the_file_is_no_longer_than_the_whole(
    both: tuple[bytes, bytes], tmp_path: Path
) -> None:
    ours, whole = (_reader(data, tmp_path / "x.pdf") for data in both)
    assert len(ours.pages) <= len(whole.pages) + 1


def test_the_words_are_those_of_the_whole(both: tuple[bytes, bytes], tmp_path: Path) -> None:
    def words(data: bytes, name: str) -> list[str]:
        reader = _reader(data, tmp_path / name)
        text = " ".join(page.extract_text() for page in reader.pages)
        # Heads of tables and of pages stand as often as there are pages.
        return re.findall(r"2026-11-22 \d\d:\d\d:\d\d", text)

    assert sorted(set(words(both[0], "a.pdf"))) == sorted(set(words(both[1], "b.pdf")))


def test_there_is_one_tree_of_tags_and_every_mark_on_a_page_has_its_element(
    both: tuple[bytes, bytes], tmp_path: Path
) -> None:
    """PDF/UA-1: parents, heads of tables by name, pages by number."""
    reader = _reader(both[0], tmp_path / "a.pdf")
    tree = _root(reader)["/StructTreeRoot"]
    assert len(tree["/K"]) == 1
    numbers = tree["/ParentTree"]["/Nums"]
    parents = {numbers[n]: numbers[n + 1].get_object() for n in range(0, len(numbers), 2)}
    assert sorted(parents) == list(range(len(reader.pages)))
    assert tree["/ParentTreeNextKey"] == len(reader.pages)
    for number, one in enumerate(reader.pages):
        content = one.get_contents()
        assert content is not None
        assert one["/StructParents"] == number
        marks = [int(mark) for mark in re.findall(rb"/MCID (\d+)", content.get_data())]
        for mark in marks:
            element = parents[number][mark].get_object()
            assert mark in _marks(element, one), (number, mark)
    names = tree["/IDTree"]["/Names"]
    keys = [str(names[n]) for n in range(0, len(names), 2)]
    assert keys == sorted(set(keys))
    heads = [names[n].get_object() for n in range(1, len(names), 2)]
    assert all(str(head["/ID"]) == key for head, key in zip(heads, keys, strict=True))


def _marks(element: Any, page: Any) -> list[int]:
    kids: Any = element.get("/K", [])
    listed = cast("list[Any]", kids if isinstance(kids, list) else [kids])
    found: list[int] = []
    for kid in listed:
        one: Any = kid if isinstance(kid, int) else kid.get_object()
        if isinstance(one, int):
            found.append(int(one))
        elif "/MCID" in one and one.get("/Pg", page.indirect_reference).get_object() == page.get_object():
            found.append(int(one["/MCID"]))
    return found


def _walk(element: Any, parent: Any, found: list[str]) -> None:
    assert element.raw_get("/P").idnum == parent.indirect_reference.idnum
    found.append(str(element["/S"]))
    kids: Any = element.get("/K", [])
    listed = cast("list[Any]", kids if isinstance(kids, list) else [kids])
    for kid in listed:
        one: Any = kid if isinstance(kid, int) else kid.get_object()
        if not isinstance(one, int) and "/S" in one:
            _walk(one, element, found)


def test_the_tree_has_what_the_whole_has_but_that_a_cut_table_is_several(
    both: tuple[bytes, bytes], tmp_path: Path
) -> None:
    counts: list[dict[str, int]] = []
    for name, data in zip("ab", both, strict=True):
        reader = _reader(data, tmp_path / f"{name}.pdf")
        tree = _root(reader)["/StructTreeRoot"]
        found: list[str] = []
        _walk(tree["/K"][0].get_object(), tree, found)
        counts.append({kind: found.count(kind) for kind in set(found)})
    ours, whole = counts
    extra = ours["/Table"] - whole["/Table"]
    assert extra > 0
    assert ours["/TR"] == whole["/TR"] + extra
    for kind in ("/TD", "/H1", "/H2", "/Figure", "/Document", "/L"):
        assert ours[kind] == whole[kind], kind


def test_the_outline_is_that_of_the_whole(both: tuple[bytes, bytes], tmp_path: Path) -> None:
    told: list[list[str]] = []
    for name, data in zip("ab", both, strict=True):
        outline: Any = _reader(data, tmp_path / f"{name}.pdf").outline
        told.append([outline[0].title, *(item.title for item in outline[1])])
    assert told[0] == told[1]


def test_the_file_says_that_it_is_for_the_archive_and_accessible(
    both: tuple[bytes, bytes], tmp_path: Path
) -> None:
    reader = _reader(both[0], tmp_path / "a.pdf")
    meta = reader.xmp_metadata
    assert meta is not None
    raw = meta.stream.get_data()
    for mark in (
        b"<pdfaid:part>2</pdfaid:part>",
        b"<pdfaid:conformance>B</pdfaid:conformance>",
        b"<pdfuaid:part>1</pdfuaid:part>",
    ):
        assert mark in raw
    root = _root(reader)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    ids: Any = reader.trailer["/ID"]
    assert len(ids) == 2
    pages: Any = reader.pages
    fonts: list[Any] = [
        font.get_object() for page in pages for font in page["/Resources"].get("/Font", {}).values()
    ]
    for font in fonts:
        descendant = font["/DescendantFonts"][0].get_object()["/FontDescriptor"]
        assert {"/FontFile2", "/FontFile3"} & descendant.keys()


def test_the_same_page_gives_the_same_bytes(page: Page, both: tuple[bytes, bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parts, "MOST_CELLS", 500)
        assert pdf.pdf(page, TEMPLATE) == both[0]


@pytest.mark.skipif(shutil.which("pdfinfo") is None, reason="pdfinfo is not installed")
def test_another_reader_finds_the_tables_too(both: tuple[bytes, bytes], tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(both[0])
    told = subprocess.run(["pdfinfo", "-struct", str(path)], capture_output=True, check=True)
    assert told.stdout.count(b"Table") > 10
    plain = subprocess.run(["pdfinfo", str(path)], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Tagged: +yes", plain)


@pytest.mark.expects_log("app")
def test_parts_that_cannot_be_joined_are_set_as_a_whole(
    page: Page, both: tuple[bytes, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another typst may write its files otherwise: then it costs memory, and no report."""

    def refuse(_files: object) -> bytes:
        raise JoinError("xref")

    monkeypatch.setattr(parts, "MOST_CELLS", 500)
    monkeypatch.setattr(pdf, "joined", refuse)
    assert pdf.pdf(page, TEMPLATE) == both[1]


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"x" * 500 + b"startxref\n3\n%%EOF"])
def test_what_is_not_written_like_that_is_named(data: bytes) -> None:
    with pytest.raises(JoinError):
        joined([data, data])
