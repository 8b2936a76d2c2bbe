"""`docs/security.md` names for every requirement a test that cites it, or the reason why there is none."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| (SEC-\d\d) \|(.*)\|$", re.MULTILINE)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
REQUIREMENTS = 45
LEAST = 38


def _rows() -> dict[str, str]:
    return dict(_ROW.findall((ROOT / "docs" / "security.md").read_text(encoding="utf-8")))


def _docstring(file: str, name: str) -> str:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return ast.get_docstring(node) or ""
    return ""


def test_every_requirement_has_a_row_and_most_have_a_test() -> None:
    rows = _rows()
    assert sorted(rows) == [f"SEC-{i:02d}" for i in range(1, REQUIREMENTS + 1)]
    assert sum(bool(_TEST.search(row)) for row in rows.values()) >= LEAST


def test_every_test_of_the_table_exists_and_cites_its_requirement() -> None:
    wrong = [
        f"{requirement}: {file}::{name}"
        for requirement, row in _rows().items()
        for file, name in _TEST.findall(row)
        if requirement not in _docstring(file, name)
    ]
    assert wrong == []


def test_a_requirement_without_a_test_has_a_reason() -> None:
    bare = [r for r, row in _rows().items() if not _TEST.search(row) and len(row.split("|")[-1].strip()) < 30]
    assert bare == []
