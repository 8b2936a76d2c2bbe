"""The bridge: what the link delivers is on the boards in order, in few signals, and never live after a loss."""

from __future__ import annotations

import time
from collections.abc import Generator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from console.client.inbound import SeriesAnswer
from console.client.link import Seat
from console.client.link_fact import LinkFact, LinkState
from console.core.alarm.facts import FloodFact
from console.core.batch import Batch, batch_of
from console.core.history import Series
from console.core.quality import Quality
from console.desk.actions import Condition
from console.desk.acts import ActOutcome
from console.desk.bridge import SUDDEN, Bridge
from console.desk.history import SeriesPage
from console.desk.mailbox import Mailbox, newest_rows
from console.desk.office import Office, SeatWishes, open_office
from console.wire import frames
from console.wire.messages import (
    AckAlarms,
    ActReply,
    ActResult,
    AlarmModesChanged,
    AlarmsChanged,
    CommandsChanged,
    HistoryDone,
    Message,
    QueryHistory,
    SiteAssets,
    SiteDone,
    SiteHead,
    SiteTypes,
    ToHub,
    Welcome,
)
from tests.client.loopback_hub import HubThread, LoopbackHub
from tests.client.small_city import ACKED, SITE, UNACKED, alarm, command
from tests.desk.heard import heard

SEAT = Seat(user="hong", station="desk-1", secret="open")
LIVE = LinkFact(state=LinkState.LIVE, since_ns=1)
LOST = LinkFact(state=LinkState.LOST, since_ns=9, frozen_at_ns=5)


@pytest.fixture
def bridge(office: Office) -> Bridge:
    """Not started: tests put into its mailbox and turn its frames."""
    return Bridge(office, SEAT, lambda: "")


def give(bridge: Bridge, *items: object) -> None:
    for item in items:
        bridge.mailbox.put(item)  # type: ignore[arg-type]
    bridge.frame()


def test_many_batches_become_one_signal_for_charts_and_one_for_values(office: Office, bridge: Bridge) -> None:
    """A signal per value is forbidden."""
    rows, changed = heard(office.values.trend_rows), heard(office.values.values_changed)
    give(bridge, *(batch_of([i % 3], [i], [float(i)], [0]) for i in range(300)))
    assert [len(batch) for batch in rows] == [300]
    assert [tags.tolist() for tags in changed] == [[0, 1, 2]]
    assert office.values.value(2) == 299.0


def test_values_wait_for_their_turn_but_are_not_lost(office: Office, bridge: Bridge, qtbot: QtBot) -> None:
    changed = heard(office.values.values_changed)
    give(bridge, batch_of([0], [1], [1.0], [0]))
    give(bridge, batch_of([1], [1], [1.0], [0]))
    assert [tags.tolist() for tags in changed] == [[0]]

    def told() -> bool:
        bridge.frame()
        return [tags.tolist() for tags in changed] == [[0], [1]]

    qtbot.waitUntil(told)


def test_new_occurrence_is_told_at_once_and_a_mere_change_with_the_next_turn(
    office: Office, bridge: Bridge
) -> None:
    """ALM-20."""
    told = heard(office.alarms.alarms_changed)
    give(bridge, AlarmsChanged(sequence=1, alarms=(alarm(0, UNACKED, occurrence="A"),)))
    give(bridge, AlarmsChanged(sequence=2, alarms=(alarm(0, ACKED, occurrence="A"),)))
    give(bridge, AlarmsChanged(sequence=3, alarms=(alarm(1, UNACKED, occurrence="B"),)))
    assert [[fact.alarm for fact in facts] for facts in told] == [[0], [0, 1]]


