"""What is usual for a point, and what is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.feed import Beat
from console.core.rhythm import CHANGES, FROZEN_RUN, LEARN, RING, Rhythm

NOISE = np.random.default_rng(7).normal(20.0, 0.5, 4000)


def fed(
    rhythm: Rhythm, values: list[float], every_s: float = 5.0, start: float = 0.0, point: int = 0
) -> float:
    """Feed one point regularly; returns the time of the last value."""
    now = start
    for value in values:
        now += every_s
        rhythm.seen(np.array([point], np.intp), np.array([value]), now)
    return now


def beat(rhythm: Rhythm, now: float, point: int = 0) -> Beat:
    return Beat(int(rhythm.beats(now)[point]))


def test_a_point_is_waited_for_then_learned_then_steady() -> None:
    rhythm = Rhythm(2)
    assert beat(rhythm, 1.0) is Beat.WAITING
    now = fed(rhythm, [20.1])
    assert beat(rhythm, now) is Beat.LEARNING
    now = fed(rhythm, NOISE[:LEARN].tolist(), start=now)
    assert beat(rhythm, now) is Beat.STEADY
    assert rhythm.interval_s[0] == pytest.approx(5.0)
    assert beat(rhythm, now, point=1) is Beat.WAITING


def test_a_point_is_late_after_three_of_its_own_intervals_whatever_the_profile_says() -> None:
    rhythm = Rhythm(1)
    now = fed(rhythm, NOISE[:50].tolist())
    assert beat(rhythm, now + 14.0) is Beat.STEADY
    assert beat(rhythm, now + 16.0) is Beat.LATE
    now = fed(rhythm, [20.3], start=now + 60.0)
    assert beat(rhythm, now) is Beat.STEADY


def test_one_long_silence_does_not_become_the_rule() -> None:
    rhythm = Rhythm(1)
    now = fed(rhythm, NOISE[:50].tolist())
    fed(rhythm, [20.3], every_s=3600.0, start=now)
    assert rhythm.interval_s[0] < 7.0


def test_a_point_that_comes_by_chance_is_given_more_time_than_one_that_ticks() -> None:
    regular, chance = Rhythm(1), Rhythm(1)
    fed(regular, NOISE[:100].tolist())
    now = 0.0
    for value, gap in zip(NOISE[:100], np.random.default_rng(3).exponential(5.0, 100), strict=True):
        now += float(gap)
        chance.seen(np.array([0], np.intp), np.array([value]), now)
    assert chance.deviation_s[0] > 2.0 > regular.deviation_s[0]
    assert beat(chance, now + 20.0) is Beat.STEADY
    assert beat(regular, 500.0 + 20.0) is Beat.LATE


def test_a_value_that_stands_still_much_longer_than_ever_is_frozen_until_it_moves() -> None:
    rhythm = Rhythm(1)
    now = fed(rhythm, NOISE[:40].tolist())
    now = fed(rhythm, [20.25] * (FROZEN_RUN - 1), start=now)
    assert beat(rhythm, now) is Beat.STEADY
    now = fed(rhythm, [20.25], start=now)
    assert beat(rhythm, now) is Beat.FROZEN
    now = fed(rhythm, [20.5], start=now)
    assert beat(rhythm, now) is Beat.STEADY


def test_a_point_that_has_stood_that_long_before_is_not_frozen() -> None:
    rhythm = Rhythm(1)
    now = fed(rhythm, [20.5 + n // 15 for n in range(15 * (CHANGES + 1))])
    now = fed(rhythm, [99.5] * 40, start=now)
    assert beat(rhythm, now) is Beat.STEADY
    now = fed(rhythm, [99.5] * 5, start=now)
    assert beat(rhythm, now) is Beat.FROZEN


def test_a_switch_and_a_counter_may_stand_still() -> None:
    rhythm = Rhythm(1)
    now = fed(rhythm, [float(n % 2) for n in range(40)] + [1.0] * 500)
    assert beat(rhythm, now) is Beat.STEADY


@pytest.mark.parametrize("length", [3, 5, 8])
def test_values_that_come_round_and_round_are_too_regular(length: int) -> None:
    rhythm = Rhythm(1)
    pattern = NOISE[:length].tolist()
    now = fed(rhythm, pattern * (RING // length + 2))
    assert beat(rhythm, now) is Beat.TOO_REGULAR
    now = fed(rhythm, NOISE[100:103].tolist(), start=now)
    assert beat(rhythm, now) is Beat.STEADY


def test_a_coarse_sensor_between_two_steps_is_not_too_regular() -> None:
    rhythm = Rhythm(1)
    now = fed(rhythm, [20.5, 20.25] * 30)
    assert beat(rhythm, now) is Beat.STEADY


def test_after_a_loss_the_silence_counts_for_nothing() -> None:
    rhythm = Rhythm(1)
    now = fed(rhythm, NOISE[:50].tolist())
    rhythm.pause()
    assert beat(rhythm, now + 5000.0) is Beat.WAITING
    fed(rhythm, [20.0], start=now + 5000.0)
    assert rhythm.interval_s[0] == pytest.approx(5.0)


def test_several_values_of_one_point_in_one_batch_share_the_time() -> None:
    rhythm = Rhythm(3)
    for turn in range(20):
        points = np.array([2, 0, 2, 2, 2, 2], np.intp)
        rhythm.seen(points, NOISE[turn * 6 : turn * 6 + 6], 10.0 * turn)
    assert rhythm.interval_s[2] == pytest.approx(2.0)
    assert rhythm.interval_s[0] == pytest.approx(10.0)


@given(
    st.lists(
        st.tuples(st.integers(0, 4), st.floats(allow_nan=True, allow_infinity=True), st.floats(0.0, 1e6)),
        max_size=80,
    )
)
def test_whatever_comes_the_beats_are_beats(rows: list[tuple[int, float, float]]) -> None:
    rhythm = Rhythm(5)
    now = 0.0
    for point, value, gap in rows:
        now += gap
        rhythm.seen(np.array([point, point], np.intp), np.array([value, value]), now)
        assert set(rhythm.beats(now).tolist()) <= set(Beat)
    assert np.isfinite(rhythm.interval_s).all()
