"""Recorded samples through the engine: the same as live, however the rows are cut."""

from __future__ import annotations

import math
from itertools import count, pairwise

import msgspec
import pytest
from alarm_sites import FLOW, LEVEL, STATE, WORD, alarm, catalogue_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

from console.core.alarm.engine import AlarmEngine
from console.core.alarm.facts import AlarmLetter
from console.core.alarm.machine import AlarmInput
from console.core.alarm.playback import Playback, Played
from console.core.alarm.quiet import QuietRows
from console.core.batch import NS, Batch, batch_of
from console.core.catalogue import Catalogue
from console.core.quality import Quality
from console.core.site import AlarmCondition, AlarmDef, AlarmLevel

_G = Quality.GOOD
T0 = 1_793_491_200 * NS
Row = tuple[int, int, float, Quality]
"""Tag, ticks since T0, value, quality."""
TICKS = 512
"""Of a second: whole nanoseconds, and exact as a float, so that "at the same time" means the same everywhere."""

LEVELS = (
    AlarmLevel(limit=30.0, priority=3, label=WORD),
    AlarmLevel(limit=50.0, priority=1, label=WORD),
)
ALARMS = (
    alarm("high"),
    alarm("higher", limit=90.0, on_delay_s=2.0),
    alarm("latched", limit=85.0, on_delay_s=1.5, off_delay_s=1.0, latching=True),
    alarm("low", tag="flow", condition=AlarmCondition.LOW, limit=10.0, deadband=1.0, off_delay_s=3.0),
    alarm("event", tag="flow", limit=50.0, ack_required=False, deadband=0.0),
    alarm("steps", tag="flow", limit=11.0, deadband=0.5, priority=4, levels=LEVELS, on_delay_s=0.5),
    alarm("often", tag="flow", limit=30.0, deadband=0.0, on_delay_s=9.0, count=3, count_window_s=8.0),
    alarm("silent", tag="state", condition=AlarmCondition.STALE, on_delay_s=1.0, off_delay_s=2.0),
    alarm("urgent", limit=84.0, priority=1, escalate_min=0.0625, realarm_min=0.125),
    alarm("fault", tag="state", condition=AlarmCondition.STATE, limit=2.0, deadband=0.0, on_delay_s=1.0),
)

EVERYTHING = (
    *ALARMS,
    alarm("rate", tag="flow", condition=AlarmCondition.RATE, limit=60.0, deadband=5.0, rate_window_s=2.0),
    alarm("apart", condition=AlarmCondition.DEVIATION, limit=60.0, reference_tag="flow", on_delay_s=0.75),
)
"""With conditions that make every row of their tags exact."""


NEIGHBOURS = (ALARMS[0], next(definition for definition in ALARMS if definition.name == "low"))


