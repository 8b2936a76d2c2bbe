"""Persons, device, tags, sessions, time and restarts in any order: an oracle that knows only what was allowed (TST-03).

The oracle keeps its own small picture of who has agreed to what and when; the machine is right if it never sends
without that, never twice, and never claims what nobody can know. Planted bugs show that it would be seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import msgspec
import pytest
from command_sites import KIM, START, at, changed, intent, say
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from console.core.command import machine as machine_room
from console.core.command import preparation, table, walk
from console.core.command.control_facts import ConfirmText
from console.core.command.facts import CommandState as S
from console.core.command.machine import CommandMachine
from console.core.command.parties import Party
from console.core.command.reasons import CommandReason as R
from console.core.command.table import CommandInput as I
from console.core.command.table import Move
from console.core.command.tokens import Redeemed
from console.core.errors import CommandRefused
from console.core.quality import Quality
from console.core.site import CommandClass
from console.core.words import Text

TEXT = ConfirmText(title=Text("제목", "title"), lines=(), digest="d1")
PEOPLE = {
    "kim": KIM,
    "kim elsewhere": Party("kim", "kim", "session-9", "seat-9"),
    "kim's other account": Party("kim.admin", "kim", "session-8", "seat-8"),
    "lee": Party("lee", "lee", "session-2", "seat-2"),
    "lee beside kim": Party("lee", "lee", "session-3", KIM.station),
}
REDEEMED = st.sampled_from([Redeemed.GOOD, Redeemed.GOOD, *Redeemed])
TROUBLES = (
    "comms_lost",
    "session_lost",
    "tag_placed",
    "device_unselected",
    "revalidation_failed",
    "restart",
    "cancel",
)
SENT_SIDE = {
    S.SENT,
    S.EXECUTING,
    S.VERIFYING,
    S.INDETERMINATE,
    S.SUCCEEDED,
    S.FAILED,
    S.CANCELLED,
    S.RESOLVED,
}


class Interleavings(RuleBasedStateMachine):
    """One command and everybody who has to do with it."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.definition = changed(START, command_class=CommandClass.C3, cancellable=True)
        self.command = CommandMachine(intent(self.definition), KIM, 0.0, at(0.0))
        self.over: S | None = None
        self.may_send = False
        """The oracle: what has just happened may make it be sent."""
        self.approved_by = ""
        self.selected_at: float | None = None
        self.sends = 0
        self.sent_at = 0.0
        self.proof: set[str] = set()
        """What the device or the process has said since it was sent."""

    def tick(self) -> None:
        self.now += 0.001

    @initialize(way=st.sampled_from(["", "await", "select", "confirm", "send", "execute", "verify"]))
    def it_has_come_some_way(self, way: str) -> None:
        """By the same steps that may come in any order; without it most stories would end early."""
        steps: list[Callable[[], None]] = {
            "": [],
            "await": [lambda: self.the_hub_judges("ask_approval")],
            "select": [lambda: self.the_hub_judges("select")],
            "confirm": [
                lambda: self.the_hub_judges("select"),
                lambda: self.the_device_answers_the_selection("selected", None),
            ],
            "send": [lambda: self.the_hub_judges("accept")],
            "execute": [
                lambda: self.the_hub_judges("accept"),
                lambda: self.the_device_speaks("accepted", 0.0),
            ],
            "verify": [lambda: self.the_hub_judges("accept"), lambda: self.the_device_speaks("done", 0.0)],
        }[way]
        for step in steps:
            step()
            self.nothing_is_sent_unallowed_or_twice_and_nothing_is_claimed()

    @rule(seconds=st.sampled_from([0.1, 0.4, 1.0, 3.0, 5.0, 10.0, 29.9, 30.0, 60.0, 300.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        self.command.expire(self.now, at(self.now))

    @precondition(lambda self: self.command.state in (S.AWAIT_APPROVAL, S.SELECTED))
    @rule(seconds=st.sampled_from([29.99, 30.0, 31.0, 301.0]))
    def time_passes_unseen(self, seconds: float) -> None:
        """Nobody has looked at the timers: an act at that moment must not depend on it."""
        self.now += seconds

    @rule(how=st.sampled_from(["select", "ask_approval", "accept", "reject"]))
    def the_hub_judges(self, how: str) -> None:
        self.tick()
        given: dict[str, tuple[object, ...]] = {"ask_approval": (TEXT,), "reject": (R.OUT_OF_RANGE,)}
        self.may_send = how == "accept" and self.command.state is S.RECEIVED
        getattr(self.command, how)(*given.get(how, ()), self.now, at(self.now))

    @rule(
        who=st.sampled_from(sorted(PEOPLE)),
        yes=st.booleans(),
        right_text=st.sampled_from([True, True, True, False]),
    )
    def somebody_decides(self, who: str, yes: bool, right_text: bool) -> None:
        self.tick()
        party, waiting = PEOPLE[who], self.command.state is S.AWAIT_APPROVAL
        try:
            self.command.may_decide(party, "d1" if right_text else "d2", False, self.now, at(self.now))
        except CommandRefused:
            return
        assert waiting
        assert (who, right_text) == ("lee", True)
        if yes:
            self.command.approve(party, self.now, at(self.now))
            self.approved_by = who
        else:
            self.command.deny(party, "", self.now, at(self.now))

    @precondition(lambda self: self.command.state is S.SELECTING)
    @rule(
        answer=st.sampled_from(["selected", "mismatch", "refused"]),
        device_s=st.sampled_from([None, 12.0, 60.0]),
    )
    def the_device_answers_the_selection(self, answer: str, device_s: float | None) -> None:
        self.tick()
        match answer:
            case "selected":
                self.command.selected(TEXT, device_s, self.now, at(self.now))
                self.selected_at = self.now
            case "mismatch":
                self.command.select_mismatch("", self.now, at(self.now))
            case _:
                self.command.select_refused("", self.now, at(self.now))

    @rule(who=st.sampled_from(["kim", "kim", "kim elsewhere", "lee"]), redeemed=REDEEMED)
    def somebody_confirms(self, who: str, redeemed: Redeemed) -> None:
        self.tick()
        party, before = PEOPLE[who], self.command.state
        due = self.command.next_deadline()
        good = redeemed in (Redeemed.GOOD, Redeemed.REPEATED)
        in_time = due is not None and self.now < due
        allowed = before is S.SELECTED and in_time and party.session == KIM.session and good
        self.may_send = allowed
        try:
            self.command.may_execute(party.session, redeemed, self.now, at(self.now))
            self.command.execute(self.now, at(self.now))
        except CommandRefused:
            assert not allowed
            if before is S.SELECTED and in_time and party.session != KIM.session:
                assert self.command.state is S.SELECTED
        self.command.sent(self.now)

    @precondition(lambda self: self.command.state is S.AWAIT_APPROVAL)
    @rule(who=st.sampled_from(sorted(PEOPLE)))
    def somebody_approves(self, who: str) -> None:
        self.somebody_decides(who, True, True)

    @precondition(lambda self: self.command.state is S.SELECTED)
    @rule(who=st.sampled_from(["kim elsewhere", "lee"]))
    def another_session_confirms(self, who: str) -> None:
        self.somebody_confirms(who, Redeemed.GOOD)

    @precondition(lambda self: self.command.state is S.SELECTED)
    @rule()
    def the_requester_confirms(self) -> None:
        self.somebody_confirms("kim", Redeemed.GOOD)

    @rule(
        word=st.sampled_from(
            ["accepted", "accepted_final", "progress", "done", "failed", "busy", "cancelled"]
        ),
        progress=st.floats(-1, 2),
    )
    def the_device_speaks(self, word: str, progress: float) -> None:
        self.tick()
        if self.sends:
            self.proof.add(word)
        say(self.command, word, self.now, progress=progress)

    @rule(
        value=st.sampled_from([0.0, 1.0]),
        quality=st.sampled_from([Quality.GOOD, Quality.BAD]),
        age=st.sampled_from([0.0, 5.0]),
    )
    def the_process_is_measured(self, value: float, quality: Quality, age: float) -> None:
        self.tick()
        measured = self.now - age
        if self.sends and (value, quality) == (1.0, Quality.GOOD) and measured > self.sent_at:
            self.proof.add("feedback")
        self.command.feedback(value, quality, at(measured), self.now, at(self.now))

    @rule(what=st.sampled_from(["", "", "", *TROUBLES]))
    def something_happens(self, what: str) -> None:
        """Troubles end most stories, so they are rare."""
        self.tick()
        match what:
            case "":
                return
            case "restart":
                fact = self.command.fact
                self.command = CommandMachine.restored(fact, intent(self.definition), self.now, at(self.now))
            case "cancel":
                try:
                    self.command.cancel("kim", self.now, at(self.now))
                except CommandRefused:
                    assert self.command.state.terminal or self.command.fact.attempt
            case _:
                given = (R.BLOCKED_BY_INTERLOCK,) if what == "revalidation_failed" else ()
                getattr(self.command, what)(*given, self.now, at(self.now))

    @precondition(lambda self: self.command.state in (S.SENT, S.EXECUTING, S.VERIFYING))
    @rule(what=st.sampled_from(["session_lost", "tag_placed"]))
    def what_was_sent_goes_on(self, what: str) -> None:
        before = self.command.fact
        self.something_happens(what)
        assert self.command.fact is before

    @rule(same=st.booleans())
    def it_is_asked_for_again(self, same: bool) -> None:
        self.tick()
        request = self.command.fact.request
        other = msgspec.structs.replace(request, asset="p2")
        fact = self.command.fact
        try:
            assert self.command.repeat(request if same else other, self.now, at(self.now)) is fact
        except CommandRefused as refused:
            assert (refused.reason_code, same) == (R.ID_REUSED, False)
        assert self.command.fact is fact

    @rule(evidence=st.sampled_from(["", "현장 확인"]))
    def somebody_resolves(self, evidence: str) -> None:
        self.tick()
        before = self.command.state
        try:
            self.command.resolve("NOT_DONE", evidence, "lee", self.now, at(self.now))
        except CommandRefused:
            return
        assert (before, bool(evidence)) == (S.INDETERMINATE, True)

    @invariant()
    def nothing_is_sent_unallowed_or_twice_and_nothing_is_claimed(self) -> None:
        fact = self.command.fact
        for event in self.command.events():
            if event.new is S.SENT and event.old is not S.SENT:
                assert self.may_send, event
                self.sends, self.sent_at = self.sends + 1, self.now
            assert not event.resend
        self.may_send = False
        assert self.sends == fact.attempt <= 1
        if self.sends:
            assert fact.state in SENT_SIDE
        else:
            assert fact.state is not S.INDETERMINATE
        if self.over is not None:
            assert fact.state is self.over
        self.over = fact.state if fact.state.terminal else None
        if fact.state is S.SUCCEEDED:
            late_word = fact.late and self.proof & {"done", "accepted_final"}
            assert "feedback" in self.proof or late_word
            assert not fact.verified or "feedback" in self.proof
        if fact.state is S.FAILED:
            assert fact.reason == R.FEEDBACK_MISMATCH or self.proof & {"failed", "busy", "cancelled"}
        if fact.approver:
            assert fact.approver == "lee"
        waits = fact.state in walk.PRE_SEND | {S.SENT, S.EXECUTING, S.VERIFYING}
        assert (self.command.next_deadline() is not None) is waits


PLENTY = settings(
    max_examples=150,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=cast("list[HealthCheck]", list(HealthCheck)),
)
HUNT = settings(
    PLENTY, max_examples=4000, derandomize=True, database=None, phases=[Phase.generate], print_blob=False
)


def test_no_interleaving_breaks_the_promises() -> None:
    run_state_machine_as_test(Interleavings, settings=PLENTY)


Plant = Callable[[pytest.MonkeyPatch], None]


def _moved(state: S, event: I, to: S, reason: R | None = None) -> Plant:
    """The table leads somewhere else."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        patch.setitem(table.TABLE[state], event, Move(to, reason))

    return plant


def _always(owner: object, name: str, result: object) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        def answer(*_given: object, **_more: object) -> object:
            return result

        patch.setattr(owner, name, answer)

    return plant


def _any_token(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(preparation, "_BAD", {})


def _late_is_in_time(patch: pytest.MonkeyPatch) -> None:
    """Deadlines that end too late."""

    def expire(self: walk.Walk, now: float, at_now: int) -> None:
        real(self, now - 100.0, at_now)

    real = walk.Walk.expire
    patch.setattr(walk.Walk, "expire", expire)


def _any_feedback(patch: pytest.MonkeyPatch) -> None:
    """Old values prove something."""
    real = CommandMachine.feedback

    def feedback(
        self: CommandMachine, value: float, quality: int, _old: int, now: float, at_now: int
    ) -> None:
        real(self, value, quality, at_now, now, at_now)

    patch.setattr(CommandMachine, "feedback", feedback)


def _any_quality(patch: pytest.MonkeyPatch) -> None:
    def good(_quality: int) -> Quality:
        return Quality.GOOD

    patch.setattr(machine_room, "Quality", good)


def _sends_again_after_a_restart(patch: pytest.MonkeyPatch) -> None:
    for state in (S.SENT, S.EXECUTING):
        patch.setitem(table.TABLE[state], I.HUB_RESTART, Move(S.RECEIVED))


BUGS: dict[str, Plant] = {
    "whoever asks may approve": _always(Party, "is_same_human", False),
    "any token will do": _any_token,
    "a confirmation too late is taken": _late_is_in_time,
    "old feedback proves success": _any_feedback,
    "bad feedback proves success": _any_quality,
    "a restart sends again": _sends_again_after_a_restart,
    "silence is a failure": _moved(S.SENT, I.TIMEOUT, S.FAILED, R.ACK_TIMEOUT),
    "silence means that nothing happened": _moved(S.EXECUTING, I.TIMEOUT, S.EXPIRED, R.PROGRESS_TIMEOUT),
    "a lost session takes back what was sent": _moved(S.SENT, I.SESSION_LOST, S.REJECTED, R.SESSION_LOST),
    "another session confirms": _moved(S.SELECTED, I.EXECUTE_OTHER_SESSION, S.SENT),
    "done is success": _moved(S.EXECUTING, I.DEV_DONE, S.SUCCEEDED),
    "an approval sends": _moved(S.AWAIT_APPROVAL, I.APPROVED_SBO, S.SENT),
    "a silent selection is unknown": _moved(S.SELECTING, I.TIMEOUT, S.INDETERMINATE, R.SELECT_NO_RESPONSE),
}


@pytest.mark.parametrize("bug", sorted(BUGS))
def test_a_planted_bug_dies(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    BUGS[bug](monkeypatch)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Interleavings, settings=HUNT)
