"""What is lost is said, nothing lost looks live, and what comes back comes back whole."""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Generator

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from script_seat import ScriptSeat
from town import Town
from window_seat import WindowSeat

from console.client.act_facts import ActOutcome
from console.core.feed import FeedState
from console.core.quality import Quality
from console.wire.limits import HEARTBEAT_S, HEARTBEATS_MISSED
from maps.marks import MarkState

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xvfb,
    pytest.mark.timeout(240),
    pytest.mark.expects_log("link"),
]

PUMP = "suyeong-pump"
STANDING = "eco-light-2"
"""A lamp alarm stands there even on a quiet day."""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    made = Town(tmp_path_factory.mktemp("town"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture(scope="module")
def seat(request: pytest.FixtureRequest, town: Town) -> Generator[WindowSeat, None, None]:
    with WindowSeat.opened(request, town) as made:
        yield made


def test_a_killed_hub_is_told_and_nothing_looks_live(town: Town, seat: WindowSeat, qtbot: QtBot) -> None:
    """ALM-10, I11: LINK LOST within three heartbeats; values stale, acts refused, map frozen."""
    seat.select_in_tree(PUMP)
    seat.wait(qtbot, "the standing alarm", lambda: seat.alarm_row(STANDING) >= 0)
    seat.press_alarm(seat.alarm_row(STANDING))
    seat.key(Qt.Key.Key_F2)
    seat.wait(qtbot, "acknowledged", lambda: seat.office.alarms.of_asset(STANDING)[0].state.acked)
    seat.select_in_tree(PUMP)
    seat.wait(qtbot, "a chart", lambda: len(seat.lines()) >= 2 and min(seat.lines().values()) >= 3)
    seat.wait(qtbot, "good values", lambda: qualities(seat, PUMP) == {Quality.GOOD})
    began = time.monotonic()
    town.kill_hub()
    bar = seat.window.link_bar
    seat.wait(qtbot, "LINK LOST", bar.isVisible, round((HEARTBEAT_S * HEARTBEATS_MISSED + 1) * 1000))
    assert time.monotonic() - began < HEARTBEAT_S * HEARTBEATS_MISSED + 1
    assert "LINK LOST" in bar.headline.text().upper()
    assert re.search(r"\d\d:\d\d:\d\d", bar.headline.text())
    assert seat.window.veil.isVisible()
    assert all(not quality.usable for quality in qualities(seat, PUMP))
    assert seat.map.native is not None
    assert seat.map.native.scene.look.frozen
    seat.wait(qtbot, "stale marks", lambda: seat.marks()[PUMP].state is MarkState.STALE)
    assert not any(button.isEnabled() for button in seat.plate.commands.buttons)
    assert not seat.alarms.ack.isEnabled()
    assert "–/3" in seat.window.status.feeds.text().replace(" ", "")
    answers: list[object] = []
    seat.office.acts.act_answered.connect(answers.append)
    seat.office.acts.send(PUMP, "pump1_start")
    seat.wait(qtbot, "refused", lambda: bool(answers))
    seat.office.acts.act_answered.disconnect(answers.append)
    why = seat.office.speech.reason("LINK_LOST")
    seat.wait(qtbot, "refused in words", lambda: any(why in text for text in seat.visible_texts()))


def qualities(seat: WindowSeat, asset: str) -> set[Quality]:
    """Qualities that the asset's values are shown with."""
    return {seat.office.values.quality(point.index) for point in seat.catalogue.tags_of(asset)}


def test_the_console_resumes_by_itself_with_nothing_lost(town: Town, seat: WindowSeat, qtbot: QtBot) -> None:
    """Alarms keep occurrence and acknowledgement, history goes on, the hole is seen as a hole (I1-I3)."""
    tag = seat.catalogue.tag_index(f"{PUMP}.inlet_level")
    before = seat.office.alarms.of_asset(STANDING)[0]
    frozen = seat.office.values.at(tag)
    rows = seat.trend.stock.trace(tag).rows().at.copy()
    town.start_hub()
    seat.wait(qtbot, "live again", lambda: seat.office.link.live, 30_000)
    assert not seat.window.link_bar.isVisible()
    assert not seat.window.veil.isVisible()
    seat.wait(qtbot, "good values", lambda: qualities(seat, PUMP) == {Quality.GOOD})
    seat.wait(qtbot, "newer values", lambda: seat.office.values.at(tag) > frozen)
    after = seat.office.alarms.of_asset(STANDING)[0]
    assert (after.occurrence, after.acked_by, after.at_acked) == (
        before.occurrence,
        before.acked_by,
        before.at_acked,
    )
    assert after.state == before.state
    assert seat.map.native is not None
    assert seat.map.native.scene.look.frozen is None

    def joined() -> bool:
        found = seat.trend.stock.trace(tag).rows().at
        return set(rows[:-3]) <= set(found) and found[-1] > frozen

    seat.wait(qtbot, "history and live are one line", joined)
    seat.wait(
        qtbot,
        "the gap is hatched",
        lambda: any(start <= frozen / 1e9 + 3 and end > frozen / 1e9 for start, end in seat.gaps()),
    )
    assert any(button.isEnabled() for button in seat.plate.commands.buttons)


def test_a_lost_city_is_told_by_feed_and_cause(town: Town, seat: WindowSeat, qtbot: QtBot) -> None:
    """Feeds say down and why; their values are disconnected; the chart hatches the hole."""
    feeds = seat.office.feeds
    seat.wait(qtbot, "three live feeds", lambda: all(f.state is FeedState.LIVE for f in feeds.facts.values()))
    town.kill_city()
    seat.wait(qtbot, "all down", lambda: all(f.state is FeedState.DOWN for f in feeds.facts.values()), 30_000)
    assert all(fact.why for fact in feeds.facts.values())
    assert "0/3" in seat.window.status.feeds.text().replace(" ", "")
    told = seat.window.status.feeds.toolTip()
    down = seat.office.speech.say("shell.feed.down")
    assert told.count(down) == 3
    assert all(seat.office.speech.say(f"feeds.why.{fact.why}") in told for fact in feeds.facts.values())
    seat.wait(qtbot, "disconnected", lambda: qualities(seat, PUMP) == {Quality.DISCONNECTED})
    seat.wait(qtbot, "on the map", lambda: seat.marks()[PUMP].state is MarkState.DISCONNECTED)
    assert seat.office.link.live
    seat.wait(qtbot, "hatched to now", lambda: any(end > time.time() - 5 for _, end in seat.gaps()))


def test_a_city_that_is_back_is_live_and_its_gap_is_counted(
    town: Town, seat: WindowSeat, qtbot: QtBot
) -> None:
    """A gap is recorded and shown as a gap."""
    feeds = seat.office.feeds
    gaps = {name: fact.gaps for name, fact in feeds.facts.items()}
    town.start_city()
    good = {FeedState.LIVE, FeedState.GAP}
    seat.wait(qtbot, "all back", lambda: all(f.state in good for f in feeds.facts.values()), 60_000)
    assert all(fact.gaps == gaps[name] + 1 for name, fact in feeds.facts.items())
    seat.wait(qtbot, "good values", lambda: qualities(seat, PUMP) == {Quality.GOOD})
    seat.wait(qtbot, "3/3", lambda: "3/3" in seat.window.status.feeds.text().replace(" ", ""))
    tag = seat.catalogue.tag_index(f"{PUMP}.inlet_level")
    seat.wait(qtbot, "the line goes on", lambda: seat.office.values.at(tag) > time.time_ns() - 5 * 10**9)

    def closed_gap() -> bool:
        newest = seat.office.values.at(tag) / 1e9
        return any(end - start > 0.2 and end <= newest for start, end in seat.gaps())

    seat.wait(qtbot, "the hole stays a hole", closed_gap)
    with ScriptSeat(town.url, town.secret) as other:
        assert all(fact.gaps >= 1 for fact in other.feeds.values())


def test_an_act_with_a_dead_hub_behind_is_answered_in_words(
    town: Town, seat: WindowSeat, qtbot: QtBot
) -> None:
    """CMD-03: a hub that hangs answers nobody; the person is told and nothing is sent later."""
    answers: list[ActOutcome] = []
    seat.office.acts.act_answered.connect(answers.append)
    assert town.hub is not None
    town.hub.process.send_signal(signal.SIGSTOP)
    try:
        command = seat.office.acts.send(PUMP, "pump1_start")
        seat.wait(qtbot, "told", lambda: bool(answers), 15_000)
        assert answers[0].request == command
        assert answers[0].results[0].reason
        seat.wait(qtbot, "link lost by silence", lambda: seat.office.link.lost, 10_000)
    finally:
        town.hub.process.send_signal(signal.SIGCONT)
        seat.office.acts.act_answered.disconnect(answers.append)
    seat.wait(qtbot, "live again", lambda: seat.office.link.live, 30_000)
