"""A data centre: servers heat the hall, chillers cool it, the UPS bridges a power cut."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, approach, clamp
from console.city.device import UNKNOWN, Answer, Device, Place, Point, Value, Verdict, number_in, taken
from console.city.scenario import Influence
from console.city.sky import Sky

ROWS = (1, 2, 3, 4, 5, 6)
CHILLERS = (1, 2)
CHILLER_S = 6.0
SECONDS_PER_KELVIN = 14.0
"""How fast chilled water warms when nothing cools it."""
AIR_ABOVE_WATER_K = 14.0
BATTERY_S = 600.0


class Chiller:
    """One chiller with its starting and stopping time."""

    def __init__(self, running: bool) -> None:
        self.state = "running" if running else "stopped"
        self.next = ""
        self.due_s = 0.0

    def step(self, dt: float) -> None:
        """Finish a start or a stop."""
        if self.next:
            self.due_s -= dt
            if self.due_s <= 0.0:
                self.state, self.next = self.next, ""

    def want(self, state: str) -> None:
        """Start or stop in a few seconds."""
        self.next, self.due_s = state, CHILLER_S


class DataCentre(Device):
    """Six rows, two chillers, one UPS."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("pue", 5, "C62"),
        Point("itPower", 2, "KWT"),
        Point("totalPower", 2, "KWT"),
        *(Point(f"row{n}InletTemperature", 5, "CEL") for n in ROWS),
        Point("maxInletTemperature", 5, "CEL"),
        Point("chillerSetpoint", 5, "CEL"),
        Point("chilledWaterSupplyTemperature", 5, "CEL"),
        Point("chilledWaterReturnTemperature", 5, "CEL"),
        *(Point(f"chiller{n}Status", 2) for n in CHILLERS),
        Point("upsMode", 2),
        Point("upsLoad", 5, "C62"),
        Point("upsBatteryLevel", 5, "C62"),
        Point("utilityVoltage", 5, "VLT"),
        Point("relativeHumidity", 5, "C62"),
        Point("waterLeak", 5),
        Point("fuelLevel", 10, "C62"),
    )

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.rated = place.number("it_kw", 2000.0)
        self.it = self.rated * 0.85
        self.setpoint = 8.0
        self.supply = 8.0
        self.chillers = (Chiller(True), Chiller(False))
        self.offset = [chance.uniform(-1.2, 1.4) for _ in ROWS]
        self.rows = [self.supply + AIR_ABOVE_WATER_K + extra for extra in self.offset]
        self.on_battery = False
        self.battery = 1.0
        self.cooling_kw = 0.0
        self._wander = 0.0
        self._volts = 0.0
        self._fault = False

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Heat balance of the chilled water, then of each row's inlet air."""
        chance = self.chance
        self._break(influence.fault)
        for chiller in self.chillers:
            chiller.step(dt)
        self._wander = chance.drift(self._wander, dt, 600.0, 0.02)
        self.it = approach(self.it, self.rated * (0.8 + 0.1 * sky.people + self._wander), dt, 60.0)
        heat = self.it * 1.06
        running = sum(c.state == "running" for c in self.chillers)
        # Positive: warmer than wanted. One chiller carries a little more than the rated load.
        demand = heat + heat * (self.supply - self.setpoint) / 1.5
        self.cooling_kw = clamp(demand, 0.0, running * self.rated * 1.35)
        kelvin = (heat - self.cooling_kw) / self.rated / SECONDS_PER_KELVIN
        self.supply = self._settled(dt, kelvin, heat, running)
        for i, extra in enumerate(self.offset):
            self.rows[i] = approach(self.rows[i], self.supply + AIR_ABOVE_WATER_K + extra, dt, 25.0)
        self.on_battery = influence.mains_lost
        self.battery = clamp(self.battery + (-dt / BATTERY_S if self.on_battery else dt / 1800.0), 0.02, 1.0)
        self._volts = chance.drift(self._volts, dt, 300.0, 60.0)

    def _settled(self, dt: float, kelvin_per_s: float, heat: float, running: int) -> float:
        """With capacity to spare the water sits near its set-point whatever the step; without, it warms."""
        if running * self.rated * 1.35 > heat:
            resting = self.setpoint
            return approach(self.supply, resting, dt, 30.0)
        return clamp(self.supply + kelvin_per_s * dt, 4.0, 34.0)

    def _break(self, fault: bool) -> None:
        """A fault takes the first chiller out; when it is repaired the chiller comes back by itself."""
        if fault != self._fault:
            self._fault = fault
            self.chillers[0].next = ""
            self.chillers[0].state = "fault" if fault else "running"

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        it = self.it * (1.0 + 0.003 * normal())
        total = it * 1.12 + self.cooling_kw / 5.2 + 40.0
        rows = [round(clamp(t + 0.08 * normal(), 0.0, 60.0), 2) for t in self.rows]
        values: dict[str, Value] = {
            "pue": round(clamp(total / it, 1.0, 3.0), 3),
            "itPower": round(it, 1),
            "totalPower": round(total, 1),
            "maxInletTemperature": max(rows),
            "chillerSetpoint": round(self.setpoint, 1),
            "chilledWaterSupplyTemperature": round(self.supply + 0.05 * normal(), 2),
            "chilledWaterReturnTemperature": round(self.supply + 5.5 + 0.05 * normal(), 2),
            "upsMode": "battery" if self.on_battery else "mains",
            "upsLoad": round(it / (self.rated * 1.25), 4),
            "upsBatteryLevel": round(self.battery, 4),
            "utilityVoltage": 0.0 if self.on_battery else round(22_900.0 + self._volts + 10.0 * normal()),
            "relativeHumidity": round(clamp(46.0 + 0.6 * normal(), 0.0, 100.0) / 100.0, 3),
            "waterLeak": "dry",
            "fuelLevel": 0.86,
        }
        for n, row in zip(ROWS, rows, strict=True):
            values[f"row{n}InletTemperature"] = row
        for n, chiller in zip(CHILLERS, self.chillers, strict=True):
            values[f"chiller{n}Status"] = chiller.state
        return values

    def order(self, path: str, value: object) -> Answer:
        """`chillerSetpoint` takes 6..14 °C; `chillerNCommand` takes start or stop."""
        if path == "chillerSetpoint":
            setpoint = number_in(value, 6.0, 14.0)
            if setpoint is None:
                return Answer(Verdict.RANGE, "chillerSetpoint is a number from 6 to 14")
            self.setpoint = setpoint
            return taken()
        for n, chiller in zip(CHILLERS, self.chillers, strict=True):
            if path == f"chiller{n}Command":
                return _order_chiller(chiller, value)
        return UNKNOWN


def _order_chiller(chiller: Chiller, value: object) -> Answer:
    if value not in ("start", "stop"):
        return Answer(Verdict.RANGE, "expected start or stop")
    if chiller.state == "fault":
        return Answer(Verdict.CONFLICT, "chiller is in fault")
    if chiller.next:
        return Answer(Verdict.BUSY, "an earlier order is still running")
    chiller.want("running" if value == "start" else "stopped")
    return taken(CHILLER_S)
