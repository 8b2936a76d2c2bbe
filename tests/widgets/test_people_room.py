"""Signing in, locking and handing over a seat, as a person does it."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from console.client.act_facts import ActKind
from console.core.identity.facts import AccountFact, SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.core.words import Text
from console.desk.acts import ActOutcome
from console.desk.people_acts import AccountList, DirectoryAsked
from console.wire.messages import ActResult, PutAccount, SignIn, StepUp, UnlockSession
from tests.widgets.conftest import UNACKED, Seat, alarm_fact
from widgets.kit.asks import asks_of
from widgets.people.accounts import AccountsSheet
from widgets.people.room import PeopleRoom
from widgets.people.sheet import PersonSheet
from widgets.people.sign_in import DirectorySheet, SignInSheet
from widgets.shell.main_window import MainWindow

SECRET = "한강물이 흐르는 밤 42"
KIM = SessionFact(
    state=SessionState.ACTIVE,
    user="kim",
    name="김민서",
    grants=(Grant(role=Role.SUPERVISOR, areas=("*",), top_class=CommandClass.C2),),
)


def _room(qtbot: QtBot, seat: Seat) -> tuple[PeopleRoom, MainWindow]:
    window = MainWindow(seat.office, [])
    qtbot.addWidget(window)
    window.resize(1400, 900)
    window.show()
    return PeopleRoom(seat.office, window), window


def _type(sheet: PersonSheet, *texts: str) -> None:
    for line, text in zip(sheet.findChildren(QLineEdit), texts, strict=True):
        line.setText(text)


def _answer(seat: Seat, sheet: PersonSheet, reason: str = "") -> None:
    request = sheet._request
    outcome = ActOutcome(request, ActKind.SIGN_IN, (ActResult("kim", reason),))
    seat.office.acts.act_answered.emit(outcome)


def test_a_signed_out_seat_asks_for_account_and_password_below_the_notice(qtbot: QtBot, seat: Seat) -> None:
    """SEC-01, SEC-06."""
    room, window = _room(qtbot, seat)
    seat.office.mirror.notice = Text("부산시 관제실 전용", "Busan control room only")
    seat.office.session.push(SessionFact(state=SessionState.SIGNED_OUT))
    sheet = room.sheet("sign_in")
    assert isinstance(sheet, SignInSheet)
    assert sheet.isVisible()
    assert sheet.notice.text() in ("부산시 관제실 전용", "Busan control room only")
    assert window.session_bar.isVisible()
    assert not sheet.do.isEnabled()
    _type(sheet, "kim", SECRET)
    sheet.do.click()
    sent = seat.sent_of(SignIn)
    assert [(m.user, m.password) for m in sent] == [("kim", SECRET)]
    assert sheet.password.text() == ""


def test_a_refused_sign_in_says_why_and_stays(qtbot: QtBot, seat: Seat) -> None:
    """SEC-06: one sentence, whichever part was wrong."""
    room, _ = _room(qtbot, seat)
    seat.office.session.push(SessionFact(state=SessionState.SIGNED_OUT))
    sheet = room.sheet("sign_in")
    _type(sheet, "kim", SECRET)
    sheet.do.click()
    _answer(seat, sheet, "SIGN_IN_FAILED")
    assert sheet.isVisible()
    assert sheet.fault.text() == seat.office.speech.reason("SIGN_IN_FAILED")
    _type(sheet, "kim", SECRET)
    assert sheet.do.isEnabled()


def test_the_next_shift_signs_in_over_the_last_and_the_docks_stay(qtbot: QtBot, seat: Seat) -> None:
    """SEC-07: quick shift change keeps the layout."""
    room, window = _room(qtbot, seat)
    seat.office.session.push(KIM)
    before = window.docks.save()
    seat.office.actions.use("seat.sign_in")
    sheet = room.sheet("sign_in")
    assert "김민서" in sheet.why.text()
    _type(sheet, "lee", SECRET)
    sheet.do.click()
    _answer(seat, sheet)
    assert not sheet.isVisible()
    assert window.docks.save() == before


def test_a_locked_seat_says_so_and_unlocks_with_the_password(qtbot: QtBot, seat: Seat) -> None:
    """SEC-07."""
    room, window = _room(qtbot, seat)
    seat.office.session.push(KIM)
    assert not window.session_bar.isVisible()
    seat.office.session.push(SessionFact(state=SessionState.LOCKED, user="kim", name="김민서", reason="IDLE"))
    assert window.session_bar.isVisible()
    assert "김민서" in window.session_bar.headline.text()
    assert seat.office.speech.reason("IDLE") in window.session_bar.detail.text()
    window.session_bar.back.click()
    sheet = room.sheet("unlock")
    _type(sheet, SECRET)
    sheet.do.click()
    assert [m.password for m in seat.sent_of(UnlockSession)] == [SECRET]


def test_whoever_comes_after_sign_out_sees_nothing_of_the_city(qtbot: QtBot, seat: Seat) -> None:
    """SEC-01: docks are covered and cannot be used, the banner does not say that all is quiet."""
    _, window = _room(qtbot, seat)
    seat.office.session.push(KIM)
    seat.raise_alarms([alarm_fact(0, UNACKED)])
    assert window.banner.worst.fact is not None
    assert not window.curtain.isVisible()
    seat.office.session.push(SessionFact(state=SessionState.SIGNED_OUT))
    assert window.curtain.isVisible()
    room = window.docks.area.parentWidget()
    assert room is not None
    assert window.curtain.geometry() == room.rect()
    assert not window.docks.area.isEnabled()
    assert window.banner.worst.fact is None
    assert window.banner.worst.text.text == seat.office.speech.say("shell.banner.unknown")
    seat.office.session.push(KIM)
    assert not window.curtain.isVisible()
    assert window.docks.area.isEnabled()
    assert window.banner.worst.fact is not None


def test_an_act_at_a_locked_seat_asks_for_the_password(qtbot: QtBot, seat: Seat) -> None:
    """SEC-07."""
    room, _ = _room(qtbot, seat)
    refused = ActOutcome("r", ActKind.ACK, (ActResult("a", "SESSION_LOCKED"),))
    seat.office.acts.act_answered.emit(refused)
    assert room.sheet("unlock").isVisible()


def test_what_was_typed_does_not_stay_in_a_closed_sheet(qtbot: QtBot, seat: Seat) -> None:
    """SEC-33."""
    room, _ = _room(qtbot, seat)
    room.sign_in()
    sheet = room.sheet("sign_in")
    _type(sheet, "kim", SECRET)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
    assert [line.text() for line in sheet.findChildren(QLineEdit)] == ["", ""]


def test_an_act_that_needs_the_password_again_asks_for_it(qtbot: QtBot, seat: Seat) -> None:
    """SEC-14."""
    room, _ = _room(qtbot, seat)
    refused = ActOutcome("r", ActKind.COMMAND, (ActResult("c", "STEP_UP_REQUIRED"),))
    seat.office.acts.act_answered.emit(refused)
    sheet = room.sheet("step_up")
    assert sheet.isVisible()
    _type(sheet, SECRET)
    sheet.do.click()
    assert [m.password for m in seat.sent_of(StepUp)] == [SECRET]


def test_a_single_seat_without_a_password_says_so_on_the_frame(qtbot: QtBot, seat: Seat) -> None:
    """SEC-01."""
    _, window = _room(qtbot, seat)
    local = SessionFact(state=SessionState.ACTIVE, user="local", name="local", passwordless=True)
    seat.office.session.push(local)
    assert seat.office.speech.say("seat.status.passwordless") in window.status.person.text()


def test_the_directory_shows_its_code_until_the_session_begins(qtbot: QtBot, seat: Seat) -> None:
    room, _ = _room(qtbot, seat)
    asked = DirectoryAsked("r", "https://id.example/device", "ABCD-EFGH", time.time_ns())
    seat.office.people.prompt_arrived.emit(asked)
    sheet = room.sheet("directory")
    assert isinstance(sheet, DirectorySheet)
    assert sheet.code.text() == "ABCD-EFGH"
    seat.office.session.push(KIM)
    assert not sheet.isVisible()


def test_an_account_is_changed_with_roles_areas_and_class(qtbot: QtBot, seat: Seat) -> None:
    """SEC-10."""
    room, _ = _room(qtbot, seat)
    seat.office.session.push(KIM)
    seat.office.actions.use("seat.accounts")
    sheet = room.sheet("accounts")
    assert isinstance(sheet, AccountsSheet)
    lee = AccountFact(user="lee", name="이서준", person="p2", grants=(Grant(role=Role.VIEWER, areas=("*",)),))
    seat.office.people.accounts_arrived.emit(AccountList("r", (lee,)))
    sheet.list.selectRow(0)
    assert sheet.roles[Role.VIEWER].isChecked()
    sheet.roles[Role.OPERATOR].setChecked(True)
    sheet.top_class.setCurrentText("C2")
    sheet.do.click()
    put = seat.sent_of(PutAccount)[-1]
    assert put.user == "lee"
    assert {(g.role, g.areas, g.top_class) for g in put.grants} == {
        (Role.VIEWER, ("*",), CommandClass.C2),
        (Role.OPERATOR, ("*",), CommandClass.C2),
    }


def test_hostile_names_stay_text(qtbot: QtBot, seat: Seat) -> None:
    """SEC-30."""
    _, window = _room(qtbot, seat)
    asks_of(seat.office.acts)
    seat.office.session.push(
        SessionFact(state=SessionState.LOCKED, user="x", name="<b>${fetch(1)}</b>", reason="IDLE")
    )
    assert "<b>" in window.session_bar.headline.text()
    assert window.session_bar.headline.textFormat() is Qt.TextFormat.PlainText
