"""Small sites for the tests of alarms: one station with a few tags, and as many alarms as a test needs."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import msgspec

from console.core.batch import NS, Batch, batch_of
from console.core.catalogue import Catalogue
from console.core.quality import Quality
from console.core.site import AlarmCondition, AlarmDef, Area, Asset, AssetType, Site, TagDef
from console.core.words import Text

WORD = Text("말", "word")
LEVEL, FLOW, STATE = 0, 1, 2
"""Tag indices of the station."""

TAGS = (
    TagDef(name="level", label=WORD),
    TagDef(name="flow", label=WORD),
    TagDef(name="state", label=WORD),
)

HIGH = AlarmDef(
    name="level_high",
    tag="level",
    label=WORD,
    condition=AlarmCondition.HIGH,
    limit=80.0,
    deadband=2.0,
    priority=3,
    cause=WORD,
    consequence=WORD,
    action=WORD,
    respond_min=10.0,
)


def alarm(name: str, **changes: object) -> AlarmDef:
    """`HIGH` under another name with some fields changed."""
    return msgspec.structs.replace(HIGH, name=name, **changes)


def catalogue_of(*alarms: AlarmDef) -> Catalogue:
    """One station with these alarms, numbered in this order."""
    kind = AssetType(id="station", label=WORD, glyph="pump", tags=TAGS, alarms=alarms)
    return Catalogue(
        Site(
            id="test",
            name=WORD,
            time_zone="Asia/Seoul",
            south=34.0,
            west=128.0,
            north=36.0,
            east=130.0,
            areas=(Area(id="a", name=WORD, lat=35.0, lon=129.0),),
            types=(kind,),
            assets=(Asset(id="s1", type="station", name=WORD, area="a", lat=35.0, lon=129.0),),
        )
    )


def ulids() -> Callable[[], str]:
    """Occurrence ids that count."""
    numbers = count(1)
    return lambda: f"{next(numbers):026d}"


def row(value: float, at_s: float = 1.0, tag: int = LEVEL, quality: Quality = Quality.GOOD) -> Batch:
    """A batch of one row; `at_s` is event time in seconds."""
    return batch_of([tag], [round(at_s * NS)], [value], [quality])
