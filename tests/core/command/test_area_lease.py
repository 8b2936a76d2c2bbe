"""Who holds an area: the whole table, the clock, sessions, restart, and never two holders (CMD-09, SEC-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.core.batch import NS
from console.core.command import lease as lease_module
from console.core.command.lease import (
    TABLE,
    AreaLease,
    LeaseEffect,
    LeaseInput,
    LeaseMove,
    LeaseState,
    LeaseTimes,
    Sitter,
)
from console.core.command.reasons import CommandReason
from console.core.errors import CommandRefused

R = CommandReason
S = LeaseState
I = LeaseInput  # noqa: E741
AT = 1_800_000_000 * NS
TIMES = LeaseTimes(30.0, 20.0)
KIM = Sitter("kim", "김", "kim-session-1", "seat-1")
KIM_2 = Sitter("kim", "김", "kim-session-2", "seat-9")
LEE = Sitter("lee", "이", "lee-session-1", "seat-2")
CHOI = Sitter("choi", "최", "choi-session-1", "seat-3")


def area(state: LeaseState) -> AreaLease:
    """KIM holds it, LEE asks for it."""
    lease = AreaLease("west", TIMES)
    if state is not S.FREE:
        lease.take(KIM, 0.0, AT)
    if state is S.WANTED:
        lease.take(LEE, 0.0, AT)
    lease.events()
    return lease


ACTS: dict[LeaseInput, Callable[[AreaLease], object]] = {
    I.TAKE_HOLDER: lambda a: a.take(KIM, 1.0, AT),
    I.TAKE_SELF: lambda a: a.take(KIM_2, 1.0, AT),
    I.TAKE_WISHER: lambda a: a.take(LEE, 1.0, AT),
    I.TAKE_OTHER: lambda a: a.take(CHOI, 1.0, AT),
    I.RELEASE_HOLDER: lambda a: a.release(KIM, 1.0, AT),
    I.RELEASE_WISHER: lambda a: a.release(LEE, 1.0, AT),
    I.RELEASE_OTHER: lambda a: a.release(CHOI, 1.0, AT),
    I.GRANT: lambda a: a.answer(True, KIM, 1.0, AT),
    I.REFUSE: lambda a: a.answer(False, KIM, 1.0, AT),
    I.ANSWER_OTHER: lambda a: a.answer(True, CHOI, 1.0, AT),
    I.FORCE_HOLDER: lambda a: a.force("r", KIM, 1.0, AT),
    I.FORCE: lambda a: a.force("r", CHOI, 1.0, AT),
    I.HOLDER_GONE: lambda a: a.session_ended(KIM.session, 1.0, AT),
    I.WISHER_GONE: lambda a: a.session_ended(LEE.session, 1.0, AT),
    I.HAND_OVER: lambda a: a.hand_over(KIM.who, CHOI, 1.0, AT),
}
"""TAKEOVER_DUE is time's own: see below."""
_IMPOSSIBLE = {
    S.FREE: {I.TAKE_HOLDER, I.TAKE_SELF, I.TAKE_WISHER, I.RELEASE_HOLDER, I.RELEASE_WISHER, I.GRANT, I.REFUSE}
    | {I.FORCE_HOLDER, I.HOLDER_GONE, I.WISHER_GONE},
    S.HELD: {I.TAKE_WISHER, I.RELEASE_WISHER, I.WISHER_GONE},
    S.WANTED: set[LeaseInput](),
}
"""Inputs whose actor there is not in that state."""