def _at(ticks: int) -> int:
    return T0 + ticks * (NS // TICKS)


def _batch(rows: list[Row]) -> Batch:
    return batch_of(
        [r[0] for r in rows],
        [_at(r[1]) for r in rows],
        [r[2] for r in rows],
        [int(r[3]) for r in rows],
    )


def _direct(catalogue: Catalogue, rows: list[Row]) -> list[Played]:
    """A live engine: rows arrive one by one at their own time, every deadline is kept to the tick."""
    numbers = count()
    engine = AlarmEngine(catalogue, lambda: f"{next(numbers):026d}")
    first = rows[0][1] if rows else 0
    hub = 0
    found: list[Played] = []
    for row in rows:
        hub = max(hub, row[1])
        while (deadline := engine.next_deadline()) is not None and first + deadline * TICKS < hub:
            due = _at(first + int(deadline * TICKS))
            engine.expire(deadline, due)
            found += [Played(due, event) for event in engine.events()]
        engine.samples(_batch([row]), (hub - first) / TICKS, _at(hub))
        found += [Played(_at(hub), event) for event in engine.events()]
    engine.expire((hub - first) / TICKS, _at(hub))
    return found + [Played(_at(hub), event) for event in engine.events()]


def _played(catalogue: Catalogue, rows: list[Row], cuts: list[int]) -> list[Played]:
    numbers = count()
    playback = Playback(catalogue, lambda _at: f"{next(numbers):026d}")
    found: list[Played] = []
    edges = sorted({0, len(rows), *(cut for cut in cuts if cut < len(rows))})
    for first, end in pairwise(edges):
        found += playback.feed(_batch(rows[first:end]))
    return found + playback.finish()


_VALUES = {
    LEVEL: st.sampled_from([20.0, 77.0, 78.0, 79.0, 80.0, 82.5, 84.0, 85.0, 90.0, 95.0, math.nan]),
    FLOW: st.sampled_from([5.0, 10.0, 10.5, 11.0, 11.5, 30.0, 50.0, 55.0]),
    STATE: st.sampled_from([0.0, 1.0, 2.0]),
}
_QUALITY = st.sampled_from([*[Quality.GOOD] * 6, Quality.UNCERTAIN, Quality.BAD, Quality.DISCONNECTED])


@st.composite
def _recordings(draw: st.DrawFn) -> list[Row]:
    rows: list[Row] = []
    now = 0
    for _ in range(draw(st.integers(0, 40))):
        now += draw(st.sampled_from([0, 0, 1, 255, 256, 512, 768, 1024, 3584]))
        back = draw(st.sampled_from([0, 0, 0, 0, 0, 360, 1536]))
        tag = draw(st.sampled_from([LEVEL, FLOW, STATE]))
        rows.append((tag, max(0, now - back), draw(_VALUES[tag]), draw(_QUALITY)))
    return rows


def _comparable(played: list[Played]) -> list[bytes]:
    # Not a number is not equal to itself, but its bytes are.
    return [msgspec.msgpack.encode(one) for one in played]


@settings(max_examples=200, deadline=None)
@given(_recordings(), st.lists(st.integers(0, 40), max_size=6), st.sampled_from([ALARMS, EVERYTHING]))
@example([(LEVEL, 0, 20.0, _G), (LEVEL, 256, 95.0, _G), (LEVEL, 1280, 20.0, _G)], [], ALARMS)
@example(  # a delay that begins in one batch is still running in the next
    [(LEVEL, 0, 20.0, _G), (LEVEL, 256, 95.0, _G), (LEVEL, 512, 99.0, _G), (LEVEL, 3584, 99.0, _G)],
    [2],
    ALARMS,
)
@example(  # the conditions of one tag are not those of its neighbour
    [(LEVEL, 0, 95.0, _G), (FLOW, 0, 10.5, _G), (FLOW, 3584, 5.0, _G), (FLOW, 7168, 5.0, _G)], [], NEIGHBOURS
)
def test_a_back_test_is_the_live_engine_wherever_the_rows_are_cut(
    rows: list[Row], cuts: list[int], alarms: tuple[AlarmDef, ...]
) -> None:
    """ALM-03, ALM-06, ALM-07, ALM-08: same transitions, times, values and occurrences."""
    catalogue = catalogue_of(*alarms)
    assert _comparable(_played(catalogue, rows, cuts)) == _comparable(_direct(catalogue, rows))


def test_a_delay_ends_at_its_due_time_between_two_samples() -> None:
    """ALM-03: the next sample comes a minute later."""
    catalogue = catalogue_of(alarm("high", on_delay_s=5.0))
    playback = Playback(catalogue, str)
    played = playback.feed(
        _batch(
            [
                (LEVEL, 0, 95.0, Quality.GOOD),
                (FLOW, 1, 0.0, Quality.GOOD),
                (LEVEL, 60 * TICKS, 20.0, Quality.GOOD),
            ]
        )
    )
    assert [(p.event.kind, p.at_hub - T0) for p in played] == [
        (AlarmInput.ACT, 5 * NS),
        (AlarmInput.RTN, 60 * NS),
    ]
    assert played[0].event.occurrence == str(T0 + 5 * NS)
    assert played[0].event.fact.at_annunciated == T0 + 5 * NS


def test_a_delay_that_has_lasted_to_the_nanosecond_has_lasted() -> None:
    """ALM-03: 7.498 + 1.0 is a little more than 8.498, which is no reason to miss an alarm."""
    at = [T0, T0 + 7_498_000_000, T0 + 8_498_000_000]
    playback = Playback(catalogue_of(alarm("high", on_delay_s=1.0)), str)
    batch = batch_of([LEVEL] * 3, at, [20.0, 95.0, 20.0], [0] * 3)
    kinds = [played.event.kind for played in playback.feed(batch)]
    assert kinds == [AlarmInput.ACT, AlarmInput.RTN]
    ended = Playback(catalogue_of(alarm("high", on_delay_s=1.0)), str)
    ended.feed(batch_of([LEVEL] * 3, at, [20.0, 95.0, 95.0], [0] * 3))
    assert [played.event.kind for played in ended.finish()] == [AlarmInput.ACT]


def test_beyond_the_last_sample_nothing_is_known() -> None:
    rows: list[Row] = [(LEVEL, 0, 95.0, Quality.GOOD), (FLOW, 5 * TICKS - 1, 0.0, Quality.GOOD)]
    catalogue = catalogue_of(alarm("high", on_delay_s=5.0))
    assert _played(catalogue, rows, []) == []
    at_due = _played(catalogue, [*rows, (FLOW, 5 * TICKS, 0.0, Quality.GOOD)], [])
    assert [played.event.new for played in at_due] == [AlarmLetter.B]


def test_rows_that_step_back_in_time_are_counted_and_arrive_late() -> None:
    playback = Playback(catalogue_of(alarm("high")), str)
    playback.feed(_batch([(LEVEL, 900, 20.0, Quality.GOOD), (FLOW, 400, 1.0, Quality.GOOD)]))
    played = playback.feed(_batch([(LEVEL, 500, 95.0, Quality.GOOD), (LEVEL, 950, 95.0, Quality.GOOD)]))
    assert (playback.rows, playback.backward) == (4, 2)
    assert [p.at_hub for p in played] == [_at(950)]
    assert playback.at == _at(950)


def test_nothing_played_is_nothing_found() -> None:
    playback = Playback(catalogue_of(alarm("high")), str)
    assert playback.feed(_batch([])) == []
    assert playback.finish() == []
    assert playback.at == 0


def _exact(quiet: QuietRows, rows: list[Row]) -> list[bool]:
    return quiet.exact(_batch(rows)).tolist()


def test_only_rows_around_a_turn_need_their_exact_time() -> None:
    quiet = QuietRows(catalogue_of(alarm("high", on_delay_s=3.0)))
    values = [20.0, 20.0, 95.0, 95.0, 95.0, 95.0, 95.0, 95.0, 20.0, 20.0]
    rows: list[Row] = [(LEVEL, i * 2 * TICKS, value, Quality.GOOD) for i, value in enumerate(values)]
    assert _exact(quiet, rows) == [True, False, True, False, False, False, False, False, True, False]


def test_tags_without_alarms_are_quiet_once_they_are_known() -> None:
    quiet = QuietRows(catalogue_of(alarm("high")))
    assert _exact(quiet, [(FLOW, i, float(i), Quality.GOOD) for i in range(4)]) == [True, False, False, False]


def test_unusable_data_and_what_follows_it_are_never_quiet() -> None:
    """ALM-09."""
    quiet = QuietRows(catalogue_of(alarm("high")))
    qualities = [Quality.GOOD, Quality.GOOD, Quality.BAD, Quality.GOOD, Quality.GOOD]
    rows: list[Row] = [(LEVEL, i, 20.0, quality) for i, quality in enumerate(qualities)]
    assert _exact(quiet, rows) == [True, False, True, True, False]


def test_missing_data_is_followed_like_a_limit() -> None:
    """A tag with an alarm on its silence is quiet while it speaks."""
    quiet = QuietRows(catalogue_of(alarm("silent", condition=AlarmCondition.STALE, off_delay_s=3.0)))
    qualities = [_G, _G, Quality.STALE, Quality.STALE, _G, _G, _G, _G]
    rows: list[Row] = [(LEVEL, i * 2 * TICKS, 20.0, quality) for i, quality in enumerate(qualities)]
    assert _exact(quiet, rows) == [True, False, True, True, True, False, False, False]


def test_rates_and_both_tags_of_a_deviation_are_never_quiet() -> None:
    apart = alarm("apart", condition=AlarmCondition.DEVIATION, reference_tag="flow")
    rows: list[Row] = [(tag, i, 20.0, _G) for i in range(2) for tag in (LEVEL, FLOW, STATE)]
    assert _exact(QuietRows(catalogue_of(apart)), rows)[3:] == [True, True, False]
    rate = alarm("rate", condition=AlarmCondition.RATE, rate_window_s=60.0)
    assert _exact(QuietRows(catalogue_of(rate)), rows)[3:] == [True, False, False]


@pytest.mark.parametrize("known", [True, False])
def test_a_definition_with_something_unknown_makes_its_asset_exact(
    known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a later version may add to a definition costs speed here and never a result."""
    from console.core.alarm import quiet as room

    if not known:
        monkeypatch.setattr(room, "_HANDLED", room._HANDLED - {"limit"})
        monkeypatch.setitem(room._DEFAULTS, "limit", 0.0)
    quiet = QuietRows(catalogue_of(alarm("high")))
    assert _exact(quiet, [(FLOW, i, 1.0, Quality.GOOD) for i in range(3)])[1:] == [not known] * 2
