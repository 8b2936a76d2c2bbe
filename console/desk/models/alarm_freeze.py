"""The alarm rows held still by hand: they show for how long, and go on by themselves (ALM-66)."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

FREEZE_MS = 60_000
"""Longest time that rows stay frozen."""


class Freeze(QObject):
    """On or off; `since_ns` is UTC, 0 while off."""

    freeze_changed = Signal(bool)

    def __init__(self, now_ns: Callable[[], int], parent: QObject) -> None:
        super().__init__(parent)
        self._now_ns = now_ns
        self.since_ns = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FREEZE_MS)
        self._timer.timeout.connect(self.end)

    @property
    def on(self) -> bool:
        """Whether the rows stand still by hand."""
        return self.since_ns > 0

    @property
    def age_s(self) -> float:
        """For how long, in seconds."""
        return max(0.0, (self._now_ns() - self.since_ns) / 1e9) if self.on else 0.0

    @property
    def left_s(self) -> float:
        """Seconds until they go on by themselves."""
        return max(0, self._timer.remainingTime()) / 1000 if self.on else 0.0

    @Slot()
    def begin(self) -> None:
        """Hold the rows, or hold them for another minute."""
        if not self.on:
            self.since_ns = self._now_ns()
        self._timer.start()
        self.freeze_changed.emit(True)

    @Slot()
    def end(self) -> None:
        """Let them go on."""
        if self.on:
            self.since_ns = 0
            self._timer.stop()
            self.freeze_changed.emit(False)
