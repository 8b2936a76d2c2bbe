"""The folder in which a page is set: the template, what lies beside it, and the page itself; nothing else is there.

A template is data of the site. It may bring in files of its own folder by plain names, and neither code nor packages.
"""

from __future__ import annotations

import re
from pathlib import Path

import msgspec

from console.report.errors import ReportError
from console.report.facts.record import Kind
from console.report.render.layout import FOLDER
from console.report.render.page import Page
from resources import ROOT

TEMPLATE = ROOT / "reports" / "report.typ"

_MAX_TEMPLATE = 1024 * 1024
_MAX_BESIDE = 8 * 1024 * 1024
_MOST_BESIDE = 40
_BESIDE = ("*.typ", "*.svg", "*.png", "*.jpg")
_REACHES = re.compile(
    r"@\w+/[\w-]+:"  # a package, wherever its name stands
    r"|\beval\b|\bplugin\b"
    # What is brought in is named by a plain string, so that it can be read here what it is.
    r'|#?\b(?:import|include)\b(?!\s*"[^"\\@]*")'
)
_PLACE = re.compile(r"([\w.-]+\.typ):(\d+):\d+")


def find_template(site: Path | None, kind: str) -> Path:
    """The site's own `reports/<kind>.typ`, else its `reports/report.typ`, else the shipped one."""
    own = [site / FOLDER / f"{name}.typ" for name in (kind, "report")] if site is not None else []
    return next((path for path in own if path.is_file()), TEMPLATE)


def furnish(root: Path, page: Page, template: Path) -> Path:
    """Write everything into an empty folder; the file to set. Raises ReportError `template`, `template_reach`."""
    for path in _beside(template):
        if path.suffix == ".typ":
            (root / path.name).write_text(_read(path), encoding="utf-8")
        else:
            (root / path.name).write_bytes(path.read_bytes())
    (root / template.name).write_text(_read(template), encoding="utf-8")
    for index, chart in enumerate(page.charts):
        (root / f"chart-{index}.svg").write_text(chart.svg, encoding="utf-8")
    bare = [msgspec.structs.replace(chart, svg="") for chart in page.charts]
    slim = msgspec.structs.replace(page, charts=bare)
    if page.map is not None:
        (root / "map.svg").write_text(page.map.svg, encoding="utf-8")
        slim = msgspec.structs.replace(slim, map=msgspec.structs.replace(page.map, svg=""))
    if page.logo:
        (root / page.logo).write_bytes(page.logo_data)
        slim = msgspec.structs.replace(slim, logo_data=b"")
    (root / "page.json").write_bytes(msgspec.json.encode(slim))
    return root / template.name


def _beside(template: Path) -> list[Path]:
    """Files of the template's folder that it may use: no links, which may lead out of it, and no other templates."""
    if template == TEMPLATE:
        return []
    others = {f"{name}.typ" for name in (*Kind, "report")}
    found = sorted(p for pattern in _BESIDE for p in template.parent.glob(pattern))
    found = [path for path in found if path.is_file() and not path.is_symlink() and path.name not in others]
    for path in found:
        if path.stat().st_size > _MAX_BESIDE:
            raise ReportError("template", name=str(path), detail=f"> {_MAX_BESIDE} B")
    if len(found) > _MOST_BESIDE:
        raise ReportError("template", name=str(template.parent), detail=f"> {_MOST_BESIDE}")
    return found


def _read(template: Path) -> str:
    try:
        data = template.read_bytes()
        if len(data) > _MAX_TEMPLATE:
            raise ReportError("template", name=str(template), detail=f"> {_MAX_TEMPLATE} B")
        source = data.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReportError("template", name=str(template), detail=str(error)) from error
    found = _REACHES.search(source)
    if found is not None:
        line = source.count("\n", 0, found.start()) + 1
        raise ReportError("template_reach", name=f"{template}:{line}", text=found[0].strip())
    return source


def template_error(template: Path, message: str, diagnostic: str) -> ReportError:
    """What typst said of a template, with the file and the line."""
    place = _PLACE.search(diagnostic)
    path, line = (template.with_name(place[1]), f":{place[2]}") if place is not None else (template, "")
    # Where the workshop stood is nobody's business, and not there any more.
    plain = re.sub(r"\(searched at (?:[^)]*/)?([^/)]*)\)", r"(\1)", message)
    plain = re.sub(r"you can adjust the project root.*", "", plain)
    return ReportError("template", name=f"{path}{line}", detail=" ".join(plain.split())[:300])
