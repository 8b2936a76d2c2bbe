"""CV-01 to CV-20 as far as the machine alone answers them; the hub answers the rest in its own tests."""

from __future__ import annotations

import pytest
from command_driver import LEE, TEXT, Driver, definition_for
from command_sites import KIM, START, at, changed, feel, machine, request, say, sent

from console.core.batch import NS
from console.core.command.facts import CommandState as S
from console.core.command.machine import CommandMachine
from console.core.command.parties import Party
from console.core.command.reasons import CommandReason as R
from console.core.command.table import CommandInput as I
from console.core.command.tokens import Redeemed
from console.core.errors import CommandRefused
from console.core.site import CommandClass

OTHER_ACCOUNT = Party("kim.admin", "kim", "session-9", "seat-9")


TWO_STEPS = changed(START, command_class=CommandClass.C2)


def selected(device_s: float | None = None, now: float = 0.0) -> CommandMachine:
    """A command that waits for its confirmation since `now`."""
    command = machine(TWO_STEPS)
    command.select(now, at(now))
    command.selected(TEXT, device_s, now, at(now))
    command.events()
    return command


def executed(command: CommandMachine, now: float, redeemed: Redeemed = Redeemed.GOOD) -> str:
    """Empty, or the reason of the refusal."""
    try:
        command.may_execute(KIM.session, redeemed, now, at(now))
        command.execute(now, at(now))
    except CommandRefused as refused:
        return refused.reason_code
    return ""


def decided(command: CommandMachine, party: Party, now: float = 1.0, digest: str = TEXT.digest) -> str:
    try:
        command.may_decide(party, digest, False, now, at(now))
    except CommandRefused as refused:
        return refused.reason_code
    command.approve(party, now, at(now))
    return ""


def test_cv_01_a_confirmation_lasts_while_it_is_before_its_end_strictly() -> None:
    """Device 12 s less 2 s: at 9.999 s it is taken, at 10.000 s it is too late."""
    command = selected(device_s=12.0)
    assert command.next_deadline() == 10.0
    assert executed(command, 9.999) == ""
    late = selected(device_s=12.0)
    assert executed(late, 10.0) == R.SELECT_TIMEOUT
    assert (late.state, late.fact.reason) == (S.EXPIRED, R.SELECT_TIMEOUT)
    assert executed(late, 10.1) == R.SELECT_TIMEOUT


@pytest.mark.parametrize(("device_s", "ends"), [(None, 30.0), (60.0, 30.0), (12.0, 10.0), (1.0, 0.0)])
def test_the_hub_lets_go_before_the_device_does(device_s: float | None, ends: float) -> None:
    assert selected(device_s).next_deadline() == ends


def test_cv_02_another_value_destroys_the_selection() -> None:
    """IEC 61850: the operate must equal the select; the next correct one finds nothing selected."""
    command = selected()
    assert executed(command, 1.0, Redeemed.OTHER_TEXT) == R.INCONSISTENT_PARAMETERS
    assert (command.state, command.fact.attempt) == (S.CANCELLED, 0)
    assert [event.releases for event in command.events()] == [True]
    assert executed(command, 1.1) == R.NOT_SELECTED


def test_cv_03_another_session_is_refused_and_the_selection_stays() -> None:
    command = selected()
    with pytest.raises(CommandRefused) as refused:
        command.may_execute(LEE.session, Redeemed.UNKNOWN, 1.0, at(1))
    assert refused.value.reason_code == R.LOCKED_BY_OTHER_CLIENT
    assert command.state is S.SELECTED
    assert [event.kind for event in command.events()] == [I.EXECUTE_OTHER_SESSION]
    assert executed(command, 2.0) == ""


def test_cv_04_a_second_confirmation_sends_nothing_more() -> None:
    command = selected()
    assert executed(command, 1.0) == ""
    command.sent(1.0)
    assert executed(command, 1.1) == R.ALREADY_IN_EXECUTION
    assert command.fact.attempt == 1


def test_cv_05_the_same_request_again_while_selected_is_answered() -> None:
    command = selected()
    assert command.repeat(request(), 1.0, at(1)) is command.fact
    assert executed(command, 2.0) == ""


