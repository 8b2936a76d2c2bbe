"""The feeds of the site: their runners, and what everyone knows of their health."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping

import msgspec

from console.core.feed import FeedFact, FeedState
from console.core.journal import Record, RecordKind
from console.feeds.runner import FeedRunner
from console.hub.backbone.base import Entry
from console.hub.clock import Clock
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.wire.messages import FeedsChanged

ASK_S = 1.0


class FeedDesk:
    """Facts of all feeds by id; journals every change of state."""

    def __init__(self, ring: EventRing, recorder: Recorder, clock: Clock) -> None:
        self.ring = ring
        self._recorder = recorder
        self._clock = clock
        self._facts: dict[str, FeedFact] = {}
        self.runners: dict[str, FeedRunner] = {}
        self.revision = 0
        """Counts changes of any fact, so that a seat knows whether it has the present ones."""
        self.down_listener: Callable[[str], None] | None = None
        """Told the id of a feed whose connection has gone."""

    def take(self, runners: Mapping[str, FeedRunner]) -> None:
        """These are the feeds from now on."""
        self.runners = dict(runners)
        self._facts = {feed: runner.fact() for feed, runner in runners.items()}

    def facts(self) -> list[FeedFact]:
        """Present facts in the order of the profile."""
        return list(self._facts.values())

    def senders(self) -> list[tuple[str, FeedRunner]]:
        """Feeds by id, in the order of the profile."""
        return list(self.runners.items())

    def runner(self, feed: str) -> FeedRunner:
        """The feed of this id; raises IndexError for one that the profile does not have."""
        found = self.runners.get(feed)
        if found is None:
            raise IndexError("feed")
        return found

    def is_up(self, feed: str) -> bool:
        """Whether the feed is connected and delivering, even if late."""
        return self.runners[feed].fact().state in (FeedState.LIVE, FeedState.LATE, FeedState.GAP)

    def feed_changed(self, fact: FeedFact) -> None:
        """A runner reports a change at once."""
        self._changed([fact])

    def ask(self) -> None:
        """Look at every feed; some changes come by time alone."""
        self._changed(runner.fact() for runner in self.runners.values())

    async def run(self) -> None:
        """Ask once a second until cancelled."""
        while True:
            await asyncio.sleep(ASK_S)
            self.ask()

    def _changed(self, facts: Iterable[FeedFact]) -> None:
        """What a person must not miss goes through the ring; counts and rates are served by state."""
        changed = [fact for fact in facts if fact != self._facts.get(fact.feed)]
        if not changed:
            return
        told = tuple(fact for fact in changed if _calm(fact) != _calm(self._facts.get(fact.feed)))
        self.revision += 1
        for fact in changed:
            self._take(fact)
        if told:
            self.ring.push(lambda sequence: FeedsChanged(sequence=sequence, feeds=told))

    def _take(self, fact: FeedFact) -> None:
        old = self._facts.get(fact.feed)
        self._facts[fact.feed] = fact
        if old is None or old.state is not fact.state:
            self._recorder.put([(fact.feed, self._entry(old, fact))])
            if self.down_listener is not None and fact.state in (FeedState.DOWN, FeedState.REFUSED):
                self.down_listener(fact.feed)

    def _entry(self, old: FeedFact | None, fact: FeedFact) -> Entry:
        fields = {
            name: text for name in ("why", "detail", "last_error") if (text := str(getattr(fact, name)))
        }
        record = Record(
            sequence=0,
            at=self._clock.at(),
            kind=RecordKind.FEED,
            who="system:feeds",
            subject=fact.feed,
            what="STATE",
            old="" if old is None else old.state,
            new=fact.state,
            fields=fields,
        )
        return Entry(record, msgspec.msgpack.encode(fact))


def _calm(fact: FeedFact | None) -> FeedFact | None:
    """The fact without what changes every second."""
    if fact is None:
        return None
    return msgspec.structs.replace(
        fact,
        rate_hz=0.0,
        lag_s=0.0,
        updates=0,
        offset_s=None,
        late_points=0,
        frozen_points=0,
        regular_points=0,
    )
