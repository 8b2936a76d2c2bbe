"""Site profiles: a sound one becomes a site, and every fault is named with file, line and reason (DESIGN 5)."""

from __future__ import annotations

import pytest
from sound_profile import SOUND, broken, line_of

from console.core.catalogue import Catalogue
from console.core.errors import ProfileError, ProfileErrors
from console.core.profile.faults import ProfileFault as F
from console.core.profile.parse import parse_site
from console.core.site import CommandRoute, TagRoute
from console.core.words import Text

TYPE = "types/pump.toml"
DASH = "–"


def faults_of(files: dict[str, str]) -> list[ProfileError]:
    with pytest.raises(ProfileErrors) as found:
        parse_site(files)
    return list(found.value.faults)


def test_a_sound_profile_becomes_a_site() -> None:
    site = parse_site(SOUND)
    assert (site.id, site.name, site.time_zone, site.map_folder) == (
        "demo",
        Text("시험", "Test"),
        "Asia/Seoul",
        "layers",
    )
    assert (site.south, site.west, site.north, site.east) == (34.0, 128.0, 36.0, 130.0)
    assert [area.id for area in site.areas] == ["west", "east"]
    assert [(a.id, a.name.ko, a.parent) for a in site.assets] == [
        ("p1", "펌프 1", ""),
        ("p2", "펌프 2, 예비", "p1"),
    ]
    assert [(r.kind, r.source, r.target) for r in site.relations] == [("drains", "p1", "p2")]
    kind = site.types[0]
    assert [tag.name for tag in kind.tags] == ["level", "state"]
    assert kind.commands[1].params[0].step_limit == 1.0
    feed = site.feeds[0]
    assert feed.options == {"tenant": "busan"}
    assert feed.map[0].tags["level"] == TagRoute(path="waterLevel")
    assert feed.map[0].tags["state"] == TagRoute(path="status", states={"off": 0.0, "on": 1.0})
    assert feed.map[0].commands["set_level"] == CommandRoute(path="target", scale=100.0)
    assert len(Catalogue(site).alarms) == 4


def test_relations_and_feeds_may_be_absent() -> None:
    absent = ("relations.csv", "feeds.toml", "procedures.toml", "roles.toml")
    site = parse_site({name: text for name, text in SOUND.items() if name not in absent})
    assert (site.relations, site.feeds, site.procedures, site.directory) == ((), (), (), None)


PAYLOADS = [
    "<img src=x onerror=alert(1)>",
    "${alert(1)}",
    "`",
    "</script><script>alert(1)</script>",
    "{{7*7}}",
    "'; --",
]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_markup_in_names_is_only_text(payload: str) -> None:
    """SECURITY.md 4.1: such names are accepted here and harmless where they are shown."""
    site = parse_site(broken("assets.csv", "p1,pump,펌프 1,Pump 1", f"p1,pump,{payload},{payload}"))
    assert site.assets[0].name == Text(payload, payload)
    site = parse_site(broken(TYPE, '"수위"', "'''" + payload + "'''"))
    assert site.types[0].tags[0].label.ko == payload


