"""Every other kind of device: what moves it, what an order does to it."""

from __future__ import annotations

import pytest

from console.city.chance import Chance
from console.city.device import Device, Place, Verdict
from console.city.physics.air import AirStation, sub_index
from console.city.physics.crowd import CrowdPlace
from console.city.physics.datacentre import DataCentre
from console.city.physics.factory import AutoPartsLine, FactoryPlant, MachiningLine, ShipEquipmentLine
from console.city.physics.hospital import Hospital
from console.city.physics.lighting import LightCabinet
from console.city.physics.port import PortTerminal
from console.city.physics.roads import TrafficJunction, plan_of
from console.city.physics.tunnel import Tunnel
from console.city.scenario import QUIET, Influence
from console.city.sky import Sky, Weather

MIDNIGHT = 1_795_273_200.0


def sky_at(hour: float) -> Sky:
    return Weather(Chance(1, "weather")).step(1.0, MIDNIGHT + hour * 3600.0)


def place(**traits: float | str) -> Place:
    return Place("x", "X", 35.1, 129.0, traits)


def run(
    device: Device, seconds: float, influence: Influence = QUIET, hour: float = 14.0, dt: float = 0.5
) -> None:
    sky = sky_at(hour)
    for _ in range(int(seconds / dt)):
        device.step(dt, sky, influence)


def number(device: Device, path: str) -> float:
    value = device.values()[path]
    assert isinstance(value, int | float)
    return float(value)


def test_street_lights_burn_at_night_and_not_by_day() -> None:
    night, day = LightCabinet(place(), Chance(1, "a")), LightCabinet(place(), Chance(1, "a"))
    run(night, 20.0, hour=23.0)
    run(day, 20.0, hour=12.0)
    assert night.values()["powerState"] == "on"
    assert number(night, "activePower") > 10.0
    assert day.values()["powerState"] == "off"
    assert number(day, "activePower") < 0.5


def test_switching_and_dimming_a_cabinet_changes_its_power() -> None:
    cabinet = LightCabinet(place(), Chance(1, "a"))
    run(cabinet, 5.0)
    assert cabinet.order("illuminanceLevel", 0.5).verdict is Verdict.CONFLICT
    assert cabinet.order("powerState", "on").verdict is Verdict.TAKEN
    run(cabinet, 8.0)
    full = number(cabinet, "activePower")
    assert full > 10.0
    assert cabinet.order("illuminanceLevel", 0.5).verdict is Verdict.TAKEN
    run(cabinet, 5.0)
    assert number(cabinet, "activePower") < full * 0.6
    assert cabinet.order("illuminanceLevel", 0.01).verdict is Verdict.RANGE


def test_a_soaked_cabinet_leaks_and_its_breaker_opens() -> None:
    cabinet = LightCabinet(place(leaky=0.42), Chance(1, "a"))
    run(cabinet, 300.0, Influence(rain=100.0), hour=23.0)
    assert number(cabinet, "leakageCurrent") > 0.03
    assert cabinet.values()["powerState"] == "tripped"
    assert cabinet.order("powerState", "on").verdict is Verdict.CONFLICT
    assert cabinet.order("powerState", "off").verdict is Verdict.TAKEN


def test_a_cabinet_with_a_dead_modem_says_nothing_at_all() -> None:
    cabinet = LightCabinet(place(modem="silent"), Chance(1, "a"))
    assert cabinet.order("powerState", "on").verdict is Verdict.SILENT
    assert cabinet.order("nothing", "on").verdict is Verdict.UNKNOWN


def test_smoke_raises_fine_dust_and_rain_washes_it_out() -> None:
    station = AirStation(place(), Chance(1, "a"))
    run(station, 300.0)
    clean = station.pm25
    run(station, 300.0, Influence(smoke=100.0))
    smoky = station.pm25
    run(station, 300.0, Influence(rain=80.0))
    assert clean < 40.0
    assert smoky > 90.0
    assert station.pm25 < clean


def test_the_air_quality_index_meets_its_break_points() -> None:
    assert sub_index("pm25", 15.0) == pytest.approx(50.0)
    assert sub_index("pm25", 35.0) == pytest.approx(100.0)
    assert sub_index("o3", 0.09) == pytest.approx(100.0)
    assert sub_index("pm10", 9999.0) == 500.0


def test_an_event_jams_a_road_and_the_event_plan_eases_it() -> None:
    road = TrafficJunction(place(), Chance(1, "a"))
    busy = Influence(traffic=2.1, slow=0.9)
    run(road, 400.0, busy, hour=13.0)
    jammed = road.queue
    assert number(road, "averageVehicleSpeedInbound") < 30.0
    assert road.order("signalPlan", "EVENT").verdict is Verdict.TAKEN
    run(road, 400.0, busy, hour=13.0)
    assert road.values()["signalPlan"] == "EVENT"
    assert road.queue < jammed * 0.8


