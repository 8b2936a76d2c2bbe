"""One clock for everything that flashes (HMI-05): off 400 ms, on 400, 1200 or 2800 ms, phase-locked.

The cycles 800, 1600 and 3200 ms nest: every slower symbol goes dark only together with all faster ones.
The fastest is 1.25 Hz, below the 3 Hz of WCAG 2.3.1.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from console.core.alarm.facts import AlarmLetter

STEP_MS = 400
_CYCLE_STEPS = {1: 2, 2: 2, 3: 4, 4: 8}
_SLOW_STEPS = 8
_UNACKED = frozenset({AlarmLetter.B, AlarmLetter.D, AlarmLetter.E})


def flashes(letter: AlarmLetter) -> bool:
    """Whether a symbol in this state flashes: unacknowledged and not suppressed."""
    return letter in _UNACKED


def lit_at(step: int, priority: int, letter: AlarmLetter) -> bool:
    """Whether the symbol is filled during `step` (counts of 400 ms); returned-unacked uses the slow cycle."""
    if letter not in _UNACKED:
        return True
    cycle = _CYCLE_STEPS.get(priority, _SLOW_STEPS) if letter is AlarmLetter.B else _SLOW_STEPS
    return step % cycle != 0


class FlashClock(QObject):
    """Counts steps of 400 ms; `flash_changed` after each. One per set of themes, found with `flash_of`."""

    flash_changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.step = 0
        self._steady = False
        self._frozen = False
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(STEP_MS)
        self._timer.timeout.connect(self._advance)
        self._timer.start()

    def lit(self, priority: int, letter: AlarmLetter) -> bool:
        """Whether such a symbol is filled now."""
        return self._steady or self._frozen or lit_at(self.step, priority, letter)

    @property
    def steady(self) -> bool:
        """Whether flashing is stopped by the person (HMI-16)."""
        return self._steady

    @Slot(bool)
    def set_steady(self, steady: bool) -> None:
        """Stops or resumes all flashing; unacknowledged stays told by the state word."""
        self._steady = steady
        self.flash_changed.emit()

    def set_frozen(self, frozen: bool) -> None:
        """Stops all flashing while the link is lost: what stands still must not look live."""
        if frozen != self._frozen:
            self._frozen = frozen
            self.flash_changed.emit()

    @Slot()
    def _advance(self) -> None:
        self.step += 1
        if not self._steady and not self._frozen:
            self.flash_changed.emit()


def flash_of(owner: QObject) -> FlashClock:
    """The one clock that hangs on `owner` (the themes every widget shares); made at the first call."""
    found = owner.findChild(FlashClock, options=Qt.FindChildOption.FindDirectChildrenOnly)
    return found if found is not None else FlashClock(owner)
