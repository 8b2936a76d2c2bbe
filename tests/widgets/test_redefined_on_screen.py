"""Definitions changed at run time are said where the alarm is answered, and proposals can be put in force (ALM-13)."""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from console.client.trials import TrialPlan
from console.core.alarm.facts import OccurrenceRow, RedefinedFact
from console.core.identity.facts import SessionFact, SessionState
from console.core.identity.principal import EVERYWHERE, Grant
from console.core.identity.roles import Role
from console.wire.messages import OccurrencesReply, QueryOccurrences, RedefineAlarm
from tests.widgets.conftest import NS, UNACKED, Screen, Seat, alarm_fact
from tests.widgets.payload_city import city_with
from widgets.performance.panel import PerformancePanel


def session(role: Role) -> SessionFact:
    grants = (Grant(role=role, areas=(EVERYWHERE,)),)
    return SessionFact(state=SessionState.ACTIVE, user="lee", grants=grants)


def test_the_response_sheet_says_what_was_changed_by_whom_and_why(screen: Screen) -> None:
    office = screen.seat.office
    office.catalogue.push(city_with(), "other")
    screen.seat.raise_alarms([alarm_fact(5, UNACKED, 3)])
    screen.table.acts.guide_alarm(5)
    sheet = screen.table.acts._guidance.sheet
    assert sheet is not None
    assert not sheet.redefined.isVisible()
    fact = RedefinedFact(
        alarm=5,
        by="lee",
        at=time.time_ns(),
        reason="rain",
        changes={"limit": (4.0, 4.5), "priority": (3.0, 2.0)},
    )
    office.modes.push(redefined=[fact])
    assert sheet.redefined.isVisible()
    said = sheet.redefined.text()
    assert "limit 4 → 4.5, priority 3 → 2" in said
    assert "lee" in said
    assert "rain" in said
    office.modes.push()
    assert not sheet.redefined.isVisible()


@pytest.fixture
def panel(seat: Seat, qtbot: QtBot, tmp_path: Path) -> PerformancePanel:
    """Shown, with an alarm that stands for moments only as its one offender."""
    # What earlier tests left must not be collected by the thread that counts: widgets end where they were made.
    gc.collect()
    seat.office.occurrences.attach(seat.sent.append)
    made = PerformancePanel(seat.office, TrialPlan((sys.executable, "-c", "0"), tmp_path, tmp_path))
    qtbot.addWidget(made)
    made.resize(1400, 600)
    made.show()
    begin = time.time_ns() - 3600 * NS
    rows = tuple(
        OccurrenceRow(
            alarm=0,
            occurrence=f"o{i}",
            priority=2,
            at_event=begin + i * 20 * NS,
            at_annunciated=begin + i * 20 * NS,
            at_returned=begin + (i * 20 + 6) * NS,
        )
        for i in range(24)
    )
    request = seat.sent_of(QueryOccurrences)[-1].request
    seat.office.occurrences.receive(OccurrencesReply(request=request, rows=rows))
    qtbot.waitUntil(lambda: made.offenders.rowCount() == 1, timeout=10_000)
    made.offender_view.selectRow(0)
    return made


def test_a_proposal_is_put_in_force_with_two_presses(panel: PerformancePanel, seat: Seat) -> None:
    """The first press says what the second will do; the reason says where it came from."""
    seat.office.session.push(session(Role.ENGINEER))
    apply, change = panel.proof.apply, panel.offenders.entries[0].change
    assert change is not None
    assert apply.isVisible()
    apply.click()
    assert seat.sent_of(RedefineAlarm) == []
    assert "every seat" in apply.text()
    assert "every seat" in panel.proof.outcome.text()
    apply.click()
    (message,) = seat.sent_of(RedefineAlarm)
    assert (message.alarm, message.changes) == (0, {change.field: change.new})
    assert message.reason.startswith("Nuisance worklist")
    assert len(message.reason) <= 500
    assert apply.text() == "Apply now"


def test_who_may_not_change_definitions_is_not_offered_it(panel: PerformancePanel, seat: Seat) -> None:
    seat.office.session.push(session(Role.OPERATOR))
    assert not panel.proof.apply.isVisible()
    seat.office.session.push(msgspec.structs.replace(session(Role.ENGINEER), state=SessionState.LOCKED))
    assert not panel.proof.apply.isVisible()
