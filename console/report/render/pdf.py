"""PDF through typst: tagged, PDF/A-2b and PDF/UA-1, with the Hangul of this machine embedded.

A template is data: it gets `page.json` and the drawings beside it, and may bring in nothing else.
"""

from __future__ import annotations

import re
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec
import typst

from console.report.errors import ReportError
from console.report.render.fonts import FAMILIES
from console.report.render.page import Page
from resources import ROOT

_T = TypeVar("_T")
STANDARDS: list[typst.PDFStandard] = ["a-2b", "ua-1"]
TEMPLATE = ROOT / "reports" / "report.typ"
_MAX_TEMPLATE = 1024 * 1024
_REACHES = re.compile(r"@\w+/[\w-]+:|\beval\s*\(|\bplugin\s*\(|#?\b(?:import|include)\s+(?!\")")


def find_template(site: Path | None, kind: str) -> Path:
    """The site's own `reports/<kind>.typ`, else its `reports/report.typ`, else the shipped one."""
    own = [site / "reports" / f"{name}.typ" for name in (kind, "report")] if site is not None else []
    return next((path for path in own if path.is_file()), TEMPLATE)


def pdf(page: Page, template: Path) -> bytes:
    """The file. Raises ReportError: `template`, `template_reach`, `no_font`, and OSError when the disk is full."""
    source = _read(template)
    fonts = typst.Fonts(include_embedded_fonts=True)
    known = set(fonts.families())
    family = next((name for name in FAMILIES if name in known), "")
    if not family:
        raise ReportError("no_font", known=", ".join(FAMILIES))
    with tempfile.TemporaryDirectory(prefix="gwanje-report-") as folder:
        root = Path(folder)
        (root / "main.typ").write_text(source, encoding="utf-8")
        for index, chart in enumerate(page.charts):
            (root / f"chart-{index}.svg").write_text(chart.svg, encoding="utf-8")
        bare = [msgspec.structs.replace(chart, svg="") for chart in page.charts]
        slim = msgspec.structs.replace(page, charts=bare)
        (root / "page.json").write_bytes(msgspec.json.encode(slim))
        compiler = typst.Compiler(
            root / "main.typ",
            root=root,
            font_paths=fonts,
            sys_inputs={"font": family},
            # No packages: not from this machine, and not from the network.
            package_path=root / "none",
            package_cache_path=root / "none",
        )
        try:
            made = _aside(
                lambda: compiler.compile(format="pdf", pdf_standards=STANDARDS, timestamp=page.made)
            )
        except typst.TypstError as error:
            detail = " ".join(f"{error.message} {' '.join(error.hints)}".split())
            raise ReportError("template", name=str(template), detail=detail[:300]) from error
    assert isinstance(made, bytes)
    return made


def _aside(work: Callable[[], _T]) -> _T:
    """Done on another thread: while typst works, this one must hear that the export was cancelled."""
    made: list[_T] = []
    faults: list[Exception] = []

    def run() -> None:
        try:
            made.append(work())
        except (typst.TypstError, OSError) as error:
            faults.append(error)

    # It ends with the process, whatever it is doing.
    thread = threading.Thread(target=run, name="typst", daemon=True)
    thread.start()
    thread.join()
    if faults:
        raise faults[0]
    return made[0]


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
        raise ReportError("template_reach", name=str(template), text=found[0].strip())
    return source
