"""Procedures on screen: read before, tried dry, followed step by step, with the act that a step waits for."""

from __future__ import annotations

import time
from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.core.catalogue import Catalogue
from console.core.command.control_facts import RunFact, RunState, StepFact, StepState
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.control import Procedure, ProcedureStep, StepKind
from console.core.words import Text
from console.wire.messages import ActOnRun, StartProcedure
from tests.widgets.conftest import Seat
from tests.widgets.payload_city import IMG, payload_catalogue, text
from widgets.kit.buttons import HOLD_MS
from widgets.procedures.panel import ProcedurePanel

_O, _A, _D, _F = StepState.OPEN, StepState.ACTIVE, StepState.DONE, StepState.FAILED


def step(key: str, kind: StepKind, **more: object) -> ProcedureStep:
    return msgspec.structs.replace(ProcedureStep(id=key, kind=kind, label=text(key)), **more)


STORM = Procedure(
    id="storm",
    label=text(IMG),
    purpose=Text("비우기", "Empty the basin"),
    area="b",
    owner=Text("공사과", "Works"),
    steps=(
        step("note", StepKind.NOTE),
        step("see", StepKind.CONFIRM, skippable=False),
        step("go", StepKind.COMMAND, asset="s3", command="trip"),
        step("rise", StepKind.WAIT, when="at('s3').level > 1", timeout_s=90.0),
    ),
)
CROWD = Procedure(
    id="crowd", label=Text("축제", "Festival"), purpose=text("x"), area="a", steps=STORM.steps[:1]
)


@pytest.fixture
def panel(seat: Seat, qtbot: QtBot) -> ProcedurePanel:
    site = msgspec.structs.replace(payload_catalogue().site, procedures=(STORM, CROWD))
    seat.office.catalogue.push(Catalogue(site), "other")
    made = ProcedurePanel(seat.office)
    qtbot.addWidget(made)
    made.resize(1200, 600)
    made.show()
    return made


def run(state: RunState, at: int, *states: StepState, **more: object) -> RunFact:
    now = time.time_ns()
    steps = tuple(
        StepFact(id=s.id, state=found, at=now if found is not _O else 0, by="hong" if found is _D else "")
        for s, found in zip(STORM.steps, states, strict=True)
    )
    made = RunFact(id="r1", procedure="storm", state=state, by="hong", started=now, step=at, steps=steps)
    return msgspec.structs.replace(made, **more)


def shown(panel: ProcedurePanel) -> list[str]:
    acts = panel.acts
    buttons = (acts.main, acts.command, acts.retry, acts.skip, acts.hold, acts.abort)
    return [button.text() for button in buttons if button.isVisible()]


def test_the_plan_is_read_before_anything_is_started(seat: Seat, panel: ProcedurePanel):
    assert panel.name.text() == IMG
    assert panel.name.textFormat() is Qt.TextFormat.PlainText
    assert (panel.purpose.text(), panel.facts.text()) == ("Empty the basin", "B · owner Works")
    assert panel.steps.texts(2)[:3] == ["to come", "3. go", "Third pumping station · Trip (to be confirmed)"]
    assert panel.steps.texts(3)[2] == "waits for a condition, 90 s at most"
    assert not panel.acts.isVisible()


def test_a_dry_run_is_a_press_and_a_start_is_held(seat: Seat, panel: ProcedurePanel, qtbot: QtBot):
    panel.dry.click()
    panel.start.click()
    assert [m.dry for m in seat.sent_of(StartProcedure)] == [True]
    QTest.mousePress(panel.start, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(seat.sent_of(StartProcedure)) == 2, timeout=HOLD_MS + 2000)
    assert seat.sent_of(StartProcedure)[1] == msgspec.structs.replace(
        seat.sent_of(StartProcedure)[1], procedure="storm", dry=False
    )


def test_a_note_is_written_down_before_it_goes_on(seat: Seat, panel: ProcedurePanel):
    seat.office.runs.push([run(RunState.WAITING, 0, _A, _O, _O, _O)])
    assert panel.acts.title.text() == "Step 1 of 4 · note"
    assert not panel.acts.main.isEnabled()
    panel.acts.text.setText("60 mm expected at 18:00")
    panel.acts.main.click()
    (message,) = seat.sent_of(ActOnRun)
    assert (message.run, message.act, message.text) == ("r1", "note", "60 mm expected at 18:00")