BROKEN = [
    # file, sound text, broken text, text on the line of the fault, reason
    ("site.toml", 'id = "demo"', "id = demo", 'id = "demo"', F.NOT_TOML),
    ("site.toml", 'id = "demo"', 'id = "a b"', 'id = "demo"', F.BAD_ID),
    ("site.toml", 'id = "demo"', "id = 7", 'id = "demo"', F.WRONG_TYPE),
    ("site.toml", 'time_zone = "Asia/Seoul"', "", 'id = "demo"', F.MISSING),
    ("site.toml", 'en = "Test"', 'en = " "', "name =", F.EMPTY_TEXT),
    ("site.toml", 'name = { ko = "시험", en = "Test" }', "", 'id = "demo"', F.MISSING),
    ("site.toml", "extent = [34.0, 128.0, 36.0, 130.0]", "", 'id = "demo"', F.MISSING),
    ("site.toml", "[34.0, 128.0, 36.0, 130.0]", "[36.0, 128.0, 34.0, 130.0]", "extent", F.BAD_EXTENT),
    ("site.toml", "[34.0, 128.0, 36.0, 130.0]", "[34.0, 128.0, 36.0, 181.0]", "extent", F.BAD_EXTENT),
    ("site.toml", "[34.0, 128.0, 36.0, 130.0]", "[34.0, 128.0]", "extent", F.WRONG_TYPE),
    ("site.toml", "[34.0, 128.0, 36.0, 130.0]", "[34.0, nan, 36.0, 130.0]", "extent", F.NOT_FINITE),
    ("site.toml", 'id = "east"', 'id = "west"', 'id = "east"', F.TWICE),
    ("site.toml", "lat = 35.2", "lat = 55.2", "lat = 35.2", F.OUTSIDE_EXTENT),
    ("site.toml", "lat = 35.2", "latitude = 35.2", "lat = 35.2", F.UNKNOWN_FIELD),
    ("site.toml", 'map = "layers"', 'maps = "layers"', "map =", F.UNKNOWN_FIELD),
    (
        "site.toml",
        'name = { ko = "서부", en = "West" }',
        'name = "West"',
        'name = { ko = "서부"',
        F.WRONG_TYPE,
    ),
    ("site.toml", 'ko = "서부", en = "West"', 'ko = "서부"', 'name = { ko = "서부"', F.WRONG_TYPE),
    ("site.toml", 'ko = "서부"', 'ko = "서\\u202e부"', 'name = { ko = "서부"', F.BAD_CHARACTER),
    (TYPE, 'id = "pump"', 'id = "pumps"', "id =", F.FILE_NAME),
    (TYPE, 'glyph = "pump"', "", "id =", F.MISSING),
    (TYPE, 'glyph = "pump"', 'glyph = "../x"', "glyph", F.BAD_ID),
    (TYPE, 'headline = ["level"]', 'headline = ["depth"]', "headline", F.UNKNOWN_TAG),
    (TYPE, 'name = "state"', 'name = "level"', 'name = "state"', F.TWICE),
    (TYPE, 'name = "level"\nlabel', 'name = "le vel"\nlabel', 'name = "level"', F.BAD_ID),
    (TYPE, 'unit = "m"', 'unit = "m\\u0007"', "unit", F.BAD_CHARACTER),
    (TYPE, "high = 5\ndecimals", "high = 0\ndecimals", "low = 0", F.RANGE_UPSIDE_DOWN),
    (TYPE, "decimals = 2", "decimals = 7", "decimals", F.OUT_OF_RANGE),
    (TYPE, "decimals = 2", "decimals = 2.5", "decimals", F.WRONG_TYPE),
    (TYPE, "period_s = 5", "period_s = 0", "period_s", F.OUT_OF_RANGE),
    (TYPE, "period_s = 5", "period_s = inf", "period_s", F.NOT_FINITE),
    (TYPE, "period_s = 5", 'period_s = "5"', "period_s", F.WRONG_TYPE),
    (TYPE, 'kind = "discrete"', 'kind = "digital"', "kind", F.UNKNOWN_WORD),
    (
        TYPE,
        'states = [{ ko = "정지", en = "Stopped" }, { ko = "운전", en = "Running" }]',
        "",
        '[[tag]]\nname = "state"',
        F.NO_STATES,
    ),
    (TYPE, 'condition = "high"', 'condition = "higher"', "condition", F.UNKNOWN_WORD),
    (TYPE, 'tag = "level"', 'tag = "depth"', 'tag = "level"', F.UNKNOWN_TAG),
    (TYPE, "limit = 4.2", "limit = 6", "limit = 4.2", F.LIMIT_OUTSIDE_RANGE),
    (TYPE, "limit = 0\n", "limit = 2\n", "limit = 0\n", F.NO_SUCH_STATE),
    (TYPE, "deadband = 0.1", "deadband = 5", "deadband", F.OUT_OF_RANGE),
    (TYPE, "deadband = 0.1", "deadband = -1", "deadband", F.OUT_OF_RANGE),
    (TYPE, "deadband = 0.1", "on_delay_s = -1", "deadband", F.OUT_OF_RANGE),
    (TYPE, "deadband = 0.1", 'alarm_class = " "', "deadband", F.EMPTY_TEXT),
    (TYPE, "priority = 2", "priority = 5", "priority", F.OUT_OF_RANGE),
    (TYPE, "priority = 2", "priority = true", "priority", F.WRONG_TYPE),
    (TYPE, "respond_min = 10", "respond_min = 0", "respond_min", F.OUT_OF_RANGE),
    (
        TYPE,
        'cause = { ko = "유입 증가", en = "Inflow" }',
        'cause = { ko = "유입 증가", en = "" }',
        "cause",
        F.EMPTY_TEXT,
    ),
    (TYPE, 'action = { ko = "펌프 기동", en = "Start a pump" }', "", "[[alarm]]", F.MISSING),
    (TYPE, 'name = "level_high"', 'name = "stopped"', 'name = "stopped"', F.TWICE),
    (TYPE, "value = 1", "", "[[command]]", F.VALUE_OR_PARAMETER),
    (TYPE, 'command_class = "C2"', 'value = 1\ncommand_class = "C2"', "command_class", F.VALUE_OR_PARAMETER),
    (TYPE, 'feedback_tag = "state"', 'feedback_tag = "speed"', "feedback_tag", F.UNKNOWN_TAG),
    (TYPE, 'feedback_tag = "state"', "accept_deadline_s = 0", "feedback_tag", F.OUT_OF_RANGE),
    (TYPE, 'feedback_tag = "state"', "feedback_tolerance = -1", "feedback_tag", F.OUT_OF_RANGE),
    (TYPE, 'command_class = "C2"', 'command_class = "C9"', "command_class", F.UNKNOWN_WORD),
    (
        TYPE,
        'hazard = { ko = "수위가 변합니다", en = "The level changes" }',
        "",
        '[[command]]\nname = "set_level"',
        F.HAZARD_MISSING,
    ),
    (TYPE, "step_limit = 1", "step_limit = -1", "step_limit", F.OUT_OF_RANGE),
    (TYPE, 'name = "to"', "", "[[command.param]]", F.MISSING),
    (TYPE, "[[command.param]]", "[command.param]", "[[command.param]]", F.WRONG_TYPE),
    ("assets.csv", "id,type", "type", "id,type", F.COLUMN_MISSING),
    ("assets.csv", "lon,parent", "lon,parent,colour", "id,type", F.COLUMN_UNKNOWN),
    ("assets.csv", "lon,parent", "lon,parent,lon", "id,type", F.TWICE),
    ("assets.csv", "128.9,\n", "128.9\n", "p1,", F.CELLS),
    ("assets.csv", "p2,pump", "p1,pump", "p2,pump", F.TWICE),
    ("assets.csv", "p1,pump", "p 1,pump", "p1,pump", F.BAD_ID),
    ("assets.csv", "p1,pump", "p1,fan", "p1,pump", F.UNKNOWN_TYPE),
    ("assets.csv", "west", "north", "p1,pump", F.UNKNOWN_AREA),
    ("assets.csv", "129.2,p1", "129.2,p9", "p2,pump", F.UNKNOWN_ASSET),
    ("assets.csv", "128.9,\n", "128.9,p2\n", "p1,pump", F.PARENT_CYCLE),
    ("assets.csv", "128.9,\n", "128.9,p1\n", "p1,pump", F.PARENT_CYCLE),
    ("assets.csv", "35.1", "nan", "p1,pump", F.NOT_A_NUMBER),
    ("assets.csv", "35.1", "35_1", "p1,pump", F.NOT_A_NUMBER),
    ("assets.csv", "35.1", "삼십", "p1,pump", F.NOT_A_NUMBER),
    ("assets.csv", "35.1", "north", "p1,pump", F.NOT_A_NUMBER),
    ("assets.csv", "35.1", "37.1", "p1,pump", F.OUTSIDE_EXTENT),
    ("assets.csv", "펌프 1,", ",", "p1,pump", F.EMPTY_TEXT),
    ("assets.csv", "펌프 1", "펌프\u202e1", "p1,pump", F.BAD_CHARACTER),
    ("assets.csv", '"펌프 2, 예비"', '"펌프 2', "p2,pump", F.NOT_CSV),
    ("relations.csv", "drains,p1", "drains,p9", "drains", F.UNKNOWN_ASSET),
    ("relations.csv", "p1,p2", "p1,p1", "drains", F.RELATED_TO_ITSELF),
    ("relations.csv", "drains", "drains to", "drains", F.BAD_ID),
    ("feeds.toml", 'type = "pump"', 'type = "fan"', "type =", F.UNKNOWN_TYPE),
    ("feeds.toml", 'level = "waterLevel"', 'depth = "waterLevel"', "level =", F.UNKNOWN_TAG),
    ("feeds.toml", 'level = "waterLevel"', "level = 7", "level =", F.WRONG_TYPE),
    ("feeds.toml", 'start = { path = "status"', 'begin = { path = "status"', "start =", F.UNKNOWN_COMMAND),
    ("feeds.toml", "scale = 100", "scale = 0", "set_level", F.OUT_OF_RANGE),
    ("feeds.toml", "scale = 100", "factor = 100", "set_level", F.UNKNOWN_FIELD),
    ("feeds.toml", ":{asset}", ":p1", "source =", F.ASSET_NOT_IN_SOURCE),
    ("feeds.toml", "ws://127.0.0.1:8711/events", "127.0.0.1", "url =", F.WRONG_TYPE),
    ("feeds.toml", "vessel+truck", "vessel+tram", "movers", F.UNKNOWN_WORD),
    ("feeds.toml", 'adapter = "ngsi_ld"', "", "[[feed]]", F.MISSING),
    ("feeds.toml", "[feed.map.tags]", "[feed.map.tag]", "[[feed.map]]", F.MISSING),
    (
        "feeds.toml",
        'label = { ko = "센서", en = "Sensors" }',
        'label = { ko = "", en = "Sensors" }',
        "label",
        F.EMPTY_TEXT,
    ),
    ("feeds.toml", "[[feed]]\n", "zone = 1\n[[feed]]\n", "[[feed]]", F.UNKNOWN_FIELD),
]


