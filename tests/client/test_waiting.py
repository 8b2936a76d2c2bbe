"""Back-off of reconnecting, and lag without trusting clocks."""

from __future__ import annotations

from console.client.backoff import Backoff
from console.client.lag import Lag


def test_delays_double_up_to_the_limit_with_jitter() -> None:
    longest = Backoff(lambda: 1.0)
    assert [longest.next() for _ in range(6)] == [0.25, 0.5, 1.0, 2.0, 4.0, 5.0]
    shortest = Backoff(lambda: 0.0)
    assert [shortest.next() for _ in range(2)] == [0.125, 0.25]


def test_success_starts_from_the_shortest_delay() -> None:
    backoff = Backoff(lambda: 1.0)
    for _ in range(40):
        backoff.next()
    backoff.reset()
    assert backoff.next() == 0.25


def test_clock_offset_is_no_lag() -> None:
    lag = Lag()
    hour_ahead = 3600 * 10**9
    assert lag.heartbeat(hour_ahead, 0) == 0.0
    assert lag.heartbeat(hour_ahead + 2 * 10**9, 2 * 10**9) == 0.0


def test_heartbeat_that_waited_in_a_queue_shows_its_wait() -> None:
    lag = Lag()
    lag.heartbeat(0, 0)
    assert lag.heartbeat(2 * 10**9, 3_500_000_000) == 1.5
    lag.forget()
    assert lag.heartbeat(2 * 10**9, 3_500_000_000) == 0.0
