"""Factory lines: a state machine makes parts, tools wear, vibration climbs, a starved line waits for the one before."""

from __future__ import annotations

from typing import ClassVar

from console.city.chance import Chance, approach, clamp
from console.city.device import UNKNOWN, Answer, Device, Place, Point, Value, Verdict, number_in, taken
from console.city.scenario import Influence
from console.city.sky import Sky

WORN_OUT = 0.6
"""Wear at which a tool is changed in good time."""
TOOL_CHANGE_S = 45.0
PROTECT_MM_S = 9.5
PROTECT_S = 12.0
CREW_S = 420.0
"""A fault that nobody resets from afar is cleared on site after this long."""
BUFFER_PARTS = 8
MEMORY_PARTS = 100.0
_LINE_POINTS = (
    Point("state", 2),
    Point("cycle.s", 2),
    Point("cycle.override", 2),
    Point("cnt.ok", 2),
    Point("cnt.ng", 2),
    Point("cnt.ng_ratio", 5),
    Point("cond.vib_mm_s", 1),
    Point("kw", 2),
    *(Point(f"oee.{part}", 5) for part in ("a", "p", "q", "oee")),
    Point("tool.wear", 5),
    Point("buffer.parts", 5),
)


class Line(Device):
    """What all lines share; subclasses add the points of their own process."""

    points: ClassVar[tuple[Point, ...]] = _LINE_POINTS
    nominal_s: ClassVar[float] = 60.0
    running_kw: ClassVar[float] = 80.0
    stop_s: ClassVar[float] = 4.0
    """From an order to hold until the machine stands."""

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.upstream: Line | None = None
        self.buffer = 3
        self.parts_out = 0
        self.state = "RUN"
        self.wear = chance.uniform(0.1, 0.4)
        self.override = 100.0
        self.cycle_s = self.nominal_s
        self.good = 0
        self.bad = 0
        self.reject = 0.01
        self.vibration = 1.5
        self.kw = self.running_kw
        self.uptime = 0.91
        self.pace = 0.97
        self._progress = chance.uniform()
        self._since_s = 0.0
        self._wait_s = 0.0
        self._shaking_s = 0.0
        self._next = ""
        self._due_s = 0.0
        self._hour = -1.0

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Obey, produce, wear, shake, measure."""
        self._start_day(sky.hour)
        self._obey(dt)
        self._since_s += dt
        if self.state == "RUN":
            self._produce(dt)
            self.wear += dt * (WORN_OUT / 2400.0 * (self.override / 100.0) ** 2 + influence.wear_per_s)
            if WORN_OUT < self.wear < WORN_OUT + 0.05 and influence.wear_per_s == 0.0:
                self._wait(TOOL_CHANGE_S, 0.05)
        elif self.state == "WAIT":
            self._wait_s -= dt
            if self._wait_s <= 0.0 and (self.upstream is None or self.buffer >= 2):
                self._enter("RUN")
        elif self.state == "FAULT" and self._since_s > CREW_S:
            self.wear = 0.1
            self._enter("RUN")
        self._measure(dt)

    def _start_day(self, hour: float) -> None:
        """Counters start at midnight; a city that starts at noon has half a day behind it."""
        if self._hour < 0.0:
            self.good = int(hour * 3600.0 / self.nominal_s * 0.86)
            self.bad = int(self.good * 0.011)
        elif hour < self._hour:
            self.good = self.bad = 0
        self._hour = hour

    def _obey(self, dt: float) -> None:
        if self._next:
            self._due_s -= dt
            if self._due_s <= 0.0:
                state, self._next = self._next, ""
                self._enter(state)

    def _enter(self, state: str) -> None:
        self.state, self._since_s, self._shaking_s = state, 0.0, 0.0

    def _wait(self, for_s: float, wear: float | None = None) -> None:
        self._wait_s = for_s
        if wear is not None:
            self.wear = wear
        self._enter("WAIT")

    def _produce(self, dt: float) -> None:
        """Parts leave at the end of each cycle; the next line takes them from the buffer."""
        slow = 1.0 + 0.5 * max(0.0, self.wear - 0.3)
        self.cycle_s = self.nominal_s * 100.0 / self.override * slow * (1.0 + 0.01 * self.chance.normal())
        self._progress += dt / self.cycle_s
        while self._progress >= 1.0:
            self._progress -= 1.0
            self._finish_part()
            if self.upstream is not None:
                self.buffer -= 1
                if self.buffer <= 0:
                    self.buffer, self._progress = 0, 0.0
                    self._wait(3.0)
                    return
        if self.chance.happens(1.0 / 900.0, dt):
            self._wait(self.chance.uniform(8.0, 25.0))

    def _finish_part(self) -> None:
        chance_bad = 0.01 + 0.5 * max(0.0, self.wear - 0.7)
        bad = self.chance.uniform() < chance_bad
        self.reject += ((1.0 if bad else 0.0) - self.reject) / MEMORY_PARTS
        if bad:
            self.bad += 1
        else:
            self.good += 1
            self.parts_out += 1

    def take_from_upstream(self) -> None:
        """Move what the line before has finished into this line's buffer."""
        if self.upstream is not None:
            self.buffer = min(BUFFER_PARTS, self.buffer + self.upstream.parts_out)
            self.upstream.parts_out = 0

    def _measure(self, dt: float) -> None:
        running = self.state == "RUN"
        rough = 1.2 + 0.9 * self.wear + 22.0 * max(0.0, self.wear - 0.55) ** 1.6
        target = min(24.0, rough * (self.override / 100.0) ** 1.4) if running else 0.15
        self.vibration = approach(self.vibration, target, dt, 2.5)
        self.kw = approach(self.kw, self.running_kw * (1.0 if running else 0.18), dt, 4.0)
        self.uptime = approach(self.uptime, 1.0 if running else 0.0, dt, 3600.0)
        self.pace = approach(self.pace, min(1.0, self.nominal_s / self.cycle_s), dt, 1800.0)
        self._shaking_s = self._shaking_s + dt if self.vibration > PROTECT_MM_S else 0.0
        if running and self._shaking_s > PROTECT_S:
            self._enter("FAULT")

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        quality = 1.0 - self.reject
        return {
            "state": self.state,
            "cycle.s": round(self.cycle_s, 2),
            "cycle.override": round(self.override),
            "cnt.ok": self.good,
            "cnt.ng": self.bad,
            "cnt.ng_ratio": round(self.reject, 4),
            "cond.vib_mm_s": round(clamp(self.vibration * (1.0 + 0.03 * normal()), 0.0, 30.0), 2),
            "kw": round(self.kw * (1.0 + 0.02 * normal()), 1),
            "oee.a": round(self.uptime, 4),
            "oee.p": round(self.pace, 4),
            "oee.q": round(quality, 4),
            "oee.oee": round(self.uptime * self.pace * quality, 4),
            "tool.wear": round(self.wear, 3),
            "buffer.parts": self.buffer,
            **self.process(self.state == "RUN"),
        }

    def process(self, running: bool) -> dict[str, Value]:
        """Points of this kind of line only."""
        del running
        return {}

    def order(self, path: str, value: object) -> Answer:
        """`state_cmd` takes HOLD, RUN, RESET or ESTOP; `speed_cmd` takes 50..120 percent."""
        if path == "speed_cmd":
            override = number_in(value, 50.0, 120.0)
            if override is None:
                return Answer(Verdict.RANGE, "speed_cmd is a number from 50 to 120")
            self.override = override
            return taken(1.0)
        if path != "state_cmd":
            return UNKNOWN
        if value == "ESTOP":
            return self._stop_now()
        if value not in ("HOLD", "RUN", "RESET"):
            return Answer(Verdict.RANGE, "expected HOLD, RUN, RESET or ESTOP")
        if self._next:
            return Answer(Verdict.BUSY, "an earlier order is still running")
        return self._order_state(str(value))

    def _order_state(self, value: str) -> Answer:
        if value == "RESET":
            if self.state != "FAULT":
                return Answer(Verdict.CONFLICT, "there is no fault to reset")
            self.wear = 0.1
            return self._soon("STOP", 3.0)
        if self.state == "FAULT":
            return Answer(Verdict.CONFLICT, "line is in fault, reset it first")
        if value == "RUN":
            return self._soon("RUN", 2.0)
        return self._soon("HOLD", self.stop_s)

    def _stop_now(self) -> Answer:
        """The line stands within its cycle, whatever was ordered before; the part in work is scrap."""
        if self.state == "FAULT":
            return Answer(Verdict.CONFLICT, "line is in fault and stands already")
        if self.state == "RUN":
            self.bad += 1
            self._progress = 0.0
        return self._soon("STOP", 0.5)

    def _soon(self, state: str, after_s: float) -> Answer:
        self._next, self._due_s = state, after_s
        return taken(after_s)