def test_burst_of_new_alarms_is_told_at_the_pace_of_tables_and_none_is_lost(
    office: Office, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ALM-20, ALM-62: the first ones at once; each look at long lists costs more than it tells."""
    monkeypatch.setattr("console.desk.bridge.TURN_S", 60.0)
    told = heard(office.alarms.alarms_changed)
    for turn in range(3 * SUDDEN):
        fact = alarm(turn % 6, UNACKED, occurrence=f"{turn:02}")
        give(bridge, AlarmsChanged(sequence=turn + 1, alarms=(fact,)))
    assert [len(facts) for facts in told] == [1] * (SUDDEN + 1)
    monkeypatch.setattr("console.desk.bridge.TURN_S", 0.0)
    bridge.frame()
    last = {f"{turn:02}" for turn in range(3 * SUDDEN - 6, 3 * SUDDEN)}
    assert {fact.occurrence for fact in told[-1]} == last


def test_what_changes_between_two_turns_is_told_together(
    office: Office, bridge: Bridge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flood is counted on with every alarm: the window is drawn once for all of it."""
    monkeypatch.setattr("console.desk.bridge.TURN_S", 60.0)
    values, counts = heard(office.values.values_changed), list[int]()

    def look() -> None:
        counts.append(office.modes.flood.count)

    office.modes.modes_changed.connect(look)
    for count in range(1, 4):
        flood = FloodFact(active=True, count=count)
        give(
            bridge,
            AlarmModesChanged(sequence=count, maintenance=(), flood=flood),
            batch_of([count], [1], [1.0], [0]),
        )
    assert [tags.tolist() for tags in values] == [[1]]
    monkeypatch.setattr("console.desk.bridge.TURN_S", 0.0)
    bridge.frame()
    assert [tags.tolist() for tags in values] == [[1], [2, 3]]
    assert counts == [1, 3]


def test_lost_link_freezes_the_boards_and_answers_who_waits(office: Office, bridge: Bridge) -> None:
    """I11: no stale value presented as live."""
    sent: list[Message] = []
    outcomes: list[ActOutcome] = []
    pages: list[SeriesPage] = []
    office.acts.attach(sent.append)
    office.histories.attach(sent.append)
    office.acts.act_answered.connect(outcomes.append)
    office.histories.series_arrived.connect(pages.append)
    give(bridge, batch_of([0], [1], [1.0], [0]), LIVE)
    assert office.values.quality(0) is Quality.GOOD
    assert office.actions._conditions >= {Condition.LIVE}
    office.acts.unshelve(0)
    office.histories.fetch([0], 0, 10)
    give(bridge, LOST)
    assert office.link.lost
    assert office.values.quality(0) is Quality.STALE
    assert Condition.LIVE not in office.actions._conditions
    assert [outcome.results[0].reason for outcome in outcomes] == ["NO_ANSWER"]
    assert [page.reason for page in pages] == ["LINK_LOST"]
    give(bridge, LIVE)
    assert office.values.quality(0) is Quality.GOOD


def test_what_was_said_before_the_link_was_live_is_on_the_boards_first(
    office: Office, bridge: Bridge
) -> None:
    seen: list[int] = []

    def look(_fact: LinkFact) -> None:
        seen.append(office.alarms.counts().listed)

    office.link.link_changed.connect(look)
    give(bridge, AlarmsChanged(sequence=1, alarms=(alarm(0, ACKED),)), LIVE)
    assert seen == [1]


def test_answers_reach_those_who_asked(office: Office, bridge: Bridge) -> None:
    sent: list[Message] = []
    outcomes: list[ActOutcome] = []
    pages: list[SeriesPage] = []
    give(bridge, LIVE)
    office.acts.attach(sent.append)
    office.histories.attach(sent.append)
    office.acts.act_answered.connect(outcomes.append)
    office.histories.series_arrived.connect(pages.append)
    act = office.acts.unshelve(3)
    query = office.histories.fetch([0], 0, 10)
    value = np.array([1.0])
    series = Series(0, np.array([5]), value, value, value, np.zeros(1, np.uint8), True)
    give(
        bridge,
        ActReply(request=act, results=(ActResult("3"),)),
        SeriesAnswer(query, series),
        HistoryDone(request=query),
    )
    assert [outcome.done for outcome in outcomes] == [True]
    assert [page.series for page in pages] == [(series,)]


def test_new_catalogue_reaches_every_board(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory) -> None:
    office = open_office(tmp_path_factory.mktemp("seat"), SeatWishes(lang="en"))
    bridge = Bridge(office, SEAT, lambda: "")
    welcome = Welcome(resume="r", sequence=1, full=True, at=1, user="u", hub="h", catalogue="digest-one")
    with qtbot.waitSignals([office.catalogue.catalogue_changed, office.values.values_changed]):
        give(
            bridge,
            welcome,
            SiteHead(site=SITE),
            SiteTypes(types=SITE.types),
            SiteAssets(assets=SITE.assets),
            SiteDone(),
            CommandsChanged(sequence=1, commands=(command(1),)),
        )
    assert office.catalogue.catalogue is not None
    assert office.commands.pending_assets() == {"suyeong"}


def test_mailbox_that_nobody_empties_keeps_the_newest_row_of_each_tag_and_every_fact() -> None:
    """I13: bounded; only telemetry is coalesced, and counted."""
    mailbox = Mailbox(most_rows=100)
    for i in range(60):
        mailbox.put(batch_of([0, 1], [i, i], [float(i), -float(i)], [0, 0]))
        mailbox.put(AlarmsChanged(sequence=i, alarms=()))
    items = mailbox.take()
    rows = [item for item in items if isinstance(item, Batch)]
    assert sum(isinstance(item, AlarmsChanged) for item in items) == 60
    assert sum(len(batch) for batch in rows) <= 100
    assert rows[-1].value.tolist() == [59.0, -59.0]
    assert mailbox.coalesced + sum(len(batch) for batch in rows) == 120
    assert mailbox.take() == []


def test_newest_rows_keep_their_order_of_arrival() -> None:
    newest = newest_rows(batch_of([2, 0, 2, 1, 0], [1, 2, 3, 4, 5], [1.0, 2.0, 3.0, 4.0, 5.0], [0] * 5))
    assert newest.tag.tolist() == [2, 1, 0]
    assert newest.at.tolist() == [3, 4, 5]


@pytest.fixture
def hub() -> Generator[HubThread]:
    """A hub's end on a real socket."""
    with HubThread(LoopbackHub(SITE)) as thread:
        yield thread


@pytest.fixture
def console(qtbot: QtBot, tmp_path_factory: pytest.TempPathFactory, hub: HubThread) -> Generator[Office]:
    """An office with a running bridge to that hub."""
    office = open_office(tmp_path_factory.mktemp("seat"), SeatWishes(lang="en"))
    bridge = Bridge(office, SEAT, lambda: hub.hub.url)
    bridge.start()
    qtbot.waitUntil(lambda: office.link.live)
    yield office
    bridge.stop()


def test_act_goes_over_the_wire_and_its_answer_comes_back(
    console: Office, hub: HubThread, qtbot: QtBot
) -> None:
    def answer(message: ToHub) -> list[Message | bytes]:
        if isinstance(message, AckAlarms):
            return [ActReply(request=message.request, results=(ActResult("0"),))]
        if isinstance(message, QueryHistory):
            value = np.array([1.0, 2.0])
            series = Series(0, np.array([1, 2]), value, value, value, np.zeros(2, np.uint8), True)
            return [frames.pack_series(message.request, series), HistoryDone(request=message.request)]
        return []

    hub.hub.answer = answer
    hub.do(hub.hub.send(AlarmsChanged(sequence=9, alarms=(alarm(0),))))
    qtbot.waitUntil(lambda: console.alarms.counts().unacked == 1)
    with qtbot.waitSignal(console.acts.act_answered):
        console.acts.ack([])
    told = heard(console.histories.series_arrived)
    console.histories.fetch([0], 0, 10)
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0].series[0].mean.tolist() == [1.0, 2.0]


