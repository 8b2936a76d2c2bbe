"""A report as the plain texts of a page, so that a template decides on nothing but looks."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from console.core.batch import NS
from console.report.facts.record import Cell, Chart, Column, ColumnKind, Figure, Report, Source, Table
from console.report.render import map as map_picture
from console.report.render.basemap import BaseMap
from console.report.render.chart import alt, svg
from console.report.render.guard import shortened
from console.report.render.layout import PLAIN, Layout, order_of
from console.report.render.speech import Speech, number
from console.report.render.stamp import Stamp

_FIGURES = ("name", "value", "target", "verdict", "source")
_SOURCES = ("number", "query", "rows", "good_share", "digest")
_LONGEST_HEAD = 300
LONGEST = 2_000
"""Characters of a cell on a page; the workbook, CSV and JSON have all of it."""
_SOURCE_SHARES = (0.5, 4.0, 0.8, 0.8, 5.0)


class PageTable(msgspec.Struct, frozen=True):
    """Texts of a table; `shares` are parts of the width, `right` says which columns stand to the right."""

    title: str
    heads: list[str]
    shares: list[float]
    right: list[bool]
    rows: list[list[str]]
    source: str = ""
    name: str = ""
    goes_on: bool = False
    """Its first rows stand in the part before."""
    cut: bool = False
    """Its last rows stand in the part behind."""


class PageChart(msgspec.Struct, frozen=True):
    """A chart with its title, its description and its drawing."""

    title: str
    alt: str
    svg: str
    source: str


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a template places, already in words."""

    lang: str
    kind: str
    title: str
    range: str
    head: list[list[str]]
    sections: dict[str, str]
    none: str
    page: str
    """With `{page}` and `{pages}`."""
    missing: list[str]
    figures: PageTable
    charts: list[PageChart]
    tables: list[PageTable]
    sources: PageTable
    evidence: list[list[str]]
    evidence_note: str
    made: int
    """UTC seconds."""
    map: PageChart | None = None
    first: bool = True
    """Whether title and head stand here: a long report is set in parts."""
    order: list[str]
    """Parts as they follow one another: those of `layout.PARTS`, and `table:` with the name of a table."""
    before: str = ""
    after: str = ""
    logo: str = ""
    """Name of the picture, empty for none."""
    logo_data: bytes = b""


class Look(msgspec.Struct, frozen=True):
    """How the site wants it, and what lies under its map."""

    layout: Layout = PLAIN
    ground: BaseMap = BaseMap()


_PLAIN = Look()


def page_of(report: Report, stamp: Stamp, speech: Speech, look: Look = _PLAIN) -> Page:
    """The page; the same report, stamp and look give the same page."""
    layout = look.layout
    places = {source: str(index) for index, source in enumerate(report.sources(), start=1)}
    title = speech.text(layout.title) or speech.say(f"reports.kind.{report.kind}")
    sections = ("missing", "figures", "map", "charts", "sources", "evidence")
    return Page(
        lang=speech.lang,
        kind=report.kind,
        title=title,
        range=speech.range(report),
        head=_head(report, stamp, speech),
        sections={name: speech.say(f"reports.section.{name}") for name in sections},
        none=speech.say("reports.text.none"),
        page=speech.say("reports.text.page", page="{page}", pages="{pages}"),
        missing=[speech.missing(one) for one in report.missing] or [speech.say("reports.text.all_there")],
        figures=_figures(report.figures, places, speech),
        charts=[_chart(chart, places, speech, report) for chart in report.charts],
        tables=[_table(table, places, speech) for table in report.tables],
        sources=_sources(places, speech),
        evidence=_evidence(stamp, speech),
        evidence_note=speech.say("reports.text.evidence", name=stamp.evidence),
        made=stamp.made_at // NS,
        map=_map(report, places, speech, look.ground),
        order=order_of(layout, [table.name for table in report.tables]),
        before=speech.text(layout.before),
        after=speech.text(layout.after),
        logo=f"logo{layout.logo[-4:].lower()}" if layout.logo_data else "",
        logo_data=layout.logo_data,
    )


