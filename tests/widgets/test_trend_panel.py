"""The trend panel over a live office."""

# pyqtgraph has no type stubs.
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.core.batch import Batch
from console.core.history import Series
from console.core.quality import Quality
from console.desk.history import SeriesPage
from tests.widgets.conftest import NS, UNACKED, Screen, alarm_fact
from widgets.charts.trend import TrendPanel
from widgets.kit.mime import TAG_MIME, tag_mime


def trend(screen: Screen) -> TrendPanel:
    panel = screen.panels["trend"]
    assert isinstance(panel, TrendPanel)
    return panel


class Hub:
    """Answers history queries of the panel from rows it was given, as the hub's messages would."""

    def __init__(self, screen: Screen) -> None:
        self.office = screen.seat.office
        self.rows: dict[int, list[tuple[int, float, int]]] = {}
        self.asked: list[tuple[tuple[int, ...], int, int]] = []

    def answer(self, panel: TrendPanel) -> None:
        """Answers what the stock has asked for since the last time."""
        for request, (start, end) in list(panel.stock._asked.items()):
            tags = list(panel.stock._traces)
            self.asked.append((tuple(tags), start, end))
            page = SeriesPage(request, tuple(self._series(tag, start, end) for tag in tags), "")
            self.office.histories.series_arrived.emit(page)

    def _series(self, tag: int, start: int, end: int) -> Series:
        rows = [row for row in self.rows.get(tag, []) if start <= row[0] <= end]
        value = np.array([row[1] for row in rows], float)
        at = np.array([row[0] for row in rows], np.int64)
        quality = np.array([row[2] for row in rows], np.uint8)
        return Series(tag, at, value, value, value, quality, raw=True)


def push_rows(screen: Screen, tag: int, rows: Sequence[tuple[int, float]]) -> None:
    at = np.array([at for at, _ in rows], np.int64)
    value = np.array([value for _, value in rows])
    tags = np.full(len(rows), tag, np.uint32)
    screen.seat.office.values.push(Batch(tags, at, value, np.zeros(len(rows), np.uint8)))


@pytest.fixture
def hub(screen: Screen) -> Hub:
    return Hub(screen)


def fetch(panel: TrendPanel, hub: Hub, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(panel.stock._asked), timeout=2000)
    hub.answer(panel)


def test_an_empty_chart_says_what_fills_it(screen: Screen):
    assert trend(screen).empty.isVisible()
    assert trend(screen).empty.sentence.text().startswith("Select an asset")


def test_it_follows_the_selection_until_it_is_pinned(screen: Screen):
    panel, selection = trend(screen), screen.seat.office.selection
    selection.select_asset("s3")
    assert [point.key for point in panel.points] == ["s3.level"]
    panel.pin.click()
    selection.select_asset("s1")
    assert [point.key for point in panel.points] == ["s3.level"]
    panel.pin.click()
    assert [point.key for point in panel.points] == ["s1.level"]


def test_history_and_live_meet_without_a_seam(screen: Screen, hub: Hub, qtbot: QtBot):
    """Every sample is drawn exactly once, whether it came from history, live, or both."""
    panel, office = trend(screen), screen.seat.office
    now = time.time_ns() // NS * NS
    whole = [(now - back * NS, float(back)) for back in range(300, 0, -1)]
    hub.rows[6] = [(at, value, 0) for at, value in whole[:250]]
    office.time.tick(now)
    office.selection.select_asset("s3")
    push_rows(screen, 6, whole[220:240])
    push_rows(screen, 6, whole[240:])
    fetch(panel, hub, qtbot)
    rows = panel.stock.trace(6).rows()
    assert rows.at.tolist() == [at for at, _ in whole]
    assert rows.low.tolist() == [value for _, value in whole]