@pytest.mark.expects_log("link")
def test_hub_that_dies_and_comes_back_freezes_and_resumes_the_screen(
    console: Office, hub: HubThread, qtbot: QtBot
) -> None:
    hub.do(hub.hub.send(frames.pack_telemetry(batch_of([0], [5], [2.5], [0]))))
    qtbot.waitUntil(lambda: console.values.quality(0) is Quality.GOOD)
    hub.do(hub.hub.close())
    qtbot.waitUntil(lambda: console.link.lost)
    assert console.values.quality(0) is Quality.STALE
    hub.do(hub.hub.listen())
    qtbot.waitUntil(lambda: console.link.live)
    assert console.values.quality(0) is Quality.GOOD
    assert console.link.fact.resumed == 1


@pytest.mark.slow
def test_two_hundred_thousand_updates_a_second_arrive_in_columns(
    console: Office, hub: HubThread, qtbot: QtBot
) -> None:
    """The last row of each burst is on the board, and the whole takes less time than it covers."""
    told = heard(console.values.trend_rows)
    rows = 1000
    tags = np.arange(rows, dtype=np.uint32) % 6
    frame = frames.pack_telemetry(
        Batch(tags, np.full(rows, 5, np.int64), np.linspace(0.0, 1.0, rows), np.zeros(rows, np.uint8))
    )
    began = time.perf_counter()
    hub.do(hub.hub.send(*[frame] * 1000))
    qtbot.waitUntil(lambda: sum(map(len, told)) == 1_000_000, timeout=20_000)
    assert time.perf_counter() - began < 5.0
