"""Shelving, out of service and maintenance: limits said first, reasons owed, ended by the same hand."""

from __future__ import annotations

import time

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from console.core.alarm.facts import AlarmState, MaintenanceFact, Shelf
from console.core.site import AlarmLevel
from console.core.words import Text
from console.desk.models.alarm_rows import AlarmColumn, AlarmList
from console.wire.messages import (
    EndMaintenance,
    EndOutOfService,
    SetOutOfService,
    ShelveAlarm,
    StartMaintenance,
    UnshelveAlarm,
)
from tests.widgets.conftest import NS, UNACKED, Screen, alarm_fact
from tests.widgets.payload_city import city_with
from widgets.kit.asks import asks_of

REPLACE = msgspec.structs.replace
SHELVED = AlarmState(cond=True, shelf=Shelf.TIMED)
OUT = AlarmState(cond=True, oos=True)


def test_shelved_rows_are_unshelved_and_those_out_of_service_return(screen: Screen):
    """ALM-67: acts on each list."""
    screen.seat.raise_alarms([alarm_fact(5, SHELVED, 3), alarm_fact(1, OUT, 3)])
    table = screen.table
    table.lists.choose(AlarmList.SHELVED)
    assert table.bar.unshelve.isVisible()
    assert not table.ack.isVisible()
    table.view.selectRow(0)
    table.bar.unshelve.click()
    assert [message.alarm for message in screen.seat.sent_of(UnshelveAlarm)] == [5]
    table.lists.choose(AlarmList.OUT_OF_SERVICE)
    table.view.selectRow(0)
    table.bar.in_service.click()
    assert [message.alarm for message in screen.seat.sent_of(EndOutOfService)] == [1]


def test_limits_of_shelving_are_said_before_they_are_refused(screen: Screen):
    """ALM-40: priority 2 for an hour at most, critical alarms not at all."""
    catalogue = city_with(priority=2)
    screen.seat.office.catalogue.push(catalogue, "other")
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 2), alarm_fact(4, UNACKED, 1)])
    acts = screen.table.acts
    acts._shelve_one(5)
    sheet = acts._shelve
    assert sheet is not None
    assert "1 h at most" in sheet.limit.text()
    enabled = [name for name, button in sheet.durations.items() if button.isEnabled()]
    assert enabled[:2] == ["m15", "h1"]
    assert "h4" not in enabled
    acts._shelve_one(4)
    assert "may not be shelved" in sheet.limit.text()
    assert not sheet.do.isEnabled()


def test_an_alarm_with_a_critical_level_counts_as_critical(screen: Screen):
    """ALM-40, ALM-11."""
    level = AlarmLevel(limit=0.1, priority=1, label=Text("매우 낮음", "Very low"))
    screen.seat.office.catalogue.push(city_with(levels=(level,)), "other")
    screen.seat.raise_alarms([REPLACE(alarm_fact(5, UNACKED, 1), level=1)])
    assert screen.table.model.index(0, AlarmColumn.LABEL).data() == "Very low"
    screen.table.acts._shelve_one(5)
    sheet = screen.table.acts._shelve
    assert sheet is not None
    assert not sheet.do.isEnabled()


def test_shelving_until_the_end_of_the_shift(screen: Screen):
    """ALM-40."""
    screen.seat.office.catalogue.push(city_with(), "other")
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 3)])
    screen.table.view.setFocus()
    screen.table.view.selectRow(0)
    QTest.keyClick(screen.window, Qt.Key.Key_F4)
    sheet = screen.table.acts._shelve
    assert sheet is not None
    assert sheet.durations["shift"].isVisible()
    sheet.durations["shift"].click()
    sheet.oneshot.click()
    sheet.do.click()
    (message,) = screen.seat.sent_of(ShelveAlarm)
    assert 0 < message.duration_s <= 8 * 3600
    assert message.oneshot


def test_out_of_service_needs_the_supervisor_for_critical_alarms(screen: Screen):
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 3), alarm_fact(4, UNACKED, 1)])
    acts, view = screen.table.acts, screen.table.view
    view.selectRow(0)
    acts.open_out_of_service()
    sheet = acts._service
    assert sheet is not None
    assert not sheet.do.isEnabled()
    view.selectRow(1)
    acts.open_out_of_service()
    sheet.durations["h4"].click()
    sheet.do.click()
    (message,) = screen.seat.sent_of(SetOutOfService)
    assert (message.alarm, message.duration_s, message.reason) == (5, 14400, "Maintenance")


def test_maintenance_of_an_area_is_asked_for_and_ended_from_the_tree(screen: Screen):
    """ALM-30: by area, with reason and time; ended by the same hand."""
    asks_of(screen.seat.office.acts).maintenance_asked.emit("b")
    sheet = screen.table.acts._maintenance
    assert sheet is not None
    assert sheet.title.text() == "B"
    sheet.durations["h4"].click()
    sheet.do.click()
    (started,) = screen.seat.sent_of(StartMaintenance)
    assert (started.area, started.duration_s) == ("b", 14400)
    now = time.time_ns()
    fact = MaintenanceFact(area="b", by="kim", since=now, until=now + NS, reason="x")
    screen.seat.office.modes.push(maintenance=(fact,))
    assert screen.window.status.maintenance.text() == "Maintenance 1"
    assert screen.window.status.maintenance.isVisibleTo(screen.window.status)
    asks_of(screen.seat.office.acts).maintenance_asked.emit("b")
    assert [message.area for message in screen.seat.sent_of(EndMaintenance)] == ["b"]


def test_the_menu_of_an_area_shows_its_alarms_and_maintains_it(screen: Screen):
    """ALM-30: what can be done with a whole area stands on the area; without a link nothing is maintained."""
    menu = QMenu(screen.tree)
    asked: list[str] = []
    asks_of(screen.seat.office.acts).area_asked.connect(asked.append)
    screen.tree._fill_area_menu(menu, "b")
    show, maintain = menu.actions()[:2]
    assert maintain.text() == "Put this area into maintenance…"
    show.trigger()
    assert asked == ["b"]
    maintain.trigger()
    sheet = screen.table.acts._maintenance
    assert sheet is not None
    assert sheet.area == "b"
    screen.seat.lose_link()
    lost = QMenu(screen.tree)
    screen.tree._fill_area_menu(lost, "b")
    assert [action.isEnabled() for action in lost.actions()[:2]] == [True, False]
