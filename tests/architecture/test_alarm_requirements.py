"""Every requirement on alarms is proved by a test that names it (ALARMS.md 1.2 to 1.8)."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
DECISION = TESTS.parent / "docs" / "decisions" / "0082-alarms-what-is-decided-otherwise.md"

REQUIRED = frozenset(
    {
        *(f"ALM-{n:02d}" for n in (*range(1, 15), *range(20, 31), *range(40, 48), 50, *range(60, 68))),
        *(f"PV-{n:02d}" for n in range(1, 22)),
    }
)
OTHERWISE = {
    "PV-06": "there is no un-acknowledge: an acknowledgement is a recorded fact, a re-alarm is the timed way back"
}
"""What is deliberately built otherwise; the test that names it proves what is done instead."""

_ID = re.compile(r"\b(ALM|PV)-(\d\d)(?: to (?:ALM-|PV-)?(\d\d))?")


def cited(text: str) -> set[str]:
    """Ids named in a text; `PV-09 to PV-12` names four."""
    found: set[str] = set()
    for kind, first, last in _ID.findall(text):
        found |= {f"{kind}-{n:02d}" for n in range(int(first), int(last or first) + 1)}
    return found


def test_every_alarm_requirement_is_named_by_a_test() -> None:
    here = Path(__file__).name
    found: set[str] = set()
    for path in sorted(TESTS.rglob("test_*.py")):
        if path.name != here:
            found |= cited(path.read_text(encoding="utf-8"))
    assert sorted(REQUIRED - found) == []


def test_what_is_decided_otherwise_stands_in_a_decision() -> None:
    text = DECISION.read_text(encoding="utf-8")
    assert [name for name in OTHERWISE if name not in text] == []


def test_ranges_of_ids_are_understood() -> None:
    assert cited("ALM-03, PV-09 to PV-11") == {"ALM-03", "PV-09", "PV-10", "PV-11"}
    assert cited("PV-17 to 18") == {"PV-17", "PV-18"}
