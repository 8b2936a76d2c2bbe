"""Acts and history as views ask for them: always answered, never twice, refused while the link is not live."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from console.client.link_fact import LinkFact, LinkState
from console.client.mirror import Mirror
from console.core.alarm.facts import AckItem
from console.core.history import Series
from console.core.journal import Record, RecordKind
from console.desk.acts import ActOutcome, Acts, JournalPage
from console.desk.boards import LinkBoard
from console.desk.history import Histories, SeriesPage
from console.wire.messages import (
    AckAlarms,
    ActReply,
    ActResult,
    JournalReply,
    Message,
    QueryHistory,
    QueryJournal,
    ResetAlarms,
    ResolveCommand,
    SendCommand,
    ShelveAlarm,
    UnshelveAlarm,
)
from tests.client.small_city import catalogue

ITEM = AckItem(3, "OCC", 1)


class Desk:
    """A link, acts and histories with a clock of their own, and what they sent and told."""

    def __init__(self, *, live: bool) -> None:
        self.now = 100.0
        self.sent: list[Message] = []
        self.outcomes: list[ActOutcome] = []
        self.pages: list[SeriesPage] = []
        self.link = LinkBoard()
        self.mirror = Mirror()
        self.link.push(
            LinkFact(state=LinkState.LIVE if live else LinkState.LOST, frozen_at_ns=0 if live else 5)
        )
        self.acts = Acts(self.link, self.mirror, self.clock)
        self.histories = Histories(self.link, self.clock)
        self.acts.attach(self.sent.append)
        self.histories.attach(self.sent.append)
        self.acts.act_answered.connect(self.outcomes.append)
        self.histories.series_arrived.connect(self.pages.append)

    def clock(self) -> float:
        return self.now


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    return Desk(live=True)


@pytest.fixture
def dead_desk(qtbot: QtBot) -> Desk:
    return Desk(live=False)


def test_each_act_sends_its_message_and_gives_its_request(desk: Desk) -> None:
    requests = [
        desk.acts.ack([ITEM], "seen"),
        desk.acts.reset([ITEM]),
        desk.acts.shelve(3, 600.0, "sensor works"),
        desk.acts.unshelve(3),
        desk.acts.send("suyeong", "start"),
        desk.acts.resolve("01C", "SUCCEEDED", "seen on site"),
        desk.acts.journal("suyeong", 5),
    ]
    kinds = [AckAlarms, ResetAlarms, ShelveAlarm, UnshelveAlarm, SendCommand, ResolveCommand, QueryJournal]
    assert [type(message) for message in desk.sent] == kinds
    assert [getattr(message, "request") for message in desk.sent] == requests  # noqa: B009
    assert len(set(requests)) == len(requests)


def test_command_id_is_made_here_and_is_the_request(desk: Desk) -> None:
    """CMD-01."""
    command_id = desk.acts.send("suyeong", "set_speed", 40.0)
    (message,) = desk.sent
    assert isinstance(message, SendCommand)
    assert message.command.command_id == message.request == command_id
    assert (message.command.asset, message.command.command, message.command.value) == (
        "suyeong",
        "set_speed",
        40.0,
    )


def test_act_is_refused_at_once_while_the_link_is_lost(dead_desk: Desk, qtbot: QtBot) -> None:
    request = dead_desk.acts.ack([ITEM])
    assert dead_desk.outcomes == []
    qtbot.waitUntil(lambda: len(dead_desk.outcomes) == 1)
    (outcome,) = dead_desk.outcomes
    assert outcome.request == request
    assert outcome.results == (ActResult("3", "LINK_LOST"),)
    assert dead_desk.sent == []


def test_alarm_is_named_as_the_hub_names_it(dead_desk: Desk, qtbot: QtBot) -> None:
    dead_desk.mirror.set_catalogue(catalogue())
    dead_desk.acts.unshelve(3)
    qtbot.waitUntil(lambda: len(dead_desk.outcomes) == 1)
    assert dead_desk.outcomes[0].results[0].subject == "gamcheon.stopped"


def test_answer_is_told_once(desk: Desk) -> None:
    request = desk.acts.ack([ITEM])
    reply = ActReply(request=request, results=(ActResult("3", "SEVERITY_CHANGED"),))
    desk.acts.receive(reply)
    desk.acts.receive(reply)
    assert [(o.request, o.done, o.results[0].reason) for o in desk.outcomes] == [
        (request, False, "SEVERITY_CHANGED")
    ]


def test_silence_is_told_as_no_answer(desk: Desk, qtbot: QtBot) -> None:
    desk.acts.send("suyeong", "start")
    desk.now += 60.0
    qtbot.waitUntil(lambda: len(desk.outcomes) == 1)
    assert desk.outcomes[0].results[0].reason == "NO_ANSWER"
    assert not desk.acts._timer.isActive() or desk.acts._timer.interval() < 1000


def test_act_in_flight_when_the_link_goes_has_an_unknown_fate(desk: Desk) -> None:
    desk.acts.ack([ITEM])
    desk.acts.link_lost()
    assert desk.outcomes[0].results[0].reason == "NO_ANSWER"


def test_journal_page_arrives(desk: Desk) -> None:
    pages: list[JournalPage] = []
    desk.acts.journal_arrived.connect(pages.append)
    record = Record(sequence=1, at=2, kind=RecordKind.ACT, who="hong", what="ACK")
    desk.acts.receive_journal(JournalReply(request="r", records=(record,)))
    assert pages == [JournalPage("r", (record,))]


def series(tag: int) -> Series:
    value = np.array([1.0])
    return Series(tag, np.array([5]), value, value, value, np.zeros(1, np.uint8), True)


def test_history_page_arrives_whole(desk: Desk) -> None:
    request = desk.histories.fetch([1, 2], 0, 10**9, 500)
    assert desk.sent == [QueryHistory(request=request, tags=(1, 2), start=0, end=10**9, points=500)]
    desk.histories.receive_series(request, series(1))
    desk.histories.receive_series(request, series(2))
    assert desk.pages == []
    desk.histories.receive_done(request, "")
    assert [(page.request, len(page.series), page.reason) for page in desk.pages] == [(request, 2, "")]


def test_history_asked_again_comes_without_the_hub(desk: Desk, qtbot: QtBot) -> None:
    request = desk.histories.fetch([1], 0, 10**9)
    desk.histories.receive_series(request, series(1))
    desk.histories.receive_done(request, "")
    desk.sent.clear()
    again = desk.histories.fetch([1], 0, 10**9)
    qtbot.waitUntil(lambda: len(desk.pages) == 2)
    assert desk.sent == []
    assert desk.pages[1].request == again
    assert desk.pages[1].series[0].tag == 1


def test_history_without_a_link_says_so(dead_desk: Desk, qtbot: QtBot) -> None:
    request = dead_desk.histories.fetch([1], 0, 10**9)
    qtbot.waitUntil(lambda: len(dead_desk.pages) == 1)
    assert (dead_desk.pages[0].request, dead_desk.pages[0].reason) == (request, "LINK_LOST")


def test_overdue_history_is_answered(desk: Desk, qtbot: QtBot) -> None:
    desk.histories.fetch([1], 0, 10**9)
    desk.now += 60.0
    qtbot.waitUntil(lambda: len(desk.pages) == 1)
    assert desk.pages[0].reason == "NO_ANSWER"


def test_history_of_no_tags_is_an_empty_page(desk: Desk, qtbot: QtBot) -> None:
    request = desk.histories.fetch([], 0, 10**9)
    qtbot.waitUntil(lambda: len(desk.pages) == 1)
    assert desk.pages[0] == SeriesPage(request, (), "")
