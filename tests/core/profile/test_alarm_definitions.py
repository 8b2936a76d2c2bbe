"""Alarm definitions, inhibitions and shifts of a profile: what each needs, and every fault by line (ALM-27, ALM-50)."""

from __future__ import annotations

import pytest
from sound_profile import SOUND

from console.core.errors import ProfileError, ProfileErrors
from console.core.profile.alarm_definitions import priority_of
from console.core.profile.faults import ProfileFault as F
from console.core.profile.parse import parse_site
from console.core.site import AlarmCondition, AlarmDef, Inhibition, Matcher, Severity, Shift
from console.core.words import Text

TYPE = "types/pump.toml"
SITE = "site.toml"
RULES = "inhibitions.toml"

HEAD = """
[[alarm]]
name = "extra"
label = { ko = "추가", en = "Extra" }
cause = { ko = "원인", en = "Cause" }
consequence = { ko = "결과", en = "Consequence" }
action = { ko = "조치", en = "Action" }
respond_min = 10
priority = 3
"""
LEVEL = '\n[[alarm.level]]\nlimit = {}\npriority = {}\nlabel = {{ ko = "단계", en = "Level" }}\n'
RULE = """[[inhibition]]
id = "r"
label = { ko = "원인이 보임", en = "The cause is shown" }
source = { alarm = "stopped" }
target = { alarm = "level_high", type = "pump" }
equal = ["asset", "parent"]
"""
SHIFT = """
[[shift]]
id = "day"
name = { ko = "주간", en = "Day" }
start = "07:00"
end = "19:00"
"""


def with_alarm(body: str) -> dict[str, str]:
    return {**SOUND, TYPE: SOUND[TYPE].replace("\n[[command]]", f"{HEAD}{body}\n\n[[command]]", 1)}


def alarm_of(body: str) -> AlarmDef:
    return parse_site(with_alarm(body)).types[0].alarms[2]


def faults_of(files: dict[str, str]) -> list[ProfileError]:
    with pytest.raises(ProfileErrors) as found:
        parse_site(files)
    return list(found.value.faults)


def reasons(files: dict[str, str]) -> set[tuple[str, str]]:
    return {(str(f.reason), str(f.fields.get("field", ""))) for f in faults_of(files)}


def test_every_kind_of_condition_can_be_declared() -> None:
    high = alarm_of(f'tag = "level"\ncondition = "high"\nlimit = 3{LEVEL.format(4, 2)}{LEVEL.format(5, 1)}')
    assert [(step.limit, step.priority) for step in high.levels] == [(4.0, 2), (5.0, 1)]
    assert high.top_priority == 1
    low = alarm_of(f'tag = "level"\ncondition = "low"\nlimit = 1\ndeadband = 0.1{LEVEL.format(0, 2)}')
    assert low.levels[0].limit == 0.0
    apart = alarm_of('tag = "level"\ncondition = "deviation"\nlimit = 2\nreference_tag = "state"')
    assert apart.reference_tag == "state"
    fall = alarm_of(f'tag = "level"\ncondition = "rate"\nlimit = -1\nrate_window_s = 60{LEVEL.format(-2, 1)}')
    assert (fall.limit, fall.rate_window_s) == (-1.0, 60.0)
    assert alarm_of('tag = "level"\ncondition = "stale"').condition is AlarmCondition.STALE


def test_what_rationalisation_adds_is_read() -> None:
    alarm = alarm_of(
        'tag = "level"\ncondition = "high"\nlimit = 3\ncount = 3\ncount_window_s = 60\nrealarm_min = 30\n'
        'escalate_min = 5\ncomment_required = true\ndisplay = "map"\nowner = "팀"\nreviewed = "2026-11-22"'
    )
    assert (alarm.count, alarm.count_window_s, alarm.realarm_min, alarm.escalate_min) == (3, 60.0, 30.0, 5.0)
    assert (alarm.comment_required, alarm.display, alarm.owner) == (True, "map", "팀")


