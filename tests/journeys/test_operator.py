"""A storm over Busan: an operator commands, a supervisor acknowledges, another seat sees it."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from people_seat import command_id
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from script_seat import ScriptSeat
from town import Town
from window_seat import WindowSeat

from console.core.alarm.facts import AckItem
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.desk.models.alarm_rows import AlarmColumn
from console.wire.messages import AckAlarms, ActReply, JournalReply, QueryJournal, SendCommand
from widgets.commands.confirm import CommandConfirm
from widgets.commands.order import OrderSheet, Stage
from widgets.kit.buttons import HoldButton

pytestmark = [pytest.mark.journey, pytest.mark.xvfb, pytest.mark.timeout(240)]

STORM_SPEED = 3.0
"""City seconds per second, so that the rain comes within half a minute."""
BEFORE = {CommandState.RECEIVED, CommandState.SELECTING, CommandState.SELECTED, CommandState.AWAIT_APPROVAL}


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    made = Town(tmp_path_factory.mktemp("town"), scenario="storm", speed=STORM_SPEED)
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def seat(request: pytest.FixtureRequest, town: Town) -> Generator[WindowSeat, None, None]:
    with WindowSeat.opened(request, town) as made:
        yield made


def command(seat: WindowSeat, bot: QtBot, asset: str, name: str, entry: str = "") -> str:
    """Everything a person does to command: select, verb button, confirmation; the command's id."""
    seat.select_in_tree(asset)
    seat.wait(bot, "the faceplate", lambda: seat.plate.name.text() == seat.catalogue.assets[asset].name.en)
    known = {fact.request.command_id for fact in seat.commands(asset)}
    button = next(b for b in seat.plate.commands.buttons if b.command.name == name)
    seat.wait(bot, "the verb can be pressed", lambda: button.isVisible() and button.isEnabled())
    seat.press(button)
    seat.wait(bot, "the confirmation", lambda: sheet_of(seat) is not None)
    sheet = sheet_of(seat)
    assert sheet is not None
    assert sheet.target.text() == seat.catalogue.assets[asset].name.en
    if entry:
        QTest.keyClicks(sheet.value.line, entry)
    if isinstance(sheet, OrderSheet) and sheet.stage is Stage.ASK:
        seat.wait(bot, "the hub can be asked", sheet.send_button.isEnabled)
        seat.press(sheet.send_button)
    seat.wait(bot, "the sheet is armed", lambda: sheet.execute.isVisible() and sheet.execute.isEnabled())
    if isinstance(sheet.execute, HoldButton):
        QTest.mousePress(sheet.execute, Qt.MouseButton.LeftButton)
    else:
        seat.press(sheet.execute)

    def fresh() -> list[CommandFact]:
        mine = [fact for fact in seat.commands(asset) if fact.request.command_id not in known]
        return [fact for fact in mine if fact.state not in BEFORE]

    seat.wait(bot, "the hub has taken it", lambda: bool(fresh()))
    return fresh()[0].request.command_id


def sheet_of(seat: WindowSeat) -> CommandConfirm | OrderSheet | None:
    """The open confirmation."""
    sheets = [*seat.window.findChildren(CommandConfirm), *seat.window.findChildren(OrderSheet)]
    return next((sheet for sheet in sheets if sheet.isVisible()), None)


def ended(seat: WindowSeat, bot: QtBot, asset: str, command_id: str, state: CommandState) -> CommandFact:
    """The command in the state that ends its story."""

    def fact() -> CommandFact:
        return next(f for f in seat.commands(asset) if f.request.command_id == command_id)

    seat.wait(bot, f"{state}", lambda: fact().state is state, 45_000)
    return fact()


def words_on_plate(seat: WindowSeat) -> str:
    """What the faceplate says of the newest command: outcome, stages, advice."""
    acts = seat.plate.acts
    parts = [acts.newest.text, acts.newest_outcome.text(), acts.stages.accessibleName()]
    if acts.unknown.isVisible():
        parts += [acts.unknown.headline.text(), acts.unknown.advice.text()]
    return "\n".join(parts)


