"""Coming and going at the zones of a site, told from positions."""

from __future__ import annotations

import math

from console.core.reporting import Zone, ZoneStage
from console.core.words import Text
from console.core.zones import Sighting, ZoneChange, ZoneWatch

QUAY = Zone(
    id="quay", label=Text("안벽", "Quay"), place="port", stage=ZoneStage.SERVICE, movers="vessel",
    lat=35.0, lon=129.0, radius_m=200.0, below_m_s=0.5,
)  # fmt: skip
WATERS = Zone(
    id="waters", label=Text("수역", "Waters"), place="port", stage=ZoneStage.AREA, movers="vessel",
    lat=35.0, lon=129.0, radius_m=2000.0,
)  # fmt: skip
METRE = 1.0 / 111_320.0


def _at(metres: float, speed: float = 0.0, *, mover: int = 0, at: int = 1, kind: str = "vessel") -> Sighting:
    return Sighting(mover, kind, at, 35.0 + metres * METRE, 129.0, speed)


def _told(watch: ZoneWatch, *rows: Sighting) -> list[tuple[str, str]]:
    return [(event.change.name, event.zone.id) for event in watch.seen(rows)]


def test_a_ship_comes_to_the_waters_then_lies_at_the_quay_and_leaves_both() -> None:
    watch = ZoneWatch([WATERS, QUAY])
    assert _told(watch, _at(5000.0, 6.0)) == []
    assert _told(watch, _at(1500.0, 4.0)) == [("ENTER", "waters")]
    assert _told(watch, _at(50.0, 2.0)) == []
    assert _told(watch, _at(50.0, 0.1)) == [("ENTER", "quay")]
    assert _told(watch, _at(50.0, 0.9)) == []
    assert _told(watch, _at(60.0, 3.0)) == [("LEAVE", "quay")]
    assert _told(watch, _at(2500.0, 6.0)) == [("LEAVE", "waters")]


def test_a_ship_on_the_edge_does_not_come_and_go() -> None:
    watch = ZoneWatch([WATERS])
    assert _told(watch, _at(3000.0)) == []
    assert _told(watch, _at(1990.0)) == [("ENTER", "waters")]
    assert _told(watch, _at(2010.0)) == _told(watch, _at(1990.0)) == _told(watch, _at(2290.0)) == []
    assert _told(watch, _at(2310.0)) == [("LEAVE", "waters")]


def test_what_is_first_seen_inside_is_found_and_not_said_to_have_come() -> None:
    watch = ZoneWatch([WATERS, QUAY])
    assert _told(watch, _at(10.0, 0.0)) == [("FOUND", "waters"), ("FOUND", "quay")]


def test_what_falls_silent_inside_is_lost_and_found_when_it_is_back() -> None:
    watch = ZoneWatch([WATERS])
    watch.seen([_at(3000.0), _at(3000.0, mover=1)])
    assert _told(watch, _at(100.0)) == [("ENTER", "waters")]
    assert [event.change for event in watch.gone(0, 7)] == [ZoneChange.LOST]
    assert watch.gone(1, 7) == watch.gone(5, 7) == []
    assert _told(watch, _at(100.0)) == [("FOUND", "waters")]


def test_other_kinds_are_not_noticed_and_an_unknown_speed_changes_nothing() -> None:
    watch = ZoneWatch([WATERS, QUAY])
    assert _told(watch, _at(10.0, kind="truck")) == []
    assert _told(watch, _at(3000.0, mover=2), _at(10.0, math.nan, mover=1)) == [("FOUND", "waters")]
    assert _told(watch, _at(10.0, 0.2, mover=1)) == [("ENTER", "quay")]
    assert _told(watch, _at(10.0, math.nan, mover=1)) == []


def test_of_several_positions_of_one_mover_the_last_one_counts() -> None:
    watch = ZoneWatch([WATERS])
    watch.seen([_at(9000.0)])
    events = watch.seen([_at(10.0, at=5), _at(9000.0, at=6)])
    assert events == []
    assert watch.seen([_at(10.0, at=8)])[0].at == 8
    assert ZoneWatch([]).seen([_at(1.0)]) == []
