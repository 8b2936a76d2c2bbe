"""Modes, the acts that change them and questions for occurrences, as views see them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest
from pytestqt.qtbot import QtBot

from console.client.link import Seat
from console.core.alarm.facts import FloodFact, MaintenanceFact, OccurrenceRow
from console.desk.acts import ActKind, ActOutcome, Acts
from console.desk.bridge import Bridge
from console.desk.occurrences import Occurrences
from console.desk.office import Office
from console.wire.messages import (
    ActReply,
    ActResult,
    AlarmModesChanged,
    EndMaintenance,
    EndOutOfService,
    Message,
    OccurrencesReply,
    QueryOccurrences,
    SetOutOfService,
    StartMaintenance,
)
from tests.desk.heard import heard

MAINTENANCE = MaintenanceFact(area="north", by="hong", since=1, until=9, reason="pump")
ROW = OccurrenceRow(alarm=1, occurrence="01A", priority=2)


def test_modes_come_through_the_bridge_and_are_told_once(live_office: Office) -> None:
    told: list[None] = []
    live_office.modes.modes_changed.connect(lambda: told.append(None))
    bridge = Bridge(live_office, _nobody(), str)
    flood = FloodFact(active=True, since=5, count=37, peak=22)
    bridge.mailbox.put(AlarmModesChanged(sequence=1, maintenance=(MAINTENANCE,), flood=flood))
    bridge.frame()
    bridge.frame()
    assert told == [None]
    assert live_office.modes.of_area("north") == MAINTENANCE
    assert live_office.modes.of_area("eco") is None
    assert live_office.modes.flood == flood


def test_pushed_modes_replace_what_was_known(office: Office) -> None:
    office.modes.push([MAINTENANCE], FloodFact(active=True, count=12))
    assert [*office.modes.maintenance] == ["north"]
    office.modes.push()
    assert not office.modes.maintenance
    assert not office.modes.flood.active


def _out(acts: Acts) -> str:
    return acts.out_of_service(0, 3600.0, "probe")


def _in(acts: Acts) -> str:
    return acts.end_out_of_service(0)


def _start(acts: Acts) -> str:
    return acts.start_maintenance("north", 60.0, "pump")


def _end(acts: Acts) -> str:
    return acts.end_maintenance("north")


ACTS: list[tuple[Callable[[Acts], str], ActKind, Message, str]] = [
    (
        _out,
        ActKind.OUT_OF_SERVICE,
        SetOutOfService(request="", alarm=0, duration_s=3600.0, reason="probe"),
        "",
    ),
    (_in, ActKind.IN_SERVICE, EndOutOfService(request="", alarm=0), ""),
    (
        _start,
        ActKind.START_MAINTENANCE,
        StartMaintenance(request="", area="north", duration_s=60.0, reason="pump"),
        "north",
    ),
    (_end, ActKind.END_MAINTENANCE, EndMaintenance(request="", area="north"), "north"),
]


@pytest.mark.parametrize(("act", "kind", "message", "subject"), ACTS)
def test_each_act_sends_its_message_and_hears_its_outcome(
    live_office: Office,
    act: Callable[[Acts], str],
    kind: ActKind,
    message: Message,
    subject: str,
) -> None:
    sent: list[Message] = []
    live_office.acts.attach(sent.append)
    outcomes = heard(live_office.acts.act_answered)
    request = act(live_office.acts)
    assert sent == [msgspec.structs.replace(message, request=request)]
    catalogue = live_office.catalogue.catalogue
    assert catalogue is not None
    named = subject or catalogue.alarms[0].key
    live_office.acts.link_lost()
    live_office.acts.receive(ActReply(request=request, results=(ActResult(named),)))
    assert outcomes == [ActOutcome(request, kind, (ActResult(named, "NO_ANSWER"),))]


def test_question_without_a_link_is_answered_after_its_number_is_known(office: Office, qtbot: QtBot) -> None:
    pages = heard(office.occurrences.page_arrived)
    request = office.occurrences.fetch(0, 10)
    assert pages == []
    qtbot.waitUntil(lambda: len(pages) == 1)
    assert (pages[0].request, pages[0].reason) == (request, "LINK_LOST")


def test_question_is_sent_and_its_answer_arrives(live_office: Office) -> None:
    sent: list[Message] = []
    live_office.occurrences.attach(sent.append)
    pages = heard(live_office.occurrences.page_arrived)
    request = live_office.occurrences.fetch(5, 10, alarm=3, limit=7)
    assert sent == [QueryOccurrences(request=request, start=5, end=10, alarm=3, limit=7)]
    bridge = Bridge(live_office, _nobody(), str)
    bridge.mailbox.put(OccurrencesReply(request=request, rows=(ROW,)))
    bridge.frame()
    assert [page.rows for page in pages] == [(ROW,)]
    live_office.occurrences.link_lost()
    assert len(pages) == 1


def test_silence_of_the_hub_is_an_answer(live_office: Office, qtbot: QtBot) -> None:
    now = [0.0]
    asked = Occurrences(live_office.link, lambda: now[0])
    asked.attach(list[Message]().append)
    pages = heard(asked.page_arrived)
    asked.fetch(0, 10)
    now[0] = 60.0
    qtbot.waitUntil(lambda: len(pages) == 1)
    assert pages[0].reason == "NO_ANSWER"


def _nobody() -> Seat:
    return Seat(user="hong", station="1")
