"""What all devices share: the hour of the day in Busan, its rhythm, and the weather of a quiet day."""

from __future__ import annotations

import math
from dataclasses import dataclass

from console.city.chance import Chance

KST_OFFSET_S = 9 * 3600
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Sky:
    """One instant: `hour` is local time 0..24, factors are 0..1, temperature °C, wind m/s and degrees, pressure hPa."""

    hour: float
    traffic: float
    people: float
    sun: float
    lux: float
    temperature: float
    humidity: float
    wind: float
    wind_from: float
    pressure: float

    @property
    def dark(self) -> bool:
        """Street lights burn below this light."""
        return self.lux < 40.0


def hour_of(unix_s: float) -> float:
    """Local hour of the day in Busan (KST has no summer time)."""
    return ((unix_s + KST_OFFSET_S) % DAY_S) / 3600.0


def bump(hour: float, centre: float, width: float) -> float:
    """A smooth hump of height 1 on the clock face."""
    away = abs(hour - centre) % 24.0
    away = min(away, 24.0 - away)
    return math.exp(-0.5 * (away / width) ** 2)


def traffic_factor(hour: float) -> float:
    """Share of capacity on a working day: two peaks, a quiet night."""
    return (
        0.10
        + 0.62 * bump(hour, 8.2, 1.1)
        + 0.62 * bump(hour, 18.3, 1.5)
        + 0.42 * bump(hour, 13.0, 3.2)
        + 0.1 * bump(hour, 21.5, 1.5)
    )


def people_factor(hour: float) -> float:
    """Share of a usual evening crowd in public places."""
    return 0.06 + 0.5 * bump(hour, 13.0, 2.5) + 0.85 * bump(hour, 19.5, 2.2)


class Weather:
    """The slowly wandering weather of a quiet day."""

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self._warmth = 0.0
        self._wind = 0.0
        self._turn = 0.0
        self._damp = 0.0
        self._pressure = 0.0

    def step(self, dt: float, unix_s: float) -> Sky:
        """The sky `dt` seconds later, at this time of the world."""
        drift = self._chance.drift
        self._warmth = drift(self._warmth, dt, 3600.0, 0.6)
        self._wind = drift(self._wind, dt, 240.0, 0.7)
        self._turn = drift(self._turn, dt, 900.0, 18.0)
        self._damp = drift(self._damp, dt, 3600.0, 3.0)
        self._pressure = drift(self._pressure, dt, 7200.0, 1.5)
        hour = hour_of(unix_s)
        sun = max(0.0, math.sin(math.pi * (hour - 6.0) / 12.0))
        warm = bump(hour, 14.5, 4.5)
        return Sky(
            hour=hour,
            traffic=traffic_factor(hour),
            people=people_factor(hour),
            sun=sun,
            lux=2.0 + 52_000.0 * sun**1.2,
            temperature=9.0 + 8.0 * warm + self._warmth,
            humidity=68.0 - 18.0 * warm + self._damp,
            wind=max(0.3, 3.0 + 1.2 * warm + self._wind),
            wind_from=(225.0 + self._turn) % 360.0,
            pressure=1016.0 + self._pressure,
        )
