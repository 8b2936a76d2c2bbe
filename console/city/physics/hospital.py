"""Hospital services: medical gases, power with its generator, beds and the emergency room."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, approach, clamp
from console.city.device import UNKNOWN, Answer, Device, Place, Point, Value, Verdict, taken
from console.city.scenario import Influence
from console.city.sky import Sky, bump

GENERATOR_S = 8.0
"""From a power cut, or an order, to a running generator."""
BATTERY_S = 600.0


class Hospital(Device):
    """One hospital's plant room and emergency desk."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("oxygenPressure", 2, "KPA"),
        Point("medicalAirPressure", 2, "KPA"),
        Point("vacuumPressure", 2, "KPA"),
        Point("liquidOxygenLevel", 10, "C62"),
        Point("utilityStatus", 2),
        Point("generatorStatus", 2),
        Point("fuelLevel", 10, "C62"),
        Point("upsBatteryLevel", 5, "C62"),
        Point("activePower", 5, "KWT"),
        Point("bedOccupancy", 10, "C62"),
        Point("emergencyWaiting", 5, "C62"),
        Point("theatreTemperature", 5, "CEL"),
        Point("theatrePressureDifference", 5, "PAL"),
        Point("waterTankLevel", 10, "C62"),
    )

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.mains = True
        self.generator = "standby"
        self.battery = 1.0
        self.waiting = 8.0
        self.fuel = 0.9
        self.oxygen = 420.0
        self.lox = 0.78
        self.tank = 0.85
        self.beds = 0.84
        self.power = 900.0
        self._ordered = False
        self._start_s: float | None = None
        self._stop_s: float | None = None
        self._gas = 0.0
        self._air = 0.0
        self._vacuum = 0.0
        self._theatre = 0.0

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Slow wander of the gases; a power cut starts the generator."""
        drift = self.chance.drift
        self._gas = drift(self._gas, dt, 120.0, 3.0)
        self._air = drift(self._air, dt, 120.0, 3.0)
        self._vacuum = drift(self._vacuum, dt, 120.0, 0.8)
        self._theatre = drift(self._theatre, dt, 600.0, 0.25)
        self.oxygen = 420.0 + self._gas
        self.lox = self.lox - dt * 4e-7 if self.lox > 0.45 else 0.95
        self.mains = not influence.mains_lost
        self._generate(dt)
        bridged = not self.mains and self.generator != "running"
        self.battery = clamp(self.battery + (-dt / BATTERY_S if bridged else dt / 1800.0), 0.02, 1.0)
        self.beds = clamp(0.86 + 0.04 * bump(sky.hour, 15.0, 5.0) + 0.002 * self._gas, 0.0, 1.0)
        demand = place_demand(sky, self.place.number("kw", 1300.0))
        self.power = approach(self.power, demand * (0.55 if not self.mains else 1.0), dt, 20.0)
        self.waiting = approach(self.waiting, 6.0 + 22.0 * sky.people + influence.patients, dt, 120.0)
        self.tank = clamp(self.tank + dt * 1e-5 * self._gas / 3.0, 0.7, 0.98)

    def _generate(self, dt: float) -> None:
        """Start after a cut or an order, stop when neither holds any longer."""
        wanted = not self.mains or self._ordered
        if wanted and self.generator == "standby":
            left = GENERATOR_S if self._start_s is None else self._start_s
            self._start_s = left - dt
            if self._start_s <= 0.0:
                self.generator, self._start_s = "running", None
        elif not wanted:
            self._start_s = None
            if self.generator == "running":
                # Runs on for a while so that the load goes back to a steady mains.
                left = GENERATOR_S if self._stop_s is None else self._stop_s
                self._stop_s = left - dt
                if self._stop_s <= 0.0:
                    self.generator, self._stop_s = "standby", None
        if self.generator == "running":
            self.fuel = max(0.05, self.fuel - dt / 40_000.0)
        elif self.fuel < 0.6:
            self.fuel = 0.92

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        return {
            "oxygenPressure": round(self.oxygen + 0.8 * normal(), 1),
            "medicalAirPressure": round(430.0 + self._air + 0.8 * normal(), 1),
            "vacuumPressure": round(-55.0 + self._vacuum + 0.2 * normal(), 1),
            "liquidOxygenLevel": round(self.lox, 3),
            "utilityStatus": "present" if self.mains else "lost",
            "generatorStatus": self.generator,
            "fuelLevel": round(self.fuel, 3),
            "upsBatteryLevel": round(self.battery, 4),
            "activePower": round(self.power * (1.0 + 0.004 * normal()), 1),
            "bedOccupancy": round(self.beds, 3),
            "emergencyWaiting": round(max(0.0, self.waiting)),
            "theatreTemperature": round(21.5 + self._theatre + 0.05 * normal(), 2),
            "theatrePressureDifference": round(15.0 + 2.0 * self._theatre + 0.3 * normal(), 1),
            "waterTankLevel": round(self.tank, 3),
        }

    def order(self, path: str, value: object) -> Answer:
        """`generatorCommand` takes start or stop."""
        if path != "generatorCommand":
            return UNKNOWN
        if value not in ("start", "stop"):
            return Answer(Verdict.RANGE, "expected start or stop")
        if value == "stop" and not self.mains:
            return Answer(Verdict.CONFLICT, "the mains are lost, the generator carries the house")
        self._ordered = value == "start"
        return taken(GENERATOR_S)


def place_demand(sky: Sky, rated_kw: float) -> float:
    """Electrical demand over the day."""
    return rated_kw * (0.62 + 0.3 * bump(sky.hour, 14.0, 4.5))
