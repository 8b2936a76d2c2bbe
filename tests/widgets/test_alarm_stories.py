"""What a supervisor does with alarms all day, by keyboard, and what the sheets say."""

from __future__ import annotations

import time

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AlarmState, MaintenanceFact, OccurrenceRow, Shelf
from console.core.alarm.reasons import AlarmRefusal
from console.core.catalogue import Catalogue
from console.core.site import AlarmLevel, Shift
from console.core.words import Text
from console.desk.acts import ActKind, ActOutcome
from console.desk.models.alarm_rows import AlarmColumn, AlarmList
from console.desk.models.occurrence_table import OccurrenceColumn
from console.desk.occurrences import OccurrencePage
from console.desk.words import shipped_words
from console.wire.messages import (
    AckAlarms,
    ActResult,
    EndMaintenance,
    EndOutOfService,
    QueryOccurrences,
    SetOutOfService,
    ShelveAlarm,
    StartMaintenance,
    UnshelveAlarm,
)
from tests.widgets.conftest import ACKED, NS, UNACKED, Screen, alarm_fact
from tests.widgets.payload_city import payload_catalogue
from widgets.alarms.guidance import GuidanceSheet
from widgets.kit.asks import asks_of

REPLACE = msgspec.structs.replace
SHELVED = AlarmState(cond=True, shelf=Shelf.TIMED)
OUT = AlarmState(cond=True, oos=True)


def city_with(**changes: object) -> Catalogue:
    """The payload city with other definitions of its second alarm, and a roster."""
    site = payload_catalogue().site
    kind = site.types[0]
    alarms = (kind.alarms[0], REPLACE(kind.alarms[1], **changes))
    shifts = (Shift(id="all", name=Text("종일", "All day"), start="00:00", end="24:00"),)
    return Catalogue(REPLACE(site, types=(REPLACE(kind, alarms=alarms),), shifts=shifts))


def open_sheet(screen: Screen, row: int = 0) -> GuidanceSheet:
    screen.table.view.setFocus()
    screen.table.view.selectRow(row)
    QTest.keyClick(screen.table.view, Qt.Key.Key_Return)
    sheet = screen.table.acts._guidance.sheet
    assert sheet is not None
    return sheet


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_refusal_has_words(lang: str):
    """Deliver 3: the reason is on the screen, in words, in both languages."""
    words = shipped_words()
    said = {words.say(f"reasons.{reason}", lang) for reason in AlarmRefusal}
    assert len(said) >= len(AlarmRefusal) - 3
    assert not any(reason.value in text for reason in AlarmRefusal for text in said)


def test_refused_rows_are_named_one_by_one_and_can_be_selected_again(screen: Screen):
    """ALM-23: each with its own reason."""
    screen.seat.raise_alarms(
        [alarm_fact(4, UNACKED, 1), alarm_fact(5, UNACKED, 3), alarm_fact(1, UNACKED, 3)]
    )
    results = (
        ActResult("s3.high", "SEVERITY_CHANGED"),
        ActResult("s3.low", "ALREADY_ACKED"),
        ActResult("s1.low", ""),
    )
    screen.seat.office.acts.act_answered.emit(ActOutcome("r", ActKind.ACK, results))
    strip = screen.table.refusals
    assert strip.isVisible()
    assert strip.head.text() == "2 alarms were not handled"
    assert [line.text.partition(" — ")[2] for line in strip.lines] == [
        "its priority has changed since; look again",
        "already acknowledged",
    ]
    assert strip.lines[0].text.startswith("Third pumping station · ")
    strip.again.click()
    chosen = {screen.table.model.fact(row).alarm for row in screen.table.view.chosen_rows()}
    assert chosen == {4, 5}
    assert not strip.isVisible()


def test_enter_opens_the_response_with_what_is_left_of_its_time(screen: Screen):
    """ALM-63, ALARMS.md 1.5: time to respond counts down, then says it is over."""
    now = time.time_ns()
    screen.seat.raise_alarms(
        [REPLACE(alarm_fact(0, UNACKED, 1), at_event=now - 61 * NS, at_annunciated=now - 61 * NS)]
    )
    sheet = open_sheet(screen)
    assert sheet.isVisible()
    assert sheet.remaining.text() == "3 min left"
    screen.seat.raise_alarms([REPLACE(alarm_fact(0, UNACKED, 1), at_event=now - 3030 * NS)])
    assert sheet.remaining.text() == "overdue by 45 min"


def test_response_shows_cause_alarm_and_leads_to_it(screen: Screen):
    """Deliver 7: first-out and group cause."""
    screen.seat.raise_alarms(
        [REPLACE(alarm_fact(4, UNACKED, 1), cause=1), REPLACE(alarm_fact(1, ACKED, 3), first_out=True)]
    )
    sheet = open_sheet(screen)
    assert sheet.group.isVisible()
    assert sheet.group.text().startswith("Caused by ")
    sheet.group.click()
    assert sheet.alarm == 1
    assert sheet.first_out.isVisible()
    assert not sheet.group.isVisible()


