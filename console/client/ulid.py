"""ULIDs: 48 bits of milliseconds and 80 random bits in Crockford's base 32, sorted by time (CMD-01)."""

from __future__ import annotations

from collections.abc import Callable

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80


class Ulids:
    """Makes ULIDs that rise even within one millisecond and when the clock steps back."""

    def __init__(self, clock_ns: Callable[[], int], random_bytes: Callable[[int], bytes]) -> None:
        self._clock_ns = clock_ns
        self._random_bytes = random_bytes
        self._last = 0

    def new(self) -> str:
        """The next id, 26 characters."""
        ms = self._clock_ns() // 1_000_000
        fresh = ms << _RANDOM_BITS | int.from_bytes(self._random_bytes(_RANDOM_BITS // 8), "big")
        self._last = fresh if fresh >> _RANDOM_BITS > self._last >> _RANDOM_BITS else self._last + 1
        return "".join(_ALPHABET[self._last >> shift & 31] for shift in range(125, -1, -5))