@pytest.mark.parametrize(("state", "what"), [(s, i) for s, i in product(S, ACTS) if i not in _IMPOSSIBLE[s]])
def test_every_state_and_act_is_as_the_table_says(state: LeaseState, what: LeaseInput) -> None:
    """CMD-09, SEC-11."""
    lease = area(state)
    move = TABLE[state][what]
    before = lease.fact
    if isinstance(move, LeaseMove):
        ACTS[what](lease)
        assert lease.state is move.to
        event = lease.events()[-1]
        assert (event.what, event.old, event.fact) == (what, before.holder, lease.fact)
        expected = {
            LeaseEffect.TAKE: {
                I.TAKE_SELF: "kim",
                I.TAKE_OTHER: "choi",
                I.FORCE: "choi",
                I.HAND_OVER: "choi",
            }.get(what),
            LeaseEffect.WISH: "kim",
            LeaseEffect.PASS: "lee",
            LeaseEffect.DROP: "kim",
            LeaseEffect.FREE: "",
        }[move.effect]
        assert lease.fact.holder == expected
        assert lease.fact.wanted_by == ("choi" if move.effect is LeaseEffect.WISH else "")
    else:
        with pytest.raises(CommandRefused, match=move):
            ACTS[what](lease)
        assert lease.fact == before
        assert lease.events() == []


def test_the_table_knows_every_input_that_can_happen() -> None:
    for state in S:
        possible = set(ACTS) - _IMPOSSIBLE[state]
        assert possible | ({I.TAKEOVER_DUE} if state is S.WANTED else set()) == set(TABLE[state])


def test_a_signed_handover_gives_the_area_to_the_incoming_person_and_takes_it_from_nobody_else() -> None:
    """CMD-09: only what the outgoing person holds, or nobody; done twice it is done once."""
    lease = area(S.HELD)
    assert lease.hand_over("kim", LEE, 1.0, AT)
    assert lease.holds(LEE)
    assert lease.fact.since == AT
    lease.events()
    assert lease.hand_over("kim", LEE, 2.0, AT)
    assert lease.events() == []
    assert not lease.hand_over("kim", CHOI, 2.0, AT)
    assert lease.holds(LEE)


def test_an_area_handed_over_without_a_session_is_bound_to_the_next_sign_of_that_person() -> None:
    lease = area(S.FREE)
    absent = Sitter("lee", "이", "", "seat-2")
    assert lease.hand_over("kim", absent, 1.0, AT)
    assert (lease.fact.holder, lease.fact.session) == ("lee", "")
    with pytest.raises(CommandRefused, match=R.AUTHORITY_HELD_BY_OTHER):
        lease.use(CHOI, 2.0, AT)
    lease.use(LEE, 3.0, AT)
    assert lease.fact.session == LEE.session[:8]
    assert lease.holds(LEE)


def test_the_first_command_takes_a_free_area_and_another_is_refused() -> None:
    """CMD-09."""
    lease = area(S.FREE)
    lease.use(KIM, 0.0, AT)
    assert (lease.fact.holder, lease.fact.session, lease.fact.since) == ("kim", "kim-sess", AT)
    lease.use(KIM, 1.0, AT)
    for other in (LEE, KIM_2):
        with pytest.raises(CommandRefused, match=R.AUTHORITY_HELD_BY_OTHER):
            lease.use(other, 1.0, AT)
    assert lease.state is S.HELD


def test_a_lease_lives_while_its_seat_speaks_and_no_longer() -> None:
    """CMD-09: 30 s."""
    lease = area(S.HELD)
    lease.beat(KIM, 29.9)
    lease.beat(LEE, 59.0)
    lease.expire(59.8, AT)
    assert lease.state is S.HELD
    assert lease.next_deadline() == pytest.approx(59.9)
    lease.expire(59.9, AT)
    assert lease.state is S.FREE
    assert lease.next_deadline() is None
    assert lease.events()[-1].who == "system:lease"


def test_silence_of_the_holder_grants_a_take_over() -> None:
    """CMD-09: request, then grant by timeout."""
    lease = area(S.HELD)
    lease.take(LEE, 5.0, AT)
    assert lease.fact.wanted_until == AT + 20 * NS
    lease.beat(KIM, 24.0)
    lease.beat(LEE, 24.0)
    lease.expire(24.99, AT)
    assert lease.fact.holder == "kim"
    lease.expire(25.0, AT)
    assert (lease.fact.holder, lease.fact.wanted_by) == ("lee", "")
    assert lease.events()[-1].what is I.TAKEOVER_DUE
    # The new holder's lease begins when the area is handed over.
    assert lease.next_deadline() == pytest.approx(55.0)


