"""Faults, words of Qt, ends by signal, first selection and late modules."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from console.app.faults import Faults, where
from console.app.late import LateModules
from console.app.opening import Opening
from console.app.process import EndRequests
from console.app.watch import WindowWatch
from console.client.link_fact import LinkFact, LinkState
from console.desk.office import Office, SeatWishes, open_office
from tests.client.small_city import ACKED, alarm, catalogue


@pytest.fixture
def faults(qtbot: QtBot) -> Generator[Faults]:
    """Installed, and removed again."""
    before = sys.excepthook
    made = Faults()
    made.install()
    yield made
    made.remove()
    sys.excepthook = before


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Office:
    """Knows the small city."""
    made = open_office(tmp_path, SeatWishes(lang="en"))
    made.catalogue.push(catalogue())
    return made


@pytest.mark.expects_log("ui")
def test_what_qt_says_is_in_the_log_with_its_weight(faults: Faults, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "ui"):
        qWarning("a cable is loose")
        qWarning("Failed to load vulkan: nothing there")
    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "Qt: a cable is loose"),
        ("INFO", "Qt: Failed to load vulkan: nothing there"),
    ]


@pytest.mark.expects_log("app")
def test_fault_names_file_and_line(faults: Faults) -> None:
    told: list[str] = []
    faults.fault_raised.connect(told.append)
    try:
        _ = 1 / 0
    except ZeroDivisionError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert told[0].startswith("test_process.py:")
    assert told[0].endswith("ZeroDivisionError")
    assert where(None) == "?"


def test_signal_of_the_system_closes_the_window(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    watch = WindowWatch(window)
    before = signal.getsignal(signal.SIGTERM)
    ends = EndRequests(window)
    with qtbot.waitSignal(watch.painted):
        window.show()
    with qtbot.waitSignal(watch.closed):
        QTimer.singleShot(0, _end_myself)
    ends.remove()
    assert signal.getsignal(signal.SIGTERM) == before
    assert not window.isVisible()


class Ended(QWidget):
    """Is asked to end in the middle of its paint."""

    def __init__(self) -> None:
        super().__init__()
        self.open_in_paint: list[bool] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self.open_in_paint:
            _end_myself()
            self.open_in_paint.append(self.isVisible())


def test_signal_in_the_middle_of_a_paint_waits_for_its_end(qtbot: QtBot) -> None:
    window = Ended()
    qtbot.addWidget(window)
    watch = WindowWatch(window)
    ends = EndRequests(window)
    with qtbot.waitSignal(watch.closed):
        window.show()
    ends.remove()
    assert window.open_in_paint == [True]


def _end_myself() -> None:
    os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.expects_log("app")
def test_module_that_is_not_installed_does_not_stop_the_others(qtbot: QtBot) -> None:
    late = LateModules(["json", "no_such_module_here", "csv"])
    told: list[str] = []
    missing: list[str] = []
    late.imported.connect(told.append)
    late.missing.connect(missing.append)
    late.start()
    qtbot.waitUntil(lambda: told == ["json"])
    qtbot.wait(200)
    assert missing == [], "the next one waits until this one is taken up"
    late.imported.connect(late.go_on)
    late.missing.connect(late.go_on)
    late.go_on()
    qtbot.waitUntil(lambda: told == ["json", "csv"])
    assert missing == ["no_such_module_here"]
    late.stop()


def choose(office: Office) -> str:
    opening = Opening(office)
    opening.choose()
    return office.selection.asset


def test_worst_alarm_is_chosen_first(office: Office) -> None:
    office.settings.put("last_asset", "gamcheon")
    office.alarms.push([alarm(4, ACKED, 3)])
    assert choose(office) == "myeongji"


def test_quiet_city_goes_on_where_it_was_left(office: Office) -> None:
    office.settings.put("last_asset", "gamcheon")
    assert choose(office) == "gamcheon"


def test_first_asset_is_chosen_when_there_is_nothing_else(office: Office) -> None:
    office.settings.put("last_asset", "taken away")
    assert choose(office) == "suyeong"


def test_choice_of_a_person_stands(office: Office) -> None:
    office.selection.select_mover(3)
    assert choose(office) == ""
    assert office.selection.mover == 3


def test_choice_waits_for_the_link_and_is_made_once(office: Office, qtbot: QtBot) -> None:
    opening = Opening(office)
    opening._timer.setInterval(0)
    office.link.push(LinkFact(state=LinkState.LIVE))
    qtbot.waitUntil(lambda: office.selection.asset == "suyeong")
    office.selection.clear()
    office.link.push(LinkFact(state=LinkState.LOST, frozen_at_ns=1))
    office.link.push(LinkFact(state=LinkState.LIVE))
    assert not opening._timer.isActive()
