"""Ships stay in the water: against the shipped shore, and against a finer one where that is at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from console.city.chance import Chance
from console.city.inventory import SHIPS
from console.city.physics.track import LANES, ROADS, Track
from console.city.physics.vessels import Vessel
from console.city.scenario import QUIET
from console.city.sky import Weather

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ROOT / "resources" / "map" / "land.geojson"
FINER = ROOT.parent / "shared" / "data" / "busan-map" / "land.geojson"

Ring = list[list[float]]


@cache
def shore(file: Path) -> list[tuple[tuple[float, float, float, float], Ring]]:
    """Outer rings of the land with their boxes (west, south, east, north)."""
    tree: dict[str, Any] = json.loads(file.read_text("utf-8"))
    rings: list[tuple[tuple[float, float, float, float], Ring]] = []
    for feature in tree["features"]:
        shape = feature["geometry"]
        for polygon in shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]:
            ring: Ring = polygon[0]
            lons, lats = [p[0] for p in ring], [p[1] for p in ring]
            rings.append(((min(lons), min(lats), max(lons), max(lats)), ring))
    return rings


def on_land(file: Path, lat: float, lon: float) -> bool:
    """Even-odd rule over the outer rings."""
    for (west, south, east, north), ring in shore(file):
        if west <= lon <= east and south <= lat <= north and inside(ring, lat, lon):
            return True
    return False


def inside(ring: Ring, lat: float, lon: float) -> bool:
    found, (x1, y1) = False, (ring[-1][0], ring[-1][1])
    for point in ring:
        x0, y0 = x1, y1
        x1, y1 = point[0], point[1]
        if (y0 > lat) != (y1 > lat) and lon < (x1 - x0) * (lat - y0) / (y1 - y0) + x0:
            found = not found
    return found


def along(track: Track) -> Iterator[tuple[float, float]]:
    """Points every 100 m, both ways, with the width that ships use."""
    for back in (False, True):
        at = 0.0
        while at <= track.length_m:
            for aside in (0.0, 60.0):
                spot = track.spot(at, back, aside)
                yield spot.lat, spot.lon
            at += 100.0


@pytest.mark.parametrize("lane", sorted(LANES))
@pytest.mark.parametrize("file", [SHIPPED, FINER], ids=["shipped", "finer"])
def test_no_lane_crosses_land(lane: str, file: Path) -> None:
    if not file.exists():
        pytest.skip(f"{file.name} of the {file.parent.name} folder is not on this machine")
    assert [point for point in along(LANES[lane]) if on_land(file, *point)] == []


@pytest.mark.parametrize("file", [SHIPPED, FINER], ids=["shipped", "finer"])
def test_ships_at_anchor_and_at_berth_lie_in_the_water(file: Path) -> None:
    if not file.exists():
        pytest.skip(f"{file.name} of the {file.parent.name} folder is not on this machine")
    assert [ship.name for ship in SHIPS if not ship.lane and on_land(file, *ship.at)] == []


def test_every_ship_has_its_own_number_and_most_are_korean() -> None:
    numbers = [ship.mmsi for ship in SHIPS]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 9 for number in numbers)
    assert sum(number.startswith(("440", "441")) for number in numbers) > len(numbers) / 2
    assert {ship.lane for ship in SHIPS} <= {"", *LANES}


def test_a_ship_slows_down_for_its_berth_and_leaves_again() -> None:
    ship = next(one for one in SHIPS if one.name == "BUSAN PIONEER")
    vessel, weather = Vessel(ship, Chance(1, ship.mmsi)), Weather(Chance(1, "weather"))
    speeds: list[float] = []
    states: list[object] = []
    for _ in range(12_000):
        vessel.step(1.0, weather.step(1.0, 0.0), QUIET)
        speeds.append(vessel.speed)
        state = vessel.values()["navigation.state"]
        if not states or states[-1] != state:
            states.append(state)
    assert max(speeds) > 6.0
    assert states[:3] == ["motoring", "moored", "motoring"]
    berth = speeds.index(0.0)
    assert speeds[berth - 60] < 1.6


def test_a_track_knows_its_length_and_course() -> None:
    track = Track(((35.0, 129.0), (35.1, 129.0), (35.1, 129.1)))
    assert track.length_m == pytest.approx(11_132 + 9_108, rel=0.002)
    assert track.spot(5000.0).course == pytest.approx(0.0)
    assert track.spot(15_000.0).course == pytest.approx(90.0)
    assert track.spot(15_000.0, back=True).course == pytest.approx(270.0)
    assert track.spot(1e9).lon == pytest.approx(129.1)
    east = track.spot(5000.0, right_m=100.0)
    assert east.lon > 129.0
    assert len(ROADS) >= 4
