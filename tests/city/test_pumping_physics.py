"""A pumping station: rain raises the level, pumps lower it, clogged pumps trip, orders act or are refused."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.city.chance import Chance
from console.city.device import Place, Verdict
from console.city.physics.pumping import PumpingStation
from console.city.scenario import QUIET, Influence
from console.city.sky import Sky, Weather

NOON = 1_795_273_200.0 + 12 * 3600.0


@pytest.fixture
def sky() -> Sky:
    return Weather(Chance(1, "weather")).step(1.0, NOON)


def station(**traits: float | str) -> PumpingStation:
    return PumpingStation(Place("p", "PumpingStation", 35.1, 129.0, traits), Chance(3, "p"))


def run(one: PumpingStation, sky: Sky, seconds: float, influence: Influence = QUIET, dt: float = 0.5) -> None:
    for _ in range(int(seconds / dt)):
        one.step(dt, sky, influence)


def test_rain_raises_inflow_and_level(sky: Sky) -> None:
    one = station(catchment=0.22)
    before = one.level
    run(one, sky, 120.0, Influence(rain=90.0))
    assert one.inflow > 15.0
    assert one.level > before + 0.3


def test_a_started_pump_runs_after_a_second_or_two_and_lowers_the_level(sky: Sky) -> None:
    one = station()
    one.level = 1.4
    assert one.order("pump2Command", "start").verdict is Verdict.TAKEN
    run(one, sky, 1.0)
    assert one.values()["pump2Status"] == "stopped"
    run(one, sky, 1.0)
    values = one.values()
    assert values["pump2Status"] == "running"
    assert isinstance(values["pump2Current"], float)
    assert values["pump2Current"] > 150.0
    run(one, sky, 60.0)
    assert one.level < 1.25


def test_the_float_stops_every_pump_before_the_basin_is_dry(sky: Sky) -> None:
    one = station()
    for n in (1, 2, 3):
        one.order(f"pump{n}Command", "start")
    run(one, sky, 900.0)
    assert all(pump.state == "stopped" for pump in one.pumps)
    assert one.level > 0.4


def test_a_stopped_pump_stays_stopped_while_the_level_is_below_brimming(sky: Sky) -> None:
    one = station()
    one.level = 1.7
    run(one, sky, 5.0)
    assert one.pumps[0].state == "running"
    assert one.order("pump1Command", "stop").verdict is Verdict.TAKEN
    run(one, sky, 20.0)
    assert one.pumps[0].state == "stopped"


def test_a_clogged_pump_draws_more_current_heats_and_trips(sky: Sky) -> None:
    one = station(catchment=0.22)
    one.level = 2.6
    storm = Influence(rain=60.0, debris=(1.0, 0.0, 0.0))
    run(one, sky, 30.0, storm)
    assert one.pumps[0].current > one.pumps[1].current * 1.3
    run(one, sky, 60.0, storm)
    assert one.pumps[0].state == "tripped"
    assert one.pumps[1].state == "running"


def test_a_tripped_pump_wants_a_reset_when_cool_before_it_starts(sky: Sky) -> None:
    one = station()
    one.level = 2.6
    while one.pumps[0].state != "tripped":
        run(one, sky, 1.0, Influence(rain=60.0, debris=(1.0, 0.0, 0.0)))
    assert one.order("pump1Command", "start").verdict is Verdict.CONFLICT
    assert one.order("pump1Command", "reset").why == "thermal relay is still hot"
    run(one, sky, 40.0)
    assert one.order("pump1Command", "reset").verdict is Verdict.TAKEN
    run(one, sky, 2.0)
    assert one.pumps[0].state == "stopped"
    assert one.order("pump1Command", "start").verdict is Verdict.TAKEN


def test_orders_are_refused_with_the_reason_that_fits(sky: Sky) -> None:
    one = station(local_pump=3.0)
    assert one.order("pump3Command", "start").verdict is Verdict.LOCKED
    assert one.order("pump1Command", "explode").verdict is Verdict.RANGE
    assert one.order("pump1Command", {"a": 1}).verdict is Verdict.RANGE
    assert one.order("pump9Command", "start").verdict is Verdict.UNKNOWN
    assert one.order("gateOpening", 1.5).verdict is Verdict.RANGE
    assert one.order("gateOpening", True).verdict is Verdict.RANGE
    assert one.order("pump1Command", "start").verdict is Verdict.TAKEN
    assert one.order("pump1Command", "start").verdict is Verdict.BUSY
    one.level = 0.5
    assert one.order("pump2Command", "start").verdict is Verdict.CONFLICT


def test_the_gate_moves_at_two_percent_a_second(sky: Sky) -> None:
    one = station()
    assert one.order("gateOpening", 0.7).takes_s == pytest.approx(15.0)
    run(one, sky, 10.0)
    assert one.gate == pytest.approx(80.0)
    run(one, sky, 10.0)
    assert one.gate == pytest.approx(70.0)


def test_a_closed_gate_keeps_the_water_in(sky: Sky) -> None:
    one = station()
    one.gate = one.gate_target = 0.0
    one.level = 2.0
    one.order("pump1Command", "start")
    run(one, sky, 30.0)
    assert one.outflow == 0.0
    assert one.level > 1.99


def test_a_trip_that_nobody_resets_is_reset_on_site_once_the_screen_is_clear(sky: Sky) -> None:
    one = station()
    one.level = 2.6
    run(one, sky, 90.0, Influence(rain=60.0, debris=(1.0, 0.0, 0.0)))
    assert one.pumps[0].state == "tripped"
    run(one, replace(sky), 500.0)
    assert one.pumps[0].state != "tripped"
