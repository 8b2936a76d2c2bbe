"""Four eyes in real windows: one person asks in the window and another approves, and the other way round."""

from __future__ import annotations

import subprocess
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from people_seat import PersonSeat
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from town import PROGRAM, Town
from window_seat import WindowSeat

from console.core.command.facts import CommandState
from console.core.command.reasons import CommandReason
from widgets.commands.approval import ApprovalSheet
from widgets.commands.list import CommandList
from widgets.commands.order import OrderSheet, Stage

pytestmark = [pytest.mark.journey, pytest.mark.xvfb, pytest.mark.timeout(240)]

PASSWORDS = {name: f"{name} 바다 위 갈매기 일곱 마리" for name in ("kim", "lee")}
ROLES = {"kim": "operator", "lee": "approver"}
ASSET, COMMAND = "eco-dc", "chiller1_stop"
_ENDS = (CommandState.SUCCEEDED, CommandState.FAILED, CommandState.INDETERMINATE)


class AccountTown(Town):
    """Its hub wants accounts."""

    def hub_words(self) -> list[str]:
        return [*super().hub_words(), "--sign-in", "accounts"]


class PersonWindow(WindowSeat):
    """A window at which a person signs in before anything is live."""

    user = ""

    def open(self, bot: QtBot) -> None:
        """Nothing of the city is there until the password was right."""
        self.app.start()
        self.window.activateWindow()
        self.wait(bot, "a hub that waits for somebody", lambda: self.office.session.fact is not None)
        assert self.office.catalogue.catalogue is None
        self.office.people.sign_in(self.user, PASSWORDS[self.user])
        self.wait(bot, "a session", lambda: self.office.session.active)
        # Without a window manager nobody gives the keyboard back when the sheet of sign-in closes.
        self.wait(bot, "no sheet over the window", lambda: self._secret() is None)
        super().open(bot)

    def say_password_again(self, bot: QtBot) -> None:
        """What the sheet over the window asks for."""
        self.wait(bot, "the password sheet", lambda: self._secret() is not None)
        line = self._secret()
        assert line is not None
        # Qt's test keys know no Hangul; a person pastes or types it.
        line.setText(PASSWORDS[self.user])
        QTest.keyClick(line, Qt.Key.Key_Return)

    def _secret(self) -> QLineEdit | None:
        lines = self.window.findChildren(QLineEdit)
        secret = QLineEdit.EchoMode.Password
        return next(
            (x for x in lines if x.isVisible() and x.echoMode() is secret and x.window() is not self.window),
            None,
        )


def _account(data: Path, user: str, role: str) -> None:
    words = [*PROGRAM, "hub", "account", "add", user, "--data", str(data), "--name", user.title()]
    words += ["--role", f"{role}:*:C3", "--stdin"]
    done = subprocess.run(words, input=PASSWORDS[user] + "\n", capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AccountTown]:
    """City and hub with an operator and an approver."""
    made = AccountTown(tmp_path_factory.mktemp("four-eyes"), speed=2.0)
    for user, role in ROLES.items():
        _account(made.data, user, role)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@contextmanager
def window(request: pytest.FixtureRequest, town: Town, user: str) -> Generator[PersonWindow]:
    PersonWindow.user = user
    with PersonWindow.opened(request, town) as made:
        assert isinstance(made, PersonWindow)
        yield made


def dock(seat: WindowSeat) -> CommandList:
    found = seat.window.dock_widget("commands")
    assert isinstance(found, CommandList)
    return found


def _second_chiller(seat: PersonSeat) -> None:
    key = f"{ASSET}.chiller2_state"
    seat.until(f"value of {key}", lambda: seat.value(key)[2] == 0)
    if seat.value(key)[1] != 1:
        order = seat.order(ASSET, "chiller2_start")
        assert seat.request(order).reason == ""
        seat.until_state(order, *_ENDS)


