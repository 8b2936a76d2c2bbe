"""The log view: records in words, search, paging, rows that stand still, and how the ledger stands (SEC-15, SEC-16)."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from console.core.journal import Record, RecordKind
from console.core.ledger.facts import LedgerFact
from console.desk.log import PAGE, LogState
from console.desk.models.log_table import LogColumn
from console.wire.messages import JournalReply, QueryJournal
from tests.widgets.conftest import NS, Seat
from widgets.journal.panel import LogPanel
from widgets.shell.status import StatusStrip


def record(sequence: int, **more: object) -> Record:
    """An acknowledgement of the first asset's first alarm."""
    fields: dict[str, object] = {
        "sequence": sequence,
        "at": time.time_ns() - (10_000 - sequence) * NS,
        "kind": RecordKind.ACT,
        "who": "hong",
        "station": "seat 2",
        "subject": "",
        "what": "ACK",
        "old": "B_UNACK",
        "new": "C_ACKED",
        "fields": {"reason": "pump checked"},
        **more,
    }
    return Record(**fields)  # type: ignore[arg-type]


def asked(seat: Seat) -> QueryJournal:
    return seat.sent_of(QueryJournal)[-1]


def answer(seat: Seat, records: list[Record], truncated: bool = False, searched_to: int = 1) -> None:
    """The hub answers the last question."""
    seat.office.acts.receive_journal(
        JournalReply(
            request=asked(seat).request,
            records=tuple(records),
            hashes=tuple(f"{one.sequence:064x}" for one in records),
            truncated=truncated,
            searched_to=searched_to,
        )
    )


def ledger(seat: Seat, **more: object) -> None:
    fields: dict[str, object] = {
        "records": 12_345,
        "verified_to": 12_345,
        "verified_at": time.time_ns(),
        "key": "ab12cd34" * 8,
        **more,
    }
    seat.office.ledger.push(LedgerFact(**fields))  # type: ignore[arg-type]


@pytest.fixture
def panel(seat: Seat, qtbot: QtBot) -> LogPanel:
    # The pointer is elsewhere, so that rows may move until a test holds them.
    QCursor.setPos(QPoint(2000, 2000))
    made = LogPanel(seat.office)
    qtbot.addWidget(made)
    made.resize(1400, 420)
    made.show()
    qtbot.waitExposed(made)
    return made


def texts(panel: LogPanel, row: int) -> list[str]:
    model = panel.desk.model
    return [str(model.index(row, column).data() or "") for column in LogColumn]


def test_a_record_says_who_where_and_what_in_words(panel: LogPanel, seat: Seat) -> None:
    """SEC-15: never a raw id where there is a name."""
    catalogue = seat.office.catalogue.catalogue
    assert catalogue is not None
    point = catalogue.alarms[0]
    answer(
        seat,
        [
            record(9, subject=point.key),
            record(8, kind=RecordKind.SYSTEM, who="system:hub", subject="hub", what="START", old="", new=""),
            record(7, subject=point.key, result="NOT_AUTHORIZED", old="", new=""),
            record(6, subject="gone.high", what="SOMETHING_NEW"),
            record(5, subject="ledger", who="os:root", what="LEDGER_EXPORTED"),
        ],
    )
    words = texts(panel, 0)
    assert words[1:6] == [
        "hong",
        f"{point.asset.name.en} · {point.alarm.label.en}",
        "Acknowledged",
        "Unacknowledged",
        "Acknowledged",
    ]
    assert texts(panel, 1)[1:4] == ["Hub", "Hub", "Hub started"]
    refused = texts(panel, 2)[LogColumn.RESULT]
    assert refused.startswith("Refused: ")
    assert "NOT_AUTHORIZED" not in refused
    assert texts(panel, 3)[2:4] == ["gone.high", "SOMETHING_NEW"], "what nobody knows is still shown"
    assert texts(panel, 4)[1:4] == ["root (account of the computer)", "Ledger", "Ledger exported"]
    seat.office.speech.set_lang("ko")
    assert texts(panel, 0)[3:6] == ["경보 확인", "미확인", "확인됨"]


