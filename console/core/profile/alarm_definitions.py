"""Reading of one alarm definition: what the rationalisation must say, and what its condition needs (ALM-50)."""

from __future__ import annotations

from collections.abc import Mapping, Set
from datetime import date
from itertools import pairwise

from console.core.profile.entry import Entry
from console.core.profile.faults import ProfileFault
from console.core.site import AlarmCondition, AlarmDef, AlarmLevel, Severity, TagDef

_STARRED = ("label", "cause", "consequence", "action")
_DAY_S = 24 * 3600.0
_COUNT_MAX = 1000
_WEEK_MIN = 7 * 24 * 60.0

_NEEDS = {
    AlarmCondition.HIGH: ("limit",),
    AlarmCondition.LOW: ("limit",),
    AlarmCondition.STATE: ("limit",),
    AlarmCondition.DEVIATION: ("limit", "reference_tag"),
    AlarmCondition.RATE: ("limit", "rate_window_s"),
    AlarmCondition.STALE: (),
}
_OPTIONAL = {
    AlarmCondition.HIGH: ("deadband", "level"),
    AlarmCondition.LOW: ("deadband", "level"),
    AlarmCondition.STATE: ("deadband",),
    AlarmCondition.DEVIATION: ("deadband", "level"),
    AlarmCondition.RATE: ("deadband", "level"),
    AlarmCondition.STALE: (),
}
_OF_CONDITIONS = ("limit", "deadband", "level", "reference_tag", "rate_window_s")


def read_alarm(entry: Entry, tags: Mapping[str, TagDef], names: Set[str]) -> AlarmDef | None:
    """The definition, None if it cannot be read; `tags` are the sound ones of `names`."""
    levels = [_level(e) for e in entry.entries("level")]
    given = {"levels": tuple(level for level in levels if level is not None)}
    alarm = entry.read(AlarmDef, given, ("level",))
    if alarm is None or None in levels:
        return None
    entry.named(alarm.name, "name")
    for starred in _STARRED:
        entry.required_text(starred, getattr(alarm, starred))
    if not alarm.alarm_class.strip():
        entry.fault(ProfileFault.EMPTY_TEXT, "alarm_class", entry=alarm.name)
    _numbers(entry, alarm)
    _fields(entry, alarm)
    _levels(entry, alarm)
    _tags(entry, alarm, tags, names)
    _priority(entry, alarm)
    return alarm


def _priority(entry: Entry, alarm: AlarmDef) -> None:
    """The most urgent level is as urgent as its consequence and the time to respond make it."""
    if alarm.severity is Severity.UNSAID:
        return
    expected = priority_of(alarm.severity, alarm.respond_min)
    if alarm.top_priority != expected:
        entry.fault(
            ProfileFault.PRIORITY_MATRIX,
            "priority",
            entry=alarm.name,
            severity=alarm.severity,
            minutes=f"{alarm.respond_min:g}",
            found=str(alarm.top_priority),
            known=str(expected),
        )


def _level(entry: Entry) -> AlarmLevel | None:
    level = entry.read(AlarmLevel)
    if level is not None:
        entry.within("priority", level.priority, 1, 4)
        entry.required_text("label", level.label)
    return level


_COLUMNS_MIN = (30.0, 10.0, 3.0)
_MATRIX = {
    Severity.MINOR: (4, 4, 4, 3),
    Severity.MAJOR: (4, 3, 3, 2),
    Severity.SEVERE: (3, 2, 2, 2),
    Severity.LIFE: (2, 2, 2, 1),
}
"""Priority by severity for a time to respond above 30, above 10, above 3 and up to 3 minutes (ALARMS.md 1.5)."""


def priority_of(severity: Severity, respond_min: float) -> int:
    """The priority that a consequence and the time to respond give. Raises KeyError where none is said."""
    return _MATRIX[severity][sum(respond_min <= edge for edge in _COLUMNS_MIN)]