def test_response_asks_for_the_history_of_its_alarm_and_shows_it(screen: Screen):
    screen.seat.raise_alarms([alarm_fact(4, UNACKED, 1)])
    sheet = open_sheet(screen)
    asked = screen.seat.sent_of(QueryOccurrences)[-1]
    assert asked.alarm == 4
    at = time.time_ns() - 600 * NS
    rows = tuple(
        OccurrenceRow(
            alarm=4,
            occurrence=str(n),
            priority=1,
            value=4.5,
            limit=4.0,
            at_event=at + n,
            at_returned=at + 90 * NS,
        )
        for n in range(7)
    )
    screen.seat.office.occurrences.page_arrived.emit(OccurrencePage(asked.request, rows, False, ""))
    assert sheet.recent.count.text() == "7 in 7 days"
    assert [labels[2].text() for labels in sheet.recent.cells] == ["1 min"] * 5


def test_a_command_in_the_response_asks_and_does_not_send(screen: Screen):
    asked: list[object] = []
    asks_of(screen.seat.office.acts).command_asked.connect(asked.append)
    screen.seat.raise_alarms([alarm_fact(4, UNACKED, 1)])
    sheet = open_sheet(screen)
    sent = len(screen.seat.sent)
    sheet.commands.buttons[0].click()
    assert [(r.asset, r.command) for r in asked] == [("s3", "start")]  # type: ignore[attr-defined]
    assert len(screen.seat.sent) == sent


def test_a_class_that_requires_a_comment_asks_for_it_before_f2_acknowledges(screen: Screen):
    """Deliver 3: comment optional, required by class."""
    screen.seat.office.catalogue.push(city_with(comment_required=True), "other")
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 3)])
    screen.table.view.setFocus()
    screen.table.view.selectRow(0)
    QTest.keyClick(screen.window, Qt.Key.Key_F2)
    assert screen.seat.sent_of(AckAlarms) == []
    sheet = screen.table.acts._comment
    assert sheet is not None
    assert sheet.isVisible()
    assert not sheet.do.isEnabled()
    QTest.keyClicks(sheet.comment, "gate checked")
    QTest.keyClick(sheet.comment, Qt.Key.Key_Return)
    assert screen.seat.sent_of(AckAlarms) == []
    QTest.keyClick(sheet.do, Qt.Key.Key_Space)
    (message,) = screen.seat.sent_of(AckAlarms)
    assert (message.items[0].alarm, message.comment) == (5, "gate checked")


def test_response_of_a_shelved_alarm_says_who_why_and_until(screen: Screen):
    """ALM-46."""
    now = time.time_ns()
    fact = REPLACE(
        alarm_fact(5, SHELVED, 3), shelved_by="hong", shelf_reason="Sensor fault", at_shelved=now, at_unshelve=now + NS,
        suppressed_activations=2,
    )  # fmt: skip
    screen.seat.raise_alarms([fact])
    screen.table.lists.choose(AlarmList.SHELVED)
    sheet = open_sheet(screen)
    assert sheet.hiding.text().startswith("hong · Sensor fault · ")
    assert sheet.hiding.text().endswith("2 while hidden")
    assert not sheet.ack.isEnabled()


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
    if not sheet.durations["shift"].isEnabled():
        assert sheet.duration_s() != sheet._shift_s()
        return
    sheet.oneshot.click()
    sheet.do.click()
    (message,) = screen.seat.sent_of(ShelveAlarm)
    assert 0 < message.duration_s <= 12 * 3600
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
    asks_of(screen.seat.office.acts).maintenance_asked.emit("b")
    assert [message.area for message in screen.seat.sent_of(EndMaintenance)] == ["b"]


def test_history_is_fetched_by_span_and_paged(screen: Screen, qtbot: QtBot):
    """ALM-67: time range and paging."""
    table, office = screen.table, screen.seat.office
    table.lists.choose(AlarmList.HISTORY)
    first = screen.seat.sent_of(QueryOccurrences)[-1]
    assert first.end - first.start == 8 * 3600 * NS
    rows = tuple(
        OccurrenceRow(
            alarm=4, occurrence=str(n), priority=3, at_event=first.start + (n + 5) * NS, at_annunciated=0
        )
        for n in range(3)
    )
    office.occurrences.page_arrived.emit(OccurrencePage(first.request, rows, True, ""))
    model = table.history.model
    assert model.rowCount() == 3
    assert model.row(0).occurrence == "2"
    assert model.index(0, OccurrenceColumn.NOTE).data() == "came while hidden"
    table.history.earlier.click()
    second = screen.seat.sent_of(QueryOccurrences)[-1]
    assert (second.start, second.end) == (first.start, rows[0].at_event)
    office.occurrences.page_arrived.emit(OccurrencePage(second.request, (), False, ""))
    table.history.later.click()
    assert screen.seat.sent_of(QueryOccurrences)[-1].end == first.end
    table.history.spans["d7"].click()
    third = screen.seat.sent_of(QueryOccurrences)[-1]
    assert third.end - third.start == 7 * 86400 * NS


