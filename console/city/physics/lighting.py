"""A street-light cabinet: dusk switches it on, an order overrides until the next dusk or dawn."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, clamp, ramp
from console.city.device import UNKNOWN, Answer, Device, Place, Point, Value, Verdict, number_in, taken
from console.city.scenario import Influence
from console.city.sky import Sky

PHASES = ("L1", "L2", "L3")
SWITCH_S = 1.0
DIM_PER_S = 25.0
TRIP_MA = 37.0
"""Leakage at which the earth-leakage breaker opens."""


class LightCabinet(Device):
    """A section of lamps on three phases."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("powerState", 2),
        Point("illuminanceLevel", 2, "C62"),
        Point("activePower", 2, "KWT"),
        *(Point(f"current{p}", 5, "AMP") for p in PHASES),
        *(Point(f"voltage{p}", 5, "VLT") for p in PHASES),
        Point("energyConsumed", 10, "KWH"),
        Point("leakageCurrent", 5, "AMP"),
        Point("failedLamps", 10, "C62"),
        Point("doorStatus", 5),
        Point("ambientIlluminance", 10, "LUX"),
    )

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.lamps = place.number("lamps", 180.0)
        self.failed = place.number("failed", 1.0)
        self.silent = place.word("modem") == "silent"
        self.on = False
        self.tripped = False
        self.dim = 100.0
        self.level = 0.0
        self.power = 0.1
        self.energy = chance.uniform(20_000.0, 90_000.0)
        self.lux = 0.0
        self._sag = 0.0
        self._wet = 0.0
        self._was_dark: bool | None = None
        self._due_s = 0.0
        self._next: bool | None = None

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Follow dusk and dawn, then orders; rain seeps into the poles."""
        self.lux = sky.lux * (1.0 - influence.dimming)
        # Half a minute of cloud must not blink a street: hysteresis around the switching light.
        dark = sky.dark if self._was_dark is None else self.lux < (80.0 if self._was_dark else 40.0)
        if dark != self._was_dark:
            self._was_dark = dark
            self._switch(dark, 0.0)
        self._obey(dt)
        self.level = ramp(self.level, self.dim if self.on else 0.0, DIM_PER_S, dt)
        burning = (self.lamps - self.failed) * (self.level / 100.0) ** 1.1
        self.power = 0.12 + 0.1 * burning
        self.energy += self.power * dt / 3600.0
        self._sag = self.chance.drift(self._sag, dt, 300.0, 1.2)
        leaky = self.place.number("leaky", 0.12)
        self._wet = ramp(self._wet, influence.rain * leaky, 0.25, dt)
        if self.on and self._wet > TRIP_MA:
            self.on, self.tripped, self._next = False, True, None

    def _obey(self, dt: float) -> None:
        if self._next is not None:
            self._due_s -= dt
            if self._due_s <= 0.0:
                self.on, self._next = self._next and not self.tripped, None

    def _switch(self, on: bool, delay_s: float) -> None:
        self._next, self._due_s = on, delay_s

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        values: dict[str, Value] = {
            "powerState": "tripped" if self.tripped else "on" if self.on else "off",
            "illuminanceLevel": round(self.level / 100.0, 3),
            "activePower": round(self.power * (1.0 + 0.004 * normal()), 3),
            "energyConsumed": round(self.energy, 2),
            "leakageCurrent": round(max(0.0, 4.0 + self._wet + 0.3 * normal()) / 1000.0, 5),
            "failedLamps": int(self.failed),
            "doorStatus": "closed",
            "ambientIlluminance": round(self.lux * (1.0 + 0.01 * normal())),
        }
        for share, phase in zip((0.34, 0.33, 0.33), PHASES, strict=True):
            volts = clamp(221.0 + self._sag - 0.1 * self.power + 0.4 * normal(), 0.0, 260.0)
            values[f"voltage{phase}"] = round(volts, 1)
            values[f"current{phase}"] = round(self.power * share * 1000.0 / (volts * 0.96), 2)
        return values

    def order(self, path: str, value: object) -> Answer:
        """`powerState` takes on or off; `illuminanceLevel` takes 0.1..1."""
        if path not in ("powerState", "illuminanceLevel"):
            return UNKNOWN
        if self.silent:
            return Answer(Verdict.SILENT)
        if path == "powerState":
            if value not in ("on", "off"):
                return Answer(Verdict.RANGE, "expected on or off")
            if value == "on" and self.tripped:
                return Answer(Verdict.CONFLICT, "the breaker is open, switch off first")
            self.tripped = False
            self._switch(value == "on", SWITCH_S)
            return taken(SWITCH_S)
        level = number_in(value, 0.1, 1.0)
        if level is None:
            return Answer(Verdict.RANGE, "illuminanceLevel is a number from 0.1 to 1")
        if not self.on:
            return Answer(Verdict.CONFLICT, "lamps are off")
        self.dim = level * 100.0
        return taken(abs(self.dim - self.level) / DIM_PER_S)
