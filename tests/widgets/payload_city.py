"""A city whose every text is an attack, and whose numbers are ordinary; for tests of what is drawn."""

from __future__ import annotations

import msgspec

from console.core.catalogue import Catalogue
from console.core.site import (
    AlarmCondition,
    AlarmDef,
    Area,
    Asset,
    AssetType,
    CommandClass,
    CommandDef,
    ParamDef,
    Shift,
    Site,
    TagDef,
    TagKind,
)
from console.core.words import Text

IMG = "<img src=x onerror=alert(1)>"
BOLD = "<b>펌프</b>"
LINK = "<a href='file:///etc/passwd'>x</a>"
FORMAT = "{0.__class__}%s{name}"


def text(payload: str) -> Text:
    """The same payload in both languages."""
    return Text(payload, payload)


STATION = AssetType(
    id="station",
    label=text(LINK),
    glyph="pump",
    tags=(
        TagDef(name="level", label=text(IMG), unit="<i>m</i>", decimals=2, high=6.0),
        TagDef(
            name="run", label=text(BOLD), kind=TagKind.DISCRETE, states=(text("<s>0</s>"), text("<s>1</s>"))
        ),
        TagDef(name="gate", label=text("gate"), unit="%", decimals=0),
    ),
    alarms=(
        AlarmDef(
            name="high",
            tag="level",
            label=text(IMG),
            condition=AlarmCondition.HIGH,
            limit=4.0,
            priority=1,
            cause=text(BOLD),
            consequence=text(LINK),
            action=text(FORMAT),
            respond_min=5,
        ),
        AlarmDef(
            name="low",
            tag="level",
            label=text(FORMAT),
            condition=AlarmCondition.LOW,
            limit=0.5,
            priority=3,
            cause=text(BOLD),
            consequence=text(LINK),
            action=text(IMG),
            respond_min=30,
        ),
    ),
    commands=(
        CommandDef(name="start", label=text(BOLD), value=1.0, feedback_tag="run", hazard=text(IMG)),
        CommandDef(
            name="set_gate",
            label=Text("수문 개도 설정", "Set gate"),
            params=(
                ParamDef(name="gate", label=text("gate"), unit="%", high=100.0, decimals=1, step_limit=30.0),
            ),
            feedback_tag="gate",
        ),
        CommandDef(
            name="trip",
            label=Text("비상 차단", "Trip"),
            value=0.0,
            feedback_tag="run",
            command_class=CommandClass.C2,
            hazard=text(LINK),
        ),
    ),
    headline=("level", "run"),
)


def payload_catalogue() -> Catalogue:
    """Two areas, three stations; tags 0 to 8, alarms 0 to 5."""
    areas = (
        Area(id="a", name=text(IMG), lat=35.1, lon=129.0),
        Area(id="b", name=Text("나", "B"), lat=35.2, lon=129.0),
    )
    names = {"s1": text(IMG), "s2": text(FORMAT), "s3": Text("세 번째 배수펌프장", "Third pumping station")}
    assets = tuple(
        Asset(id=key, type="station", name=name, area="a" if key != "s3" else "b", lat=35.1, lon=129.0)
        for key, name in names.items()
    )
    site = Site(
        id="payload",
        name=Text("부산", "Busan"),
        time_zone="Asia/Seoul",
        south=35.0,
        west=128.8,
        north=35.3,
        east=129.2,
        areas=areas,
        types=(STATION,),
        assets=assets,
    )
    return Catalogue(site)


def city_with(**changes: object) -> Catalogue:
    """The payload city with another definition of its second alarm, and three shifts of eight hours."""
    site = payload_catalogue().site
    kind = site.types[0]
    alarms = (kind.alarms[0], msgspec.structs.replace(kind.alarms[1], **changes))
    hours = (("06:00", "14:00"), ("14:00", "22:00"), ("22:00", "06:00"))
    shifts = tuple(Shift(id=start, name=text(start), start=start, end=end) for start, end in hours)
    types = (msgspec.structs.replace(kind, alarms=alarms),)
    return Catalogue(msgspec.structs.replace(site, types=types, shifts=shifts))
