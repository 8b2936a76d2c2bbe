"""The whole city as one thing that lives in steps: it knows its devices and what happens to them, and no feed."""

from __future__ import annotations

import math
from dataclasses import dataclass

from console.city.chance import Chance
from console.city.device import Device
from console.city.inventory import LORRIES, PLACES, SHIPS
from console.city.physics.air import AirStation
from console.city.physics.crowd import CrowdPlace
from console.city.physics.datacentre import DataCentre
from console.city.physics.factory import AutoPartsLine, FactoryPlant, Line, MachiningLine, ShipEquipmentLine
from console.city.physics.hospital import Hospital
from console.city.physics.lighting import LightCabinet
from console.city.physics.port import PortTerminal
from console.city.physics.pumping import PumpingStation
from console.city.physics.roads import TrafficJunction
from console.city.physics.trucks import Truck
from console.city.physics.tunnel import Tunnel
from console.city.physics.vessels import Vessel
from console.city.scenario import QUIET, SCENARIOS
from console.city.sky import Sky, Weather

KINDS: dict[str, type[Device]] = {
    "PumpingStation": PumpingStation,
    "StreetlightControlCabinet": LightCabinet,
    "AirQualityObserved": AirStation,
    "TrafficFlowObserved": TrafficJunction,
    "CrowdFlowObserved": CrowdPlace,
    "RoadTunnel": Tunnel,
    "DataCentre": DataCentre,
    "Hospital": Hospital,
    "PortTerminal": PortTerminal,
    "FactoryPlant": FactoryPlant,
    "ShipEquipmentLine": ShipEquipmentLine,
    "MachiningLine": MachiningLine,
    "AutoPartsLine": AutoPartsLine,
}
FACTORY_KINDS = frozenset({"FactoryPlant", "ShipEquipmentLine", "MachiningLine", "AutoPartsLine"})
PORT_KINDS = frozenset({"PortTerminal"})
WARM_UP_S = 1200.0
WARM_UP_STEP_S = 8.0


@dataclass(frozen=True, slots=True)
class _Lived:
    device: Device
    id: str
    lon: float


class City:
    """Busan, from `start_s` (Unix time) on; the same seed and start give the same city."""

    def __init__(self, scenario: str = "calm", seed: int = 1, start_s: float = 0.0) -> None:
        if scenario not in SCENARIOS:
            raise ValueError(f"unknown scenario {scenario}")
        self._happens = SCENARIOS[scenario]
        self._weather = Weather(Chance(seed, "weather"))
        self.devices: dict[str, Device] = {p.id: KINDS[p.kind](p, Chance(seed, p.id)) for p in PLACES}
        self.vessels = tuple(Vessel(ship, Chance(seed, ship.mmsi)) for ship in SHIPS)
        self.trucks = tuple(Truck(lorry, Chance(seed, lorry.plate)) for lorry in LORRIES)
        self._ports = [d for d in self.devices.values() if isinstance(d, PortTerminal)]
        self._lines = [d for d in self.devices.values() if isinstance(d, Line)]
        self._join_lines()
        self._lived = [
            _Lived(d, d.place.id, d.place.lon) for d in (*self.devices.values(), *self.vessels, *self.trucks)
        ]
        self.elapsed_s = -math.inf
        self._start_s = start_s
        self._warm_up()

    def _join_lines(self) -> None:
        """Lines know the line before them, plants know their lines."""
        by_plant: dict[str, list[Line]] = {}
        for line in self._lines:
            before = self.devices.get(line.place.word("after"))
            line.upstream = before if isinstance(before, Line) else None
            by_plant.setdefault(line.place.word("plant"), []).append(line)
        for device in self.devices.values():
            if isinstance(device, FactoryPlant):
                device.lines = tuple(by_plant.get(device.place.id, ()))

    def _warm_up(self) -> None:
        """Live a quiet while first, so that the first second shows a city and not an initial state."""
        moving = {id(v) for v in (*self.vessels, *self.trucks)}
        left = WARM_UP_S
        while left > 0.0:
            sky = self._weather.step(WARM_UP_STEP_S, self._start_s - left)
            for one in self._lived:
                # Ships and trucks start where the inventory puts them.
                if id(one.device) not in moving:
                    one.device.step(WARM_UP_STEP_S, sky, QUIET)
            self._connect()
            left -= WARM_UP_STEP_S
        self.elapsed_s = 0.0

    def step(self, dt: float) -> Sky:
        """Let the whole city live for `dt` seconds."""
        self.elapsed_s += dt
        sky = self._weather.step(dt, self._start_s + self.elapsed_s)
        happens, t = self._happens, self.elapsed_s
        for one in self._lived:
            one.device.step(dt, sky, happens(one.id, one.lon or 129.0, t))
        self._connect()
        return sky

    def gateway_dark(self) -> bool:
        """Whether the gateway between the factories and the network is without power now."""
        return self._happens("factory-gateway", 128.9, self.elapsed_s).mains_lost

    def _connect(self) -> None:
        """What devices do to one another: parts to the next line, ships to the berths."""
        for line in self._lines:
            line.take_from_upstream()
        alongside = [v.alongside for v in self.vessels]
        for port in self._ports:
            port.visitors = frozenset(at[1] for at in alongside if at is not None and at[0] == port.place.id)

    def of_kinds(self, kinds: frozenset[str]) -> list[Device]:
        """Devices of these kinds, in the order of the inventory."""
        return [d for d in self.devices.values() if d.place.kind in kinds]

    def sensors(self) -> list[Device]:
        """Everything that is neither port nor factory."""
        return [d for d in self.devices.values() if d.place.kind not in FACTORY_KINDS | PORT_KINDS]
