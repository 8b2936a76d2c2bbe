"""How long to wait before the next try: twice as long each time, up to a limit, with jitter."""

from __future__ import annotations

from collections.abc import Callable


class Backoff:
    """Delays in seconds between half and the whole of `first`, 2 x `first`, … up to `most`."""

    def __init__(self, random: Callable[[], float], first: float = 0.25, most: float = 5.0) -> None:
        self._random = random
        self._first = first
        self._most = most
        self._tries = 0

    def next(self) -> float:
        """The next delay."""
        whole = min(self._most, self._first * 2.0 ** min(self._tries, 16))
        self._tries += 1
        return whole * (0.5 + 0.5 * self._random())

    def reset(self) -> None:
        """It worked: begin anew next time."""
        self._tries = 0
