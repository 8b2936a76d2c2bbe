"""One command from request to outcome (COMMANDS.md 2.2)."""

from __future__ import annotations

import math

import pytest
from command_sites import (
    AT,
    BLIND,
    OPEN,
    START,
    at,
    changed,
    feel,
    intent,
    machine,
    request,
    say,
    sent,
    verifying,
)

from console.core.command.facts import CommandState as S
from console.core.command.machine import DEVICE, CommandMachine
from console.core.command.reasons import CommandReason as R
from console.core.command.table import CommandInput as I
from console.core.errors import CommandRefused
from console.core.quality import Quality


def test_the_straight_way_ends_with_proven_success() -> None:
    """I9: SUCCEEDED with fresh matching feedback is verified."""
    command = machine()
    assert (command.state, command.next_deadline()) == (S.RECEIVED, 0.5)
    command.accept(0.1, at(0.1))
    command.sent(0.2)
    assert (command.state, command.fact.attempt, command.next_deadline()) == (S.SENT, 1, 3.2)
    say(command, "accepted", 1.0)
    assert (command.state, command.next_deadline()) == (S.EXECUTING, 16.0)
    say(command, "progress", 10.0, progress=0.5)
    assert (command.fact.progress, command.next_deadline()) == (0.5, 25.0)
    say(command, "done", 12.0)
    assert (command.state, command.next_deadline()) == (S.VERIFYING, 22.0)
    feel(command, 1.0, 13.0)
    fact = command.fact
    assert (fact.state, fact.verified, fact.late, fact.reason) == (S.SUCCEEDED, True, False, "")
    assert [s.state for s in fact.steps] == [S.RECEIVED, S.SENT, S.EXECUTING, S.VERIFYING, S.SUCCEEDED]
    assert command.next_deadline() is None
    kinds = [event.kind for event in command.events()]
    assert kinds == [
        I.VALID_DIRECT,
        I.DEV_ACCEPTED,
        I.DEV_PROGRESS,
        I.DEV_DONE,
        I.FEEDBACK_MATCH,
    ]
    assert command.events() == []


def test_a_command_without_feedback_succeeds_unverified() -> None:
    """I9: the flag says so."""
    for word in ("done", "accepted_final"):
        command = sent(BLIND)
        say(command, word, 1.0)
        assert (command.state, command.fact.verified) == (S.SUCCEEDED, False)


def test_accepted_is_not_done() -> None:
    """MAVLink's lesson, with and without feedback."""
    for definition in (START, BLIND):
        command = sent(definition)
        say(command, "accepted", 1.0, detail="queued")
        assert command.state is S.EXECUTING
        say(command, "done", 2.0)
        assert command.fact.detail == "queued"


def test_a_final_acceptance_leads_to_verification() -> None:
    command = sent()
    say(command, "accepted_final", 1.0)
    assert command.state is S.VERIFYING


def test_the_validators_reason_is_the_rejections() -> None:
    command = machine()
    command.reject(R.OUT_OF_RANGE, 0.1, at(0.1))
    assert (command.state, command.fact.reason) == (S.REJECTED, R.OUT_OF_RANGE)
    command.accept(0.2, at(0.2))
    assert command.state is S.REJECTED


def test_nothing_is_sent_after_its_time_limit() -> None:
    """CMD-03."""
    command = machine()
    command.accept(10.01, at(10.01))
    assert (command.state, command.fact.reason, command.fact.attempt) == (S.REJECTED, R.TIME_LIMIT, 0)


def test_the_last_moment_of_the_time_limit_is_within_it() -> None:
    command = machine()
    command.accept(10.0, at(10))
    assert command.state is S.SENT


def test_a_hub_too_slow_to_validate_says_so() -> None:
    command = machine()
    command.expire(0.49, at(0.49))
    assert command.state is S.RECEIVED
    command.expire(0.5, at(0.5))
    assert (command.state, command.fact.reason) == (S.REJECTED, R.HUB_OVERLOADED)