@pytest.mark.parametrize(("file", "old", "new", "where", "reason"), BROKEN)
def test_a_fault_is_named_with_its_file_and_line(
    file: str, old: str, new: str, where: str, reason: F
) -> None:
    found = [(fault.file, fault.line, fault.reason) for fault in faults_of(broken(file, old, new))]
    assert (file, line_of(file, where), reason) in found


def test_all_faults_of_all_files_are_found_at_once() -> None:
    files = broken("site.toml", "lat = 35.2", "lat = 55.2")
    files[TYPE] = SOUND[TYPE].replace("limit = 4.2", "limit = 9").replace("priority = 4", "priority = 9")
    files["assets.csv"] = SOUND["assets.csv"].replace("west", "north")
    files["relations.csv"] = SOUND["relations.csv"].replace("p2", "p3")
    files["feeds.toml"] = SOUND["feeds.toml"].replace("vessel+truck", "tram")
    found = faults_of(files)
    assert [fault.file for fault in found] == [
        "assets.csv",
        "feeds.toml",
        "relations.csv",
        "site.toml",
        TYPE,
        TYPE,
    ]


def test_a_file_that_cannot_be_read_is_one_fault_and_not_many() -> None:
    """What other files say of it is not blamed on them."""
    for file in ("site.toml", TYPE, "feeds.toml"):
        assert [f.file for f in faults_of({**SOUND, file: "= broken"})] == [file]


