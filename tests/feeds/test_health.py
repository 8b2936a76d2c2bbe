"""State, rate, lag and counts of a feed."""

from __future__ import annotations

import numpy as np

from console.core.batch import NS
from console.core.feed import FeedState
from console.feeds.health import FeedHealth

AT = 1_800_000_000 * NS


def health() -> FeedHealth:
    return FeedHealth("f", late_s=5.0, gap_s=60.0, at=AT)


def state(made: FeedHealth, seconds: float) -> FeedState:
    return made.fact(seconds, AT + int(seconds * NS)).state


def test_a_feed_begins_connecting_and_is_live_with_the_first_data() -> None:
    made = health()
    assert state(made, 0) is FeedState.CONNECTING
    assert made.live(1.0, AT + NS) is False
    fact = made.fact(1.0, AT + NS)
    assert (fact.state, fact.since, fact.gaps) == (FeedState.LIVE, AT + NS, 0)


def test_a_silent_feed_is_late_and_live_again_with_data() -> None:
    made = health()
    made.live(0.0, AT)
    assert state(made, 5.0) is FeedState.LIVE
    late = made.fact(5.1, AT + 5 * NS)
    assert (late.state, late.why) == (FeedState.LATE, "silent")
    assert made.live(6.0, AT + 6 * NS) is False
    assert (state(made, 6.0), made.fact(6.0, AT).gaps) == (FeedState.LIVE, 0)


def test_a_loss_is_counted_and_shown_as_a_gap_for_a_while() -> None:
    """A gap is recorded and shown as a gap."""
    made = health()
    made.live(0.0, AT)
    assert made.down(AT + NS, "closed", "1001", refused=False) is True
    fact = made.fact(1.0, AT + NS)
    assert (fact.state, fact.why, fact.detail, fact.gaps) == (FeedState.DOWN, "closed", "1001", 0)
    assert made.live(3.0, AT + 3 * NS) is True
    fact = made.fact(3.0, AT + 3 * NS)
    assert (fact.state, fact.why, fact.detail, fact.gaps) == (FeedState.GAP, "", "", 1)
    made.live(62.9, AT)
    assert state(made, 62.9) is FeedState.GAP
    assert state(made, 63.0) is FeedState.LIVE


def test_a_late_feed_in_a_gap_goes_back_to_the_gap() -> None:
    made = health()
    made.live(0.0, AT)
    made.down(AT, "closed", "", refused=False)
    made.live(1.0, AT)
    assert state(made, 10.0) is FeedState.LATE
    assert made.live(11.0, AT) is False
    assert state(made, 11.0) is FeedState.GAP


def test_the_first_connection_is_no_gap() -> None:
    made = health()
    assert made.down(AT, "unreachable", "", refused=False) is False
    assert made.live(1.0, AT) is False
    assert made.fact(1.0, AT).gaps == 0


def test_failing_again_and_again_keeps_the_moment_it_began() -> None:
    made = health()
    made.live(0.0, AT)
    made.down(AT + NS, "closed", "a", refused=False)
    made.connecting(AT + 2 * NS)
    assert made.down(AT + 3 * NS, "unreachable", "b", refused=False) is False
    fact = made.fact(3.0, AT + 3 * NS)
    assert (fact.state, fact.since, fact.why, fact.detail) == (FeedState.DOWN, AT + NS, "unreachable", "b")


def test_a_refusal_is_a_state_of_its_own() -> None:
    made = health()
    made.down(AT, "credentials", "HTTP 401", refused=True)
    made.connecting(AT)
    assert state(made, 1.0) is FeedState.REFUSED


def test_the_rate_is_that_of_the_last_ten_seconds() -> None:
    made = health()
    for second in range(30):
        made.received(float(second), AT + second * NS, 50, None)
    fact = made.fact(29.5, AT + 29 * NS)
    assert (fact.rate_hz, fact.updates) == (50.0, 1500)
    assert made.fact(60.0, AT + 60 * NS).rate_hz == 0.0


def test_the_lag_is_the_median_from_source_to_hub() -> None:
    made = health()
    for second, lag in enumerate((0.2, 0.3, 9.0)):
        times = np.asarray([AT + second * NS - int(lag * NS)] * 3, np.int64)
        made.received(float(second), AT + second * NS, 3, times)
    assert made.fact(3.0, AT + 3 * NS).lag_s == 0.3


def test_a_source_without_times_has_no_lag() -> None:
    made = health()
    made.received(0.0, AT, 3, None)
    made.received(0.0, AT, 3, np.asarray([], np.int64))
    assert made.fact(1.0, AT).lag_s == 0.0


def test_what_cannot_be_read_is_counted_and_its_first_bytes_kept() -> None:
    made = health()
    made.bad("data[2].level", "wrong_type", '{"level": "' + "x" * 500)
    fact = made.fact(0.0, AT)
    assert (fact.malformed, fact.last_error) == (1, "data[2].level: wrong_type")
    assert made.tap.startswith(b'{"level": "xxx')
    assert len(made.tap) == 200


def test_what_a_stranger_wrote_is_shown_without_control_characters() -> None:
    """SEC-26, SEC-42: no line break, escape or change of direction from a source reaches a screen."""
    made = health()
    made.bad("data.\u202eleveL\n", "missing", b"")
    made.down(AT, "closed", "bye\x1b[31m\r\n", refused=False)
    fact = made.fact(0.0, AT)
    assert fact.last_error == "data.\ufffdleveL\ufffd: missing"
    assert fact.detail == "bye\ufffd[31m\ufffd\ufffd"


def test_unmapped_points_and_wrong_clocks_are_counted() -> None:
    made = health()
    made.unmapped(7)
    made.wrong_clock(2)
    assert (made.fact(0.0, AT).unknown, made.ahead) == (7, 2)


def test_data_that_never_came_are_a_gap_although_the_connection_holds() -> None:
    made = health()
    assert made.hole(0.5, AT, "overrun", "5") is False
    made.live(1.0, AT)
    assert made.hole(2.0, AT, "overrun", "584\n") is True
    fact = made.fact(3.0, AT)
    assert (fact.state, fact.why, fact.detail, fact.gaps) == (FeedState.GAP, "overrun", "584\ufffd", 1)
    made.live(61.0, AT)
    made.received(61.0, AT, 1, None)
    assert state(made, 61.9) is FeedState.GAP
    fact = made.fact(62.0, AT)
    assert (fact.state, fact.why, fact.gaps) == (FeedState.LIVE, "", 1)


def test_the_clock_of_the_source_is_told_by_its_least_delayed_time() -> None:
    """Positive: ahead of the hub; what is smaller was delayed on its way."""
    health = FeedHealth("f", 5.0, 60.0, 0)
    assert health.fact(0.0, 0).offset_s is None
    at = 1_800_000_000 * NS
    for now, offset in ((0.0, 1.0), (1.0, 2.5), (2.0, -4.0), (3.0, 2.0)):
        health.clock(now, at, at + round(offset * NS))
    assert health.fact(3.0, at).offset_s == 2.5
    assert health.fact(62.0, at).offset_s == 2.0
    assert health.fact(200.0, at).offset_s is None
