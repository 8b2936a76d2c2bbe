"""Reading of `types/<id>.toml`: tags, alarms and commands of one type, and the rules between them
(ALM-50)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeVar

from console.core.profile.alarm_definitions import read_alarm
from console.core.profile.entry import ID, NAME, Entry, unique
from console.core.profile.faults import ProfileFault
from console.core.site import AssetType, CommandClass, CommandDef, ParamDef, TagDef, TagKind

_DANGEROUS = (CommandClass.C2, CommandClass.C3)
_GLYPH = re.compile(r"[a-z][a-z0-9_-]*")
_DECIMALS = 6

T = TypeVar("T")


def read_type(entry: Entry, stem: str) -> AssetType | None:
    """The type of one file, None if anything in it is at fault; `stem` is the file's name without ending."""
    tags = [_tag(e) for e in entry.entries("tag")]
    known = {tag.name: tag for tag in tags if tag is not None}
    names = entry.names("tag")
    alarms = [read_alarm(e, known, names) for e in entry.entries("alarm")]
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


def _present(items: Sequence[T | None]) -> tuple[T, ...]:
    return tuple(item for item in items if item is not None)


def _tag(entry: Entry) -> TagDef | None:
    tag = entry.read(TagDef)
    if tag is None:
        return None
    entry.named(tag.name, "name")
    entry.required_text("label", tag.label)
    entry.ascending(tag.low, tag.high)
    entry.within("decimals", tag.decimals, 0, _DECIMALS)
    entry.positive("period_s", tag.period_s)
    if tag.kind is TagKind.DISCRETE and not tag.states:
        entry.fault(ProfileFault.NO_STATES, "states", entry=tag.name)
    return tag


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
        entry.positive(field, value)
    entry.within("feedback_tolerance", command.feedback_tolerance, 0, float("inf"))
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
    entry.ascending(param.low, param.high)
    entry.within("decimals", param.decimals, 0, _DECIMALS)
    entry.within("step_limit", param.step_limit, 0, float("inf"))
    return param
