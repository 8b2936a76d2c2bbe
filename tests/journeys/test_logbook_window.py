"""A shift's log in the real window: written with a picture, kept without the hub, found, corrected, closed."""

from __future__ import annotations

import base64
import time
from collections.abc import Generator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from script_seat import ScriptSeat
from town import Town
from window_seat import WindowSeat

from console.core.logbook.entry import LogDraft, LogEntry
from console.core.logbook.query import LogQuery
from console.desk.models.book_rows import BookRow
from console.wire.messages import (
    ActReply,
    FetchFile,
    FilePart,
    LogReply,
    QueryLog,
    WriteLog,
)
from widgets.logbook.editor import LogEditor
from widgets.logbook.panel import LogbookPanel
from widgets.logbook.room import LogbookRoom

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xvfb,
    pytest.mark.timeout(300),
    pytest.mark.expects_log("link"),
]

PUMP = "suyeong-pump"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    made = Town(tmp_path_factory.mktemp("town"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def seat(request: pytest.FixtureRequest, town: Town) -> Generator[WindowSeat, None, None]:
    with WindowSeat.opened(request, town) as made:
        yield made


def page(seat: WindowSeat, bot: QtBot) -> LogbookPanel:
    """The page, in front."""
    seat.wait(bot, "the log", lambda: {"logbook", "log room"} <= set(seat.filled), 60_000)
    seat.window.raise_dock("logbook")
    found = seat.window.dock_widget("logbook")
    assert isinstance(found, LogbookPanel)
    return found


def room(seat: WindowSeat) -> LogbookRoom:
    found = seat.window.findChild(LogbookRoom)
    assert found is not None
    return found


def editor(seat: WindowSeat, bot: QtBot) -> LogEditor:
    """The editor, opened by its key."""
    seat.key(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    seat.wait(bot, "the editor", lambda: room(seat).editor is not None)
    made = room(seat).editor
    assert made is not None
    return made


def rows(panel: LogbookPanel) -> list[BookRow]:
    return [row for row in panel.desk.model.rows if not row.day]


def asked(script: ScriptSeat, **query: object) -> tuple[LogEntry, ...]:
    """What another seat finds."""
    script.send(QueryLog(request="q", query=LogQuery(**query)))  # type: ignore[arg-type]
    return script.wait_for(LogReply).entries


def test_an_entry_with_a_picture_of_the_window_is_at_the_hub_and_others_find_it(
    town: Town, seat: WindowSeat, qtbot: QtBot
) -> None:
    panel = page(seat, qtbot)
    seat.select_in_tree(PUMP)
    made = editor(seat, qtbot)
    made.text.setPlainText("수영 배수펌프장 2호기 진동, 1호기로 교체 운전")
    made.shot.setChecked(True)
    seat.press(made.buttons["asset"])
    seat.wait(qtbot, "the picture", lambda: len(made.files.files) == 1)
    assert made.where.area == seat.catalogue.assets[PUMP].area
    seat.press(made.do)
    seat.wait(qtbot, "at the hub", lambda: [row.thread is not None for row in rows(panel)] == [True], 30_000)
    with ScriptSeat(town.url, town.secret, "lee", "seat-2") as script:
        (found,) = asked(script, text="펌프장")
        assert asked(script, link=PUMP) == (found,)
        assert asked(script, text="펌장") == ()
        (item,) = found.attachments
        data = b""
        while len(data) < item.size:
            script.send(FetchFile(request="f", sha256=item.sha256, offset=len(data)))
            data += script.wait_for(FilePart).data
        assert data.startswith(b"\x89PNG")
        assert base64.b64encode(data)


def test_what_is_written_while_the_hub_is_dead_is_sent_once_when_it_is_back(
    town: Town, seat: WindowSeat, qtbot: QtBot
) -> None:
    panel = page(seat, qtbot)
    town.kill_hub()
    seat.wait(qtbot, "the loss", lambda: not seat.office.link.live)
    made = editor(seat, qtbot)
    made.text.setPlainText("허브가 죽은 동안 현장 순찰, 이상 없음")
    seat.press(made.do)
    seat.wait(qtbot, "kept here", lambda: len(seat.office.log_post.letters()) == 1)
    at = seat.office.log_post.letters()[0].draft.at
    texts = seat.visible_texts()
    assert any("Unsent log entries 1" in text for text in texts)
    town.start_hub()
    seat.wait(qtbot, "sent", lambda: seat.office.log_post.letters() == [], 60_000)
    seat.wait(qtbot, "both entries", lambda: len(rows(panel)) == 2, 30_000)
    with ScriptSeat(town.url, town.secret, "lee", "seat-2") as script:
        (found,) = asked(script, text="순찰")
        assert found.at == at
        assert found.written > at


def test_a_colleague_means_this_person_and_it_is_seen_on_the_frame(
    town: Town, seat: WindowSeat, qtbot: QtBot
) -> None:
    panel = page(seat, qtbot)
    me = seat.office.session.user
    with ScriptSeat(town.url, town.secret, "lee", "seat-2") as script:
        draft = LogDraft(
            id="01JD0000000000000000000000", at=time.time_ns(), text=f"@{me} 펌프 교체 확인 바랍니다"
        )
        script.send(WriteLog(request="w", draft=draft))
        assert script.wait_for(ActReply).results[0].reason == ""
        note = seat.window.status.logbook
        seat.wait(qtbot, "the mark", lambda: note.isVisible() and "1" in note.text())
        seat.press(note)
        seat.wait(qtbot, "only that entry", lambda: [row.id for row in rows(panel)] == [draft.id])
        panel.choose(draft.id)
        seat.press(panel.detail.read)
        seat.wait(qtbot, "read", lambda: not note.isVisible())
        panel.filters.clear()


def test_a_correction_keeps_what_it_corrects_and_a_closed_log_takes_further_entries_only(
    town: Town, seat: WindowSeat, qtbot: QtBot
) -> None:
    panel = page(seat, qtbot)
    seat.wait(qtbot, "all entries", lambda: len(rows(panel)) == 3)
    mine = next(row for row in rows(panel) if "진동" in row.text)
    panel.choose(mine.id)
    seat.press(panel.detail.correct)
    seat.wait(qtbot, "the editor", lambda: room(seat).editor is not None)
    made = room(seat).editor
    assert made is not None
    made.text.setPlainText("수영 배수펌프장 3호기 진동, 1호기로 교체 운전")
    seat.press(made.do)

    def versions() -> int:
        found = next(row for row in rows(panel) if row.id == mine.id)
        return len(found.thread.versions) if found.thread is not None else 0

    seat.wait(qtbot, "corrected", lambda: versions() == 2, 30_000)
    seat.office.logbook.close_log()
    seat.wait(qtbot, "closed", lambda: seat.office.log_board.locked_until > 0, 30_000)
    seat.wait(
        qtbot, "locked rows", lambda: all(row.thread and row.thread.current.locked for row in rows(panel))
    )
    with ScriptSeat(town.url, town.secret, "lee", "seat-2") as script:
        head = next(e for e in asked(script, text="3호기"))
        draft = LogDraft(
            id="01JD0000000000000000000001",
            at=time.time_ns(),
            text="진동은 2호기였음",
            corrects=head.id,
            area=head.area,
        )
        script.send(WriteLog(request="w", draft=draft))
        assert script.wait_for(ActReply).results[0].reason == ""
        assert {e.text for e in asked(script, text="호기")} >= {
            "진동은 2호기였음",
            "수영 배수펌프장 3호기 진동, 1호기로 교체 운전",
            "수영 배수펌프장 2호기 진동, 1호기로 교체 운전",
        }
    seat.wait(qtbot, "a further entry", lambda: len(rows(panel)) == 4, 30_000)
