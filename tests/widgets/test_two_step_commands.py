"""Commands in two steps: asked, confirmed on the hub's text, held, and withdrawn when what allowed them is gone."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.core.catalogue import Catalogue
from console.core.command.control_facts import ConfirmText, LeaseFact, TagFact, TagKind
from console.core.command.facts import CommandFact, CommandRequest, CommandState, CommandStep
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.core.words import Text
from console.wire.messages import (
    ActReply,
    ActResult,
    CancelCommand,
    CommandConfirm,
    ExecuteCommand,
    SendCommand,
)
from tests.widgets.conftest import NS, Screen
from tests.widgets.payload_city import IMG, payload_catalogue
from widgets.commands.list import CommandList
from widgets.commands.order import OrderSheet, Stage
from widgets.kit.buttons import HOLD_MS

GRANTS = (
    Grant(role=Role.OPERATOR, areas=("*",), top_class=CommandClass.C3),
    Grant(role=Role.APPROVER, areas=("*",), top_class=CommandClass.C3),
)
TEXT = ConfirmText(
    title=Text(IMG, IMG), lines=(Text("현재 1 → 0", "Now 1 → 0"), Text(IMG, IMG)), digest="d" * 64
)


def session(state: SessionState = SessionState.ACTIVE, user: str = "hong") -> SessionFact:
    return SessionFact(state=state, user=user, name="Hong", person=user, grants=GRANTS)


def commands_of(screen: Screen) -> CommandList:
    found = screen.panels["commands"]
    assert isinstance(found, CommandList)
    return found


def order(screen: Screen, name: str = "trip") -> OrderSheet:
    screen.seat.office.selection.select_asset("s3")
    next(b for b in screen.faceplate.commands.buttons if b.command.name == name).click()
    sheet = commands_of(screen).desk.open_sheet
    assert isinstance(sheet, OrderSheet)
    return sheet


def fact(
    command_id: str,
    state: CommandState,
    by: str = "hong",
    reason: str = "",
    confirm: ConfirmText | None = None,
) -> CommandFact:
    now = time.time_ns()
    return CommandFact(
        request=CommandRequest(command_id=command_id, asset="s3", command="trip"),
        state=state,
        by=by,
        reason=reason,
        steps=(CommandStep(CommandState.RECEIVED, now),),
        confirm=confirm,
        deadline=now + 60 * NS,
    )


def push(screen: Screen, made: CommandFact) -> None:
    screen.seat.office.commands.push([made])


def confirm(screen: Screen, command_id: str, left_s: float = 20.0) -> None:
    push(screen, fact(command_id, CommandState.SELECTED, confirm=TEXT))
    expires = time.time_ns() + int(left_s * NS)
    screen.seat.office.control.receive_confirm(
        CommandConfirm(command_id=command_id, text=TEXT, token="t1", expires=expires)
    )


def standing(screen: Screen, qtbot: QtBot) -> OrderSheet:
    """A sheet whose confirmation stands and is armed."""
    screen.seat.put(7, 1.0)
    sheet = order(screen)
    confirm(screen, sheet.command_id)
    qtbot.waitUntil(lambda: sheet.armed, timeout=2000)
    return sheet


def hold(sheet: OrderSheet) -> None:
    QTest.mousePress(sheet.execute, Qt.MouseButton.LeftButton)


def use_class(screen: Screen, name: str, top: CommandClass, **changes: object) -> None:
    """The payload city with another class of one command."""
    site = payload_catalogue().site
    kind = site.types[0]
    commands = tuple(
        msgspec.structs.replace(c, command_class=top, **changes) if c.name == name else c
        for c in kind.commands
    )
    types = (msgspec.structs.replace(kind, commands=commands),)
    screen.seat.office.catalogue.push(Catalogue(msgspec.structs.replace(site, types=types)), "other")
    for tag in range(9):
        screen.seat.put(tag, 1.0)


def test_a_press_asks_the_hub_and_shows_its_text_before_anything_can_be_held(screen: Screen, qtbot: QtBot):
    """CMD-05: the text is the hub's, literally; the console adds none of its own."""
    sheet = order(screen)
    (asked,) = screen.seat.sent_of(SendCommand)
    assert (asked.command.asset, asked.command.command) == ("s3", "trip")
    assert sheet.stage is Stage.WAIT
    assert sheet.note.text() == "The hub is checking the conditions…"
    assert not sheet.execute.isVisible()
    confirm(screen, sheet.command_id)
    assert sheet.stage is Stage.CONFIRM
    assert sheet.lines.texts() == [IMG, "Now 1 → 0", IMG]
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in sheet.lines.labels)
    assert sheet.left.text().endswith("s left")
    assert sheet.focusWidget() is sheet.leave


