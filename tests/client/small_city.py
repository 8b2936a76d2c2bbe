"""A site of two areas and three assets, and facts about it, for tests of the console's side."""

from __future__ import annotations

import msgspec

from console.core.alarm.facts import AlarmFact, AlarmState
from console.core.catalogue import Catalogue
from console.core.command.facts import CommandFact, CommandRequest, CommandState
from console.core.site import (
    AlarmCondition,
    AlarmDef,
    Area,
    Asset,
    AssetType,
    CommandDef,
    Site,
    TagDef,
    TagKind,
)
from console.core.words import Text

NS = 1_000_000_000
NOON = 1_795_316_400 * NS
"""2026-11-22 12:00:00 in Seoul."""

PUMP = AssetType(
    id="pump",
    label=Text("배수펌프장", "Pumping station"),
    glyph="pump",
    tags=(
        TagDef(name="level", label=Text("수위", "Level"), unit="m", decimals=2, high=6.0),
        TagDef(
            name="run",
            label=Text("운전", "Run"),
            kind=TagKind.DISCRETE,
            states=(Text("정지", "Stopped"), Text("운전", "Running")),
        ),
    ),
    alarms=(
        AlarmDef(
            name="level_high",
            tag="level",
            label=Text("수위 높음", "Level high"),
            condition=AlarmCondition.HIGH,
            limit=4.0,
            priority=2,
            cause=Text("비", "Rain"),
            consequence=Text("침수", "Flood"),
            action=Text("펌프를 기동한다", "Start a pump"),
            respond_min=10,
        ),
        AlarmDef(
            name="stopped",
            tag="run",
            label=Text("펌프 정지", "Pump stopped"),
            condition=AlarmCondition.STATE,
            limit=0.0,
            priority=3,
            cause=Text("고장", "Fault"),
            consequence=Text("수위 상승", "Level rises"),
            action=Text("현장 확인", "Check on site"),
            respond_min=30,
        ),
    ),
    commands=(
        CommandDef(name="start", label=Text("펌프 기동", "Start pump"), value=1.0, feedback_tag="run"),
    ),
    headline=("level", "run"),
)

SITE = Site(
    id="small",
    name=Text("작은 도시", "Small city"),
    time_zone="Asia/Seoul",
    south=35.0,
    west=128.8,
    north=35.3,
    east=129.2,
    areas=(
        Area(id="north", name=Text("북항", "North Port"), lat=35.1, lon=129.0),
        Area(id="eco", name=Text("에코델타시티", "Eco Delta City"), lat=35.2, lon=128.9),
    ),
    types=(PUMP,),
    assets=(
        Asset(
            id="suyeong",
            type="pump",
            name=Text("수영 펌프장", "Suyeong station"),
            area="north",
            lat=35.1,
            lon=129.1,
        ),
        Asset(
            id="gamcheon",
            type="pump",
            name=Text("감천 펌프장", "Gamcheon station"),
            area="north",
            lat=35.0,
            lon=129.0,
        ),
        Asset(
            id="myeongji",
            type="pump",
            name=Text("명지 펌프장", "Myeongji station"),
            area="eco",
            lat=35.2,
            lon=128.9,
        ),
    ),
)

UNACKED = AlarmState(cond=True, acked=False)
ACKED = AlarmState(cond=True, acked=True)
NORMAL = AlarmState()


def catalogue() -> Catalogue:
    """The numbered site: tags 0 to 5, alarms 0 to 5."""
    return Catalogue(SITE)


def big_catalogue(assets: int) -> Catalogue:
    """The same with many pumping stations: two tags and two alarms each."""
    many = tuple(
        Asset(
            id=f"p{i}",
            type="pump",
            name=Text(f"펌프장 {i}", f"Station {i}"),
            area="north" if i % 2 else "eco",
            lat=35.1,
            lon=129.0,
        )
        for i in range(assets)
    )
    return Catalogue(msgspec.structs.replace(SITE, assets=many))


def alarm(
    index: int,
    state: AlarmState = UNACKED,
    priority: int = 2,
    at_s: float = 0.0,
    occurrence: str = "01A",
    acked_by: str = "",
) -> AlarmFact:
    """A fact of an alarm that came `at_s` seconds after noon."""
    return AlarmFact(
        alarm=index,
        state=state,
        priority=priority,
        occurrence=occurrence,
        value=4.12,
        limit=4.0,
        at_event=NOON + int(at_s * NS),
        acked_by=acked_by,
    )


def command(number: int, asset: str = "suyeong", state: CommandState = CommandState.SENT) -> CommandFact:
    """A fact of the number-th command."""
    request = CommandRequest(command_id=f"01COMMAND{number:017d}", asset=asset, command="start")
    return CommandFact(request=request, state=state, by="hong")