def test_what_a_person_must_see_is_confirmed_and_not_skipped(seat: Seat, panel: ProcedurePanel):
    seat.office.runs.push([run(RunState.WAITING, 1, _D, _A, _O, _O)])
    assert shown(panel) == ["Confirmed", "Pause", "Abort (hold 1.2 s)"]
    panel.acts.main.click()
    assert seat.sent_of(ActOnRun)[0].act == "confirm"
    assert panel.steps.texts(0)[0] == "✓ done"
    assert panel.steps.texts(0)[4] == "hong"


def test_a_step_that_was_not_done_says_why_and_offers_three_ways(seat: Seat, panel: ProcedurePanel):
    steps = run(RunState.HELD, 2, _D, _D, _F, _O).steps
    failed = msgspec.structs.replace(steps[2], reason="BLOCKED_BY_TAG")
    held = run(
        RunState.HELD, 2, _D, _D, _F, _O, reason="BLOCKED_BY_TAG", steps=(*steps[:2], failed, steps[3])
    )
    seat.office.runs.push([held])
    assert shown(panel) == ["Try again", "Skip", "Abort (hold 1.2 s)"]
    assert "tag" in panel.acts.told.text()
    assert "tag" in panel.steps.texts(2)[5]
    assert not panel.acts.skip.isEnabled()
    panel.acts.text.setText("opened by hand")
    panel.acts.skip.click()
    panel.acts.retry.click()
    assert [(m.act, m.text) for m in seat.sent_of(ActOnRun)] == [("skip", "opened by hand"), ("retry", "")]


def test_a_wait_counts_down_and_a_command_under_way_is_not_skipped(seat: Seat, panel: ProcedurePanel):
    seat.office.runs.push([run(RunState.WAITING, 3, _D, _D, _D, _A)])
    assert panel.acts.told.text() in (
        "Waiting for the condition · 90 s left",
        "Waiting for the condition · 89 s left",
    )
    seat.office.runs.push([run(RunState.RUNNING, 2, _D, _D, _A, _O)])
    assert "Skip" not in shown(panel)


def test_a_command_of_a_step_tells_its_own_story(seat: Seat, panel: ProcedurePanel):
    made = run(RunState.RUNNING, 2, _D, _D, _A, _O)
    active = msgspec.structs.replace(made.steps[2], command_id="01C")
    seat.office.runs.push([msgspec.structs.replace(made, steps=(*made.steps[:2], active, made.steps[3]))])
    request = CommandRequest(command_id="01C", asset="s3", command="trip")
    seat.office.commands.push([CommandFact(request=request, state=CommandState.EXECUTING)])
    assert panel.acts.told.text() == "Executing"
    found = seat.office.runs.of_command("01C")
    assert found is not None
    assert found.id == "r1"


@pytest.mark.parametrize(
    ("state", "act", "name"),
    [(RunState.RUNNING, "pause", "Pause"), (RunState.PAUSED, "resume", "Go on")],
)
def test_a_run_is_paused_and_goes_on(seat: Seat, panel: ProcedurePanel, state: RunState, act: str, name: str):
    seat.office.runs.push([run(state, 3, _D, _D, _D, _A)])
    assert panel.acts.hold.text() == name
    panel.acts.hold.click()
    assert seat.sent_of(ActOnRun)[0].act == act


def test_a_run_that_is_over_offers_nothing_and_stays_readable(seat: Seat, panel: ProcedurePanel):
    seat.office.runs.push([run(RunState.DONE, 3, _D, _D, _D, _D, ended=time.time_ns(), dry=True)])
    assert not panel.acts.isVisible()
    assert panel.state.text().startswith("[Dry] done")
    assert panel.start.isEnabled()


def test_a_procedure_under_way_is_not_started_twice(seat: Seat, panel: ProcedurePanel):
    seat.office.runs.push([run(RunState.RUNNING, 3, _D, _D, _D, _A)])
    assert not panel.start.isEnabled()
    assert panel.start.toolTip() == "This procedure is already under way"
    assert panel.dry.isEnabled()


def test_another_procedure_is_chosen_by_keyboard(seat: Seat, panel: ProcedurePanel):
    panel.view.setFocus()
    QTest.keyClick(panel.view, Qt.Key.Key_Down)
    assert panel.name.text() == "Festival"


def _lock(seat: Seat) -> None:
    seat.lose_link()


@pytest.mark.parametrize("lose", [_lock])
def test_without_a_link_nothing_can_be_pressed(
    seat: Seat, panel: ProcedurePanel, lose: Callable[[Seat], None]
):
    seat.office.runs.push([run(RunState.WAITING, 1, _D, _A, _O, _O)])
    lose(seat)
    acts = panel.acts
    assert not any(b.isEnabled() for b in (panel.start, panel.dry, acts.main, acts.hold, acts.abort))
