"""What stands in the hub now, as a handover looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from console.core.alarm.facts import AlarmFact, MaintenanceFact, RedefinedFact
from console.core.catalogue import Catalogue
from console.core.command.control_facts import RunFact, TagFact
from console.core.command.facts import CommandFact
from console.core.feed import FeedFact
from console.core.handover.collect import items_of
from console.core.handover.facts import HandoverItem
from console.core.quality import Quality
from console.core.values import LatestValues
from console.hub.clock import Clock
from console.hub.handover.notes import NoNotes, NotesSource


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the parts of the hub are asked for their facts."""

    alarms: Callable[[], Iterable[AlarmFact]]
    maintenance: Callable[[], Iterable[MaintenanceFact]]
    redefined: Callable[[], Iterable[RedefinedFact]]
    tags: Callable[[], Iterable[TagFact]]
    commands: Callable[[], Iterable[CommandFact]]
    runs: Callable[[], Iterable[RunFact]]
    feeds: Callable[[], Iterable[FeedFact]]


class Collector:
    """Items of some areas; remembers since when a value has been set by hand."""

    def __init__(self, catalogue: Catalogue, sources: Sources, latest: LatestValues, clock: Clock) -> None:
        self._catalogue = catalogue
        self._sources = sources
        self._latest = latest
        self._clock = clock
        self._by_hand: dict[int, tuple[Quality, int]] = {}
        self.notes: NotesSource = NoNotes()

    async def items(self, since: int, areas: frozenset[str]) -> list[HandoverItem]:
        """Everything that stands in these areas, and the notes since a time (UTC ns)."""
        # A note of the very moment of the last handover was told with it.
        first = since + 1 if since else 0
        notes = await self.notes.entries(first, self._clock.at() + 1, areas)
        return items_of(self._catalogue, self._standing(), notes, areas)

    def _standing(self) -> _Standing:
        return _Standing(self._sources, self._set_by_hand())

    def _set_by_hand(self) -> dict[int, tuple[Quality, int]]:
        quality = self._latest.quality[: len(self._catalogue.tags)]
        found = np.flatnonzero((quality == Quality.MANUAL) | (quality == Quality.SIMULATED)).tolist()
        before, self._by_hand = self._by_hand, {}
        for tag in found:
            kind = Quality(int(quality[tag]))
            known = before.get(tag)
            since = known[1] if known is not None and known[0] is kind else int(self._latest.at[tag])
            self._by_hand[tag] = (kind, since)
        return self._by_hand


class _Standing:
    """The facts of one moment."""

    def __init__(self, sources: Sources, by_hand: Mapping[int, tuple[Quality, int]]) -> None:
        self.alarms = sources.alarms
        self.maintenance = sources.maintenance
        self.redefined = sources.redefined
        self.tags = sources.tags
        self.commands = sources.commands
        self.runs = sources.runs
        self.feeds = sources.feeds
        self._by_hand = by_hand

    def by_hand(self) -> Mapping[int, tuple[Quality, int]]:
        """Tags whose value is set by hand or simulated."""
        return self._by_hand
