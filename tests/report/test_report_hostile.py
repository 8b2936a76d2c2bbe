"""Every kind in every rendering, with names that would be formulas, markup or endless where they are not guarded."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import msgspec
import openpyxl
import pypdf
import pytest
from report_city import BIDI, LONG, city_holdings, ships_and_trucks, visit
from report_room import END, FORMULA, HOUR, MARKUP, T0, command, command_subject, occurrence, site

from console.core.catalogue import Catalogue
from console.core.journal import Record
from console.core.site import Site
from console.core.words import Lang, Text
from console.report.evidence import SUFFIX
from console.report.export import Exported, Job, export
from console.report.facts.record import Kind
from console.report.holdings import Holdings
from console.report.key import load_key
from console.report.render.guard import shortened, visible
from console.report.store.question import Collected
from console.report.verify import verify

PAYLOADS = (
    FORMULA,
    "=cmd|' /C calc'!A0",
    '#import "@preview/x:1.0.0"',
    "<script>alert(1)</script>",
    BIDI,
    "]]><svg onload=x>",
    MARKUP,
)


def _hostile_site() -> Site:
    """Names that a profile would refuse, as a damaged or foreign one might bring them."""
    found = [
        msgspec.structs.replace(asset, name=Text(PAYLOADS[n % 7], PAYLOADS[(n + 3) % 7]))
        for n, asset in enumerate(site().assets)
    ]
    found[0] = msgspec.structs.replace(found[0], name=Text(LONG, LONG))
    areas = tuple(
        msgspec.structs.replace(area, name=Text(PAYLOADS[n % 7], PAYLOADS[n % 7]))
        for n, area in enumerate(site().areas)
    )
    return msgspec.structs.replace(site(), assets=tuple(found), areas=areas)


def _records(district: Site) -> list[Record]:
    points = Catalogue(district).alarms
    found: list[Record] = []
    for n, text in enumerate(PAYLOADS):
        found += occurrence(points[n * 7], T0 + (n + 1) * HOUR // 2, n, comment=text)
    for n, text in enumerate((*PAYLOADS, LONG)):
        found += visit(T0 + n * HOUR // 2, (5.0, 9.0, 3.0), f"s:{n}", name=text)
    found += (
        command(command_subject(), T0 + HOUR, 1, "REJECTED", "BLOCKED_BY_INTERLOCK") + ships_and_trucks()[:20]
    )
    found.sort(key=lambda record: record.at)
    return [msgspec.structs.replace(record, sequence=n) for n, record in enumerate(found, 1)]


@pytest.fixture(scope="module")
def hostile() -> Holdings:
    district = _hostile_site()
    base = city_holdings(records=_records(district))
    return msgspec.structs.replace(base, site=district)


def _made(held: Holdings, kind: Kind, folder: Path, *formats: str) -> Exported:
    about = "eco-pump" if kind in (Kind.ASSET, Kind.INCIDENT) else ""
    job = Job(kind=kind, about=about, langs=(Lang.KO, Lang.EN), formats=formats, made_at=END, station=FORMULA)
    return export(Collected(held, b""), job, folder / "out", load_key(folder / "key", lambda: None))


def _file(done: Exported, ending: str) -> Path:
    return next(path for path in done.files if path.name.endswith(ending))


def _differences(path: Path) -> set[str]:
    """What differs, but that the records here are of no ledger."""
    return {one.key for one in verify(path).differences} - {"records"}


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_that_a_name_says_is_done_in_html_workbook_or_csv(
    kind: Kind, hostile: Holdings, tmp_path: Path
) -> None:
    """SEC-31, SEC-32."""
    done = _made(hostile, kind, tmp_path, "html", "xlsx", "csv", "json")
    page = _file(done, ".html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "<svg onload" not in page
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", page)
    book = _file(done, ".xlsx")
    with zipfile.ZipFile(book) as file:
        sheets = [file.read(name) for name in file.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not [sheet for sheet in sheets if b"<f>" in sheet or b"<f " in sheet]
    cells = [c.value for sheet in openpyxl.load_workbook(book) for row in sheet.iter_rows() for c in row]
    assert not [cell for cell in cells if isinstance(cell, str) and cell[:1] in "=+-@" and cell]
    csv.field_size_limit(4 * len(LONG))
    for path in done.files:
        if path.suffix == ".csv":
            rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig")))
            assert not [cell for row in rows for cell in row if cell[:1] in ("=", "@", "\t")]
    assert _differences(_file(done, SUFFIX)) == _differences(_file(done, ".html")) == set()


@pytest.mark.parametrize("kind", [Kind.SHIFT, Kind.ASSET, Kind.TURNAROUND])
def test_a_pdf_places_payloads_as_text(kind: Kind, hostile: Holdings, tmp_path: Path) -> None:
    reader = pypdf.PdfReader(_file(_made(hostile, kind, tmp_path, "pdf"), ".pdf"))
    text = " ".join(page.extract_text() for page in reader.pages).replace("\u200b", "")
    plain = re.sub(r"\s+", "", text)
    assert "<script>alert(1)</script>" in plain or "=cmd|'/Ccalc'!A0" in plain
    assert len(reader.pages) < 60  # 100 kB of a name do not fill a book
    assert "/StructTreeRoot" in reader.trailer["/Root"]  # type: ignore[operator]


def test_a_changed_number_of_a_new_kind_is_named(hostile: Holdings, tmp_path: Path) -> None:
    done = _made(hostile, Kind.ENERGY, tmp_path, "json")
    path = _file(done, SUFFIX)
    with zipfile.ZipFile(path) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    energy = next(figure.value for figure in done.report.figures if figure.name == "energy")
    assert energy is not None
    said = msgspec.json.encode(energy)
    assert said in parts["record.json"]
    parts["record.json"] = parts["record.json"].replace(said, msgspec.json.encode(energy / 2), 1)
    with zipfile.ZipFile(path, "w") as file:
        for name, data in parts.items():
            file.writestr(name, data)
    named = {one.fields.get("name") for one in verify(path).differences}
    assert "energy" in named


def test_what_turns_or_hides_a_text_is_seen() -> None:
    assert visible("a\u202eb\x1bc\td") == "a�b�c\td"
    assert visible("부산 A1") == "부산 A1"
    assert shortened("abcdef", 4) == "abc…"
    assert shortened("abcd", 4) == "abcd"
