"""A road tunnel: traffic makes carbon monoxide and smoke, moving cars and jet fans blow them out."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, approach, clamp, ramp
from console.city.device import UNKNOWN, Answer, Device, Place, Point, Value, Verdict, number_in, taken
from console.city.scenario import Influence
from console.city.sky import Sky

FANS = (1, 2, 3, 4)
_RUNNING = {0: (), 1: (1, 3), 2: (1, 2, 3), 3: (1, 2, 3, 4)}
"""Fans that turn at each stage."""
FAN_AMPERES = 92.0


class Tunnel(Device):
    """Ventilation by stage, lighting, a drain sump and fire detection."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("coConcentration", 2, "59"),
        Point("extinctionCoefficient", 2),
        Point("airVelocity", 5, "MTS"),
        Point("intensity", 5),
        Point("averageVehicleSpeed", 5, "KMH"),
        Point("fanStage", 2, "C62"),
        *(Point(f"fan{n}Status", 5) for n in FANS),
        *(Point(f"fan{n}Current", 5, "AMP") for n in FANS),
        Point("sumpLevel", 5, "MTR"),
        Point("illuminanceLevel", 5, "C62"),
        Point("activePower", 5, "KWT"),
        Point("fireAlarm", 2),
    )

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.capacity = place.number("capacity", 3400.0)
        self.starter_s = place.number("starter_s", 2.0)
        self.stage = 1
        self.co = 18.0
        self.smoke = 2.4
        self.air = 3.0
        self.flow = 800.0
        self.speed = 62.0
        self.sump = 0.8
        self.light = 70.0
        self.light_target = 70.0
        self.broken = 0
        self.currents = dict.fromkeys(FANS, 0.0)
        self._wander = 0.0
        self._next: int | None = None
        self._due_s = 0.0
        self._sump_pump = False

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Pollutants balance emission against the air that moves through the tube."""
        if self._next is not None:
            self._due_s -= dt
            if self._due_s <= 0.0:
                self.stage, self._next = self._next, None
        self.broken = 3 if influence.fault else 0
        self._wander = self.chance.drift(self._wander, dt, 150.0, 0.03)
        load = max(0.02, (0.9 * sky.traffic * influence.traffic + self._wander) / influence.slow)
        self.flow = approach(self.flow, self.capacity * 0.9 * min(load, 1.0), dt, 40.0)
        speed = 70.0 - 18.0 * min(load, 1.0) - 85.0 * max(0.0, load - 0.85)
        self.speed = approach(self.speed, max(7.0, speed), dt, 30.0)
        turning = [n for n in _RUNNING[self.stage] if n != self.broken]
        piston = 2.6 * (self.flow / self.capacity) * (self.speed / 60.0)
        self.air = approach(self.air, 0.7 + piston + 1.25 * len(turning), dt, 15.0)
        # Cars in a jam are near one another and idle: more of them in the tube, each dirtier.
        inside = self.flow / max(self.speed, 8.0)
        dirt = inside * (1.0 + 22.0 / max(self.speed, 8.0))
        self.co = approach(self.co, 3.0 + 3.4 * dirt / max(self.air, 0.4), dt, 45.0)
        self.smoke = approach(self.smoke, 0.4 + 0.26 * dirt / max(self.air, 0.4), dt, 45.0)
        for n in FANS:
            self.currents[n] = approach(self.currents[n], FAN_AMPERES if n in turning else 0.0, dt, 1.5)
        self._drain(dt, influence.rain)
        self.light = ramp(self.light, self.light_target, 10.0, dt)

    def _drain(self, dt: float, rain: float) -> None:
        """The sump fills slowly and its own small pump empties it; heavy rain is more than it can lift."""
        if self.sump > 1.4:
            self._sump_pump = True
        elif self.sump < 0.6:
            self._sump_pump = False
        rate = 0.0004 + 0.00009 * rain - (0.004 if self._sump_pump else 0.0)
        self.sump = clamp(self.sump + rate * dt, 0.1, 3.4)

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        turning = _RUNNING[self.stage]
        values: dict[str, Value] = {
            "coConcentration": round(clamp(self.co + 0.5 * normal(), 0.0, 300.0), 1),
            "extinctionCoefficient": round(clamp(self.smoke + 0.05 * normal(), 0.0, 30.0), 2),
            "airVelocity": round(max(0.0, self.air + 0.1 * normal()), 2),
            "intensity": round(max(0.0, self.flow * (1.0 + 0.03 * normal()))),
            "averageVehicleSpeed": round(max(2.0, self.speed + 0.8 * normal()), 1),
            "fanStage": self.stage,
            "sumpLevel": round(clamp(self.sump + 0.005 * normal(), 0.0, 4.0), 2),
            "illuminanceLevel": round(self.light / 100.0, 3),
            "activePower": round(12.0 + 0.65 * self.light + 0.6 * sum(self.currents.values()), 1),
            "fireAlarm": "normal",
        }
        for n in FANS:
            state = "fault" if n == self.broken else "running" if n in turning else "stopped"
            values[f"fan{n}Status"] = state
            values[f"fan{n}Current"] = round(max(0.0, self.currents[n] * (1.0 + 0.01 * normal())), 1)
        return values

    def order(self, path: str, value: object) -> Answer:
        """`fanStage` takes 0..3 whole; `illuminanceLevel` takes 0.2..1."""
        if path == "fanStage":
            stage = number_in(value, 0, 3)
            if stage is None or not stage.is_integer():
                return Answer(Verdict.RANGE, "fanStage is 0, 1, 2 or 3")
            if self._next is not None:
                return Answer(Verdict.BUSY, "the starter is still switching")
            self._next, self._due_s = int(stage), self.starter_s
            return taken(self.starter_s)
        if path == "illuminanceLevel":
            level = number_in(value, 0.2, 1.0)
            if level is None:
                return Answer(Verdict.RANGE, "illuminanceLevel is a number from 0.2 to 1")
            self.light_target = level * 100.0
            return taken(abs(self.light_target - self.light) / 10.0)
        return UNKNOWN
