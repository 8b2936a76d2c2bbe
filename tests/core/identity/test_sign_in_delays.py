"""Waits after failed sign-ins (SEC-04)."""

from __future__ import annotations

from console.core.identity.delays import (
    ELSEWHERE_FREE,
    FORGET_S,
    FREE,
    LAST_POSITION_S,
    LONGEST_S,
    MOST,
    SignInDelays,
)


def test_the_wait_grows_with_each_failure_and_has_an_end() -> None:
    """SEC-04."""
    delays, now, waits = SignInDelays(), 0.0, list[float]()
    for _ in range(14):
        delays.failed("kim", "s1", now)
        waits.append(delays.wait_s("kim", "s1", now))
        now += waits[-1]
    assert waits[: FREE - 1] == [0.0] * (FREE - 1)
    assert waits[FREE - 1 : FREE + 4] == [1.0, 2.0, 4.0, 8.0, 16.0]
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_S


def test_the_last_position_that_controls_is_never_shut_out() -> None:
    """SEC-04: essential functions stay available."""
    delays = SignInDelays()
    for _ in range(200):
        delays.failed("kim", "s1", 0.0)
    assert delays.wait_s("kim", "s1", 0.0, last_position=True) == LAST_POSITION_S
    assert delays.wait_s("kim", "s1", LAST_POSITION_S, last_position=True) < LONGEST_S


def test_guesses_at_one_station_hardly_delay_the_person_at_another() -> None:
    """SEC-04: a stranger cannot keep somebody out by guessing."""
    delays = SignInDelays()
    for _ in range(FREE * 3):
        delays.failed("kim", "far", 0.0)
    assert delays.wait_s("kim", "s1", 0.0) == 0.0
    for _ in range(ELSEWHERE_FREE * 10):
        delays.failed("kim", "far", 0.0)
    assert 0.0 < delays.wait_s("kim", "s1", 0.0) <= LAST_POSITION_S


def test_trying_one_password_on_many_accounts_is_slowed_down_too() -> None:
    delays = SignInDelays()
    for n in range(FREE * 3 + 3):
        delays.failed(f"user{n}", "s1", 0.0)
    assert delays.wait_s("another", "s1", 0.0) > 0.0


def test_a_success_forgets_and_so_does_time() -> None:
    delays = SignInDelays()
    for _ in range(5):
        delays.failed("kim", "s1", 0.0)
    delays.succeeded("kim", "s1")
    assert delays.wait_s("kim", "s1", 0.0) == 0.0
    for _ in range(9):
        delays.failed("kim", "s1", 0.0)
    assert delays.wait_s("kim", "s1", FORGET_S + 1) == 0.0
    delays.failed("kim", "s1", FORGET_S + 1)
    assert delays.wait_s("kim", "s1", FORGET_S + 1) == 0.0


def test_a_busy_station_is_not_slowed_down_by_those_who_get_it_right() -> None:
    delays = SignInDelays()
    for n in range(100):
        delays.failed(f"u{n}", "s1", 0.0)
        delays.succeeded(f"u{n}", "s1")
    assert delays.wait_s("kim", "s1", 0.0) == 0.0


def test_what_is_remembered_is_bounded() -> None:
    delays = SignInDelays()
    for n in range(MOST):
        delays.failed(f"u{n}", f"s{n}", 0.0)
    assert len(delays._failures) <= MOST
