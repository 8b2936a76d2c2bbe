"""A seat without a hub: an office that is fed by hand, what it sends, and the whole window of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from console.core.alarm.facts import AlarmFact, AlarmState
from console.core.batch import Batch
from console.desk.boards import LinkFact, LinkState
from console.desk.office import Office, SeatWishes, open_office
from tests.widgets.payload_city import payload_catalogue
from widgets.alarms.table import AlarmTablePanel
from widgets.assets.faceplate import Faceplate
from widgets.assets.tree import SiteTreePanel
from widgets.shell.dock_spec import DockSpec, Place
from widgets.shell.main_window import MainWindow

NS = 1_000_000_000
T = TypeVar("T")


def alarm_fact(alarm: int, state: AlarmState, priority: int = 2, age_s: int = 60) -> AlarmFact:
    """A fact of an alarm that came `age_s` seconds ago."""
    at = time.time_ns() - age_s * NS
    return AlarmFact(
        alarm=alarm,
        state=state,
        occurrence=f"occ{alarm}",
        priority=priority,
        value=4.12,
        limit=4.0,
        at_event=at,
    )


UNACKED = AlarmState(cond=True, acked=False)
ACKED = AlarmState(cond=True, acked=True)


@dataclass
class Seat:
    """The office, what it has sent, and ways to feed it."""

    office: Office
    sent: list[msgspec.Struct] = field(default_factory=list[msgspec.Struct])

    def sent_of(self, kind: type[T]) -> list[T]:
        """Messages of one kind that were sent to the hub."""
        return [message for message in self.sent if isinstance(message, kind)]

    def go_live(self) -> None:
        """The link is live."""
        fact = LinkFact(state=LinkState.LIVE, since_ns=time.time_ns(), hub="hub", user="홍길동", station="1")
        self.office.link.push(fact)
        self.office.values.set_frozen(False)

    def lose_link(self) -> None:
        """The link is lost."""
        now = time.time_ns()
        self.office.link.push(
            LinkFact(state=LinkState.LOST, since_ns=now, why="unreachable", frozen_at_ns=now)
        )
        self.office.values.set_frozen(True)

    def put(self, tag: int, value: float, quality: int = 0, age_s: float = 1.0) -> None:
        """One row of a tag."""
        at = time.time_ns() - int(age_s * NS)
        batch = Batch(
            np.array([tag], np.uint32), np.array([at]), np.array([value]), np.array([quality], np.uint8)
        )
        self.office.values.push(batch)

    def raise_alarms(self, facts: Sequence[AlarmFact]) -> None:
        """Alarms arrive."""
        self.office.alarms.push(facts)


@pytest.fixture
def seat(qtbot: QtBot, tmp_path: Path) -> Seat:
    """English, day, live, with the payload city and good values."""
    made = Seat(open_office(tmp_path, SeatWishes(lang="en", theme="day")))
    made.office.acts.attach(made.sent.append)
    made.office.histories.attach(made.sent.append)
    made.office.occurrences.attach(made.sent.append)
    made.office.catalogue.push(payload_catalogue(), "digest")
    for tag in range(9):
        made.put(tag, 1.0 + 0.1 * tag)
    made.go_live()
    return made


def trend_panel(office: Office) -> QWidget:
    """The chart, which imports pyqtgraph."""
    from widgets.charts.trend import TrendPanel

    return TrendPanel(office)


def command_list(office: Office) -> QWidget:
    """The command list with its desk."""
    from widgets.commands.list import CommandList

    return CommandList(office)


@dataclass
class Screen:
    """The window with its panels."""

    seat: Seat
    window: MainWindow
    panels: dict[str, QWidget]

    @property
    def table(self) -> AlarmTablePanel:
        found = self.panels["alarms"]
        assert isinstance(found, AlarmTablePanel)
        return found

    @property
    def faceplate(self) -> Faceplate:
        found = self.panels["faceplate"]
        assert isinstance(found, Faceplate)
        return found

    @property
    def tree(self) -> SiteTreePanel:
        found = self.panels["tree"]
        assert isinstance(found, SiteTreePanel)
        return found


def _makers(office: Office, panels: dict[str, QWidget]) -> dict[str, Callable[[], QWidget]]:
    makers: dict[str, Callable[[], QWidget]] = {
        "tree": lambda: SiteTreePanel(office),
        "map": QWidget,
        "trend": lambda: trend_panel(office),
        "faceplate": lambda: Faceplate(office),
        "alarms": lambda: AlarmTablePanel(office),
        "commands": lambda: command_list(office),
    }

    def keeping(name: str) -> Callable[[], QWidget]:
        def make() -> QWidget:
            panels[name] = makers[name]()
            return panels[name]

        return make

    return {name: keeping(name) for name in makers}


PLACES = {
    "tree": Place.LEFT,
    "map": Place.CENTER,
    "trend": Place.BELOW_CENTER,
    "faceplate": Place.RIGHT,
    "alarms": Place.BOTTOM,
    "commands": Place.BOTTOM,
}


@pytest.fixture
def screen(seat: Seat, qtbot: QtBot, qapp: QApplication) -> Iterator[Screen]:
    """The window at 1600 x 900 with late docks filled but the map."""
    panels: dict[str, QWidget] = {}
    makers = _makers(seat.office, panels)
    late = {"map", "trend", "commands"}
    specs = [
        DockSpec(name, f"docks.{name}", makers[name], PLACES[name], late=name in late) for name in makers
    ]
    window = MainWindow(seat.office, specs)
    qtbot.addWidget(window)
    window.resize(1600, 900)
    window.show()
    qtbot.waitExposed(window)
    window.fill("trend")
    window.fill("commands")
    qapp.processEvents()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    yield Screen(seat, window, panels)
    window.close()
    qapp.processEvents()
