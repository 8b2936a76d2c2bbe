"""One command for several assets: chosen in the tree, judged member by member, never quietly sent to some."""

from __future__ import annotations

import time

from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.core.command.control_facts import ConfirmText
from console.core.words import Text
from console.wire.messages import ActReply, ActResult, ExecuteGroup, GroupConfirm, SendGroup
from tests.widgets.conftest import NS, Screen
from tests.widgets.payload_city import FORMAT, IMG
from widgets.commands.group import GroupSheet, GroupStage
from widgets.commands.list import CommandList
from widgets.kit.buttons import HOLD_MS

TEXT = ConfirmText(title=Text("묶음", "3 assets"), lines=(), digest="d")


def choose(screen: Screen, *assets: str) -> None:
    selection = screen.tree.view.selectionModel()
    selection.clearSelection()
    for asset in assets:
        selection.select(screen.tree.model.index_of(asset), QItemSelectionModel.SelectionFlag.Select)


def opened(screen: Screen, qtbot: QtBot) -> GroupSheet:
    choose(screen, "s1", "s2", "s3")
    screen.seat.office.actions.use("asset.group_command")
    commands = screen.panels["commands"]
    assert isinstance(commands, CommandList)
    sheet = commands.groups.open_sheet
    assert sheet is not None
    qtbot.waitUntil(lambda: sheet.armed, timeout=2000)
    return sheet


def answered(screen: Screen, sheet: GroupSheet, blocked: dict[int, str]) -> SendGroup:
    sheet.ask.click()
    (asked,) = screen.seat.sent_of(SendGroup)
    members = tuple(
        ActResult(c.command_id, blocked.get(n, ""), IMG if n in blocked else "")
        for n, c in enumerate(asked.commands)
    )
    screen.seat.office.control.receive_group(
        GroupConfirm(
            request=asked.request,
            group_id=asked.group_id,
            text=TEXT,
            token="tok",
            expires=time.time_ns() + 20 * NS,
            members=members,
        )
    )
    return asked


def hold(sheet: GroupSheet, qtbot: QtBot, screen: Screen) -> ExecuteGroup:
    qtbot.waitUntil(sheet.execute.isEnabled, timeout=2000)
    QTest.mousePress(sheet.execute, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(screen.seat.sent_of(ExecuteGroup)), timeout=HOLD_MS + 2000)
    return screen.seat.sent_of(ExecuteGroup)[0]


def test_the_act_is_offered_for_several_assets_only(screen: Screen):
    action = screen.seat.office.actions.action("asset.group_command")
    choose(screen, "s1")
    assert not action.isEnabled()
    choose(screen, "s1", "s3")
    assert screen.tree.chosen_assets() == ("s1", "s3")
    assert action.isEnabled()


def test_members_are_listed_with_what_the_hub_says_of_each(screen: Screen, qtbot: QtBot):
    """CMD-08: names of the site are shown literally."""
    sheet = opened(screen, qtbot)
    assert [c.name for c in sheet.commands] == ["start", "set_gate", "trip"]
    asked = answered(screen, sheet, {})
    assert [(c.asset, c.command) for c in asked.commands] == [
        ("s1", "start"),
        ("s2", "start"),
        ("s3", "start"),
    ]
    assert sheet.stage is GroupStage.CONFIRM
    assert sheet.members.texts() == [
        (IMG, "can be sent"),
        (FORMAT, "can be sent"),
        ("Third pumping station", "can be sent"),
    ]
    assert not sheet.only_free.isVisible()
    assert not hold(sheet, qtbot, screen).without_blocked


def test_with_a_blocked_member_nothing_goes_unless_that_is_said(screen: Screen, qtbot: QtBot):
    """CMD-08: send none unless re-confirmed."""
    sheet = opened(screen, qtbot)
    answered(screen, sheet, {1: "BLOCKED_BY_TAG"})
    qtbot.waitUntil(lambda: sheet.armed, timeout=2000)
    assert not sheet.execute.isEnabled()
    assert "Nothing is sent" in sheet.note.text()
    assert IMG in sheet.members.texts()[1][1]
    sheet.only_free.click()
    assert sheet.execute.text().startswith("Send to 2 assets")
    assert hold(sheet, qtbot, screen).without_blocked


def test_every_member_has_a_result_of_its_own(screen: Screen, qtbot: QtBot):
    sheet = opened(screen, qtbot)
    asked = answered(screen, sheet, {})
    message = hold(sheet, qtbot, screen)
    keys = [c.command_id for c in asked.commands]
    results = (ActResult(keys[0]), ActResult(keys[1], "TARGET_BUSY"), ActResult(keys[2]))
    screen.seat.office.acts.receive(ActReply(request=message.request, results=results))
    assert sheet.stage is GroupStage.DONE
    said = [text for _, text in sheet.members.texts()]
    assert (said[0], said[2]) == ("sent", "sent")
    assert "busy" in said[1]
    assert not sheet.execute.isVisible()


def test_assets_without_a_common_command_say_so(screen: Screen, qtbot: QtBot):
    sheet = opened(screen, qtbot)
    sheet.commands = []
    sheet.office.speech.set_lang("ko")
    assert "함께 보낼 수 있는 명령이 없습니다" in sheet.note.text()
    assert not sheet.ask.isEnabled()


def test_the_sheet_closes_when_the_link_is_lost(screen: Screen, qtbot: QtBot):
    sheet = opened(screen, qtbot)
    answered(screen, sheet, {})
    screen.seat.lose_link()
    assert not sheet.isVisible()
