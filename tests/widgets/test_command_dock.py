"""The dock of commands: what needs a person on top, who may decide decides, and an unknown outcome is settled."""

from __future__ import annotations

import time

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.core.catalogue import Catalogue
from console.core.command.control_facts import ConfirmText
from console.core.command.facts import CommandFact, CommandRequest, CommandState, CommandStep
from console.core.control import Policy
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import Grant
from console.core.identity.roles import Role
from console.core.site import CommandClass
from console.core.words import Text
from console.wire.messages import CancelCommand, DecideCommand, ResolveCommand
from tests.widgets.conftest import NS, Screen
from tests.widgets.payload_city import IMG, payload_catalogue
from widgets.commands.decision import DecisionCard
from widgets.commands.list import CommandList
from widgets.kit.buttons import HOLD_MS

TEXT = ConfirmText(title=Text(IMG, IMG), lines=(Text("가", "Now 1 → 0"),), digest="d" * 64)
_STATES = CommandState


def fact(number: int, state: CommandState, by: str = "hong", **more: object) -> CommandFact:
    now = time.time_ns()
    made = CommandFact(
        request=CommandRequest(command_id=f"01C{number:04d}", asset="s3", command="trip"),
        state=state,
        by=by,
        steps=(CommandStep(CommandState.RECEIVED, now - 3 * NS), CommandStep(state, now)),
        deadline=now + 100 * NS,
        confirm=TEXT if state is CommandState.AWAIT_APPROVAL else None,
    )
    return msgspec.structs.replace(made, **more)


def session(user: str, *roles: Role) -> SessionFact:
    grants = tuple(Grant(role=role, areas=("*",), top_class=CommandClass.C3) for role in roles)
    return SessionFact(state=SessionState.ACTIVE, user=user, name=user, grants=grants)


def dock(screen: Screen) -> CommandList:
    found = screen.panels["commands"]
    assert isinstance(found, CommandList)
    screen.window.raise_dock("commands")
    return found


def decision(commands: CommandList) -> DecisionCard:
    """What the sheet of the chosen command asks."""
    commands.detail.read.click()
    assert commands.approval is not None
    return commands.approval.card


def push(screen: Screen, *facts: CommandFact) -> None:
    screen.seat.office.commands.push(facts)


def test_what_needs_a_person_stands_on_top_until_it_is_settled(screen: Screen):
    """CMD-13: an unknown outcome first, then what waits for a person, what goes on, and what is over."""
    commands = dock(screen)
    order = (
        _STATES.SUCCEEDED,
        _STATES.EXECUTING,
        _STATES.AWAIT_APPROVAL,
        _STATES.INDETERMINATE,
        _STATES.FAILED,
    )
    push(screen, *(fact(n, state) for n, state in enumerate(order)))
    assert [f.state for f in commands.model.facts] == [
        _STATES.INDETERMINATE,
        _STATES.AWAIT_APPROVAL,
        _STATES.EXECUTING,
        _STATES.FAILED,
        _STATES.SUCCEEDED,
    ]
    commands.only_open.setChecked(True)
    assert len(commands.model.facts) == 3
    assert screen.window.status.pending.text() == "Pending 3 · unknown 1"


def test_the_selected_command_stays_while_others_come(screen: Screen):
    commands = dock(screen)
    push(screen, fact(1, _STATES.FAILED), fact(2, _STATES.FAILED))
    commands.show_command("01C0001")
    push(screen, fact(3, _STATES.INDETERMINATE))
    chosen = commands.chosen()
    assert chosen is not None
    assert chosen.request.command_id == "01C0001"


def test_stages_tell_times_people_reasons_and_what_the_device_said(screen: Screen):
    commands = dock(screen)
    push(screen, fact(1, _STATES.FAILED, approver="kim", reason="DEVICE_REJECTED", detail=IMG, late=True))
    detail = commands.detail
    assert detail.target.text() == "Third pumping station · asked by hong · approved by kim"
    assert detail.outcome.text().startswith("Failed (told late): ")
    assert IMG in detail.outcome.text()
    assert detail.outcome.textFormat() is Qt.TextFormat.PlainText
    assert [line.split(" ", 1)[1] for line in detail.stages.lines()] == ["requested", "failed"]


def test_success_without_proof_says_so(screen: Screen):
    commands = dock(screen)
    push(screen, fact(1, _STATES.SUCCEEDED))
    state = commands.model.index(0, 1).data()
    assert state == "done, unverified"
    push(screen, fact(1, _STATES.SUCCEEDED, verified=True))
    assert commands.model.index(0, 1).data() == "done"


