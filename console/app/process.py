"""The Qt process: its application object, its end by a signal of the system, and how long its start took."""

from __future__ import annotations

import logging
import signal
import sys
import time
from types import FrameType

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

log = logging.getLogger("app")


def open_process() -> QApplication:
    """The application object; once in a process."""
    # The web view of the map may join later, and then shares its contexts with the window.
    QCoreApplication.setAttribute(Qt.ApplicationAttribute.AA_ShareOpenGLContexts)
    process = QApplication(sys.argv[:1])
    process.setApplicationName("gwanje")
    process.setDesktopFileName("gwanje")
    # The main window alone decides; a floating dock must not keep the process alive.
    process.setQuitOnLastWindowClosed(False)
    return process


class EndRequests:
    """Ctrl+C and SIGTERM close the window as a person would, but never in the middle of an event.

    Python hears a signal between any two of its instructions, also inside a paint: a window that is closed there is
    painted on after its end.
    """

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        for number in self._before:
            signal.signal(number, self._asked)

    def remove(self) -> None:
        """Give the signals back."""
        for number, before in self._before.items():
            signal.signal(number, before)

    def _asked(self, number: int, _frame: FrameType | None) -> None:
        log.info("asked to end by signal %s", number)
        QTimer.singleShot(0, self._window, self._window.close)


class Stopwatch(QObject):
    """Writes to the log how long after the start of the process the parts of the screen were there."""

    def __init__(self, began: float) -> None:
        super().__init__()
        self._began = began

    @Slot()
    def painted(self) -> None:
        """The window has been painted."""
        log.info("first paint after %.2f s", time.monotonic() - self._began)

    @Slot(str)
    def filled(self, part: str) -> None:
        """A late part is there."""
        log.info("%s after %.2f s", part, time.monotonic() - self._began)
