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


def test_lists_belong_to_adapters_and_the_new_rooms_have_theirs() -> None:
    rooms = {path.parent.name for path in LISTS}
    assert rooms <= set(OWN)
    assert {"ais", "mqtt", "opcua", "sparkplug"} <= rooms


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