def test_cv_06_cancel_works_while_selected_and_not_while_executing() -> None:
    command = selected()
    assert command.cancel("kim", 1.0, at(1)) is False
    assert (command.state, command.events()[-1].releases) == (S.CANCELLED, True)
    busy = sent()
    say(busy, "accepted", 1.0)
    with pytest.raises(CommandRefused) as refused:
        busy.cancel("kim", 2.0, at(2))
    assert (refused.value.reason_code, busy.state) == (R.ALREADY_IN_EXECUTION, S.EXECUTING)


def test_cv_07_a_lost_line_while_selected_ends_the_selection() -> None:
    command = selected()
    command.comms_lost(1.0, at(1))
    assert (command.state, command.fact.reason) == (S.EXPIRED, R.TARGET_OFFLINE)
    assert command.events()[-1].releases


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (I.SELECT_NOK, R.SELECT_FAILED),
        (I.SELECT_MISMATCH, R.SELECT_ECHO_MISMATCH),
        (I.TIMEOUT, R.SELECT_NO_RESPONSE),
    ],
)
def test_cv_08_and_09_a_device_that_does_not_select_as_asked_gets_nothing(event: I, reason: R) -> None:
    driver = Driver(definition_for(set()))
    driver.reach(S.SELECTING)
    driver.do(event)
    fact = driver.machine.fact
    assert (fact.state, fact.reason, fact.attempt) == (S.REJECTED, reason, 0)


def test_cv_10_a_late_success_ends_what_was_unknown() -> None:
    command = sent()
    command.expire(3.0, at(3))
    assert command.state is S.INDETERMINATE
    say(command, "done", 5.0)
    assert (command.state, command.fact.late) == (S.SUCCEEDED, True)


@pytest.mark.parametrize(("idempotent", "sends"), [(False, 1), (True, 3)])
def test_cv_11_and_12_a_lost_answer_repeats_only_what_may_be_repeated(idempotent: bool, sends: int) -> None:
    command = sent(changed(START, idempotent=idempotent))
    while (due := command.next_deadline()) is not None:
        command.expire(due, at(due))
    assert (command.state, command.fact.attempt) == (S.INDETERMINATE, sends)
    assert {event.command_id for event in command.events()} == {request().command_id}


def test_a_repetition_keeps_the_time_limit_too() -> None:
    """CMD-03: no sending after `not_after`, not even of what may be sent again."""
    command = sent(changed(START, idempotent=True, accept_deadline_s=6.0))
    command.expire(6.0, at(6))
    assert (command.state, command.fact.attempt) == (S.SENT, 2)
    command.expire(12.0, at(12))
    assert (command.state, command.fact.attempt) == (S.INDETERMINATE, 2)


def test_cv_13_silence_after_progress_is_unknown_and_not_sent_again() -> None:
    command = sent(changed(START, idempotent=True))
    say(command, "progress", 1.0, progress=0.5)
    command.expire(16.0, at(16))
    assert (command.state, command.fact.reason, command.fact.attempt) == (
        S.INDETERMINATE,
        R.PROGRESS_TIMEOUT,
        1,
    )


def test_cv_14_progress_that_goes_backwards_is_noted_and_ignored() -> None:
    command = sent()
    say(command, "progress", 1.0, progress=0.5)
    say(command, "progress", 2.0, progress=0.4)
    assert (command.fact.progress, command.next_deadline()) == (0.5, 16.0)
    assert [event.kind for event in command.events()][-1] is I.DEV_PROGRESS


@pytest.mark.parametrize("party", [KIM, OTHER_ACCOUNT])
def test_cv_15_nobody_approves_the_own_request(party: Party) -> None:
    """CMD-06: nor with a second account of the same person."""
    driver = Driver(definition_for(set()))
    driver.reach(S.AWAIT_APPROVAL)
    assert decided(driver.machine, party) == R.APPROVER_IS_REQUESTER
    assert driver.machine.state is S.AWAIT_APPROVAL
    assert driver.machine.events()[-1].kind is I.SELF_APPROVAL
    assert decided(driver.machine, LEE) == ""
    assert (driver.machine.state, driver.machine.fact.approver) == (S.SELECTING, "lee")


