"""Moving objects: numbered once, merged, bounded, served by state."""

from __future__ import annotations

import math

import pytest

from console.feeds.base import MoverFacts, Position
from console.hub.movers import MoverRegistry
from console.hub.ring import EventRing
from console.wire.messages import MoversChanged


def _ship(n: int, **facts: str) -> MoverFacts:
    return MoverFacts(f"vessels.{n}", "vessel", f"ship {n}", facts)


def _published(ring: EventRing) -> list[MoversChanged]:
    return [h.message for h in ring.after(0) or [] if isinstance(h.message, MoversChanged)]


def test_facts_are_merged_and_told_once() -> None:
    ring = EventRing()
    movers = MoverRegistry(ring)
    movers.movers("sea", [_ship(1, mmsi="1"), _ship(1, draught="9")])
    movers.publish()
    movers.movers("sea", [_ship(1, mmsi="1")])
    movers.publish()
    assert len(_published(ring)) == 1
    assert movers.facts()[0].facts == {"mmsi": "1", "draught": "9"}


def test_positions_are_served_since_a_revision_and_none_of_unknown_objects() -> None:
    movers = MoverRegistry(EventRing())
    movers.movers("sea", [_ship(n) for n in range(100)])
    movers.positions([Position(f"vessels.{n}", 35.0 + n / 1000, 129.0, None, 2.5, 7) for n in range(100)], 9)
    movers.positions([Position("vessels.unknown", 1.0, 1.0)], 9)
    first, revision = movers.changed_since(-1)
    assert len(first) == 100
    movers.positions([Position("vessels.5", 36.0, 129.0)], 9)
    later, _ = movers.changed_since(revision)
    assert (later.mover.tolist(), later.at.tolist(), later.lat.tolist()) == ([5], [9], [36.0])
    assert math.isnan(first.heading[0])
    assert first.speed[0] == 2.5


def test_what_is_gone_leaves_the_map_and_may_come_back_under_its_number() -> None:
    movers = MoverRegistry(EventRing())
    movers.movers("sea", [_ship(1), _ship(2)])
    movers.gone(["vessels.1"])
    assert [f.mover for f in movers.facts()] == [1]
    movers.positions([Position("vessels.1", 1.0, 1.0)], 9)
    assert len(movers.changed_since(-1)[0]) == 0
    movers.movers("sea", [_ship(1)])
    assert [f.mover for f in movers.facts()] == [0, 1]


@pytest.mark.expects_log("feed")
def test_a_source_cannot_make_the_hub_remember_without_end() -> None:
    movers = MoverRegistry(EventRing(), max_movers=10)
    movers.movers("sea", [_ship(n, **{f"k{i}": "v" for i in range(100)}) for n in range(15)])
    assert len(movers.facts()) == 10
    assert movers.refused == 5
    assert len(movers.facts()[0].facts) == 40
