"""Every cause and fault the feeds can name has its words in both languages."""

from __future__ import annotations

import ast
from pathlib import Path

from house import ROOT

from console.core.feed import FeedState
from console.core.words import parse_words

WORDS = parse_words({"feeds.toml": (ROOT / "resources/i18n/feeds.toml").read_text(encoding="utf-8")})
FEEDS = sorted((ROOT / "console/feeds").rglob("*.py"))


def first_words(call: str, position: int) -> set[str]:
    """Literal arguments at a position of all calls of a name in the feeds."""
    found: set[str] = set()
    for path in FEEDS:
        for node in ast.walk(ast.parse(Path(path).read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).endswith(call)
                and len(node.args) > position
            ):
                argument = node.args[position]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    found.add(argument.value)
    return found


def test_every_state_of_a_feed_has_words() -> None:
    assert [state for state in FeedState if f"feeds.state.{state}" not in WORDS] == []


def test_every_cause_of_a_loss_has_words() -> None:
    causes = first_words("FeedDown", 0)
    assert {"closed", "adapter_fault", "idle"} <= causes
    assert [cause for cause in sorted(causes) if f"feeds.why.{cause}" not in WORDS] == []


def test_every_fault_of_a_frame_has_words() -> None:
    faults = first_words("DecodeError", 1)
    assert {"not_json", "duplicate_key", "time"} <= faults
    assert [fault for fault in sorted(faults) if f"feeds.fault.{fault}" not in WORDS] == []