def test_who_asks_and_falls_silent_gets_nothing() -> None:
    lease = AreaLease("west", LeaseTimes(10.0, 30.0))
    lease.take(KIM, 0.0, AT)
    lease.take(LEE, 0.0, AT)
    lease.beat(KIM, 9.0)
    lease.expire(10.0, AT)
    assert (lease.fact.holder, lease.state) == ("kim", S.HELD)


def test_a_holder_who_goes_hands_over_to_whoever_asks() -> None:
    lease = area(S.WANTED)
    lease.session_ended(KIM.session, 3.0, AT)
    assert lease.fact.holder == "lee"


def test_a_restart_keeps_the_holder_for_one_lease() -> None:
    """CMD-09."""
    before = area(S.WANTED).fact
    lease = AreaLease("west", TIMES)
    lease.restore(before, 100.0)
    assert (lease.fact.holder, lease.fact.session, lease.fact.wanted_by) == ("kim", "", "")
    with pytest.raises(CommandRefused, match=R.AUTHORITY_HELD_BY_OTHER):
        lease.use(LEE, 101.0, AT)
    lease.expire(129.9, AT)
    assert lease.state is S.HELD
    # The holder comes back in a session of another name.
    lease.beat(KIM_2, 129.9)
    assert lease.fact.session == "kim-sess"
    with pytest.raises(CommandRefused, match=R.AUTHORITY_HELD_BY_OTHER):
        lease.use(KIM, 130.0, AT)
    silent = AreaLease("west", TIMES)
    silent.restore(before, 100.0)
    silent.expire(130.0, AT)
    assert silent.state is S.FREE


def test_a_free_area_is_restored_free() -> None:
    lease = AreaLease("west", TIMES)
    lease.restore(area(S.FREE).fact, 0.0)
    assert lease.state is S.FREE
    assert lease.next_deadline() is None


@dataclass
class Oracle:
    """Two names and three times, written down anew."""

    holder: Sitter | None = None
    wisher: Sitter | None = None
    seen: dict[str, float] = field(default_factory=dict[str, float])
    asked: float = 0.0

    def pass_on(self, now: float) -> None:
        self.holder, self.wisher = self.wisher, None
        if self.holder is not None:
            self.seen[self.holder.session] = now

    def time(self, now: float) -> None:
        if self.wisher and self.seen[self.wisher.session] + TIMES.lease_s <= now:
            self.wisher = None
        if self.wisher and self.asked + TIMES.takeover_s <= now:
            self.pass_on(now)
        if self.holder and self.seen[self.holder.session] + TIMES.lease_s <= now:
            self.pass_on(now)


PEOPLE = (KIM, LEE, CHOI)
_WORDS = ("use", "take", "release", "grant", "refuse", "force", "beat", "leave", "wait")


def _oracle_act(oracle: Oracle, what: str, who: Sitter, now: float) -> None:
    mine, asks = oracle.holder == who, oracle.wisher == who
    match what:
        case "use" | "take" if oracle.holder is None:
            oracle.holder = who
        case "take" if not mine and oracle.wisher is None:
            oracle.wisher, oracle.asked = who, now
        case "release" if mine:
            oracle.pass_on(now)
        case "release" if asks:
            oracle.wisher = None
        case "grant" if mine and oracle.wisher:
            oracle.pass_on(now)
        case "refuse" if mine:
            oracle.wisher = None
        case "force" if not mine:
            oracle.holder, oracle.wisher = who, None
        case "leave":
            oracle.wisher = None if asks else oracle.wisher
            if mine:
                oracle.pass_on(now)
        case _:
            pass


