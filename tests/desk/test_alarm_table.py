"""The alarm table under the operator's hand."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QItemSelectionModel, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AckItem, AlarmLetter, AlarmState, Shelf
from console.desk.models.alarm_rows import AlarmColumn, AlarmFilter, AlarmList
from console.desk.models.alarm_table import AlarmRole, AlarmTableModel
from console.desk.office import Office
from tests.client.small_city import ACKED, NOON, NORMAL, NS, UNACKED, alarm, big_catalogue
from tests.desk.heard import heard

Make = Callable[[], AlarmTableModel]


@pytest.fixture
def table(office: Office) -> AlarmTableModel:
    """An empty table, checked by Qt's own model tester, at three minutes past noon."""
    model = AlarmTableModel(office.alarms, office.catalogue, office.speech, lambda: NOON + 180 * NS)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def shown(model: AlarmTableModel) -> list[int]:
    return [model.fact(row).alarm for row in range(model.rowCount())]


def cell(
    model: AlarmTableModel, row: int, column: AlarmColumn, role: int = Qt.ItemDataRole.DisplayRole
) -> object:
    return model.data(model.index(row, column), role)


def test_first_order_is_unacked_then_priority_then_newest(office: Office, table: AlarmTableModel) -> None:
    """ALM-60."""
    office.alarms.push(
        [
            alarm(0, ACKED, 1),
            alarm(1, UNACKED, 3, 1),
            alarm(2, UNACKED, 3, 9),
            alarm(3, UNACKED, 2),
            alarm(4, NORMAL),
        ]
    )
    assert shown(table) == [3, 2, 1, 0]


def test_cells_say_what_an_operator_needs(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(0, acked_by="hong")])
    said = {column: cell(table, 0, column) for column in AlarmColumn}
    assert said == {
        AlarmColumn.PRIORITY: "2 high",
        AlarmColumn.STATE: "unacknowledged",
        AlarmColumn.TIME: "12:00:00",
        AlarmColumn.ELAPSED: "3 min",
        AlarmColumn.ASSET: "Suyeong station",
        AlarmColumn.LABEL: "Level high",
        AlarmColumn.VALUE: "4.12\u2009m > 4.00",
        AlarmColumn.ACKED_BY: "hong",
        AlarmColumn.HINT: "Start a pump",
        AlarmColumn.AREA: "North Port",
        AlarmColumn.TAG: "suyeong.level_high",
        AlarmColumn.TYPE: "High",
        AlarmColumn.MARK: "",
        AlarmColumn.BY: "",
        AlarmColumn.WHY: "",
        AlarmColumn.SINCE: "—",
        AlarmColumn.UNTIL: "—",
        AlarmColumn.MISSED: "",
    }
    words = cell(table, 0, AlarmColumn.PRIORITY, Qt.ItemDataRole.AccessibleTextRole)
    assert "unacknowledged" in str(words)
    assert cell(table, 0, AlarmColumn.TIME, Qt.ItemDataRole.ToolTipRole) == "2026-11-22 12:00:00.000"
    assert cell(table, 0, AlarmColumn.TIME, AlarmRole.ASSET) == "suyeong"
    assert cell(table, 0, AlarmColumn.TIME, AlarmRole.LETTER) == AlarmLetter.B.value


def test_table_speaks_the_other_language_at_once(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(0)])
    office.speech.set_lang("ko")
    assert cell(table, 0, AlarmColumn.STATE) == "미확인"
    assert table.headerData(0, Qt.Orientation.Horizontal) == "등급"


def test_discrete_alarm_shows_the_name_of_its_state(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(1)])
    assert cell(table, 0, AlarmColumn.VALUE) == "4"


def test_new_alarm_never_moves_a_held_row(office: Office, table: AlarmTableModel) -> None:
    """ALM-60: counted as new while the table is held, arranged within 5 s."""
    office.alarms.push([alarm(0, UNACKED, 3), alarm(1, UNACKED, 4)])
    table.set_held(True)
    told = heard(table.new_count_changed)
    office.alarms.push([alarm(2, UNACKED, 1)])
    assert told == [1]
    assert shown(table) == [0, 1]
    office.alarms.push([alarm(3, UNACKED, 1)])
    assert table.new_count == 2
    table.settle()
    assert shown(table)[2:] == [0, 1]
    assert table.new_count == 0


def test_held_table_arranges_itself_after_five_seconds_at_most(
    office: Office, table: AlarmTableModel
) -> None:
    """ALM-60: the longest wait."""
    office.alarms.push([alarm(0)])
    table.set_held(True)
    office.alarms.push([alarm(1, UNACKED, 1)])
    timer = table._timer
    assert timer.isActive()
    assert timer.interval() <= 5000
    timer.timeout.emit()
    assert shown(table) == [1, 0]


def test_alarm_that_left_waits_in_place_while_the_table_is_held(
    office: Office, table: AlarmTableModel
) -> None:
    office.alarms.push([alarm(0, UNACKED, 1), alarm(1, UNACKED, 2)])
    table.set_held(True)
    office.alarms.push([alarm(0, NORMAL, 1)])
    assert shown(table) == [0, 1]
    assert cell(table, 0, AlarmColumn.STATE) == "normal"
    assert cell(table, 0, AlarmColumn.STATE, AlarmRole.LEFT) is True
    table.set_held(False)
    assert shown(table) == [1]