def test_a_gap_is_hatched_in_the_picture(screen: Screen, hub: Hub, qtbot: QtBot, qapp: QApplication):
    """A gap is recorded and shown as a gap."""
    panel, office = trend(screen), screen.seat.office
    now = time.time_ns() // NS * NS
    lost = int(Quality.DISCONNECTED)
    hub.rows[6] = [(now - b * NS, 2.0, lost if 300 < b < 500 else 0) for b in range(800, 0, -5)]
    office.time.tick(now)
    office.selection.select_asset("s3")
    fetch(panel, hub, qtbot)
    panel.plot.draw()
    qapp.processEvents()
    (pane,) = panel.plot.panes.values()
    ((start, end),) = pane.below.content.gaps
    assert start == pytest.approx(now / NS - 495, abs=6)
    assert end == pytest.approx(now / NS - 300, abs=6)
    shot = panel.plot.grab().toImage()
    view = panel.plot.mapFromScene(pane.plane.mapViewToScene(QPointF((start + end) / 2, 2.0)))
    column = [shot.pixelColor(view.x(), y).lightness() for y in range(view.y() - 20, view.y() + 20)]
    assert max(column) - min(column) > 15


def test_the_wheel_zooms_and_a_drag_leaves_live_until_the_button_brings_it_back(screen: Screen):
    panel, context = trend(screen), screen.seat.office.time
    screen.seat.office.selection.select_asset("s3")
    context.tick(time.time_ns())
    span = context.span_s
    panel.plot.zoom_wanted.emit((0.5, None))
    assert context.live
    assert context.span_s == pytest.approx(span / 2)
    panel.plot.pan_wanted.emit(-120.0)
    assert not context.live
    assert not panel.spans.live.isChecked()
    end = context.bounds[1]
    panel.plot.zoom_wanted.emit((0.5, (end - 60 * NS) / NS))
    assert not context.live
    panel.spans.live.click()
    assert context.live


def test_a_drag_beyond_now_is_live_again(screen: Screen):
    panel, context = trend(screen), screen.seat.office.time
    screen.seat.office.selection.select_asset("s3")
    context.tick(time.time_ns())
    panel.plot.pan_wanted.emit(-300.0)
    assert not context.live
    panel.plot.pan_wanted.emit(3600.0)
    assert context.live


def test_everything_can_be_done_by_keyboard(screen: Screen, qtbot: QtBot):
    """HMI-13, HMI-15."""
    panel, context = trend(screen), screen.seat.office.time
    screen.seat.office.selection.select_asset("s3")
    context.tick(time.time_ns())
    span = context.span_s
    QTest.keyClick(panel.plot, Qt.Key.Key_Plus)
    assert context.span_s < span
    QTest.keyClick(panel.plot, Qt.Key.Key_Left)
    assert not context.live
    QTest.keyClick(panel.plot, Qt.Key.Key_Home)
    assert context.live


def test_panning_asks_for_the_history_it_lacks_and_sliding_asks_for_nothing(
    screen: Screen, hub: Hub, qtbot: QtBot
):
    panel, context = trend(screen), screen.seat.office.time
    now = time.time_ns()
    context.tick(now)
    screen.seat.office.selection.select_asset("s3")
    fetch(panel, hub, qtbot)
    context.tick(now + NS)
    context.tick(now + 2 * NS)
    assert not panel.stock.waiting
    context.set_fixed(now - 7200 * NS, now - 3600 * NS)
    assert panel.stock.waiting
    assert panel.waiting.text() == "Loading history"
    fetch(panel, hub, qtbot)
    assert hub.asked[-1][1] <= now - 7200 * NS
    assert not panel.stock.waiting


def test_after_a_lost_link_the_missed_rows_are_asked_of_history(screen: Screen, hub: Hub, qtbot: QtBot):
    """Restart: the console resumes by itself with nothing lost."""
    panel = trend(screen)
    now = time.time_ns() // NS * NS
    screen.seat.office.time.tick(now)
    screen.seat.office.selection.select_asset("s3")
    fetch(panel, hub, qtbot)
    push_rows(screen, 6, [(now - 100 * NS, 1.0), (now - 99 * NS, 1.0)])
    screen.seat.lose_link()
    hub.rows[6] = [(now - back * NS, float(back), 0) for back in range(100, 10, -1)]
    screen.seat.go_live()
    push_rows(screen, 6, [(now - 10 * NS, 10.0), (now - 9 * NS, 9.0)])
    fetch(panel, hub, qtbot)
    assert panel.stock.trace(6).rows().at.tolist() == [now - back * NS for back in range(100, 8, -1)]


