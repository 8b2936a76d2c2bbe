"""A run of a procedure: every state and act, commands that end in every way, pause, dry run, restart."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from run_sites import AT, FACT, NAME, ids, started, states, step, tell

from console.core.command.control_facts import RunState
from console.core.command.facts import CommandState
from console.core.command.procedure import RunMachine
from console.core.command.reasons import CommandReason
from console.core.command.run_table import RunInput
from console.core.control import Procedure, StepKind
from console.core.errors import CommandRefused

R = CommandReason
S = RunState
C = CommandState


def at_state(state: RunState) -> RunMachine:
    """A run of two confirmations in a state."""
    run = started(StepKind.CHECK if state is S.HELD else StepKind.CONFIRM, StepKind.CONFIRM)
    match state:
        case S.RUNNING:
            run = started(StepKind.COMMAND, StepKind.CONFIRM)
        case S.PAUSED:
            run.pause("kim", 1.0, AT)
        case S.HELD:
            run.condition(False, 1.0, AT)
        case S.DONE:
            run.confirm("kim", 1.0, AT)
            run.confirm("kim", 1.0, AT)
        case S.ABORTED:
            run.abort("", "kim", AT)
        case S.WAITING:
            pass
    assert run.fact.state is state
    run.events()
    return run


ACTS: dict[RunInput, Callable[[RunMachine], object]] = {
    RunInput.PAUSE: lambda run: run.pause("lee", 2.0, AT),
    RunInput.RESUME: lambda run: run.resume("lee", 2.0, AT),
    RunInput.RETRY: lambda run: run.retry("lee", 2.0, AT),
    RunInput.SKIP: lambda run: run.skip("이유", "lee", 2.0, AT),
    RunInput.CONFIRM: lambda run: run.confirm("lee", 2.0, AT),
    RunInput.ABORT: lambda run: run.abort("그만", "lee", AT),
    RunInput.HAND_OVER: lambda run: run.hand_over("lee", AT),
}
ALLOWED = {
    S.RUNNING: {RunInput.PAUSE, RunInput.ABORT, RunInput.HAND_OVER},
    S.WAITING: {RunInput.PAUSE, RunInput.SKIP, RunInput.CONFIRM, RunInput.ABORT, RunInput.HAND_OVER},
    S.PAUSED: {RunInput.RESUME, RunInput.SKIP, RunInput.ABORT, RunInput.HAND_OVER},
    S.HELD: {RunInput.RETRY, RunInput.SKIP, RunInput.ABORT, RunInput.HAND_OVER},
    S.DONE: set[RunInput](),
    S.ABORTED: set[RunInput](),
}


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("act", list(ACTS))
def test_every_state_and_act(state: RunState, act: RunInput) -> None:
    run = at_state(state)
    before = run.fact
    if act in ALLOWED[state]:
        ACTS[act](run)
        assert run.events()[0].what is act
        assert run.fact != before
        return
    with pytest.raises(CommandRefused) as refused:
        ACTS[act](run)
    over = (R.RUN_OVER,) if state.over else (R.NOT_APPLICABLE, R.ALREADY_IN_EXECUTION)
    assert refused.value.reason_code in over
    assert run.fact == before
    assert run.events() == []


def test_steps_follow_one_another_and_each_is_recorded() -> None:
    run = started(StepKind.COMMAND, StepKind.WAIT, StepKind.CHECK, StepKind.NOTE, StepKind.CONFIRM)
    assert run.command_due == "command-1"
    tell(run, C.SENT)
    assert run.fact.state is S.RUNNING
    tell(run, C.SUCCEEDED)
    assert run.watches
    run.condition(False, 5.0, AT)
    run.condition(None, 6.0, AT)
    assert states(run)[1] == "active"
    run.condition(True, 7.0, AT)
    run.condition(True, 8.0, AT)
    run.note(" 수위 1.2 m ", "kim", 9.0, AT)
    run.confirm("lee", 10.0, AT + 1)
    assert run.fact.state is S.DONE
    assert run.fact.ended == AT + 1
    assert states(run) == ["done"] * 5
    assert [s.by for s in run.fact.steps][3:] == ["kim", "lee"]
    assert run.fact.steps[3].text == "수위 1.2 m"
    told = [(event.step, event.what) for event in run.events()]
    assert [what for name, what in told if name == "0-command"] == [RunInput.STEP_BEGAN, RunInput.STEP_DONE]
    assert told[-1] == ("4-confirm", RunInput.LAST_STEP_OVER)


@pytest.mark.parametrize("state", [C.AWAIT_APPROVAL, C.SELECTED])
def test_a_command_that_needs_a_person_lets_the_run_wait(state: CommandState) -> None:
    run = started(StepKind.COMMAND, StepKind.CONFIRM)
    with pytest.raises(CommandRefused, match=R.NOT_APPLICABLE):
        run.check_execute()
    tell(run, state)
    assert run.fact.state is S.WAITING
    assert run.check_execute() == "command-1"
    with pytest.raises(CommandRefused, match=R.ALREADY_IN_EXECUTION):
        run.skip("x", "kim", 1.0, AT)
    with pytest.raises(CommandRefused, match=R.NOT_APPLICABLE):
        run.confirm("kim", 1.0, AT)
    tell(run, C.SENT)
    assert run.fact.state is S.RUNNING
    tell(run, C.SUCCEEDED)
    assert states(run) == ["done", "active"]
    with pytest.raises(CommandRefused, match=R.NOT_APPLICABLE):
        run.check_execute()


@pytest.mark.parametrize("state", [C.FAILED, C.REJECTED, C.CANCELLED, C.EXPIRED, C.RESOLVED, C.INDETERMINATE])
def test_a_command_that_does_not_succeed_holds_the_run(state: CommandState) -> None:
    """Held on failure: nothing further is sent until a person has decided."""
    run = started(StepKind.COMMAND, StepKind.COMMAND)
    tell(run, state, R.ACK_TIMEOUT)
    assert (run.fact.state, run.fact.reason, run.command_due) == (S.HELD, R.ACK_TIMEOUT, "")
    assert states(run) == ["failed", "open"]


def test_a_retry_is_a_new_command_and_the_old_one_speaks_no_more() -> None:
    run = started(StepKind.COMMAND, StepKind.CONFIRM)
    tell(run, C.INDETERMINATE, R.ACK_TIMEOUT)
    run.retry("lee", 2.0, AT)
    assert run.command_due == "command-2"
    tell(run, C.SUCCEEDED)
    assert states(run) == ["active", "open"]
    tell(run, C.SUCCEEDED, command_id="command-2")
    assert states(run) == ["done", "active"]


def test_a_late_success_makes_the_step_done_and_waits_for_a_person() -> None:
    run = started(StepKind.COMMAND, StepKind.COMMAND)
    tell(run, C.INDETERMINATE, R.ACK_TIMEOUT)
    tell(run, C.FAILED)
    assert run.fact.state is S.HELD
    tell(run, C.SUCCEEDED)
    assert (run.fact.state, run.command_due, states(run)) == (S.PAUSED, "", ["done", "open"])
    run.resume("kim", 3.0, AT)
    assert run.command_due == "command-2"
    last = started(StepKind.COMMAND)
    tell(last, C.INDETERMINATE)
    tell(last, C.SUCCEEDED)
    assert last.fact.state is S.DONE


def test_what_stands_already_as_wanted_is_done() -> None:
    run = started(StepKind.COMMAND, StepKind.COMMAND, StepKind.CONFIRM)
    tell(run, C.REJECTED, R.ALREADY_IN_STATE)
    run.refused("command-1", R.ALREADY_IN_STATE, 1.0, AT)
    assert states(run) == ["done", "active", "open"]
    run.refused("command-2", R.ALREADY_IN_STATE, 1.0, AT)
    assert states(run) == ["done", "done", "active"]


def test_a_refusal_of_the_broker_holds_the_run() -> None:
    run = started(StepKind.COMMAND, StepKind.CONFIRM)
    run.refused("other", R.BLOCKED_BY_TAG, 1.0, AT)
    assert run.fact.state is S.RUNNING
    run.refused("command-1", R.BLOCKED_BY_TAG, 1.0, AT)
    assert (run.fact.state, run.fact.reason) == (S.HELD, R.BLOCKED_BY_TAG)


@pytest.mark.parametrize(("truth", "reason"), [(False, R.CONDITION_FALSE), (None, R.CONDITION_UNKNOWN)])
def test_a_check_that_is_not_true_holds_at_once_and_a_wait_when_its_time_is_over(
    truth: bool | None, reason: CommandReason
) -> None:
    """CMD-07: unknown is never true."""
    check = started(StepKind.CHECK, StepKind.CONFIRM)
    check.condition(truth, 1.0, AT)
    assert (check.fact.state, check.fact.reason) == (S.HELD, reason)
    wait = started(StepKind.WAIT, StepKind.CONFIRM)
    wait.condition(truth, 59.0, AT)
    assert wait.next_deadline() == 60.0
    wait.expire(59.9, AT)
    assert wait.fact.state is S.WAITING
    wait.expire(60.0, AT)
    assert (wait.fact.state, wait.fact.reason, wait.next_deadline()) == (S.HELD, reason, None)
    wait.retry("kim", 100.0, AT)
    assert wait.next_deadline() == 160.0


def test_a_paused_wait_keeps_what_is_left_of_its_time() -> None:
    run = started(StepKind.WAIT, StepKind.CONFIRM)
    run.pause("kim", 40.0, AT)
    run.condition(True, 41.0, AT)
    run.expire(500.0, AT)
    assert states(run) == ["active", "open"]
    run.resume("lee", 1000.0, AT)
    assert run.next_deadline() == pytest.approx(1020.0)


def test_a_pause_lets_a_command_take_its_course_and_begins_nothing() -> None:
    run = started(StepKind.COMMAND, StepKind.COMMAND)
    run.pause("kim", 1.0, AT)
    tell(run, C.SENT)
    tell(run, C.SUCCEEDED)
    assert (run.fact.state, run.command_due, states(run)) == (S.PAUSED, "", ["done", "open"])
    run.resume("kim", 2.0, AT)
    assert run.command_due == "command-2"
    run.pause("kim", 3.0, AT)
    tell(run, C.FAILED, R.DEVICE_FAILED, "command-2")
    assert run.fact.state is S.PAUSED
    run.resume("kim", 4.0, AT)
    assert (run.fact.state, run.fact.reason) == (S.HELD, R.DEVICE_FAILED)


def test_skipping_needs_a_reason_and_a_step_that_may_be_skipped() -> None:
    run = at_state(S.HELD)
    for text, reason in (("", R.REASON_REQUIRED), ("a\nb", R.FORMAT), ("x" * 501, R.FORMAT)):
        with pytest.raises(CommandRefused, match=reason):
            run.skip(text, "kim", 1.0, AT)
    run.skip("현장에서 확인", "kim", 1.0, AT)
    assert states(run) == ["skipped", "active"]
    assert run.fact.steps[0].text == "현장에서 확인"
    fixed = Procedure(
        id="drain",
        label=NAME,
        purpose=NAME,
        area="west",
        steps=(step(StepKind.CONFIRM, "a", skippable=False),),
    )
    run = RunMachine.started(fixed, FACT, ids(), 0.0)
    with pytest.raises(CommandRefused, match=R.NOT_SKIPPABLE):
        run.skip("x", "kim", 1.0, AT)
    paused = at_state(S.PAUSED)
    paused.skip("x", "kim", 1.0, AT)
    assert (paused.fact.state, states(paused)) == (S.PAUSED, ["skipped", "open"])
    paused.skip("x", "kim", 1.0, AT)
    assert paused.fact.state is S.DONE


def test_a_note_says_something() -> None:
    run = started(StepKind.NOTE)
    with pytest.raises(CommandRefused, match=R.REASON_REQUIRED):
        run.note("  ", "kim", 1.0, AT)
    with pytest.raises(CommandRefused, match=R.NOT_APPLICABLE):
        run.confirm("kim", 1.0, AT)


def test_an_aborted_run_does_nothing_more() -> None:
    run = started(StepKind.COMMAND, StepKind.COMMAND)
    run.abort("침수 위험", "boss", AT + 5)
    assert (run.fact.state, run.fact.ended, run.command_due) == (S.ABORTED, AT + 5, "")
    tell(run, C.SUCCEEDED)
    run.condition(True, 2.0, AT)
    assert states(run) == ["failed", "open"]


def test_a_dry_run_goes_through_to_the_end_and_says_what_would_hold_it() -> None:
    kinds = (
        StepKind.CHECK,
        StepKind.COMMAND,
        StepKind.WAIT,
        StepKind.COMMAND,
        StepKind.NOTE,
        StepKind.CONFIRM,
    )
    run = started(*kinds, dry=True)
    run.condition(False, 1.0, AT)
    run.judged("command-1", R.BLOCKED_BY_INTERLOCK, 1.0, AT)
    run.condition(None, 1.0, AT)
    run.judged("other", "", 1.0, AT)
    run.judged("command-2", "", 1.0, AT)
    assert run.fact.state is S.DONE
    assert states(run) == ["failed", "failed", "done", "done", "done", "done"]
    assert [s.reason for s in run.fact.steps][:3] == [
        R.CONDITION_FALSE,
        R.BLOCKED_BY_INTERLOCK,
        R.CONDITION_UNKNOWN,
    ]
    earnest = started(StepKind.COMMAND)
    earnest.judged("command-1", "", 1.0, AT)
    assert earnest.fact.state is S.RUNNING


@pytest.mark.parametrize("state", list(S))
def test_after_a_restart_a_run_is_paused_and_sends_nothing(state: RunState) -> None:
    """CMD-02: never sent again by itself."""
    before = at_state(state)
    after = RunMachine.restored(before.procedure, before.fact, ids(), AT)
    if state.over:
        assert after.fact == before.fact
        return
    assert after.fact.state is S.PAUSED
    sent = state is S.RUNNING
    assert after.fact.reason == (R.HUB_RESTARTED_AFTER_SEND if sent else R.HUB_RESTARTED_BEFORE_SEND)
    assert after.command_due == ("command-1" if sent else "")
    assert after.next_deadline() is None


def test_a_command_of_before_a_restart_is_tried_again_by_a_person_alone() -> None:
    """CMD-02."""
    before = at_state(S.RUNNING)
    after = RunMachine.restored(before.procedure, before.fact, iter(["command-7"]).__next__, AT)
    tell(after, C.INDETERMINATE, R.HUB_RESTARTED_AFTER_SEND)
    assert (after.fact.state, after.command_due) == (S.PAUSED, "")
    after.resume("kim", 1.0, AT)
    assert (after.fact.state, after.command_due) == (S.HELD, "")
    after.retry("kim", 2.0, AT)
    assert after.command_due == "command-7"
