"""Names, types and units under which the factory's devices report, and which of them take orders; data."""

from __future__ import annotations

from dataclasses import dataclass

from console.city.device import Device
from console.city.physics.factory import Line
from console.city.sparkplug.payload import DataType, Property

COMMAND = "Command/State"
"""The order at work: HOLD, RUN, RESET or ESTOP; empty when there is none."""
SPEED = "Cycle/Override"
ANSWER = "Command/Answer"
"""Why the last order was not taken, or what a test would have done: JSON with `id`, `result`, `why`, `test`."""
ORDERS = {COMMAND: "state_cmd", SPEED: "speed_cmd"}
"""Metrics that can be written, and the order each is to the machine."""
_MAKERS = {
    "FactoryPlant": ("Dongnam Control", "PLC-1500"),
    "ShipEquipmentLine": ("Yeongdo Robotics", "ArcCell 6"),
    "MachiningLine": ("Sasang Machine Works", "TM-450"),
    "AutoPartsLine": ("Hwajeon Automation", "PressLine 2K"),
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One metric of a kind of device; `path` is the device's own name of it, empty for what the node adds."""

    path: str
    name: str
    datatype: DataType = DataType.DOUBLE
    unit: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def properties(self) -> tuple[Property, ...]:
        """Engineering unit and range, and whether it may be written."""
        found = [Property("engUnit", self.unit)] if self.unit else []
        found += [Property("engLow", self.low)] if self.low is not None else []
        found += [Property("engHigh", self.high)] if self.high is not None else []
        return (*found, Property("readOnly", self.name not in ORDERS))


KINDS: dict[str, Kind] = {
    kind.path: kind
    for kind in (
        Kind("state", "State", DataType.STRING),
        Kind("cycle.s", "Cycle/Time", unit="s", low=0.0),
        Kind("cycle.override", SPEED, DataType.INT32, "%", 50.0, 120.0),
        Kind("cnt.ok", "Count/Good", DataType.INT64),
        Kind("cnt.ng", "Count/Reject", DataType.INT64),
        Kind("cnt.ng_ratio", "Count/Reject Ratio", low=0.0, high=1.0),
        Kind("cond.vib_mm_s", "Condition/Vibration", unit="mm/s", low=0.0, high=30.0),
        Kind("kw", "Power/Active", unit="kW", low=0.0),
        Kind("oee.a", "OEE/Availability", low=0.0, high=1.0),
        Kind("oee.p", "OEE/Performance", low=0.0),
        Kind("oee.q", "OEE/Quality", low=0.0, high=1.0),
        Kind("oee.oee", "OEE/OEE", low=0.0),
        Kind("tool.wear", "Tool/Wear", low=0.0),
        Kind("buffer.parts", "Buffer/Parts", DataType.INT32, low=0.0, high=8.0),
        Kind("weld.a", "Weld/Current", unit="A"),
        Kind("weld.v", "Weld/Voltage", unit="V"),
        Kind("weld.wire_m_min", "Weld/Wire Feed", unit="m/min"),
        Kind("weld.gas_l_min", "Weld/Gas Flow", unit="L/min"),
        Kind("spindle.rpm", "Spindle/Speed", unit="r/min"),
        Kind("spindle.load", "Spindle/Load"),
        Kind("spindle.temp_c", "Spindle/Temperature", unit="°C"),
        Kind("coolant", "Coolant/Level", low=0.0, high=1.0),
        Kind("press.kn", "Press/Force", unit="kN"),
        Kind("robot.temp_c", "Robot/Drive Temperature", unit="°C"),
        Kind("conv.m_min", "Conveyor/Speed", unit="m/min"),
        Kind("vision.pass", "Vision/Pass Ratio", low=0.0, high=1.0),
        Kind("utility.kw", "Utility/Power", unit="kW"),
        Kind("utility.demand", "Utility/Demand", low=0.0),
        Kind("utility.air_mpa", "Utility/Air Pressure", unit="MPa"),
        Kind("utility.cw_c", "Utility/Cooling Water", unit="°C"),
        Kind("oee", "Plant/OEE", low=0.0),
        Kind("pcs", "Plant/Output", DataType.INT64),
    )
}
"""By the device's own path."""


def kinds_of(device: Device) -> list[Kind]:
    """Metrics of a device in the order of its birth."""
    found = [KINDS[point.path] for point in device.points]
    if isinstance(device, Line):
        found += [Kind("", COMMAND, DataType.STRING), Kind("", ANSWER, DataType.STRING)]
    return found


def plate_of(device: Device) -> list[tuple[str, str]]:
    """What stands on the type plate of a device; said at its birth only."""
    maker, model = _MAKERS[device.place.kind]
    return [("Properties/Manufacturer", maker), ("Properties/Model", model)]
