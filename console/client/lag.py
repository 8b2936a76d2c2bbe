"""How late the hub's messages come, without trusting that both clocks agree."""

from __future__ import annotations

from collections import deque


class Lag:
    """Difference to the quickest of the last heartbeats: a clock offset drops out, a queue shows."""

    def __init__(self, kept: int = 150) -> None:
        self._differences: deque[int] = deque(maxlen=kept)

    def heartbeat(self, hub_ns: int, here_ns: int) -> float:
        """A heartbeat written at `hub_ns` came at `here_ns` (UTC of each side); its lag in seconds."""
        self._differences.append(here_ns - hub_ns)
        return (self._differences[-1] - min(self._differences)) / 1e9

    def forget(self) -> None:
        """Another hub, another clock."""
        self._differences.clear()
