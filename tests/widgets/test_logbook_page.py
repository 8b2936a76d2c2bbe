"""The operator log on the screen: written, corrected, found, linked, kept without the hub, and never rich text."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QCoreApplication,
    QEvent,
    QIODevice,
    QMimeData,
    QPointF,
    Qt,
    QUrl,
)
from PySide6.QtGui import QColor, QDropEvent, QImage
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.logbook.entry import LinkKind, LogDraft, LogEntry, LogLink
from console.core.logbook.query import LogPerson
from console.core.site import CommandClass
from console.desk.actions import Condition
from console.desk.logbook_seed import LogSeed, chart_place
from console.desk.models.book_rows import BookRow
from console.wire.messages import (
    ActReply,
    ActResult,
    FilePart,
    FileReply,
    LockLog,
    LogChanged,
    LogPeopleReply,
    LogReply,
    OfferFile,
    PutFile,
    QueryLog,
    QueryLogPeople,
    ReadMentions,
    WriteLog,
)
from tests.widgets.conftest import NS, Screen, Seat
from widgets.kit.asks import asks_of
from widgets.logbook.editor import LogEditor
from widgets.logbook.panel import LogbookPanel
from widgets.logbook.room import LogbookRoom
from widgets.shell.logbook_note import LogbookNote

ID = "01JD00000000000000000000{:02d}"


def session(user: str = "kim", role: Role = Role.SUPERVISOR, areas: tuple[str, ...] = ("*",)) -> SessionFact:
    grant = Grant(role=role, areas=areas, top_class=CommandClass.C1)
    return SessionFact(state=SessionState.ACTIVE, user=user, person=user, name="김 주임", grants=(grant,))


def entry(n: int = 0, text: str = "펌프 점검", age_s: int = 60, **more: object) -> LogEntry:
    at = time.time_ns() - age_s * NS
    fields: dict[str, object] = {
        "id": ID.format(n),
        "at": at,
        "written": at,
        "author": "kim",
        "author_name": "김 주임",
        "area": "",
        "text": text,
    }
    return LogEntry(**{**fields, **more})  # type: ignore[arg-type]


@dataclass
class Book:
    """A seat with the log, its room and a hub that the test plays."""

    seat: Seat
    panel: LogbookPanel
    room: LogbookRoom
    told: list[tuple[str, bool]]

    def answer(self, *entries: LogEntry, related: tuple[LogEntry, ...] = (), more: bool = False) -> None:
        """The hub answers the newest search of the page."""
        asked = [m for m in self.seat.sent_of(QueryLog) if not m.query.unread][-1]
        reply = LogReply(request=asked.request, entries=entries, related=related, more=more)
        self.seat.office.logbook.receive_page(reply)

    def said(self, message: object, reason: str = "") -> None:
        """The hub answers an act."""
        request = str(getattr(message, "request"))  # noqa: B009
        self.seat.office.acts.receive(ActReply(request=request, results=(ActResult("", reason),)))

    def news(self, *entries: LogEntry, **more: object) -> None:
        """The hub tells."""
        self.seat.office.log_board.receive(LogChanged(sequence=1, entries=entries, **more))  # type: ignore[arg-type]

    def open(self, seed: LogSeed | None = None) -> LogEditor:
        """The editor."""
        return self.room.open_editor(seed or LogSeed())

    def rows(self) -> list[BookRow]:
        """Entries and letters, without days."""
        return [row for row in self.panel.desk.model.rows if not row.day]


@pytest.fixture
def book(seat: Seat, qtbot: QtBot, qapp: QApplication) -> Iterator[Book]:
    """Signed in, live, the page open at 1100 x 700."""
    office = seat.office
    for asker in (office.logbook, office.log_post, office.log_files):
        asker.attach(seat.sent.append)
    office.session.push(session())
    panel = LogbookPanel(office)
    qtbot.addWidget(panel)
    panel.resize(1100, 700)
    panel.show()
    qtbot.waitExposed(panel)
    room = LogbookRoom(office, panel)
    told: list[tuple[str, bool]] = []
    room.told.connect(lambda text, bad: told.append((text, bad)))
    panel.told.connect(lambda text, bad: told.append((text, bad)))
    yield Book(seat, panel, room, told)
    if room.editor is not None:
        room.editor.close()
    qapp.processEvents()


def png(path: Path, side: int = 64) -> Path:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    image.save(str(path), "PNG")  # type: ignore[call-overload]
    return path


def png_bytes() -> bytes:
    made = QByteArray()
    buffer = QBuffer(made)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image = QImage(640, 360, QImage.Format.Format_RGB32)
    image.fill(QColor("#336699"))
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(made.data())


def test_the_page_asks_and_shows_entries_under_their_days_newest_first(book: Book) -> None:
    book.answer(entry(2, "둘째"), entry(1, "첫째", age_s=3 * 86400))
    days = [row.day for row in book.panel.desk.model.rows if row.day]
    assert len(days) == 2
    assert [row.text for row in book.rows()] == ["둘째", "첫째"]


def test_an_entry_is_on_the_disk_of_the_seat_before_it_is_sent_and_gone_when_the_hub_has_it(
    book: Book,
) -> None:
    """CMD-03 does not hold for words: they are kept until they are at the hub."""
    editor = book.open()
    editor.text.setPlainText("2호 펌프 진동")
    assert editor.do.isEnabled()
    editor.do.click()
    (message,) = book.seat.sent_of(WriteLog)
    assert message.draft.text == "2호 펌프 진동"
    assert [letter.draft.id for letter in book.seat.office.log_post.letters()] == [message.draft.id]
    assert book.rows()[0].letter is not None
    book.said(message)
    assert book.seat.office.log_post.letters() == []
    assert book.told == [("The log entry is recorded", False)]


def test_without_the_hub_it_is_kept_said_so_and_sent_once_when_the_hub_is_back(
    book: Book, qtbot: QtBot
) -> None:
    book.answer()
    book.seat.lose_link()
    for asker in (book.seat.office.logbook, book.seat.office.log_post, book.seat.office.log_files):
        asker.link_lost()
    editor = book.open()
    editor.text.setPlainText("허브 없이 씀")
    assert "kept here" in editor.fault.text()
    editor.do.click()
    assert book.seat.sent_of(WriteLog) == []
    assert "not yet at the hub" in book.told[-1][0]
    assert "Not yet at the hub" in book.panel.desk.words.line(book.rows()[0])
    at = book.rows()[0].at
    book.seat.go_live()
    (message,) = book.seat.sent_of(WriteLog)
    assert message.draft.at == at
    book.seat.office.log_post.go_on()
    assert len(book.seat.sent_of(WriteLog)) == 1


def test_no_answer_leaves_the_letter_where_it_is_and_it_goes_again_with_the_same_id(book: Book) -> None:
    editor = book.open()
    editor.text.setPlainText("x")
    editor.do.click()
    (first,) = book.seat.sent_of(WriteLog)
    book.seat.office.acts.link_lost()
    assert len(book.seat.office.log_post.letters()) == 1
    book.seat.office.log_post.go_on()
    second = book.seat.sent_of(WriteLog)[-1]
    assert second.draft == first.draft
    assert second.request != first.request


def test_what_one_person_wrote_is_never_sent_in_the_name_of_another(book: Book) -> None:
    book.seat.lose_link()
    editor = book.open()
    editor.text.setPlainText("by kim")
    editor.do.click()
    book.seat.office.session.push(session("lee"))
    book.seat.go_live()
    book.seat.office.log_post.go_on()
    assert book.seat.sent_of(WriteLog) == []
    book.panel.choose(book.rows()[0].id)
    assert "once" in book.panel.detail.marks.text()
    book.seat.office.session.push(session("kim"))
    assert [message.draft.text for message in book.seat.sent_of(WriteLog)] == ["by kim"]


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


def test_what_was_being_written_is_there_again_after_the_sheet_was_closed(
    book: Book, qapp: QApplication
) -> None:
    editor = book.open()
    editor.text.setPlainText("half a sen")
    editor.close()
    qapp.processEvents()
    again = book.open()
    assert again is not editor
    assert again.text.toPlainText() == "half a sen"
    again.do.click()
    assert book.seat.office.log_post.outbox.unfinished() is None


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


def test_links_are_added_by_one_press_and_the_area_is_that_of_the_selection(book: Book) -> None:
    office = book.seat.office
    catalogue = office.catalogue.catalogue
    assert catalogue is not None
    asset = next(iter(catalogue.assets.values()))
    office.selection.select_asset(asset.id)
    asks_of(office.acts).chart_link = lambda: LogLink(LinkKind.CHART, "1/2/a.b", "수위")
    editor = book.open()
    editor.buttons["asset"].click()
    editor.buttons["asset"].click()
    editor.buttons["chart"].click()
    assert [(link.kind, link.key) for link in editor.draft.links] == [
        ("asset", asset.id),
        ("chart", "1/2/a.b"),
    ]
    assert editor.draft.area == asset.area
    editor.links.parts[0].click()
    assert [link.kind for link in editor.draft.links] == ["chart"]


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


def test_a_picture_of_the_window_is_attached_by_one_tick_and_sent_in_parts_the_hub_asks_for(
    book: Book, qtbot: QtBot
) -> None:
    editor = book.open()
    editor.text.setPlainText("화면 참고")
    editor.shot.setChecked(True)
    qtbot.waitUntil(lambda: len(editor.files.files) == 1, timeout=20_000)
    item = editor.files.files[0]
    assert item.media == "image/png"
    assert not editor.files.parts[0].icon().isNull()
    editor.shot.setChecked(False)
    assert editor.files.files == ()
    editor.shot.setChecked(True)
    editor.do.click()
    offer = book.seat.sent_of(OfferFile)[-1]
    assert (offer.sha256, offer.size) == (item.sha256, item.size)
    post = book.seat.office.log_post
    post.receive_file(FileReply(request=offer.request, sha256=item.sha256, have=0))
    put = book.seat.sent_of(PutFile)[-1]
    assert put.offset == 0
    post.receive_file(FileReply(request=put.request, sha256=item.sha256, have=item.size))
    (message,) = book.seat.sent_of(WriteLog)
    assert message.draft.attachments == (item,)


def test_files_are_dropped_on_the_sheet_and_what_is_not_taken_is_named(book: Book, tmp_path: Path) -> None:
    good, bad, big = png(tmp_path / "현장.png"), tmp_path / "run.exe", tmp_path / "big.txt"
    bad.write_bytes(b"MZ")
    big.write_bytes(b"x" * (10 * 1024 * 1024 + 1))
    editor = book.open()
    for path in (good, bad, big):
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(str(path))])
        event = QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        editor.dropEvent(event)
    assert [item.name for item in editor.files.files] == ["현장.png"]
    assert editor.fault.text().startswith("big.txt")
    editor.add_paths([bad])
    assert editor.fault.text().startswith("run.exe")
    editor.add_paths([tmp_path / "not there.png", tmp_path])
    assert [item.name for item in editor.files.files] == ["현장.png"]


def test_a_picture_comes_in_parts_is_checked_and_a_false_one_is_not_shown(
    book: Book, qapp: QApplication
) -> None:
    import hashlib

    from console.core.logbook.entry import Attachment

    data = png_bytes()
    item = Attachment("a.png", "image/png", len(data), hashlib.sha256(data).hexdigest())
    false = msgspec.structs.replace(item, sha256="0" * 64)
    arrived: list[object] = []
    files = book.seat.office.log_files
    files.file_arrived.connect(arrived.append)
    from console.wire.messages import FetchFile

    for asked, reason in ((item, ""), (false, "FILE_DAMAGED")):
        files.fetch(asked)
        qapp.processEvents()
        half = len(data) // 2
        for offset, part in ((0, data[:half]), (half, data[half:])):
            message = book.seat.sent_of(FetchFile)[-1]
            assert message.offset == offset
            files.receive(
                FilePart(
                    request=message.request, sha256=asked.sha256, offset=offset, size=len(data), data=part
                )
            )
        assert arrived[-1].reason == reason  # type: ignore[attr-defined]
        assert bool(files.data(asked.sha256)) == (not reason)


def test_a_bomb_of_pixels_is_not_unpacked() -> None:
    import struct
    import zlib

    from widgets.logbook.pictures import picture

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    assert picture(bomb, "image/png").isNull()
    assert picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png").isNull()


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
    assert book.panel.fresh.text() == "Show 1 new entries"
    book.panel.fresh.click()
    assert [row.id for row in book.rows()] == [ID.format(2), ID.format(1)]


def test_the_filter_goes_to_the_hub_in_one_question_after_the_last_key(book: Book, qtbot: QtBot) -> None:
    book.answer(entry(1))
    before = len(book.seat.sent_of(QueryLog))
    qtbot.keyClicks(book.panel.filters.search, "pump")
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
    assert book.rows()[0].thread is not None
    assert book.rows()[0].thread.current.locked
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


def test_the_time_is_that_of_the_site_and_not_of_this_computer(book: Book) -> None:
    editor = book.open()
    at = 1_800_000_000 * NS
    editor.where.begin("", at)
    assert editor.where.at_ns == at
    shown = editor.where.time.dateTime()
    editor.where.time.setDateTime(shown.addSecs(-3600))
    assert editor.where.at_ns == at - 3600 * NS
    assert not editor.where.untouched


def test_a_time_to_come_cannot_be_recorded(book: Book) -> None:
    editor = book.open()
    editor.text.setPlainText("x")
    editor.where.time.setDateTime(editor.where.time.dateTime().addSecs(3600))
    assert not editor.do.isEnabled()
    assert "future" in editor.fault.text()


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


def test_a_draft_is_kept_by_name_of_its_own_type() -> None:
    assert (
        msgspec.json.decode(msgspec.json.encode(LogDraft(id="x", at=1, text="y")), type=LogDraft).text == "y"
    )


def test_a_sheet_that_was_closed_hears_nothing_more(book: Book, qapp: QApplication) -> None:
    """A slot that a kind of sheet replaces stays connected after its end, so none is connected."""
    editor = book.open()
    editor.text.setPlainText("x")
    editor.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    qapp.processEvents()
    book.seat.lose_link()
    book.seat.office.session.push(session("lee"))
    book.seat.office.speech.set_lang("ko")
    book.seat.office.logbook.people_changed.emit()
    assert book.room.editor is None
