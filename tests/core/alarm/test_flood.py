"""Floods while they happen: the machine agrees with the definition, deadline by deadline."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from console.core.alarm.facts import FloodFact
from console.core.alarm.flood import FloodChange, FloodDetector, FloodEvent
from console.core.batch import NS


def _definition(times: list[int]) -> list[tuple[int, int | None]]:
    """Floods by going through arrivals and departures in seconds, departures first."""
    window: deque[int] = deque()
    found: list[tuple[int, int | None]] = []
    since: int | None = None
    moments = sorted([(time, 1) for time in times] + [(time + 600, 0) for time in times])
    for moment, arrives in moments:
        if arrives:
            window.append(moment)
            if since is None and len(window) > 10:
                since = window[0]
        else:
            window.popleft()
            if since is not None and len(window) < 5:
                found.append((since, moment))
                since = None
    return found


def _played(times: list[int], steps: list[int]) -> list[FloodEvent]:
    """Runs a detector, which is also asked to expire at `steps` and at each of its own deadlines."""
    detector = FloodDetector()
    for moment, arrives in sorted([(t, 1) for t in times] + [(s, 0) for s in steps]):
        while (deadline := detector.next_deadline()) is not None and deadline <= moment:
            detector.expire(deadline)
        if arrives:
            detector.annunciated(float(moment), moment * NS)
        else:
            detector.expire(float(moment))
    while (deadline := detector.next_deadline()) is not None:
        detector.expire(deadline)
    return detector.events()


def test_ten_alarms_in_ten_minutes_are_no_flood() -> None:
    """KV-01."""
    assert _played([i * 60 for i in range(10)], []) == []


def test_the_eleventh_alarm_starts_a_flood_dated_back_to_the_first() -> None:
    """KV-02."""
    detector = FloodDetector()
    for i in range(11):
        assert not detector.active
        detector.annunciated(i * 50.0, i * 50 * NS)
    assert detector.active
    assert (detector.since_at, detector.alarms, detector.recent) == (0, 11, 11)
    assert detector.events() == [FloodEvent(change=FloodChange.STARTED, at=500 * NS, since_at=0, alarms=11)]
    assert detector.events() == []


def test_a_flood_ends_when_fewer_than_five_are_left_in_the_window() -> None:
    """KV-03: of 0, 50 … 500 s the seventh leaves at 900 s."""
    events = _played([i * 50 for i in range(11)], [])
    assert [(e.change, e.at // NS) for e in events] == [(FloodChange.STARTED, 500), (FloodChange.ENDED, 900)]


def test_two_bursts_across_a_clock_boundary_are_one_flood() -> None:
    """KV-04."""
    events = _played([540 + i * 10 for i in range(12)], [])
    assert events[-1] == FloodEvent(
        change=FloodChange.ENDED, at=(540 + 70 + 600) * NS, since_at=540 * NS, alarms=12
    )


def test_alarms_in_a_flood_are_counted_and_forgotten_after_it() -> None:
    detector = FloodDetector()
    for i in range(20):
        detector.annunciated(float(i), i * NS)
    assert detector.alarms == 20
    assert detector.fact == FloodFact(active=True, since=0, count=20, peak=20)
    assert detector.next_deadline() == 615.0
    detector.expire(615.0)
    assert (detector.active, detector.since_at, detector.alarms) == (False, None, 0)
    assert detector.fact == FloodFact()
    assert detector.next_deadline() is None


@given(st.lists(st.integers(0, 3000), max_size=80), st.lists(st.integers(0, 4000), max_size=10))
def test_the_machine_finds_the_floods_of_the_definition(times: list[int], steps: list[int]) -> None:
    events = _played(times, steps)
    starts = [event.since_at // NS for event in events if event.change is FloodChange.STARTED]
    ends = [event.at // NS for event in events if event.change is FloodChange.ENDED]
    assert list(zip(starts, ends, strict=True)) == _definition(times)
