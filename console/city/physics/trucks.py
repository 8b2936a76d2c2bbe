"""Container trucks between the port gates and the Gangseo logistics district."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from console.city.chance import Chance, approach, clamp
from console.city.device import Device, Place, Point, Value
from console.city.physics.track import ROADS, Spot
from console.city.scenario import Influence
from console.city.sky import Sky


@dataclass(frozen=True, slots=True)
class Lorry:
    """What a truck is and where it drives."""

    number: int
    plate: str
    road: str
    start: float
    back: bool
    ends: tuple[str, str]
    """Names of the two ends of its road."""


class Truck(Device):
    """One truck, to and fro."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("navigation.position", 2),
        Point("navigation.speedOverGround", 2),
        Point("navigation.courseOverGroundTrue", 2),
        Point("navigation.destination.commonName", 30),
    )

    def __init__(self, lorry: Lorry, chance: Chance) -> None:
        super().__init__(Place(f"vehicles.urn:mrn:gwanje:truck:{lorry.number}", "truck", 0.0, 0.0), chance)
        self.lorry = lorry
        self.track = ROADS[lorry.road]
        self.along_m = self.track.length_m * lorry.start
        self.back = lorry.back
        self.speed = 14.0
        self._stay_s = 0.0
        self._red_s = 0.0

    @property
    def spot(self) -> Spot:
        """Position and course; trucks keep right."""
        return self.track.spot(self.along_m, self.back, 12.0)

    @property
    def destination(self) -> str:
        """Name of the end it drives to."""
        return self.lorry.ends[0] if self.back else self.lorry.ends[1]

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Traffic of the hour and rain set the speed; red lights and gates stop it."""
        if self._stay_s > 0.0:
            self._stay_s -= dt
            self.speed = 0.0
            return
        self._red_s -= dt
        if self._red_s < -90.0 and self.chance.happens(1.0 / 120.0, dt):
            self._red_s = self.chance.uniform(8.0, 30.0)
        free = 21.0 - 9.0 * clamp(sky.traffic, 0.0, 1.0) - (4.0 if influence.rain > 20.0 else 0.0)
        self.speed = approach(self.speed, 0.0 if self._red_s > 0.0 else free, dt, 6.0)
        self.along_m += self.speed * dt * (-1.0 if self.back else 1.0)
        if not 0.0 < self.along_m < self.track.length_m:
            self.along_m = clamp(self.along_m, 0.0, self.track.length_m)
            self.back = not self.back
            self._stay_s = self.chance.uniform(60.0, 300.0)

    def values(self) -> dict[str, Value]:
        """SI units as Signal K wants them: m/s and radians."""
        spot = self.spot
        return {
            "navigation.position": (round(spot.lat, 6), round(spot.lon, 6)),
            "navigation.speedOverGround": round(max(0.0, self.speed + 0.1 * self.noise.normal()), 2),
            "navigation.courseOverGroundTrue": round(math.radians(spot.course), 4),
            "navigation.destination.commonName": self.destination,
        }