def test_an_approver_reads_the_hubs_text_and_holds_to_approve(screen: Screen, qtbot: QtBot):
    """CMD-06: the decision names the digest of the text that was read."""
    commands = dock(screen)
    screen.seat.office.session.push(session("kim", Role.APPROVER))
    push(screen, fact(1, _STATES.AWAIT_APPROVAL))
    card = decision(commands)
    assert card.lines.texts() == [IMG, "Now 1 → 0"]
    assert card.waits.text().startswith("hong asks for approval")
    assert not card.deny.isEnabled()
    card.approve.click()
    assert not screen.seat.sent_of(DecideCommand)
    QTest.mousePress(card.approve, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(screen.seat.sent_of(DecideCommand)), timeout=HOLD_MS + 2000)
    (message,) = screen.seat.sent_of(DecideCommand)
    assert (message.command_id, message.digest, message.approve) == ("01C0001", TEXT.digest, True)


def test_who_denies_says_why(screen: Screen):
    commands = dock(screen)
    screen.seat.office.session.push(session("kim", Role.APPROVER))
    push(screen, fact(1, _STATES.AWAIT_APPROVAL))
    card = decision(commands)
    card.reason.setText("level is falling by itself")
    card.deny.click()
    (message,) = screen.seat.sent_of(DecideCommand)
    assert (message.approve, message.reason) == (False, "level is falling by itself")


@pytest.mark.parametrize(("user", "role"), [("hong", Role.APPROVER), ("lee", Role.OPERATOR)])
def test_who_asked_and_who_may_not_only_read(screen: Screen, user: str, role: Role):
    """CMD-06: never one's own command."""
    commands = dock(screen)
    screen.seat.office.session.push(session(user, role))
    push(screen, fact(1, _STATES.AWAIT_APPROVAL))
    card = decision(commands)
    assert card.waits.text().startswith("Waits for approval")
    assert not card.approve.isVisible()
    assert not card.deny.isVisible()
    assert not screen.window.call_bar.isVisible()


def test_where_the_site_allows_it_another_person_decides_at_this_seat(screen: Screen):
    """CMD-06: with an own account, for this one decision."""
    site = msgspec.structs.replace(payload_catalogue().site, policy=Policy(same_station_approval=True))
    screen.seat.office.catalogue.push(Catalogue(site), "other")
    commands = dock(screen)
    screen.seat.office.session.push(session("hong", Role.OPERATOR))
    push(screen, fact(1, _STATES.AWAIT_APPROVAL))
    card = decision(commands)
    card.reason.setText("no")
    assert not card.deny.isEnabled()
    card.user.setText("kim")
    card.password.setText("secret words of kim")
    card.deny.click()
    (message,) = screen.seat.sent_of(DecideCommand)
    assert (message.user, message.password) == ("kim", "secret words of kim")
    assert card.password.text() == ""


def test_an_approver_is_called_and_led_to_the_command(screen: Screen):
    """HMI-08: one line under the banner; the dock comes to the front."""
    commands = dock(screen)
    screen.seat.office.session.push(session("kim", Role.APPROVER))
    push(screen, fact(1, _STATES.AWAIT_APPROVAL), fact(2, _STATES.FAILED))
    commands.show_command("01C0002")
    screen.window.raise_dock("alarms")
    bar = screen.window.call_bar
    assert bar.isVisible()
    assert bar.text.text.startswith("Approval asked · Third pumping station · Trip")
    assert bar.geometry().top() >= screen.window.banner.geometry().bottom()
    bar.yes.click()
    chosen = commands.chosen()
    assert chosen is not None
    assert chosen.request.command_id == "01C0001"
    assert commands.isVisible()
    sheet = commands.approval
    assert sheet is not None
    assert (sheet.command_id, sheet.isVisible()) == ("01C0001", True)
    assert not sheet.isModal()
    push(screen, fact(1, _STATES.REJECTED))
    assert not bar.isVisible()
    assert not sheet.isVisible()
    assert commands.approval is None
    push(screen, fact(3, _STATES.AWAIT_APPROVAL))
    bar.yes.click()
    again = commands.approval
    assert again is not None
    assert again.command_id == "01C0003"


def test_an_unknown_outcome_is_settled_with_evidence(screen: Screen):
    commands = dock(screen)
    push(screen, fact(1, _STATES.INDETERMINATE, reason="ACK_TIMEOUT"))
    unknown = commands.detail.unknown
    assert unknown.isVisible()
    assert not unknown.was_done.isEnabled()
    unknown.evidence.setText("seen on camera 3")
    unknown.was_not.click()
    (message,) = screen.seat.sent_of(ResolveCommand)
    assert (message.command_id, message.outcome, message.evidence) == (
        "01C0001",
        "NOT_DONE",
        "seen on camera 3",
    )


def test_only_what_can_be_cancelled_offers_it(screen: Screen):
    commands = dock(screen)
    screen.seat.office.session.push(session("hong", Role.OPERATOR))
    push(screen, fact(1, _STATES.EXECUTING))
    assert not commands.detail.cancel.isVisible()
    push(screen, fact(1, _STATES.SELECTED))
    commands.detail.cancel.click()
    (message,) = screen.seat.sent_of(CancelCommand)
    assert message.command_id == "01C0001"
    push(screen, fact(1, _STATES.SELECTED, by="lee"))
    assert not commands.detail.cancel.isVisible()
