"""Acts from sending to their one answer."""

from __future__ import annotations

from console.client.act_facts import NO_ANSWER, ActKind
from console.client.acts import PendingActs
from console.client.ulid import Ulids
from console.wire.messages import ActReply, ActResult


def test_answer_of_the_hub_ends_the_wait() -> None:
    acts = PendingActs(timeout_s=5.0)
    acts.sent("r1", ActKind.ACK, ("3", "4"), now=10.0)
    outcome = acts.answered(ActReply(request="r1", results=(ActResult("3"), ActResult("4", "ALREADY_ACKED"))))
    assert outcome is not None
    assert outcome.kind is ActKind.ACK
    assert not outcome.done
    assert acts.next_deadline() is None
    assert acts.expire(100.0) == []


def test_silence_is_an_answer_for_every_part() -> None:
    acts = PendingActs(timeout_s=5.0)
    acts.sent("r1", ActKind.ACK, ("3", "4"), now=10.0)
    assert acts.next_deadline() == 15.0
    assert acts.expire(14.9) == []
    (outcome,) = acts.expire(15.0)
    assert [(result.subject, result.reason) for result in outcome.results] == [
        ("3", NO_ANSWER),
        ("4", NO_ANSWER),
    ]


def test_answer_after_the_deadline_is_not_told_again() -> None:
    acts = PendingActs(timeout_s=5.0)
    acts.sent("r1", ActKind.RESET, ("3",), now=0.0)
    acts.expire(5.0)
    assert acts.answered(ActReply(request="r1", results=())) is None


def test_loss_of_the_link_answers_all_that_wait() -> None:
    acts = PendingActs()
    acts.sent("r1", ActKind.ACK, ("3",), now=0.0)
    acts.sent("r2", ActKind.COMMAND, ("c",), now=0.0)
    assert {outcome.request for outcome in acts.lost()} == {"r1", "r2"}
    assert len(acts) == 0


def test_ulids_rise_within_a_millisecond_and_when_the_clock_steps_back() -> None:
    """CMD-01: the console makes ULIDs."""
    clock = iter([5_000_000, 5_000_000, 1_000_000, 9_000_000])
    ulids = Ulids(lambda: next(clock), lambda n: b"\xff" * n)
    made = [ulids.new() for _ in range(4)]
    assert made == sorted(made)
    assert len(set(made)) == 4
    assert all(len(ulid) == 26 for ulid in made)


def test_ulid_begins_with_its_time() -> None:
    """The example of the ULID specification: 1469918176385 ms is 01ARYZ6S41."""
    ulids = Ulids(lambda: 1_469_918_176_385 * 1_000_000, lambda n: b"\x00" * n)
    assert ulids.new() == "01ARYZ6S41" + "0" * 16
