"""Tags, areas, groups and procedures in the real window at a real hub: what a person does, and what comes of it."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from town import Town
from window_seat import WindowSeat

from console.core.command.control_facts import RunState, StepState, TagKind
from console.core.command.facts import CommandState
from widgets.assets.command_buttons import CommandButton
from widgets.assets.tag_sheets import HangSheet, TakeDownSheet
from widgets.commands.group import GroupSheet, GroupStage
from widgets.commands.list import CommandList
from widgets.kit.asks import asks_of
from widgets.procedures.panel import ProcedurePanel

pytestmark = [pytest.mark.journey, pytest.mark.xvfb, pytest.mark.timeout(240)]

PUMP = "eco-pump"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    made = Town(tmp_path_factory.mktemp("town"), speed=2.0)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def seat(request: pytest.FixtureRequest, town: Town) -> Generator[WindowSeat, None, None]:
    with WindowSeat.opened(request, town) as made:
        yield made


def dock(seat: WindowSeat) -> CommandList:
    found = seat.window.dock_widget("commands")
    assert isinstance(found, CommandList)
    return found


def button(seat: WindowSeat, bot: QtBot, name: str) -> CommandButton:
    seat.office.selection.select_asset(PUMP)
    seat.wait(bot, "the buttons", lambda: any(b.command.name == name for b in seat.plate.commands.buttons))
    return next(b for b in seat.plate.commands.buttons if b.command.name == name)


def test_a_tag_hung_in_the_window_blocks_the_commands_until_it_is_taken_down(seat: WindowSeat, qtbot: QtBot):
    """CMD-08: on faceplate, tree and map, by the hub's word."""
    start = button(seat, qtbot, "pump1_start")
    seat.wait(qtbot, "the command is free", start.isEnabled)
    seat.plate.tags.hang.click()
    sheet = seat.window.findChild(HangSheet)
    assert sheet is not None
    QTest.keyClicks(sheet.text, "impeller is out, call 119")
    sheet.do.click()
    seat.wait(qtbot, "the tag", lambda: len(seat.plate.tags.lines) == 1)
    assert seat.plate.tags.lines[0].kind.text() == "Do not operate"
    seat.wait(qtbot, "the commands are blocked", lambda: not start.isEnabled())
    assert "Do not operate" in seat.plate.commands.none.text()
    seat.wait(qtbot, "the padlock on the map", lambda: seat.marks()[PUMP].tagged)
    asset = seat.office.tags.of_asset(PUMP)[0]
    assert (asset.kind, asset.text) == (TagKind.INHIBIT_ALL, "impeller is out, call 119")
    request = seat.office.acts.send(PUMP, "pump1_start")
    seat.wait(qtbot, "the hub's refusal", lambda: request in seat.office.commands.facts)
    seat.wait(qtbot, "its reason", lambda: seat.office.commands.facts[request].state is CommandState.REJECTED)
    assert seat.office.commands.facts[request].reason == "BLOCKED_BY_TAG"
    seat.plate.tags.lines[0].take_down.click()
    down = seat.window.findChild(TakeDownSheet)
    assert down is not None
    down.do.click()
    seat.wait(qtbot, "the tag is gone", lambda: not seat.plate.tags.lines and start.isEnabled())
    seat.wait(qtbot, "the padlock is gone", lambda: not seat.marks()[PUMP].tagged)


def test_whoever_commands_in_a_free_area_holds_it_and_gives_it_back(seat: WindowSeat, qtbot: QtBot):
    """CMD-09."""
    area = seat.catalogue.assets[PUMP].area
    command = seat.office.acts.send(PUMP, "pump2_start")
    seat.wait(qtbot, "the pump runs", lambda: seat.value(f"{PUMP}.pump2_state") == 1.0)
    seat.wait(qtbot, "the command is over", lambda: seat.office.commands.facts[command].state.terminal)
    seat.wait(qtbot, "the area is held", lambda: bool(seat.office.areas.of_area(area).holder))
    assert seat.office.areas.of_area(area).holder == seat.office.session.user
    assert seat.window.status.areas.text().startswith("Holding")
    seat.office.control.release_area(area)
    seat.wait(qtbot, "the area is free", lambda: not seat.office.areas.of_area(area).holder)


def test_a_group_with_a_blocked_member_is_sent_only_when_that_is_said(seat: WindowSeat, qtbot: QtBot):
    """CMD-08: the one that runs already is blocked, the other starts."""
    other = "noksan-pump"
    asks_of(seat.office.acts).group_asked.emit((PUMP, other))
    sheet = dock(seat).groups.open_sheet
    assert isinstance(sheet, GroupSheet)
    names = [command.name for command in sheet.commands]
    sheet.choice.setCurrentIndex(names.index("pump2_start"))
    seat.wait(qtbot, "the group can be asked for", sheet.ask.isEnabled)
    sheet.ask.click()
    seat.wait(qtbot, "the hub's judgement", lambda: sheet.stage is GroupStage.CONFIRM)
    assert sheet.blocked() == 1
    seat.wait(qtbot, "the sheet is armed", lambda: sheet.armed)
    assert not sheet.execute.isEnabled()
    sheet.only_free.click()
    QTest.mousePress(sheet.execute, Qt.MouseButton.LeftButton)
    seat.wait(qtbot, "a result for each", lambda: sheet.stage is GroupStage.DONE)
    assert [said for _, said in sheet.members.texts()].count("sent") == 1
    sheet.leave.click()
    seat.wait(qtbot, "the free one runs", lambda: seat.value(f"{other}.pump2_state") == 1.0)


def test_a_procedure_is_tried_dry_then_run_paused_skipped_and_aborted(seat: WindowSeat, qtbot: QtBot):
    """Every step by the hub, every act on the panel."""
    seat.window.raise_dock("procedures")
    panel = seat.window.dock_widget("procedures")
    assert isinstance(panel, ProcedurePanel)
    panel.dry.click()
    seat.wait(qtbot, "a dry run that is over", lambda: _over(panel))
    dry = panel.run()
    assert dry is not None
    assert dry.dry
    assert not any(fact.request.test for fact in seat.office.commands.facts.values())
    QTest.mousePress(panel.start, Qt.MouseButton.LeftButton)
    seat.wait(qtbot, "a run that waits for a note", lambda: _state(panel) is RunState.WAITING)
    QTest.keyClicks(panel.acts.text, "60 mm expected at 18:00")
    panel.acts.main.click()
    seat.wait(qtbot, "the next step", lambda: _step(panel) > 0)
    seat.wait(
        qtbot, "a step for a person", lambda: panel.acts.main.isVisible() or panel.acts.retry.isVisible()
    )
    run = panel.run()
    assert run is not None
    assert (run.steps[0].state, run.steps[0].text) == (StepState.DONE, "60 mm expected at 18:00")
    if panel.acts.hold.isVisible():
        panel.acts.hold.click()
        seat.wait(qtbot, "a pause", lambda: _state(panel) is RunState.PAUSED)
    QTest.mousePress(panel.acts.abort, Qt.MouseButton.LeftButton)
    seat.wait(qtbot, "the end", lambda: _state(panel) is RunState.ABORTED)
    assert not panel.acts.isVisible()


def _over(panel: ProcedurePanel) -> bool:
    run = panel.run()
    return run is not None and run.state.over


def _state(panel: ProcedurePanel) -> RunState | None:
    run = panel.run()
    return run.state if run is not None else None


def _step(panel: ProcedurePanel) -> int:
    run = panel.run()
    return run.step if run is not None else 0
