"""Whatever happens to a run of a procedure, it keeps its promises; planted bugs break them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from run_sites import AT, command, started

from console.core.command import procedure as procedure_module
from console.core.command.control_facts import RunFact, RunState, StepState
from console.core.command.facts import CommandState
from console.core.command.procedure import RunMachine
from console.core.command.run_table import TABLE, RunInput
from console.core.control import StepKind
from console.core.errors import CommandRefused

S = RunState
C = CommandState

_ACTS = ("pause", "resume", "retry", "skip", "confirm", "note", "abort", "true", "false", "unknown", "late")
_COMMANDS = tuple(str(state) for state in C)


def broken(run: RunMachine, before: RunFact, made: set[str]) -> list[str]:
    """What a run must keep whatever happens, and has not; `made` are the commands that began, and is added to."""
    fact = run.fact
    over = (StepState.DONE, StepState.SKIPPED)
    found: list[str] = []
    if any(s.state not in over for s in fact.steps[: fact.step]):
        found.append("a step was left undone")
    if any(s.state is not StepState.OPEN for s in fact.steps[fact.step + 1 :]):
        found.append("a step was begun before its turn")
    if run.command_due and run.command_due not in made:
        made.add(run.command_due)
        if fact.state is not S.RUNNING:
            found.append("a command began while the run was held or paused")
    if fact.state in (S.HELD, S.DONE, S.ABORTED) and (run.command_due or run.next_deadline() is not None):
        found.append("something goes on in a run that stands")
    if fact.state is S.DONE and any(s.state not in over for s in fact.steps):
        found.append("a run is done and its steps are not")
    if any(TABLE[event.old][event.what] is not event.new for event in run.events()):
        found.append("a transition that the table does not know")
    if before.state.over and fact != before:
        found.append("a run that was over has changed")
    return found


def play(kinds: list[StepKind], script: list[str]) -> list[str]:
    """Promises that were broken."""
    run, now = started(*kinds), 0.0
    made = {run.command_due} - {""}
    found: list[str] = []
    for what in script:
        now += 1.0
        before = run.fact
        try:
            act(run, what, now)
        except CommandRefused:
            found += [f"{what} was refused and changed something"] if run.fact != before else []
        found += broken(run, before, made)
    return found


def act(run: RunMachine, what: str, now: float) -> None:
    acts: dict[str, Callable[[], None]] = {
        "pause": lambda: run.pause("kim", now, AT),
        "resume": lambda: run.resume("kim", now, AT),
        "retry": lambda: run.retry("kim", now, AT),
        "skip": lambda: run.skip("r", "kim", now, AT),
        "confirm": lambda: run.confirm("kim", now, AT),
        "note": lambda: run.note("n", "kim", now, AT),
        "abort": lambda: run.abort("", "kim", AT),
        "true": lambda: run.condition(True, now, AT),
        "false": lambda: run.condition(False, now, AT),
        "unknown": lambda: run.condition(None, now, AT),
        "late": lambda: run.expire(now + 100.0, AT),
    }
    if what in acts:
        acts[what]()
        return
    command_id = run.fact.steps[run.fact.step].command_id
    run.command(command(CommandState(what), command_id), now, AT)


SCRIPTS = st.lists(st.sampled_from([*_ACTS, *_COMMANDS]), max_size=30)


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(list(StepKind)), min_size=1, max_size=5), SCRIPTS)
def test_whatever_happens_a_run_keeps_its_promises(kinds: list[StepKind], script: list[str]) -> None:
    assert play(kinds, script) == []


PLANTED: list[tuple[RunState, RunInput, RunState, list[StepKind], list[str]]] = [
    (S.RUNNING, RunInput.STEP_FAILED, S.RUNNING, [StepKind.COMMAND, StepKind.COMMAND], ["FAILED", "retry"]),
    (S.PAUSED, RunInput.STEP_DONE, S.RUNNING, [StepKind.COMMAND, StepKind.COMMAND], ["pause", "SUCCEEDED"]),
    (S.HELD, RunInput.LATE_SUCCESS, S.RUNNING, [StepKind.COMMAND] * 2, ["INDETERMINATE", "SUCCEEDED"]),
]


@pytest.mark.parametrize(("state", "what", "bug", "kinds", "script"), PLANTED)
def test_a_planted_bug_changes_what_a_run_does(
    monkeypatch: pytest.MonkeyPatch,
    state: RunState,
    what: RunInput,
    bug: RunState,
    kinds: list[StepKind],
    script: list[str],
) -> None:
    def end() -> tuple[RunState, str]:
        run = started(*kinds)
        for word in script:
            try:
                act(run, word, 1.0)
            except CommandRefused:
                return run.fact.state, "refused"
        return run.fact.state, run.command_due

    sound = end()
    monkeypatch.setitem(procedure_module.TABLE[state], what, bug)
    assert end() != sound
