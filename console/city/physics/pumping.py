"""A drainage pumping station: rain fills the basin, pumps lower it, clogged pumps run hot and trip."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, approach, clamp, ramp
from console.city.device import UNKNOWN, Answer, Device, Place, Point, Value, Verdict, number_in, taken
from console.city.scenario import Influence
from console.city.sky import Sky

PUMPS = (1, 2, 3)
START_AT_M = (1.6, 1.95, 2.3)
"""Float switches: the level at which each pump starts by itself."""
STOP_AT_M = 0.9
DRY_AT_M = 0.65
START_DELAY_S = 1.5
CREW_S = 480.0
"""A trip that nobody resets from afar is reset on site after this long, once the screen is clear."""
NOMINAL_A = 160.0
TRIP_LOAD = 1.15
"""A motor carries this share of its nominal current for ever."""


class Pump:
    """One pump with its motor, bearing and thermal relay."""

    def __init__(self, number: int, local: bool) -> None:
        self.number = number
        self.local = local
        self.state = "stopped"
        self.current = 0.0
        self.bearing = 18.0
        self.heat = 0.0
        self.speed = 0.0
        self.by_hand = False
        """Started by an order: it then runs down to the dry level instead of the float's stop level."""
        self.held = False
        """Stopped by an order: the float does not start it again before the basin has been empty or is brimming."""
        self._due_s = 0.0
        self._next = ""
        self._tripped_s = 0.0

    @property
    def pending(self) -> bool:
        """An order is being carried out."""
        return bool(self._next)

    def want(self, state: str, delay_s: float) -> None:
        """Change state after a delay."""
        self._next, self._due_s = state, delay_s

    def step(self, dt: float, debris: float, ambient: float, noise: float) -> None:
        """Switch, run up or down, warm up, trip."""
        if self._next:
            self._due_s -= dt
            if self._due_s <= 0.0:
                self.state, self._next = self._next, ""
        running = self.state == "running"
        self.speed = approach(self.speed, 1.0 if running else 0.0, dt, 2.0)
        load = (1.0 + 0.48 * debris) if running else 0.0
        inrush = 0.7 * max(0.0, 1.0 - self.speed) if running else 0.0
        self.current = min(295.0, NOMINAL_A * (load + inrush) * (1.0 + 0.012 * noise)) if running else 0.0
        hot = ambient + (38.0 + 52.0 * debris if running else 0.0)
        self.bearing = approach(self.bearing, hot, dt, 90.0 if running else 240.0)
        self._relay(dt, load)
        self._tripped_s = self._tripped_s + dt if self.state == "tripped" else 0.0
        if self._tripped_s > CREW_S and debris < 0.05:
            self.state = "stopped"

    def _relay(self, dt: float, load: float) -> None:
        """Thermal overload: heat gathers above the continuous load and leaves slowly below it."""
        if load > TRIP_LOAD:
            self.heat += dt * (load**2 - TRIP_LOAD**2) / 36.0
        else:
            self.heat = max(0.0, self.heat - dt / 60.0)
        if self.heat >= 1.0 and self.state == "running":
            self.heat = 1.0
            self.state, self._next = "tripped", ""
            self.by_hand = False


