"""The alarm list by keyboard and by hand."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AlarmState, Shelf
from console.desk.models.alarm_rows import AlarmColumn, AlarmList
from console.wire.messages import AckAlarms, ShelveAlarm
from tests.widgets.conftest import ACKED, UNACKED, Screen, alarm_fact
from widgets.alarms.shelve import ShelveSheet


def test_f2_acknowledges_the_selected_rows_by_their_occurrence(screen: Screen, qtbot: QtBot):
    """ALM-23, HMI-13: by keyboard alone."""
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1), alarm_fact(1, UNACKED, 3), alarm_fact(2, ACKED, 1)])
    view = screen.table.view
    view.setFocus()
    QTest.keyClick(view, Qt.Key.Key_Home)
    view.selectRow(0)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert view.chosen_rows() == [0, 1, 2]
    QTest.keyClick(screen.window, Qt.Key.Key_F2)
    (message,) = screen.seat.sent_of(AckAlarms)
    assert [(item.alarm, item.occurrence) for item in message.items] == [(0, "occ0"), (1, "occ1")]


def test_rows_scrolled_out_of_sight_are_not_acknowledged(screen: Screen, qapp: QApplication):
    """ALM-23: only what was visible and selected."""
    screen.seat.raise_alarms([alarm_fact(index, UNACKED, 2, age_s=60 + index) for index in range(6)])
    view = screen.table.view
    view.selectAll()
    view.setFixedHeight(26 + 3 * 28)
    view.scrollToTop()
    qapp.processEvents()
    assert len(view.chosen_rows()) == 6
    screen.table.acts.acknowledge()
    (message,) = screen.seat.sent_of(AckAlarms)
    assert [item.alarm for item in message.items] == [screen.table.model.fact(row).alarm for row in range(3)]


def test_nothing_is_sent_while_the_link_is_lost_and_the_button_says_so(screen: Screen):
    """ALM-10."""
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1)])
    screen.table.view.selectRow(0)
    assert screen.table.ack.isEnabled()
    screen.seat.lose_link()
    assert not screen.table.ack.isEnabled()
    assert not screen.table.shelve.isEnabled()


def test_the_button_names_how_many_it_will_acknowledge(screen: Screen):
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1), alarm_fact(1, UNACKED, 3)])
    assert not screen.table.ack.isEnabled()
    screen.table.view.selectAll()
    assert screen.table.ack.text() == "Acknowledge 2"


def test_the_filter_says_how_many_it_hides_and_how_to_end_it(screen: Screen, qtbot: QtBot):
    """ALM-64."""
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 2), alarm_fact(4, UNACKED, 3)])
    QTest.keyClicks(screen.table.filter, "third")
    assert screen.table.model.rowCount() == 1
    assert screen.table.hidden.text() == "1 hidden by filter"
    assert screen.table.hidden.isVisible()
    QTest.keyClick(screen.table.filter, Qt.Key.Key_Escape)
    assert screen.table.model.rowCount() == 2
    assert not screen.table.hidden.isVisible()


def test_a_filter_that_hides_all_says_so_instead_of_showing_nothing(screen: Screen):
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 2)])
    screen.table.filter.setText("no such alarm")
    assert screen.table.empty.isVisible()
    assert "1" in screen.table.empty.sentence.text()


def test_a_heading_sorts_up_then_down_then_gives_the_first_order_back(screen: Screen):
    """ALM-60."""
    screen.seat.raise_alarms([alarm_fact(0, ACKED, 1, 90), alarm_fact(1, UNACKED, 3, 60)])
    header, model = screen.table.view.horizontalHeader(), screen.table.model
    assert [model.fact(row).alarm for row in range(2)] == [1, 0]
    header.sectionClicked.emit(AlarmColumn.PRIORITY)
    assert [model.fact(row).alarm for row in range(2)] == [0, 1]
    header.sectionClicked.emit(AlarmColumn.PRIORITY)
    assert [model.fact(row).alarm for row in range(2)] == [1, 0]
    header.sectionClicked.emit(AlarmColumn.PRIORITY)
    assert model.order.column is None


def test_new_alarms_wait_while_rows_are_selected_and_are_counted(screen: Screen):
    """ALM-60: a new alarm never moves the row under the hand."""
    screen.seat.raise_alarms([alarm_fact(1, UNACKED, 3)])
    screen.table.view.selectRow(0)
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1)])
    assert screen.table.model.fact(0).alarm == 1
    assert screen.table.new.isVisible()
    assert screen.table.new.text() == "1 new"
    screen.table.new.click()
    assert screen.table.model.fact(0).alarm == 0
    assert screen.table.view.chosen_rows() == [1]


def test_f1_opens_the_response_sheet_of_the_selected_alarm_below_the_banner(screen: Screen, qtbot: QtBot):
    """ALM-63, HMI-08, HMI-13."""
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1), alarm_fact(1, UNACKED, 3)])
    screen.table.view.setFocus()
    screen.table.view.selectRow(1)
    QTest.keyClick(screen.window, Qt.Key.Key_F1)
    sheet = screen.table.acts._guidance.sheet
    assert sheet is not None
    assert sheet.isVisible()
    assert not sheet.isModal()
    assert sheet.parts["respond"].text() == "within 30 min"
    banner = screen.window.banner
    bottom = banner.mapToGlobal(banner.rect().bottomLeft()).y()
    assert sheet.frameGeometry().top() > bottom
    qtbot.waitUntil(sheet.isActiveWindow)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_shelving_needs_a_duration_and_a_reason(screen: Screen, qtbot: QtBot):
    """ALM-40, ALM-41, HMI-13."""
    screen.seat.raise_alarms([alarm_fact(1, UNACKED, 3)])
    screen.table.view.setFocus()
    screen.table.view.selectRow(0)
    QTest.keyClick(screen.window, Qt.Key.Key_F4)
    sheet = screen.table.acts._shelve
    assert isinstance(sheet, ShelveSheet)
    sheet.durations["h1"].click()
    assert sheet.do.text() == "Shelve for 1 h"
    sheet.reason.setCurrentIndex(4)
    assert not sheet.do.isEnabled()
    sheet.note.setText("crew on site")
    sheet.do.click()
    (message,) = screen.seat.sent_of(ShelveAlarm)
    assert (message.alarm, message.duration_s, message.reason) == (1, 3600, "Other: crew on site")


def test_a_shelved_alarm_stands_in_its_own_list(screen: Screen):
    """ALM-67."""
    shelved = AlarmState(cond=True, acked=True, shelf=Shelf.TIMED)
    screen.seat.raise_alarms([alarm_fact(1, shelved, 3)])
    assert screen.table.model.rowCount() == 0
    assert screen.table.lists.buttons[AlarmList.SHELVED].text() == "Shelved 1"
    screen.table.lists.buttons[AlarmList.SHELVED].click()
    assert screen.table.model.rowCount() == 1


def test_a_chosen_row_selects_its_asset_everywhere(screen: Screen):
    """Selecting anywhere selects everywhere."""
    screen.seat.raise_alarms([alarm_fact(4, UNACKED, 3)])
    screen.window.activateWindow()
    screen.table.view.setFocus()
    screen.table.view.selectRow(0)
    assert screen.seat.office.selection.asset == "s3"
    assert screen.faceplate.name.text() == "Third pumping station"
    assert screen.tree.view.currentIndex().data() == "Third pumping station"


def test_rows_are_copied_as_they_are_read(screen: Screen):
    screen.seat.raise_alarms([alarm_fact(4, UNACKED, 3)])
    screen.table.view.selectRow(0)
    screen.table._copy_rows()
    lines = QGuiApplication.clipboard().text().split("\n")
    assert len(lines) == 2
    assert "Third pumping station" in lines[1]
    assert lines[0].split("\t")[0] == "Pri"


def test_rows_are_28_pixels_high_without_grid(screen: Screen):
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1)])
    assert screen.table.view.rowHeight(0) == 28
    assert not screen.table.view.showGrid()
