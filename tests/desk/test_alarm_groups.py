"""Alarms that follow from another stand below it, folded until it is opened; critical ones never (item 7, ALM-64)."""

from __future__ import annotations

import msgspec
import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from console.core.alarm.facts import AlarmFact
from console.desk.models.alarm_groups import CauseGroups
from console.desk.models.alarm_rows import AlarmColumn, AlarmFilter
from console.desk.models.alarm_table import AlarmTableModel
from console.desk.office import Office
from tests.client.small_city import ACKED, NOON, NORMAL, NS, UNACKED, alarm, big_catalogue

BY_CAUSE = AlarmFilter(causes_only=True)


def caused(index: int, cause: int, priority: int = 3, state: object = UNACKED) -> AlarmFact:
    return msgspec.structs.replace(alarm(index, priority=priority), cause=cause, state=state)


@pytest.fixture
def table(office: Office) -> AlarmTableModel:
    """Grouped by cause, checked by Qt's own model tester."""
    office.catalogue.push(big_catalogue(20), "big")
    model = AlarmTableModel(office.alarms, office.catalogue, office.speech, lambda: NOON + 180 * NS)
    model.set_filter(BY_CAUSE)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def shown(model: AlarmTableModel) -> list[int]:
    return [model.fact(row).alarm for row in range(model.rowCount())]


def label(model: AlarmTableModel, alarm_index: int) -> str:
    row = shown(model).index(alarm_index)
    return str(model.index(row, AlarmColumn.LABEL).data(Qt.ItemDataRole.DisplayRole))


def test_followers_are_folded_below_their_cause_and_counted(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(1, priority=3), caused(2, 1), caused(3, 1), alarm(4, priority=2)])
    assert shown(table) == [4, 1]
    assert label(table, 1).startswith("▸ +2  ")
    assert table.hidden_count == 2


def test_an_opened_cause_shows_what_follows_right_below_it(office: Office, table: AlarmTableModel) -> None:
    """Whatever their own priority: here a more urgent one of another trouble stands between them otherwise."""
    office.alarms.push([alarm(1, priority=2), caused(2, 1, 4), caused(3, 1, 3), alarm(4, priority=3)])
    table.fold(shown(table).index(1))
    assert shown(table) == [1, 3, 2, 4]
    assert label(table, 1).startswith("▾ +2  ")
    assert label(table, 2).startswith("      └ ")
    assert table.hidden_count == 0
    # From a follower the whole group is closed again.
    table.fold(shown(table).index(2), show=False)
    assert shown(table) == [1, 4]
    table.fold(shown(table).index(1), show=False)
    table.fold(shown(table).index(4))
    assert shown(table) == [1, 4]


def test_a_critical_alarm_never_stands_below_another(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push(
        [alarm(1, priority=3), caused(2, 1, priority=1), caused(3, 2, priority=1, state=ACKED)]
    )
    assert shown(table) == [2, 1, 3]
    assert not label(table, 1).startswith("▸")


def test_a_chain_hangs_on_its_first_cause(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(1, priority=3), caused(2, 1), caused(3, 2), caused(4, 3)])
    assert shown(table) == [1]
    table.fold(0)
    assert shown(table)[0] == 1
    assert set(shown(table)) == {1, 2, 3, 4}


def test_what_follows_an_alarm_that_is_gone_stands_by_itself(office: Office, table: AlarmTableModel) -> None:
    """Nothing is hidden without something on the screen that stands for it."""
    office.alarms.push([alarm(1, priority=3), caused(2, 1), caused(3, 1)])
    assert shown(table) == [1]
    office.alarms.push([alarm(1, NORMAL, 3)])
    assert set(shown(table)) == {2, 3}
    assert table.hidden_count == 0


def test_an_acknowledged_cause_takes_its_followers_along(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(1, priority=2), caused(2, 1), alarm(4, priority=3)])
    table.fold(0)
    assert shown(table) == [1, 2, 4]
    office.alarms.push([alarm(1, ACKED, 2)])
    assert shown(table) == [4, 1, 2]


def test_turned_round_the_cause_still_stands_above(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(1, priority=3), caused(2, 1), alarm(4, priority=2)])
    table.fold(shown(table).index(1))
    table.sort(AlarmColumn.PRIORITY, Qt.SortOrder.DescendingOrder)
    assert shown(table) == [1, 2, 4]


def test_without_grouping_rows_stand_by_themselves(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(1, priority=3), caused(2, 1, 2)])
    table.set_filter(AlarmFilter())
    assert shown(table) == [2, 1]
    assert not label(table, 1).startswith(("▸", " "))
    table.fold(0)
    assert shown(table) == [2, 1]


def test_a_follower_that_comes_later_is_counted_on_its_cause(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(1, priority=3)])
    told: list[int] = []

    def note(first: QModelIndex, _last: QModelIndex) -> None:
        told.append(first.row())

    table.dataChanged.connect(note)
    office.alarms.push([caused(2, 1)])
    assert label(table, 1).startswith("▸ +1  ")
    assert told == [0]


def test_a_circle_of_causes_hides_nobody() -> None:
    facts = {1: caused(1, 2), 2: caused(2, 1), 3: caused(3, 3)}
    groups = CauseGroups(facts, lambda fact: fact.state.listed)
    assert [groups.place(fact) for fact in facts.values()] == [-1, -1, -1]
    assert groups.touched([2]) == [2]
