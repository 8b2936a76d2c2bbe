"""The area panel: what stands in a tile, and where a press leads."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AlarmState, MaintenanceFact, Shelf
from console.desk.models.alarm_rows import AlarmList
from tests.widgets.conftest import ACKED, NS, UNACKED, Screen, Seat, alarm_fact
from widgets.areas.panel import AreaPanel
from widgets.kit.asks import asks_of
from widgets.kit.fonts import Role, font

NORMAL = AlarmState()


@pytest.fixture
def areas(seat: Seat, qtbot: QtBot) -> AreaPanel:
    panel = AreaPanel(seat.office)
    qtbot.addWidget(panel)
    panel.resize(1100, 500)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def told(areas: AreaPanel) -> None:
    areas._soon.timeout.emit()


def test_a_tile_counts_by_priority_and_what_is_hidden(seat: Seat, areas: AreaPanel):
    """HMI-07, ALM-46: counts per area, shelved, suppressed and out of service among them."""
    shelved, designed = AlarmState(cond=True, shelf=Shelf.TIMED), AlarmState(cond=True, sbd=True)
    seat.raise_alarms([alarm_fact(0, UNACKED, 1), alarm_fact(1, ACKED, 3), alarm_fact(2, shelved, 2)])
    seat.raise_alarms([alarm_fact(3, designed, 3), alarm_fact(4, ACKED, 4)])
    told(areas)
    tile = areas.tiles["a"]
    assert tile.tally.listed == (1, 0, 1, 0)
    assert tile.texts.line == "1 unacked · 1 shelved · 1 suppressed"
    assert areas.tiles["b"].tally.listed == (0, 0, 0, 1)
    assert areas.tiles["b"].tally.worst == (4, False)


def test_any_unacknowledged_alarm_outranks_any_acknowledged_one(seat: Seat, areas: AreaPanel):
    """ALM-28."""
    seat.raise_alarms([alarm_fact(0, ACKED, 1), alarm_fact(1, UNACKED, 4)])
    told(areas)
    assert areas.tiles["a"].tally.worst == (4, True)
    seat.raise_alarms([alarm_fact(1, NORMAL, 4)])
    told(areas)
    assert areas.tiles["a"].tally.worst == (1, False)


def test_numbers_and_names_are_of_wall_size(areas: AreaPanel):
    """SCREENS: readable across the room."""
    assert font(Role.WALL).pointSizeF() == 28
    assert areas.tiles["b"].height() >= 140


def test_a_tile_is_said_in_words(seat: Seat, areas: AreaPanel):
    """HMI-14, HMI-03."""
    seat.raise_alarms([alarm_fact(4, UNACKED, 1)])
    told(areas)
    spoken = areas.tiles["b"].accessibleName()
    assert spoken.startswith("B, critical 1, 1 unacked")
    seat.office.speech.set_lang("ko")
    assert areas.tiles["b"].accessibleName().startswith("나, 긴급 1, 미확인 1")


def test_figures_are_the_extreme_of_the_area_on_its_range(seat: Seat, areas: AreaPanel):
    """HMI-06: a value in context; a bad value is not a figure."""
    seat.put(0, 3.0)
    seat.put(3, 5.5, quality=2)
    areas._say()
    (figure,) = areas.tiles["a"].texts.figures
    assert "3.00" in figure.value
    assert figure.share == pytest.approx(0.5)


def test_maintenance_stands_on_the_tile(seat: Seat, areas: AreaPanel):
    """ALM-30."""
    now = time.time_ns()
    fact = MaintenanceFact(area="b", by="kim", since=now, until=now + 3600 * NS, reason="pump overhaul")
    seat.office.modes.push(maintenance=(fact,))
    assert areas.tiles["b"].texts.mode.startswith("Maintenance until")
    assert areas.tiles["a"].texts.mode == ""


def test_arrows_move_between_tiles_and_enter_drills_down(seat: Seat, areas: AreaPanel, qtbot: QtBot):
    """HMI-13: by keyboard alone."""
    asked: list[str] = []
    asks_of(seat.office.acts).area_asked.connect(asked.append)
    areas.activateWindow()
    areas.tiles["a"].setFocus()
    QTest.keyClick(areas.tiles["a"], Qt.Key.Key_Right)
    assert areas.tiles["b"].hasFocus()
    QTest.keyClick(areas.tiles["b"], Qt.Key.Key_Return)
    assert asked == ["b"]


def test_a_pressed_area_filters_the_list_and_the_filter_can_be_seen(screen: Screen):
    """HMI-07, ALM-64."""
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 2), alarm_fact(4, UNACKED, 3)])
    table = screen.table
    table.lists.choose(AlarmList.HISTORY)
    asks_of(screen.seat.office.acts).area_asked.emit("b")
    assert [table.model.fact(row).alarm for row in range(table.model.rowCount())] == [4]
    assert table.bar.area.text() == "Area: B"
    assert table.bar.area.isVisible()
    assert table.hidden.text() == "1 hidden by filter"
    table.clear.click()
    assert table.model.rowCount() == 2
    assert not table.bar.area.isVisible()
