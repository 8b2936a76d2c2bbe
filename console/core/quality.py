"""Quality of a value: its own axis, which never masks the process state and is never masked by it
(HMI-10).
"""

from __future__ import annotations

from enum import IntEnum


class Quality(IntEnum):
    """Quality as one byte of a column; the letter is what a value shows beside itself."""

    GOOD = 0
    UNCERTAIN = 1
    BAD = 2
    STALE = 3
    DISCONNECTED = 4
    MANUAL = 5
    SIMULATED = 6
    NEVER = 7
    """No sample has arrived since the hub knows the point."""

    @property
    def usable(self) -> bool:
        """Whether a value of this quality may drive alarm conditions and interlocks (ALM-09, CMD-07)."""
        return self in _USABLE

    @property
    def letter(self) -> str:
        """Letter drawn beside the value; empty when good."""
        return _LETTERS[self]


_USABLE = frozenset({Quality.GOOD, Quality.UNCERTAIN, Quality.MANUAL, Quality.SIMULATED})
_LETTERS = {
    Quality.GOOD: "",
    Quality.UNCERTAIN: "U",
    Quality.BAD: "B",
    Quality.STALE: "S",
    Quality.DISCONNECTED: "D",
    Quality.MANUAL: "M",
    Quality.SIMULATED: "T",
    Quality.NEVER: "–",
}
