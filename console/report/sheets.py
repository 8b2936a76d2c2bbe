"""Cells of a workbook as they stand in its file, enough to say which of them was changed."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.etree import ElementTree as Xml

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MOST_BYTES = 512 * 1024 * 1024


def cells_of(path: Path) -> dict[tuple[str, str], str]:
    """Text of every cell by sheet and place. Raises ValueError for what is no workbook."""
    try:
        with zipfile.ZipFile(path) as file:
            return _cells(file)
    except (OSError, KeyError, IndexError, zipfile.BadZipFile, Xml.ParseError) as error:
        raise ValueError(str(error)) from error


def _cells(file: zipfile.ZipFile) -> dict[tuple[str, str], str]:
    shared: list[str] = []
    if "xl/sharedStrings.xml" in file.namelist():
        shared = [_text(item) for item in _tree(file, "xl/sharedStrings.xml").iter(f"{_MAIN}si")]
    links = _tree(file, "xl/_rels/workbook.xml.rels").iter(f"{_PACKAGE}Relationship")
    targets = {link.get("Id", ""): link.get("Target", "") for link in links}
    found: dict[tuple[str, str], str] = {}
    for sheet in _tree(file, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
        target = targets[sheet.get(_REL, "")].lstrip("/")
        tree = _tree(file, target if target.startswith("xl/") else f"xl/{target}")
        for cell in tree.iter(f"{_MAIN}c"):
            value = cell.findtext(f"{_MAIN}v", "")
            kind = cell.get("t", "n")
            text = shared[int(value)] if kind == "s" else _text(cell) if kind == "inlineStr" else value
            found[sheet.get("name", ""), cell.get("r", "")] = _plain(text, kind)
    return found


def _plain(text: str, kind: str) -> str:
    """Numbers as one number, however many digits a program writes."""
    return repr(float(text)) if kind == "n" and text else text


def _tree(file: zipfile.ZipFile, name: str) -> Xml.Element:
    if file.getinfo(name).file_size > _MOST_BYTES:
        raise ValueError(name)
    data = file.read(name)
    # Entities are no part of a workbook, and expanding them is how small files become large.
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError(name)
    return Xml.fromstring(data)  # noqa: S314


def _text(element: Xml.Element) -> str:
    return "".join(part.text or "" for part in element.iter(f"{_MAIN}t"))
