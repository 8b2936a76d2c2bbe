"""A container terminal: ships at berths, cranes that work them, a yard that fills, trucks at the gate."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, approach, clamp
from console.city.device import UNKNOWN, Answer, Device, Place, Point, Value, Verdict, number_in, taken
from console.city.scenario import Influence
from console.city.sky import Sky

BERTHS = (1, 2, 3, 4)
CRANES = (1, 2, 3, 4)
CRANE_WIND = 16.0
"""Cranes stop above this wind, m/s."""
LANE_S = 4.0
TRUCKS_PER_LANE_S = 1.0 / 55.0


class PortTerminal(Device):
    """Berths 1 and 2 live by themselves; the fleet's own ships come to berths 3 and 4."""

    points: ClassVar[tuple[Point, ...]] = (
        *(Point(f"port.berth{n}.occupied", 5) for n in BERTHS),
        *(Point(f"port.crane{n}.state", 5) for n in CRANES),
        *(Point(f"port.crane{n}.moveRate", 5) for n in CRANES),
        Point("port.yard.occupancy", 5),
        Point("port.yard.reefers", 10),
        Point("port.yard.movesToday", 5),
        Point("port.gate.queue", 5),
        Point("port.gate.waitTime", 5),
        Point("port.gate.lanesOpen", 5),
        Point("port.berths.shipsAlongside", 5),
        Point("environment.wind.speedTrue", 2),
        Point("environment.outside.temperature", 10),
    )

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.customs = place.word("gate") == "customs"
        self.visitors: frozenset[int] = frozenset()
        self.resident = {1: True, 2: chance.uniform() < 0.6}
        self.rates = dict.fromkeys(CRANES, 0.0)
        self.broken = 0
        self.yard = place.number("yard", 0.66)
        self.reefers = place.number("reefers", 240.0)
        self.moves = 0.0
        self.queue = 14.0
        self.lanes = 4
        self.wind = 4.0
        self.temperature = 12.0
        self._home = self.yard
        self._rough = 0.0
        self._hour = -1.0
        self._next: int | None = None
        self._due_s = 0.0

    @property
    def ships(self) -> frozenset[int]:
        """Berths with a ship alongside."""
        return self.visitors | {n for n, there in self.resident.items() if there}

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Ships bring work for cranes, cranes fill the yard, trucks empty it through the gate."""
        chance = self.chance
        if self._hour < 0.0:
            self.moves = sky.hour * 95.0
        elif sky.hour < self._hour:
            self.moves = 0.0
        self._hour = sky.hour
        if self._next is not None:
            self._due_s -= dt
            if self._due_s <= 0.0:
                self.lanes, self._next = self._next, None
        if chance.happens(1.0 / 2700.0, dt):
            self.resident[2] = not self.resident[2]
        self._rough = chance.drift(self._rough, dt, 10.0, 0.5)
        self.wind = max(0.2, sky.wind * 1.25 + influence.gust + self._rough * (1.0 + 0.1 * influence.gust))
        self.temperature = sky.temperature
        self.broken = 2 if influence.fault else 0
        self._cranes(dt)
        arrivals = (0.018 + 0.05 * sky.traffic) * influence.traffic
        service = self.lanes * TRUCKS_PER_LANE_S * influence.slow * (0.6 if influence.fault else 1.0)
        self.queue = approach(self.queue, _queue(arrivals / service), dt, 70.0)
        self.yard = clamp(chance.drift(self.yard - self._home, dt, 3000.0, 0.03) + self._home, 0.3, 0.83)
        self.reefers = approach(
            self.reefers, self.place.number("reefers", 240.0) * (0.9 + self.yard * 0.15), dt, 900.0
        )

    def _cranes(self, dt: float) -> None:
        still = self.wind > CRANE_WIND
        for n in CRANES:
            busy = n in self.ships and not still and n != self.broken
            self.rates[n] = approach(self.rates[n], 28.0 + 1.5 * n if busy else 0.0, dt, 30.0)
            self.moves += self.rates[n] * dt / 3600.0

    def values(self) -> dict[str, Value]:
        """Points by path, in SI units (ratios, seconds, kelvin, moves per second)."""
        normal = self.noise.normal
        ships = self.ships
        values: dict[str, Value] = {
            "port.yard.occupancy": round(self.yard + 0.001 * normal(), 4),
            "port.yard.reefers": round(self.reefers),
            "port.yard.movesToday": int(self.moves),
            "port.gate.queue": round(max(0.0, self.queue + 0.6 * normal())),
            "port.gate.waitTime": round(self.queue / (self.lanes * TRUCKS_PER_LANE_S), 1),
            "port.gate.lanesOpen": self.lanes,
            "port.berths.shipsAlongside": len(ships),
            "environment.wind.speedTrue": round(max(0.0, self.wind + 0.2 * normal()), 2),
            "environment.outside.temperature": round(self.temperature + 273.15 + 0.05 * normal(), 2),
        }
        for n in BERTHS:
            values[f"port.berth{n}.occupied"] = n in ships
        for n in CRANES:
            rate = self.rates[n] * (1.0 + 0.03 * normal())
            values[f"port.crane{n}.moveRate"] = round(max(0.0, rate) / 3600.0, 6)
            working = self.rates[n] > 3.0
            values[f"port.crane{n}.state"] = "fault" if n == self.broken else "working" if working else "idle"
        return values

    def order(self, path: str, value: object) -> Answer:
        """`port.gate.lanesOpen` takes 1..8 whole."""
        if path != "port.gate.lanesOpen":
            return UNKNOWN
        lanes = number_in(value, 1, 8)
        if lanes is None or not lanes.is_integer():
            return Answer(Verdict.RANGE, "lanesOpen is a whole number from 1 to 8")
        if self.customs:
            return Answer(Verdict.LOCKED, "the gate is under customs control")
        if self._next is not None:
            return Answer(Verdict.BUSY, "lanes are being switched")
        self._next, self._due_s = int(lanes), LANE_S
        return taken(LANE_S)


def _queue(use: float) -> float:
    """Trucks waiting at this use of the gate; bounded, because drivers turn away."""
    return min(160.0, 3.0 + 26.0 * use + 220.0 * max(0.0, use - 0.95))
