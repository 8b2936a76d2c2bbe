"""Reading of `types/<id>.toml`: tags, alarms and commands of one type, and the rules between them
(ALM-50)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from console.core.profile.alarm_definitions import read_alarm
from console.core.profile.command_definitions import DECIMALS, read_command
from console.core.profile.entry import ID, Entry, unique
from console.core.profile.faults import ProfileFault
from console.core.site import AssetType, TagDef, TagKind

_GLYPH = re.compile(r"[a-z][a-z0-9_-]*")
T = TypeVar("T")


def read_type(entry: Entry, stem: str) -> AssetType | None:
    """The type of one file, None if anything in it is at fault; `stem` is the file's name without ending."""
    tags = [_tag(e) for e in entry.entries("tag")]
    known = {tag.name: tag for tag in tags if tag is not None}
    names = entry.names("tag")
    alarms = [read_alarm(e, known, names) for e in entry.entries("alarm")]
    commands = [read_command(e, names) for e in entry.entries("command")]
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
    entry.within("decimals", tag.decimals, 0, DECIMALS)
    entry.positive("period_s", tag.period_s)
    if tag.kind is TagKind.DISCRETE and not tag.states:
        entry.fault(ProfileFault.NO_STATES, "states", entry=tag.name)
    return tag