def test_a_flashing_signal_takes_no_plan() -> None:
    road = TrafficJunction(place(), Chance(1, "a"))
    run(road, 2.0, Influence(fault=True))
    assert road.values()["signalState"] == "flashing"
    assert road.order("signalPlan", "PEAK").verdict is Verdict.CONFLICT
    assert road.order("signalPlan", "RUSH").verdict is Verdict.RANGE


def test_the_controller_picks_its_plan_by_the_clock() -> None:
    assert [plan_of(hour) for hour in (3.0, 8.0, 12.0, 18.0, 23.0)] == [
        "NIGHT",
        "PEAK",
        "NORMAL",
        "PEAK",
        "NORMAL",
    ]


def test_an_event_packs_a_place_and_diversion_thins_it() -> None:
    beach = CrowdPlace(place(event=36_000.0, area_m2=9200.0), Chance(1, "a"))
    run(beach, 400.0, Influence(crowd=1.0), hour=20.0)
    packed = beach.density
    assert packed > 5.5
    assert beach.order("guidance", "closed").verdict is Verdict.TAKEN
    run(beach, 200.0, Influence(crowd=1.0), hour=20.0)
    assert beach.density < packed * 0.5
    assert beach.order("guidance", "go home").verdict is Verdict.RANGE


def test_a_jam_fouls_the_tunnel_and_fans_clear_it() -> None:
    tunnel = Tunnel(place(), Chance(1, "a"))
    jam = Influence(traffic=1.6, slow=0.65)
    run(tunnel, 300.0, jam, hour=18.0)
    foul = tunnel.co
    assert foul > 60.0
    assert tunnel.order("fanStage", 3).verdict is Verdict.TAKEN
    assert tunnel.order("fanStage", 2).verdict is Verdict.BUSY
    run(tunnel, 200.0, jam, hour=18.0)
    assert tunnel.co < foul * 0.7
    assert tunnel.order("fanStage", 1.5).verdict is Verdict.RANGE
    assert all(tunnel.values()[f"fan{n}Status"] == "running" for n in (1, 2, 3, 4))


def test_an_old_starter_takes_eight_seconds() -> None:
    tunnel = Tunnel(place(starter_s=8.0), Chance(1, "a"))
    assert tunnel.order("fanStage", 3).takes_s == 8.0
    run(tunnel, 7.0)
    assert number(tunnel, "fanStage") == 1
    run(tunnel, 1.5)
    assert number(tunnel, "fanStage") == 3


def test_a_hall_without_chillers_warms_until_the_second_is_started() -> None:
    hall = DataCentre(place(it_kw=3200.0), Chance(1, "a"))
    run(hall, 120.0)
    cool = max(hall.rows)
    assert cool < 27.0
    broken = Influence(fault=True)
    run(hall, 200.0, broken)
    assert max(hall.rows) > 30.0
    assert hall.order("chiller1Command", "start").verdict is Verdict.CONFLICT
    assert hall.order("chiller2Command", "start").verdict is Verdict.TAKEN
    run(hall, 240.0, broken)
    assert max(hall.rows) < 27.0


def test_the_chilled_water_setpoint_moves_the_rows() -> None:
    hall = DataCentre(place(), Chance(1, "a"))
    run(hall, 200.0)
    before = max(hall.rows)
    assert hall.order("chillerSetpoint", 12.0).verdict is Verdict.TAKEN
    run(hall, 300.0)
    assert max(hall.rows) == pytest.approx(before + 4.0, abs=0.5)
    assert hall.order("chillerSetpoint", float("nan")).verdict is Verdict.RANGE


def test_a_power_cut_runs_the_ups_down_and_starts_the_hospitals_generator() -> None:
    hall, hospital = DataCentre(place(), Chance(1, "a")), Hospital(place(), Chance(1, "b"))
    cut = Influence(mains_lost=True)
    run(hall, 60.0, cut)
    run(hospital, 5.0, cut)
    assert hall.values()["upsMode"] == "battery"
    assert hall.battery == pytest.approx(0.9, abs=0.01)
    assert hospital.generator == "standby"
    assert hospital.battery < 1.0
    run(hospital, 5.0, cut)
    assert hospital.generator == "running"
    assert hospital.order("generatorCommand", "stop").verdict is Verdict.CONFLICT
    run(hospital, 12.0)
    assert hospital.values()["generatorStatus"] == "standby"


def test_an_ordered_generator_runs_until_it_is_stopped() -> None:
    hospital = Hospital(place(), Chance(1, "b"))
    assert hospital.order("generatorCommand", "start").verdict is Verdict.TAKEN
    run(hospital, 60.0)
    assert hospital.generator == "running"
    assert hospital.order("generatorCommand", "stop").verdict is Verdict.TAKEN
    run(hospital, 12.0)
    assert hospital.generator == "standby"


