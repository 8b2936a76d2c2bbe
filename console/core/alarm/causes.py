"""Grouping by cause: which assets hang together, and which standing alarm most likely caused another.

Groups are what relations and parents connect within one area. A cause stands on the same asset as the first of its
group, or on an asset that feeds, drains or supplies it; it was annunciated before, and not long before. Nothing is
hidden by this: it says where to look first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from console.core.alarm.events import AlarmEvent
from console.core.alarm.facts import AlarmFact
from console.core.batch import NS
from console.core.catalogue import Catalogue

WINDOW_S = 1800.0
"""How much earlier a cause may have come."""
DEPTH = 3
"""Relations that lie between a cause and what it causes, at most."""


def groups_of(catalogue: Catalogue) -> dict[int, str]:
    """The group of every alarm, named by the first of its assets."""
    root: dict[str, str] = {asset: asset for asset in catalogue.assets}

    def found(asset: str) -> str:
        while root[asset] != asset:
            root[asset] = root[root[asset]]
            asset = root[asset]
        return asset

    links = [(r.source, r.target) for r in catalogue.site.relations]
    links += [(a.parent, a.id) for a in catalogue.site.assets if a.parent in root]
    for one, other in links:
        if catalogue.assets[one].area == catalogue.assets[other].area:
            root[found(other)] = found(one)
    return {point.index: found(point.asset.id) for point in catalogue.alarms}


def upstream_of(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Assets that may cause alarms of each asset: itself first, then what it hangs on, nearest first."""
    before: dict[str, list[str]] = {asset: [] for asset in catalogue.assets}
    for relation in catalogue.site.relations:
        before[relation.target].append(relation.source)
    for asset in catalogue.site.assets:
        if asset.parent in before:
            before[asset.id].append(asset.parent)
    return {asset: _reached(asset, before) for asset in before}


def _reached(asset: str, before: Mapping[str, list[str]]) -> tuple[str, ...]:
    reached = [asset]
    edge = [asset]
    for _ in range(DEPTH):
        edge = list(dict.fromkeys(b for a in edge for b in before[a] if b not in reached))
        reached += edge
    return tuple(reached)


class Causes:
    """Present causes of the listed alarms of one position."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._asset_of = [point.asset.id for point in catalogue.alarms]
        self._upstream = upstream_of(catalogue)
        # Alarms of an asset in the order in which they came into the list, with the hub's time of it.
        self._listed: dict[str, dict[int, int]] = {}
        self._cause: dict[int, int] = {}
        self._caused: dict[int, set[int]] = {}

    def of(self, alarm: int) -> int:
        """The cause of an alarm, -1 for none known."""
        return self._cause.get(alarm, -1)

    def restore(self, facts: Iterable[AlarmFact]) -> None:
        """Takes up the list from before a restart."""
        for fact in sorted(facts, key=lambda fact: (fact.at_annunciated, fact.alarm)):
            self._take(fact)

    def tick(self, events: Iterable[AlarmEvent]) -> set[int]:
        """Takes all transitions of one tick; alarms whose cause changed."""
        changed: set[int] = set()
        for event in events:
            changed |= self._take(event.fact)
        return changed

    def _take(self, fact: AlarmFact) -> set[int]:
        alarm = fact.alarm
        standing = self._listed.setdefault(self._asset_of[alarm], {})
        if fact.state.listed and alarm not in standing:
            standing[alarm] = fact.at_annunciated
            return self._judge(alarm, fact.at_annunciated)
        if fact.state.listed or alarm not in standing:
            return set()
        del standing[alarm]
        changed = {alarm} if self._put(alarm, -1) else set[int]()
        for other in sorted(self._caused.pop(alarm, set())):
            self._cause.pop(other, None)
            at = self._listed[self._asset_of[other]].get(other, 0)
            self._judge(other, at)
            changed.add(other)
        return changed

    def _judge(self, alarm: int, at: int) -> set[int]:
        earliest = at - round(WINDOW_S * NS)
        best: tuple[int, int] | None = None
        for asset in self._upstream[self._asset_of[alarm]]:
            first = next(iter(self._listed.get(asset, ())), alarm)
            came = self._listed.get(asset, {}).get(first, at)
            if first != alarm and earliest <= came <= at and (best is None or came < best[0]):
                best = (came, first)
        cause = -1 if best is None else self._cause.get(best[1], best[1])
        return {alarm} if self._put(alarm, -1 if cause == alarm else cause) else set()

    def _put(self, alarm: int, cause: int) -> bool:
        old = self._cause.pop(alarm, -1)
        if old >= 0:
            self._caused.get(old, set()).discard(alarm)
        if cause >= 0:
            self._cause[alarm] = cause
            self._caused.setdefault(cause, set()).add(alarm)
        return old != cause
