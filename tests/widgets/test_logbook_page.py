"""The operator log on the screen: read, corrected, found, linked, meant, closed, and never rich text."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import (
    Qt,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.roles import Role
from console.core.logbook.entry import LinkKind, LogLink
from console.core.logbook.query import LogPerson
from console.desk.actions import Condition
from console.desk.logbook_seed import LogSeed, chart_place
from console.wire.messages import (
    LockLog,
    LogPeopleReply,
    QueryLog,
    QueryLogPeople,
    ReadMentions,
    WriteLog,
)
from tests.widgets.conftest import NS, Screen, Seat
from tests.widgets.logbook_seat import ID, Book, entry, opened, session
from widgets.kit.asks import asks_of
from widgets.shell.logbook_note import LogbookNote


@pytest.fixture
def book(seat: Seat, qtbot: QtBot, qapp: QApplication) -> Iterator[Book]:
    """Signed in, live, the page open."""
    yield from opened(seat, qtbot, qapp)


def test_the_page_asks_and_shows_entries_under_their_days_newest_first(book: Book) -> None:
    book.answer(entry(2, "둘째"), entry(1, "첫째", age_s=3 * 86400))
    days = [row.day for row in book.panel.desk.model.rows if row.day]
    assert len(days) == 2
    assert [row.text for row in book.rows()] == ["둘째", "첫째"]


def test_a_refused_entry_stays_with_its_reason_and_can_be_written_anew(
    book: Book, qapp: QApplication
) -> None:
    editor = book.open()
    editor.text.setPlainText("too old")
    editor.do.click()
    book.said(book.seat.sent_of(WriteLog)[0], "LOG_CORRECTED")
    qapp.processEvents()
    (row,) = book.rows()
    assert row.letter is not None
    assert row.letter.reason == "LOG_CORRECTED"
    book.panel.choose(row.id)
    assert "corrected" in book.panel.detail.marks.text()
    book.panel.detail.correct.click()
    assert book.room.editor is not None
    assert book.room.editor.text.toPlainText() == "too old"
    assert book.rows() == []


@pytest.mark.parametrize(
    "words",
    ["<b>bold</b>", "<img src='file:///etc/passwd'>", "<script>alert(1)</script>", "${fetch('x')}", "=1+1"],
)
def test_no_text_becomes_anything_but_text(book: Book, words: str) -> None:
    """SEC-30."""
    book.answer(entry(1, words, links=(LogLink(LinkKind.ASSET, "x", words),)))
    book.panel.choose(ID.format(1))
    assert book.panel.detail.text.text() == words
    labels = book.panel.findChildren(QLabel)
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels if label.text())
    button = book.panel.detail.links.buttons[0]
    assert "<" not in button.toolTip().replace("<span>", "").replace("</span>", "")


def test_a_correction_shows_what_was_struck_and_readable(book: Book) -> None:
    old, new = entry(1, "수위 3.1 m", 90), entry(2, "수위 4.1 m", 90, corrects=ID.format(1))
    book.answer(new, old)
    (row,) = book.rows()
    assert row.text == "수위 4.1 m"
    book.panel.choose(row.id)
    struck = book.panel.detail.versions[-1]
    assert struck.text() == "수위 3.1 m"
    assert struck.font().strikeOut()


def test_correcting_begins_with_the_old_words_and_names_what_it_corrects(book: Book) -> None:
    book.answer(entry(1, "수위 3.1 m"))
    book.panel.choose(ID.format(1))
    book.panel.detail.correct.click()
    editor = book.room.editor
    assert editor is not None
    assert editor.old.text() == "수위 3.1 m"
    assert editor.old.font().strikeOut()
    assert not editor.do.isEnabled() or editor.text.toPlainText() == "수위 3.1 m"
    editor.text.setPlainText("수위 4.1 m")
    editor.do.click()
    (message,) = book.seat.sent_of(WriteLog)
    assert (message.draft.corrects, message.draft.text) == (ID.format(1), "수위 4.1 m")


def test_a_locked_entry_is_corrected_by_a_further_one_of_now(book: Book) -> None:
    book.answer(entry(1, "수위 3.1 m", age_s=86_400, locked=True))
    book.panel.choose(ID.format(1))
    assert "Locked" in book.panel.detail.marks.text()
    assert book.panel.detail.correct.text() == "Correct by a further entry"
    book.panel.detail.correct.click()
    editor = book.room.editor
    assert editor is not None
    assert abs(editor.draft.at - time.time_ns()) < 60 * NS


def test_entries_of_others_offer_no_correction_to_who_is_no_supervisor(book: Book) -> None:
    book.seat.office.session.push(session("lee", Role.OPERATOR))
    book.answer(entry(1), entry(2, locked=True))
    book.panel.choose(ID.format(1))
    assert book.panel.detail.correct.isHidden()
    book.panel.choose(ID.format(2))
    assert not book.panel.detail.correct.isHidden()


def test_a_viewer_reads_and_writes_nothing(book: Book) -> None:
    book.seat.office.session.push(session("eve", Role.VIEWER))
    book.answer(entry(1))
    assert not book.panel.new.isEnabled()
    assert book.panel.close_log.isHidden()
    editor = book.open()
    editor.text.setPlainText("x")
    assert not editor.do.isEnabled()


def test_a_press_on_a_link_goes_there(book: Book) -> None:
    office = book.seat.office
    catalogue = office.catalogue.catalogue
    assert catalogue is not None
    alarm, tag = catalogue.alarms[0], catalogue.tags[0]
    links = (
        LogLink(LinkKind.ALARM, alarm.key, "alarm"),
        LogLink(LinkKind.CHART, f"{NS}/{2 * NS}/{tag.key},gone.tag", "chart"),
        LogLink(LinkKind.ASSET, "gone", "gone"),
    )
    asked: list[object] = []
    asks = asks_of(office.acts)
    asks.alarm_asked.connect(asked.append)
    asks.chart_asked.connect(asked.append)
    book.answer(entry(1, links=links))
    book.panel.choose(ID.format(1))
    for button in book.panel.detail.links.buttons:
        button.click()
    assert office.selection.asset == alarm.asset.id
    assert asked == [0, (NS, 2 * NS, (0,))]
    assert book.told == [("This site does not have it: gone", True)]


def test_who_is_meant_sees_it_on_the_frame_and_reading_it_takes_it_away(book: Book, qtbot: QtBot) -> None:
    office = book.seat.office
    note = LogbookNote(office)
    qtbot.addWidget(note)
    asked = [message for message in book.seat.sent_of(QueryLog) if message.query.unread]
    assert [message.query.mention for message in asked] == ["kim"]
    assert note.isHidden()
    book.answer()
    book.news(entry(1, "@kim 확인", author="lee", mentions=("kim",)))
    assert note.text() == "Log mentions 1"
    assert book.panel.filters.mine.text() == "Mentions me (1)"
    book.panel.choose(ID.format(1))
    book.panel.detail.read.click()
    (message,) = book.seat.sent_of(ReadMentions)
    assert message.entries == (ID.format(1),)
    book.news(reader="kim", read=(ID.format(1),))
    assert note.isHidden()
    assert book.panel.detail.read.isHidden()


def test_the_next_person_at_the_seat_does_not_see_the_mentions_of_the_one_before(book: Book) -> None:
    book.news(entry(1, "@kim", author="lee", mentions=("kim",)))
    assert len(book.seat.office.log_board.unread) == 1
    book.seat.office.session.push(session("lee"))
    assert book.seat.office.log_board.unread == []
    asked = [message.query.mention for message in book.seat.sent_of(QueryLog) if message.query.unread]
    assert asked == ["kim", "lee"]


def test_news_wait_while_somebody_looks_at_a_row(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    book.answer(entry(1))
    book.panel.desk.hold(True)
    book.news(entry(2, "new", author="lee"))
    assert [row.id for row in book.rows()] == [ID.format(1)]
    assert book.panel.fresh.text() == "Show what is new (1)"
    book.panel.fresh.click()
    assert [row.id for row in book.rows()] == [ID.format(2), ID.format(1)]


def test_the_filter_goes_to_the_hub_in_one_question_after_the_last_key(book: Book, qtbot: QtBot) -> None:
    book.answer(entry(1))
    before = len(book.seat.sent_of(QueryLog))
    QTest.keyClicks(book.panel.filters.search, "pump")
    qtbot.waitUntil(lambda: len(book.seat.sent_of(QueryLog)) > before, timeout=20_000)
    assert [message.query.text for message in book.seat.sent_of(QueryLog)[before:]] == ["pump"]
    book.answer()
    assert book.panel.empty.sentence.text() == "No entry matches"
    book.panel.empty.act.click()
    assert book.seat.sent_of(QueryLog)[-1].query.text == ""


def test_older_entries_are_asked_for_below_the_last_one(book: Book) -> None:
    last = entry(1, age_s=500)
    book.answer(entry(2), last, more=True)
    book.panel.older.click()
    query = book.seat.sent_of(QueryLog)[-1].query
    assert (query.before_at, query.before_id) == (last.at, last.id)
    book.answer(entry(0, "oldest", age_s=900))
    assert [row.text for row in book.rows()] == ["펌프 점검", "펌프 점검", "oldest"]
    assert not book.panel.older.isVisible()


def test_a_supervisor_closes_the_log_after_being_told_what_it_means(book: Book, qapp: QApplication) -> None:
    from widgets.logbook.close_sheet import CloseLogSheet

    book.seat.office.actions.set_condition(Condition.LIVE, True)
    book.answer(entry(1))
    book.panel.close_log.click()
    (sheet,) = book.panel.findChildren(CloseLogSheet)
    assert "locked" in sheet.place.text()
    sheet.do.click()
    (message,) = book.seat.sent_of(LockLog)
    book.said(message)
    book.news(locked_until=time.time_ns())
    thread = book.rows()[0].thread
    assert thread is not None
    assert thread.current.locked
    assert book.panel.standing.text.startswith("Closed up to")


def test_people_can_be_meant_by_a_menu(book: Book) -> None:
    (asked,) = book.seat.sent_of(QueryLogPeople)
    book.seat.office.logbook.receive_people(
        LogPeopleReply(request=asked.request, people=(LogPerson("lee", "이 대리"),))
    )
    assert book.open().buttons["mention"].isEnabled()


def test_with_the_hub_gone_what_had_come_stays_to_be_read_and_says_so(book: Book) -> None:
    book.answer(entry(1))
    book.seat.lose_link()
    assert [row.id for row in book.rows()] == [ID.format(1)]
    assert book.panel.standing.text == "Hub lost: this is what had come before"
    book.seat.office.session.push(SessionFact(state=SessionState.SIGNED_OUT))
    assert book.rows() == []


@pytest.mark.parametrize(
    ("key", "place"),
    [
        ("1/2/a.b,c.d", (1, 2, ("a.b", "c.d"))),
        ("1/2/", (1, 2, ())),
        ("2/1/a.b", None),
        ("x/2/a.b", None),
        ("1", None),
    ],
)
def test_a_chart_link_is_read_back(key: str, place: object) -> None:
    assert chart_place(key) == place


def test_a_chart_goes_to_the_time_of_a_link_and_offers_one_of_its_own(screen: Screen) -> None:
    from widgets.charts.trend import TrendPanel

    office, trend = screen.seat.office, screen.panels["trend"]
    assert isinstance(trend, TrendPanel)
    now = time.time_ns()
    asks_of(office.acts).chart_asked.emit((now - 3600 * NS, now - 1800 * NS, (0, 1, 999)))
    assert office.time.bounds == (now - 3600 * NS, now - 1800 * NS)
    assert [point.index for point in trend.points] == [0, 1]
    seeds: list[LogSeed] = []
    office.logbook.entry_asked.connect(seeds.append)
    trend.entry.write()
    place = chart_place(seeds[0].links[0].key)
    assert place is not None
    assert (place.start, place.end) == office.time.bounds


def test_an_alarm_and_an_asset_offer_an_entry_about_themselves(screen: Screen) -> None:
    from tests.widgets.conftest import UNACKED, alarm_fact

    office = screen.seat.office
    seeds: list[LogSeed] = []
    office.logbook.entry_asked.connect(seeds.append)
    screen.seat.raise_alarms([alarm_fact(0, UNACKED)])
    screen.table.acts.show_alarm(0)
    screen.table.acts.write_entry()
    catalogue = office.catalogue.catalogue
    assert catalogue is not None
    assert seeds[0].links[0].key == catalogue.alarms[0].key
    office.selection.select_asset(catalogue.alarms[0].asset.id)
    screen.faceplate.write.click()
    assert seeds[1].links[0].key == catalogue.alarms[0].asset.id
