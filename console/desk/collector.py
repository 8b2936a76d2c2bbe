"""Garbage is collected by the main thread alone: a Qt object in a cycle must die in the thread that made it.

Python collects in whichever thread allocates. A closed view that still hangs in a cycle would then be ended by the
thread of the link, and Qt does not survive that.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Slot

TURN_MS = 200
SETTLED_S = 15.0
"""When what stays for the life of the window has been made: the site, the docks, the modules."""
FULL_S = 60.0
"""How often everything is looked through."""
_SHARE = 1000
"""A full collection may take one part in so many of the time."""


class Collector(QObject):
    """Between `start` and `stop` Python does not collect by itself, and this does so in small turns."""

    def __init__(self, parent: QObject | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__(parent)
        self._clock = clock
        self._was_on = False
        self._full_at = 0.0
        self._settling = False
        self._timer = QTimer(self)
        self._timer.setInterval(TURN_MS)
        self._timer.timeout.connect(self.turn)

    def start(self) -> None:
        """From now on only this thread collects."""
        self._was_on = gc.isenabled()
        gc.disable()
        self.settle()
        self._timer.start()

    def stop(self) -> None:
        """Everything is as it was before."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_on:
            gc.enable()

    def settle(self) -> None:
        """Much has been made that will stay: after a while it is put aside, so that no turn looks at it again."""
        self._settling = True
        self._full_at = self._clock() + SETTLED_S

    @Slot()
    def turn(self) -> None:
        """Collect the young, seldom the older, and once in a while all."""
        young, middle, _ = gc.get_count()
        many_young, many_middle, _ = gc.get_threshold()
        if self._clock() >= self._full_at:
            self._collect_all()
        elif middle > many_middle:
            gc.collect(1)
        elif young > many_young:
            gc.collect(0)

    def _collect_all(self) -> None:
        began = self._clock()
        if self._settling:
            # What was put aside for another site is looked at once more.
            gc.unfreeze()
        gc.collect()
        if self._settling:
            gc.freeze()
            self._settling = False
        now = self._clock()
        self._full_at = now + max(FULL_S, _SHARE * (now - began))