def _lease_act(lease: AreaLease, what: str, who: Sitter, now: float) -> None:
    acts: dict[str, Callable[[], None]] = {
        "use": lambda: lease.use(who, now, AT),
        "take": lambda: lease.take(who, now, AT),
        "release": lambda: lease.release(who, now, AT),
        "grant": lambda: lease.answer(True, who, now, AT),
        "refuse": lambda: lease.answer(False, who, now, AT),
        "force": lambda: lease.force("r", who, now, AT),
        "beat": lambda: lease.beat(who, now),
        "leave": lambda: lease.session_ended(who.session, now, AT),
        "wait": lambda: None,
    }
    try:
        acts[what]()
    except CommandRefused:
        assert lease.events() == []


def holders_agree(acts: list[tuple[str, Sitter, float]]) -> bool:
    lease, oracle, now = AreaLease("west", TIMES), Oracle(), 0.0
    for what, who, wait in acts:
        now += wait
        lease.expire(now, AT)
        lease.events()
        oracle.time(now)
        if what not in ("leave", "wait"):
            oracle.seen[who.session] = now
        _lease_act(lease, what, who, now)
        _oracle_act(oracle, what, who, now)
        lease.events()
        holder = "" if oracle.holder is None else oracle.holder.who
        wisher = "" if oracle.wisher is None else oracle.wisher.who
        if (lease.fact.holder, lease.fact.wanted_by) != (holder, wisher):
            return False
    return True


SCRIPTS = st.lists(
    st.tuples(
        st.sampled_from(_WORDS), st.sampled_from(PEOPLE), st.sampled_from([0.0, 1.0, 12.0, 20.0, 30.0])
    ),
    max_size=25,
)


@settings(max_examples=400, deadline=None)
@given(SCRIPTS)
def test_holder_and_wisher_are_those_of_an_oracle(acts: list[tuple[str, Sitter, float]]) -> None:
    """CMD-09: at every moment at most one holder, and the same as written down anew."""
    assert holders_agree(acts)


PLANTED: list[tuple[LeaseState, LeaseInput, LeaseMove | CommandReason, list[tuple[str, Sitter, float]]]] = [
    (S.HELD, I.TAKE_OTHER, LeaseMove(S.HELD, LeaseEffect.TAKE), [("take", KIM, 0.0), ("take", LEE, 0.0)]),
    (
        S.WANTED,
        I.REFUSE,
        LeaseMove(S.HELD, LeaseEffect.PASS),
        [("take", KIM, 0.0), ("take", LEE, 0.0), ("refuse", KIM, 0.0)],
    ),
    (
        S.WANTED,
        I.HOLDER_GONE,
        LeaseMove(S.FREE, LeaseEffect.FREE),
        [("take", KIM, 0.0), ("take", LEE, 0.0), ("leave", KIM, 0.0)],
    ),
    (
        S.HELD,
        I.RELEASE_OTHER,
        LeaseMove(S.FREE, LeaseEffect.FREE),
        [("take", KIM, 0.0), ("release", LEE, 0.0)],
    ),
    (
        S.WANTED,
        I.TAKEOVER_DUE,
        LeaseMove(S.HELD, LeaseEffect.DROP),
        [("take", KIM, 0.0), ("take", LEE, 0.0), ("beat", LEE, 1.0), ("beat", KIM, 19.0)],
    ),
]


@pytest.mark.parametrize(("state", "what", "bug", "script"), PLANTED)
def test_a_planted_bug_is_seen_by_the_oracle(
    monkeypatch: pytest.MonkeyPatch,
    state: LeaseState,
    what: LeaseInput,
    bug: LeaseMove | CommandReason,
    script: list[tuple[str, Sitter, float]],
) -> None:
    assert holders_agree(script)
    monkeypatch.setitem(lease_module.TABLE[state], what, bug)
    assert not holders_agree(script)
