"""The whole city: repeatable, believable for a day and a night, and each scenario raises what it claims."""

from __future__ import annotations

import itertools
import math

import pytest
from city_stage import MIDNIGHT, Judge, judged, live, tag_plan, tags_of

from console.city.world import City


def snapshot(city: City) -> list[object]:
    fixed: list[object] = [(id, device.values()) for id, device in city.devices.items()]
    return fixed + [(v.ship.mmsi, v.spot) for v in city.vessels]


def test_the_same_seed_gives_the_same_city() -> None:
    one, two, other = (City("storm", seed, MIDNIGHT) for seed in (7, 7, 8))
    for city in (one, two, other):
        live(city, 120.0, 0.5)
    first = snapshot(one)
    assert first == snapshot(two)
    assert first != snapshot(other)


def test_reading_the_sensors_changes_nothing_in_the_city() -> None:
    quiet, read = City("storm", 7, MIDNIGHT), City("storm", 7, MIDNIGHT)
    live(quiet, 100.0, 0.5)

    def look(_t: float) -> None:
        for device in read.devices.values():
            device.values()

    live(read, 100.0, 0.5, look)
    pumps = [city.devices["suyeong-pump"] for city in (quiet, read)]
    assert vars(pumps[0])["level"] == vars(pumps[1])["level"]


def test_an_unknown_scenario_is_named() -> None:
    with pytest.raises(ValueError, match="apocalypse"):
        City("apocalypse")


def test_the_first_second_shows_a_city_and_not_an_initial_state() -> None:
    city = City("calm", 1, MIDNIGHT + 8.2 * 3600.0)
    assert tags_of(city.devices["chungjang-traffic"])["flow_up"] > 1500.0
    assert 15.0 < tags_of(city.devices["mieum-dc"])["max_inlet"] < 27.0
    assert tags_of(city.devices["noksan-ship-1"])["good"] > 100.0


def test_the_day_has_its_rhythm() -> None:
    def at(hour: float) -> City:
        return City("calm", 1, MIDNIGHT + hour * 3600.0)

    night, rush, evening = at(3.5), at(8.3), at(20.0)
    assert (
        tags_of(rush.devices["gwangan-traffic"])["flow_up"]
        > 3 * tags_of(night.devices["gwangan-traffic"])["flow_up"]
    )
    assert (
        tags_of(evening.devices["haeundae-crowd"])["people"]
        > 5 * tags_of(night.devices["haeundae-crowd"])["people"]
    )
    assert (
        tags_of(night.devices["gijang-light"])["power"] > 10 * tags_of(rush.devices["gijang-light"])["power"]
    )


@pytest.mark.parametrize(
    ("scenario", "hours", "dt"),
    [("calm", 24, 60.0), ("storm", 24, 60.0), ("festival", 3, 15.0), ("line-down", 3, 15.0)],
)
def test_a_day_and_a_night_stay_inside_every_declared_range(scenario: str, hours: int, dt: float) -> None:
    city = City(scenario, 3, MIDNIGHT)
    outside: set[tuple[str, str, float]] = set()

    def look(_t: float) -> None:
        for id, device in city.devices.items():
            tags = tags_of(device)
            for tag, _route in tag_plan()[id]:
                value = tags[tag.name]
                if not math.isfinite(value) or not tag.low - 1e-9 <= value <= tag.high + 1e-9:
                    outside.add((id, tag.name, value))

    live(city, hours * 3600.0, dt, look)
    assert outside == set()


@pytest.mark.parametrize(
    ("seed", "dt"), [(1, 30.0), *(pytest.param(seed, 10.0, marks=pytest.mark.slow) for seed in (2, 3))]
)
def test_a_calm_day_has_one_standing_low_alarm_and_nothing_chatters(seed: int, dt: float) -> None:
    judge = judged("calm", 24 * 3600.0, dt, 0.0, seed)
    assert {(r.asset, r.alarm.name) for r in judge.raised} == {("eco-light-2", "lamps_failed")}
    assert len(judge.raised) == 1
    assert judge.raised[0].priority == 4


