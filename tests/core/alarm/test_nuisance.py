"""The nuisance worklist: who stands in it, what is proposed, and that a back-test proves the proposal."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from alarm_sites import FLOW, LEVEL, STATE, alarm, catalogue_of
from occurrence_rows import ns, occurrence

from console.core.alarm.nuisance import Nuisance, NuisanceKind, Reason, gap_swings, gaps, worklist
from console.core.alarm.occurrences import OccurrenceLog, in_columns
from console.core.alarm.playback import Playback
from console.core.alarm.trial import changed_catalogue, read_setting
from console.core.batch import NS, Batch
from console.core.catalogue import Catalogue
from console.core.site import AlarmCondition, AlarmDef

DAY = 86_400.0


def _samples(tag: int, values: list[float], period_s: float = 1.0) -> Batch:
    n = len(values)
    at = (np.arange(n) * period_s * NS).astype(np.int64)
    return Batch(np.full(n, tag, np.uint32), at, np.array(values, np.float64), np.zeros(n, np.uint8))


def _found(catalogue: Catalogue, batch: Batch) -> tuple[list[Nuisance], int]:
    """The worklist after these samples, and how many occurrences there were."""
    playback, log = Playback(catalogue, str), OccurrenceLog(catalogue.alarms)
    for played in [*playback.feed(batch), *playback.finish()]:
        log.add(played.event)
    return worklist(log.columns(), catalogue, (0, playback.at + 1)), len(log)


def _proved(definition: AlarmDef, batch: Batch) -> tuple[Nuisance, int, int]:
    """The first entry of the worklist, and the occurrences before and after its change."""
    catalogue = catalogue_of(definition)
    entries, before = _found(catalogue, batch)
    assert entries[0].change is not None
    setting = entries[0].change.setting(catalogue.alarms[0].key)
    _, after = _found(changed_catalogue(catalogue.site, [read_setting(setting)]), batch)
    return entries[0], before, after


def test_a_value_that_swings_around_its_limit_gets_a_wider_deadband() -> None:
    """The swing is 4 below the limit: one step more than that ends it, which the back-test shows."""
    values = ([81.0] * 5 + [76.0] * 5) * 20
    entry, before, after = _proved(alarm("high", deadband=1.0), _samples(LEVEL, values))
    assert entry.kinds == (NuisanceKind.CHATTERING, NuisanceKind.FREQUENT)
    assert entry.reason is Reason.SWING
    assert entry.change is not None
    assert (entry.change.field, entry.change.old, entry.change.new) == ("deadband", 1.0, 4.1)
    assert (before, after) == (20, 1)
    assert (entry.score, entry.episodes, entry.share) == (20, 1, 100.0)


def test_a_low_alarm_swings_the_other_way() -> None:
    definition = alarm("low", tag="flow", condition=AlarmCondition.LOW, limit=10.0, deadband=0.0)
    entry, before, after = _proved(definition, _samples(FLOW, [9.0, 9.0, 13.0, 13.0] * 20))
    assert entry.change is not None
    assert entry.change.setting("s1.low") == "s1.low.deadband=3.1"
    assert (before, after) == (20, 1)


def test_a_state_that_returns_only_for_moments_gets_an_off_delay() -> None:
    definition = alarm("fault", tag="state", condition=AlarmCondition.STATE, limit=2.0, deadband=0.0)
    entry, before, after = _proved(definition, _samples(STATE, ([2.0] * 20 + [1.0] * 4) * 20))
    assert entry.reason is Reason.GAPS
    assert entry.change is not None
    assert (entry.change.field, entry.change.new) == ("off_delay_s", 5.0)
    assert (before, after) == (20, 1)


def test_a_swing_too_wide_for_a_deadband_gets_a_delay_instead() -> None:
    values = ([90.0] * 5 + [20.0] * 5) * 20
    entry, before, after = _proved(alarm("high"), _samples(LEVEL, values))
    assert entry.reason is Reason.GAPS
    assert (before, after) == (20, 1)


def test_a_fleeting_alarm_gets_an_on_delay() -> None:
    values = ([20.0] * 200 + [95.0] * 4) * 10 + [20.0]
    entry, before, after = _proved(alarm("high"), _samples(LEVEL, values))
    assert entry.kinds[0] is NuisanceKind.FLEETING
    assert entry.reason is Reason.SHORT
    assert entry.change is not None
    assert (entry.change.field, entry.change.new, entry.change.evidence) == ("on_delay_s", 5.0, 10)
    assert (before, after) == (10, 0)


def test_a_delay_never_costs_the_operator_his_time_to_respond() -> None:
    """A tenth of half a minute is less than the 4 s that would be needed."""
    values = ([20.0] * 200 + [95.0] * 4) * 10 + [20.0]
    entries, _ = _found(catalogue_of(alarm("high", respond_min=0.5)), _samples(LEVEL, values))
    assert (entries[0].reason, entries[0].change) == (Reason.NO_SAFE_NUMBER, None)


@pytest.mark.parametrize(
    ("priority", "reason", "new"),
    [(3, Reason.STANDS, 4.0), (4, Reason.NO_SAFE_NUMBER, None), (1, Reason.TOP_PRIORITY, None)],
)
def test_an_alarm_that_stands_for_days_is_less_urgent_unless_it_is_critical(
    priority: int, reason: Reason, new: float | None
) -> None:
    catalogue = catalogue_of(alarm("high", priority=priority))
    (entry,) = worklist(in_columns([occurrence(0.0, 2 * DAY)]), catalogue, (0, ns(3 * DAY)))
    assert (entry.kinds, entry.stale, entry.reason) == ((NuisanceKind.STALE,), 1, reason)
    assert (entry.change.new if entry.change else None) == new


def test_a_frequent_alarm_with_long_spells_is_less_urgent() -> None:
    records = [occurrence(i * 7200.0, i * 7200.0 + 3600.0) for i in range(20)]
    records.append(occurrence(150_000.0, 150_005.0))
    (entry,) = worklist(in_columns(records[:20]), catalogue_of(alarm("high")), (0, ns(2 * DAY)))
    assert (entry.kinds, entry.reason) == ((NuisanceKind.FREQUENT,), Reason.FREQUENT)
    assert entry.change is not None
    assert entry.change.setting("s1.high") == "s1.high.priority=4"


def test_the_most_frequent_stand_first_and_quiet_alarms_not_at_all() -> None:
    catalogue = catalogue_of(*(alarm(f"a{i}") for i in range(3)))
    records = [occurrence(i * 1000.0, i * 1000.0 + 5, alarm=1) for i in range(3)]
    records += [occurrence(i * 1000.0, i * 1000.0 + 5, alarm=2) for i in range(5)]
    records += [occurrence(0.0, 400.0, alarm=0)]
    entries = worklist(in_columns(records), catalogue, (0, ns(DAY)))
    assert [(entry.alarm, entry.score, entry.fleeting) for entry in entries] == [(2, 5, 5), (1, 3, 3)]
    assert worklist(in_columns(records), catalogue, (ns(DAY), ns(2 * DAY))) == []


def test_samples_between_two_activations_tell_the_swing() -> None:
    records = [occurrence(t, t + 10.0) for t in (0.0, 20.0, 40.0, 200.0)]
    columns = in_columns(records)
    stretches = gaps(columns, 0)
    assert stretches == [(ns(10), ns(20)), (ns(30), ns(40))]
    at = np.array([ns(t) for t in (5, 12, 15, 33, 60)], np.int64)
    swings = gap_swings(alarm("high"), at, np.array([95.0, 79.0, 74.0, np.nan, 0.0]), stretches)
    assert swings.tolist() == [6.0]
    (entry,) = worklist(columns, catalogue_of(alarm("high")), (0, ns(DAY)), {0: swings})
    assert entry.change is not None
    assert (entry.change.field, entry.change.new, entry.change.evidence) == ("deadband", 6.1, 1)


def test_an_alarm_that_never_returned_has_no_gap() -> None:
    assert gaps(in_columns([occurrence(0.0), occurrence(5.0, 6.0)]), 0) == []


def test_an_entry_is_plain_data() -> None:
    entries, _ = _found(catalogue_of(alarm("high")), _samples(LEVEL, [85.0, 75.0] * 10))
    assert msgspec.json.decode(msgspec.json.encode(entries), type=list[Nuisance]) == entries