def test_limits_stand_as_bands_and_alarms_as_symbols_on_the_time_axis(screen: Screen):
    panel = trend(screen)
    screen.seat.raise_alarms([alarm_fact(4, UNACKED, 1, age_s=30)])
    screen.seat.office.time.tick(time.time_ns())
    screen.seat.office.selection.select_asset("s3")
    panel.plot.draw()
    (pane,) = panel.plot.panes.values()
    assert {(band.low, band.high) for band in pane.below.content.bands} == {
        (4.0, float("inf")),
        (float("-inf"), 0.5),
    }
    (mark,) = pane.above.content.marks
    assert mark.priority == 1


def test_values_are_added_by_drop_and_taken_out_by_their_name(screen: Screen):
    """HMI-15: what can be dragged can also be done by menu and button."""
    panel = trend(screen)
    screen.seat.office.selection.select_asset("s3")
    mime = tag_mime("s3.gate")
    mime.setData(TAG_MIME, bytes(mime.data(TAG_MIME).data()) + b"\nno.such")
    action, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    panel.dropEvent(QDropEvent(QPointF(5, 5), action, mime, button, key))
    assert [point.key for point in panel.points] == ["s3.level", "s3.gate"]
    assert len(panel.plot.panes) == 2
    assert panel.pin.isChecked()
    panel.legend.buttons[8].click()
    assert [point.key for point in panel.points] == ["s3.level"]


def test_lines_of_one_unit_share_a_pane_and_differ_by_dash_and_name(screen: Screen):
    """HMI-03: never colour alone."""
    panel, catalogue = trend(screen), screen.seat.office.catalogue.catalogue
    assert catalogue is not None
    panel.show_points([catalogue.tags[0], catalogue.tags[6]])
    assert len(panel.plot.panes) == 1
    looks = [button.look for button in panel.legend.buttons.values()]
    assert len({look.dash for look in looks}) == 2
    assert len({look.name for look in looks}) == 2


def test_the_chart_can_be_read_as_a_table_and_as_csv(screen: Screen):
    """HMI-14: a picture alone tells a screen reader nothing; a cell that a spreadsheet would run becomes a text."""
    panel, office = trend(screen), screen.seat.office
    now = time.time_ns() // NS * NS
    office.time.tick(now)
    catalogue = office.catalogue.catalogue
    assert catalogue is not None
    panel.show_points([catalogue.tags[6]])
    push_rows(screen, 6, [(now - 3 * NS, 1.25), (now - 2 * NS, -0.5)])
    model = panel.rows_model()
    assert model.rowCount() == 2
    assert model.cells(0)[2] == "\u22120.50"
    panel.copy.click()
    text = QGuiApplication.clipboard().text()
    assert text.startswith("Time,Value")
    assert ",-0.50," in text
    assert "Third pumping station" in panel.title.text


def test_choosing_many_assets_makes_no_more_panes(screen: Screen):
    """Memory of a shift stays flat."""
    panel = trend(screen)
    for _ in range(20):
        for asset in ("s1", "s2", "s3"):
            screen.seat.office.selection.select_asset(asset)
    assert panel.plot.panes["<i>m</i>"].plane.size().width() > panel.plot.width() - 200
    assert len(panel.plot._pool) == 1
    assert len(panel.plot._pool[0].tags()) == 1


def test_the_chart_has_a_name_and_the_ground_of_the_theme(screen: Screen, qapp: QApplication):
    """HMI-14; nothing default: no black canvas."""
    panel = trend(screen)
    screen.seat.office.selection.select_asset("s3")
    assert panel.plot.accessibleName().startswith("Trend chart: ")
    assert panel.plot.accessibleDescription()
    for theme in ("night", "day"):
        screen.seat.office.themes.set_theme(theme)
        qapp.processEvents()
        tokens = screen.seat.office.themes.tokens
        assert panel.plot.grab().toImage().pixelColor(2, 2).name() == tokens.panel.lower()
