"""The console of the end-to-end bench: the real window at a hub, with a watch on what has been painted.

Started by `e2e.py`; the hub's secret is in the environment. `take` on standard input prints what was painted since the
last time, `stop` closes the window.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication

from console.app.composition import App, AppPlan
from console.app.family import Family
from console.app.places import Log, places_of
from console.desk.office import SeatWishes
from console.setup.arguments import HUB_SECRET_ENV
from console.setup.environment import prepare_qt
from widgets.charts.trend import TrendPanel

ASSET = "unit-0"
CHARTS = 4


class Painted(QObject):
    """Ages of the chart's rows at the end of the first paint that showed them, seconds from the source's stamp."""

    def __init__(self, panel: TrendPanel) -> None:
        super().__init__(panel)
        self._panel = panel
        self._seen: dict[int, float] = {}
        self._fresh: list[NDArray[np.float64]] = []
        self._ages: list[NDArray[np.float64]] = []
        self._paints = 0
        panel.plot.viewport().installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            self._collect()
            # The paint itself follows this filter; the timer follows the paint.
            QTimer.singleShot(0, self, self._done)
        return False

    def take(self) -> dict[str, float]:
        """What was painted since the last time."""
        ages = np.concatenate(self._ages) if self._ages else np.empty(0)
        told: dict[str, float] = {"paints": self._paints, "rows": len(ages)}
        if len(ages):
            told |= {f"p{share}": float(np.percentile(ages, share)) for share in (50, 99)}
            told["max"] = float(ages.max())
        self._ages, self._paints = [], 0
        return told

    def _collect(self) -> None:
        for pane in self._panel.plot.panes.values():
            for tag, curve in pane._curves.items():
                x = cast("NDArray[np.float64] | None", curve.xData)  # pyright: ignore[reportUnknownMemberType]
                if x is None or not len(x):
                    continue
                before = self._seen.get(tag)
                self._seen[tag] = float(x[-1])
                if before is not None:
                    self._fresh.append(np.unique(x[x > before]))

    @Slot()
    def _done(self) -> None:
        self._paints += 1
        now = time.time()
        self._ages += [now - x for x in self._fresh if len(x)]
        self._fresh = []


class Commands(QObject):
    """Lines of standard input, heard by the main thread."""

    told = Signal(str)

    def start(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self.told.emit(line.strip())


class Probe(QObject):
    """Opens the window and answers the bench."""

    def __init__(self, url: str, folder: Path) -> None:
        super().__init__()
        places = places_of(folder)
        self.log = Log(places)
        family = Family(os.environ.pop(HUB_SECRET_ENV), url=url)
        self.app = App(AppPlan(places, family, SeatWishes("ko", "day", "native")))
        self._commands = Commands(self)
        self._commands.told.connect(self._obey)
        self._painted: Painted | None = None
        self.app.filled.connect(self._begin)
        self.app.office.link.link_changed.connect(self._begin)
        self._commands.start()
        self.app.start()

    @Slot()
    def _begin(self) -> None:
        catalogue = self.app.office.catalogue.catalogue
        panel = self.app.window.dock_widget("trend")
        if self._painted is not None or catalogue is None or not isinstance(panel, TrendPanel):
            return
        if not self.app.office.link.live:
            return
        self.app.office.selection.select_asset(ASSET)
        self.app.office.time.set_live(60.0)
        panel.pin.setChecked(True)
        panel.show_points(catalogue.tags_of(ASSET)[:CHARTS])
        self._painted = Painted(panel)
        sys.stdout.write(json.dumps({"ready": {"panes": len(panel.plot.panes)}}) + "\n")
        sys.stdout.flush()

    @Slot(str)
    def _obey(self, words: str) -> None:
        if words == "stop":
            self.app.window.close()
            QApplication.quit()
        elif self._painted is not None:
            sys.stdout.write(json.dumps(self._painted.take()) + "\n")
            sys.stdout.flush()


def main() -> None:
    """`_console_probe.py URL FOLDER`."""
    prepare_qt(web_map=False)
    process = QApplication(sys.argv[:1])
    probe = Probe(sys.argv[1], Path(sys.argv[2]))
    process.exec()
    probe.app.close()
    probe.log.close()


if __name__ == "__main__":
    main()
