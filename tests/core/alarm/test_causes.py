"""Which standing alarm most likely caused another, by relations and area."""

from __future__ import annotations

import msgspec
from alarm_sites import LEVEL, alarm, catalogue_of, ulids

from console.core.alarm.acts import Act, ShelfOrder
from console.core.alarm.causes import WINDOW_S, Causes, groups_of, upstream_of
from console.core.alarm.engine import AlarmEngine
from console.core.alarm.facts import AlarmState
from console.core.batch import NS, batch_of
from console.core.catalogue import Catalogue
from console.core.site import Relation


def city() -> Catalogue:
    """dam -> pump -> street in area a; far in area b hangs on the street; lone hangs on nothing. Two alarms each."""
    site = catalogue_of(alarm("high"), alarm("higher", limit=90.0)).site
    first = site.assets[0]
    area_b = msgspec.structs.replace(site.areas[0], id="b")
    assets = [msgspec.structs.replace(first, id=name) for name in ("dam", "pump", "street", "lone")]
    assets.append(msgspec.structs.replace(first, id="far", area="b"))
    assets.append(msgspec.structs.replace(first, id="part", parent="lone"))
    relations = [("drains", "dam", "pump"), ("drains", "pump", "street"), ("feeds", "street", "far")]
    return Catalogue(
        msgspec.structs.replace(
            site,
            areas=(*site.areas, area_b),
            assets=tuple(assets),
            relations=tuple(Relation(kind=k, source=s, target=t) for k, s, t in relations),
        )
    )


DAM, PUMP, STREET, LONE, FAR, PART = range(0, 12, 2)


class Room:
    """An engine with causes; one sample of an asset's level at a time."""

    def __init__(self) -> None:
        self.engine = AlarmEngine(city(), ulids())
        self.causes = Causes(city())

    def level(self, first_alarm: int, value: float, at_s: float) -> set[int]:
        tag = first_alarm // 2 * 3 + LEVEL
        at = round(at_s * NS)
        self.engine.samples(batch_of([tag], [at], [value], [0]), at_s, at)
        return self.causes.tick(self.engine.events())

    def of(self, *alarms: int) -> list[int]:
        return [self.causes.of(alarm) for alarm in alarms]


def test_groups_are_what_hangs_together_within_an_area() -> None:
    groups = groups_of(city())
    assert groups[DAM] == groups[PUMP] == groups[STREET] == "dam"
    assert (groups[FAR], groups[LONE], groups[PART]) == ("far", "lone", "lone")


def test_upstream_is_nearest_first_and_never_in_circles() -> None:
    upstream = upstream_of(city())
    assert upstream["far"] == ("far", "street", "pump", "dam")
    assert upstream["part"] == ("part", "lone")
    site = city().site
    circle = Relation(kind="feeds", source="far", target="dam")
    ring = Catalogue(msgspec.structs.replace(site, relations=(*site.relations, circle)))
    assert upstream_of(ring)["dam"] == ("dam", "far", "street", "pump")


def test_what_stood_upstream_before_is_the_cause_of_all_below() -> None:
    room = Room()
    room.level(DAM, 85.0, 1.0)
    room.level(PUMP, 85.0, 2.0)
    room.level(FAR, 85.0, 3.0)
    room.level(LONE, 85.0, 4.0)
    assert room.of(DAM, PUMP, FAR, LONE) == [-1, DAM, DAM, -1]


def test_what_comes_later_upstream_is_no_cause() -> None:
    room = Room()
    room.level(STREET, 85.0, 1.0)
    assert room.level(PUMP, 85.0, 2.0) == set()
    assert room.of(STREET, PUMP) == [-1, -1]


def test_what_stood_for_hours_is_no_cause_of_something_new() -> None:
    room = Room()
    room.level(DAM, 85.0, 1.0)
    room.level(PUMP, 85.0, 2.0 + WINDOW_S)
    assert room.of(PUMP) == [-1]


def test_the_first_alarm_of_an_asset_causes_its_next() -> None:
    room = Room()
    room.level(LONE, 85.0, 1.0)
    assert room.level(LONE, 95.0, 2.0) == {LONE + 1}
    assert room.of(LONE, LONE + 1) == [-1, LONE]


def test_a_cause_that_has_gone_leaves_its_place_to_the_next() -> None:
    room = Room()
    room.level(DAM, 85.0, 1.0)
    room.level(PUMP, 85.0, 2.0)
    room.level(STREET, 85.0, 3.0)
    room.level(DAM, 1.0, 4.0)
    assert room.of(PUMP) == [DAM]
    fact = room.engine.fact(DAM)
    room.engine.restore([], 0.0, 0)
    room.causes.restore(
        [msgspec.structs.replace(fact, state=msgspec.structs.replace(fact.state, acked=True))]
    )
    assert room.of(PUMP, STREET) == [-1, PUMP]


def test_a_list_from_before_a_restart_has_the_same_causes() -> None:
    room = Room()
    for at, first in enumerate((DAM, PUMP, STREET), 1):
        room.level(first, 85.0, float(at))
    after = Causes(city())
    after.restore(reversed(room.engine.facts().values()))
    assert [after.of(a) for a in (DAM, PUMP, STREET)] == room.of(DAM, PUMP, STREET) == [-1, DAM, DAM]


def test_two_assets_that_feed_one_another_do_not_cause_one_another() -> None:
    site = city().site
    circle = Relation(kind="feeds", source="street", target="pump")
    ring = Catalogue(msgspec.structs.replace(site, relations=(*site.relations, circle)))
    room = Room()
    room.causes = Causes(ring)
    room.level(PUMP, 85.0, 1.0)
    room.level(STREET, 85.0, 1.0)
    room.level(PUMP, 95.0, 2.0)
    assert room.of(PUMP, STREET, PUMP + 1) == [-1, PUMP, PUMP]


def test_what_is_hidden_neither_causes_nor_is_caused() -> None:
    room = Room()
    act = Act(who="kim", now=0.0, at=0)
    room.engine.shelve(PUMP, ShelfOrder(duration_s=60.0, reason="정비"), act)
    room.level(PUMP, 85.0, 1.0)
    room.level(STREET, 85.0, 2.0)
    assert room.of(PUMP, STREET) == [-1, -1]


def test_an_alarm_that_leaves_the_list_has_no_cause_any_more() -> None:
    room = Room()
    room.level(DAM, 85.0, 1.0)
    room.level(PUMP, 85.0, 2.0)
    fact = room.engine.fact(PUMP)
    room.causes.restore([msgspec.structs.replace(fact, state=AlarmState())])
    assert room.of(DAM, PUMP) == [-1, -1]