def test_missing_files_are_named() -> None:
    for file in ("site.toml", "assets.csv"):
        files = {name: text for name, text in SOUND.items() if name != file}
        assert (file, 0, F.NO_FILE) in [(f.file, f.line, f.reason) for f in faults_of(files)]
    no_types = {name: text for name, text in SOUND.items() if name != TYPE}
    assert F.NO_TYPES in [f.reason for f in faults_of(no_types)]


def test_an_unfinished_document_is_at_fault_at_its_end() -> None:
    (fault,) = faults_of({**SOUND, "feeds.toml": "# nothing\n[[feed"})
    assert (fault.reason, fault.line) == (F.NOT_TOML, 2)


def test_a_site_needs_an_area_and_a_type_a_tag() -> None:
    head = SOUND["site.toml"].partition("[[area]]")[0]
    assert ("area", F.MISSING) in [
        (f.fields.get("field"), f.reason) for f in faults_of({**SOUND, "site.toml": head})
    ]
    bare = 'id = "pump"\nlabel = { ko = "가", en = "a" }\nglyph = "pump"\n'
    found = [(f.fields.get("field"), f.reason) for f in faults_of({**SOUND, TYPE: bare})]
    assert ("tag", F.MISSING) in found


def test_arrays_that_are_no_tables_are_named() -> None:
    for new in ("area = 3", "area = [1, 2]"):
        head = SOUND["site.toml"].partition("[[area]]")[0] + new
        assert F.WRONG_TYPE in [f.reason for f in faults_of({**SOUND, "site.toml": head})]
    tags = SOUND["feeds.toml"].partition("[feed.map.tags]")[0] + "tags = 3\n"
    assert F.WRONG_TYPE in [f.reason for f in faults_of({**SOUND, "feeds.toml": tags})]


def test_a_huge_number_is_a_fault_and_no_crash() -> None:
    found = faults_of(broken(TYPE, "high = 5\ndecimals", f"high = 1{'0' * 400}\ndecimals"))
    assert found[0].file == TYPE
