"""When a window has been painted for the first time, and when a person has closed it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget


class WindowWatch(QObject):
    """Listens to one window."""

    painted = Signal()
    """Once, right after the first paint."""
    closed = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._seen = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        kind = event.type()
        if kind is QEvent.Type.Paint and not self._seen:
            self._seen = True
            # The paint itself comes after this filter; the timer comes after the paint.
            QTimer.singleShot(0, self, self._tell_painted)
        elif kind is QEvent.Type.Close:
            QTimer.singleShot(0, self, self._tell_closed)
        return False

    @Slot()
    def _tell_painted(self) -> None:
        self.painted.emit()

    @Slot()
    def _tell_closed(self) -> None:
        # A window may refuse to close.
        if not self._window.isVisible():
            self.closed.emit()