@pytest.mark.parametrize(
    ("word", "reason"),
    [("rejected", R.DEVICE_REJECTED), ("busy", R.DEVICE_BUSY), ("failed", R.DEVICE_FAILED)],
)
def test_a_device_that_refuses_is_a_failure_with_its_words(word: str, reason: R) -> None:
    command = sent()
    say(command, word, 1.0, detail="local mode")
    assert (command.state, command.fact.reason, command.fact.detail) == (S.FAILED, reason, "local mode")
    assert command.events()[-1].who == DEVICE


@pytest.mark.parametrize("word", ["rejected", "busy", "failed"])
def test_a_device_may_give_up_while_executing(word: str) -> None:
    command = sent()
    say(command, "accepted", 1.0)
    say(command, word, 2.0, detail="jammed")
    assert (command.state, command.fact.detail) == (S.FAILED, "jammed")


def test_bytes_that_were_never_written_are_a_failure_and_nothing_unknown() -> None:
    command = machine()
    command.accept(0.0, AT)
    command.not_sent("connection refused", 0.1, at(0.1))
    assert (command.state, command.fact.reason) == (S.FAILED, R.TARGET_OFFLINE)
    command.not_sent("again", 0.2, at(0.2))
    assert command.fact.detail == "connection refused"


def test_no_answer_is_unknown_and_never_sent_again() -> None:
    """CV: acknowledgement lost, non-idempotent: the device sees one (I6)."""
    command = sent()
    command.expire(3.0, at(3))
    assert (command.state, command.fact.reason, command.fact.attempt) == (S.INDETERMINATE, R.ACK_TIMEOUT, 1)
    assert command.next_deadline() is None
    assert not any(event.resend for event in command.events())


def test_only_an_idempotent_command_is_sent_again_and_at_most_three_times() -> None:
    """CV: idempotent, at most three sends with the same id."""
    command = sent(changed(START, idempotent=True))
    for now, attempt in ((3.0, 2), (6.0, 3)):
        command.expire(now, at(now))
        assert (command.state, command.fact.attempt) == (S.SENT, attempt)
        assert command.events()[-1].resend
    command.expire(9.0, at(9))
    assert (command.state, command.fact.attempt) == (S.INDETERMINATE, 3)


def test_progress_then_silence_is_unknown_without_a_resend() -> None:
    """CV: IN_PROGRESS then silence."""
    command = sent(changed(START, idempotent=True))
    say(command, "progress", 1.0, progress=0.2)
    command.expire(16.0, at(16))
    assert (command.state, command.fact.reason) == (S.INDETERMINATE, R.PROGRESS_TIMEOUT)


def test_progress_does_not_extend_execution_for_ever() -> None:
    command = sent()
    say(command, "accepted", 0.0)
    for second in range(10, 60, 10):
        say(command, "progress", float(second), progress=second / 100)
    assert command.next_deadline() == 60.0
    command.expire(60.0, at(60))
    assert (command.state, command.fact.reason) == (S.INDETERMINATE, R.EXECUTION_TIMEOUT)


@pytest.mark.parametrize("progress", [0.4, -1.0, 1.01, math.nan])
def test_progress_that_goes_backwards_or_nowhere_is_noted_and_ignored(progress: float) -> None:
    """CV-14."""
    command = sent()
    say(command, "progress", 1.0, progress=0.5)
    command.events()
    say(command, "progress", 2.0, progress=progress)
    assert (command.fact.progress, command.next_deadline()) == (0.5, 16.0)
    assert [(event.kind, event.fact) for event in command.events()] == [(I.DEV_PROGRESS, command.fact)]


def test_progress_that_stands_still_is_a_sign_of_life() -> None:
    command = sent()
    say(command, "progress", 1.0, progress=0.5)
    say(command, "progress", 9.0, progress=0.5)
    assert command.next_deadline() == 24.0


