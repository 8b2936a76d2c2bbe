"""The console of the alarm burst: the real window at a hub, with a watch on what of each alarm has been painted.

Started by `alarm_burst_window.py`; the hub's secret is in the environment. On standard input `begin` starts the
watch, `hold` selects a row as a hand would, `count` tells how far it is, `take` prints what was measured, `stop` closes
the window.

An alarm is on the screen when both have been painted with it: the table (its rows hold the alarm) and the banner (the
count of its priority includes it). Alarms only come in a burst, so the first n of a priority are those that a count of
n shows.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

import numpy as np
from _console_probe import Commands
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from console.app.composition import App, AppPlan
from console.app.family import Family
from console.app.places import Log, places_of
from console.core.alarm.facts import AlarmFact, AlarmLetter
from console.desk.boards.alarms import AlarmBoard
from console.desk.office import SeatWishes
from console.setup.arguments import HUB_SECRET_ENV
from console.setup.environment import prepare_qt
from widgets.alarms.table import AlarmTablePanel
from widgets.shell.banner import AlarmBanner
from widgets.shell.main_window import MainWindow

PULSE_MS = 10
LOUD = ("tree", "map", "alarms")
"""Docks that a person looks at during the burst."""


class Pulse(QObject):
    """How long the event loop did not turn: the time between two beats of a 10 ms timer, in ms."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.gaps: list[float] = []
        self._last = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def begin(self) -> None:
        """Count from now on."""
        self.gaps.clear()
        self._last = time.perf_counter()
        self._timer.start(PULSE_MS)

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.gaps.append((now - self._last) * 1e3)
        self._last = now


class Painted(QObject):
    """When each alarm was first painted by the table and by the banner; UTC ns, in order of coming."""

    def __init__(self, board: AlarmBoard, panel: AlarmTablePanel, banner: AlarmBanner) -> None:
        super().__init__(panel)
        self._model = panel.model
        self._counts = banner.counts
        self._table = panel.view.viewport()
        self.facts: dict[int, AlarmFact] = {}
        self.told: dict[int, int] = {}
        self.in_table: dict[int, int] = {}
        self.in_banner: dict[int, int] = {}
        self.frames: list[float] = []
        self._came: dict[int, list[int]] = {priority: [] for priority in self._counts}
        self._shown: dict[int, int] = dict.fromkeys(self._counts, 0)
        self._waiting: set[int] = set()
        self._table_fresh: list[int] = []
        self._banner_fresh: list[int] = []
        board.alarms_changed.connect(self._take)
        for watched in (self._table, *self._counts.values()):
            watched.installEventFilter(self)

    @Slot(object)
    def _take(self, facts: tuple[AlarmFact, ...]) -> None:
        now = time.time_ns()
        for fact in facts:
            if fact.state.letter is AlarmLetter.B and fact.alarm not in self.facts:
                self.facts[fact.alarm] = fact
                self.told[fact.alarm] = now
                self._came[fact.priority].append(fact.alarm)
                self._waiting.add(fact.alarm)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            if watched is self._table:
                self._look_at_table()
            else:
                self._look_at_banner()
            # The paint itself follows this filter; the timer follows the paint.
            QTimer.singleShot(0, self, self._done)
        return False

    def _look_at_table(self) -> None:
        self.frames.append(time.perf_counter())
        rows = self._model.rowCount()
        for alarm in [*self._waiting]:
            row = self._model.row_of(alarm)
            if 0 <= row < rows and self._model.fact(row).alarm == alarm:
                self._waiting.discard(alarm)
                self._table_fresh.append(alarm)

    def _look_at_banner(self) -> None:
        for priority, button in self._counts.items():
            before, self._shown[priority] = self._shown[priority], max(self._shown[priority], button.count)
            self._banner_fresh += self._came[priority][before : button.count]

    @Slot()
    def _done(self) -> None:
        now = time.time_ns()
        for alarm in self._table_fresh:
            self.in_table.setdefault(alarm, now)
        for alarm in self._banner_fresh:
            self.in_banner.setdefault(alarm, now)
        self._table_fresh, self._banner_fresh = [], []


