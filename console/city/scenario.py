"""What happens to the city: each scenario is a pure function of place and time, and comes round again.

`t` is seconds since the scenario began. A cycle gives an operator something to do within one to three minutes and
time to see the effect of it before the next one.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

CYCLE_S = 1500.0
"""A storm front or a festival evening comes back after this long."""
WEAR_CYCLE_S = 900.0


@dataclass(frozen=True, slots=True)
class Influence:
    """What a scenario does at one place at one instant; the default is a quiet day."""

    rain: float = 0.0
    """mm/h."""
    gust: float = 0.0
    """Wind added, m/s."""
    dimming: float = 0.0
    """Share of daylight that clouds take."""
    debris: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """How badly each pump of a station is clogged, 0..1."""
    crowd: float = 0.0
    """Pull of an event, 0..1."""
    smoke: float = 0.0
    """PM2.5 added, µg/m³."""
    traffic: float = 1.0
    """Factor on demand."""
    slow: float = 1.0
    """Factor on the road's capacity."""
    wear_per_s: float = 0.0
    """Tool wear beyond the usual."""
    mains_lost: bool = False
    fault: bool = False
    """A part of the device breaks (chiller, crane, signal controller, jet fan)."""
    air_leak: bool = False
    patients: float = 0.0
    """More people than usual in the emergency room."""


QUIET = Influence()


def rise(t: float, start: float, length: float) -> float:
    """0 before the start, 1 after the length, smooth between."""
    if t <= start:
        return 0.0
    if t >= start + length:
        return 1.0
    x = (t - start) / length
    return x * x * (3.0 - 2.0 * x)


def pulse(t: float, start: float, end: float, edge: float) -> float:
    """1 between start and end with smooth edges."""
    return rise(t, start, edge) * (1.0 - rise(t, end, edge))


# Stations in the order in which debris reaches their screens, with the pump that suffers first.
_CLOGGED: dict[str, tuple[float, int]] = {
    "gamjeon-pump": (45.0, 0),
    "suyeong-pump": (70.0, 1),
    "choryang-pump": (110.0, 0),
    "eomgung-pump": (160.0, 1),
    "seokdae-pump": (230.0, 0),
    "noksan-pump": (310.0, 2),
}
_MAINS_LOST: dict[str, tuple[float, float]] = {"eco-dc": (130.0, 190.0), "dirams-hospital": (190.0, 430.0)}
_STORM_FAULTS: dict[str, tuple[float, float]] = {
    "mieum-dc": (170.0, 600.0),
    "chungjang-traffic": (150.0, 520.0),
    "gamman-port": (220.0, 700.0),
    "sujeong-tunnel": (200.0, 640.0),
}


def _within(table: dict[str, tuple[float, float]], id: str, t: float) -> bool:
    start, end = table.get(id, (math.inf, math.inf))
    return start <= t < end


def _debris(id: str, t: float) -> tuple[float, float, float]:
    start, first = _CLOGGED.get(id, (math.inf, 0))
    amounts = [0.0, 0.0, 0.0]
    # Cleared at the end of the front; the second pump follows the first.
    amounts[first] = pulse(t, start, 560.0, 30.0)
    amounts[(first + 1) % 3] = pulse(t, start + 120.0, 560.0, 40.0)
    return amounts[0], amounts[1], amounts[2]


def calm(id: str, lon: float, t: float) -> Influence:
    """A quiet day."""
    del id, lon, t
    return QUIET


def storm(id: str, lon: float, t: float) -> Influence:
    """A rain front from the west: levels rise, pumps trip one by one, wind stops cranes, mains fail here and there."""
    t %= CYCLE_S
    delay = 60.0 * (lon - 128.8) / 0.45
    wet = pulse(t, 8.0 + delay, 640.0 + delay, 70.0)
    surge = 0.86 + 0.14 * math.sin(t / 37.0 + lon * 20.0)
    return Influence(
        rain=92.0 * wet * surge,
        gust=15.5 * pulse(t, 20.0 + delay, 700.0, 60.0) + 3.5 * pulse(t, 200.0 + delay, 330.0, 40.0),
        dimming=0.85 * wet,
        debris=_debris(id, t),
        traffic=1.0 + 0.35 * wet,
        slow=1.0 - 0.35 * wet,
        mains_lost=_within(_MAINS_LOST, id, t),
        fault=_within(_STORM_FAULTS, id, t),
        patients=20.0 * wet,
    )


_CROWD_PULL: dict[str, tuple[float, float]] = {
    "gwangalli-crowd": (5.0, 1.0),
    "haeundae-crowd": (40.0, 0.72),
    "bexco-crowd": (90.0, 0.5),
    "station-crowd": (60.0, 0.42),
}
_EVENT_ROADS: dict[str, float] = {
    "gwangan-traffic": 1.0,
    "hwangnyeong-tunnel": 0.5,
    "banyeo-traffic": 0.6,
    "chungjang-traffic": 0.4,
}


def festival(id: str, lon: float, t: float) -> Influence:
    """Fireworks over Gwangalli: the beaches fill, the roads to them jam, smoke drifts inland."""
    del lon
    t %= CYCLE_S
    start, pull = _CROWD_PULL.get(id, (0.0, 0.0))
    road = _EVENT_ROADS.get(id, 0.0) * pulse(t, 10.0, 1150.0, 80.0)
    shots = pulse(t, 100.0, 520.0, 60.0)
    return Influence(
        crowd=pull * pulse(t, start, 1050.0, 90.0),
        smoke=(105.0 if id == "banyeo-air" else 30.0) * shots,
        traffic=1.0 + 1.1 * road,
        slow=1.0 - 0.3 * road,
        patients=55.0 * pulse(t, 240.0, 1000.0, 200.0) if id == "dirams-hospital" else 0.0,
    )


_WORN: dict[str, float] = {"hwajeon-auto-1": 15.0, "sasang-mach-1": 110.0, "noksan-ship-1": 260.0}


def line_down(id: str, lon: float, t: float) -> Influence:
    """Tools wear out in the factories: vibration climbs, a line stops, the next one starves; trucks wait.

    The gateway of the factories loses its power once, and nothing is known of them until it is back.
    """
    del lon
    t %= WEAR_CYCLE_S
    start = _WORN.get(id, math.inf)
    return Influence(
        wear_per_s=0.011 if start <= t < start + 110.0 else 0.0,
        mains_lost=id == "factory-gateway" and 540.0 <= t < 570.0,
        air_leak=id == "noksan-ship" and 90.0 <= t < 420.0,
        fault=id == "pnit-port" and 200.0 <= t < 600.0,
        traffic=1.4 if id in {"pnit-port", "noksan-traffic"} else 1.0,
    )


Scenario = Callable[[str, float, float], Influence]

SCENARIOS: dict[str, Scenario] = {"calm": calm, "storm": storm, "festival": festival, "line-down": line_down}
