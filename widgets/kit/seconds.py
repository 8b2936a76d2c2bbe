"""The wall clock of the views: one timer, one tick a second, for clocks and ages."""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

_SECOND_MS = 1000


class Seconds(QObject):
    """`now_ns` in UTC ns, moved once a second just after the second begins."""

    ticked = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.now_ns = time.time_ns()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._tick)
        self._wait()

    def push(self, now_ns: int) -> None:
        """Says that it is `now_ns`."""
        self.now_ns = now_ns
        self.ticked.emit()

    def _wait(self) -> None:
        past_ms = time.time_ns() // 1_000_000 % _SECOND_MS
        self._timer.start(_SECOND_MS - past_ms + 5)

    @Slot()
    def _tick(self) -> None:
        self._wait()
        self.push(time.time_ns())


def seconds_of(owner: QObject) -> Seconds:
    """The one clock that hangs on `owner` (the themes every widget shares); made at the first call."""
    found = owner.findChild(Seconds, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if found is not None else Seconds(owner)
