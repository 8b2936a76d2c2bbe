"""`site check` of layouts and templates: each is read, and set once with sample facts that fill every table."""

from __future__ import annotations

import os
import platform
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from console.core.batch import NS
from console.core.errors import ProfileError
from console.core.journal import Record, RecordKind
from console.core.profile.faults import Faults
from console.core.site import Site
from console.core.words import Lang, Text, Words, parse_words
from console.report.errors import ReportError
from console.report.export import table_names
from console.report.facts.build import build
from console.report.facts.record import Cell, Chart, ChartKind, Column, ColumnKind, Kind, Report, Table
from console.report.holdings import Holdings
from console.report.render.basemap import base_map
from console.report.render.layout import FOLDER, PLAIN, Layout, find_layout, read_layout
from console.report.render.page import Look, Page, page_of
from console.report.render.press import pressed
from console.report.render.speech import Speech, read_words
from console.report.render.stamp import Stamp
from console.report.render.workshop import find_template
from console.report.store.site_folder import read_site
from console.setup.arguments import SiteCheckOptions
from resources import read_words_sources

LIMIT_S = 30.0
"""Of one template with sample facts; the shipped one takes a second."""
_AT = 1_767_225_600 * NS
_HOUR = 3600 * NS
_SAMPLE = '=1+1 #strong[*] <b>&amp;</b> \\ $x$ "가나다"'
"""What people and feeds may write; a template has to place it as text."""


def check(options: SiteCheckOptions) -> int:
    """Print every fault as `file:line: words`; 0 without any."""
    folder = options.site / FOLDER
    if not folder.is_dir():
        return 0
    words, lang = read_words(), _lang()
    faults = list(_layouts(options.site, words, lang))
    try:
        site = read_site(options.site)
    except ReportError:
        # What is wrong with the profile has been said already; nothing can be set without it.
        site = None
    if site is not None:
        faults += _templates(options.site, site, words, lang)
    for line in faults:
        sys.stdout.write(f"{line}\n")
    key = "reports.check.faults" if faults else "reports.check.sound"
    sys.stdout.write(words.say(key, lang, n=len(faults) or len(_files(folder))) + "\n")
    return 1 if faults else 0


def _files(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.toml"), *folder.glob("*.typ")])


def _layouts(site: Path, words: Words, lang: Lang) -> Iterator[str]:
    said = parse_words({"profile.toml": read_words_sources()["profile.toml"]})
    faults = Faults()
    for path in sorted((site / FOLDER).glob("*.toml")):
        read_layout(path, table_names(words), faults)
        if path.stem not in (*Kind, "report"):
            yield f"{FOLDER}/{path.name}:0: " + words.say(
                "reports.check.no_kind", lang, known=", ".join(Kind)
            )
    yield from (_line(fault, said, lang) for fault in faults.sorted())


def _line(fault: ProfileError, said: Words, lang: Lang) -> str:
    fields = {"field": "", **fault.fields}
    return f"{fault.file}:{fault.line}: {said.say(f'profile.fault.{fault.reason}', lang, **fields)}"


def _templates(folder: Path, site: Site, words: Words, lang: Lang) -> Iterator[str]:
    """Each template once, with the first kind of report that it is used for, in both languages side by side."""
    seen: set[Path] = set()
    for kind in Kind:
        template = find_template(folder, kind)
        if template in seen or template.parent != folder / FOLDER:
            continue
        seen.add(template)
        try:
            pressed(sample_page(kind, site, words, folder), template, LIMIT_S)
        except ReportError as error:
            said = words.say(f"reports.bad.{error.key}", lang, **{**error.fields, "name": template.name})
            yield f"{_place(error, template, folder)}: {said}"


def _place(error: ReportError, template: Path, folder: Path) -> str:
    """File within the site, and the line where one is known."""
    name = error.fields.get("name", "")
    path, _, line = name.rpartition(":")
    known = line.isdigit() and bool(path)
    place = Path(path if known else template)
    inside = place.relative_to(folder) if place.is_relative_to(folder) else Path(FOLDER) / place.name
    return f"{inside.as_posix()}:{line if known else 0}"


def sample_page(kind: Kind, site: Site, words: Words, folder: Path) -> Page:
    """A page of the kind in which every table and every part has something in it."""
    report = sample_report(kind, site)
    stamp = Stamp(
        made_at=_AT + _HOUR,
        station=platform.node(),
        record="0" * 64,
        data="0" * 64,
        key="0" * 64,
        signature="0" * 128,
        evidence="sample.evidence.zip",
    )
    speech = Speech(words, (Lang.KO, Lang.EN), site.time_zone)
    return page_of(report, stamp, speech, Look(_layout(folder, kind, words), base_map(site, folder)))


def _layout(folder: Path, kind: str, words: Words) -> Layout:
    """The site's own where it is sound."""
    path = find_layout(folder, kind)
    found = read_layout(path, table_names(words), Faults()) if path is not None else None
    return found or PLAIN


def sample_report(kind: Kind, site: Site) -> Report:
    """A report of the kind with a sample row wherever there is none."""
    about = site.assets[0].id if kind is Kind.ASSET and site.assets else ""
    record = Record(sequence=1, at=_AT, kind=RecordKind.SYSTEM, who="system:hub", subject="hub", what="START")
    held = Holdings(site=site, start=_AT, end=_AT + _HOUR, began=_AT, until=_AT + _HOUR, records=(record,))
    try:
        report = build(kind, held, about)
    except ReportError:
        # The site declares nothing for this kind; the page is the same.
        report = build(Kind.SHIFT, held)
    tables = tuple(_filled(table) for table in report.tables)
    charts = report.charts or (_chart(report),)
    return msgspec.structs.replace(report, tables=tables, charts=charts)


def _filled(table: Table) -> Table:
    row = tuple(_cell(column) for column in table.columns)
    return table if table.rows else msgspec.structs.replace(table, rows=(row, row))


def _cell(column: Column) -> Cell:
    cells: dict[ColumnKind, Cell] = {
        ColumnKind.TIME: _AT,
        ColumnKind.NUMBER: 1234.5,
        ColumnKind.LABEL: Text(_SAMPLE, _SAMPLE),
        ColumnKind.CODE: "",
        ColumnKind.TEXT: _SAMPLE,
    }
    return cells[column.kind]


def _chart(report: Report) -> Chart:
    return Chart(
        name="",
        title=Text(_SAMPLE, _SAMPLE),
        kind=ChartKind.LINE,
        at=(report.start, report.end),
        value=(1.0, 2.0),
        source=report.figures[0].source,
    )


def _lang() -> Lang:
    names: Iterable[str] = ("LC_ALL", "LC_MESSAGES", "LANG")
    chosen = next((os.environ[name] for name in names if os.environ.get(name)), "")
    return Lang.KO if chosen.lower().startswith("ko") else Lang.EN
