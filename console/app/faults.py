"""Faults nobody caught: written to the log with their trace, told to the operator, and survived."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

log = logging.getLogger("app")
ui_log = logging.getLogger("ui")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


# What the web engine says on a computer without a graphics card; it draws without one.
_HARMLESS = (
    "Sandboxing disabled",
    "Failed to load vulkan",
    "initInstance: No Vulkan",
    "Failed to create platform Vulkan",
    "Unable to detect GPU vendor",
)


class Faults(QObject):
    """Takes the place of the interpreter's and Qt's last words while installed."""

    fault_raised = Signal(str)
    """Where, such as `trend.py:120`; also from other threads."""

    def install(self) -> None:
        """Hear everything from now on."""
        sys.excepthook = self._raised
        threading.excepthook = self._raised_in_thread
        qInstallMessageHandler(self._said)

    def remove(self) -> None:
        """Give their places back."""
        sys.excepthook = sys.__excepthook__
        threading.excepthook = threading.__excepthook__
        qInstallMessageHandler(None)

    def _raised(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("not caught", exc_info=(kind, error, trace))
        self.fault_raised.emit(f"{where(trace)} {kind.__name__}")

    def _raised_in_thread(self, fault: threading.ExceptHookArgs) -> None:
        if fault.exc_value is not None:
            self._raised(fault.exc_type, fault.exc_value, fault.exc_traceback)

    def _said(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        level = logging.INFO if message.startswith(_HARMLESS) else _LEVELS.get(kind, logging.WARNING)
        ui_log.log(level, "Qt: %s", message)


def where(trace: TracebackType | None) -> str:
    """File and line where it happened."""
    frames = traceback.extract_tb(trace)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"
