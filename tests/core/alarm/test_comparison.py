"""Two runs side by side: what is in both, what is in one, and how often each alarm came."""

from __future__ import annotations

from alarm_sites import LEVEL, alarm, catalogue_of
from hypothesis import given
from hypothesis import strategies as st

from console.core.alarm.comparison import AlarmCount, Comparison, Run
from console.core.alarm.machine import AlarmInput
from console.core.alarm.playback import Playback, Played
from console.core.batch import NS, batch_of


def _played(values: list[float], deadband: float, on_delay_s: float = 0.0) -> list[Played]:
    """One value a second."""
    playback = Playback(catalogue_of(alarm("high", deadband=deadband, on_delay_s=on_delay_s)), str)
    n = len(values)
    batch = batch_of([LEVEL] * n, [i * NS for i in range(n)], values, [0] * n)
    return [*playback.feed(batch), *playback.finish()]


def test_a_wider_deadband_leaves_one_occurrence_of_three() -> None:
    values = [85.0, 77.0, 85.0, 77.0, 85.0, 60.0]
    comparison = Comparison()
    lines = comparison.pair(_played(values, 2.0), _played(values, 10.0))
    assert comparison.counts() == [AlarmCount(0, 3, 1)]
    # The first activation and the last return are the same in both.
    assert [run for run, _ in lines] == [Run.BOTH, *[Run.BEFORE] * 4, Run.BOTH]
    assert [event.kind for _, event in lines][-1] is AlarmInput.RTN


def test_a_delay_moves_a_transition_from_one_run_to_the_other() -> None:
    values = [85.0, 85.0, 85.0]
    comparison = Comparison()
    lines = comparison.pair(_played(values, 2.0), _played(values, 2.0, 1.0))
    assert [run for run, _ in lines] == [Run.BEFORE, Run.AFTER]
    assert comparison.counts() == [AlarmCount(0, 1, 1)]


def test_alarms_that_changed_most_come_first() -> None:
    catalogue = catalogue_of(alarm("a"), alarm("b", limit=50.0), alarm("c", limit=20.0))
    before, after = Playback(catalogue, str), Playback(catalogue, str)
    comparison = Comparison()
    comparison.pair(
        before.feed(batch_of([LEVEL] * 5, [0, 1, 2, 3, 4], [30.0, 0.0, 90.0, 0.0, 60.0], [0] * 5)),
        after.feed(batch_of([LEVEL], [0], [90.0], [0])),
    )
    assert comparison.counts() == [AlarmCount(2, 3, 1), AlarmCount(1, 2, 1), AlarmCount(0, 1, 1)]


_VALUES = st.lists(st.sampled_from([60.0, 75.0, 79.0, 85.0]), max_size=30)


@given(_VALUES, st.sampled_from([0.0, 2.0, 10.0]), st.sampled_from([0.0, 2.0]))
def test_every_transition_of_both_runs_is_told_once(
    values: list[float], deadband: float, delay: float
) -> None:
    before, after = _played(values, 2.0), _played(values, deadband, delay)
    comparison = Comparison()
    lines = comparison.pair(before, after)
    told = comparison.transitions
    assert told[Run.BOTH] + told[Run.BEFORE] == len(before)
    assert told[Run.BOTH] + told[Run.AFTER] == len(after)
    assert [event for run, event in lines if run is not Run.AFTER] == [played.event for played in before]
    if (deadband, delay) == (2.0, 0.0):
        assert told.total() == told[Run.BOTH]