def test_ten_calm_minutes_at_any_busy_hour_bring_no_alarm_beyond_the_standing_one() -> None:
    for hour in (8.0, 13.0, 18.3):
        judge = judged("calm", 600.0, 2.0, hour)
        assert {r.alarm.name for r in judge.raised} == {"lamps_failed"}


@pytest.fixture(scope="module")
def storm() -> Judge:
    return judged("storm", 480.0, 0.5, 14.0)


def test_a_storm_is_seen_within_two_minutes(storm: Judge) -> None:
    assert storm.first("gamjeon-pump", "rain_heavy") < 120.0
    assert storm.first("gamjeon-pump", "pump1_tripped") < 120.0
    assert storm.first("hjnc-port", "wind_high") < 120.0


def test_in_a_storm_pumps_trip_one_by_one_and_levels_pass_high_then_very_high(storm: Judge) -> None:
    trips = [r.at for r in storm.raised if r.alarm.name.endswith("_tripped")]
    assert len(trips) >= 5
    assert min(b - a for a, b in itertools.pairwise(trips)) >= 0.0
    assert trips[-1] - trips[0] > 120.0
    assert storm.first("gamjeon-pump", "level_high") < storm.first("gamjeon-pump", "level_high", 1) < 420.0


def test_a_storm_brings_many_alarms_and_most_of_them_low(storm: Judge) -> None:
    by_priority = [sum(r.priority == p for r in storm.raised) for p in (1, 2, 3, 4)]
    assert sum(by_priority) > 40
    assert by_priority[0] < by_priority[1] < by_priority[2] + by_priority[3]


def test_a_storm_takes_the_mains_away_here_and_there(storm: Judge) -> None:
    assert storm.first("eco-dc", "ups_on_battery") < 150.0
    assert storm.first("dirams-hospital", "power_lost") < 210.0


def test_a_festival_fills_the_beach_step_by_step() -> None:
    judge = judged("festival", 330.0, 1.0, 14.0)
    steps = [judge.first("gwangalli-crowd", "density_high", level) for level in (0, 1, 2)]
    assert steps == sorted(steps)
    assert steps[0] < 180.0
    assert steps[2] < 300.0
    assert judge.first("gwangan-traffic", "queue_long") < 240.0


def test_a_line_goes_down_with_vibration_first_and_comes_back() -> None:
    judge = judged("line-down", 700.0, 0.5, 14.0)
    order = [
        judge.first("hwajeon-auto-1", name)
        for name in ("vibration_high", "vibration_very_high", "line_fault")
    ]
    assert order == sorted(order)
    assert order[0] < 120.0
    assert order[2] < 180.0
    assert judge.first("noksan-ship", "air_low") < 180.0
    assert ("hwajeon-auto-1", "line_fault") not in judge.active


def test_the_fleet_moves_and_ships_come_to_the_berths() -> None:
    city = City("calm", 1, MIDNIGHT)
    before = {v.ship.mmsi: v.spot for v in city.vessels}
    assert len(before) >= 25
    berthed: set[str] = set()
    live(city, 3600.0, 5.0, lambda _t: berthed.update(v.ship.mmsi for v in city.vessels if v.alongside))
    moved = [v for v in city.vessels if v.spot != before[v.ship.mmsi] and v.track is not None]
    assert len(moved) >= 15
    assert len(berthed) >= 3


def test_trucks_drive_to_and_fro_between_the_ports_and_gangseo() -> None:
    city = City("calm", 1, MIDNIGHT)
    assert len(city.trucks) >= 12
    before = [(t.spot, t.back) for t in city.trucks]
    live(city, 3600.0, 5.0)
    assert all(t.spot != spot for t, (spot, _back) in zip(city.trucks, before, strict=True))
    assert any(t.back != back for t, (_spot, back) in zip(city.trucks, before, strict=True))
