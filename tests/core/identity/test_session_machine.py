"""The session machine: the full table, times, and that no sequence of inputs brings back what has ended."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.control import Policy
from console.core.errors import IdentityRefused
from console.core.identity.facts import SessionState
from console.core.identity.session import TABLE, Session, SessionInput, SessionTimes

S, I = SessionState, SessionInput  # noqa: E741
TIMES = SessionTimes(idle_s=900.0, longest_s=3600.0, step_up_s=300.0)
AT = 1_800_000_000_000_000_000

EXPECTED = {
    S.SIGNED_OUT: {I.SIGN_IN: S.ACTIVE},
    S.ACTIVE: {
        I.ACT: S.ACTIVE,
        I.LOCK: S.LOCKED,
        I.IDLE: S.LOCKED,
        I.STEP_UP: S.ACTIVE,
        I.TAKE_OVER: S.LOCKED,
        I.EXPIRE: S.ENDED,
        I.REVOKE: S.ENDED,
        I.SIGN_OUT: S.SIGNED_OUT,
    },
    S.LOCKED: {
        I.UNLOCK: S.ACTIVE,
        I.TAKE_OVER: S.LOCKED,
        I.EXPIRE: S.ENDED,
        I.REVOKE: S.ENDED,
        I.SIGN_OUT: S.SIGNED_OUT,
    },
    S.ENDED: {},
}
"""Written from SECURITY.md SEC-07..09, not from the table."""


def begun(times: SessionTimes = TIMES, *, passwordless: bool = False) -> Session:
    session = Session(times, passwordless=passwordless)
    session.sign_in(100.0, AT)
    session.events()
    return session


def at_state(state: SessionState) -> Session:
    if state is S.SIGNED_OUT:
        return Session(TIMES)
    session = begun()
    if state is S.LOCKED:
        session.lock(AT)
    elif state is S.ENDED:
        session.revoke(AT)
    session.events()
    return session


def put(session: Session, event: SessionInput, now: float = 101.0) -> None:
    acts = {
        I.SIGN_IN: lambda: session.sign_in(now, AT),
        I.ACT: lambda: session.act(now, AT),
        I.LOCK: lambda: session.lock(AT),
        I.IDLE: lambda: session.expire(now + 900.0, AT),
        I.UNLOCK: lambda: session.unlock(now, AT),
        I.STEP_UP: lambda: session.step_up(now, AT),
        I.TAKE_OVER: lambda: session.take_over(AT),
        I.EXPIRE: lambda: session.expire(now + 3600.0, AT),
        I.REVOKE: lambda: session.revoke(AT),
        I.SIGN_OUT: lambda: session.sign_out(AT),
    }
    acts[event]()


def test_the_table_is_the_one_of_the_requirements() -> None:
    """SEC-07, SEC-08, SEC-09."""
    flat = {(state, event): after for state, row in EXPECTED.items() for event, after in row.items()}
    assert flat == TABLE


@pytest.mark.parametrize("state", list(S))
@pytest.mark.parametrize("event", list(I))
def test_every_input_in_every_state_does_what_the_table_says_or_is_refused(
    state: SessionState, event: SessionInput
) -> None:
    session = at_state(state)
    after = EXPECTED[state].get(event)
    if after is not None:
        put(session, event)
        assert session.state is after
    elif event in (I.IDLE, I.EXPIRE):
        put(session, event)
        assert session.state is state
    else:
        with pytest.raises(IdentityRefused):
            put(session, event)
        assert session.state is state


def test_a_session_locks_when_nobody_acts_and_says_why() -> None:
    """SEC-07."""
    session = begun()
    assert session.next_deadline() == 1000.0
    session.act(500.0, AT)
    session.expire(1399.9, AT)
    assert session.state is S.ACTIVE
    session.expire(1400.0, AT)
    assert (session.state, session.reason) == (S.LOCKED, "IDLE")
    assert [(event.state, event.reason) for event in session.events()] == [(S.LOCKED, "IDLE")]
    assert session.locks == 0


def test_no_act_makes_a_session_longer_than_its_longest() -> None:
    """SEC-08."""
    session = begun()
    assert session.ends == AT + 3600 * 10**9
    for now in range(200, 3700, 300):
        session.act(float(now), AT)
        session.expire(float(now), AT)
    session.expire(3700.0, AT)
    assert (session.state, session.reason) == (S.ENDED, "SESSION_EXPIRED")
    assert session.next_deadline() is None


@pytest.mark.parametrize(
    ("gone_s", "locked", "state"),
    [(60, False, S.ACTIVE), (60, True, S.LOCKED), (3600, False, S.ENDED), (9000, True, S.ENDED)],
)
def test_a_session_that_outlasts_the_hub_ends_when_it_would_have_ended(
    gone_s: int, locked: bool, state: SessionState
) -> None:
    """SEC-08."""
    session = Session(TIMES)
    session.go_on(5.0, AT + gone_s * 10**9, AT, locked=locked)
    assert (session.state, session.since, session.ends) == (state, AT, AT + 3600 * 10**9)
    assert session.events() == []
    session.expire(5.0 + 3600 - gone_s, AT)
    assert session.state is S.ENDED


def test_no_policy_makes_a_session_longer_than_a_shift() -> None:
    """SEC-08: 12 h."""
    assert SessionTimes.of(Policy(session_h=100.0)).longest_s == 12 * 3600.0
    assert SessionTimes.of(Policy(session_h=8.0, idle_lock_min=0.0)) == SessionTimes(
        idle_s=0.0, longest_s=8 * 3600.0
    )


def test_what_was_proved_lasts_a_while_and_not_over_a_lock() -> None:
    """SEC-14."""
    session = begun()
    assert not session.stepped_up(100.0)
    session.step_up(110.0, AT)
    assert session.stepped_up(409.9)
    assert not session.stepped_up(410.0)
    session.step_up(420.0, AT)
    session.lock(AT)
    assert not session.stepped_up(421.0)
    session.unlock(422.0, AT)
    assert not session.stepped_up(423.0)


def test_who_has_no_password_is_neither_locked_nor_ended_nor_asked() -> None:
    session = begun(passwordless=True)
    assert session.next_deadline() is None
    assert session.stepped_up(101.0)
    session.expire(10**9, AT)
    assert session.open
    with pytest.raises(IdentityRefused) as refused:
        session.lock(AT)
    assert refused.value.reason_code == "NO_PASSWORD"


def test_a_console_that_is_taken_over_goes_on_showing() -> None:
    """SEC-09: one session controls, any number may watch, the older one is told."""
    session = begun()
    session.take_over(AT)
    assert session.open
    assert [(event.state, event.reason) for event in session.events()] == [(S.LOCKED, "OTHER_CONSOLE")]


@given(st.lists(st.tuples(st.sampled_from(I), st.floats(0, 1000)), max_size=30))
def test_whatever_happens_nothing_that_is_over_comes_back(steps: list[tuple[SessionInput, float]]) -> None:
    """I14 for one session: an ended or signed-out session is never active again."""
    session, now, over = begun(), 100.0, False
    for event, passed in steps:
        now += passed
        with contextlib.suppress(IdentityRefused):
            put(session, event, now)
        session.expire(now, AT)
        reopened = over and event is not I.SIGN_IN and session.open
        assert not reopened
        over = not session.open
        assert session.stepped_up(now) <= (session.state is S.ACTIVE)
        if session.open:
            assert now < 100.0 + 3600.0 or session.since == AT
