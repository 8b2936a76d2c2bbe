"""A junction with detectors and a signal: demand of the hour against the capacity that the signal plan gives."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, approach, clamp
from console.city.device import UNKNOWN, Answer, Device, Place, Point, Value, Verdict, taken
from console.city.scenario import Influence
from console.city.sky import Sky

PLANS = ("NIGHT", "NORMAL", "PEAK", "EVENT")
_GREEN = {"NIGHT": 0.82, "NORMAL": 1.0, "PEAK": 1.18, "EVENT": 1.3}
"""Capacity of the main road under each plan."""
CYCLE_S = 6.0
"""A new plan starts with the next signal cycle (shortened for the demonstration)."""


def plan_of(hour: float) -> str:
    """The plan that the controller's own clock selects."""
    if hour < 5.0:
        return "NIGHT"
    return "PEAK" if 7.0 <= hour < 9.5 or 17.0 <= hour < 20.0 else "NORMAL"


class Road:
    """One direction."""

    def __init__(self, share: float) -> None:
        self.share = share
        self.flow = 200.0
        self.speed = 45.0
        self.occupancy = 8.0
        self.wander = 0.0


class TrafficJunction(Device):
    """Two directions, one queue, one signal controller."""

    points: ClassVar[tuple[Point, ...]] = (
        *(Point(f"{name}{way}", 5, unit)
          for way in ("Inbound", "Outbound")
          for name, unit in (("intensity", ""), ("averageVehicleSpeed", "KMH"), ("occupancy", "C62"))),
        Point("queueLength", 5, "MTR"),
        Point("heavyVehicleRatio", 10, "C62"),
        Point("signalPlan", 5),
        Point("signalState", 5),
    )  # fmt: skip

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.capacity = place.number("capacity", 3000.0)
        self.heavy = place.number("heavy", 0.09)
        self.roads = {"Inbound": Road(1.0), "Outbound": Road(0.9)}
        self.queue = 40.0
        self.plan = "NORMAL"
        self.flashing = False
        self._auto: str = ""
        self._next = ""
        self._due_s = 0.0

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Demand and capacity give flow, speed and queue with lags of about a minute."""
        self._select(dt, sky.hour)
        self.flashing = influence.fault
        green = _GREEN[self.plan] * influence.slow * (0.55 if self.flashing else 1.0)
        worst = 0.0
        for road in self.roads.values():
            road.wander = self.chance.drift(road.wander, dt, 120.0, 0.025)
            load = (sky.traffic * road.share * influence.traffic + road.wander) * 0.88 / green
            load = max(0.03, load)
            worst = max(worst, load)
            road.flow = approach(road.flow, self.capacity * green * min(load, 1.0), dt, 40.0)
            jam = max(0.0, load - 0.85)
            speed = 52.0 - 20.0 * min(load, 1.0) - 75.0 * jam
            road.speed = approach(road.speed, max(6.0, speed), dt, 30.0)
            road.occupancy = clamp(
                100.0 * road.flow / (self.capacity * 1.6) * 45.0 / road.speed * 0.5, 0.5, 90.0
            )
        target = 30.0 + 130.0 * min(worst, 0.85) + 1500.0 * max(0.0, worst - 0.85)
        self.queue = approach(self.queue, min(1200.0, target), dt, 60.0)

    def _select(self, dt: float, hour: float) -> None:
        auto = plan_of(hour)
        if auto != self._auto:
            self._auto, self.plan = auto, auto
            self._next = ""
        if self._next:
            self._due_s -= dt
            if self._due_s <= 0.0:
                self.plan, self._next = self._next, ""

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        values: dict[str, Value] = {
            "queueLength": round(max(0.0, self.queue + 4.0 * normal())),
            "heavyVehicleRatio": round(clamp(self.heavy + 0.008 * normal(), 0.0, 1.0), 3),
            "signalPlan": self.plan,
            "signalState": "flashing" if self.flashing else "normal",
        }
        for way, road in self.roads.items():
            values[f"intensity{way}"] = round(max(0.0, road.flow * (1.0 + 0.03 * normal())))
            values[f"averageVehicleSpeed{way}"] = round(max(2.0, road.speed + 0.8 * normal()), 1)
            values[f"occupancy{way}"] = round(clamp(road.occupancy + 0.4 * normal(), 0.0, 100.0) / 100.0, 4)
        return values

    def order(self, path: str, value: object) -> Answer:
        """`signalPlan` takes NIGHT, NORMAL, PEAK or EVENT, from the next cycle."""
        if path != "signalPlan":
            return UNKNOWN
        if not isinstance(value, str) or value not in PLANS:
            return Answer(Verdict.RANGE, "expected NIGHT, NORMAL, PEAK or EVENT")
        if self.flashing:
            return Answer(Verdict.CONFLICT, "the controller is flashing")
        self._next, self._due_s = value, CYCLE_S
        return taken(CYCLE_S)