def test_history_that_does_not_come_says_why(screen: Screen):
    table, office = screen.table, screen.seat.office
    table.lists.choose(AlarmList.HISTORY)
    asked = screen.seat.sent_of(QueryOccurrences)[-1]
    office.occurrences.page_arrived.emit(OccurrencePage(asked.request, (), False, "NO_ANSWER"))
    assert table.history.empty.isVisible()
    assert "no answer" in table.history.empty.sentence.text()


def test_freezing_shows_its_age_and_ends_by_the_same_key(screen: Screen, qapp: QApplication):
    """ALM-66."""
    screen.seat.raise_alarms([alarm_fact(1, UNACKED, 3)])
    QTest.keyClick(screen.window, Qt.Key.Key_F6)
    assert screen.table.bar.frozen.isVisible()
    assert screen.table.bar.frozen.text().startswith("Frozen 0 s")
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1)])
    assert screen.table.model.rowCount() == 1
    QTest.keyClick(screen.window, Qt.Key.Key_F6)
    assert not screen.table.bar.frozen.isVisible()
    assert screen.table.model.rowCount() == 2


def test_columns_are_chosen_and_kept(screen: Screen):
    """ALARMS.md 1.6: required columns are there; the person may hide what they do not need."""
    screen.seat.raise_alarms([alarm_fact(1, UNACKED, 3)])
    columns = screen.table.view.columns
    required = {
        *(AlarmColumn.PRIORITY, AlarmColumn.STATE, AlarmColumn.TIME, AlarmColumn.TYPE, AlarmColumn.LABEL),
        *(AlarmColumn.ASSET, AlarmColumn.AREA, AlarmColumn.VALUE, AlarmColumn.ELAPSED, AlarmColumn.ACKED_BY),
        *(AlarmColumn.HINT, AlarmColumn.MARK),
    }
    assert required <= set(columns.shown())
    assert AlarmColumn.TAG in columns.offered()
    columns.set_wanted(AlarmColumn.AREA, False)
    columns.set_wanted(AlarmColumn.TAG, True)
    assert not columns.is_shown(AlarmColumn.AREA)
    assert columns.is_shown(AlarmColumn.TAG)
    assert screen.seat.office.settings.blob("alarm_columns")
    screen.table.lists.choose(AlarmList.SHELVED)
    assert {AlarmColumn.BY, AlarmColumn.WHY, AlarmColumn.UNTIL, AlarmColumn.MISSED} <= set(columns.shown())
    assert not columns.is_shown(AlarmColumn.AREA)


def test_an_alarm_through_the_filter_says_why_it_is_there(screen: Screen):
    """ALM-64."""
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1), alarm_fact(5, UNACKED, 3)])
    screen.table.filter.setText("third")
    assert screen.table.model.rowCount() == 2
    assert screen.table.bar.through.isVisible()
    assert screen.table.bar.through.text().startswith("1 critical")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_whole_story_of_an_alarm_needs_no_mouse(screen: Screen, lang: str):
    """HMI-13: find, read, acknowledge with a comment."""
    screen.seat.office.speech.set_lang(lang)
    screen.seat.raise_alarms([alarm_fact(4, UNACKED, 1), alarm_fact(1, UNACKED, 3)])
    QTest.keyClick(screen.window, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert screen.table.view.chosen_rows() == [0]
    QTest.keyClick(screen.window, Qt.Key.Key_F1)
    sheet = screen.table.acts._guidance.sheet
    assert sheet is not None
    assert sheet.alarm == 4
    QTest.keyClicks(sheet.comment, "seen")
    QTest.keyClick(sheet.comment, Qt.Key.Key_Return)
    QTest.keyClick(sheet.ack, Qt.Key.Key_Space)
    (message,) = screen.seat.sent_of(AckAlarms)
    assert (message.items[0].alarm, message.comment) == (4, "seen")


def test_in_a_flood_only_causes_can_be_shown_and_critical_alarms_stay(screen: Screen):
    """Deliver 7: grouping by cause; no critical alarm is ever hidden, and what is hidden is counted (ALM-64)."""
    followers = [REPLACE(alarm_fact(2, UNACKED, 3), cause=1), REPLACE(alarm_fact(4, ACKED, 1), cause=1)]
    screen.seat.raise_alarms([alarm_fact(1, UNACKED, 3, age_s=90), *followers])
    screen.table.bar.causes.click()
    model = screen.table.model
    assert {model.fact(row).alarm for row in range(model.rowCount())} == {1, 4}
    assert screen.table.hidden.text() == "1 hidden by filter"
    screen.table.clear.click()
    assert model.rowCount() == 3
    assert not screen.table.bar.causes.isChecked()
