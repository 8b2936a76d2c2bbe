"""What a supervisor does with alarms all day, by keyboard, and what the sheets say."""

from __future__ import annotations

import time

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AlarmState, OccurrenceRow, Shelf
from console.core.alarm.reasons import AlarmRefusal
from console.desk.acts import ActKind, ActOutcome
from console.desk.models.alarm_rows import AlarmColumn, AlarmList
from console.desk.models.occurrence_table import OccurrenceColumn
from console.desk.occurrences import OccurrencePage
from console.desk.words import shipped_words
from console.wire.messages import (
    AckAlarms,
    ActResult,
    QueryOccurrences,
)
from tests.widgets.conftest import ACKED, NS, UNACKED, Screen, alarm_fact
from tests.widgets.payload_city import city_with
from widgets.alarms.guidance import GuidanceSheet
from widgets.kit.asks import asks_of

REPLACE = msgspec.structs.replace
SHELVED = AlarmState(cond=True, shelf=Shelf.TIMED)


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
