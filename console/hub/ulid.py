"""ULIDs: 48 bits of UTC milliseconds and 80 random bits, sortable as text; never two alike from one maker."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from console.hub.clock import Clock

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_RANDOM_BITS = 80


class UlidMaker:
    """Makes ULIDs that rise even within one millisecond or when the wall clock steps back."""

    def __init__(self, clock: Clock, random_bits: Callable[[int], int] = secrets.randbits) -> None:
        self._clock = clock
        self._random_bits = random_bits
        self._last = 0

    def __call__(self) -> str:
        """The next id."""
        number = (self._clock.at() // 1_000_000) << _RANDOM_BITS | self._random_bits(_RANDOM_BITS)
        self._last = number if number > self._last else self._last + 1
        return _text(self._last)


def _text(number: int) -> str:
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