HIGH = 'tag = "level"\ncondition = "high"\nlimit = 3'


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        ('tag = "level"\ncondition = "high"', F.FIELD_NEEDED, "limit"),
        ('tag = "level"\ncondition = "deviation"\nlimit = 2', F.FIELD_NEEDED, "reference_tag"),
        ('tag = "level"\ncondition = "rate"\nlimit = 2', F.FIELD_NEEDED, "rate_window_s"),
        (
            'tag = "level"\ncondition = "rate"\nlimit = 0\nrate_window_s = 60',
            F.OUT_OF_RANGE,
            "limit",
        ),
        ('tag = "level"\ncondition = "stale"\nlimit = 2', F.FIELD_UNUSED, "limit"),
        (f"{HIGH}\nrate_window_s = 60", F.FIELD_UNUSED, "rate_window_s"),
        (f'{HIGH}\nreference_tag = "state"', F.FIELD_UNUSED, "reference_tag"),
        ('tag = "state"\ncondition = "state"\nlimit = 1' + LEVEL.format(2, 1), F.FIELD_UNUSED, "level"),
        (f"{HIGH}\ncount = 2", F.FIELD_NEEDED, "count_window_s"),
        (f"{HIGH}\ncount = 0", F.OUT_OF_RANGE, "count"),
        (f"{HIGH}\nrealarm_min = -1", F.OUT_OF_RANGE, "realarm_min"),
        (f"{HIGH}\nescalate_min = 99999", F.OUT_OF_RANGE, "escalate_min"),
        (f'{HIGH}\nreviewed = "22.11.2026"', F.NOT_A_DAY, "reviewed"),
        (f'{HIGH}\nreviewed = "20261122"', F.NOT_A_DAY, "reviewed"),
        (
            'tag = "level"\ncondition = "deviation"\nlimit = 2\nreference_tag = "level"',
            F.NO_OTHER_TAG,
            "reference_tag",
        ),
        (
            'tag = "level"\ncondition = "deviation"\nlimit = 2\nreference_tag = "depth"',
            F.UNKNOWN_TAG,
            "reference_tag",
        ),
        (
            'tag = "level"\ncondition = "deviation"\nlimit = 9\nreference_tag = "state"',
            F.LIMIT_OUTSIDE_RANGE,
            "limit",
        ),
        (
            'tag = "level"\ncondition = "deviation"\nlimit = -1\nreference_tag = "state"',
            F.OUT_OF_RANGE,
            "limit",
        ),
        (HIGH + LEVEL.format(9, 1), F.LIMIT_OUTSIDE_RANGE, "limit"),
        (HIGH + LEVEL.format(2, 1), F.LEVEL_ORDER, "level"),
        (HIGH + LEVEL.format(4, 3), F.LEVEL_ORDER, "level"),
        (HIGH + LEVEL.format(4, 0), F.OUT_OF_RANGE, "priority"),
        (HIGH + LEVEL.format(4, '"1"'), F.WRONG_TYPE, "priority"),
        (HIGH + LEVEL.format(4, 1).replace('"Level"', '""'), F.EMPTY_TEXT, "label"),
        (f'{HIGH}\nalarm_class = " "', F.EMPTY_TEXT, "alarm_class"),
        (f"{HIGH}\nlevel = 3", F.WRONG_TYPE, "level"),
    ],
)
def test_what_a_condition_needs_and_does_not_use_is_named(body: str, reason: F, field: str) -> None:
    """ALM-50."""
    assert (reason, field) in reasons(with_alarm(body))


def test_a_fault_of_a_level_stands_on_its_line() -> None:
    files = with_alarm(HIGH + LEVEL.format(4, 7))
    line = next(n for n, t in enumerate(files[TYPE].splitlines(), 1) if t == "priority = 7")
    assert [f.line for f in faults_of(files) if f.reason == F.OUT_OF_RANGE] == [line]


def test_inhibitions_and_shifts_are_read() -> None:
    site = parse_site({**SOUND, RULES: RULE, SITE: SOUND[SITE] + SHIFT})
    assert site.inhibitions == (
        Inhibition(
            id="r",
            label=Text("원인이 보임", "The cause is shown"),
            source=Matcher(alarm="stopped"),
            target=Matcher(alarm="level_high", type="pump"),
            equal=("asset", "parent"),
        ),
    )
    assert site.shifts == (Shift(id="day", name=Text("주간", "Day"), start="07:00", end="19:00"),)


