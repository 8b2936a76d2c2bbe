"""The frame: banner, status strip, link bar, docks, palette."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AlarmState, Shelf
from console.core.feed import FeedFact, FeedState
from console.desk.acts import ActOutcome
from console.desk.boards import LinkState
from console.wire.messages import AckAlarms
from tests.widgets.conftest import ACKED, UNACKED, Screen, alarm_fact
from widgets.kit.empty import EmptyState
from widgets.shell.main_window import MainWindow
from widgets.shell.outcomes import outcome_text
from widgets.shell.palette import find_hits


def test_the_banner_counts_each_priority_and_shows_the_worst_newest(screen: Screen):
    """HMI-08."""
    screen.seat.raise_alarms(
        [alarm_fact(0, ACKED, 1), alarm_fact(1, UNACKED, 3), alarm_fact(4, UNACKED, 3, 5)]
    )
    banner = screen.window.banner
    assert [banner.counts[priority].count for priority in (1, 2, 3, 4)] == [1, 0, 2, 0]
    assert banner.counts[3].accessibleName() == "2 medium alarms"
    assert banner.worst.text.text.startswith("Third pumping station")
    assert "unacknowledged" in banner.worst.accessibleName()


def test_the_banner_acknowledges_the_one_alarm_it_shows(screen: Screen):
    """ALM-23: never more than what can be read there."""
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1), alarm_fact(1, UNACKED, 1, 5)])
    screen.window.banner.ack.click()
    (message,) = screen.seat.sent_of(AckAlarms)
    assert [item.alarm for item in message.items] == [1]


def test_a_quiet_city_says_so(screen: Screen):
    assert screen.window.banner.worst.text.text == "No alarms"
    assert not screen.window.banner.ack.isEnabled()


def test_the_status_strip_says_what_is_hidden_and_what_is_pending(screen: Screen):
    """HMI-08, ALM-46."""
    shelved, suppressed = AlarmState(cond=True, shelf=Shelf.TIMED), AlarmState(sbd=True)
    screen.seat.raise_alarms([alarm_fact(0, shelved), alarm_fact(1, suppressed)])
    status = screen.window.status
    assert status.shelved.text() == "Shelved 1"
    assert status.suppressed.text() == "Suppressed 1"
    assert status.pending.text() == "Pending 0"
    assert status.clock.text().endswith("KST")
    assert "홍길동" in status.person.text()


def test_every_feed_is_told_in_words(screen: Screen):
    facts = [
        FeedFact(feed="sensors", state=FeedState.LIVE, since=1),
        FeedFact(feed="<b>x</b>", state=FeedState.DOWN, since=1, detail="<i>refused</i>"),
    ]
    screen.seat.office.feeds.push(facts)
    assert screen.window.status.feeds.text() == "Feeds 1/2"
    screen.window.status.feeds.click()
    feed_list = screen.window.status._list
    assert feed_list.isVisible()
    assert feed_list.lines() == ["live", "down · <i>refused</i>"]
    feed_list.hide()


def test_a_lost_link_is_said_with_its_time_and_nothing_looks_live(screen: Screen, qapp: QApplication):
    """ALM-10: LINK LOST, data frozen at hh:mm:ss."""
    screen.seat.office.selection.select_asset("s3")
    window = screen.window
    assert not window.link_bar.isVisible()
    screen.seat.lose_link()
    qapp.processEvents()
    assert window.link_bar.isVisible()
    assert window.link_bar.headline.text().startswith("LINK LOST — data frozen at ")
    assert "cannot be reached" in window.link_bar.detail.text()
    assert window.veil.isVisible()
    assert window.veil.width() == window.width()
    assert window.veil.height() > window.height() / 2
    assert window.banner.veil.isVisible()
    assert window.status.link.text() == "Link lost"
    row = screen.faceplate.values.rows[0]
    assert row.value is not None
    assert "stale" in row.value.accessibleName()
    screen.seat.go_live()
    qapp.processEvents()
    assert not window.link_bar.isVisible()
    assert not window.veil.isVisible()
    assert "good" in row.value.accessibleName()


def test_banner_and_status_strip_stand_at_the_edges_at_every_size(screen: Screen, qapp: QApplication):
    """HMI-08: they never move and are never covered."""
    for size in ((1366, 768), (1920, 1080), (3840, 2160)):
        screen.window.resize(*size)
        qapp.processEvents()
        banner, status = screen.window.banner, screen.window.status
        assert (banner.y(), banner.height()) == (0, 48)
        assert status.height() == 28
        assert status.mapTo(screen.window, status.rect().bottomLeft()).y() == screen.window.height() - 1


def test_the_first_layout_gives_every_pane_its_place(screen: Screen, qapp: QApplication):
    screen.window.resize(1366, 768)
    screen.window.reset_layout()
    qapp.processEvents()
    shown = {name: panel for name, panel in screen.panels.items() if panel.isVisible()}
    places = {name: panel.mapTo(screen.window, panel.rect().center()) for name, panel in shown.items()}
    assert places["tree"].x() < places["trend"].x() < places["faceplate"].x()
    assert places["trend"].y() < places["alarms"].y()
    assert screen.panels["tree"].width() >= 200
    assert screen.panels["faceplate"].width() >= 320
    assert screen.table.view.height() >= 4 * 28


def test_a_late_dock_has_a_designed_placeholder_until_it_is_filled(screen: Screen):
    placeholder = screen.window.dock_widget("map")
    assert isinstance(placeholder, EmptyState)
    assert placeholder.sentence.text() == "Preparing: Map"
    made = screen.window.fill("map")
    assert screen.window.dock_widget("map") is made
    assert screen.window.fill("map") is made


def test_a_closed_dock_opens_again_from_the_menu(screen: Screen, qapp: QApplication):
    toggle = screen.window.docks.toggle_action("tree")
    toggle.trigger()
    qapp.processEvents()
    assert not screen.tree.isVisible()
    toggle.trigger()
    qapp.processEvents()
    assert screen.tree.isVisible()


def test_the_layout_is_kept_and_can_be_put_back(screen: Screen, qapp: QApplication):
    screen.window.docks.toggle_action("tree").trigger()
    screen.window.close()
    kept = screen.seat.office.settings.blob("layout")
    assert kept
    screen.window.show()
    screen.seat.office.actions.use("window.reset_layout")
    qapp.processEvents()
    assert screen.tree.isVisible()
    assert screen.window.docks.restore(kept)
    qapp.processEvents()
    assert not screen.tree.isVisible()


def test_language_changes_live_and_keeps_what_was_chosen(screen: Screen):
    """HMI-18."""
    screen.seat.raise_alarms([alarm_fact(4, UNACKED, 3)])
    screen.seat.office.selection.select_asset("s3")
    screen.table.filter.setText("세")
    screen.seat.office.actions.use("view.lang_ko")
    assert screen.window.banner.ack.text() == "확인"
    assert screen.faceplate.name.text() == "세 번째 배수펌프장"
    assert screen.window.status.link.text() == "연결됨"
    assert screen.table.filter.text() == "세"
    assert screen.seat.office.selection.asset == "s3"
    assert screen.seat.office.settings.text("language") == "ko"


@pytest.mark.parametrize("theme", ["night", "dusk", "bright"])
def test_a_theme_changes_every_ground_and_resets_nothing(screen: Screen, qapp: QApplication, theme: str):
    """HMI-18."""
    screen.seat.office.selection.select_asset("s3")
    screen.seat.office.actions.use(f"view.theme_{theme}")
    qapp.processEvents()
    tokens = screen.seat.office.themes.tokens
    shot = screen.window.grab().toImage()
    corner = screen.window.status.mapTo(screen.window, screen.window.status.rect().center())
    assert shot.pixelColor(corner).name() == tokens.window.lower()
    assert screen.seat.office.selection.asset == "s3"
    assert screen.seat.office.settings.text("theme") == theme


def test_a_refused_act_is_told_with_its_reason(screen: Screen):
    office = screen.seat.office
    answered: list[ActOutcome] = []
    office.acts.act_answered.connect(answered.append)
    screen.seat.lose_link()
    office.acts.unshelve(0)
    QApplication.processEvents()
    assert answered
    assert outcome_text(answered[0], office) == "Unshelve not done: not sent: the link to the hub is lost"
    assert screen.window.toasts.texts() == [outcome_text(answered[0], office)]


def test_the_palette_finds_actions_and_assets_in_both_languages(screen: Screen, qtbot: QtBot):
    office = screen.seat.office
    assert [hit.id for hit in find_hits(office, "night")] == ["view.theme_night"]
    assert [hit.id for hit in find_hits(office, "세 번째")] == ["s3"]
    assert [hit.id for hit in find_hits(office, "third pump")] == ["s3"]
    QTest.keyClick(screen.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    palette = screen.window._acts._palette
    assert palette.isVisible()
    QTest.keyClicks(palette.line, "third")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert not palette.isVisible()
    assert office.selection.asset == "s3"


def test_the_window_is_announced_when_a_critical_alarm_comes(screen: Screen):
    """HMI-14: the line of the banner is what is announced."""
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1)])
    assert screen.window.banner.worst.accessibleName().startswith("critical")


def test_the_menu_is_made_of_the_declared_actions(screen: Screen):
    branches = screen.window._menu._branches.values()
    listed = {action.objectName() for branch in branches for action in branch.actions()}
    declared = {action.id for action in screen.seat.office.actions.definitions()}
    assert declared <= listed


def test_the_frame_loads_without_charts(screen: Screen):
    """First paint before heavy libraries: the shell does not import the plotting library by itself."""
    assert "pyqtgraph" not in vars(sys.modules[MainWindow.__module__])
    assert screen.seat.office.link.fact.state is LinkState.LIVE
