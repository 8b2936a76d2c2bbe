"""The command table against its vector file (TST-03)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from console.core.command.facts import CommandState
from console.core.command.reasons import CommandReason
from console.core.command.table import TABLE, TIMERS_S, CommandInput

FSM: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "fixtures" / "vectors" / "command_fsm.json").read_text()
)
PRE_SEND = {CommandState(name) for name in FSM["pre_send"]}
POST_SEND = {CommandState(name) for name in FSM["post_send"]}


def test_all_95_transitions_lead_where_the_vectors_say() -> None:
    ours = {s.value: {e.value: move.to.value for e, move in row.items()} for s, row in TABLE.items()}
    theirs = {s: {e: t["next"] for e, t in row.items()} for s, row in FSM["transitions"].items()}
    assert ours == theirs
    assert sum(len(row) for row in TABLE.values()) == 95


def test_every_input_is_in_the_table() -> None:
    assert {event for row in TABLE.values() for event in row} == set(CommandInput)


def test_the_reason_of_a_transition_is_the_one_its_note_names() -> None:
    """Where the vector file's note begins with reason codes, ours is among them."""
    for state, row in TABLE.items():
        for event, move in row.items():
            note: str = FSM["transitions"][state.value][event.value]["note"]
            named = {code for code in CommandReason if code.value in note.replace("|", " ").split()}
            if move.reason is not None and named:
                assert move.reason in named | {CommandReason.ALREADY_IN_EXECUTION}, (state, event)


def test_terminal_states_have_no_way_out() -> None:
    terminal = {state for state in CommandState if state.terminal}
    assert terminal == {CommandState(name) for name in FSM["terminal"]}
    assert not terminal & set(TABLE)


def test_timers_are_those_of_the_vectors() -> None:
    for state, seconds in TIMERS_S.items():
        assert FSM["timers_s"][state.value] == seconds


def test_before_sending_no_failure_is_unknown() -> None:
    for state in PRE_SEND:
        assert all(move.to is not CommandState.INDETERMINATE for move in TABLE[state].values())


def test_after_sending_nothing_claims_that_nothing_happened() -> None:
    """No EXPIRED or REJECTED; and what is unknown is never FAILED."""
    for state in POST_SEND:
        for event, move in TABLE[state].items():
            assert move.to not in (CommandState.EXPIRED, CommandState.REJECTED)
            if event in (CommandInput.COMMS_LOST, CommandInput.HUB_RESTART, CommandInput.TIMEOUT):
                assert move.to is CommandState.INDETERMINATE


def test_every_state_answers_what_may_always_happen() -> None:
    """Cancel, comms loss, session loss, tag placed, hub restart, duplicate, id reuse."""
    always = {
        "CANCEL",
        "COMMS_LOST",
        "SESSION_LOST",
        "TAG_PLACED",
        "HUB_RESTART",
        "DUPLICATE",
        "DIGEST_MISMATCH",
    }
    for row in TABLE.values():
        assert always <= {event.value for event in row}
