"""An air-quality station: traffic, sun and wind make its values; smoke and rain change them."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, approach, clamp
from console.city.device import Device, Place, Point, Value
from console.city.scenario import Influence
from console.city.sky import Sky

# Korean CAI break points: index 0, 50, 100, 250, 500 at these concentrations.
_INDEX = (0.0, 50.0, 100.0, 250.0, 500.0)
_BREAKS = {
    "pm10": (0.0, 30.0, 80.0, 150.0, 600.0),
    "pm25": (0.0, 15.0, 35.0, 75.0, 500.0),
    "o3": (0.0, 0.03, 0.09, 0.15, 0.6),
}


def sub_index(kind: str, value: float) -> float:
    """Sub-index of one pollutant, linear between its break points."""
    breaks = _BREAKS[kind]
    for low, high, below, above in zip(breaks, breaks[1:], _INDEX, _INDEX[1:], strict=False):
        if value <= high:
            return below + (above - below) * (value - low) / (high - low)
    return _INDEX[-1]


class AirStation(Device):
    """One station of the city's network."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("pm10", 5, "GQ"),
        Point("pm25", 5, "GQ"),
        Point("o3", 5, "59"),
        Point("no2", 5, "59"),
        Point("co", 5, "59"),
        Point("so2", 5, "59"),
        Point("temperature", 5, "CEL"),
        Point("relativeHumidity", 5, "C62"),
        Point("windSpeed", 5, "MTS"),
        Point("windDirection", 5, "DD"),
        Point("atmosphericPressure", 10, "A97"),
        Point("airQualityIndex", 10, "C62"),
    )

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.pm25 = 20.0
        self.coarse = 18.0
        self.o3 = 0.02
        self.no2 = 0.02
        self._dust = 0.0
        self._gas = 0.0
        self._rough = 0.0
        self._sky: Sky | None = None
        self._wind = 3.0
        self._damp = 0.0

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Lags of minutes; rain washes dust out, smoke brings it."""
        drift = self.chance.drift
        self._sky = sky
        self._dust = drift(self._dust, dt, 900.0, 3.0)
        self._gas = drift(self._gas, dt, 900.0, 1.0)
        self._rough = drift(self._rough, dt, 12.0, 0.5)
        washed = 1.0 / (1.0 + influence.rain / 25.0)
        near = self.place.number("road", 1.0)
        self.pm25 = approach(
            self.pm25, (15.0 + 12.0 * sky.traffic * near + self._dust) * washed + influence.smoke, dt, 40.0
        )
        self.coarse = approach(self.coarse, (14.0 + 16.0 * sky.traffic * near) * washed, dt, 120.0)
        self.no2 = approach(self.no2, 0.012 + 0.022 * sky.traffic * near, dt, 200.0)
        self.o3 = approach(self.o3, 0.018 + 0.04 * sky.sun - 0.3 * (self.no2 - 0.02), dt, 600.0)
        self._wind = max(0.2, sky.wind + influence.gust * 0.8 + self._rough * (1.0 + 0.12 * influence.gust))
        self._damp = approach(self._damp, min(28.0, influence.rain), dt, 60.0)

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        sky = self._sky
        if sky is None:
            return {}
        pm25 = max(1.0, self.pm25 + 0.5 * normal())
        pm10 = pm25 + max(1.0, self.coarse + 0.8 * normal())
        o3 = max(0.001, self.o3 + 0.0008 * normal())
        index = max(sub_index("pm10", pm10), sub_index("pm25", pm25), sub_index("o3", o3))
        return {
            "pm10": round(pm10, 1),
            "pm25": round(pm25, 1),
            "o3": round(o3, 4),
            "no2": round(max(0.001, self.no2 + 0.0006 * normal()), 4),
            "co": round(max(0.1, 0.3 + 12.0 * self.no2 + 0.02 * normal()), 2),
            "so2": round(max(0.001, 0.003 + 0.0004 * self._gas + 0.0002 * normal()), 4),
            "temperature": round(sky.temperature - 0.1 * self._damp + 0.05 * normal(), 2),
            "relativeHumidity": round(
                clamp(sky.humidity + self._damp + 0.3 * normal(), 5.0, 99.0) / 100.0, 3
            ),
            "windSpeed": round(max(0.0, self._wind + 0.15 * normal()), 1),
            "windDirection": round((sky.wind_from + 6.0 * normal()) % 360.0),
            "atmosphericPressure": round(sky.pressure - 0.15 * self._damp + 0.05 * normal(), 1),
            "airQualityIndex": round(min(500.0, index)),
        }
