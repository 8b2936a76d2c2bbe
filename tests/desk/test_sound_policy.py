"""What is heard of alarms, as a table of inputs and calls (ALM-21, ALM-22, ALM-24, HMI-20)."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core.alarm.facts import AlarmFact, AlarmState, Shelf
from console.desk.sound import CALL_S, REMIND_S, REPEAT_S, SUMMARY_GAP_S, Call, CallKind, SoundPolicy
from tests.client.small_city import ACKED, NORMAL, UNACKED, alarm

ALARM, SUMMARY, REMINDER, AGAIN = CallKind.ALARM, CallKind.SUMMARY, CallKind.REMINDER, CallKind.AGAIN
RETURNED = AlarmState(cond=False, acked=False)


def heard(policy: SoundPolicy, start: float, end: float) -> list[tuple[float, Call]]:
    """Every call in [start, end), each when it is due."""
    found: list[tuple[float, Call]] = []
    now = start
    while now < end:
        found += [(now, call) for call in policy.calls(now)]
        due = policy.next_deadline()
        if due is None:
            return found
        now = max(due, now + 0.001)
    return found


def kinds(calls: list[tuple[float, Call]]) -> list[CallKind]:
    return [call.kind for _, call in calls]


def test_new_alarm_is_called_at_once_and_sounds_again_until_acknowledged() -> None:
    policy = SoundPolicy()
    policy.changed([alarm(3, priority=2)], 10.0)
    every = REPEAT_S[2]
    assert every is not None
    assert heard(policy, 10.0, 10.0 + 2 * every + 0.1) == [
        (10.0, Call(ALARM, 2, alarm=3)),
        (10.0 + every, Call(AGAIN, 2)),
        (10.0 + 2 * every, Call(AGAIN, 2)),
    ]
    policy.changed([alarm(3, ACKED)], 30.0)
    assert policy.sounding is None
    assert policy.next_deadline() is None


def test_lowest_priority_is_heard_once() -> None:
    policy = SoundPolicy()
    policy.changed([alarm(3, priority=4)], 0.0)
    assert kinds(heard(policy, 0.0, REMIND_S - 1)) == [ALARM]
    assert policy.sounding is None
    assert policy.unacked == 1


def test_silence_acknowledges_nothing_and_lasts_until_something_new() -> None:
    """ALM-21: a new activation clears silence, what is silent stays silent."""
    policy = SoundPolicy()
    policy.changed([alarm(3, priority=1), alarm(4, priority=2)], 0.0)
    heard(policy, 0.0, 5.0)
    policy.silence()
    assert (policy.sounding, policy.unacked) == (None, 2)
    assert heard(policy, 5.0, 100.0) == []
    policy.changed([alarm(4, priority=2), alarm(5, priority=3)], 100.0)
    assert heard(policy, 100.0, 101.0) == [(100.0, Call(ALARM, 3, alarm=5))]
    assert policy.sounding == 3


def test_acknowledged_alarm_has_no_silence_and_is_heard_when_it_comes_back() -> None:
    """ALM-21: silence does not outlive the acknowledgement, not even of the same occurrence."""
    policy = SoundPolicy()
    policy.changed([alarm(3)], 0.0)
    policy.silence()
    policy.changed([alarm(3, ACKED)], 1.0)
    policy.silence()
    policy.changed([alarm(3, UNACKED)], 2.0)
    assert policy.sounding == 2


@pytest.mark.parametrize(
    ("fact", "news"),
    [
        (alarm(3, priority=2), False),
        (alarm(3, RETURNED, priority=2), False),
        (alarm(3, priority=3), False),
        (alarm(3, priority=1), True),
        (alarm(3, priority=2, occurrence="01B"), True),
        (msgspec.structs.replace(alarm(3, priority=2), repeat_count=1), True),
    ],
    ids=["same", "returned", "falls", "rises", "new occurrence", "re-alarm"],
)
def test_only_what_annunciates_anew_is_heard_anew(fact: AlarmFact, *, news: bool) -> None:
    policy = SoundPolicy()
    policy.changed([alarm(3, priority=2)], 0.0)
    heard(policy, 0.0, 3.0)
    policy.silence()
    policy.changed([fact], 5.0)
    assert bool(policy.calls(5.0)) is news


@pytest.mark.parametrize(
    "state",
    [
        NORMAL,
        ACKED,
        AlarmState(cond=True, acked=False, shelf=Shelf.TIMED),
        AlarmState(cond=True, acked=False, sbd=True),
        AlarmState(cond=True, acked=False, oos=True),
    ],
)
def test_nothing_is_heard_of_what_is_suppressed_acknowledged_or_normal(state: AlarmState) -> None:
    policy = SoundPolicy()
    policy.changed([alarm(3, state, priority=1)], 0.0)
    assert policy.calls(0.0) == []
    assert policy.next_deadline() is None


def test_suppressing_ends_the_sound_and_its_end_is_heard() -> None:
    policy = SoundPolicy()
    policy.changed([alarm(3)], 0.0)
    policy.changed([alarm(3, AlarmState(cond=True, acked=False, shelf=Shelf.TIMED))], 1.0)
    assert policy.sounding is None
    policy.changed([alarm(3)], 2.0)
    assert [call.alarm for call in policy.calls(2.0)] == [3]


def test_three_are_called_and_the_rest_is_summed_up() -> None:
    """ALM-24: ten at once are three calls and `7 more`."""
    policy = SoundPolicy()
    policy.changed([alarm(index, priority=3) for index in range(10)], 0.0)
    calls = heard(policy, 0.0, 10.0)
    assert kinds(calls) == [ALARM, ALARM, ALARM, SUMMARY]
    assert calls[3] == (3 * CALL_S, Call(SUMMARY, 3, 7))


def test_every_critical_alarm_is_called_by_itself_and_first() -> None:
    """ALM-24: priority alarms are always spoken."""
    policy = SoundPolicy()
    policy.changed([alarm(index, priority=3) for index in range(6)], 0.0)
    policy.changed([alarm(10 + index, priority=1) for index in range(6)], 0.0)
    calls = heard(policy, 0.0, 10 * CALL_S)
    assert [call.alarm for _, call in calls[:9]] == [10, 11, 12, 13, 14, 15, 0, 1, 2]
    assert calls[9][1] == Call(SUMMARY, 3, 3)


def test_critical_alarm_does_not_wait_for_a_lesser_call_to_end() -> None:
    """ALM-20: sound within a second."""
    policy = SoundPolicy()
    policy.changed([alarm(3, priority=4)], 0.0)
    policy.calls(0.0)
    policy.changed([alarm(4, priority=1)], 0.1)
    assert policy.next_deadline() == 0.0
    assert policy.calls(0.1) == [Call(ALARM, 1, alarm=4)]
    assert policy.calls(0.2) == []


def test_acknowledged_while_waiting_is_not_called() -> None:
    policy = SoundPolicy()
    policy.changed([alarm(index, priority=3) for index in range(6)], 0.0)
    policy.calls(0.0)
    policy.changed([alarm(index, ACKED) for index in (1, 2, 4)], 1.0)
    calls = heard(policy, 1.0, 6.0)
    assert [call for _, call in calls] == [Call(SUMMARY, 3, 2)]


def test_flood_sums_up_all_but_critical_alarms() -> None:
    policy = SoundPolicy()
    policy.set_flood(True)
    policy.changed([alarm(0, priority=2)], 0.0)
    policy.changed([alarm(1, priority=1)], 0.0)
    calls = heard(policy, 0.0, 2 * CALL_S + 0.01)
    assert [call for _, call in calls[:2]] == [Call(ALARM, 1, alarm=1), Call(SUMMARY, 2, 1)]
    policy.silence()
    policy.changed([alarm(index, priority=2) for index in range(2, 12)], 10.0)
    assert policy.sounding is None
    assert heard(policy, 10.0, 60.0) == [(CALL_S + SUMMARY_GAP_S, Call(SUMMARY, 2, 10))]


def test_unacknowledged_alarms_are_called_to_mind_every_quarter_of_an_hour() -> None:
    """ALM-24: also what was silenced, and not after the last one was acknowledged."""
    policy = SoundPolicy()
    policy.changed([alarm(1, priority=3), alarm(2, priority=2)], 0.0)
    heard(policy, 0.0, 5.0)
    policy.silence()
    assert heard(policy, 5.0, 2 * REMIND_S + 1) == [
        (REMIND_S, Call(REMINDER, 2, 2)),
        (2 * REMIND_S, Call(REMINDER, 2, 2)),
    ]
    policy.changed([alarm(1, ACKED), alarm(2, ACKED)], 2 * REMIND_S + 2)
    assert policy.next_deadline() is None


def test_new_site_is_silent() -> None:
    policy = SoundPolicy()
    policy.changed([alarm(1)], 0.0)
    policy.forget()
    assert (policy.sounding, policy.unacked, policy.next_deadline()) == (None, 0, None)


_STATES = [UNACKED, ACKED, NORMAL, RETURNED, AlarmState(cond=True, acked=False, sbd=True)]
_STEPS = st.one_of(
    st.tuples(st.integers(0, 7), st.sampled_from(_STATES), st.integers(1, 4), st.sampled_from(["a", "b"])),
    st.just("silence"),
    st.booleans(),
)


@given(st.lists(st.tuples(st.floats(0.0, 40.0), _STEPS), max_size=40))
def test_whatever_happens_each_new_critical_alarm_is_called_unless_it_was_silenced_or_is_over(
    steps: list[tuple[float, tuple[int, AlarmState, int, str] | str | bool]],
) -> None:
    policy = SoundPolicy()
    now = 0.0
    owed: dict[int, str] = {}
    known: dict[int, tuple[str, int]] = {}
    for wait, step in steps:
        for _, call in heard(policy, now, now + wait):
            assert call.priority in REPEAT_S
            owed.pop(call.alarm, None)
        now += wait
        if isinstance(step, bool):
            policy.set_flood(step)
        elif isinstance(step, str):
            policy.silence()
            owed.clear()
        else:
            index, state, priority, occurrence = step
            policy.changed([alarm(index, state, priority, occurrence=occurrence)], now)
            if not state.listed or state.acked:
                owed.pop(index, None)
                known.pop(index, None)
            elif index not in known or known[index][0] != occurrence or priority < known[index][1]:
                known[index] = (occurrence, priority)
                owed.pop(index, None)
                if priority == 1:
                    owed[index] = occurrence
    for _, call in heard(policy, now, now + 9 * CALL_S + 1):
        owed.pop(call.alarm, None)
    assert owed == {}
