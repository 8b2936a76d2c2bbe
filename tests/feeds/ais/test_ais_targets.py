"""Stations joined from what they say, and forgotten by the rule of their class."""

from __future__ import annotations

import math

import pytest
from ais_lines import SHIP, SHIP_NAME

from console.core.errors import DecodeError
from console.core.quality import Quality
from console.feeds.ais import targets as room
from console.feeds.ais.reports import KNOT, report_of
from console.feeds.ais.targets import BEACONS, KEEP_S, Measured, News, Targets
from console.feeds.base import MoverFacts, Position, Reading

PLACED: dict[str, object] = {"mmsi": SHIP, "lat": 35.1, "lon": 129.05, "speed": 10.0, "course": 90.0, "heading": 95,
                             "second": 5, "status": 0}  # fmt: skip


def told(targets: Targets, number: int, now: float = 0.0, at: int = 0, **fields: object) -> News:
    out = News()
    targets.take(report_of(number, PLACED | fields), at, now, out)
    return out


def test_a_ship_is_named_as_signal_k_names_it_and_its_static_data_join() -> None:
    targets = Targets(KEEP_S)
    first = told(targets, 1)
    assert first.movers[0] == MoverFacts(SHIP_NAME, "vessel", "", {"mmsi": "440123000", "flag": "KR"})
    assert first.positions == [Position(SHIP_NAME, 35.1, 129.05, 95.0, 10.0 * KNOT, 0)]
    second = told(targets, 5, shipname="HANBADA", ship_type=70, destination="BUSAN", to_bow=100, to_stern=20)
    assert second.movers == [
        MoverFacts(SHIP_NAME, "vessel", "HANBADA",
                   {"shiptype": "Cargo ship", "shiptype_id": "70", "length_m": "120", "destination": "BUSAN"})
    ]  # fmt: skip
    assert second.positions == []
    assert told(targets, 5, shipname="HANBADA", ship_type=70, destination="BUSAN").movers == []


def test_the_two_halves_of_class_b_static_data_join() -> None:
    targets = Targets(KEEP_S)
    told(targets, 18)
    assert told(targets, 24, partno=0, shipname="SMALL").movers[-1].name == "SMALL"
    last = told(targets, 24, partno=1, ship_type=37, callsign="XX").movers[-1]
    assert (last.name, last.facts["callsign"]) == ("SMALL", "XX")


def test_without_a_heading_the_course_points_the_ship() -> None:
    assert told(Targets(KEEP_S), 1, heading=511).positions[0].heading == 90.0
    assert told(Targets(KEEP_S), 1, heading=511, course=360.0).positions[0].heading is None


def test_a_ship_without_a_place_is_known_and_not_drawn() -> None:
    news = told(Targets(KEEP_S), 1, lat=91.0, lon=181.0)
    assert (len(news.movers) > 0, news.positions) == (True, [])


def test_a_message_heard_twice_does_not_put_the_ship_back() -> None:
    targets = Targets(KEEP_S)
    assert told(targets, 1, at=20, lat=35.2).positions[0].lat == 35.2
    assert told(targets, 1, at=10).positions == []
    assert told(targets, 1, at=30).positions[0].at == 30


@pytest.mark.parametrize(
    ("number", "mmsi", "rule"),
    [(1, SHIP, "class_a"), (18, SHIP, "class_b"), (21, 994401001, "aton"), (4, 4401001, "base"),
     (9, 111440001, "sar"), (1, 970123456, "distress")],
)  # fmt: skip
def test_each_class_is_gone_after_its_own_silence(number: int, mmsi: int, rule: str) -> None:
    targets = Targets(KEEP_S)
    told(targets, number, mmsi=mmsi)
    assert targets.gone(KEEP_S[rule]) == []
    (gone,) = targets.gone(KEEP_S[rule] + 0.1)
    assert gone.endswith(f"mmsi:{mmsi:09d}")
    assert len(targets) == 0
    assert told(targets, number, mmsi=mmsi, now=9e3).movers, "it comes back as new"


def test_a_ship_that_speaks_does_not_age() -> None:
    targets = Targets(KEEP_S)
    told(targets, 1)
    told(targets, 5, now=500.0, shipname="X")
    assert targets.gone(700.0) == []


def test_no_more_stations_than_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MAX_TARGETS", 1)
    targets = Targets(KEEP_S)
    told(targets, 1)
    with pytest.raises(DecodeError, match="too_many"):
        told(targets, 1, mmsi=SHIP + 1)


def test_a_ship_that_the_profile_maps_gives_values_and_an_unknown_one_is_bad() -> None:
    paths = frozenset({"navigation.speedOverGround", "navigation.rateOfTurn", "electrical.batteries"})
    targets = Targets(KEEP_S, (Measured("vessels.urn:mrn:imo:mmsi:", "", paths),))
    rows = {row.path: row for row in told(targets, 1, at=7, turn=-128).readings}
    assert rows.keys() == {"navigation.speedOverGround", "navigation.rateOfTurn"}
    assert rows["navigation.speedOverGround"].value == pytest.approx(5.144, abs=1e-3)
    assert math.isnan(float(rows["navigation.rateOfTurn"].value))
    assert rows["navigation.rateOfTurn"].quality is Quality.BAD
    turning = {row.path: row.value for row in told(targets, 1, turn=60.0).readings}
    assert turning["navigation.rateOfTurn"] == pytest.approx(math.radians(1.0))
    assert told(targets, 21, mmsi=994401001).readings == []


@pytest.mark.parametrize("mmsi", [970123456, 972123456, 974123456])
def test_beacons_are_counted_while_they_are_heard_and_tests_apart(mmsi: int) -> None:
    """AIS-SART, man overboard and EPIRB (ITU-R M.585 and M.1371: status 14 is active, 15 a test)."""
    targets = Targets(KEEP_S)

    def counted() -> list[float | bool | str]:
        assert [(row.source, row.path) for row in targets.beacons()] == [
            (BEACONS, "active"),
            (BEACONS, "test"),
        ]
        return [row.value for row in targets.beacons()]

    told(targets, 1)
    assert counted() == [0, 0]
    told(targets, 1, mmsi=mmsi, status=15)
    assert counted() == [0, 1]
    told(targets, 1, mmsi=mmsi, status=14)
    assert counted() == [1, 0]
    told(targets, 1, mmsi=mmsi, status=15)
    assert counted() == [0, 1]
    assert targets.gone(KEEP_S["distress"] + 1)
    assert counted() == [0, 0]
    assert Reading(BEACONS, "active", 0) in targets.beacons()
