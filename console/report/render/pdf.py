"""PDF through typst: tagged, PDF/A-2b and PDF/UA-1, with the Hangul of this machine embedded.

A template is data: it gets `page.json` and the drawings beside it, and may bring in nothing else.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import typst

from console.report.errors import ReportError
from console.report.render.fonts import FAMILIES
from console.report.render.page import Page
from console.report.render.workshop import furnish, template_error

_T = TypeVar("_T")
STANDARDS: list[typst.PDFStandard] = ["a-2b", "ua-1"]


def pdf(page: Page, template: Path) -> bytes:
    """The file. Raises ReportError: `template`, `template_reach`, `no_font`, and OSError when the disk is full."""
    fonts = typst.Fonts(include_embedded_fonts=True)
    known = set(fonts.families())
    family = next((name for name in FAMILIES if name in known), "")
    if not family:
        raise ReportError("no_font", known=", ".join(FAMILIES))
    with tempfile.TemporaryDirectory(prefix="gwanje-report-") as folder:
        root = Path(folder)
        main = furnish(root, page, template)
        compiler = typst.Compiler(
            main,
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
            said = f"{error.message} {' '.join(error.hints)}"
            raise template_error(template, said, error.diagnostic) from error
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
