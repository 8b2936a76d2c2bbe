"""From transitions of the engine to occurrences, and to columns of them."""

from __future__ import annotations

import math

import numpy as np
from alarm_sites import alarm, catalogue_of, row, ulids

from console.core.alarm.acts import Act, ShelfOrder
from console.core.alarm.engine import AlarmEngine
from console.core.alarm.facts import AckItem, OccurrenceRow
from console.core.alarm.occurrences import NEVER, Occurrence, OccurrenceLog, from_rows, in_columns
from console.core.batch import NS

CATALOGUE = catalogue_of(alarm("high"))


def _act(at_s: float) -> Act:
    return Act(who="kim", now=at_s, at=round(at_s * NS))


def _logged(engine: AlarmEngine, log: OccurrenceLog) -> list[Occurrence]:
    for event in engine.events():
        log.add(event)
    return log.records()


def test_an_occurrence_is_annunciated_acknowledged_and_returns() -> None:
    engine, log = AlarmEngine(CATALOGUE, ulids()), OccurrenceLog(CATALOGUE.alarms)
    engine.samples(row(95.0, 1.0), 1.0, 2 * NS)
    (first,) = _logged(engine, log)
    assert (first.at_annunciated, first.at_acked, first.at_returned) == (2 * NS, None, None)
    assert (first.area, first.priority, first.by_operator) == ("a", 3, False)
    fact = engine.fact(0)
    engine.ack([AckItem(0, fact.occurrence, fact.priority)], _act(3.0))
    engine.samples(row(20.0, 4.0), 4.0, 4 * NS)
    (done,) = _logged(engine, log)
    assert (done.at_acked, done.at_returned, done.value_returned) == (3 * NS, 4 * NS, 20.0)
    assert len(log) == 1


def test_a_return_that_is_older_than_its_annunciation_took_no_time() -> None:
    """ALM-06: a late scheduler tells both at once."""
    catalogue = catalogue_of(alarm("high", on_delay_s=5.0))
    engine, log = AlarmEngine(catalogue, ulids()), OccurrenceLog(catalogue.alarms)
    engine.samples(row(95.0, 1.0), 1.0, NS)
    engine.samples(row(20.0, 7.0), 20.0, 20 * NS)
    (found,) = _logged(engine, log)
    assert (found.at_annunciated, found.at_returned) == (20 * NS, 20 * NS)


def test_what_comes_back_from_a_shelf_was_caused_by_a_person() -> None:
    engine, log = AlarmEngine(CATALOGUE, ulids()), OccurrenceLog(CATALOGUE.alarms)
    engine.samples(row(95.0), 1.0, NS)
    engine.shelve(0, ShelfOrder(duration_s=60.0, reason="work"), _act(2.0))
    engine.unshelve(0, _act(9.0))
    first, second = _logged(engine, log)
    assert (first.at_acked, first.by_operator) == (2 * NS, False)
    assert (second.at_annunciated, second.by_operator) == (9 * NS, True)


def test_an_activation_under_a_shelf_is_told_to_nobody() -> None:
    engine, log = AlarmEngine(CATALOGUE, ulids()), OccurrenceLog(CATALOGUE.alarms)
    engine.shelve(0, ShelfOrder(duration_s=60.0, reason="work"), _act(0.5))
    engine.samples(row(95.0), 1.0, NS)
    engine.samples(row(20.0, 2.0), 2.0, 2 * NS)
    assert _logged(engine, log) == []


def test_columns_stand_in_order_of_time_without_what_was_suppressed() -> None:
    records = [
        Occurrence(alarm=1, area="b", priority=2, at_annunciated=5, at_returned=9),
        Occurrence(alarm=2, area="a", priority=4, at_annunciated=3, by_operator=True),
        Occurrence(alarm=3, area="c", priority=4, at_annunciated=4, suppressed=True),
    ]
    columns = in_columns(records)
    assert columns.areas == ("a", "b")
    assert columns.alarm.tolist() == [2, 1]
    assert columns.area.tolist() == [0, 1]
    assert columns.returned.tolist() == [NEVER, 9]
    assert columns.by_operator.tolist() == [True, False]
    assert np.isnan(columns.value_returned).all()
    assert len(in_columns([])) == 0


def test_rows_of_the_journal_are_occurrences() -> None:
    rows = [
        OccurrenceRow(
            alarm=0,
            occurrence="1",
            priority=2,
            at_event=1,
            at_annunciated=2,
            at_returned=9,
            value_returned=7.0,
        ),
        OccurrenceRow(alarm=0, occurrence="2", priority=2, at_event=11),
        OccurrenceRow(alarm=7, occurrence="3", priority=2, at_event=12, at_annunciated=12),
    ]
    told, hidden = from_rows(rows, CATALOGUE.alarms)
    assert (told.at_annunciated, told.at_returned, told.at_acked, told.value_returned) == (2, 9, None, 7.0)
    assert (told.suppressed, hidden.suppressed) == (False, True)
    assert hidden.at_returned is None
    assert math.isnan(hidden.value_returned)
