"""The fleet: ships that sail a lane, lie at berth or at anchor, as AIS would tell it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import ClassVar

from console.city.chance import Chance, approach, clamp
from console.city.device import Device, Place, Point, Value
from console.city.physics.track import LANES, Spot, Track
from console.city.scenario import Influence
from console.city.sky import Sky

KNOT = 1852.0 / 3600.0
HARBOUR_M = 6000.0
"""Within this distance of the berth a ship goes slowly."""
SHIP_TYPES = {
    30: "Fishing", 37: "Pleasure craft", 50: "Pilot vessel", 52: "Tug", 60: "Passenger ship",
    70: "Cargo ship", 80: "Tanker",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ship:
    """What a ship is: static AIS data, and how it spends its day."""

    mmsi: str
    name: str
    callsign: str
    kind: int
    """AIS ship type."""
    length_m: float
    destination: str
    lane: str
    """Name of a lane; empty for a ship that stays where it is."""
    start: float = 0.0
    """Share of the lane behind it when the city starts."""
    back: bool = False
    knots: float = 12.0
    at: tuple[float, float] = (0.0, 0.0)
    """Where a ship without a lane lies."""
    moored: bool = False
    terminal: str = ""
    berth: int = 0


class Vessel(Device):
    """One ship that moves."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("navigation.position", 2),
        Point("navigation.speedOverGround", 2),
        Point("navigation.courseOverGroundTrue", 2),
        Point("navigation.headingTrue", 2),
        Point("navigation.state", 10),
    )

    def __init__(self, ship: Ship, chance: Chance) -> None:
        super().__init__(Place(f"vessels.urn:mrn:imo:mmsi:{ship.mmsi}", "vessel", 0.0, 0.0), chance)
        self.ship = ship
        self.track: Track | None = LANES.get(ship.lane)
        self.along_m = 0.0 if self.track is None else self.track.length_m * ship.start
        self.back = ship.back
        self.speed = 0.0 if self.track is None else ship.knots * KNOT
        self.moored = ship.moored
        self.heading = chance.uniform(0.0, 360.0)
        self._stay_s = 0.0
        self._swing = 0.0
        self._settled = False
        self._spot = self._where()

    @property
    def alongside(self) -> tuple[str, int] | None:
        """Terminal and berth at which the ship lies, if it does."""
        ship = self.ship
        return (ship.terminal, ship.berth) if self.moored and ship.terminal else None

    @property
    def spot(self) -> Spot:
        """Position and course over ground."""
        return self._spot

    def _where(self) -> Spot:
        ship = self.ship
        if self.track is None:
            swing = 0.0 if ship.moored else 0.0003 * self._swing
            return Spot(ship.at[0] + swing * 0.6, ship.at[1] + swing, self.heading)
        # Ships keep to starboard; close to the berth there is one line only.
        left = self.track.length_m - self.along_m
        aside = 60.0 * clamp((left - 800.0) / 2000.0, 0.0, 1.0)
        return self.track.spot(self.along_m, self.back, aside)

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Sail, arrive, stay, leave; storm wind slows everyone."""
        self._swing = self.chance.drift(self._swing, dt, 400.0, 1.0)
        if self.track is None:
            swing_to = sky.wind_from if not self.moored else 40.0
            self.heading = swing_to + (12.0 * self._swing if not self.moored else 0.0)
            self._spot = self._where()
            return
        if self._stay_s > 0.0:
            self._stay(dt)
            return
        wanted = self.ship.knots * KNOT * (0.75 if influence.rain > 20.0 else 1.0)
        left = self.track.length_m - self.along_m
        if left < HARBOUR_M:
            wanted = min(wanted, (2.5 + 7.0 * left / HARBOUR_M) * KNOT)
        self.speed = approach(self.speed, wanted, dt, 40.0)
        self.along_m += self.speed * dt * (-1.0 if self.back else 1.0)
        if not 0.0 < self.along_m < self.track.length_m:
            self._turn_round()
        self._spot = self._where()
        self._steer(dt)

    def _steer(self, dt: float) -> None:
        """The bow follows the course with a lag, and is set by wind a little."""
        away = (self._spot.course - self.heading + 180.0) % 360.0 - 180.0
        if not self._settled:
            self.heading, self._settled = self._spot.course, True
        else:
            self.heading = (self.heading + away - approach(away, 0.0, dt, 18.0)) % 360.0

    def _turn_round(self) -> None:
        """At a berth a ship stays for a while; at sea the next one of its kind comes in."""
        if self.track is None:
            return
        at_berth = self.along_m > 0.0
        self.along_m = clamp(self.along_m, 0.0, self.track.length_m)
        self.back = at_berth
        self._settled = False
        if at_berth:
            self.moored = bool(self.ship.terminal) or self.ship.kind == 60
            self._stay_s = self.chance.uniform(500.0, 1500.0)
            self.speed = 0.0

    def _stay(self, dt: float) -> None:
        self._stay_s -= dt
        if self._stay_s <= 0.0:
            self.moored = False

    def values(self) -> dict[str, Value]:
        """SI units as Signal K wants them: m/s and radians."""
        normal = self.noise.normal
        still = self.moored or self.track is None
        speed = max(0.0, 0.05 * normal()) if still else max(0.0, self.speed + 0.05 * normal())
        state = "moored" if self.moored else "anchored" if self.track is None else "motoring"
        return {
            "navigation.position": (round(self._spot.lat, 6), round(self._spot.lon, 6)),
            "navigation.speedOverGround": round(speed, 2),
            "navigation.courseOverGroundTrue": round(
                math.radians((self._spot.course + 0.4 * normal()) % 360.0), 4
            ),
            "navigation.headingTrue": round(math.radians((self.heading + 0.5 * normal()) % 360.0), 4),
            "navigation.state": state,
        }
