"""Performance view and sound sheet walked over: names, sizes, clipping, literal texts, flood and loss on the banner."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QTableView
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import FloodFact
from console.wire.messages import OccurrencesReply, QueryOccurrences
from tests.widgets.conftest import NS, UNACKED, Screen, alarm_fact
from tests.widgets.test_performance_view import chatter
from tests.widgets.test_sound_sheet import Speaker
from tests.widgets.test_sweeps import INTERACTIVE, clipped, described, on_screen
from widgets.performance.panel import PerformancePanel
from widgets.sound.sheet import SoundSheet


@pytest.fixture
def walked(screen: Screen, qtbot: QtBot, qapp: QApplication) -> Iterator[Screen]:
    """A flood that nobody can hear, the figures of two chattering alarms, and the sound sheet."""
    office = screen.seat.office
    office.occurrences.attach(screen.seat.sent.append)
    office.annunciator.attach(Speaker(present=False))
    screen.seat.raise_alarms([alarm_fact(0, UNACKED, 1), alarm_fact(1, UNACKED, 2)])
    since = time.time_ns() - 400 * NS
    office.modes.push(flood=FloodFact(active=True, since=since, count=1234, peak=321))
    panel = PerformancePanel(office)
    qtbot.addWidget(panel)
    panel.setStyleSheet(screen.window.styleSheet())
    panel.resize(1100, 520)
    panel.show()
    asked = screen.seat.sent_of(QueryOccurrences)[-1]
    rows = tuple(sorted((*chatter(0), *chatter(4, 9)), key=lambda row: row.at_event))
    office.occurrences.receive(OccurrencesReply(request=asked.request, rows=rows))
    qtbot.waitUntil(lambda: panel.shown is not None)
    panel.offender_view.selectRow(0)
    SoundSheet(office, screen.window).show()
    qapp.processEvents()
    yield screen
    panel.close()


def test_everything_here_has_a_name(walked: Screen) -> None:
    """HMI-14."""
    nameless = [
        described(widget)
        for widget in on_screen(INTERACTIVE)
        if not (widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip())
        and not widget.objectName().startswith("qt_")
        and not isinstance(widget.parentWidget(), QLineEdit)
    ]
    views = [described(view) for view in on_screen(QTableView) if not view.accessibleName()]
    assert nameless + views == []


def test_every_target_here_is_big_enough(walked: Screen) -> None:
    """HMI-12."""
    small = [
        described(button)
        for button in on_screen(QAbstractButton)
        if not button.objectName().startswith("qt_")
        and not isinstance(button.parentWidget(), QLineEdit)
        and min(button.width(), button.height()) < 24
    ]
    assert small == []


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [(1366, 768), (1920, 1080)])
def test_nothing_here_is_clipped(walked: Screen, qtbot: QtBot, lang: str, size: tuple[int, int]) -> None:
    """HMI-15."""
    walked.window.resize(*size)
    walked.seat.office.speech.set_lang(lang)

    def nothing_clipped() -> None:
        assert clipped() == []

    qtbot.waitUntil(nothing_clipped, timeout=1500)


def test_narrow_banner_keeps_the_name_of_the_worst_alarm_readable(walked: Screen, qapp: QApplication) -> None:
    walked.window.resize(1366, 768)
    qapp.processEvents()
    worst = walked.window.banner.worst
    assert worst.text.width() > 150
    assert "unacknowledged" in worst.accessibleName()


@pytest.mark.parametrize("theme", ["night", "dusk", "bright", "day"])
def test_theme_changes_keep_what_was_chosen(walked: Screen, qapp: QApplication, theme: str) -> None:
    """HMI-18."""
    walked.seat.office.themes.set_theme(theme)
    qapp.processEvents()
    panel = next(widget for widget in on_screen(PerformancePanel))
    assert isinstance(panel, PerformancePanel)
    assert len(panel.offender_view.selectionModel().selectedRows()) == 1
    assert not panel.grab().isNull()