def test_a_dangerous_command_is_held_not_clicked(screen: Screen, qtbot: QtBot):
    """CMD-04, HMI-13: a click, Enter and a short hold do nothing; by the space bar it is held too."""
    sheet = standing(screen, qtbot)
    sheet.execute.click()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QTest.keyClick(sheet.execute, key)
    assert not screen.seat.sent_of(ExecuteCommand)
    sheet.execute.setFocus()
    QTest.keyPress(sheet.execute, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(screen.seat.sent_of(ExecuteCommand)), timeout=HOLD_MS + 2000)
    (message,) = screen.seat.sent_of(ExecuteCommand)
    assert (message.command_id, message.token) == (sheet.command_id, "t1")
    push(screen, fact(sheet.command_id, CommandState.SENT))
    assert commands_of(screen).desk.open_sheet is None


def test_a_refusal_is_a_sentence_on_the_sheet(screen: Screen):
    """CMD-14."""
    sheet = order(screen)
    push(screen, fact(sheet.command_id, CommandState.REJECTED, reason="BLOCKED_BY_TAG"))
    assert sheet.stage is Stage.OVER
    assert "tag" in sheet.note.text()
    assert not sheet.execute.isVisible()
    sheet.leave.click()
    assert not screen.seat.sent_of(CancelCommand)


def test_closing_the_sheet_cancels_what_was_selected(screen: Screen, qtbot: QtBot):
    sheet = standing(screen, qtbot)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    (message,) = screen.seat.sent_of(CancelCommand)
    assert message.command_id == sheet.command_id
    assert commands_of(screen).desk.open_sheet is None


def _place_tag(screen: Screen) -> None:
    tag = TagFact(id="t", asset="s3", kind=TagKind.INHIBIT_ALL, text="x", owner="lee", owner_name="Lee", at=1)
    screen.seat.office.tags.push([tag])


def _lose_area(screen: Screen) -> None:
    screen.seat.office.areas.push([LeaseFact(area="b", holder="lee", holder_name="Lee")])


def _move_value(screen: Screen) -> None:
    screen.seat.put(7, 0.0)


@pytest.mark.parametrize(
    ("change", "said"),
    [(_place_tag, "tag"), (_lose_area, "Lee"), (_move_value, "changed")],
)
def test_the_confirmation_withdraws_itself_when_what_allowed_it_is_gone(
    screen: Screen, qtbot: QtBot, change: Callable[[Screen], None], said: str
):
    """A tag, a lost area, another value: nothing can be held any more, the selection is given back, and why is said."""
    screen.seat.office.session.push(session())
    sheet = standing(screen, qtbot)
    change(screen)
    assert sheet.stage is Stage.OVER
    assert said in sheet.note.text()
    assert not sheet.execute.isVisible()
    assert len(screen.seat.sent_of(CancelCommand)) == 1


def test_it_withdraws_itself_when_it_expires_or_is_cancelled_elsewhere(screen: Screen, qtbot: QtBot):
    sheet = standing(screen, qtbot)
    push(screen, fact(sheet.command_id, CommandState.EXPIRED, reason="SELECT_TIMEOUT"))
    assert sheet.stage is Stage.OVER
    sheet.leave.click()
    late = order(screen)
    confirm(screen, late.command_id, left_s=-1.0)
    assert late.stage is Stage.OVER


@pytest.mark.parametrize("lost", ["link", "lock"])
def test_it_closes_when_the_link_or_the_session_is_gone(screen: Screen, qtbot: QtBot, lost: str):
    screen.seat.office.session.push(session())
    sheet = standing(screen, qtbot)
    if lost == "link":
        screen.seat.lose_link()
    else:
        screen.seat.office.session.push(session(SessionState.LOCKED))
    assert commands_of(screen).desk.open_sheet is None
    assert not sheet.isVisible()
    assert not screen.seat.sent_of(ExecuteCommand)


def test_the_next_person_at_the_seat_confirms_nothing_of_the_one_before(screen: Screen, qtbot: QtBot):
    """Quick shift change: the layout stays, the selection does not."""
    screen.seat.office.session.push(session())
    sheet = standing(screen, qtbot)
    screen.seat.office.session.push(session(user="kim"))
    assert not sheet.isVisible()
    assert screen.seat.office.control.confirms() == []
    assert not screen.window.call_bar.isVisible()


def test_what_waits_for_a_confirmation_calls_until_it_is_confirmed(screen: Screen, qtbot: QtBot):
    screen.seat.office.session.push(session())
    sheet = standing(screen, qtbot)
    sheet.put_aside()
    bar = screen.window.call_bar
    assert bar.isVisible()
    assert bar.text.text.startswith("Waits for your confirmation · Third pumping station · Trip")
    bar.yes.click()
    again = commands_of(screen).desk.open_sheet
    assert isinstance(again, OrderSheet)
    assert again.stage is Stage.CONFIRM
    screen.seat.office.session.push(session(SessionState.LOCKED))
    assert not bar.isVisible()