def test_an_approver_is_called_reads_the_hubs_text_and_holds(
    request: pytest.FixtureRequest, town: AccountTown, qtbot: QtBot
) -> None:
    """CMD-06, SEC-14: the window is the approver's."""
    kim_words = (town.url, town.secret, "kim", PASSWORDS["kim"], "seat-kim")
    with window(request, town, "lee") as seat, PersonSeat(*kim_words) as kim:
        _second_chiller(kim)
        assert kim.step_up().reason == ""
        order = kim.order(ASSET, COMMAND)
        assert kim.request(order).reason == ""
        bar = seat.window.call_bar
        seat.wait(qtbot, "the call", bar.isVisible)
        seat.press(bar.yes)
        seat.wait(qtbot, "the text", lambda: dock(seat).approval is not None)
        sheet = dock(seat).approval
        assert isinstance(sheet, ApprovalSheet)
        told = kim.until_state(order, CommandState.AWAIT_APPROVAL)
        assert told.confirm is not None
        assert sheet.card.lines.texts()[0] == told.confirm.title.en
        QTest.mousePress(sheet.card.approve, Qt.MouseButton.LeftButton)
        seat.say_password_again(qtbot)
        fact = seat.office.session.fact
        assert fact is not None
        seat.wait(qtbot, "the password was right", lambda: _stepped_up(seat))
        QTest.mouseRelease(sheet.card.approve, Qt.MouseButton.LeftButton)
        QTest.mousePress(sheet.card.approve, Qt.MouseButton.LeftButton)
        seat.wait(qtbot, "the decision", lambda: dock(seat).approval is None)
        confirm = kim.confirm(order)
        assert confirm.text.digest == told.confirm.digest
        assert kim.execute(confirm).reason == ""
        assert kim.until_state(order, *_ENDS).approver == "lee"


def _stepped_up(seat: WindowSeat) -> bool:
    fact = seat.office.session.fact
    return fact is not None and fact.stepped_up_until > 0


def test_who_asked_goes_on_working_and_confirms_once_it_is_approved(
    request: pytest.FixtureRequest, town: AccountTown, qtbot: QtBot
) -> None:
    """CMD-05, CMD-06, SEC-14: the window is the requester's."""
    lee_words = (town.url, town.secret, "lee", PASSWORDS["lee"], "seat-lee")
    with window(request, town, "kim") as seat, PersonSeat(*lee_words) as lee:
        assert lee.step_up().reason == ""
        seat.office.selection.select_asset("mieum-dc")
        seat.wait(qtbot, "the verbs", lambda: bool(seat.plate.commands.buttons))
        start = seat.office.acts.send("mieum-dc", "chiller2_start")
        seat.wait(qtbot, "its end", lambda: _state(seat, start) in _ENDS or _reason(seat, start) != "")
        button = next(b for b in seat.plate.commands.buttons if b.command.name == COMMAND)
        seat.wait(qtbot, "the verb can be pressed", button.isEnabled)
        button.click()
        first = dock(seat).desk.open_sheet
        assert isinstance(first, OrderSheet)
        seat.wait(qtbot, "the sheet is armed", first.send_button.isEnabled)
        first.send_button.click()
        seat.say_password_again(qtbot)
        seat.wait(qtbot, "the sheet is back", lambda: dock(seat).desk.open_sheet not in (None, first))
        sheet = dock(seat).desk.open_sheet
        assert isinstance(sheet, OrderSheet)
        assert sheet.stage is Stage.ASK
        seat.wait(qtbot, "it is armed again", sheet.send_button.isEnabled)
        sheet.send_button.click()
        command_id = sheet.command_id
        seat.wait(qtbot, "it waits", lambda: _state(seat, command_id) is CommandState.AWAIT_APPROVAL)
        seat.wait(qtbot, "it can be put aside", sheet.aside.isVisible)
        sheet.aside.click()
        assert dock(seat).desk.open_sheet is None
        order = seat.office.commands.facts[command_id].request
        assert lee.decide(lee.until_state(order, CommandState.AWAIT_APPROVAL), approve=True).reason == ""
        seat.wait(qtbot, "the approved command opens itself", lambda: dock(seat).desk.open_sheet is not None)
        last = dock(seat).desk.open_sheet
        assert isinstance(last, OrderSheet)
        assert last.note.text() == "Approved by lee"
        seat.wait(qtbot, "it is armed", last.execute.isEnabled)
        QTest.mousePress(last.execute, Qt.MouseButton.LeftButton)
        seat.wait(qtbot, "the end", lambda: _state(seat, command_id) in _ENDS)
        assert seat.office.commands.facts[command_id].state is CommandState.SUCCEEDED


def _state(seat: WindowSeat, command_id: str) -> CommandState | None:
    fact = seat.office.commands.facts.get(command_id)
    return fact.state if fact is not None else None


def _reason(seat: WindowSeat, command_id: str) -> str:
    fact = seat.office.commands.facts.get(command_id)
    known = fact is not None and fact.state is CommandState.REJECTED
    return CommandReason(fact.reason).value if known and fact is not None else ""
