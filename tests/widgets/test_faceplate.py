"""The faceplate: values in context, alarms, commands and what became of them."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.core.command.facts import CommandFact, CommandRequest, CommandState, CommandStep
from console.core.mover import MoverFact, PositionBatch
from console.core.quality import Quality
from console.wire.messages import AckAlarms, ResolveCommand, SendCommand
from tests.widgets.conftest import NS, UNACKED, Screen, alarm_fact
from widgets.commands.confirm import ARM_MS, CommandConfirm
from widgets.commands.list import CommandList
from widgets.commands.number import fault_of, parse_number


def command_fact(state: CommandState, reason: str = "", steps: tuple[CommandState, ...] = ()) -> CommandFact:
    now = time.time_ns()
    made = tuple(CommandStep(step, now - (len(steps) - n) * NS) for n, step in enumerate(steps))
    request = CommandRequest(command_id="01A", asset="s3", command="start")
    return CommandFact(request=request, state=state, reason=reason, by="hong", steps=made)


def open_confirm(screen: Screen, name: str) -> CommandConfirm:
    screen.seat.office.selection.select_asset("s3")
    button = next(b for b in screen.faceplate.commands.buttons if b.command.name == name)
    button.click()
    commands = screen.panels["commands"]
    assert isinstance(commands, CommandList)
    sheet = commands.desk.open_sheet
    assert isinstance(sheet, CommandConfirm)
    return sheet


def sent_commands(screen: Screen) -> list[SendCommand]:
    return screen.seat.sent_of(SendCommand)


def test_nothing_selected_says_what_fills_the_pane(screen: Screen):
    assert screen.faceplate.empty.isVisible()
    assert screen.faceplate.empty.sentence.text().startswith("Select an asset")


def test_headline_values_stand_on_bars_with_unit_and_quality(screen: Screen):
    """HMI-06, HMI-10."""
    screen.seat.office.selection.select_asset("s3")
    level, run = screen.faceplate.values.rows
    assert level.bar is not None
    assert level.value is not None
    assert run.state is not None
    screen.seat.put(6, 2.347)
    screen.seat.put(7, 1.0)
    assert level.value.shown == "2.35 <i>m</i>"
    assert run.state.shown == "<s>1</s>"
    screen.seat.put(6, 2.347, int(Quality.BAD))
    assert "bad" in level.value.accessibleName()


def test_a_value_that_never_came_is_an_em_dash_with_its_reason(screen: Screen):
    """HMI-10: never "None", "nan" or "0.0" for nothing."""
    screen.seat.put(6, float("nan"), int(Quality.NEVER))
    screen.seat.office.selection.select_asset("s3")
    value = screen.faceplate.values.rows[0].value
    assert value is not None
    assert value.shown == "\u2014"
    assert "never received" in value.toolTip()


@pytest.mark.parametrize("quality", [q for q in Quality if q is not Quality.GOOD])
def test_every_quality_but_good_is_marked_beside_the_value(
    screen: Screen, qapp: QApplication, quality: Quality
):
    """HMI-10: hatch and letter, seen in the picture."""
    screen.seat.office.selection.select_asset("s3")
    value = screen.faceplate.values.rows[0].value
    assert value is not None
    screen.seat.put(6, 2.0)
    qapp.processEvents()
    plain = value.sizeHint().width()
    screen.seat.put(6, 2.0, int(quality))
    qapp.processEvents()
    assert value.sizeHint().width() >= plain or quality is Quality.NEVER
    shot = value.grab().toImage()
    ground = QColor(screen.seat.office.themes.tokens.panel)
    strip = [shot.pixelColor(x, shot.height() // 2) for x in range(min(18, shot.width()))]
    assert any(abs(pixel.lightness() - ground.lightness()) > 40 for pixel in strip)


def test_an_alarm_is_acknowledged_in_place(screen: Screen):
    screen.seat.raise_alarms([alarm_fact(4, UNACKED, 1)])
    screen.seat.office.selection.select_asset("s3")
    (row,) = screen.faceplate.alarms.rows
    assert row.ack.height() >= 44
    row.ack.click()
    (message,) = screen.seat.sent_of(AckAlarms)
    assert message.items[0].occurrence == "occ4"


def test_a_command_is_confirmed_with_target_present_and_new_value(screen: Screen, qtbot: QtBot):
    """HMI-19, CMD-05."""
    screen.seat.put(7, 0.0)
    sheet = open_confirm(screen, "start")
    assert sheet.target.text() == "Third pumping station"
    assert sheet.change.text() == "<s>0</s>  →  <s>1</s>"
    assert sheet.hazard.text().startswith("<img")
    assert sheet.execute.text() == "<b>펌프</b>"
    assert not sheet.execute.isDefault()
    assert not sheet.execute.autoDefault()
    assert sheet.focusWidget() is sheet.leave
    assert sheet.execute.geometry().left() > sheet.leave.geometry().right() + 8


def test_nothing_is_sent_before_the_sheet_has_stood_half_a_second(screen: Screen, qtbot: QtBot):
    """HMI-19: a double press sends nothing."""
    assert ARM_MS == 500
    sheet = open_confirm(screen, "start")
    assert not sheet.execute.isEnabled()
    sheet.execute.click()
    assert not sent_commands(screen)
    qtbot.waitUntil(lambda: sheet.armed, timeout=2000)
    sheet.execute.click()
    (message,) = sent_commands(screen)
    assert (message.command.asset, message.command.command, message.command.value) == ("s3", "start", None)


def test_enter_never_executes(screen: Screen, qtbot: QtBot):
    """HMI-13: also when the execute button has the focus."""
    sheet = open_confirm(screen, "start")
    qtbot.waitUntil(lambda: sheet.armed, timeout=2000)
    sheet.execute.setFocus()
    for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        QTest.keyClick(sheet.execute, key)
        QTest.keyClick(sheet, key)
    assert not sent_commands(screen)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sent_commands(screen)


def test_the_sheet_withdraws_itself_when_the_link_is_lost(screen: Screen):
    sheet = open_confirm(screen, "start")
    screen.seat.lose_link()
    assert not sheet.isVisible()
    assert not sent_commands(screen)
    assert all(not button.isEnabled() for button in screen.faceplate.commands.buttons)


def test_only_one_confirmation_stands_at_a_time(screen: Screen):
    """HMI-19: no stacking."""
    first = open_confirm(screen, "start")
    screen.faceplate.commands.buttons[2].click()
    assert open_confirm(screen, "trip") is first
    assert not sent_commands(screen)


def test_a_parameter_is_checked_against_range_step_and_form(screen: Screen, qtbot: QtBot):
    """CMD-12."""
    screen.seat.put(8, 40.0)
    sheet = open_confirm(screen, "set_gate")
    qtbot.waitUntil(lambda: sheet.armed, timeout=2000)
    for typed, said in (("abc", "Enter a number"), ("120", "Outside 0.0 to"), ("90", "At most 30.0")):
        sheet.entry.setText(typed)
        assert not sheet.execute.isEnabled()
        assert sheet.limits.text().startswith(said)
    sheet.entry.setText("55,5")
    assert sheet.execute.isEnabled()
    assert sheet.change.text().endswith("55.5\u2009%")
    sheet.execute.click()
    (message,) = sent_commands(screen)
    assert message.command.value == 55.5


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,5", 1.5),
        ("1.5", 1.5),
        ("-2", -2.0),
        ("\u22122", -2.0),
        ("1e3", None),
        ("nan", None),
        ("1,000.5", None),
        ("", None),
    ],
)
def test_numbers_are_read_as_a_person_types_them(typed: str, value: float | None):
    """CMD-12: locale comma, no NaN, no infinity."""
    assert parse_number(typed) == value


def test_an_empty_entry_is_not_a_fault_but_cannot_be_sent(screen: Screen):
    sheet = open_confirm(screen, "set_gate")
    assert sheet.param is not None
    assert fault_of("", sheet.param, None) == "missing"
    assert sheet.entry.property("fault") != "true"


def test_a_pending_command_is_marked_and_cannot_be_asked_again(screen: Screen):
    """CMD-13."""
    screen.seat.office.selection.select_asset("s3")
    screen.seat.office.commands.push(
        [command_fact(CommandState.SENT, steps=(CommandState.RECEIVED, CommandState.SENT))]
    )
    button = screen.faceplate.commands.buttons[0]
    assert button.pending
    assert not button.isEnabled()
    assert screen.window.status.pending.text() == "Pending 1"


def test_stages_are_told_with_their_times_as_they_come(screen: Screen):
    """CMD-13: requested, sent, executing, verified."""
    screen.seat.office.selection.select_asset("s3")
    path = (CommandState.RECEIVED, CommandState.SENT, CommandState.EXECUTING, CommandState.SUCCEEDED)
    for count in range(1, 5):
        fact = command_fact(path[count - 1], steps=path[:count])
        screen.seat.office.commands.push([fact])
        lines = screen.faceplate.acts.stages.lines()
        assert [line.split(" ", 1)[1] for line in lines] == ["requested", "sent", "executing", "done"][:count]
    assert screen.faceplate.acts.newest_outcome.text() == "Reported done, not proved by feedback"


def test_an_unknown_outcome_is_loud_and_says_what_to_do(screen: Screen):
    """Honest about no answer; CMD: resolved only with evidence."""
    screen.seat.office.selection.select_asset("s3")
    fact = command_fact(CommandState.INDETERMINATE, "NO_DEVICE_ANSWER", (CommandState.SENT,))
    screen.seat.office.commands.push([fact])
    unknown = screen.faceplate.acts.unknown
    assert not unknown.isHidden()
    assert unknown.headline.text().startswith("Outcome unknown")
    assert "Do not send it again" in unknown.advice.text()
    assert not unknown.was_done.isEnabled()
    unknown.evidence.setText("pump runs, seen on site")
    unknown.was_done.click()
    (message,) = screen.seat.sent_of(ResolveCommand)
    assert (message.command_id, message.outcome, message.evidence) == (
        "01A",
        "DONE",
        "pump runs, seen on site",
    )


def test_a_vessel_shows_who_where_and_how_fast(screen: Screen):
    told = {"mmsi": "440", "<i>k</i>": "<u>v</u>"}
    fact = MoverFact(mover=7, id="x", kind="vessel", feed="logistics", name="<b>한바다</b>", facts=told)
    at, one = np.array([time.time_ns() - 3 * NS]), np.float32
    lat, lon = np.array([35.1]), np.array([129.0])
    here = PositionBatch(np.array([7], np.uint32), at, lat, lon, np.array([90], one), np.array([5], one))
    screen.seat.office.movers.push([fact], here)
    screen.seat.office.selection.select_mover(7)
    assert screen.faceplate.name.text() == "<b>한바다</b>"
    lines = screen.faceplate.mover.lines()
    assert "Speed 9.7\u2009kn" in lines
    assert "Heading 090°" in lines
    assert "<i>k</i> <u>v</u>" in lines


def test_a_vessel_without_position_shows_dashes(screen: Screen):
    screen.seat.office.movers.push([MoverFact(mover=9, id="y", kind="truck", feed="logistics")])
    screen.seat.office.selection.select_mover(9)
    assert screen.faceplate.name.text() == "y"
    assert "Speed \u2014" in screen.faceplate.mover.lines()


def test_the_tree_finds_by_either_language_and_follows_the_selection(screen: Screen, qtbot: QtBot):
    tree = screen.tree
    QTest.keyClicks(tree.search, "third")
    assert tree.model.rowCount() == 1
    tree.search.setText("세 번째")
    index = tree.model.index(0, 0, tree.model.index(0, 0))
    QTest.mouseClick(
        tree.view.viewport(),
        Qt.MouseButton.LeftButton,
        pos=tree.view.visualRect(index).center() + QPoint(2, 0),
    )
    assert screen.seat.office.selection.asset == "s3"
    tree.search.setText("없는 설비")
    assert tree.empty.isVisible()
    assert tree.empty.sentence.text() == "No such asset"


def test_many_alarms_do_not_push_the_commands_off_the_screen(screen: Screen, monkeypatch: pytest.MonkeyPatch):
    """The rest is one press away, and the button says how many there are."""
    monkeypatch.setattr("widgets.assets.alarm_rows._FIRST", 1)
    screen.seat.raise_alarms([alarm_fact(4, UNACKED, 1), alarm_fact(5, UNACKED, 3)])
    screen.seat.office.selection.select_asset("s3")
    alarms = screen.faceplate.alarms
    assert [row.isHidden() for row in alarms.rows] == [False]
    first = alarms.rows[0]
    assert alarms.more.text() == "Show 1 more alarms"
    alarms.more.click()
    assert alarms.rows[0] is first
    assert [row.isHidden() for row in alarms.rows] == [False, False]
    assert alarms.more.isHidden()