def test_a_contradiction_counts_only_when_the_process_has_had_its_time() -> None:
    command = verifying()
    feel(command, 0.0, 2.0)
    assert command.state is S.VERIFYING
    command.expire(11.0, at(11))
    assert (command.state, command.fact.reason) == (S.FAILED, R.FEEDBACK_MISMATCH)
    assert command.events()[-1].alarming


def test_no_feedback_is_unknown() -> None:
    command = verifying()
    command.expire(11.0, at(11))
    assert (command.state, command.fact.reason) == (S.INDETERMINATE, R.FEEDBACK_TIMEOUT)
    assert command.events()[-1].alarming


def test_feedback_within_its_tolerance_matches() -> None:
    command = verifying(OPEN, 60.0)
    feel(command, 58.9, 2.0)
    assert command.state is S.VERIFYING
    feel(command, 59.0, 3.0)
    assert command.state is S.SUCCEEDED


def test_feedback_that_came_before_the_device_was_done_counts() -> None:
    """A source that reports only changes says it once."""
    command = sent()
    feel(command, 1.0, 0.5)
    assert command.state is S.SENT
    say(command, "done", 1.0)
    assert (command.state, command.fact.verified) == (S.SUCCEEDED, True)


def test_old_or_unusable_feedback_proves_nothing() -> None:
    """Feedback must be newer than the sending, and good."""
    command = verifying()
    command.feedback(1.0, Quality.GOOD, AT, 2.0, at(2))
    feel(command, 1.0, 3.0, Quality.BAD)
    feel(command, 1.0, 4.0, Quality.STALE)
    assert command.state is S.VERIFYING
    unsent = machine()
    feel(unsent, 1.0, 0.1)
    assert unsent.state is S.RECEIVED


@pytest.mark.parametrize(
    ("word", "state"), [("done", S.SUCCEEDED), ("failed", S.FAILED), ("rejected", S.FAILED)]
)
def test_a_late_answer_ends_what_was_unknown(word: str, state: S) -> None:
    """CV: acknowledgement lost, then late success."""
    command = sent()
    command.expire(3.0, at(3))
    say(command, "accepted", 4.0)
    assert command.state is S.INDETERMINATE
    say(command, word, 5.0)
    assert (command.state, command.fact.late, command.fact.verified) == (state, True, False)


def test_late_feedback_proves_success_but_never_failure() -> None:
    command = sent()
    command.expire(3.0, at(3))
    feel(command, 0.0, 4.0)
    assert command.state is S.INDETERMINATE
    feel(command, 1.0, 5.0)
    assert (command.state, command.fact.late, command.fact.verified) == (S.SUCCEEDED, True, True)


def test_loss_of_the_connection_is_unknown_only_after_sending() -> None:
    for command, state, reason in (
        (machine(), S.REJECTED, R.TARGET_OFFLINE),
        (sent(), S.INDETERMINATE, R.COMMS_LOST),
        (verifying(), S.INDETERMINATE, R.COMMS_LOST),
    ):
        command.comms_lost(2.0, at(2))
        assert (command.state, command.fact.reason) == (state, reason)


def test_a_session_that_ends_withdraws_only_what_was_not_sent() -> None:
    unsent, out = machine(), sent()
    unsent.session_lost(0.1, at(0.1))
    out.session_lost(0.1, at(0.1))
    assert (unsent.state, unsent.fact.reason) == (S.CANCELLED, R.SESSION_LOST)
    assert out.state is S.SENT


def test_a_tag_stops_only_what_was_not_sent() -> None:
    """I8."""
    unsent, out = machine(), sent()
    unsent.tag_placed(0.1, at(0.1))
    out.tag_placed(0.1, at(0.1))
    assert (unsent.state, unsent.fact.reason) == (S.REJECTED, R.BLOCKED_BY_TAG)
    assert out.state is S.SENT