def test_a_value_is_typed_first_and_confirmed_then(screen: Screen, qtbot: QtBot):
    """CMD-12: two-stage entry."""
    use_class(screen, "set_gate", CommandClass.C2)
    screen.seat.put(8, 40.0)
    sheet = order(screen, "set_gate")
    assert sheet.stage is Stage.ASK
    assert sheet.focusWidget() is sheet.value.line
    qtbot.waitUntil(lambda: sheet.armed, timeout=2000)
    sheet.value.line.setText("90")
    assert not sheet.send_button.isEnabled()
    sheet.value.line.setText("55,5")
    QTest.keyClick(sheet.value.line, Qt.Key.Key_Return)
    assert not screen.seat.sent_of(SendCommand)
    sheet.send_button.click()
    (asked,) = screen.seat.sent_of(SendCommand)
    assert asked.command.value == 55.5
    assert sheet.stage is Stage.WAIT


def test_a_command_for_two_persons_waits_aside_and_comes_back_approved(screen: Screen, qtbot: QtBot):
    """CMD-06: the requester goes on working; the approved command opens itself for confirmation."""
    use_class(screen, "trip", CommandClass.C3)
    screen.seat.office.session.push(session())
    sheet = order(screen)
    assert sheet.stage is Stage.ASK
    qtbot.waitUntil(lambda: sheet.armed, timeout=2000)
    sheet.send_button.click()
    command_id = sheet.command_id
    push(screen, fact(command_id, CommandState.AWAIT_APPROVAL, confirm=TEXT))
    assert "Waiting for approval" in sheet.note.text()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert commands_of(screen).desk.open_sheet is None
    assert not screen.seat.sent_of(CancelCommand)
    push(
        screen, msgspec.structs.replace(fact(command_id, CommandState.SELECTED, confirm=TEXT), approver="kim")
    )
    screen.seat.office.control.receive_confirm(
        CommandConfirm(command_id=command_id, text=TEXT, token="t2", expires=time.time_ns() + 9 * NS)
    )
    again = commands_of(screen).desk.open_sheet
    assert isinstance(again, OrderSheet)
    assert again.stage is Stage.CONFIRM
    assert again.note.text() == "Approved by kim"


def test_a_password_asked_again_puts_the_sheet_aside_and_brings_it_back(screen: Screen, qtbot: QtBot):
    """SEC-14: the selection stays; once the password was right the confirmation stands again."""
    screen.seat.office.session.push(session())
    sheet = standing(screen, qtbot)
    hold(sheet)
    qtbot.waitUntil(lambda: bool(screen.seat.sent_of(ExecuteCommand)), timeout=HOLD_MS + 2000)
    request = screen.seat.sent_of(ExecuteCommand)[0].request
    screen.seat.office.acts.receive(
        ActReply(request=request, results=(ActResult(sheet.command_id, "STEP_UP_REQUIRED"),))
    )
    assert commands_of(screen).desk.open_sheet is None
    assert not screen.seat.sent_of(CancelCommand)
    stepped = msgspec.structs.replace(session(), stepped_up_until=time.time_ns() + 60 * NS)
    screen.seat.office.session.push(stepped)
    qtbot.waitUntil(lambda: commands_of(screen).desk.open_sheet is not None, timeout=1000)


def test_a_password_that_is_owed_before_asking_brings_the_sheet_back_with_its_value(
    screen: Screen, qtbot: QtBot
):
    """SEC-14: what was typed is not lost, and nothing is asked again by itself."""
    use_class(screen, "set_gate", CommandClass.C3)
    screen.seat.put(8, 40.0)
    screen.seat.office.session.push(session())
    sheet = order(screen, "set_gate")
    qtbot.waitUntil(lambda: sheet.armed, timeout=2000)
    sheet.value.line.setText("55.5")
    sheet.send_button.click()
    (asked,) = screen.seat.sent_of(SendCommand)
    results = (ActResult(asked.command.command_id, "STEP_UP_REQUIRED"),)
    screen.seat.office.acts.receive(ActReply(request=asked.request, results=results))
    assert commands_of(screen).desk.open_sheet is None
    stepped = msgspec.structs.replace(session(), stepped_up_until=time.time_ns() + 60 * NS)
    screen.seat.office.session.push(stepped)
    qtbot.waitUntil(lambda: commands_of(screen).desk.open_sheet is not None, timeout=1000)
    again = commands_of(screen).desk.open_sheet
    assert isinstance(again, OrderSheet)
    assert (again.stage, again.value.value) == (Stage.ASK, 55.5)
    assert len(screen.seat.sent_of(SendCommand)) == 1


def test_an_emergency_stop_never_waits_for_anybody(screen: Screen, qtbot: QtBot):
    """CMD-06."""
    use_class(screen, "trip", CommandClass.C3, emergency=True)
    screen.seat.office.selection.select_asset("s3")
    next(b for b in screen.faceplate.commands.buttons if b.command.name == "trip").click()
    sheet = commands_of(screen).desk.open_sheet
    assert sheet is not None
    assert not isinstance(sheet, OrderSheet)
    sheet.reject()
