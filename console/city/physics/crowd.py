"""A public place with people coming and going; guidance turns some of them away."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, approach, clamp
from console.city.device import UNKNOWN, Answer, Device, Place, Point, Value, Verdict, taken
from console.city.scenario import Influence
from console.city.sky import Sky

_LET_IN = {"off": 1.0, "divert": 0.6, "closed": 0.12}
GUIDANCE_S = 2.0


class CrowdPlace(Device):
    """Counts by camera; density is that of the fullest part."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("peopleCount", 2, "C62"),
        Point("crowdDensity", 2),
        Point("peopleIn", 5),
        Point("peopleOut", 5),
        Point("walkingSpeed", 5, "MTS"),
        Point("capacityRatio", 5, "C62"),
        Point("guidance", 2),
    )

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.usual = place.number("usual", 2500.0)
        self.event = place.number("event", 26_000.0)
        self.area_m2 = place.number("area_m2", 8000.0)
        self.people = self.usual * 0.4
        self.coming = 20.0
        self.leaving = 20.0
        self.guidance = "off"
        self._wander = 0.0
        self._next = ""
        self._due_s = 0.0

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """People stay about two minutes of the shortened evening when nothing holds them."""
        if self._next:
            self._due_s -= dt
            if self._due_s <= 0.0:
                self.guidance, self._next = self._next, ""
        self._wander = self.chance.drift(self._wander, dt, 200.0, 0.05)
        dry = 1.0 / (1.0 + influence.rain / 20.0)
        wanted = self.usual * sky.people * (1.0 + self._wander) * dry
        wanted += self.event * influence.crowd * (1.0 + 0.5 * self._wander)
        stay_s = 75.0 if influence.crowd > 0.0 else 300.0
        inward = wanted * _LET_IN[self.guidance] / stay_s
        before = self.people
        self.people = approach(self.people, inward * stay_s, dt, stay_s)
        self.coming = approach(self.coming, inward * 60.0 * 0.25, dt, 10.0)
        self.leaving = max(0.0, self.coming - (self.people - before) / dt * 60.0 * 0.25)

    @property
    def density(self) -> float:
        """People per square metre where it is fullest."""
        return 8.6 * (1.0 - 2.718281828 ** (-2.6 * self.people / self.area_m2 / 8.6))

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        density = clamp(self.density * (1.0 + 0.015 * normal()), 0.0, 9.0)
        return {
            "peopleCount": round(max(0.0, self.people * (1.0 + 0.005 * normal()))),
            "crowdDensity": round(density, 2),
            "peopleIn": round(clamp(self.coming * (1.0 + 0.05 * normal()), 0.0, 5000.0)),
            "peopleOut": round(clamp(self.leaving * (1.0 + 0.05 * normal()), 0.0, 5000.0)),
            "walkingSpeed": round(clamp(1.34 * (1.0 - density / 7.5) + 0.02 * normal(), 0.05, 2.0), 2),
            "capacityRatio": round(clamp(self.people / (self.area_m2 * 2.6), 0.0, 1.5), 3),
            "guidance": self.guidance,
        }

    def order(self, path: str, value: object) -> Answer:
        """`guidance` takes off, divert or closed."""
        if path != "guidance":
            return UNKNOWN
        if not isinstance(value, str) or value not in _LET_IN:
            return Answer(Verdict.RANGE, "expected off, divert or closed")
        self._next, self._due_s = value, GUIDANCE_S
        return taken(GUIDANCE_S)
