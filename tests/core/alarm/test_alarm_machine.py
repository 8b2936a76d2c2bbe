"""The alarm state machine against its whole table (TST-01) and the invariants of ALARMS.md 1.1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import msgspec
import pytest

from console.core.alarm.facts import AlarmLetter, AlarmState, Shelf
from console.core.alarm.machine import RULES, AlarmInput, AlarmKind, Effect, Transition, step
from console.core.alarm.reasons import AlarmRefusal

VECTORS = Path(__file__).parents[2] / "fixtures" / "vectors" / "alarm_fsm_vectors.jsonl"

KINDS = [AlarmKind(latching, ack) for latching, ack in product((False, True), (False, True))]


class Row(msgspec.Struct, forbid_unknown_fields=True):
    """One line of the vector file."""

    latching: bool
    state: AlarmState
    isa: AlarmLetter
    event: AlarmInput
    next: AlarmState
    next_isa: AlarmLetter
    effects: tuple[Effect, ...]
    reject: AlarmRefusal | None


ROWS = [msgspec.json.decode(line, type=Row) for line in VECTORS.read_text().splitlines()]


def reachable(kind: AlarmKind) -> dict[AlarmState, dict[AlarmInput, Transition]]:
    """Every state that an alarm of `kind` can come to, with its transitions."""
    found: dict[AlarmState, dict[AlarmInput, Transition]] = {}
    ahead = [AlarmState()]
    while ahead:
        state = ahead.pop()
        if state not in found:
            found[state] = {event: step(state, event, kind) for event in AlarmInput}
            ahead.extend(t.state for t in found[state].values())
    return found


def moves() -> Iterator[tuple[AlarmKind, AlarmState, AlarmInput, Transition]]:
    """Every reachable state of every class with every input."""
    for kind in KINDS:
        for state, row in reachable(kind).items():
            for event, transition in row.items():
                yield kind, state, event, transition


def annunciated(state: AlarmState) -> bool:
    return state.letter is AlarmLetter.B


def test_the_vector_file_is_whole() -> None:
    """936 rows, and each input in each of its states once (TST-01)."""
    assert len(ROWS) == 936
    assert len({json.dumps(msgspec.to_builtins([r.latching, r.state, r.event])) for r in ROWS}) == 936
    assert {row.event for row in ROWS} == set(AlarmInput) == set(RULES)


def test_every_row_of_the_table_is_followed() -> None:
    """ALARMS.md 1.1: next state, display letters, effects and refusals of all 936 rows."""
    for row in ROWS:
        assert row.state.letter is row.isa
        expected = Transition(row.next, row.effects, row.reject)
        assert step(row.state, row.event, AlarmKind(row.latching)) == expected, row
        assert row.next.letter is row.next_isa


def test_the_vector_file_covers_every_reachable_state() -> None:
    """The table has no blind spot: its states are exactly those the machine can reach."""
    for latching in (False, True):
        listed = {row.state for row in ROWS if row.latching is latching}
        assert set(reachable(AlarmKind(latching))) == listed


def test_a_refused_input_changes_nothing() -> None:
    """A missing row is the refusal, and a refusal has no effect."""
    for _, state, _, transition in moves():
        if transition.reject is not None:
            assert transition.state == state
            assert not transition.effects


def test_a_suppressed_alarm_is_never_annunciated() -> None:
    """INV1, I4."""
    for _, _, _, transition in moves():
        if transition.state.suppressed:
            assert Effect.ANNUNCIATE not in transition.effects
            assert Effect.SHOW not in transition.effects


def test_suppression_is_never_left_silently_while_abnormal() -> None:
    """INV2: unacknowledged, with a new occurrence and a sound."""
    left = [
        (state, t)
        for _, state, _, t in moves()
        if state.suppressed and not t.state.suppressed and t.state.cond
    ]
    assert left
    for _, transition in left:
        assert annunciated(transition.state)
        assert {Effect.NEW_OCCURRENCE, Effect.ANNUNCIATE} <= set(transition.effects)


def test_only_the_process_changes_the_condition() -> None:
    """INV3."""
    for _, state, event, transition in moves():
        if event not in (AlarmInput.ACT, AlarmInput.RTN):
            assert transition.state.cond == state.cond


def test_a_latch_is_cleared_only_by_reset_of_a_seen_normal_alarm() -> None:
    """INV4."""
    for _, state, event, transition in moves():
        if state.latch and not transition.state.latch:
            assert event is AlarmInput.RESET
            assert state.acked
            assert not state.cond


def test_only_acknowledging_or_shelving_acknowledges() -> None:
    """INV5, I3; a class that needs no acknowledgement also forgets by itself on return."""
    for kind, state, event, transition in moves():
        if not state.acked and transition.state.acked:
            by_person = event in (AlarmInput.ACK, AlarmInput.SHELVE_TIMED, AlarmInput.SHELVE_ONESHOT)
            assert by_person or (event is AlarmInput.RTN and not kind.ack_required)


def test_normal_can_be_reached_from_everywhere() -> None:
    """INV6."""
    for kind in KINDS:
        table = reachable(kind)
        home = {AlarmState()}
        grown = True
        while grown:
            more = {s for s, row in table.items() if any(t.state in home for t in row.values())} - home
            home |= more
            grown = bool(more)
        assert home == set(table)


def test_a_latched_activation_nobody_saw_never_comes_back_as_seen() -> None:
    """INV7: an activation under suppression of a latching class is unacknowledged when it reappears."""
    for kind, state, event, transition in moves():
        if kind.latching and event is AlarmInput.ACT and state.suppressed and not state.cond:
            assert not transition.state.acked
            assert transition.state.latch


def test_a_class_without_acknowledgement_never_waits_for_one() -> None:
    """INV8: with the process normal nothing of the class is unacknowledged."""
    for kind, state, _, _ in moves():
        if not kind.ack_required and not state.cond:
            assert state.acked


def test_return_of_a_class_without_acknowledgement_is_normal_at_once() -> None:
    """ALARMS.md 1.1: B to A."""
    kind = AlarmKind(ack_required=False)
    active = step(AlarmState(), AlarmInput.ACT, kind).state
    assert active.letter is AlarmLetter.B
    assert step(active, AlarmInput.RTN, kind).state == AlarmState()


@pytest.mark.parametrize(
    ("state", "letter"),
    [
        (AlarmState(cond=True, oos=True, sbd=True, shelf=Shelf.TIMED), AlarmLetter.I),
        (AlarmState(cond=True, sbd=True, shelf=Shelf.TIMED), AlarmLetter.H),
        (AlarmState(cond=True, shelf=Shelf.ONESHOT), AlarmLetter.G),
    ],
)
def test_out_of_service_outranks_suppressed_outranks_shelved(state: AlarmState, letter: AlarmLetter) -> None:
    """Precedence I > H > G."""
    assert state.letter is letter
    assert not state.listed