def test_the_chosen_record_is_shown_in_full_with_number_and_hash(panel: LogPanel, seat: Seat) -> None:
    """SEC-15, SEC-16; texts of strangers are plain."""
    answer(seat, [record(9, subject="<b>x</b>", fields={"reason": "<img src=x onerror=alert(1)>", "n": "1"})])
    panel.view.selectRow(0)
    shown = dict(panel.detail.fields)
    assert shown["Record number"] == "9"
    assert shown["Hash"] == f"{9:064x}"
    assert shown["Reason"] == "<img src=x onerror=alert(1)>"
    assert shown["Seat"] == "seat 2"
    assert shown["Code"] == "ACK"
    labels = panel.detail.findChildren(QLabel)
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}


def test_what_is_typed_and_chosen_becomes_one_question(panel: LogPanel, seat: Seat, qtbot: QtBot) -> None:
    answer(seat, [])
    filters = panel.filters
    filters.search.setText("pump  high")
    qtbot.waitUntil(lambda: asked(seat).text == "pump  high")
    answer(seat, [])
    filters.kind.setCurrentIndex(filters.kind.findData("command"))
    assert asked(seat).kinds == ("command",)
    answer(seat, [])
    filters.span.setCurrentIndex(filters.span.findData(3600))
    assert abs(asked(seat).start - (time.time_ns() - 3600 * NS)) < 5 * NS
    answer(seat, [])
    filters.who.setText("hong")
    qtbot.waitUntil(lambda: asked(seat).who == "hong")
    answer(seat, [])
    catalogue = seat.office.catalogue.catalogue
    assert catalogue is not None
    asset = catalogue.site.assets[0]
    seat.office.selection.select_asset(asset.id, "test")
    filters.asset.setChecked(True)
    assert asked(seat).subject == asset.id
    answer(seat, [])
    assert panel.empty.isVisible()
    panel.empty.act.click()
    wanted = asked(seat)
    assert (wanted.text, wanted.kinds, wanted.who, wanted.subject, wanted.start) == ("", (), "", "", 0)
    assert wanted.limit == PAGE


def test_older_records_come_when_the_end_is_reached(panel: LogPanel, seat: Seat) -> None:
    answer(seat, [record(n) for n in range(400, 200, -1)], truncated=True, searched_to=201)
    questions = len(seat.sent_of(QueryJournal))
    panel.view.scrollToBottom()
    assert len(seat.sent_of(QueryJournal)) == questions + 1
    assert asked(seat).before == 201
    panel.view.scrollToTop()
    panel.view.scrollToBottom()
    assert len(seat.sent_of(QueryJournal)) == questions + 1, "one question at a time"
    answer(seat, [record(n) for n in range(200, 0, -1)])
    assert [row.record.sequence for row in panel.desk.model.rows] == list(range(400, 0, -1))
    assert not panel.desk.model.has_more


def test_a_long_search_goes_on_by_itself_and_says_how_far(panel: LogPanel, seat: Seat) -> None:
    answer(seat, [record(900)], truncated=True, searched_to=700)
    assert asked(seat).before == 700
    assert "700" in panel.told.text()
    answer(seat, [record(650)])
    assert panel.desk.state is LogState.IDLE
    assert panel.desk.model.rowCount() == 2


def test_no_row_moves_while_one_is_looked_at(panel: LogPanel, seat: Seat, qtbot: QtBot) -> None:
    """New records wait behind a button; without a held row they come by themselves."""
    answer(seat, [record(n) for n in range(100, 50, -1)])
    panel.view.selectRow(3)
    held = panel.chosen()
    top = panel.view.rowViewportPosition(3)
    ledger(seat)
    questions = len(seat.sent_of(QueryJournal))
    qtbot.waitUntil(lambda: len(seat.sent_of(QueryJournal)) > questions, timeout=3000)
    answer(seat, [record(n) for n in range(104, 60, -1)])
    assert panel.chosen() == held
    assert panel.view.rowViewportPosition(3) == top
    assert panel.desk.model.newest == 100
    assert panel.fresh.isVisible()
    assert "4" in panel.fresh.text()
    panel.fresh.click()
    assert [row.record.sequence for row in panel.desk.model.rows][:5] == [104, 103, 102, 101, 100]
    assert not panel.fresh.isVisible()
    ledger(seat, records=12_346)
    questions = len(seat.sent_of(QueryJournal))
    qtbot.waitUntil(lambda: len(seat.sent_of(QueryJournal)) > questions, timeout=3000)
    answer(seat, [record(105)])
    assert panel.desk.model.newest == 105