def test_cancelling_depends_on_how_far_it_is() -> None:
    unsent = machine()
    assert unsent.cancel("kim", 0.1, at(0.1)) is False
    assert (unsent.state, unsent.events()[-1].who) == (S.CANCELLED, "kim")
    assert sent(changed(START, cancellable=True)).cancel("kim", 1.0, at(1)) is True
    lost = sent()
    lost.expire(3.0, at(3))
    for command, reason in (
        (unsent, R.ALREADY_FINISHED),
        (sent(), R.ALREADY_IN_EXECUTION),
        (verifying(), R.ALREADY_IN_EXECUTION),
        (lost, R.ALREADY_SENT),
    ):
        state = command.state
        with pytest.raises(CommandRefused) as refused:
            command.cancel("kim", 4.0, at(4))
        assert refused.value.reason_code == reason
        assert command.state is state


def test_the_same_request_again_is_answered_and_not_executed() -> None:
    """CMD-01: same id and body gives the present fact; another body is refused."""
    command = sent()
    assert command.repeat(request(), 1.0, at(1)) is command.fact
    assert command.repeat(command.fact.request, 1.0, at(1)) is command.fact
    for other in (request("open", value=1.0), request(not_after=5)):
        with pytest.raises(CommandRefused) as refused:
            command.repeat(other, 1.0, at(1))
        assert refused.value.reason_code == R.ID_REUSED
    assert command.fact.attempt == 1


def test_a_person_resolves_the_unknown_with_evidence() -> None:
    command = sent()
    command.expire(3.0, at(3))
    command.resolve("DONE", "현장 확인: 펌프 운전 중", "lee", 60.0, at(60))
    assert (command.state, command.fact.reason) == (S.RESOLVED, "DONE")
    assert command.fact.detail == "현장 확인: 펌프 운전 중"
    assert command.events()[-1].who == "lee"


@pytest.mark.parametrize(
    ("outcome", "evidence", "reason"),
    [
        ("MAYBE", "seen", R.FORMAT),
        ("DONE", " ", R.EVIDENCE_REQUIRED),
        ("DONE", "a\x00", R.FORMAT),
        ("NOT_DONE", "x" * 501, R.FORMAT),
    ],
)
def test_a_resolution_without_evidence_is_refused(outcome: str, evidence: str, reason: R) -> None:
    command = sent()
    command.expire(3.0, at(3))
    with pytest.raises(CommandRefused) as refused:
        command.resolve(outcome, evidence, "lee", 4.0, at(4))
    assert refused.value.reason_code == reason
    assert command.state is S.INDETERMINATE


def test_only_the_unknown_is_resolved() -> None:
    with pytest.raises(CommandRefused) as refused:
        sent().resolve("DONE", "seen", "lee", 1.0, at(1))
    assert refused.value.reason_code == R.NOT_INDETERMINATE


def test_a_restart_of_the_hub_never_sends_again() -> None:
    """Before sending it is rejected, after sending unknown; what is over stays as it was."""
    lost = sent()
    lost.expire(3.0, at(3))
    for before, state, reason in (
        (machine(), S.REJECTED, R.HUB_RESTARTED_BEFORE_SEND),
        (sent(), S.INDETERMINATE, R.HUB_RESTARTED_AFTER_SEND),
        (verifying(), S.INDETERMINATE, R.HUB_RESTARTED_AFTER_SEND),
        (lost, S.INDETERMINATE, R.ACK_TIMEOUT),
    ):
        after = CommandMachine.restored(before.fact, intent(), 0.0, at(100))
        assert (after.state, after.fact.reason) == (state, reason)
        assert after.next_deadline() is None
        assert not any(event.resend for event in after.events())


def test_feedback_from_before_the_sending_proves_nothing_after_a_restart() -> None:
    command = machine()
    command.accept(0.4, at(0.4))
    after = CommandMachine.restored(command.fact, intent(), 100.0, at(100))
    after.feedback(1.0, Quality.GOOD, at(0.3), 101.0, at(101))
    assert after.state is S.INDETERMINATE


def test_feedback_after_a_restart_still_proves_success() -> None:
    after = CommandMachine.restored(sent().fact, intent(), 0.0, at(100))
    feel(after, 1.0, 101.0)
    assert (after.state, after.fact.late, after.fact.verified) == (S.SUCCEEDED, True, True)
