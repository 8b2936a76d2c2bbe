"""The ranking and the table against an oracle that sorts everything anew each time."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AlarmState, Shelf
from console.desk.boards.alarms import rank
from console.desk.models.alarm_rows import AlarmColumn
from console.desk.models.alarm_table import AlarmTableModel
from console.desk.office import SeatWishes, open_office
from console.desk.ranking import Ranking, SortKey
from tests.client.small_city import ACKED, NORMAL, UNACKED, alarm, big_catalogue

KEYS = st.one_of(st.none(), st.tuples(st.integers(0, 3)))
CHANGES = st.lists(st.dictionaries(st.integers(0, 60), KEYS, max_size=60), max_size=8)
STATES = st.sampled_from([NORMAL, UNACKED, ACKED, AlarmState(cond=True, shelf=Shelf.TIMED)])
FACTS = st.builds(alarm, st.integers(0, 39), STATES, st.integers(1, 4), st.integers(0, 5))
BATCHES = st.lists(
    st.tuples(st.booleans(), st.lists(FACTS, max_size=30, unique_by=lambda f: f.alarm)), max_size=10
)


@given(CHANGES)
def test_ranking_is_what_a_sort_would_give(changes: list[dict[int, SortKey | None]]) -> None:
    ranking, oracle = Ranking(), dict[int, SortKey]()
    for change in changes:
        ranking.put_many(change)
        oracle.update({number: key for number, key in change.items() if key is not None})
        for number in (number for number, key in change.items() if key is None):
            oracle.pop(number, None)
        wanted = [number for _, number in sorted((key, number) for number, key in oracle.items())]
        assert ranking.order() == wanted
        assert ranking.first() == (wanted[0] if wanted else None)
        assert [ranking.place(number) for number in wanted] == list(range(len(wanted)))


def test_one_change_tells_where_it_stood_and_stands() -> None:
    ranking = Ranking()
    ranking.put_many({1: (1,), 2: (2,), 3: (3,)})
    assert ranking.put(3, (0,)) == (2, 0)
    assert ranking.put(9, (9,)) == (None, 3)
    assert ranking.put(9, None) == (3, None)
    assert ranking.put(9, None) == (None, None)
    assert 3 in ranking
    assert len(ranking) == 3


@pytest.mark.parametrize("order", [None, Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
@given(batches=BATCHES)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_table_is_always_in_order_and_a_mark_stays_on_its_alarm(
    qtbot: QtBot, tmp_path: Path, order: Qt.SortOrder | None, batches: list[tuple[bool, list[object]]]
) -> None:
    """ALM-60, ALM-61: held rows stay, and nothing is lost when they are let go."""
    office = open_office(tmp_path, SeatWishes(lang="en"))
    office.catalogue.push(big_catalogue(20))
    model = AlarmTableModel(office.alarms, office.catalogue, office.speech)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    if order is not None:
        model.sort(AlarmColumn.PRIORITY, order)
    for held, facts in batches:
        model.set_held(held)
        marks = {
            model.fact(row).alarm: QPersistentModelIndex(model.index(row, 0))
            for row in range(model.rowCount())
        }
        before = [model.fact(row).alarm for row in range(model.rowCount())]
        office.alarms.push(facts)  # type: ignore[arg-type]
        shown = [model.fact(row).alarm for row in range(model.rowCount())]
        if held:
            assert shown == before
        for alarm_index, mark in marks.items():
            assert not mark.isValid() or model.fact(mark.row()).alarm == alarm_index
    model.set_held(False)
    listed = [fact for fact in office.alarms.facts.values() if fact.state.listed]
    shown = [model.fact(row).alarm for row in range(model.rowCount())]
    assert set(shown) == {fact.alarm for fact in listed}
    assert [fact.alarm for fact in office.alarms.listed()] == [
        fact.alarm for fact in sorted(listed, key=lambda f: (rank(f), f.alarm))
    ]
    assert office.alarms.counts().listed == len(listed)
    assert [model.row_of(alarm_index) for alarm_index in shown] == list(range(len(shown)))
