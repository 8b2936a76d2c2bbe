"""Every adapter says what it holds of the points all are asked for, and why."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from house import ROOT

from console.feeds.registry import OWN

POINTS = {
    "reconnects", "malformed_counted", "credentials", "commands", "late_answers", "gaps", "tls", "tested_against",
}  # fmt: skip
LISTS = sorted((ROOT / "console/feeds").glob("*/checklist.toml"))


def test_every_adapter_has_its_list_and_no_list_is_left_over() -> None:
    assert {path.parent.name for path in LISTS} == set(OWN)


def test_every_adapter_has_a_page_in_both_languages() -> None:
    pages = {path.name for path in (ROOT / "docs/feeds").glob("*.md")}
    assert pages == {f"{name}.{lang}.md" for name in (*OWN, "plugins", "robustness") for lang in ("ko", "en")}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.parent.name)
def test_a_list_answers_every_point_and_says_why(path: Path) -> None:
    told: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(told) == POINTS
    for name, answer in told.items():
        assert set(answer) == {"met", "why"}, name
        assert isinstance(answer["met"], bool), name
        assert len(str(answer["why"]).split()) >= 5, name
    assert told["malformed_counted"]["met"]
    assert told["reconnects"]["met"]
