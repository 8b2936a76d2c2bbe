"""Everything the journal can say has words in both languages (SEC-15)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import pytest

from console.core.alarm.events import AlarmNews, ModeChange
from console.core.alarm.facts import AlarmLetter
from console.core.alarm.flood import FloodChange
from console.core.alarm.machine import AlarmInput
from console.core.command.facts import CommandState
from console.core.command.lease import LeaseInput
from console.core.command.procedure import RunInput
from console.core.command.table import CommandInput
from console.core.feed import FeedState
from console.core.journal import RecordKind
from console.core.ledger.faults import LedgerFault
from console.core.words import parse_words
from console.hub.people.records import Happened
from resources import read_words_sources

# The folder's fixtures use Qt.
pytestmark = pytest.mark.qt

WORDS = parse_words(read_words_sources())


def _lacking(keys: Iterable[str]) -> list[str]:
    return [key for key in keys if key not in WORDS]


@pytest.mark.parametrize(
    ("prefix", "codes"),
    [
        ("", AlarmInput),
        ("", AlarmNews),
        ("", ModeChange),
        ("", CommandInput),
        ("", Happened),
        ("FLOOD_", FloodChange),
        ("AREA_", LeaseInput),
        ("RUN_", RunInput),
    ],
)
def test_every_act_and_event_has_words(prefix: str, codes: type[StrEnum]) -> None:
    assert _lacking(f"log.what.{prefix}{code.value.upper()}" for code in codes) == []


def test_states_kinds_and_faults_have_words() -> None:
    states = [f"log.state.{code.value}" for code in (*AlarmLetter, *FeedState)]
    states += [f"commands.state.{code.value}" for code in CommandState]
    kinds = [f"log.kind.{kind.value}" for kind in RecordKind]
    faults = [f"ledger.fault.{fault.value}" for fault in LedgerFault]
    assert _lacking([*states, *kinds, *faults]) == []