def test_wind_stops_cranes_and_more_lanes_shorten_the_gate_queue() -> None:
    port = PortTerminal(place(), Chance(1, "a"))
    run(port, 120.0)
    assert port.values()["port.crane1.state"] == "working"
    gale = Influence(gust=18.0, traffic=1.4)
    run(port, 200.0, gale, hour=18.0)
    assert port.values()["port.crane1.state"] == "idle"
    long = port.queue
    assert port.order("port.gate.lanesOpen", 8).verdict is Verdict.TAKEN
    run(port, 400.0, gale, hour=18.0)
    assert port.lanes == 8
    assert port.queue < long * 0.7
    assert port.order("port.gate.lanesOpen", 2.5).verdict is Verdict.RANGE


def test_customs_holds_the_gate() -> None:
    assert (
        PortTerminal(place(gate="customs"), Chance(1, "a")).order("port.gate.lanesOpen", 5).verdict
        is Verdict.LOCKED
    )


def test_a_worn_tool_shakes_and_stops_the_line_and_the_next_one_starves() -> None:
    first, second = AutoPartsLine(place(), Chance(1, "a")), AutoPartsLine(place(), Chance(1, "b"))
    second.upstream = first
    sky = sky_at(14.0)
    seen: set[str] = set()
    worst = 0.0
    for _ in range(600):
        first.step(0.5, sky, Influence(wear_per_s=0.011))
        second.step(0.5, sky, QUIET)
        second.take_from_upstream()
        worst = max(worst, first.vibration)
        if first.state == "FAULT":
            seen.add(second.state)
    assert worst > 7.1
    assert first.state == "FAULT"
    assert "WAIT" in seen
    assert first.order("state_cmd", "RUN").verdict is Verdict.CONFLICT


def test_a_fault_is_reset_and_the_line_runs_again_with_a_new_tool() -> None:
    line = AutoPartsLine(place(), Chance(1, "a"))
    run(line, 120.0, Influence(wear_per_s=0.011))
    assert line.state == "FAULT"
    assert line.order("state_cmd", "RESET").verdict is Verdict.TAKEN
    run(line, 4.0)
    assert line.state == "STOP"
    assert line.order("state_cmd", "RUN").verdict is Verdict.TAKEN
    run(line, 20.0)
    assert line.state == "RUN"
    assert line.vibration < 3.0


def test_an_emergency_stop_stands_at_once_whatever_was_ordered_before() -> None:
    """CMD-06."""
    line = ShipEquipmentLine(place(), Chance(1, "a"))
    run(line, 5.0)
    assert line.state == "RUN"
    scrap = line.bad
    assert line.order("state_cmd", "HOLD").verdict is Verdict.TAKEN
    assert line.order("state_cmd", "RUN").verdict is Verdict.BUSY
    assert line.order("state_cmd", "ESTOP").verdict is Verdict.TAKEN
    run(line, 1.0)
    assert (line.state, line.bad) == ("STOP", scrap + 1)
    assert line.order("state_cmd", "RUN").verdict is Verdict.TAKEN
    run(line, 3.0)
    assert line.state == "RUN"
    line.state = "FAULT"
    assert line.order("state_cmd", "ESTOP").verdict is Verdict.CONFLICT


def test_hold_finishes_the_step_first_and_a_welding_line_takes_longest() -> None:
    fast, slow = MachiningLine(place(), Chance(1, "a")), ShipEquipmentLine(place(), Chance(1, "a"))
    assert fast.order("state_cmd", "HOLD").takes_s < slow.order("state_cmd", "HOLD").takes_s
    assert fast.order("state_cmd", "RUN").verdict is Verdict.BUSY
    run(fast, 5.0)
    run(slow, 5.0)
    assert fast.state == "HOLD"
    assert slow.state != "HOLD"
    assert fast.order("state_cmd", "RESET").verdict is Verdict.CONFLICT


def test_speed_changes_the_cycle_time() -> None:
    line = AutoPartsLine(place(), Chance(1, "a"))
    run(line, 10.0)
    before = line.cycle_s
    assert line.order("speed_cmd", 80).verdict is Verdict.TAKEN
    run(line, 30.0)
    assert line.cycle_s > before * 1.15
    assert line.order("speed_cmd", 500).verdict is Verdict.RANGE
    assert line.order("temperature", 5).verdict is Verdict.UNKNOWN


def test_a_leak_lowers_the_compressed_air() -> None:
    plant = FactoryPlant(place(), Chance(1, "a"))
    run(plant, 60.0)
    assert number(plant, "utility.air_mpa") > 0.58
    run(plant, 60.0, Influence(air_leak=True))
    assert number(plant, "utility.air_mpa") < 0.5