def test_more_new_records_than_a_page_holds_leave_no_hole(panel: LogPanel, seat: Seat, qtbot: QtBot) -> None:
    answer(seat, [record(n) for n in range(100, 50, -1)])
    ledger(seat)
    questions = len(seat.sent_of(QueryJournal))
    qtbot.waitUntil(lambda: len(seat.sent_of(QueryJournal)) > questions, timeout=3000)
    answer(seat, [record(n) for n in range(900, 700, -1)], truncated=True, searched_to=701)
    assert panel.desk.state is LogState.ASKING
    answer(seat, [record(n) for n in range(900, 700, -1)], truncated=True, searched_to=701)
    assert panel.desk.model.newest == 900
    assert panel.desk.model.oldest == 701


def test_the_line_above_says_how_the_ledger_stands(panel: LogPanel, seat: Seat) -> None:
    """SEC-16, SEC-18."""
    line = panel.standing.text
    ledger(seat)
    assert "Verified up to" in line.text()
    assert "record 12,345" in line.text()
    assert "ab12cd34…" in line.text()
    assert not panel.standing.bad
    ledger(seat, verified_to=3_000)
    assert line.text().startswith("Verifying · record 3,000 of 12,345")
    ledger(seat, fault="RECORD_MISSING", fault_at=77)
    assert "Ledger fault at record 77: the record is missing" in line.text()
    assert panel.standing.bad
    assert panel.standing.sign.isVisible()
    ledger(seat, stopped="database or disk is full")
    assert "commands of class 2 and 3 are blocked" in line.text()
    ledger(seat, key="")
    assert "not being signed" in line.text()
    assert panel.standing.bad
    ledger(seat, disk_used=0.83)
    assert "83 % full" in line.text()
    seat.office.speech.set_lang("ko")
    assert "83 % 사용" in line.text()


def test_the_status_strip_says_it_where_the_log_is_not_open(seat: Seat, qtbot: QtBot) -> None:
    """SEC-18: seen wherever a person looks; a press opens the log."""
    strip = StatusStrip(seat.office)
    qtbot.addWidget(strip)
    strip.show()
    opened: list[str] = []
    seat.office.actions.triggered_action.connect(opened.append)
    ledger(seat)
    assert not strip.ledger.isVisible()
    ledger(seat, stopped="database or disk is full")
    assert strip.ledger.isVisible()
    assert strip.ledger.text() == "Records not stored"
    ledger(seat, fault="TRUNCATED", fault_at=3)
    assert strip.ledger.text() == "Ledger fault"
    ledger(seat, disk_used=0.91)
    assert strip.ledger.text() == "Disk of the log 91 %"
    strip.ledger.click()
    assert opened == ["view.log"]


def test_without_a_link_it_says_so_and_fills_when_the_hub_is_back(panel: LogPanel, seat: Seat) -> None:
    answer(seat, [record(5)])
    seat.lose_link()
    panel.desk.look()
    assert panel.empty.isVisible()
    assert "connected" in panel.empty.sentence.text()
    seat.go_live()
    answer(seat, [record(6), record(5)])
    assert panel.desk.model.rowCount() == 2


def test_a_hidden_log_asks_nothing(panel: LogPanel, seat: Seat, qtbot: QtBot) -> None:
    answer(seat, [record(5)])
    panel.hide()
    questions = len(seat.sent_of(QueryJournal))
    ledger(seat)
    qtbot.wait(1200)
    assert len(seat.sent_of(QueryJournal)) == questions
