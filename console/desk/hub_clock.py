"""The hub's clock as far as this console can tell: deadlines of commands and take-overs are the hub's."""

from __future__ import annotations

import time
from collections.abc import Callable

_NS = 1_000_000_000
_FORGET_S = 60.0


class HubClock:
    """Goes by this computer's clock, moved by what heartbeats say; the quickest one is the truest."""

    def __init__(self, clock: Callable[[], int] = time.time_ns) -> None:
        self._clock = clock
        self._ahead: int | None = None
        self._heard_at = 0

    def heard(self, hub_ns: int) -> None:
        """A heartbeat said this; a slow one says too little, so the largest of the last minute counts."""
        now = self._clock()
        ahead = hub_ns - now
        old = now - self._heard_at > _FORGET_S * _NS
        if self._ahead is None or ahead >= self._ahead or old:
            self._ahead, self._heard_at = ahead, now

    def now_ns(self) -> int:
        """UTC ns by the hub."""
        return self._clock() + (self._ahead or 0)

    def left_s(self, until_ns: int) -> float:
        """Seconds until then, 0 when it is over."""
        return max(0.0, (until_ns - self.now_ns()) / _NS)
