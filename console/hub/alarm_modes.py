"""What is true of all alarms together, told to every console as one message that replaces the one before.

The counts of a flood change with every alarm: alone they are told once a second, so that in the worst minutes the
wire carries alarms and not their number.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from console.core.alarm.facts import FloodFact, MaintenanceFact, MuteFact, RedefinedFact
from console.hub.ring import EventRing
from console.wire.messages import AlarmModesChanged

COUNTS_S = 1.0


class Modes(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the message carries."""

    maintenance: tuple[MaintenanceFact, ...] = ()
    flood: FloodFact = FloodFact()
    mute: tuple[MuteFact, ...] = ()
    redefined: tuple[RedefinedFact, ...] = ()

    def alike(self, other: Modes) -> bool:
        """Whether they differ in nothing but how many alarms a flood has brought."""
        return _uncounted(self) == _uncounted(other)


def _uncounted(modes: Modes) -> Modes:
    return msgspec.structs.replace(modes, flood=msgspec.structs.replace(modes.flood, count=0, peak=0))


class ModeTeller:
    """Remembers what was told. `redefined` is read anew each time, the others are given."""

    def __init__(self, ring: EventRing, redefined: Callable[[], Sequence[RedefinedFact]]) -> None:
        self._ring = ring
        self._redefined = redefined
        self._mute: dict[str, MuteFact] = {}
        self._told = Modes()
        self._told_at = -COUNTS_S

    def mute(self) -> list[MuteFact]:
        """Consoles that cannot be heard."""
        return list(self._mute.values())

    def set_mute(self, seat: str, fact: MuteFact | None) -> None:
        """A console fell silent, or is audible or gone (None)."""
        if fact is None:
            self._mute.pop(seat, None)
        else:
            self._mute[seat] = fact

    def tell(self, maintenance: Sequence[MaintenanceFact], flood: FloodFact, now: float) -> None:
        """Tells what has changed; `now` is monotonic seconds."""
        modes = Modes(
            maintenance=tuple(maintenance),
            flood=flood,
            mute=tuple(self._mute.values()),
            redefined=tuple(self._redefined()),
        )
        if modes == self._told or (modes.alike(self._told) and now - self._told_at < COUNTS_S):
            return
        self._told, self._told_at = modes, now
        self._ring.push(
            lambda sequence: AlarmModesChanged(
                sequence=sequence,
                maintenance=modes.maintenance,
                flood=modes.flood,
                mute=modes.mute,
                redefined=modes.redefined,
            )
        )
