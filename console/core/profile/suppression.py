"""Reading of `inhibitions.toml` and of the shifts of `site.toml`: what hides what, and who works when."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import msgspec

from console.core.profile.entry import ID, Entry, unique
from console.core.profile.faults import ProfileFault
from console.core.site import AssetType, Inhibition, Matcher, Shift

LABELS = (*(field.name for field in msgspec.structs.fields(Matcher)), "parent")
"""What both sides of an inhibition may be asked to share."""

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class Named(msgspec.Struct, frozen=True):
    """What a profile's matchers may name, by label; a label that is absent cannot be checked, because the file that
    declares it is at fault itself.
    """

    values: Mapping[str, Collection[str]]

    @staticmethod
    def of(types: Sequence[AssetType] | None, known: Mapping[str, Collection[str] | None]) -> Named:
        """Labels of alarms from sound types (None if one is not sound), the others as given."""
        values = {label: found for label, found in known.items() if found is not None}
        if types is not None:
            alarms = [alarm for kind in types for alarm in kind.alarms]
            values["alarm"] = {alarm.name for alarm in alarms}
            values["alarm_class"] = {alarm.alarm_class for alarm in alarms}
        return Named(values)


def read_inhibitions(entry: Entry, named: Named) -> list[Inhibition]:
    """Sound rules in order; faults are reported."""
    entry.unknown(("inhibition",))
    entries = entry.entries("inhibition")
    unique(entries, "id")
    rules = [_inhibition(e, named) for e in entries]
    return [rule for rule in rules if rule is not None]


def read_shifts(entry: Entry) -> list[Shift]:
    """Sound shifts in order; faults are reported."""
    entries = entry.entries("shift")
    unique(entries, "id")
    shifts = [_shift(e) for e in entries]
    return [shift for shift in shifts if shift is not None]


def _inhibition(entry: Entry, named: Named) -> Inhibition | None:
    source = _matcher(entry, "source", named)
    target = _matcher(entry, "target", named)
    given = {"source": source, "target": target}
    rule = entry.read(Inhibition, given, ("source", "target"))
    if rule is None or source is None or target is None:
        return None
    entry.named(rule.id, "id", ID)
    entry.required_text("label", rule.label)
    for label in rule.equal:
        if label not in LABELS:
            entry.fault(ProfileFault.UNKNOWN_WORD, "equal", found=label[:60], known=", ".join(LABELS))
    if source == target:
        entry.fault(ProfileFault.INHIBITS_ITSELF, "target", entry=rule.id)
    return rule


def _matcher(entry: Entry, side: str, named: Named) -> Matcher | None:
    if side not in entry.table:
        entry.fault(ProfileFault.MISSING, side, entry=entry.label)
        return None
    matcher = entry.child(side).read(Matcher)
    if matcher is None:
        return None
    labels = {name: str(value) for name, value in msgspec.structs.asdict(matcher).items() if value}
    if not labels:
        entry.fault(ProfileFault.MATCHES_ALL, side, entry=entry.label)
    for label, value in labels.items():
        if value not in named.values.get(label, (value,)):
            entry.fault(ProfileFault.MATCHES_NONE, side, found=f"{label} = {value[:60]}")
    return matcher


def _shift(entry: Entry) -> Shift | None:
    shift = entry.read(Shift)
    if shift is None:
        return None
    entry.named(shift.id, "id", ID)
    entry.required_text("name", shift.name)
    for name, clock in (("start", shift.start), ("end", shift.end)):
        if not _CLOCK.fullmatch(clock):
            entry.fault(ProfileFault.NOT_A_CLOCK, name, found=clock[:60])
    return shift