class ShipEquipmentLine(Line):
    """Welding of ship equipment: long cycles, and slow to stop because a seam is finished first."""

    points: ClassVar[tuple[Point, ...]] = (
        *_LINE_POINTS,
        Point("weld.a", 2),
        Point("weld.v", 2),
        Point("weld.wire_m_min", 5),
        Point("weld.gas_l_min", 5),
    )
    nominal_s: ClassVar[float] = 90.0
    running_kw: ClassVar[float] = 145.0
    stop_s: ClassVar[float] = 8.0

    def process(self, running: bool) -> dict[str, Value]:
        """Arc on for most of a cycle."""
        normal = self.noise.normal
        arc = running and self._progress < 0.8
        return {
            "weld.a": round(318.0 + 6.0 * normal()) if arc else 0,
            "weld.v": round(31.5 + 0.3 * normal(), 2) if arc else 0.0,
            "weld.wire_m_min": round(9.6 + 0.1 * normal(), 2) if arc else 0.0,
            "weld.gas_l_min": round(18.2 + 0.2 * normal(), 2) if running else 0.0,
        }


class MachiningLine(Line):
    """Turning and milling with one main spindle."""

    points: ClassVar[tuple[Point, ...]] = (
        *_LINE_POINTS,
        Point("spindle.rpm", 2),
        Point("spindle.load", 2),
        Point("spindle.temp_c", 5),
        Point("coolant", 5),
    )
    nominal_s: ClassVar[float] = 45.0
    running_kw: ClassVar[float] = 62.0

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.spindle_c = 48.0
        self.coolant = 0.82

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """The spindle warms with load and wear; coolant drips away and is filled up."""
        super().step(dt, sky, influence)
        running = self.state == "RUN"
        heat = 46.0 + 10.0 * self.wear + 0.15 * (self.override - 100.0) if running else 26.0
        self.spindle_c = approach(self.spindle_c, heat, dt, 300.0)
        self.coolant = self.coolant - dt / 90_000.0 if self.coolant > 0.55 else 0.9

    def process(self, running: bool) -> dict[str, Value]:
        """Spindle and coolant."""
        normal = self.noise.normal
        return {
            "spindle.rpm": round(4200.0 * self.override / 100.0 + 8.0 * normal()) if running else 0,
            "spindle.load": round(clamp(0.52 + 0.2 * self.wear + 0.02 * normal(), 0.0, 1.5), 3)
            if running
            else 0.0,
            "spindle.temp_c": round(self.spindle_c + 0.1 * normal(), 1),
            "coolant": round(self.coolant, 3),
        }


