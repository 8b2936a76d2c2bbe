"""The store of a console that is fed from the files of a hub, without a link: the keeper asks, the files answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from report_room import catalogue, site

from console.client.keeping.facts import KeepFact
from console.client.keeping.keeper import Holding, Keeper
from console.core.batch import NS
from console.hub.keeping.ledger import LedgerParts
from console.hub.keeping.samples import SampleParts
from console.keep.bounds import Bounds
from console.report.wanted import points_of
from console.wire.keeping import LedgerReply, QueryLedger, QuerySamples, SamplesReply

DAY = 86_400 * NS


class HubFiles:
    """Answers as a hub does whose clock says `at`; `asked` has every question."""

    def __init__(self, data: Path, at: int) -> None:
        self.at = at
        self.asked: list[QueryLedger | QuerySamples] = []
        self._ledger = LedgerParts(data / "hub" / "journal.db")
        self._samples = SampleParts(data / "hub" / "history.db")

    def answer(self, query: QueryLedger | QuerySamples) -> LedgerReply | SamplesReply:
        self.asked.append(query)
        if isinstance(query, QueryLedger):
            after = query.after or self._ledger.begin(query.since, query.most)
            part = self._ledger.after(after, query.heads_after, query.limit)
            fields = {
                name: getattr(part, name) for name in ("head", "previous", "links", "heads", "keys", "more")
            }
            return LedgerReply(request=query.request, at=self.at, **fields)
        numbers = range(len(catalogue().tags))
        part = self._samples.part(query.tags, (query.start, query.end), numbers)
        names = ("end", "oldest", "rows", "tags", "ends", "body", "tallies")
        fields = {name: getattr(part, name) for name in names}
        return SamplesReply(request=query.request, start=query.start, at=self.at, **fields)

    def close(self) -> None:
        self._ledger.close()
        self._samples.close()


class Room:
    """One keeper with time of its own; `run` goes on until nothing is asked for `quiet_s`."""

    def __init__(self, path: Path, bounds: Bounds | None = None) -> None:
        self.told: list[KeepFact] = []
        self.keeper = Keeper(path, bounds or Bounds(), self.told.append)
        names = tuple(point.key for point in catalogue().tags)
        self.keeper.adopt(Holding("digest", site(), names, tuple(points_of(site()))))
        self.now = 0.0

    def link(self, live: bool) -> None:
        self.keeper.link(live, self.now)

    def step(self, hub: HubFiles) -> bool:
        """One question and its answer; False if there was none."""
        ask = self.keeper.next_ask(self.now)
        if ask is not None:
            self.keeper.take(hub.answer(ask), self.now)
        return ask is not None

    def run(self, hub: HubFiles, quiet_s: float = 1.0, until: Callable[[], bool] = lambda: False) -> None:
        """Feed, as fast as the keeper lets."""
        quiet, told = 0.0, len(self.told)
        while quiet < quiet_s and not until():
            if self.step(hub):
                quiet = 0.0
            self.now += 0.1
            quiet += 0.1
            if len(self.told) > told:
                # It waits a while before it goes on.
                told, quiet = len(self.told), 0.0
                self.now += 100.0


def fed(data: Path, path: Path, at: int) -> list[KeepFact]:
    """A store with all that the files of a hub have at a time; what was told meanwhile."""
    room, hub = Room(path), HubFiles(data, at)
    try:
        room.link(True)
        room.run(hub)
    finally:
        room.keeper.close()
        hub.close()
    return room.told
