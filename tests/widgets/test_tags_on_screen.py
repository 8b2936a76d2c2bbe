"""Tags as people see and handle them: on the faceplate, in the tree, and beside the buttons they block (CMD-08)."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt

from console.core.command.control_facts import LeaseFact, TagFact, TagKind
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.wire.messages import ExecuteCommand, PlaceTag, RemoveTag, SendCommand
from tests.widgets.conftest import NS, Screen
from tests.widgets.payload_city import IMG
from widgets.assets.tag_sheets import HangSheet, TakeDownSheet
from widgets.commands.confirm import CommandConfirm
from widgets.commands.list import CommandList
from widgets.commands.order import OrderSheet, Stage


def tag(key: str, kind: TagKind, owner: str = "lee", asset: str = "s3", until: int = 0) -> TagFact:
    at = time.time_ns() - 60 * NS
    return TagFact(
        id=key, asset=asset, kind=kind, text=IMG, owner=owner, owner_name=owner.title(), at=at, until=until
    )


def sign_in(screen: Screen, role: Role = Role.OPERATOR) -> None:
    grant = Grant(role=role, areas=("*",), top_class=CommandClass.C3)
    fact = SessionFact(state=SessionState.ACTIVE, user="hong", name="Hong", grants=(grant,))
    screen.seat.office.session.push(fact)


def show(screen: Screen) -> None:
    screen.seat.office.selection.select_asset("s3")


def test_every_tag_that_hangs_is_shown_with_owner_time_and_text(screen: Screen):
    show(screen)
    over = time.time_ns() - NS
    screen.seat.office.tags.push([tag("t1", TagKind.INFO), tag("t2", TagKind.INHIBIT_ALL, until=over)])
    first, second = screen.faceplate.tags.lines
    assert (first.kind.text(), second.kind.text()) == ("Do not operate", "Note")
    assert first.text.text() == IMG
    assert first.text.textFormat() is Qt.TextFormat.PlainText
    assert first.owner.text().startswith("Lee · since ")
    assert "planned end" in first.owner.text()


def test_a_blocking_tag_greys_the_commands_and_says_why_once(screen: Screen):
    show(screen)
    screen.seat.office.tags.push([tag("t", TagKind.INHIBIT_ALL)])
    buttons = screen.faceplate.commands
    assert all(not button.isEnabled() for button in buttons.buttons)
    assert buttons.none.isVisible()
    assert "Do not operate, Lee" in buttons.none.text()
    assert not any(label.isVisible() for label in buttons.reasons)


def test_a_tag_that_blocks_one_direction_says_why_below_that_button(screen: Screen):
    screen.seat.put(7, 0.0)
    show(screen)
    screen.seat.office.tags.push([tag("t", TagKind.INHIBIT_ON)])
    buttons = screen.faceplate.commands
    start = next(n for n, b in enumerate(buttons.buttons) if b.command.name == "start")
    gate = next(n for n, b in enumerate(buttons.buttons) if b.command.name == "set_gate")
    assert not buttons.buttons[start].isEnabled()
    assert buttons.reasons[start].isVisible()
    assert buttons.buttons[gate].isEnabled()
    assert buttons.buttons[start].accessibleDescription() == buttons.reasons[start].text()


def test_a_simple_command_waits_for_the_text_of_the_hub_where_a_caution_hangs(screen: Screen):
    """CMD-08: the extra confirmation; a caution that comes meanwhile withdraws what did not say it."""
    show(screen)
    plain = _sheet(screen)
    assert isinstance(plain, CommandConfirm)
    screen.seat.office.tags.push([tag("t", TagKind.CAUTION)])
    assert not plain.isVisible()
    assert not screen.seat.sent_of(SendCommand)
    sheet = _sheet(screen)
    assert isinstance(sheet, OrderSheet)
    assert sheet.stage is Stage.WAIT
    assert not sheet.execute.isVisible()
    assert len(screen.seat.sent_of(SendCommand)) == 1
    assert not screen.seat.sent_of(ExecuteCommand)


def _sheet(screen: Screen) -> object:
    next(b for b in screen.faceplate.commands.buttons if b.command.name == "start").click()
    commands = screen.panels["commands"]
    assert isinstance(commands, CommandList)
    return commands.desk.open_sheet


def test_a_tag_is_hung_with_kind_and_text(screen: Screen):
    show(screen)
    screen.faceplate.tags.hang.click()
    (sheet,) = screen.window.findChildren(HangSheet)
    assert not sheet.do.isEnabled()
    sheet.kinds[TagKind.CAUTION].click()
    assert sheet.then.text() == "Commands show this text and ask once more."
    sheet.ends[4].click()
    sheet.text.setText("diver below the gate, ch. 7")
    sheet.do.click()
    (message,) = screen.seat.sent_of(PlaceTag)
    assert (message.asset, message.kind, message.text) == (
        "s3",
        TagKind.CAUTION,
        "diver below the gate, ch. 7",
    )
    assert abs(message.until - time.time_ns() - 4 * 3600 * NS) < 60 * NS


def test_the_owner_takes_a_tag_down_and_others_cannot(screen: Screen):
    sign_in(screen)
    show(screen)
    screen.seat.office.tags.push([tag("mine", TagKind.CAUTION, "hong"), tag("other", TagKind.INFO, "lee")])
    mine, other = screen.faceplate.tags.lines
    assert not other.take_down.isEnabled()
    assert "supervisor" in other.take_down.toolTip()
    mine.take_down.click()
    (sheet,) = screen.window.findChildren(TakeDownSheet)
    sheet.do.click()
    (message,) = screen.seat.sent_of(RemoveTag)
    assert message.tag == "mine"


def test_a_supervisor_takes_anothers_tag_down_with_a_reason(screen: Screen):
    sign_in(screen, Role.SUPERVISOR)
    show(screen)
    screen.seat.office.tags.push([tag("other", TagKind.INHIBIT_ALL, "lee")])
    screen.faceplate.tags.lines[0].take_down.click()
    (sheet,) = screen.window.findChildren(TakeDownSheet)
    assert not sheet.do.isEnabled()
    sheet.reason.setText("work is finished, Lee has gone home")
    sheet.do.click()
    assert screen.seat.sent_of(RemoveTag)[0].reason == "work is finished, Lee has gone home"


def test_a_tag_taken_down_meanwhile_closes_the_question(screen: Screen):
    show(screen)
    made = tag("t", TagKind.INFO)
    screen.seat.office.tags.push([made])
    screen.faceplate.tags.lines[0].take_down.click()
    (sheet,) = screen.window.findChildren(TakeDownSheet)
    screen.seat.office.mirror.tags.pop("t")
    screen.seat.office.tags.tell(frozenset({"s3"}))
    assert not sheet.isVisible()
    assert screen.faceplate.tags.lines == []


def test_tree_rows_say_tags_pending_commands_and_holders(screen: Screen):
    """CMD-08, CMD-09, CMD-13: drawn and spoken."""
    office, model = screen.seat.office, screen.tree.model
    before = screen.tree.view.grab().toImage()
    office.tags.push([tag("t", TagKind.INHIBIT_ALL)])
    request = CommandRequest(command_id="01A", asset="s3", command="start")
    office.commands.push([CommandFact(request=request, state=CommandState.SENT)])
    spoken = str(model.index_of("s3").data(Qt.ItemDataRole.AccessibleTextRole))
    assert spoken.endswith("Do not operate, waiting for the outcome")
    signed = screen.tree.view.grab().toImage()
    assert signed != before
    office.areas.push([LeaseFact(area="b", holder="lee", holder_name="Lee")])
    assert screen.tree.view.grab().toImage() != signed
