"""The numbered catalogue of a site."""

from __future__ import annotations

import pytest

from console.core.catalogue import Catalogue
from console.core.site import AlarmCondition, AlarmDef, Area, Asset, AssetType, CommandDef, Site, TagDef
from console.core.words import Text

WORD = Text("말", "word")
ALARM = AlarmDef(
    name="high",
    tag="level",
    label=WORD,
    condition=AlarmCondition.HIGH,
    limit=1.0,
    priority=1,
    cause=WORD,
    consequence=WORD,
    action=WORD,
    respond_min=5.0,
)
START = CommandDef(name="start", label=WORD, value=1.0)
PUMP = AssetType(
    id="pump",
    label=WORD,
    glyph="pump",
    tags=(TagDef(name="flow", label=WORD), TagDef(name="level", label=WORD)),
    alarms=(ALARM,),
    commands=(START,),
)


def asset(name: str, kind: str = "pump") -> Asset:
    return Asset(id=name, type=kind, name=WORD, area="a", lat=0.0, lon=0.0)


def site(*assets: Asset) -> Site:
    return Site(
        id="s",
        name=WORD,
        time_zone="Asia/Seoul",
        south=-1.0,
        west=-1.0,
        north=1.0,
        east=1.0,
        areas=(Area(id="a", name=WORD, lat=0.0, lon=0.0),),
        types=(PUMP,),
        assets=assets,
    )


CATALOGUE = Catalogue(site(asset("p1"), asset("p2")))


def test_indices_are_dense_in_the_order_of_the_profile() -> None:
    assert [point.key for point in CATALOGUE.tags] == ["p1.flow", "p1.level", "p2.flow", "p2.level"]
    assert [point.index for point in CATALOGUE.tags] == [0, 1, 2, 3]
    assert [(p.key, p.index, p.tag_index) for p in CATALOGUE.alarms] == [("p1.high", 0, 1), ("p2.high", 1, 3)]
    assert set(CATALOGUE.areas) == {"a"}


def test_points_are_found_by_key_and_by_asset() -> None:
    assert CATALOGUE.tag_index("p2.flow") == 2
    assert CATALOGUE.alarm_index("p2.high") == 1
    assert [point.index for point in CATALOGUE.tags_of("p2")] == [2, 3]
    assert [point.index for point in CATALOGUE.alarms_of("p2")] == [1]


def test_commands_are_found_or_not_there() -> None:
    assert CATALOGUE.command("p1", "start") is START
    assert CATALOGUE.command("p1", "stop") is None
    assert CATALOGUE.command("p9", "start") is None


def test_unknown_names_raise() -> None:
    for look_up in (CATALOGUE.tag_index, CATALOGUE.alarm_index, CATALOGUE.tags_of, CATALOGUE.alarms_of):
        with pytest.raises(KeyError):
            look_up("nobody")
    with pytest.raises(KeyError):
        Catalogue(site(asset("p1", "fan")))
