"""The page of reports while a big report is made, shown, scrolled through and printed: the longest stall of the window.

    main.py bench report_window [alarms]

A real export in its process, the real page on a virtual display. Printed, not asserted; the goal is 250 ms.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "plugins"))

from PySide6.QtCore import QDateTime, QObject, QTimer, Slot
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication
from report_room import END, T0, catalogue, shift_data

from console.desk.office import SeatWishes, open_office
from console.desk.reports.jobs import Tools
from console.desk.reports.wish import Span
from console.setup.bootstrap import ROOT
from console.setup.display import virtual_display
from widgets.reports.panel import ReportPanel

GOAL_MS = 250.0
_TURN_MS = 5
_PATIENCE_S = 180.0


class Turns(QObject):
    """Watches how long the event loop takes from one turn to the next."""

    def __init__(self) -> None:
        super().__init__()
        self.longest = 0.0
        self._last = time.perf_counter()
        timer = QTimer(self)
        timer.setInterval(_TURN_MS)
        timer.timeout.connect(self._turn)
        timer.start()

    @Slot()
    def _turn(self) -> None:
        now = time.perf_counter()
        self.longest = max(self.longest, (now - self._last) * 1000 - _TURN_MS)
        self._last = now

    def begin(self) -> None:
        """Forget what was."""
        self.longest, self._last = 0.0, time.perf_counter()


def run_until(done: Callable[[], bool]) -> float:
    """Seconds until `done`; raises TimeoutError."""
    begin = time.perf_counter()
    while not done():
        QApplication.processEvents()
        time.sleep(0.001)
        if time.perf_counter() - begin > _PATIENCE_S:
            raise TimeoutError
    return time.perf_counter() - begin


def say(what: str, turns: Turns, spent: float) -> None:
    """One line."""
    verdict = "within" if turns.longest <= GOAL_MS else "NOT within"
    print(f"{what:44} {spent:6.2f} s, longest stall {turns.longest:5.0f} ms ({verdict} {GOAL_MS:.0f} ms)")


def make_panel(folder: Path, data: Path) -> ReportPanel:
    """The page with the stretch of the recorded shift."""
    office = open_office(folder / "seat", SeatWishes(lang="ko", theme="day"))
    office.settings.override("report_folder", str(folder / "out"))
    office.catalogue.push(catalogue(), "bench")
    office.clock.heard(END)
    program = (sys.executable, str(ROOT / "main.py"))
    panel = ReportPanel(office, Tools(program, data, folder / "preview", folder / "plans.json"))
    panel.resize(1600, 900)
    panel.show()
    panel.order.span.setCurrentIndex(panel.order.span.findData(Span.OWN.value))
    for edit, at in ((panel.order.start, T0), (panel.order.end, END)):
        moment = QDateTime.fromSecsSinceEpoch(at // 10**9, panel.order.site_zone())
        edit.setDateTime(QDateTime(moment.date(), moment.time()))
    return panel


def measure(panel: ReportPanel, folder: Path) -> None:
    """Make, show, scroll, print."""
    turns = Turns()
    run_until(lambda: panel.desk.job is None)
    turns.begin()
    panel.order.make.click()
    say("made (PDF, XLSX) and shown", turns, run_until(lambda: panel.desk.job is None))
    print(f"    {panel.pages.document.pageCount()} pages")
    turns.begin()
    bar = panel.pages.view.verticalScrollBar()
    begin = time.perf_counter()
    for step in range(60):
        bar.setValue(bar.maximum() * step // 60)
        until = time.perf_counter() + 0.03
        run_until(lambda limit=until: time.perf_counter() >= limit)
    say("scrolled through in 60 leaps", turns, time.perf_counter() - begin)
    printer = QPrinter()
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(folder / "printed.pdf"))
    printer.setFromTo(1, min(20, panel.pages.document.pageCount()))
    said = panel.order.told.text()
    turns.begin()
    path = panel.pages.path
    assert path is not None
    panel.send_to(printer, path)
    sent = panel.order.told
    spent = run_until(lambda: sent.text() != said and not panel.printing)
    say("20 pages printed as pictures, no spooler", turns, spent)


def main() -> None:
    """Run."""
    alarms = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000
    with tempfile.TemporaryDirectory() as name, virtual_display() as display:
        os.environ["DISPLAY"] = display
        app = QApplication(["bench"])
        folder = Path(name)
        data = shift_data(folder / "hub", alarms)
        panel = make_panel(folder, data)
        measure(panel, folder)
        panel.desk.stop()
        panel.close()
        panel.deleteLater()
        app.processEvents()


if __name__ == "__main__":
    main()
