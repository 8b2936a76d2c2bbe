"""Shelves changed in place, and several alarms shelved alike after every one was listed (ALM-42, ALM-44, ALM-45)."""

from __future__ import annotations

import time

import msgspec
import pytest
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest

from console.core.alarm.acts import SHELF_WARN_AT
from console.core.alarm.facts import AlarmFact, AlarmState, MuteFact, Shelf
from console.desk.boards.alarms import AlarmCounts
from console.desk.models.alarm_rows import AlarmList
from console.wire.messages import ShelveAlarm, ShelveAlarms
from tests.widgets.conftest import NS, UNACKED, Screen, alarm_fact
from tests.widgets.payload_city import city_with
from widgets.kit.space import ACT, TARGET
from widgets.shell.mute_note import MuteNote

SHELVED = AlarmState(cond=True, shelf=Shelf.TIMED)


def shelved(alarm: int, since_s: int = 600, until_s: int = 300, priority: int = 3) -> AlarmFact:
    now = time.time_ns()
    return msgspec.structs.replace(
        alarm_fact(alarm, SHELVED, priority),
        shelved_by="kim",
        at_shelved=now - since_s * NS,
        at_unshelve=now + until_s * NS,
        shelf_reason="Sensor fault: drifts",
    )


def test_a_shelf_is_changed_from_the_list_of_shelved_alarms(screen: Screen):
    """ALM-44: the present reason stands there, the time counts from the beginning of the shelf."""
    screen.seat.office.catalogue.push(city_with(), "other")
    screen.seat.raise_alarms([shelved(5)])
    table = screen.table
    table.lists.choose(AlarmList.SHELVED)
    table.view.selectRow(0)
    assert table.bar.shelf.isVisible()
    table.bar.shelf.click()
    sheet = table.acts._shelf
    assert sheet is not None
    assert (sheet.reason.currentText(), sheet.note.text()) == ("Sensor fault", "drifts")
    sheet.durations["h1"].click()
    sheet.do.click()
    (message,) = screen.seat.sent_of(ShelveAlarm)
    assert message.extend
    assert 4190 <= message.duration_s <= 4230
    assert message.reason == "Sensor fault: drifts"


def test_f4_on_a_shelved_alarm_changes_it(screen: Screen):
    """HMI-13: by keyboard, with the fixed key."""
    screen.seat.office.catalogue.push(city_with(), "other")
    screen.seat.raise_alarms([shelved(5)])
    screen.table.lists.choose(AlarmList.SHELVED)
    screen.table.view.setFocus()
    screen.table.view.selectRow(0)
    QTest.keyClick(screen.window, Qt.Key.Key_F4)
    sheet = screen.table.acts._shelf
    assert sheet is not None
    assert sheet.isVisible()


def test_what_is_left_of_the_limit_is_all_that_can_be_chosen(screen: Screen):
    """ALM-40, ALM-44: of the hour of a priority 2 alarm 40 minutes are gone."""
    screen.seat.office.catalogue.push(city_with(priority=2), "other")
    screen.seat.raise_alarms([shelved(5, since_s=2400, priority=2)])
    screen.table.acts._edit_shelf(5)
    sheet = screen.table.acts._shelf
    assert sheet is not None
    assert [n for n, b in sheet.durations.items() if b.isEnabled() and b.isVisible()] == ["m15"]
    assert "longer" in sheet.limit.text()


def test_a_shelf_that_ended_meanwhile_is_not_changed(screen: Screen):
    """ALM-44: expired is immutable."""
    screen.seat.office.catalogue.push(city_with(), "other")
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 3)])
    screen.table.acts._edit_shelf(5)
    sheet = screen.table.acts._shelf
    assert sheet is not None
    assert not sheet.do.isEnabled()
    assert sheet.limit.text() == "The shelf is over already"


def _choose_all(screen: Screen) -> None:
    view = screen.table.view
    view.setFocus()
    view.selectAll()
    assert view.selectionModel() is not None
    view.selectionModel().select(
        view.selectionModel().selection(), QItemSelectionModel.SelectionFlag.NoUpdate
    )


def test_several_alarms_are_listed_before_they_are_shelved(screen: Screen):
    """ALM-45: every affected alarm first; one message for all of them."""
    screen.seat.office.catalogue.push(city_with(), "other")
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 3), alarm_fact(3, UNACKED, 3)])
    _choose_all(screen)
    assert screen.table.shelve.text() == "Shelve 2"
    QTest.keyClick(screen.window, Qt.Key.Key_F4)
    sheet = screen.table.acts._group
    assert sheet is not None
    assert sheet.head.text() == "2 alarms to shelve"
    assert len(sheet.lines) == 2
    sheet.durations["h1"].click()
    sheet.do.click()
    (message,) = screen.seat.sent_of(ShelveAlarms)
    assert {item.alarm for item in message.items} == {3, 5}
    assert {item.occurrence for item in message.items} == {"occ3", "occ5"}
    assert message.duration_s == 3600


def test_members_with_different_ends_are_said_before_the_hub_refuses(screen: Screen):
    """ALM-45."""
    screen.seat.office.catalogue.push(city_with(), "other")
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 3), shelved(3)])
    facts = [screen.seat.office.alarms.facts[number] for number in (3, 5)]
    screen.table.acts._shelve_all(facts)
    sheet = screen.table.acts._group
    assert sheet is not None
    assert "different ends" in sheet.limit.text()
    assert not sheet.do.isEnabled()


def test_many_shelves_are_warned_of(screen: Screen, monkeypatch: pytest.MonkeyPatch):
    """ALM-42: at 20 of 30, those of the group included."""
    screen.seat.office.catalogue.push(city_with(), "other")
    alarms = screen.seat.office.alarms
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 3), alarm_fact(3, UNACKED, 3)])
    monkeypatch.setattr(alarms, "counts", lambda: AlarmCounts(shelved=SHELF_WARN_AT - 2))
    screen.table.acts._shelve_all([alarms.facts[5], alarms.facts[3]])
    sheet = screen.table.acts._group
    assert sheet is not None
    assert "18 of 30" in sheet.limit.text()
    monkeypatch.setattr(alarms, "counts", lambda: AlarmCounts(shelved=29))
    sheet.check()
    assert not sheet.do.isEnabled()


def test_choices_are_as_large_as_what_they_lead_to(screen: Screen):
    """HMI-12: 44 px for what makes alarms quiet."""
    screen.seat.office.catalogue.push(city_with(), "other")
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 3)])
    screen.table.acts._shelve_one(5)
    sheet = screen.table.acts._shelve
    assert sheet is not None
    shown = [button for button in (*sheet.durations.values(), sheet.oneshot) if button.isVisible()]
    assert shown
    assert min(button.height() for button in shown) >= ACT
    assert sheet.reason.height() >= TARGET


def test_seats_without_sound_are_named_on_every_seat(screen: Screen):
    """HMI-20."""
    note = screen.window.findChild(MuteNote)
    assert note is not None
    assert not note.isVisible()
    modes = screen.seat.office.modes
    modes.push(mute=[MuteFact(station="Seat 2", user="kim", since=time.time_ns(), why="none")])
    assert note.isVisible()
    assert note.text.text() == "Seat 2: no sound"
    assert "no sound device" in note.toolTip()
    modes.push(mute=[MuteFact(station=f"s{n}", user="kim", since=1) for n in range(3)])
    assert note.text.text() == "3 seats without sound"
    modes.push()
    assert not note.isVisible()
