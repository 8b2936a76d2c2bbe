"""Stale tags (ALM-10)."""

from __future__ import annotations

import numpy as np

from console.core.freshness import Freshness


def tags(*indices: int) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return np.array(indices, np.uint32)


def test_a_tag_is_stale_after_three_periods_or_half_a_minute() -> None:
    assert Freshness([5.0, 10.0, 60.0]).limit_s.tolist() == [30.0, 30.0, 180.0]


def test_a_silent_tag_becomes_stale_once() -> None:
    """No update for MORE than the limit."""
    freshness = Freshness([5.0, 60.0])
    assert freshness.next_deadline() is None
    freshness.seen(tags(0, 1), 100.0)
    deadline = freshness.next_deadline()
    assert deadline is not None
    assert 130.0 < deadline < 130.001
    assert freshness.expire(130.0).tolist() == []
    assert freshness.expire(deadline).tolist() == [0]
    assert freshness.expire(200.0).tolist() == []
    assert freshness.expire(280.1).tolist() == [1]
    assert freshness.next_deadline() is None


def test_a_tag_that_is_seen_again_is_watched_again() -> None:
    freshness = Freshness([5.0])
    freshness.seen(tags(0), 0.0)
    freshness.seen(tags(0, 0), 20.0)
    assert freshness.expire(30.1).tolist() == []
    assert freshness.expire(50.1).tolist() == [0]
    freshness.seen(tags(0), 60.0)
    assert freshness.expire(90.1).tolist() == [0]


def test_a_tag_never_seen_is_not_stale() -> None:
    freshness = Freshness([5.0, 5.0])
    freshness.seen(tags(1), 0.0)
    freshness.seen(tags(), 1.0)
    assert freshness.expire(1000.0).tolist() == [1]


def test_a_tag_given_up_is_not_expected() -> None:
    freshness = Freshness([5.0, 5.0])
    freshness.seen(tags(0, 1), 0.0)
    freshness.give_up(tags(0))
    assert freshness.expire(31.0).tolist() == [1]
