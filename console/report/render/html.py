"""The report as one HTML file: no script, nothing fetched, everything escaped (SEC-32)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator
from html import escape

from console.report.render.fonts import FAMILIES
from console.report.render.page import Page, PageTable

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
_STYLE = """
:root{color-scheme:light}
body{font:14px/1.5 FAMILIES,sans-serif;color:#22262a;margin:2rem auto;max-width:1180px;padding:0 1.2rem}
h1{font-size:1.7rem;margin:0 0 .6rem}h2{font-size:1.15rem;margin:2rem 0 .5rem;border-bottom:1px solid #b8bec4}
table{border-collapse:collapse;width:100%;font-size:.86rem;font-variant-numeric:tabular-nums}
th{text-align:left;background:#eceff1;position:sticky;top:0}
th,td{padding:.22rem .5rem;border-bottom:1px solid #dde1e4;vertical-align:top;overflow-wrap:anywhere}
.r{text-align:right}dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1.2rem}
dt{color:#5a6168}dd{margin:0;overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fill,minmax(480px,1fr));gap:1rem}
figure{margin:0}.map{max-width:980px}.logo{float:right;max-height:64px;max-width:240px}figcaption{font-weight:600}svg{width:100%;height:auto}sup{color:#5a6168}
@media print{body{margin:0;max-width:none}th{position:static}thead{display:table-header-group}}
"""


def html(page: Page) -> str:
    """The file."""
    return "".join(_parts(page))


def _parts(page: Page) -> Iterator[str]:
    style = _STYLE.replace("FAMILIES", ",".join(f"'{name}'" for name in FAMILIES))
    title = f"{page.title} · {page.head[0][1]}"
    yield f'<!doctype html><html lang="{escape(page.lang)}"><head><meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
    yield f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title>'
    yield f"<style>{style}</style></head><body><main>{_logo(page)}<h1>{escape(page.title)}</h1>"
    yield _pairs(page.head) + _said(page.before)
    tables = {f"table:{table.name}": table for table in page.tables}
    for part in page.order:
        if part == "sources":
            yield _said(page.after)
        yield from _table(tables[part], page.none) if part in tables else _PARTS[part](page)
    yield "</main></body></html>\n"


def _logo(page: Page) -> str:
    if not page.logo:
        return ""
    kind = "svg+xml" if page.logo.endswith("svg") else "png"
    return f'<img class="logo" alt="" src="data:image/{kind};base64,{b64encode(page.logo_data).decode()}">'


def _said(text: str) -> str:
    """What the site has to say, one paragraph a line."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())


def _missing(page: Page) -> Iterator[str]:
    yield _heading(page.sections["missing"])
    yield "<ul>" + "".join(f"<li>{escape(text)}</li>" for text in page.missing) + "</ul>"


def _figures(page: Page) -> Iterator[str]:
    if page.figures.rows:
        yield from _table(page.figures, page.none)


def _map(page: Page) -> Iterator[str]:
    if page.map is not None:
        yield _heading(page.map.title, page.map.source) + f'<figure class="map">{page.map.svg}</figure>'


def _charts(page: Page) -> Iterator[str]:
    if page.charts:
        yield _heading(page.sections["charts"]) + '<div class="charts">'
        for chart in page.charts:
            caption = f"<figcaption>{escape(chart.title)} <sup>{escape(chart.source)}</sup></figcaption>"
            yield f"<figure>{caption}{chart.svg}</figure>"
        yield "</div>"


def _sources(page: Page) -> Iterator[str]:
    yield from _table(page.sources, page.none)


def _evidence(page: Page) -> Iterator[str]:
    yield _heading(page.sections["evidence"]) + f"<p>{escape(page.evidence_note)}</p>"
    yield _pairs(page.evidence)


_PARTS: dict[str, Callable[[Page], Iterator[str]]] = {
    "missing": _missing,
    "figures": _figures,
    "map": _map,
    "charts": _charts,
    "sources": _sources,
    "evidence": _evidence,
}


def _heading(text: str, source: str = "") -> str:
    note = f" <sup>{escape(source)}</sup>" if source else ""
    return f"<h2>{escape(text)}{note}</h2>"


def _pairs(pairs: list[list[str]]) -> str:
    return "<dl>" + "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in pairs) + "</dl>"


def _table(table: PageTable, none: str) -> Iterator[str]:
    yield _heading(table.title, table.source)
    if not table.rows:
        yield f"<p>{escape(none)}</p>"
        return
    sides = [' class="r"' if right else "" for right in table.right]
    heads = zip(sides, table.heads, strict=True)
    yield "<table><thead><tr>" + "".join(f'<th scope="col"{s}>{escape(t)}</th>' for s, t in heads)
    yield "</tr></thead><tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(f"<td{s}>{escape(t)}</td>" for s, t in zip(sides, row, strict=True)) + "</tr>"
    yield "</tbody></table>"