def test_selection_follows_its_alarm_through_a_new_order(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(0, UNACKED, 3), alarm(1, UNACKED, 4), alarm(4, UNACKED, 4, at_s=-5)])
    chosen = QItemSelectionModel(table)
    chosen.select(table.index(1, 0), QItemSelectionModel.SelectionFlag.Select)
    kept = QPersistentModelIndex(table.index(1, 2))
    office.alarms.push([alarm(2, UNACKED, 1), alarm(0, NORMAL), alarm(3, UNACKED, 1)])
    assert shown(table) == [2, 3, 1, 4]
    assert [index.row() for index in chosen.selectedIndexes()] == [2]
    assert kept.row() == 2


def test_row_that_leaves_takes_its_selection_with_it(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(0), alarm(1)])
    kept = QPersistentModelIndex(table.index(table.row_of(0), 0))
    office.alarms.push([alarm(0, NORMAL)])
    assert not kept.isValid()


def test_filter_searches_both_languages_and_counts_what_it_hides(
    office: Office, table: AlarmTableModel
) -> None:
    """ALM-64: the hidden-by-filter count is shown."""
    office.alarms.push([alarm(0), alarm(2), alarm(4, ACKED, 1)])
    table.set_filter(AlarmFilter(text="감천"))
    assert shown(table) == [2]
    assert table.hidden_count == 2
    table.set_filter(AlarmFilter(text="station LEVEL"))
    assert table.hidden_count == 0
    table.set_filter(AlarmFilter(areas=frozenset({"eco"})))
    assert shown(table) == [4]
    table.set_filter(AlarmFilter(priorities=frozenset({2})))
    assert set(shown(table)) == {0, 2}
    table.set_filter(AlarmFilter(letters=frozenset({AlarmLetter.C})))
    assert shown(table) == [4]
    table.set_filter(AlarmFilter(asset="gamcheon"))
    assert shown(table) == [2]


def test_lists_are_separate(office: Office, table: AlarmTableModel) -> None:
    """ALM-67."""
    shelved = AlarmState(cond=True, shelf=Shelf.TIMED)
    office.alarms.push(
        [alarm(0), alarm(1, shelved), alarm(2, AlarmState(sbd=True)), alarm(3, AlarmState(oos=True))]
    )
    rows: dict[AlarmList, list[int]] = {}
    for which in AlarmList:
        table.set_filter(AlarmFilter(which=which))
        rows[which] = shown(table)
    assert rows == {
        AlarmList.ACTIVE: [0],
        AlarmList.SHELVED: [1],
        AlarmList.SUPPRESSED: [2],
        AlarmList.OUT_OF_SERVICE: [3],
        AlarmList.STALE: [],
        AlarmList.CHATTERING: [],
        AlarmList.HISTORY: [],
    }


@pytest.mark.parametrize("column", list(AlarmColumn))
def test_every_column_sorts_both_ways(office: Office, table: AlarmTableModel, column: AlarmColumn) -> None:
    office.alarms.push(
        [alarm(0, ACKED, 1, 5, acked_by="a"), alarm(2, UNACKED, 3, 1), alarm(5, UNACKED, 2, 9, acked_by="b")]
    )
    table.sort(column, Qt.SortOrder.AscendingOrder)
    up = shown(table)
    table.sort(column, Qt.SortOrder.DescendingOrder)
    assert shown(table) == up[::-1]
    table.sort(-1)
    assert shown(table) == [5, 2, 0]


def test_ack_names_occurrence_and_priority_seen_and_leaves_out_what_is_acked(
    office: Office, table: AlarmTableModel
) -> None:
    """ALM-23."""
    office.alarms.push([alarm(0, UNACKED, 1, occurrence="OCC"), alarm(1, ACKED, 1)])
    assert table.ack_items(range(2)) == [AckItem(0, "OCC", 1)]


def test_only_rows_on_the_screen_are_announced(office: Office, table: AlarmTableModel, qtbot: QtBot) -> None:
    office.alarms.push([alarm(i, UNACKED, 2, at_s=-i) for i in range(6)])
    table.set_visible(0, 2)
    changed: list[tuple[int, int]] = []

    def note(first: object, last: object) -> None:
        changed.append((first.row(), last.row()))  # type: ignore[attr-defined]

    table.dataChanged.connect(note)
    office.alarms.push(
        [alarm(1, UNACKED, 2, at_s=-1, acked_by="x"), alarm(5, UNACKED, 2, at_s=-5, acked_by="x")]
    )
    assert changed == [(1, 1)]
    table.tick()
    assert changed[-1] == (0, 2)


def test_another_catalogue_empties_the_table(office: Office, table: AlarmTableModel) -> None:
    office.alarms.push([alarm(0)])
    office.catalogue.push(big_catalogue(1))
    assert table.rowCount() == 0


@pytest.mark.slow
def test_a_hundred_thousand_alarms_are_all_there_and_one_more_costs_little(
    office: Office, qtbot: QtBot
) -> None:
    """ALM-61: never truncates; ALM-62: one sort per batch."""
    office.catalogue.push(big_catalogue(50_000))
    model = AlarmTableModel(office.alarms, office.catalogue, office.speech)
    office.alarms.push([alarm(i, UNACKED, 1 + i % 4, at_s=i % 977) for i in range(100_000)])
    assert model.rowCount() == 100_000
    began = time.perf_counter()
    office.alarms.push([alarm(77_777, UNACKED, 1, at_s=5000)])
    took = time.perf_counter() - began
    assert model.fact(0).alarm == 77_777
    assert took < 1.0
