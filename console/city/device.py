"""What every device of the city is: named points that can be read, and orders that it may obey."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar

from console.city.chance import Chance
from console.city.scenario import Influence
from console.city.sky import Sky

Value = float | bool | str | tuple[float, float]
"""A tuple is a position: latitude, longitude."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a device stands and what is particular about it."""

    id: str
    kind: str
    lat: float
    lon: float
    traits: dict[str, float | str] = field(default_factory=dict[str, float | str])

    def number(self, trait: str, otherwise: float) -> float:
        """A numeric trait."""
        value = self.traits.get(trait, otherwise)
        return value if isinstance(value, float) else otherwise

    def word(self, trait: str, otherwise: str = "") -> str:
        """A trait in words."""
        value = self.traits.get(trait, otherwise)
        return value if isinstance(value, str) else otherwise


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a device, as its feed names it; `unit` is a UN/CEFACT code, empty for a pure number or a word."""

    path: str
    period_s: float
    unit: str = ""


class Verdict(StrEnum):
    """What a device says to an order."""

    TAKEN = "taken"
    """Accepted; the effect is complete after `takes_s`."""
    UNKNOWN = "unknown"
    """There is no such device or no such point to order."""
    RANGE = "range"
    """The value is of the wrong kind or outside what the device can do."""
    CONFLICT = "conflict"
    """The state of the device does not allow it."""
    LOCKED = "locked"
    """Someone else holds the device: local mode, customs."""
    BUSY = "busy"
    """An earlier order is still being carried out."""
    SILENT = "silent"
    """No answer will ever come."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A device's answer to an order."""

    verdict: Verdict
    why: str = ""
    takes_s: float = 0.0


UNKNOWN = Answer(Verdict.UNKNOWN, "no such point")


def taken(takes_s: float = 0.0) -> Answer:
    """The order is accepted and complete after `takes_s` seconds."""
    return Answer(Verdict.TAKEN, "", takes_s)


def number_in(value: object, low: float, high: float) -> float | None:
    """The value as a number of the closed range, or None; words and booleans are no numbers."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if low <= value <= high else None


class Device:
    """One device; subclasses name their points and give `step` and `values`."""

    points: ClassVar[tuple[Point, ...]] = ()

    def __init__(self, place: Place, chance: Chance) -> None:
        self.place = place
        self.chance = chance
        self.noise = chance.sibling("noise")
        """Of the sensors, apart from the life of the device: how often it is read changes nothing in it."""

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Live for `dt` seconds."""
        raise TypeError(f"{type(self).__name__} does not move")

    def values(self) -> dict[str, Value]:
        """Every point's value now, by path."""
        raise TypeError(f"{type(self).__name__} measures nothing")

    def order(self, path: str, value: object) -> Answer:
        """Obey or refuse; effects follow in later steps."""
        del path, value
        return UNKNOWN

    def trial(self, path: str, value: object) -> Answer:
        """What an order would be answered; a copy obeys it, and the device itself does nothing."""
        return copy.deepcopy(self).order(path, value)

    def asked(self, path: str, value: object, *, test: bool) -> Answer:
        """An order, or only what it would be answered."""
        return self.trial(path, value) if test else self.order(path, value)
