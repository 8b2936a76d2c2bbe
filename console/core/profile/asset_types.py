"""Reading of `types/<id>.toml`: tags, alarms and commands of one type, and the rules between them
(ALM-50)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from console.core.profile.entry import ID, NAME, Entry
from console.core.profile.faults import ProfileFault
from console.core.site import (
    AlarmCondition,
    AlarmDef,
    AssetType,
    CommandClass,
    CommandDef,
    ParamDef,
    TagDef,
    TagKind,
)

_STARRED = ("label", "cause", "consequence", "action")
_DANGEROUS = (CommandClass.C2, CommandClass.C3)
_GLYPH = re.compile(r"[a-z][a-z0-9_-]*")
_DECIMALS = 6

T = TypeVar("T")


def read_type(entry: Entry, stem: str) -> AssetType | None:
    """The type of one file, None if anything in it is at fault; `stem` is the file's name without ending."""
    tags = [_tag(e) for e in entry.entries("tag")]
    known = {tag.name: tag for tag in tags if tag is not None}
    names = entry.names("tag")
    alarms = [_alarm(e, known, names) for e in entry.entries("alarm")]
    commands = [_command(e, names) for e in entry.entries("command")]
    for array in ("tag", "alarm", "command"):
        unique(entry.entries(array), "name")
    whole = None not in tags and None not in alarms and None not in commands
    given = {"tags": _present(tags), "alarms": _present(alarms), "commands": _present(commands)}
    kind = entry.read(AssetType, given, ("tag", "alarm", "command"))
    if not entry.entries("tag"):
        entry.fault(ProfileFault.MISSING, "tag", entry=entry.label)
    if kind is None:
        return None
    entry.named(kind.id, "id", ID)
    entry.named(kind.glyph, "glyph", _GLYPH)
    entry.required_text("label", kind.label)
    if kind.id != stem:
        entry.fault(ProfileFault.FILE_NAME, "id", found=kind.id, expected=stem)
    for name in kind.headline:
        if name not in names:
            entry.fault(ProfileFault.UNKNOWN_TAG, "headline", found=name)
    return kind if whole else None


def unique(entries: Sequence[Entry], key: str) -> None:
    """Reports every entry whose `key` another one before it has."""
    seen: set[object] = set()
    for entry in entries:
        value = entry.table.get(key)
        if isinstance(value, str):
            if value in seen:
                entry.fault(ProfileFault.TWICE, key, found=value)
            seen.add(value)


def _present(items: Sequence[T | None]) -> tuple[T, ...]:
    return tuple(item for item in items if item is not None)


def _tag(entry: Entry) -> TagDef | None:
    tag = entry.read(TagDef)
    if tag is None:
        return None
    entry.named(tag.name, "name")
    entry.required_text("label", tag.label)
    _ascending(entry, tag.low, tag.high)
    _within(entry, "decimals", tag.decimals, 0, _DECIMALS)
    _positive(entry, "period_s", tag.period_s)
    if tag.kind is TagKind.DISCRETE and not tag.states:
        entry.fault(ProfileFault.NO_STATES, "states", entry=tag.name)
    return tag


def _alarm(entry: Entry, tags: dict[str, TagDef], names: set[str]) -> AlarmDef | None:
    alarm = entry.read(AlarmDef)
    if alarm is None:
        return None
    entry.named(alarm.name, "name")
    for starred in _STARRED:
        entry.required_text(starred, getattr(alarm, starred))
    _within(entry, "priority", alarm.priority, 1, 4)
    _positive(entry, "respond_min", alarm.respond_min)
    for field in ("on_delay_s", "off_delay_s", "deadband"):
        _within(entry, field, getattr(alarm, field), 0, 24 * 3600 if field != "deadband" else float("inf"))
    if not alarm.alarm_class.strip():
        entry.fault(ProfileFault.EMPTY_TEXT, "alarm_class", entry=alarm.name)
    if alarm.tag not in names:
        entry.fault(ProfileFault.UNKNOWN_TAG, "tag", found=alarm.tag)
    elif alarm.tag in tags:
        _limit(entry, alarm, tags[alarm.tag])
    return alarm


def _limit(entry: Entry, alarm: AlarmDef, tag: TagDef) -> None:
    if alarm.condition is AlarmCondition.STATE:
        if alarm.limit not in range(len(tag.states)):
            entry.fault(ProfileFault.NO_SUCH_STATE, "limit", found=f"{alarm.limit:g}", entry=tag.name)
        return
    if not tag.low <= alarm.limit <= tag.high:
        span = f"{tag.low:g}–{tag.high:g}"
        entry.fault(ProfileFault.LIMIT_OUTSIDE_RANGE, "limit", found=f"{alarm.limit:g}", known=span)
    if alarm.deadband >= tag.high - tag.low:
        entry.fault(
            ProfileFault.OUT_OF_RANGE,
            "deadband",
            found=f"{alarm.deadband:g}",
            known=f"0–{tag.high - tag.low:g}",
        )


def _command(entry: Entry, names: set[str]) -> CommandDef | None:
    params = [_param(e) for e in entry.entries("param")]
    unique(entry.entries("param"), "name")
    command = entry.read(CommandDef, {"params": _present(params)}, ("param",))
    if command is None:
        return None
    entry.named(command.name, "name")
    entry.required_text("label", command.label)
    if (command.value is None) != (len(entry.entries("param")) == 1):
        entry.fault(ProfileFault.VALUE_OR_PARAMETER, "value", entry=command.name)
    if command.feedback_tag and command.feedback_tag not in names:
        entry.fault(ProfileFault.UNKNOWN_TAG, "feedback_tag", found=command.feedback_tag)
    for field, value in _deadlines(command):
        _positive(entry, field, value)
    _within(entry, "feedback_tolerance", command.feedback_tolerance, 0, float("inf"))
    if command.command_class in _DANGEROUS and not (command.hazard.ko.strip() and command.hazard.en.strip()):
        entry.fault(ProfileFault.HAZARD_MISSING, "hazard", entry=command.name)
    return command if None not in params else None


def _deadlines(command: CommandDef) -> Iterator[tuple[str, float]]:
    yield "feedback_deadline_s", command.feedback_deadline_s
    yield "accept_deadline_s", command.accept_deadline_s
    yield "execute_deadline_s", command.execute_deadline_s


def _param(entry: Entry) -> ParamDef | None:
    param = entry.read(ParamDef)
    if param is None:
        return None
    entry.named(param.name, "name", NAME)
    entry.required_text("label", param.label)
    _ascending(entry, param.low, param.high)
    _within(entry, "decimals", param.decimals, 0, _DECIMALS)
    _within(entry, "step_limit", param.step_limit, 0, float("inf"))
    return param


def _ascending(entry: Entry, low: float, high: float) -> None:
    if low >= high:
        entry.fault(ProfileFault.RANGE_UPSIDE_DOWN, "low", found=f"{low:g}–{high:g}")


def _positive(entry: Entry, field: str, value: float) -> None:
    if value <= 0:
        entry.fault(ProfileFault.OUT_OF_RANGE, field, found=f"{value:g}", known="> 0")


def _within(entry: Entry, field: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        entry.fault(ProfileFault.OUT_OF_RANGE, field, found=f"{value:g}", known=f"{low:g}–{high:g}")
