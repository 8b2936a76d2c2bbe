"""How a site wants its reports to look: `reports/<kind>.toml`, else `reports/report.toml`, beside its templates."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from console.core.profile.entry import Entry
from console.core.profile.faults import Faults, ProfileFault
from console.core.profile.lines import Lines
from console.core.words import Text
from console.report.errors import ReportError

FOLDER = "reports"
"""Folder of a site in which layouts and templates are."""
PARTS = ("missing", "figures", "map", "charts", "tables", "sources", "evidence")
"""Parts of a page in their usual order; `tables` are those that are not named themselves."""
ALWAYS = ("missing", "sources", "evidence")
"""What a reader needs to judge the rest: they are there whatever a layout says."""
_MOST_BYTES = 64 * 1024
_MOST_LOGO = 256 * 1024
_MOST_TEXT = 4000
_NOTHING = Text("", "")
_MAGIC = {"png": b"\x89PNG\r\n\x1a\n", "svg": b"<"}
_UNSAFE = (
    b"<script",
    b"<!entity",
    b"<!doctype",
    b"<foreignobject",
    b"<image",
    b"javascript:",
    b"<?xml-stylesheet",
)


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says."""

    title: Text = _NOTHING
    """In place of the name of the kind."""
    before: Text = _NOTHING
    """After the head of the first page."""
    after: Text = _NOTHING
    """At the end, before the sources."""
    sections: tuple[str, ...] = ()
    """Parts and names of tables in order; empty: as usual. What is not named is left out, but for `ALWAYS`."""
    logo: str = ""
    """A file of the same folder, .svg or .png."""
    logo_data: bytes = b""


PLAIN = Layout()


def find_layout(site: Path | None, kind: str) -> Path | None:
    """The file for a kind of report; None without any."""
    own = [site / FOLDER / f"{name}.toml" for name in (kind, "report")] if site is not None else []
    return next((path for path in own if path.is_file()), None)


def read_layout(path: Path, tables: frozenset[str], faults: Faults) -> Layout | None:
    """The layout of a file; its faults are reported by its name within the site. None if there is any."""
    name = f"{FOLDER}/{path.name}"
    try:
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
        tree = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        faults.add(name, _line_of(error, path), ProfileFault.NOT_TOML, detail=str(error)[:120])
        return None
    if len(data) > _MOST_BYTES:
        faults.add(name, 0, ProfileFault.TOO_LARGE, found=str(len(data)), limit=str(_MOST_BYTES))
        return None
    before = len(faults.sorted())
    entry = Entry(name, Lines(text), tree, faults)
    layout = entry.read(Layout, {"logo_data": b""})
    if layout is None:
        return None
    _sections(entry, layout, tables)
    for field in ("title", "before", "after"):
        said: Text = getattr(layout, field)
        if field in entry.table:
            entry.required_text(field, said)
        if max(len(said.ko), len(said.en)) > _MOST_TEXT:
            entry.fault(ProfileFault.OUT_OF_RANGE, field, found=str(len(said.ko)), known=f"<= {_MOST_TEXT}")
    logo = _logo(entry, path.parent, layout.logo) if layout.logo else b""
    if len(faults.sorted()) > before:
        return None
    return msgspec.structs.replace(layout, logo_data=logo)


def layout_of(site: Path | None, kind: str, tables: frozenset[str]) -> Layout:
    """The layout for a kind of report. Raises ReportError `layout` with the first fault."""
    path = find_layout(site, kind)
    if path is None:
        return PLAIN
    faults = Faults()
    layout = read_layout(path, tables, faults)
    if layout is None:
        fault = faults.sorted()[0]
        said = ", ".join(f"{key} {text}" for key, text in fault.fields.items() if text)
        raise ReportError("layout", name=f"{path}:{fault.line}", detail=f"{fault.reason} ({said})")
    return layout


def order_of(layout: Layout, tables: list[str]) -> list[str]:
    """Parts as they follow one another; a table stands as `table:` and its name."""
    if not layout.sections:
        return [part for name in PARTS for part in _spread(name, tables, frozenset())]
    named = frozenset(layout.sections)
    found = [part for name in layout.sections for part in _spread(name, tables, named)]
    missing = [name for name in ALWAYS if name not in named]
    # What is missing is said before anything is told, the rest at the end.
    return [*(name for name in missing if name == "missing"), *found, *(n for n in missing if n != "missing")]


def _spread(name: str, tables: list[str], named: frozenset[str]) -> list[str]:
    if name == "tables":
        return [f"table:{table}" for table in tables if table not in named]
    if name in PARTS:
        return [name]
    return [f"table:{name}"] if name in tables else []


def _sections(entry: Entry, layout: Layout, tables: frozenset[str]) -> None:
    known = {*PARTS, *tables}
    seen: set[str] = set()
    for name in layout.sections:
        if name not in known:
            said = ", ".join((*PARTS, *sorted(tables)))
            entry.fault(ProfileFault.UNKNOWN_WORD, "sections", found=name[:60], known=said)
        elif name in seen:
            entry.fault(ProfileFault.TWICE, "sections", found=name)
        seen.add(name)


def _logo(entry: Entry, folder: Path, name: str) -> bytes:
    path = folder / name
    ending = path.suffix.removeprefix(".").lower()
    if Path(name).name != name or ending not in _MAGIC or path.is_symlink():
        entry.fault(ProfileFault.UNKNOWN_WORD, "logo", found=name[:60], known="*.svg, *.png")
        return b""
    try:
        data = path.read_bytes()
    except OSError:
        entry.fault(ProfileFault.NO_FILE, "logo", found=name[:60])
        return b""
    if len(data) > _MOST_LOGO:
        entry.fault(ProfileFault.TOO_LARGE, "logo", found=str(len(data)), limit=str(_MOST_LOGO))
    elif not data.lstrip().startswith(_MAGIC[ending]) or any(part in data.lower() for part in _UNSAFE):
        entry.fault(ProfileFault.WRONG_TYPE, "logo", expected=ending, found=name[:60])
    return data


def _line_of(error: Exception, path: Path) -> int:
    """Where it cannot be read on; the last line where the end came too soon, 0 for a file that is no text."""
    if not isinstance(error, tomllib.TOMLDecodeError):
        return 0
    _, _, rest = str(error).partition("(at line ")
    digits = rest.partition(",")[0]
    return int(digits) if digits.isdigit() else len(path.read_text(encoding="utf-8-sig").splitlines())
