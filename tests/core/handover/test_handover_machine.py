"""One shift handover: every state and act as the table says, and what a signature is worth."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from handover_paper import (
    AT,
    BOSS,
    CHOI,
    FIRST,
    KIM,
    LEE,
    SECOND,
    accept_all,
    in_state,
    item,
    listed,
)

from console.core.batch import NS
from console.core.errors import HandoverRefused
from console.core.handover.facts import Change, HandoverState
from console.core.handover.machine import HandoverMachine
from console.core.handover.parties import Actor
from console.core.handover.reasons import HandoverReason
from console.core.handover.table import TABLE, HandoverInput

S = HandoverState
I = HandoverInput  # noqa: E741
R = HandoverReason
KEY = FIRST.key


def _questioned(paper: HandoverMachine) -> None:
    if paper.fact.state is S.ACCEPTING:
        paper.ask(KEY, "왜 보류?", LEE, 1.0, AT)
        paper.events()


def _answer(paper: HandoverMachine) -> None:
    _questioned(paper)
    paper.answer(KEY, "부품 대기", KIM, AT)


def _incoming_signs(paper: HandoverMachine) -> None:
    if paper.fact.state is S.ACCEPTING:
        accept_all(paper)
        paper.events()
    paper.sign(paper.fact.digest, "password", LEE, AT)


ACTS: dict[HandoverInput, Callable[[HandoverMachine], object]] = {
    I.REMARK: lambda p: p.remark(KEY, "펌프 교체 중", KIM, AT),
    I.OFFER: lambda p: p.offer("", KIM, 1.0, AT),
    I.WITHDRAW: lambda p: p.withdraw("나중에", KIM, AT),
    I.TAKE_UP: lambda p: p.take_up(LEE, 1.0, AT),
    I.GIVE_BACK: lambda p: p.give_back("", LEE, 1.0, AT),
    I.ACCEPT: lambda p: p.accept([(KEY, FIRST.mark)], True, LEE, 1.0, AT),
    I.ASK: lambda p: p.ask(KEY, "왜?", LEE, 1.0, AT),
    I.OBJECT: lambda p: p.object(KEY, FIRST.mark, "동의하지 않음", LEE, 1.0, AT),
    I.ANSWER: _answer,
    I.REFUSE: lambda p: p.refuse("사람이 모자람", LEE, AT),
    I.SIGN_OUTGOING: lambda p: p.sign(p.fact.digest, "password", KIM, AT),
    I.SIGN_INCOMING: _incoming_signs,
}
_NOT_HERE = {(S.OFFERED, I.ANSWER), (S.OFFERED, I.SIGN_INCOMING), (S.DRAFTED, I.SIGN_INCOMING)}
"""Nobody has asked anything, or nobody takes over yet: refused for another reason."""


@pytest.mark.parametrize(("state", "what"), [pair for pair in product(S, ACTS) if pair not in _NOT_HERE])
def test_every_state_and_act_is_as_the_table_says(state: HandoverState, what: HandoverInput) -> None:
    paper = in_state(state)
    before = paper.fact
    if what in TABLE[state]:
        ACTS[what](paper)
        event = next(e for e in paper.events() if e.what is what)
        assert (event.old, event.new) == (state, TABLE[state][what])
        return
    with pytest.raises(HandoverRefused) as refused:
        ACTS[what](paper)
    assert refused.value.reason_code == (R.HANDOVER_OVER if state.over else R.HANDOVER_STATE)
    assert (paper.fact, paper.events()) == (before, [])


def test_both_signatures_end_it_in_either_order() -> None:
    for first, second in ((KIM, LEE), (LEE, KIM)):
        paper = in_state(S.ACCEPTING)
        accept_all(paper)
        paper.sign(paper.fact.digest, "password", first, AT + 1)
        assert paper.fact.state is S.ACCEPTING
        paper.sign(paper.fact.digest, "password", second, AT + 2)
        assert paper.fact.state is S.SIGNED
        assert paper.fact.ended_at == AT + 2
        assert paper.next_deadline() is None
        end = paper.events()[-1]
        assert (end.what, len(end.items)) == (I.BOTH_SIGNED, 2)


def test_nobody_signs_twice_or_what_they_have_not_seen_or_before_every_item_is_accepted() -> None:
    paper = in_state(S.ACCEPTING)
    with pytest.raises(HandoverRefused, match=R.ITEMS_LEFT):
        paper.sign(paper.fact.digest, "password", LEE, AT)
    paper.ask(KEY, "왜?", LEE, 1.0, AT)
    assert paper.accept([(KEY, FIRST.mark)], True, LEE, 1.0, AT) == [(KEY, R.QUESTION_OPEN)]
    with pytest.raises(HandoverRefused, match=R.QUESTION_OPEN):
        paper.sign(paper.fact.digest, "password", LEE, AT)
    paper.answer(KEY, "부품 대기", KIM, AT)
    accept_all(paper)
    with pytest.raises(HandoverRefused, match=R.LIST_CHANGED):
        paper.sign("another list", "password", LEE, AT)
    paper.sign(paper.fact.digest, "password", LEE, AT)
    with pytest.raises(HandoverRefused, match=R.ALREADY_SIGNED):
        paper.sign(paper.fact.digest, "password", LEE, AT)
    with pytest.raises(HandoverRefused, match=R.NOT_A_PARTY):
        paper.sign(paper.fact.digest, "password", CHOI, AT)


def test_one_person_with_two_accounts_does_not_hand_over_to_himself() -> None:
    """CMD-06 of handovers: the incoming person is another human being."""
    paper = in_state(S.OFFERED)
    other_account = Actor("kim-2", "김", "kim", "seat-9", "x")
    with pytest.raises(HandoverRefused, match=R.SAME_PERSON):
        paper.take_up(other_account, 0.0, AT)
    with pytest.raises(HandoverRefused, match=R.NOT_INCOMING):
        paper.refuse("싫다", other_account, AT)


def test_an_offer_to_somebody_is_for_nobody_else() -> None:
    paper = in_state(S.DRAFTED)
    paper.offer("lee", KIM, 0.0, AT)
    for act in (lambda: paper.take_up(CHOI, 0.0, AT), lambda: paper.refuse("x", CHOI, AT)):
        with pytest.raises(HandoverRefused, match=R.OTHER_PERSON_NAMED):
            act()
    paper.take_up(LEE, 0.0, AT)
    with pytest.raises(HandoverRefused, match=R.NOT_INCOMING):
        paper.refuse("x", BOSS, AT)


def test_an_item_that_changes_while_it_is_accepted_must_be_accepted_again() -> None:
    paper = in_state(S.ACCEPTING)
    accept_all(paper)
    changed = item("a0.high", mark="2")
    assert paper.update([changed, SECOND], AT + 5)
    now = listed(paper, "a0.high")
    assert (now.moved, now.done, listed(paper, "a1.high").done) == (True, False, True)
    assert [event.what for event in paper.events()][-1] is I.CHANGED
    assert paper.accept([(KEY, FIRST.mark)], True, LEE, 1.0, AT) == [(KEY, R.ITEM_CHANGED)]
    assert paper.accept([(KEY, changed.mark), ("no", "no")], True, LEE, 1.0, AT) == [
        (KEY, ""),
        ("no", R.UNKNOWN_ITEM),
    ]
    assert not listed(paper, "a0.high").moved
    assert paper.fact.remaining == 0


def test_in_a_storm_a_list_may_be_signed_as_it_was_read_and_what_came_after_it_is_marked() -> None:
    """Nobody signs between two alarms of a flood; for a minute the list that was read counts."""
    paper = in_state(S.ACCEPTING)
    accept_all(paper)
    paper.sign(paper.fact.digest, "password", KIM, AT)
    read = paper.fact.digest
    for second in range(5):
        paper.update([FIRST, SECOND, *(item(f"new{n}") for n in range(second + 1))], AT + second * NS)
    with pytest.raises(HandoverRefused, match=R.ITEMS_LEFT):
        paper.sign(paper.fact.digest, "password", LEE, AT + 5 * NS)
    with pytest.raises(HandoverRefused, match=R.LIST_CHANGED):
        paper.sign(read, "password", LEE, AT + 61 * NS)
    paper.sign(read, "password", LEE, AT + 20 * NS)
    assert paper.fact.state is S.SIGNED
    assert {one.subject: (one.moved, one.done) for one in paper.fact.items} == {
        "a0.high": (False, True),
        "a1.high": (False, True),
        **{f"new{n}": (True, False) for n in range(5)},
    }


def test_what_the_city_adds_after_the_outgoing_signature_is_accepted_and_the_signature_stands() -> None:
    paper = in_state(S.ACCEPTING)
    paper.sign(paper.fact.digest, "password", KIM, AT)
    paper.update([FIRST, SECOND, item("a2.high")], AT + 500 * NS)
    accept_all(paper)
    assert paper.fact.outgoing.signed_at == AT
    paper.sign(paper.fact.digest, "password", LEE, AT + 600 * NS)
    assert paper.fact.state is S.SIGNED


def test_what_comes_after_the_incoming_signature_ends_it_if_the_other_one_does_not_come_soon() -> None:
    paper = in_state(S.ACCEPTING)
    accept_all(paper)
    paper.sign(paper.fact.digest, "password", LEE, AT)
    third = item("a2.high")
    paper.update([FIRST, SECOND, third], AT + 10 * NS)
    assert paper.fact.incoming is not None
    assert paper.fact.incoming.signed_at
    assert paper.update([FIRST, SECOND, third], AT + 61 * NS)
    assert paper.fact.incoming.signed_at == 0
    accept_all(paper)
    paper.sign(paper.fact.digest, "password", LEE, AT + 70 * NS)
    paper.update([FIRST, SECOND, third, item("a3.high")], AT + 80 * NS)
    paper.sign(paper.fact.digest, "password", KIM, AT + 200 * NS)
    assert paper.fact.state is S.ACCEPTING
    assert paper.events()[-1].what is I.CHANGED


def test_what_a_person_has_changed_must_be_read_before_it_is_signed() -> None:
    paper = in_state(S.ACCEPTING)
    accept_all(paper)
    read = paper.fact.digest
    paper.update([FIRST, SECOND, item("a2.high")], AT)
    paper.remark("", "밸브 3 주의", KIM, AT)
    for actor in (KIM, LEE):
        with pytest.raises(HandoverRefused, match=R.LIST_CHANGED):
            paper.sign(read, "password", actor, AT)


def test_what_comes_and_goes_while_nobody_has_accepted_it_is_no_event_but_is_shown() -> None:
    paper = in_state(S.ACCEPTING)
    third = item("a2.high")
    assert paper.update([FIRST, SECOND, third], AT)
    assert paper.events() == []
    assert listed(paper, "a2.high").moved
    assert not paper.update([FIRST, SECOND, third], AT)
    assert paper.update([FIRST, SECOND], AT)
    assert listed(paper, "a2.high").change is Change.ENDED


def test_taking_an_acceptance_back_ends_the_signature_of_the_incoming_person_alone() -> None:
    paper = in_state(S.ACCEPTING)
    accept_all(paper)
    paper.sign(paper.fact.digest, "password", LEE, AT)
    assert paper.accept([(KEY, "")], False, LEE, 1.0, AT) == [(KEY, "")]
    assert paper.fact.incoming is not None
    assert paper.fact.incoming.signed_at == 0
    assert paper.fact.remaining == 1
    paper.sign(paper.fact.digest, "password", KIM, AT)
    assert paper.fact.state is S.ACCEPTING


def test_an_objection_accepts_under_protest_and_the_outgoing_person_signs_again() -> None:
    paper = in_state(S.ACCEPTING)
    paper.sign(paper.fact.digest, "password", KIM, AT)
    with pytest.raises(HandoverRefused, match=R.ITEM_CHANGED):
        paper.object(KEY, "old", "동의하지 않음", LEE, 1.0, AT)
    paper.object(KEY, FIRST.mark, "동의하지 않음", LEE, 1.0, AT)
    accept_all(paper)
    assert paper.fact.outgoing.signed_at == 0
    paper.sign(paper.fact.digest, "password", LEE, AT)
    assert paper.fact.state is S.ACCEPTING
    paper.sign(paper.fact.digest, "password", KIM, AT)
    assert paper.fact.state is S.SIGNED
    assert listed(paper, "a0.high").objection


def test_who_leaves_has_offered_and_who_comes_takes_over_alone() -> None:
    """A handover to nobody: the end says honestly that one signature is missing."""
    paper = in_state(S.DRAFTED)
    paper.left(AT + 1)
    assert (paper.fact.state, paper.fact.left_at, paper.next_deadline()) == (S.OFFERED, AT + 1, None)
    paper.take_up(LEE, 5.0, AT)
    accept_all(paper)
    paper.sign(paper.fact.digest, "password", LEE, AT)
    assert paper.fact.state is S.TAKEN
    assert paper.fact.outgoing.signed_at == 0


def test_a_signature_of_somebody_who_has_left_outlasts_what_changes_after_it() -> None:
    paper = in_state(S.OFFERED)
    paper.sign(paper.fact.digest, "password", KIM, AT)
    paper.left(AT + 1)
    signed = paper.fact.outgoing.signed_digest
    paper.update([FIRST], AT + 2)
    assert paper.fact.outgoing.signed_digest == signed != paper.fact.digest
    paper.take_up(LEE, 1.0, AT)
    accept_all(paper)
    paper.sign(paper.fact.digest, "password", LEE, AT)
    assert paper.fact.state is S.SIGNED


def test_who_comes_back_signs_what_it_is_now() -> None:
    paper = in_state(S.OFFERED)
    paper.sign(paper.fact.digest, "password", KIM, AT)
    paper.left(AT + 1)
    paper.update([FIRST], AT + 2)
    paper.back(10.0, AT + 3)
    assert (paper.fact.left_at, paper.fact.outgoing.signed_at) == (0, 0)
    assert paper.next_deadline() == 10.0 + 1800.0
    paper.left(AT + 4)
    paper.remark("", "다시 왔습니다", KIM, AT + 5)
    assert [event.what for event in paper.events()][-2:] == [I.BACK, I.REMARK]
    assert paper.fact.left_at == 0


def test_the_outgoing_person_leaves_after_the_incoming_one_has_signed() -> None:
    paper = in_state(S.ACCEPTING)
    accept_all(paper)
    paper.sign(paper.fact.digest, "password", LEE, AT)
    paper.left(AT + 1)
    assert paper.fact.state is S.TAKEN


def test_times_are_honest() -> None:
    paper = in_state(S.DRAFTED)
    assert paper.next_deadline() is None
    paper.offer("lee", KIM, 100.0, AT)
    assert paper.fact.until == AT + 1800 * NS
    paper.expire(1899.0, AT)
    assert paper.fact.state is S.OFFERED
    paper.expire(1900.0, AT)
    assert (paper.fact.state, paper.fact.to, paper.fact.until) == (S.DRAFTED, "", 0)
    paper.offer("", KIM, 0.0, AT)
    paper.take_up(LEE, 0.0, AT)
    accept_all(paper)
    paper.sign(paper.fact.digest, "password", LEE, AT)
    paper.expire(900.0, AT)
    assert paper.fact.state is S.OFFERED
    assert paper.fact.incoming is not None
    assert paper.fact.incoming.signed_at == 0
    paper.take_up(LEE, 901.0, AT)
    assert paper.fact.remaining == 0
    paper.incoming_gone(902.0, AT)
    paper.take_up(CHOI, 903.0, AT)
    assert paper.fact.remaining == 2


def test_what_a_restart_finds_goes_on_with_the_time_it_had_left() -> None:
    paper = in_state(S.ACCEPTING)
    paper.accept([(KEY, FIRST.mark)], True, LEE, 0.0, AT)
    again = HandoverMachine.restored(paper.fact, {}, paper._times, 5000.0, AT + 100 * NS)  # pyright: ignore[reportPrivateUsage]
    assert again.fact == paper.fact
    assert again.next_deadline() == 5000.0 + 800.0
    assert listed(again, "a0.high").done


def test_a_withdrawal_of_what_was_left_behind_needs_a_supervisor() -> None:
    paper = in_state(S.OFFERED)
    with pytest.raises(HandoverRefused, match=R.NOT_OUTGOING):
        paper.withdraw("x", BOSS, AT)
    paper.left(AT)
    with pytest.raises(HandoverRefused, match=R.NOT_OUTGOING):
        paper.withdraw("x", CHOI, AT)
    paper.withdraw("다음 근무자가 없음", BOSS, AT)
    assert (paper.fact.state, paper.fact.by) == (S.WITHDRAWN, "boss")


def test_what_is_said_is_checked() -> None:
    paper = in_state(S.ACCEPTING)
    cases: list[tuple[str, str, str]] = [("no", "x", R.UNKNOWN_ITEM), (KEY, "\u202e", "FORMAT")]
    for key, text, reason in [*cases, (KEY, "x" * 501, R.TOO_MUCH)]:
        with pytest.raises(HandoverRefused, match=reason):
            paper.remark(key, text, KIM, AT)
    with pytest.raises(HandoverRefused, match="REASON_REQUIRED"):
        paper.refuse("  ", LEE, AT)
    with pytest.raises(HandoverRefused, match=R.NO_QUESTION):
        paper.answer(KEY, "x", KIM, AT)
    for act in (lambda: paper.remark(KEY, "x", LEE, AT), lambda: paper.answer(KEY, "x", LEE, AT)):
        with pytest.raises(HandoverRefused, match=R.NOT_OUTGOING):
            act()
    with pytest.raises(HandoverRefused, match=R.NOT_INCOMING):
        paper.accept([], True, KIM, 1.0, AT)
    paper.remark("", "조용한 밤", KIM, AT)
    paper.remark(KEY, "", KIM, AT)
    assert paper.fact.remark == "조용한 밤"


def test_settling_is_told_once() -> None:
    paper = in_state(S.SIGNED)
    paper.settled({"moved": ("a",), "locked": 3}, AT)
    paper.settled({"moved": ()}, AT)
    assert (paper.fact.settled, paper.fact.moved, paper.fact.locked) == (True, ("a",), 3)
    assert [event.what for event in paper.events()] == [I.SETTLED]
    assert not paper.update([], AT)
    paper.left(AT)
    paper.back(0.0, AT)
    paper.incoming_gone(0.0, AT)
    assert paper.events() == []