def test_a_started_pump_runs_and_the_outflow_rises(seat: WindowSeat, qtbot: QtBot) -> None:
    """Faceplate, confirmation, stages, verified success; the city answers with physics (I9)."""
    asset = "suyeong-pump"
    running = "suyeong-pump.pump3_state"
    seat.wait(qtbot, "water enough", lambda: seat.value("suyeong-pump.inlet_level") > 0.9, 60_000)
    seat.wait(qtbot, "pump 3 known", lambda: seat.value(running) >= 0)
    if seat.value(running) == 1:
        ended(seat, qtbot, asset, command(seat, qtbot, asset, "pump3_stop"), CommandState.SUCCEEDED)
        seat.wait(qtbot, "stopped", lambda: seat.value(running) == 0)
    before = seat.value("suyeong-pump.outflow")
    fact = ended(seat, qtbot, asset, command(seat, qtbot, asset, "pump3_start"), CommandState.SUCCEEDED)
    assert fact.verified
    states = [step.state for step in fact.steps]
    assert states[0] is CommandState.RECEIVED
    assert CommandState.SENT in states
    seat.wait(qtbot, "running", lambda: seat.value(running) == 1)
    told = words_on_plate(seat)
    assert "Start pump 3" in told
    assert seat.office.speech.say("assets.act_state.SUCCEEDED") in told
    seat.wait(qtbot, "more outflow", lambda: seat.value("suyeong-pump.outflow") > before + 1.0, 40_000)


def test_a_pump_in_local_mode_cannot_be_asked_for_and_says_why(
    town: Town, seat: WindowSeat, qtbot: QtBot
) -> None:
    """CMD-07, CMD-14: pump 3 of Choryang stands in local mode; the screen says so before, the hub in any case."""
    asset = "choryang-pump"
    seat.wait(qtbot, "water", lambda: seat.value("choryang-pump.inlet_level") > 0.9, 60_000)
    seat.select_in_tree(asset)
    seat.wait(qtbot, "the plate", lambda: seat.plate.name.text() == seat.catalogue.assets[asset].name.en)
    button = next(b for b in seat.plate.commands.buttons if b.command.name == "pump3_start")
    seat.wait(qtbot, "the reason", lambda: bool(button.why()))
    assert not button.isEnabled()
    assert "remote" in button.why().lower()
    with ScriptSeat(town.url, town.secret, "script") as other:
        order = CommandRequest(command_id=command_id(), asset=asset, command="pump3_start")
        other.send(SendCommand(request="local", command=order))
        reply = other.wait_for(ActReply, lambda message: message.request == "local")
        assert reply.results[0].reason == "BLOCKED_BY_INTERLOCK"
    assert seat.value("choryang-pump.pump3_state") == 0


def test_a_slow_device_is_shown_executing_before_it_succeeds(seat: WindowSeat, qtbot: QtBot) -> None:
    """The starter of the Baegyang tunnel's fans takes eight seconds of the city's time."""
    asset = "baegyang-tunnel"
    wanted = "2" if seat.value("baegyang-tunnel.fan_stage") != 2 else "3"
    sent = command(seat, qtbot, asset, "fan_stage_set", wanted)
    executing = seat.office.speech.say("assets.act_state.EXECUTING")
    verifying = seat.office.speech.say("assets.act_state.VERIFYING")
    outcome = seat.plate.acts.newest_outcome
    seat.wait(qtbot, "going on", lambda: outcome.text() in {executing, verifying})
    fact = ended(seat, qtbot, asset, sent, CommandState.SUCCEEDED)
    assert fact.verified
    seat.wait(qtbot, "the stage", lambda: seat.value("baegyang-tunnel.fan_stage") == float(wanted))


