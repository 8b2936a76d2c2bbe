"""A small profile without faults, as texts, for tests to break."""

from __future__ import annotations

from collections.abc import Mapping

SITE = """\
id = "demo"
name = { ko = "시험", en = "Test" }
time_zone = "Asia/Seoul"
extent = [34.0, 128.0, 36.0, 130.0]
map = "layers"

[[area]]
id = "west"
name = { ko = "서부", en = "West" }
lat = 35.1
lon = 128.9

[[area]]
id = "east"
name = { ko = "동부", en = "East" }
lat = 35.2
lon = 129.2

[policy]
idle_lock_min = 10.0
commands_per_min = 12
notice = { ko = "허가받은 사람만", en = "Authorised persons only" }
"""

PUMP = """\
id = "pump"
label = { ko = "펌프장", en = "Pumping station" }
glyph = "pump"
headline = ["level"]

[[tag]]
name = "level"
label = { ko = "수위", en = "Level" }
unit = "m"
low = 0
high = 5
decimals = 2
period_s = 5

[[tag]]
name = "state"
label = { ko = "상태", en = "State" }
kind = "discrete"
states = [{ ko = "정지", en = "Stopped" }, { ko = "운전", en = "Running" }]

[[alarm]]
name = "level_high"
tag = "level"
label = { ko = "수위 높음", en = "Level high" }
condition = "high"
limit = 4.2
deadband = 0.1
priority = 2
cause = { ko = "유입 증가", en = "Inflow" }
consequence = { ko = "침수", en = "Flooding" }
action = { ko = "펌프 기동", en = "Start a pump" }
respond_min = 10

[[alarm]]
name = "stopped"
tag = "state"
label = { ko = "정지", en = "Stopped" }
condition = "state"
limit = 0
priority = 4
cause = { ko = "정전", en = "Power" }
consequence = { ko = "배수 불가", en = "No drainage" }
action = { ko = "현장 확인", en = "Look" }
respond_min = 30

[[command]]
name = "start"
label = { ko = "펌프 기동", en = "Start pump" }
value = 1
feedback_tag = "state"

[[command]]
name = "set_level"
label = { ko = "수위 설정", en = "Set level" }
command_class = "C2"
hazard = { ko = "수위가 변합니다", en = "The level changes" }

[[command.param]]
name = "to"
label = { ko = "목표", en = "Target" }
low = 0
high = 5
step_limit = 1

[[command.interlock]]
when = "state == 1 and at('p1').level < 4.5"
label = { ko = "펌프가 돌고 있어야 합니다", en = "The pump must run" }

[command.hazards]
"0" = { ko = "완전히 비웁니다", en = "It is emptied" }
"""

ASSETS = """\
id,type,ko,en,area,lat,lon,parent
p1,pump,펌프 1,Pump 1,west,35.1,128.9,
p2,pump,"펌프 2, 예비",Pump 2,east,35.2,129.2,p1
"""

RELATIONS = """\
kind,source,target
drains,p1,p2
"""

FEEDS = """\
[[feed]]
id = "sensors"
adapter = "ngsi_ld"
url = "ws://127.0.0.1:8711/events"
label = { ko = "센서", en = "Sensors" }
movers = "vessel+truck"

[feed.options]
tenant = "busan"

[[feed.map]]
type = "pump"
source = "urn:ngsi-ld:Pump:{asset}"

[feed.map.tags]
level = "waterLevel"
state = { path = "status", states = { off = 0, on = 1 } }

[feed.map.commands]
start = { path = "status", words = { "1" = "on" } }
set_level = { path = "target", scale = 100 }
"""

PROCEDURES = """\
[[procedure]]
id = "drain"
label = { ko = "사전 배수", en = "Drain early" }
purpose = { ko = "비 오기 전에 비움", en = "Make room before the rain" }
area = "west"
reviewed = "2026-11-22"

[[procedure.step]]
id = "look"
kind = "check"
label = { ko = "수위 확인", en = "Check the level" }
when = "at('p1').level > 1"

[[procedure.step]]
id = "run"
kind = "command"
label = { ko = "펌프 기동", en = "Start the pump" }
asset = "p1"
command = "start"
skippable = false

[[procedure.step]]
id = "lower"
kind = "command"
label = { ko = "수위 설정", en = "Set the level" }
asset = "p2"
command = "set_level"
value = 2

[[procedure.step]]
id = "wait"
kind = "wait"
label = { ko = "수위 대기", en = "Wait for the level" }
when = "at('p1').level < 0.8"
timeout_s = 600

[[procedure.step]]
id = "say"
kind = "note"
label = { ko = "기록", en = "Note" }
"""

ROLES = """\
[directory]
issuer = "https://id.example.kr/realms/city"
client_id = "gwanje"

[[directory.group]]
group = "ops"
role = "operator"
areas = ["west"]
top_class = "C2"
"""

SOUND: Mapping[str, str] = {
    "site.toml": SITE,
    "types/pump.toml": PUMP,
    "assets.csv": ASSETS,
    "relations.csv": RELATIONS,
    "feeds.toml": FEEDS,
    "procedures.toml": PROCEDURES,
    "roles.toml": ROLES,
}


def broken(file: str, old: str, new: str) -> dict[str, str]:
    """The sound profile with one text replaced once; fails if it is not there."""
    assert old in SOUND[file]
    return {**SOUND, file: SOUND[file].replace(old, new, 1)}


def line_of(file: str, text: str) -> int:
    """Line on which `text` stands first."""
    return SOUND[file][: SOUND[file].index(text)].count("\n") + 1