@pytest.mark.parametrize(
    ("old", "new", "reason", "field"),
    [
        ('{ alarm = "stopped" }', "{ }", F.MATCHES_ALL, "source"),
        ('{ alarm = "stopped" }', '{ alarm = "gone" }', F.MATCHES_NONE, "source"),
        ('{ alarm = "stopped" }', '{ area = "north" }', F.MATCHES_NONE, "source"),
        ('{ alarm = "stopped" }', '{ asset = "p9" }', F.MATCHES_NONE, "source"),
        ('{ alarm = "stopped" }', '{ type = "valve" }', F.MATCHES_NONE, "source"),
        ('{ alarm = "stopped" }', '{ alarm_class = "x" }', F.MATCHES_NONE, "source"),
        ('{ alarm = "stopped" }', '{ colour = "red" }', F.UNKNOWN_FIELD, "colour"),
        ('source = { alarm = "stopped" }\n', "", F.MISSING, "source"),
        ('{ alarm = "stopped" }', '{ alarm = "level_high", type = "pump" }', F.INHIBITS_ITSELF, "target"),
        ('"parent"]', '"colour"]', F.UNKNOWN_WORD, "equal"),
        ('id = "r"', 'id = "r r"', F.BAD_ID, "id"),
        ('id = "r"\n', "", F.MISSING, "id"),
        ('en = "The cause is shown"', 'en = ""', F.EMPTY_TEXT, "label"),
        ("[[inhibition]]", "[[inhibitions]]", F.UNKNOWN_FIELD, "inhibitions"),
    ],
)
def test_a_fault_of_an_inhibition_is_named(old: str, new: str, reason: F, field: str) -> None:
    assert old in RULE
    assert (reason, field) in reasons({**SOUND, RULES: RULE.replace(old, new, 1)})


def test_two_inhibitions_of_one_name_are_named() -> None:
    assert (F.TWICE, "id") in reasons({**SOUND, RULES: RULE + RULE})


def test_a_type_at_fault_is_not_blamed_on_the_rules_that_name_it() -> None:
    files = {**SOUND, RULES: RULE, TYPE: SOUND[TYPE].replace("limit = 4.2", "limit = 9")}
    assert {f.file for f in faults_of({**files, TYPE: "= broken"})} == {TYPE}
    assert {f.file for f in faults_of(files)} == {TYPE}


@pytest.mark.parametrize(
    ("old", "new", "reason", "field"),
    [
        ('"07:00"', '"7:00"', F.NOT_A_CLOCK, "start"),
        ('"19:00"', '"24:00"', F.NOT_A_CLOCK, "end"),
        ('en = "Day"', 'en = " "', F.EMPTY_TEXT, "name"),
        ('id = "day"', 'id = "a day"', F.BAD_ID, "id"),
        ('start = "07:00"\n', "", F.MISSING, "start"),
    ],
)
def test_a_fault_of_a_shift_is_named(old: str, new: str, reason: F, field: str) -> None:
    assert old in SHIFT
    assert (reason, field) in reasons({**SOUND, SITE: SOUND[SITE] + SHIFT.replace(old, new, 1)})


@pytest.mark.parametrize(
    ("severity", "priorities"),
    [("minor", (4, 4, 4, 3)), ("major", (4, 3, 3, 2)), ("severe", (3, 2, 2, 2)), ("life", (2, 2, 2, 1))],
)
def test_the_priority_follows_from_consequence_and_time(severity: str, priorities: tuple[int, ...]) -> None:
    """ALARMS.md 1.5: the whole matrix; at 30, 10 and 3 minutes the shorter column counts."""
    found = [priority_of(Severity(severity), minutes) for minutes in (31.0, 30.0, 10.0, 3.0)]
    assert tuple(found) == priorities


def test_a_priority_beside_the_matrix_is_a_fault() -> None:
    """ALM-50: only where the consequence has been weighed, and of the most urgent level."""
    high = 'tag = "level"\ncondition = "high"\nlimit = 4.0\n'
    assert alarm_of(high).severity is Severity.UNSAID
    assert alarm_of(high + 'severity = "major"\n').severity is Severity.MAJOR
    assert ("priority_matrix", "priority") in reasons(with_alarm(high + 'severity = "minor"\n'))
    levelled = high + 'severity = "severe"\n' + LEVEL.format(4.5, 2)
    assert alarm_of(levelled).top_priority == 2
