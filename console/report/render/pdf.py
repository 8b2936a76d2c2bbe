"""PDF through typst: tagged, PDF/A-2b and PDF/UA-1, with the Hangul of this machine embedded.

A template is data: it gets `page.json` and the drawings beside it, and may bring in nothing else.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

import msgspec
import typst

from console.report.errors import ReportError
from console.report.render.fonts import FAMILIES
from console.report.render.join import JoinError, joined
from console.report.render.page import Page
from console.report.render.parts import parts_of, with_rows_moved
from console.report.render.workshop import TEMPLATE, furnish, template_error

log = logging.getLogger("app")

_T = TypeVar("_T")
STANDARDS: list[typst.PDFStandard] = ["a-2b", "ua-1"]
LATER: list[typst.PDFStandard] = ["a-2b"]
"""Of later parts, which begin below the title of the first: alone they would be no document of their own."""
_FORGETS = 11
"""Pages after which nothing of an earlier one is kept."""


def pdf(page: Page, template: Path) -> bytes:
    """The file. Raises ReportError: `template`, `template_reach`, `no_font`, and OSError when the disk is full."""
    press = _Press(template, page.made)
    # A site's own template is handed the whole: it need not know of parts.
    parts = parts_of(page) if template == TEMPLATE else [page]
    if len(parts) == 1:
        return press.set(page)
    pages = _settle(press, parts)
    files: list[bytes] = []
    for number, part in enumerate(parts):
        place = {"page": str(1 + sum(pages[:number])), "pages": str(sum(pages))}
        files.append(press.set(part, place, STANDARDS if number == 0 else LATER))
    try:
        return joined(files)
    except JoinError as error:
        log.warning("a report is set as a whole, its parts cannot be joined: %s", error)
        return press.set(page)


def _settle(press: _Press, parts: list[Page]) -> list[int]:
    """Pages of each part; a part that goes on ends with a full page, what is left goes to the next."""
    pages: list[int] = []
    for number, part in enumerate(parts):
        extent = press.extent(part)
        count, tail = extent.pages, extent.tail
        table = part.tables[-1] if part.tables else None
        if table is not None and table.cut and count > 1 and 0 < tail < len(table.rows):
            parts[number], parts[number + 1] = with_rows_moved(part, parts[number + 1], tail)
            count -= 1
        pages.append(count)
    return pages


class _Extent(msgspec.Struct, frozen=True):
    """How many pages a part takes, and how many rows of a table that goes on stand on the last of them."""

    pages: int
    tail: int


class _Press:
    """Sets pages with one template; between two of them typst forgets the one before."""

    def __init__(self, template: Path, made: int) -> None:
        self._template, self._made = template, made
        self._fonts = typst.Fonts(include_embedded_fonts=True)
        known = set(self._fonts.families())
        self._family = next((name for name in FAMILIES if name in known), "")
        if not self._family:
            raise ReportError("no_font", known=", ".join(FAMILIES))

    def set(
        self, page: Page, inputs: dict[str, str] | None = None, standards: list[typst.PDFStandard] = STANDARDS
    ) -> bytes:
        """The file of a page. Raises ReportError, OSError."""
        made = self._with(
            page,
            inputs or {},
            lambda compiler: compiler.compile(format="pdf", pdf_standards=standards, timestamp=self._made),
        )
        assert isinstance(made, bytes)
        return made

    def extent(self, page: Page) -> _Extent:
        """How far it reaches. Raises ReportError, OSError."""
        found = self._with(
            page, {"pages": "000"}, lambda compiler: compiler.query("<end>", field="value", one=True)
        )
        return msgspec.json.decode(found, type=_Extent)

    def _with(self, page: Page, inputs: dict[str, str], work: Callable[[typst.Compiler], _T]) -> _T:
        with tempfile.TemporaryDirectory(prefix="gwanje-report-") as folder:
            root = Path(folder)
            try:
                return _aside(
                    partial(work, self._compiler(root, furnish(root, page, self._template), inputs))
                )
            except typst.TypstError as error:
                said = f"{error.message} {' '.join(error.hints)}"
                raise template_error(self._template, said, error.diagnostic) from error
            finally:
                self._forget(root)

    def _compiler(self, root: Path, main: Path, inputs: dict[str, str]) -> typst.Compiler:
        return typst.Compiler(
            main,
            root=root,
            font_paths=self._fonts,
            sys_inputs={"font": self._family, **inputs},
            # No packages: not from this machine, and not from the network.
            package_path=root / "none",
            package_cache_path=root / "none",
        )

    def _forget(self, root: Path) -> None:
        """typst keeps what it has laid out until it has set some other pages: it gets empty ones."""
        empty = root / "empty.typ"
        empty.write_text("")
        compiler = self._compiler(root, empty, {})
        for _ in range(_FORGETS):
            compiler.compile(format="svg")


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
