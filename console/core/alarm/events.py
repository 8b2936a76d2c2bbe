"""What the alarm engine reports."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.core.alarm.facts import AlarmFact, AlarmLetter, MaintenanceFact
from console.core.alarm.machine import AlarmInput, Effect


class AlarmNews(StrEnum):
    """What changes of an alarm while its six facts stay as they are, so that the machine is not asked."""

    SHELF_EDITED = "SHELF_EDITED"
    """Its shelf ends at another time, or has another reason (ALM-44)."""
    REDEFINED = "REDEFINED"
    """Its definition was changed while it stands (ALM-13)."""


class AlarmEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One transition of one alarm, or news of it. Every change of a fact is in exactly one event; refusals are not
    events.
    """

    kind: AlarmInput | AlarmNews
    alarm: int
    occurrence: str
    old: AlarmLetter
    new: AlarmLetter
    value: float
    """Of the sample that caused it, else the value of the occurrence."""
    at: int
    """UTC ns: event time of the sample, or the hub's time of an act or expiry."""
    who: str
    """Person, or `system:<part>`."""
    reason: str = ""
    """Comment of an acknowledgement, reason of a shelf, or why the system did it."""
    effects: tuple[Effect, ...] = ()
    fact: AlarmFact
    """The alarm after the transition."""

    @property
    def annunciates(self) -> bool:
        """Whether it asks for flash and sound."""
        return Effect.ANNUNCIATE in self.effects


class ModeChange(StrEnum):
    """What happens to the maintenance mode of an area."""

    MAINTENANCE_ON = "MAINTENANCE_ON"
    MAINTENANCE_OFF = "MAINTENANCE_OFF"


class ModeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Maintenance mode of an area began or ended."""

    kind: ModeChange
    area: str
    at: int
    who: str
    reason: str
    fact: MaintenanceFact
    """As it is, or as it was."""