class PumpingStation(Device):
    """Three pumps, one basin, one outlet gate."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("inletLevel", 2, "MTR"),
        Point("outletLevel", 2, "MTR"),
        Point("rainfall", 5, "H67"),
        Point("inflow", 2, "MQS"),
        Point("outflow", 2, "MQS"),
        *(Point(f"pump{n}Status", 2) for n in PUMPS),
        *(Point(f"pump{n}Current", 2, "AMP") for n in PUMPS),
        *(Point(f"pump{n}BearingTemperature", 5, "CEL") for n in PUMPS),
        *(Point(f"pump{n}Mode", 5) for n in PUMPS),
        Point("gateOpening", 2, "C62"),
        Point("screenHeadLoss", 5, "MTR"),
        Point("activePower", 5, "KWT"),
    )

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        local = place.number("local_pump", 0.0)
        self.pumps = tuple(Pump(n, local == n) for n in PUMPS)
        self.area_m2 = place.number("basin_m2", 1300.0)
        self.catchment = place.number("catchment", 0.24)
        """Inflow in m³/s for each mm/h of rain."""
        self.level = chance.uniform(1.0, 1.45)
        self.outlet = 1.2
        self.rain = 0.0
        self.inflow = 0.4
        self.outflow = 0.0
        self.gate = 100.0
        self.gate_target = 100.0
        self.screen_m = 0.06
        self._tide = 0.0
        self._base = chance.uniform(0.3, 0.55)

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Rain runs off with a lag; the basin balances inflow and pumps."""
        chance = self.chance
        self.rain = (
            max(0.0, influence.rain * (1.0 + 0.05 * chance.normal())) if influence.rain > 0.05 else 0.0
        )
        self.inflow = approach(self.inflow, self._base + self.catchment * influence.rain, dt, 28.0)
        for pump, debris in zip(self.pumps, influence.debris, strict=True):
            pump.step(dt, debris, sky.temperature + 4.0, chance.normal())
        self._floats()
        self.gate = ramp(self.gate, self.gate_target, 2.0, dt)
        self._tide = chance.drift(self._tide, dt, 1800.0, 0.08)
        self.outlet = approach(self.outlet, 1.25 + self._tide + 0.016 * influence.rain, dt, 150.0)
        self._balance(dt, max(influence.debris))

    def _floats(self) -> None:
        """The station's own control: float switches start and stop pumps in remote mode."""
        for pump, start in zip(self.pumps, START_AT_M, strict=True):
            if pump.local or pump.pending:
                continue
            if pump.state == "running" and self.level < (DRY_AT_M if pump.by_hand else STOP_AT_M):
                pump.want("stopped", 0.0)
                pump.by_hand = False
            elif pump.state == "stopped" and self.level > start and (not pump.held or self.level > 4.6):
                pump.want("running", START_DELAY_S)
            if self.level < STOP_AT_M:
                pump.held = False

    def _balance(self, dt: float, debris: float) -> None:
        head = clamp(1.0 - 0.08 * (self.outlet - 1.2), 0.6, 1.0)
        gate = clamp(self.gate / 40.0, 0.0, 1.0)
        wet = clamp((self.level - 0.3) / 0.3, 0.0, 1.0)
        flow = sum(p.speed * (5.6 if p.state == "running" else 0.0) for p in self.pumps)
        self.outflow = flow * head * gate * wet * (1.0 - 0.25 * debris)
        back = max(0.0, self.outlet - self.level - 1.2) * 0.6 * gate
        level = self.level + (self.inflow + back - self.outflow) * dt / self.area_m2
        # Above the sill the street takes the water.
        self.level = clamp(level, 0.3, 5.6)
        self.screen_m = approach(self.screen_m, 0.05 + 0.02 * flow / 5.6 + 0.36 * debris, dt, 40.0)

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        power = sum(p.current for p in self.pumps) * 1.05 + 6.0
        values: dict[str, Value] = {
            "inletLevel": round(clamp(self.level + 0.006 * normal(), 0.0, 6.0), 3),
            "outletLevel": round(clamp(self.outlet + 0.008 * normal(), 0.0, 6.0), 3),
            "rainfall": round(self.rain, 1),
            "inflow": round(max(0.0, self.inflow + 0.03 * normal()), 2),
            "outflow": round(max(0.0, self.outflow * (1.0 + 0.01 * normal())), 2),
            "gateOpening": round(self.gate / 100.0, 3),
            "screenHeadLoss": round(max(0.0, self.screen_m + 0.003 * normal()), 3),
            "activePower": round(power, 1),
        }
        for pump in self.pumps:
            name = f"pump{pump.number}"
            values[f"{name}Status"] = pump.state
            values[f"{name}Current"] = round(pump.current, 1)
            values[f"{name}BearingTemperature"] = round(pump.bearing + 0.1 * normal(), 1)
            values[f"{name}Mode"] = "local" if pump.local else "remote"
        return values

    def order(self, path: str, value: object) -> Answer:
        """`pumpNCommand` takes start, stop or reset; `gateOpening` takes 0..1."""
        if path == "gateOpening":
            opening = number_in(value, 0.0, 1.0)
            if opening is None:
                return Answer(Verdict.RANGE, "gateOpening is a number from 0 to 1")
            self.gate_target = opening * 100.0
            return taken(abs(self.gate_target - self.gate) / 2.0)
        for pump in self.pumps:
            if path == f"pump{pump.number}Command":
                return self._order_pump(pump, value)
        return UNKNOWN

    def _order_pump(self, pump: Pump, value: object) -> Answer:
        if value not in ("start", "stop", "reset"):
            return Answer(Verdict.RANGE, "expected start, stop or reset")
        if pump.local:
            return Answer(Verdict.LOCKED, "pump is in local mode")
        if pump.pending:
            return Answer(Verdict.BUSY, "an earlier order is still running")
        if value == "reset":
            return self._reset(pump)
        if pump.state == "tripped":
            return Answer(Verdict.CONFLICT, "pump is tripped, reset it first")
        if value == "start":
            return self._start(pump)
        pump.held = True
        if pump.state == "running":
            pump.want("stopped", 1.0)
        return taken(1.0)

    def _start(self, pump: Pump) -> Answer:
        if self.level < DRY_AT_M + 0.1:
            return Answer(Verdict.CONFLICT, "basin level too low, pump would run dry")
        pump.held = False
        if pump.state == "stopped":
            pump.by_hand = True
            pump.want("running", START_DELAY_S)
        return taken(START_DELAY_S)

    def _reset(self, pump: Pump) -> Answer:
        if pump.state != "tripped":
            return Answer(Verdict.CONFLICT, "pump is not tripped")
        if pump.heat > 0.75:
            return Answer(Verdict.CONFLICT, "thermal relay is still hot")
        pump.held = True
        pump.want("stopped", 1.0)
        return taken(1.0)