def _numbers(entry: Entry, alarm: AlarmDef) -> None:
    entry.within("priority", alarm.priority, 1, 4)
    entry.positive("respond_min", alarm.respond_min)
    for field in ("on_delay_s", "off_delay_s", "count_window_s", "rate_window_s"):
        entry.within(field, getattr(alarm, field), 0, _DAY_S)
    entry.within("deadband", alarm.deadband, 0, float("inf"))
    entry.within("count", alarm.count, 1, _COUNT_MAX)
    for field in ("realarm_min", "escalate_min"):
        entry.within(field, getattr(alarm, field), 0, _WEEK_MIN)
    if alarm.reviewed and not _is_day(alarm.reviewed):
        entry.fault(ProfileFault.NOT_A_DAY, "reviewed", found=alarm.reviewed[:60])


def _fields(entry: Entry, alarm: AlarmDef) -> None:
    """What the condition needs is there, and nothing is that it would ignore."""
    condition = alarm.condition
    needed = _NEEDS[condition]
    for field in needed:
        if not entry.table.get(field) and not (field == "limit" and field in entry.table):
            entry.fault(ProfileFault.FIELD_NEEDED, field, entry=alarm.name, condition=condition)
    for field in _OF_CONDITIONS:
        if field in entry.table and field not in (*needed, *_OPTIONAL[condition]):
            entry.fault(ProfileFault.FIELD_UNUSED, field, entry=alarm.name, condition=condition)
    if alarm.count > 1 and alarm.count_window_s <= 0:
        entry.fault(ProfileFault.FIELD_NEEDED, "count_window_s", entry=alarm.name, condition=condition)
    if condition is AlarmCondition.RATE and alarm.limit == 0.0:
        entry.fault(ProfileFault.OUT_OF_RANGE, "limit", found="0", known="≠ 0")
    if condition is AlarmCondition.DEVIATION:
        entry.positive("limit", alarm.limit)


def _levels(entry: Entry, alarm: AlarmDef) -> None:
    """Each level is further out and more urgent than the one before."""
    falling = alarm.condition is AlarmCondition.LOW or (
        alarm.condition is AlarmCondition.RATE and alarm.limit < 0
    )
    sign = -1.0 if falling else 1.0
    ladder = [(alarm.limit, alarm.priority), *((level.limit, level.priority) for level in alarm.levels)]
    for number, ((limit, priority), (next_limit, next_priority)) in enumerate(pairwise(ladder), 1):
        if sign * next_limit <= sign * limit or next_priority >= priority:
            entry.fault(ProfileFault.LEVEL_ORDER, "level", entry=alarm.name, found=str(number))


def _tags(entry: Entry, alarm: AlarmDef, tags: Mapping[str, TagDef], names: Set[str]) -> None:
    if alarm.reference_tag and alarm.reference_tag not in names:
        entry.fault(ProfileFault.UNKNOWN_TAG, "reference_tag", found=alarm.reference_tag[:60])
    if alarm.reference_tag and alarm.reference_tag == alarm.tag:
        entry.fault(ProfileFault.NO_OTHER_TAG, "reference_tag", entry=alarm.name)
    if alarm.tag not in names:
        entry.fault(ProfileFault.UNKNOWN_TAG, "tag", found=alarm.tag)
    elif alarm.tag in tags:
        _limits(entry, alarm, tags[alarm.tag])


def _limits(entry: Entry, alarm: AlarmDef, tag: TagDef) -> None:
    """Limits that the tag can reach, and a deadband it can leave."""
    if alarm.condition is AlarmCondition.STATE:
        if alarm.limit not in range(len(tag.states)):
            entry.fault(ProfileFault.NO_SUCH_STATE, "limit", found=f"{alarm.limit:g}", entry=tag.name)
        return
    span = tag.high - tag.low
    low, high = tag.low, tag.high
    if alarm.condition is AlarmCondition.DEVIATION:
        low, high = 0.0, span
    if alarm.condition in (AlarmCondition.HIGH, AlarmCondition.LOW, AlarmCondition.DEVIATION):
        for limit in (alarm.limit, *(level.limit for level in alarm.levels)):
            if not low <= limit <= high:
                known = f"{low:g}–{high:g}"
                entry.fault(ProfileFault.LIMIT_OUTSIDE_RANGE, "limit", found=f"{limit:g}", known=known)
    if alarm.deadband >= span:
        known = f"0–{span:g}"
        entry.fault(ProfileFault.OUT_OF_RANGE, "deadband", found=f"{alarm.deadband:g}", known=known)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
