"""A seat with the operator log, its room, and a hub that the test plays."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
)
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.logbook.entry import LogEntry
from console.core.site import CommandClass
from console.desk.logbook_seed import LogSeed
from console.desk.models.book_rows import BookRow
from console.wire.messages import (
    ActReply,
    ActResult,
    LogChanged,
    LogReply,
    QueryLog,
)
from tests.widgets.conftest import NS, Seat
from widgets.logbook.editor import LogEditor
from widgets.logbook.panel import LogbookPanel
from widgets.logbook.room import LogbookRoom

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


def opened(seat: Seat, qtbot: QtBot, qapp: QApplication) -> Iterator[Book]:
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

    def hear(text: str, bad: bool) -> None:
        told.append((text, bad))

    room.told.connect(hear)
    panel.told.connect(hear)
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