def _map(report: Report, places: dict[Source, str], speech: Speech, ground: BaseMap) -> PageChart | None:
    shot = report.map
    if shot is None:
        return None
    drawing = map_picture.svg(shot, ground, speech)
    return PageChart(
        map_picture.title(shot, speech), map_picture.alt(shot, speech), drawing, places[shot.source]
    )


def _head(report: Report, stamp: Stamp, speech: Speech) -> list[list[str]]:
    pairs = [
        ("site", speech.text(report.site)),
        ("shift", speech.text(report.shift)),
        ("about", speech.text(report.about_name)),
        ("range", speech.range(report)),
        ("until", speech.time(report.until)),
        ("made", speech.time(stamp.made_at)),
        ("station", stamp.station),
    ]
    return [
        [speech.say(f"reports.head.{name}"), shortened(text, _LONGEST_HEAD)] for name, text in pairs if text
    ]


def _evidence(stamp: Stamp, speech: Speech) -> list[list[str]]:
    names = ("record", "data", "key", "signature")
    return [[speech.say(f"reports.head.{name}"), getattr(stamp, name)] for name in names]


def _figures(figures: tuple[Figure, ...], places: dict[Source, str], speech: Speech) -> PageTable:
    judged = any(figure.verdict for figure in figures)
    names = _FIGURES if judged else ("name", "value", "source")
    rows: list[list[str]] = []
    for figure in figures:
        target = "" if figure.target is None else number(figure.target, 0)
        middle = [target, speech.verdict(figure)] if judged else []
        rows.append([speech.figure(figure), said(figure, speech), *middle, places[figure.source]])
    return PageTable(
        title=speech.say("reports.section.figures"),
        heads=[speech.say(f"reports.figure.{name}") for name in names],
        shares=[4.0, 1.6, 1.0, 2.4, 0.7] if judged else [4.0, 1.6, 0.7],
        right=[False, True, True, False, True] if judged else [False, True, True],
        rows=rows,
    )


def said(figure: Figure, speech: Speech) -> str:
    """A figure's value with its unit."""
    if figure.value is None:
        return speech.say("reports.text.no_value")
    return f"{number(figure.value, figure.decimals)} {figure.unit}".rstrip()


def _chart(chart: Chart, places: dict[Source, str], speech: Speech, report: Report) -> PageChart:
    drawing = svg(chart, speech, report)
    return PageChart(speech.chart(chart), alt(chart, speech, report), drawing, places[chart.source])


def _table(table: Table, places: dict[Source, str], speech: Speech) -> PageTable:
    columns = table.columns
    own = [column for column in columns if not column.joins]
    joined = {a.name for a, b in pairwise(columns) if b.joins}
    return PageTable(
        title=speech.say(f"reports.table.{table.name}"),
        heads=_joined([speech.column(column) for column in columns], columns),
        shares=[column.share for column in own],
        right=[column.kind is ColumnKind.NUMBER and column.name not in joined for column in own],
        rows=[_row(row, columns, speech) for row in table.rows],
        source=places[table.source],
        name=table.name,
    )


def _row(row: tuple[Cell, ...], columns: tuple[Column, ...], speech: Speech) -> list[str]:
    texts = [shortened(speech.cell(cell, column), LONGEST) for cell, column in zip(row, columns, strict=True)]
    return _joined(texts, columns)


def _joined(texts: list[str], columns: tuple[Column, ...]) -> list[str]:
    """Texts of the columns that a page shows, with those that join them behind."""
    found: list[str] = []
    for text, column in zip(texts, columns, strict=True):
        if not column.joins:
            found.append(text)
        elif text:
            found[-1] = f"{found[-1]}{column.joins}{text}" if found[-1] else text
    return found


def _sources(places: dict[Source, str], speech: Speech) -> PageTable:
    rows = [
        [
            place,
            source.query,
            number(source.rows, 0),
            "" if source.good_share is None else number(source.good_share, 2),
            source.digest,
        ]
        for source, place in places.items()
    ]
    return PageTable(
        title=speech.say("reports.section.sources"),
        heads=[speech.say(f"reports.column.{name}") for name in _SOURCES],
        shares=list(_SOURCE_SHARES),
        right=[True, False, True, True, False],
        rows=rows,
    )
