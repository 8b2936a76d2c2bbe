"""Whether somebody is at this seat: keys and buttons in the window, and a mouse that moves (SEC-07).

It listens to the native window, which gets input once, and not to the application, which would run this for every
event of every widget.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Slot
from PySide6.QtGui import QCursor, QWindow
from PySide6.QtWidgets import QWidget

LOOK_MS = 1_000
_USED = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.Wheel,
        QEvent.Type.TouchBegin,
        QEvent.Type.TabletPress,
    }
)


class Presence(QObject):
    """Calls `used` when somebody uses the seat, about once a second at most while the mouse moves."""

    def __init__(self, window: QWidget, used: Callable[[], None]) -> None:
        super().__init__(window)
        self._used = used
        self._place = QCursor.pos()
        handle = cast("QWindow | None", window.windowHandle())
        if handle is not None:
            handle.installEventFilter(self)
        timer = QTimer(self)
        timer.setInterval(LOOK_MS)
        timer.timeout.connect(self.look)
        timer.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Qt: never keeps an event to itself."""
        if event.type() in _USED:
            self._used()
        return False

    @Slot()
    def look(self) -> None:
        """Whether the mouse has moved since the last look; windows of their own have no other sign of it."""
        place: QPoint = QCursor.pos()
        if place != self._place:
            self._place = place
            self._used()
