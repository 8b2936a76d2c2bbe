"""All 95 transitions and all 228 ways of a command, made to happen to the machine (TST-03, CMD-14)."""

from __future__ import annotations

import pytest
from command_driver import Driver, definition_for
from command_paths import FSM, Path_, committed, derived

from console.core.command.facts import CommandState
from console.core.command.machine import Resolution
from console.core.command.reasons import CommandReason
from console.core.command.table import TABLE, CommandInput

PATHS = committed()
PRE_SEND = set(FSM["pre_send"])
CLOSED = {*CommandReason, *Resolution}
EACH = [(state, event) for state, row in TABLE.items() for event in row]


def named(path: Path_) -> str:
    return "-".join(event for _, event, _ in path)


def test_the_committed_ways_are_those_of_the_vector_file() -> None:
    """228 distinct ways without a circle, derived and not written by hand."""
    assert derived() == PATHS
    assert len(set(PATHS)) == len(PATHS) == 228


@pytest.mark.parametrize("path", PATHS, ids=named)
def test_each_way_is_walked_and_ends_with_an_answer(path: Path_) -> None:
    """TST-03, CMD-14: every step is the table's, and what ends says why with one code of the closed list."""
    driver = Driver(definition_for({event for _, event, _ in path}))
    for before, event, after in path:
        assert driver.machine.state == before
        driver.do(event)
        kinds = [told.kind for told in driver.machine.events()]
        assert (driver.machine.state, kinds) == (after, [event])
    fact = driver.machine.fact
    assert fact.state.terminal
    assert driver.machine.next_deadline() is None
    assert [step.state for step in fact.steps] == [path[0][0], *(after for _, _, after in path)]
    if fact.state is CommandState.SUCCEEDED:
        assert fact.reason == ""
    else:
        assert fact.reason in CLOSED
    was_sent = any(after not in PRE_SEND and after not in FSM["terminal"] for _, _, after in path)
    assert bool(fact.attempt) is was_sent
    if fact.state in (CommandState.REJECTED, CommandState.EXPIRED):
        assert not was_sent


@pytest.mark.parametrize(("state", "event"), EACH, ids=[f"{s}-{e}" for s, e in EACH])
def test_each_transition_happens_through_the_public_methods(state: CommandState, event: CommandInput) -> None:
    """TST-03: all 95; what stays where it is answers too, with a refusal or with the present fact."""
    definition = definition_for({event} - {CommandInput.DEV_DONE_NO_FEEDBACK})
    if event is CommandInput.DEV_DONE_NO_FEEDBACK:
        definition = definition_for({event})
    driver = Driver(definition)
    driver.reach(state)
    before = driver.machine.fact
    driver.machine.events()
    driver.do(event)
    move = TABLE[state][event]
    assert driver.machine.state is move.to
    if move.to is state:
        refused = move.reason is not None and event is not CommandInput.TIMEOUT_RETRY
        assert driver.refusals == ([move.reason] if refused else [])
    if event is CommandInput.DUPLICATE:
        assert driver.answers[-1] is before


def test_what_does_not_apply_to_a_state_changes_nothing() -> None:
    """Every input that the table does not have for a state, in every state: refused or ignored, never taken."""
    tried = 0
    for state, row in TABLE.items():
        for event in set(CommandInput) - set(row) - _MEANING_ANOTHER:
            driver = Driver(definition_for(set()))
            driver.reach(state)
            fact = driver.machine.fact
            driver.do(event)
            assert driver.machine.fact is fact, (state, event)
            tried += 1
    assert tried > 100


_MEANING_ANOTHER = {
    # The same call means another input of the same state: a word of the device, a deadline, a feedback.
    CommandInput.TIMEOUT,
    CommandInput.TIMEOUT_RETRY,
    CommandInput.FEEDBACK_MATCH,
    CommandInput.FEEDBACK_WRONG,
    CommandInput.LATE_SUCCESS,
    CommandInput.LATE_FAILURE,
    CommandInput.DEV_ACCEPTED_FINAL,
    CommandInput.DEV_DONE,
    CommandInput.DEV_DONE_NO_FEEDBACK,
    CommandInput.DEV_FAILED,
    CommandInput.DEV_REJECTED,
    CommandInput.DEV_BUSY,
    CommandInput.DEV_CANCELLED,
    CommandInput.DEV_PROGRESS,
}
