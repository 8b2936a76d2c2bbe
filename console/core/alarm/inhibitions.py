"""Which alarm hides which by design (ALM-27): rules with matchers, resolved over one catalogue.

Never: itself; a target that the rule's source side matches too, by a source of its target side; an alarm of which any
level is priority 1; an alarm that (through others) hides the one that would hide it, so the cause always stays visible.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from console.core.catalogue import AlarmPoint
from console.core.site import Inhibition, Matcher

_Group = tuple[int, tuple[str, ...]]
"""A rule and the values of its equal labels."""


class Inhibitor(msgspec.Struct, frozen=True):
    """What hides an alarm: the rule, and the alarm that is its source now."""

    rule: str
    source: int


class Inhibitions:
    """Rules over alarms; `set_active` says which sources stand, `judged` what that means for a target."""

    def __init__(self, rules: Sequence[Inhibition], points: Sequence[AlarmPoint]) -> None:
        self._rules = rules
        self._sources: dict[int, list[_Group]] = {}
        self._targets: dict[int, list[_Group]] = {}
        self._members: dict[_Group, list[int]] = {}
        self._active: dict[_Group, set[int]] = {}
        self._by: dict[int, Inhibitor] = {}
        if rules:
            for point in points:
                self._add(point)
        self._rank = self._ranks()

    def __bool__(self) -> bool:
        return bool(self._members)

    def rank(self, alarm: int) -> int:
        """Alarms of one tick are dealt with in this order, so that what is hidden was not announced before."""
        return max((self._rank[group[0]] for group in self._targets.get(alarm, ())), default=0)

    def targets(self) -> Iterable[int]:
        """Every alarm that may be hidden."""
        return self._targets.keys()

    def set_active(self, alarm: int, active: bool) -> None:
        """`alarm` is abnormal or no longer."""
        for group in self._sources.get(alarm, ()):
            if active:
                self._active.setdefault(group, set()).add(alarm)
            else:
                self._active.get(group, set[int]()).discard(alarm)

    def touched_by(self, alarm: int) -> list[int]:
        """Targets that `alarm` may hide as a source, in order."""
        groups = self._sources.get(alarm, ())
        return sorted({target for group in groups for target in self._members[group]})

    def judged(self, alarm: int) -> Inhibitor | None:
        """What hides `alarm` now, remembered for the next judgements."""
        found = self._found(alarm)
        if found is None:
            self._by.pop(alarm, None)
        else:
            self._by[alarm] = found
        return found

    def _add(self, point: AlarmPoint) -> None:
        labels = labels_of(point)
        for number, rule in enumerate(self._rules):
            group = (number, tuple(labels.get(label, "") for label in rule.equal))
            if matches(rule.source, labels):
                self._sources.setdefault(point.index, []).append(group)
                self._members.setdefault(group, [])
            if matches(rule.target, labels) and point.alarm.top_priority > 1:
                self._targets.setdefault(point.index, []).append(group)
                self._members.setdefault(group, []).append(point.index)

    def _found(self, alarm: int) -> Inhibitor | None:
        mine = self._sources.get(alarm, ())
        for group in self._targets.get(alarm, ()):
            both = any(other[0] == group[0] for other in mine)
            for source in sorted(self._active.get(group, ())):
                hidden_too = both and any(o[0] == group[0] for o in self._targets.get(source, ()))
                if source != alarm and not hidden_too and not self._leads_to(source, alarm):
                    return Inhibitor(self._rules[group[0]].id, source)
        return None

    def _leads_to(self, source: int, alarm: int) -> bool:
        """Whether `source` is itself hidden by `alarm`, through however many others."""
        seen: set[int] = set()
        while source in self._by and source not in seen:
            seen.add(source)
            source = self._by[source].source
            if source == alarm:
                return True
        return False

    def _ranks(self) -> list[int]:
        """How many rules may stand before each rule; rules in a circle end at their number."""
        sources: dict[int, set[int]] = {number: set() for number in range(len(self._rules))}
        for alarm, groups in self._sources.items():
            for number in {group[0] for group in groups}:
                sources[number].update(group[0] for group in self._targets.get(alarm, ()))
        ranks = [1] * len(self._rules)
        for _ in self._rules:
            for number, before in sources.items():
                behind = max((ranks[b] + 1 for b in before if b != number), default=1)
                ranks[number] = min(max(ranks[number], behind), len(self._rules))
        return ranks


def labels_of(point: AlarmPoint) -> dict[str, str]:
    """Labels of an alarm that rules may match or compare; an empty one is missing."""
    return {
        "alarm": point.alarm.name,
        "type": point.asset.type,
        "area": point.asset.area,
        "asset": point.asset.id,
        "alarm_class": point.alarm.alarm_class,
        "parent": point.asset.parent,
    }


def matches(matcher: Matcher, labels: dict[str, str]) -> bool:
    """Whether every label that the matcher names has its value."""
    wanted = msgspec.structs.asdict(matcher)
    return all(not value or labels[name] == value for name, value in wanted.items())