def test_an_approval_is_for_the_text_that_was_read_and_from_another_place() -> None:
    """CMD-06."""
    driver = Driver(definition_for(set()))
    driver.reach(S.AWAIT_APPROVAL)
    assert decided(driver.machine, LEE, digest="d2") == R.INCONSISTENT_PARAMETERS
    beside = Party("lee", "lee", "session-2", KIM.station)
    assert decided(driver.machine, beside) == R.SAME_STATION
    assert driver.machine.state is S.AWAIT_APPROVAL
    assert decided(driver.machine, LEE, now=301.0) == R.APPROVAL_TIMEOUT
    assert (driver.machine.state, driver.machine.fact.reason) == (S.EXPIRED, R.APPROVAL_TIMEOUT)
    assert decided(Driver(definition_for(set())).machine, LEE, now=0.1) == R.NOT_AWAITING


def test_cv_16_and_17_what_is_not_permitted_any_more_ends_it_with_that_reason() -> None:
    """CMD-07, CMD-08: a tag before the approval, an interlock between selection and confirmation."""
    waiting = Driver(definition_for(set()))
    waiting.reach(S.AWAIT_APPROVAL)
    waiting.machine.tag_placed(1.0, at(1))
    assert (waiting.machine.state, waiting.machine.fact.reason) == (S.REJECTED, R.BLOCKED_BY_TAG)
    command = selected()
    command.may_execute(KIM.session, Redeemed.GOOD, 1.0, at(1))
    command.revalidation_failed(R.BLOCKED_BY_INTERLOCK, 1.0, at(1), "수문 닫힘")
    assert (command.state, command.fact.reason, command.fact.detail) == (
        S.REJECTED,
        R.BLOCKED_BY_INTERLOCK,
        "수문 닫힘",
    )
    assert executed(command, 1.1) == R.NOT_SELECTED


def test_cv_18_a_restart_in_each_state_never_sends_and_never_lies() -> None:
    expected = {
        S.RECEIVED: (S.REJECTED, R.HUB_RESTARTED_BEFORE_SEND),
        S.AWAIT_APPROVAL: (S.EXPIRED, R.HUB_RESTARTED_BEFORE_SEND),
        S.SELECTING: (S.EXPIRED, R.HUB_RESTARTED_BEFORE_SEND),
        S.SELECTED: (S.EXPIRED, R.HUB_RESTARTED_BEFORE_SEND),
        S.SENT: (S.INDETERMINATE, R.HUB_RESTARTED_AFTER_SEND),
        S.EXECUTING: (S.INDETERMINATE, R.HUB_RESTARTED_AFTER_SEND),
        S.VERIFYING: (S.INDETERMINATE, R.HUB_RESTARTED_AFTER_SEND),
        S.INDETERMINATE: (S.INDETERMINATE, R.ACK_TIMEOUT),
    }
    for state, (after, reason) in expected.items():
        driver = Driver(definition_for(set()))
        driver.reach(state)
        driver.do(I.HUB_RESTART)
        fact = driver.machine.fact
        assert (fact.state, fact.reason) == (after, reason), state
        assert driver.machine.next_deadline() is None
        assert not any(event.resend for event in driver.machine.events())


@pytest.mark.parametrize("jump_s", [3600, -3600])
def test_cv_19_a_wall_clock_that_jumps_ends_no_selection(jump_s: int) -> None:
    """Deadlines are monotonic, also that of `not_after`."""
    command = selected()
    command.expire(1.0, at(1) + jump_s * NS)
    command.may_execute(KIM.session, Redeemed.GOOD, 2.0, at(2) + jump_s * NS)
    command.execute(2.0, at(2) + jump_s * NS)
    assert command.state is S.SENT


def test_nothing_is_executed_that_was_not_cleared() -> None:
    command = selected()
    with pytest.raises(CommandRefused) as refused:
        command.execute(1.0, at(1))
    assert refused.value.reason_code == R.NOT_SELECTED
    assert command.state is S.SELECTED


