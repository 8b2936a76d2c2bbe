"""A definition changed at run time: which fields may be, and that the profile would allow the result (ALM-13)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from console.core.alarm.reasons import AlarmRefusal
from console.core.errors import AlarmRefused
from console.core.profile.alarm_definitions import read_alarm
from console.core.profile.entry import Entry
from console.core.profile.faults import Faults
from console.core.profile.lines import Lines
from console.core.site import AlarmCondition, AlarmDef, Severity, TagDef

WHOLE: Final = frozenset({"priority", "count"})
"""Fields that are whole numbers."""
CHANGEABLE: Final = WHOLE | {
    *("limit", "deadband", "on_delay_s", "off_delay_s", "count_window_s", "rate_window_s"),
    *("realarm_min", "escalate_min"),
}
"""What decides when an alarm comes, goes and how urgent it is; what it is about stays with the profile."""


def redefined(definition: AlarmDef, changes: Mapping[str, float], tags: Iterable[TagDef]) -> AlarmDef:
    """The definition with `changes`, judged like one of a site profile. Raises AlarmRefused with the field."""
    if not changes:
        raise AlarmRefused(AlarmRefusal.NO_CHANGE)
    values: dict[str, float] = {}
    for name, value in changes.items():
        if name not in CHANGEABLE:
            raise AlarmRefused(AlarmRefusal.FIELD_UNKNOWN, field=name[:60])
        if not math.isfinite(value) or (name in WHOLE and value != int(value)):
            raise AlarmRefused(AlarmRefusal.OUT_OF_RANGE, field=name)
        values[name] = int(value) if name in WHOLE else float(value)
    new = msgspec.structs.replace(definition, **values)
    if new == definition:
        raise AlarmRefused(AlarmRefusal.NO_CHANGE)
    # A fault that it has already is none of this change.
    ours = _faults(new, tags) - _faults(definition, tags)
    if ours:
        raise AlarmRefused(AlarmRefusal.OUT_OF_RANGE, field=min(ours))
    return new


def differences(old: AlarmDef, new: AlarmDef) -> dict[str, tuple[float, float]]:
    """Changeable fields whose values differ: old and new."""
    pairs = {name: (float(getattr(old, name)), float(getattr(new, name))) for name in sorted(CHANGEABLE)}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


def _faults(definition: AlarmDef, tags: Iterable[TagDef]) -> set[str]:
    """Fields in which the reader of site profiles finds a fault."""
    known = {tag.name: tag for tag in tags}
    faults = Faults()
    # Weighing consequences is the profile's business; at run time a person answers for the priority.
    definition = msgspec.structs.replace(definition, severity=Severity.UNSAID)
    read_alarm(Entry("", Lines(""), _table(definition), faults), known, known.keys())
    return {fault.fields.get("field", "") for fault in faults.sorted()}


def _table(definition: AlarmDef) -> dict[str, object]:
    """The definition as it would stand in a file: what has its default is not written."""
    table: dict[str, object] = {}
    for field in msgspec.structs.fields(AlarmDef):
        value = getattr(definition, field.name)
        if field.name != "levels" and (field.required or value != field.default):
            table[field.name] = msgspec.to_builtins(value)
    if definition.condition is not AlarmCondition.STALE:
        # A limit of 0 is a limit too.
        table["limit"] = definition.limit
    if definition.levels:
        table["level"] = [msgspec.to_builtins(level) for level in definition.levels]
    return table
