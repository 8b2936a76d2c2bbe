"""The table of bad input: every adapter and every fault has a test that exists, or the reason why it cannot."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import bad_lines
import pytest
from house import ROOT

from console.feeds.registry import OWN

COLUMNS = (
    bad_lines.wrong_credentials_are_a_refusal,
    bad_lines.a_certificate_nobody_vouches_for_is_refused,
    bad_lines.a_host_that_is_not_there_is_found_when_it_comes,
    bad_lines.a_half_open_line_is_found,
    bad_lines.a_source_that_takes_nothing_holds_no_command,
    None,
    bad_lines.a_length_that_lies_ends_the_line,
    bad_lines.one_byte_a_second_is_no_source,
)
"""The check of each column; a restart is one of the conformance checks."""
_NAMED = re.compile(r"`(test_\w+)(?:::(test_\w+))?`")


def rows(lang: str) -> dict[str, list[str]]:
    """Cells of the last table of the page, by adapter."""
    page = (ROOT / f"docs/feeds/robustness.{lang}.md").read_text(encoding="utf-8")
    lines = page.rpartition("\n\n")[2].splitlines()
    found = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    return {cells[0]: cells[1:] for cells in found}


@cache
def file_of(stem: str) -> Path:
    """The one file of tests with this name."""
    (found,) = (ROOT / "tests/feeds").rglob(f"{stem}.py")
    return found


@cache
def words_of(stem: str) -> frozenset[str]:
    """Names that a file defines or uses."""
    tree = ast.parse(file_of(stem).read_text(encoding="utf-8"))
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    return frozenset(defined | {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)})


@pytest.mark.parametrize("adapter", list(rows("en")))
def test_every_cell_names_a_test_that_exists_or_says_why_not(adapter: str) -> None:
    cells = rows("en")[adapter]
    assert len(cells) == len(COLUMNS)
    for cell, check in zip(cells, COLUMNS, strict=True):
        assert cell, adapter
        for stem, name in _NAMED.findall(cell):
            if name:
                assert name in words_of(stem), (adapter, stem, name)
                continue
            silent = check is not bad_lines.a_source_that_takes_nothing_holds_no_command
            groups = (
                {"CHECKS"} if check is None else {"FAULTS", *(["SILENT"] if silent else []), check.__name__}
            )
            assert groups & words_of(stem), (adapter, stem, groups)


def test_every_adapter_with_a_connection_has_its_row_in_both_languages() -> None:
    told = {adapter.partition(",")[0] for adapter in rows("en")}
    assert told == set(OWN) - {"replay"}, "a replay reads a file"
    named = {
        lang: {adapter: list(map(_NAMED.findall, cells)) for adapter, cells in rows(lang).items()}
        for lang in ("en", "ko")
    }
    assert named["en"] == named["ko"]