class Probe(QObject):
    """Opens the window and answers the bench."""

    def __init__(self, url: str, folder: Path, map_kind: str) -> None:
        super().__init__()
        places = places_of(folder)
        self.log = Log(places)
        family = Family(os.environ.pop(HUB_SECRET_ENV), url=url)
        wishes = SeatWishes("ko", "day", "web" if map_kind == "web" else "native")
        self.app = App(AppPlan(places, family, wishes))
        self._pulse = Pulse(self)
        self._commands = Commands(self)
        self._commands.told.connect(self._obey)
        self._painted: Painted | None = None
        self._filled: set[str] = set()
        self.app.filled.connect(self._note)
        self.app.office.link.link_changed.connect(self._begin)
        self.app.office.catalogue.catalogue_changed.connect(self._begin)
        self._commands.start()
        self.app.start()

    @property
    def window(self) -> MainWindow:
        """The real one."""
        return self.app.window

    @Slot(str)
    def _note(self, part: str) -> None:
        self._filled.add(part)
        self._begin()

    @Slot()
    def _begin(self) -> None:
        office = self.app.office
        panel = self.window.dock_widget("alarms")
        ready = {"map", "bridge", "performance"} <= self._filled and office.link.live
        if self._painted is not None or not ready or not isinstance(panel, AlarmTablePanel):
            return
        banner = self.window.findChild(AlarmBanner)
        assert isinstance(banner, AlarmBanner)
        self._painted = Painted(office.alarms, panel, banner)
        QTimer.singleShot(2000, self, self._ready)

    @Slot()
    def _ready(self) -> None:
        seen = {name: _is_seen(self.window.dock_widget(name)) for name in LOUD}
        seen["banner"] = _is_seen(self.window.findChild(AlarmBanner))
        size = self.window.size()
        _say({"ready": {"seen": seen, "size": [size.width(), size.height()]}})

    @Slot(str)
    def _obey(self, words: str) -> None:
        painted = self._painted
        if words == "stop":
            self.window.close()
            QApplication.quit()
        elif words == "begin":
            self._pulse.begin()
            _say({})
        elif words == "hold":
            panel = self.window.dock_widget("alarms")
            assert isinstance(panel, AlarmTablePanel)
            panel.view.selectRow(0)
            _say({"held": panel.view.selectionModel().hasSelection()})
        elif painted is not None and words == "count":
            _say(
                {
                    "alarms": len(painted.facts),
                    "table": len(painted.in_table),
                    "banner": len(painted.in_banner),
                }
            )
        elif painted is not None and words == "take":
            _say(self._report(painted))

    def _report(self, painted: Painted) -> dict[str, object]:
        gaps = np.array(self._pulse.gaps)
        seat = self._ages(painted, painted.told)
        table, banner = self._ages(painted, painted.in_table), self._ages(painted, painted.in_banner)
        both = {
            alarm: max(painted.in_table[alarm], painted.in_banner[alarm])
            for alarm in painted.in_table.keys() & painted.in_banner.keys()
        }
        frames = np.diff(painted.frames) * 1e3 if len(painted.frames) > 1 else np.array([np.nan])
        return {
            "seat": seat,
            "table": table,
            "banner": banner,
            "screen": self._ages(painted, both),
            "gap": [float(gaps.max()), float(np.percentile(gaps, 99.9)), float(np.percentile(gaps, 99))],
            "frames": len(painted.frames),
            "frame_gap": float(frames.max()),
        }

    @staticmethod
    def _ages(painted: Painted, at: dict[int, int]) -> dict[str, float]:
        """Milliseconds from the source's stamp."""
        if not at:
            return {"n": 0, "p50": float("nan"), "p99": float("nan"), "max": float("nan")}
        ages = np.array([(ns - painted.facts[alarm].at_event) / 1e6 for alarm, ns in at.items()])
        p50, p99 = np.percentile(ages, [50, 99])
        return {"n": len(ages), "p50": float(p50), "p99": float(p99), "max": float(ages.max())}


def _is_seen(widget: object) -> bool:
    return isinstance(widget, QWidget) and widget.isVisible() and not widget.size().isEmpty()


def _say(told: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    """`_alarm_probe.py URL FOLDER web|native`."""
    web = sys.argv[3] == "web"
    prepare_qt(web_map=web)
    if web:
        from maps.view import register_scheme

        # The web view's scheme must be known before the application object is made.
        register_scheme()
    process = QApplication(sys.argv[:1])
    probe = Probe(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
    process.exec()
    probe.app.close()
    probe.log.close()


if __name__ == "__main__":
    main()