class AutoPartsLine(Line):
    """Pressing and assembly of car parts on a conveyor."""

    points: ClassVar[tuple[Point, ...]] = (
        *_LINE_POINTS,
        Point("press.kn", 2),
        Point("robot.temp_c", 5),
        Point("conv.m_min", 2),
        Point("vision.pass", 5),
    )
    nominal_s: ClassVar[float] = 24.0
    running_kw: ClassVar[float] = 118.0

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.robot_c = 44.0

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """The robot's drive warms while it works."""
        super().step(dt, sky, influence)
        self.robot_c = approach(self.robot_c, 47.0 if self.state == "RUN" else 27.0, dt, 400.0)

    def process(self, running: bool) -> dict[str, Value]:
        """Press, robot, conveyor and camera."""
        normal = self.noise.normal
        return {
            "press.kn": round(1850.0 * (1.0 + 0.1 * self.wear) + 15.0 * normal()) if running else 0,
            "robot.temp_c": round(self.robot_c + 0.1 * normal(), 1),
            "conv.m_min": round(8.4 * self.override / 100.0 + 0.05 * normal(), 2) if running else 0.0,
            "vision.pass": round(1.0 - self.reject, 4),
        }


class FactoryPlant(Device):
    """Utilities of one factory and the sum of its lines."""

    points: ClassVar[tuple[Point, ...]] = (
        Point("utility.kw", 2),
        Point("utility.demand", 5),
        Point("utility.air_mpa", 2),
        Point("utility.cw_c", 5),
        Point("oee", 5),
        Point("pcs", 5),
    )

    def __init__(self, place: Place, chance: Chance) -> None:
        super().__init__(place, chance)
        self.lines: tuple[Line, ...] = ()
        self.air = 0.62
        self.water = 27.0
        self.kw = 900.0
        self._wander = 0.0

    def step(self, dt: float, sky: Sky, influence: Influence) -> None:
        """Compressed air holds its pressure unless it leaks; cooling water follows load and weather."""
        self._wander = self.chance.drift(self._wander, dt, 200.0, 1.0)
        self.air = approach(self.air, (0.43 if influence.air_leak else 0.62) + 0.005 * self._wander, dt, 20.0)
        running = sum(line.state == "RUN" for line in self.lines)
        self.kw = sum(line.kw for line in self.lines) + 640.0 + 60.0 * sky.sun + 8.0 * self._wander
        self.water = approach(self.water, 21.0 + 0.3 * sky.temperature + 1.5 * running, dt, 300.0)

    def values(self) -> dict[str, Value]:
        """Points by path."""
        normal = self.noise.normal
        count = max(1, len(self.lines))
        oee = sum(line.uptime * line.pace * (1.0 - line.reject) for line in self.lines) / count
        return {
            "utility.kw": round(self.kw * (1.0 + 0.004 * normal()), 1),
            "utility.demand": round(self.kw / self.place.number("contract_kw", 1150.0), 4),
            "utility.air_mpa": round(self.air + 0.002 * normal(), 3),
            "utility.cw_c": round(self.water + 0.05 * normal(), 2),
            "oee": round(oee, 4),
            "pcs": sum(line.good for line in self.lines),
        }