def test_a_silent_device_leaves_the_outcome_unknown_and_says_what_to_do(
    seat: WindowSeat, qtbot: QtBot
) -> None:
    """The modem of the Sinho cabinet hears and never answers (I7: INDETERMINATE has an owner)."""
    asset = "sinho-light"
    name = "lights_off" if seat.value("sinho-light.state") == 1 else "lights_on"
    sent = command(seat, qtbot, asset, name)
    fact = ended(seat, qtbot, asset, sent, CommandState.INDETERMINATE)
    assert fact.reason
    unknown = seat.plate.acts.unknown
    seat.wait(qtbot, "the advice", unknown.isVisible)
    assert unknown.headline.text()
    assert unknown.advice.text()
    assert not unknown.was_not.isEnabled()
    unknown.evidence.setText("Seen on site: lamps unchanged")
    seat.wait(qtbot, "evidence is enough", unknown.was_not.isEnabled)
    seat.press(unknown.was_not)
    fact = ended(seat, qtbot, asset, sent, CommandState.RESOLVED)
    assert "lamps unchanged" in fact.detail
    seat.wait(qtbot, "the advice has gone", lambda: not unknown.isVisible())


def test_an_acknowledgement_is_seen_by_every_seat(town: Town, seat: WindowSeat, qtbot: QtBot) -> None:
    """ALM-23: F2 acknowledges the selected row; a second seat sees by whom."""
    seat.window.raise_dock("alarms")
    board = seat.office.alarms
    seat.wait(
        qtbot, "an alarm to acknowledge", lambda: any(not f.state.acked for f in board.listed()), 90_000
    )
    fact = next(f for f in board.listed() if not f.state.acked)
    row = seat.alarms.model.row_of(fact.alarm)
    waiting = seat.alarm_rows()[row][AlarmColumn.STATE]
    with ScriptSeat(town.url, town.secret, "second") as other:
        assert not other.alarms[fact.alarm].state.acked
        seat.press_alarm(row)
        seat.key(Qt.Key.Key_F2)
        seat.wait(qtbot, "acknowledged here", lambda: board.facts[fact.alarm].state.acked)
        other.until("acknowledged there", lambda: other.alarms[fact.alarm].state.acked)
        assert other.alarms[fact.alarm].acked_by
        assert other.alarms[fact.alarm].occurrence == fact.occurrence
        row = seat.alarms.model.row_of(fact.alarm)
        if row >= 0:
            seat.wait(
                qtbot, "shown", lambda: seat.alarm_rows()[seat.alarms.model.row_of(fact.alarm)][1] != waiting
            )
        other.send(QueryJournal(request="j", limit=50))
        records = other.wait_for(JournalReply).records
        assert any(
            r.what.upper().startswith("ACK") and r.who == other.alarms[fact.alarm].acked_by for r in records
        )
    seat.alarms.view.clearSelection()


def test_an_acknowledgement_of_an_old_occurrence_is_refused(
    town: Town, seat: WindowSeat, qtbot: QtBot
) -> None:
    """ALM-23, I3: only the occurrence that was seen; the words of the reason exist in both languages."""
    board = seat.office.alarms
    seat.wait(qtbot, "an alarm", lambda: any(not f.state.acked for f in board.listed()), 90_000)
    fact = next(f for f in board.listed() if not f.state.acked)
    stale = AckItem(fact.alarm, "01ARZ3NDEKTSV4RRFFQ69G5FAV", fact.priority)
    with ScriptSeat(town.url, town.secret, "second") as other:
        other.send(AckAlarms(request="r1", items=(stale,)))
        result = other.wait_for(ActReply).results[0]
        assert result.reason
        assert not other.alarms[fact.alarm].state.acked
    seat.office.acts.ack([stale])
    why = seat.office.speech.reason(result.reason)
    assert why != result.reason
    seat.wait(qtbot, "said in words", lambda: any(why in text for text in seat.visible_texts()))
    assert not board.facts[fact.alarm].state.acked
