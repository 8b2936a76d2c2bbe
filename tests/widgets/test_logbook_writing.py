"""Entries on their way from the sheet to the hub: with links, files and a picture, kept on disk, sent once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QMimeData,
    QPointF,
    Qt,
    QUrl,
)
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.core.logbook.entry import LinkKind, LogDraft, LogLink
from console.wire.messages import (
    FilePart,
    FileReply,
    OfferFile,
    PutFile,
    WriteLog,
)
from tests.widgets.conftest import NS, Seat
from tests.widgets.logbook_seat import Book, opened, png, png_bytes, session
from widgets.kit.asks import asks_of


@pytest.fixture
def book(seat: Seat, qtbot: QtBot, qapp: QApplication) -> Iterator[Book]:
    """Signed in, live, the page open."""
    yield from opened(seat, qtbot, qapp)


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
    editor.attached.add_paths([bad])
    assert editor.fault.text().startswith("run.exe")
    editor.attached.add_paths([tmp_path / "not there.png", tmp_path])
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