def test_a_time_limit_ends_what_waits_for_a_person() -> None:
    """CMD-03: what waited past it is EXPIRED, and nothing is kept to be sent later."""
    command = machine(START)
    command.select(0.0, at(0))
    command.selected(TEXT, None, 0.0, at(0))
    assert command.next_deadline() == 10.0
    assert executed(command, 10.0) == R.TIME_LIMIT
    assert command.state is S.EXPIRED


def test_a_test_needs_the_devices_word_for_it() -> None:
    """CMD-15: done without saying that it was a test may have moved, so it is no success; feedback proves nothing."""
    for word, honest, state, reason in (
        ("done", True, S.SUCCEEDED, ""),
        ("done", False, S.FAILED, R.TEST_NOT_REPORTED),
        ("accepted_final", True, S.SUCCEEDED, ""),
        ("accepted_final", False, S.FAILED, R.TEST_NOT_REPORTED),
        ("rejected", False, S.FAILED, R.DEVICE_REJECTED),
    ):
        command = sent(changed(START, test_mode=True), test=True)
        feel(command, 1.0, 0.5)
        say(command, word, 1.0, test=honest)
        assert (command.state, command.fact.reason, command.fact.verified) == (state, reason, False)
        finding = command.events()[-1].finding
        assert finding == ("OUTCOME_CONTRADICTED" if reason == R.TEST_NOT_REPORTED else "")


def test_a_late_end_of_a_test_needs_the_word_too() -> None:
    command = sent(changed(START, test_mode=True), test=True)
    command.expire(3.0, at(3))
    say(command, "done", 4.0)
    assert (command.state, command.fact.reason, command.fact.late) == (S.FAILED, R.TEST_NOT_REPORTED, True)


def test_a_cause_that_the_device_names_is_the_reason() -> None:
    """Local mode is not the same as a refusal; a cause nobody knows is."""
    for cause, reason in (
        (R.BLOCKED_BY_MODE, R.BLOCKED_BY_MODE),
        ("MOON", R.DEVICE_BUSY),
        ("", R.DEVICE_BUSY),
    ):
        command = sent()
        say(command, "busy", 1.0, cause=str(cause))
        assert (command.state, command.fact.reason) == (S.FAILED, reason)


def test_what_nobody_may_overlook_is_a_finding() -> None:
    """Unknown and contradicted outcomes, wherever they come from."""
    lost = sent()
    lost.expire(3.0, at(3))
    assert [event.finding for event in lost.events()] == ["", "OUTCOME_UNKNOWN"]
    wrong = sent()
    say(wrong, "done", 1.0)
    feel(wrong, 0.0, 2.0)
    wrong.expire(11.0, at(11))
    assert wrong.events()[-1].finding == "OUTCOME_CONTRADICTED"
    good = sent()
    say(good, "rejected", 1.0)
    assert {event.finding for event in good.events()} == {""}


@pytest.mark.parametrize("way", ["select", "ask_approval"])
def test_what_comes_too_late_is_not_even_begun(way: str) -> None:
    """CMD-03."""
    command = machine()
    given = (TEXT,) if way == "ask_approval" else ()
    getattr(command, way)(*given, 10.01, at(10.01))
    assert (command.state, command.fact.reason) == (S.REJECTED, R.TIME_LIMIT)


def test_an_approval_by_the_requester_moves_nothing_even_past_the_check() -> None:
    driver = Driver(definition_for(set()))
    driver.reach(S.AWAIT_APPROVAL)
    driver.machine.approve(OTHER_ACCOUNT, 1.0, at(1))
    assert driver.machine.state is S.AWAIT_APPROVAL


def test_a_selection_is_given_back_unless_the_device_has_let_go() -> None:
    command = selected()
    command.device_unselected(1.0, at(1))
    assert (command.state, command.events()[-1].releases) == (S.EXPIRED, False)
    gone = selected()
    gone.session_lost(1.0, at(1))
    assert gone.events()[-1].releases
    kept = selected()
    executed(kept, 1.0)
    assert not kept.events()[-1].releases
