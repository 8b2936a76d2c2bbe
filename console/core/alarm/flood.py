"""Alarm floods of one operator position, told while they happen (ALARMS.md 1.7).

A flood starts when more than 10 alarms were annunciated within (t - 600 s, t]; its start is that of the
first of them. It
ends at the instant at which fewer than 5 are left in the window. Each alarm is looked at twice: when it
comes and when it leaves.
"""

from __future__ import annotations

from collections import deque
from enum import StrEnum

import msgspec

from console.core.alarm.facts import FloodFact
from console.core.batch import NS

WINDOW_S = 600.0
START_ABOVE = 10
END_BELOW = 5


class FloodChange(StrEnum):
    """What a flood detector reports."""

    STARTED = "started"
    ENDED = "ended"


class FloodEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A flood started or ended; `at` and `since_at` are UTC ns, `alarms` those annunciated since its start."""

    change: FloodChange
    at: int
    since_at: int
    alarms: int


class FloodDetector:
    """Counts new occurrences of one position; `now` never steps back."""

    def __init__(self) -> None:
        self._window: deque[tuple[float, int]] = deque()
        self._since_at: int | None = None
        self._alarms = 0
        self._peak = 0
        self._events: list[FloodEvent] = []

    @property
    def active(self) -> bool:
        """Whether a flood is on."""
        return self._since_at is not None

    @property
    def since_at(self) -> int | None:
        """UTC ns of the first alarm of the flood, None when there is none."""
        return self._since_at

    @property
    def alarms(self) -> int:
        """Alarms annunciated since the flood began; 0 when there is none."""
        return self._alarms

    @property
    def recent(self) -> int:
        """Alarms in the window, as of the last call."""
        return len(self._window)

    @property
    def fact(self) -> FloodFact:
        """The flood as every console is told of it."""
        return FloodFact(active=self.active, since=self._since_at or 0, count=self._alarms, peak=self._peak)

    def annunciated(self, now: float, at: int) -> None:
        """A new occurrence was annunciated: monotonic seconds, and UTC ns for the record."""
        self.expire(now)
        self._window.append((now, at))
        if self._since_at is not None:
            self._alarms += 1
        elif len(self._window) > START_ABOVE:
            self._since_at = self._window[0][1]
            self._alarms = len(self._window)
            self._tell(FloodChange.STARTED, at, self._since_at)
        if self._since_at is not None:
            self._peak = max(self._peak, len(self._window))

    def next_deadline(self) -> float | None:
        """When the flood ends unless more alarms come, monotonic seconds."""
        if self._since_at is None:
            return None
        return self._window[-END_BELOW][0] + WINDOW_S

    def expire(self, now: float) -> None:
        """Lets alarms leave the window; one that is 600 s old has left it."""
        while self._window and self._window[0][0] + WINDOW_S <= now:
            _, at = self._window.popleft()
            if self._since_at is not None and len(self._window) < END_BELOW:
                since_at, self._since_at = self._since_at, None
                self._tell(FloodChange.ENDED, at + round(WINDOW_S * NS), since_at)
                self._alarms = self._peak = 0

    def events(self) -> list[FloodEvent]:
        """What has happened since the last call, in order."""
        events, self._events = self._events, []
        return events

    def _tell(self, change: FloodChange, at: int, since_at: int) -> None:
        self._events.append(FloodEvent(change=change, at=at, since_at=since_at, alarms=self._alarms))
