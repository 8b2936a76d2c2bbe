"""From feeds to everyone: latest values, freshness, alarms, history and moving objects.

What arrives within `TICK_S` is handled as one batch, so that the cost is columnar. Alarms see every row in
order; only what seats get of telemetry is coalesced, by serving them from the latest values.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from console.core.batch import NS, Batch, joined
from console.core.catalogue import Catalogue
from console.core.discovery import Offer
from console.core.feed import FeedFact
from console.core.freshness import Freshness
from console.core.quality import Quality
from console.core.values import LatestValues
from console.feeds.base import MoverFacts, Position
from console.feeds.intake import OfferReceiver
from console.hub.alarms import AlarmService
from console.hub.backbone.base import Backbone
from console.hub.clock import Clock
from console.hub.movers import MoverRegistry

TICK_S = 0.025
TICK_ROWS = 16_000
"""A tick ends early at this many rows: smaller batches repeat fewer tags, and repeats cost a sort."""
GROUP = "site"
CLOCK_STEP_S = 2.0
"""Less than this is a clock that is being steered, not one that was set."""
CLOCK_GRACE_NS = NS
"""Rows that the new clock has stamped may wait this long until the step is seen."""


class Pipeline:
    """`Receiver` of all feeds. `feed_changed` is told of feeds, `values_changed` after every tick."""

    def __init__(
        self,
        catalogue: Catalogue,
        alarms: AlarmService,
        movers: MoverRegistry,
        backbone: Backbone,
        clock: Clock,
    ) -> None:
        self._alarms = alarms
        self._movers = movers
        self._backbone = backbone
        self._clock = clock
        declared, grown = catalogue.tags[: catalogue.declared], catalogue.tags[catalogue.declared :]
        self._declared = len(declared)
        self._freshness = Freshness([point.tag.period_s for point in declared])
        self._freshness.grow([point.tag.period_s for point in grown])
        self._pending: list[Batch] = []
        self._pending_rows = 0
        self._timer: asyncio.TimerHandle | None = None
        self._published = 0
        self._wall_s = self._wall_ahead()
        self.latest = LatestValues(len(catalogue.tags))
        self.updates = 0
        self.late = 0
        self.feed_listener: Callable[[FeedFact], None] | None = None
        self.value_listeners: list[Callable[[Batch], None]] = []
        self.offer_listener: OfferReceiver | None = None

    def batch(self, feed: str, batch: Batch) -> None:
        """Rows of a feed; handled at the end of the tick."""
        self._pending.append(batch)
        self._pending_rows += len(batch)
        if self._pending_rows >= TICK_ROWS:
            self.tick()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(TICK_S, self.tick)

    def offered(self, feed: str, offers: Sequence[Offer], whole: Sequence[str]) -> None:
        """Points that a source has beyond the profile."""
        if self.offer_listener is not None:
            self.offer_listener.offered(feed, offers, whole)

    def learned(self, feed: str, words: Mapping[tuple[str, str], Sequence[str]]) -> None:
        """New words of discovered texts."""
        if self.offer_listener is not None:
            self.offer_listener.learned(feed, words)

    def grow(self, periods_s: Sequence[float]) -> None:
        """The catalogue has more tags."""
        self.tick()
        self.latest.grow(len(self.latest) + len(periods_s))
        self._freshness.grow(periods_s)

    def retire(self, tags: NDArray[np.uint32]) -> None:
        """No source offers these any more: they keep their last value, which is stale."""
        self.tick()
        self._freshness.give_up(tags)
        self._pass_on(self.latest.mark(tags, Quality.STALE, self._clock.at()))

    def positions(self, feed: str, rows: list[Position]) -> None:
        """Positions of moving objects."""
        self._movers.positions(rows, self._clock.at())

    def movers(self, feed: str, rows: list[MoverFacts]) -> None:
        """Static data of moving objects."""
        self._movers.movers(feed, rows)

    def gone(self, feed: str, sources: list[str]) -> None:
        """Moving objects to take off the map."""
        self._movers.gone(sources)

    def expect(self, tags: NDArray[np.uint32]) -> None:
        """Watch tags from now on: the silence of one that has never spoken is told too (ALM-10)."""
        self._freshness.seen(tags, self._clock.now())

    def lost(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """A visible gap begins: each tag keeps its last value, with quality DISCONNECTED, at this moment."""
        self.tick()
        self._freshness.give_up(tags)
        self._pass_on(self.latest.mark(tags, Quality.DISCONNECTED, at))

    def back(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """The gap of a tag ends with its next sample; nothing is inferred before."""

    def feed_changed(self, fact: FeedFact) -> None:
        """A feed's state has changed."""
        if self.feed_listener is not None:
            self.feed_listener(fact)

    def tick(self) -> None:
        """Handle what has arrived."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._look_at_clock()
        if not self._pending:
            return
        batch = self._kept_values(joined(self._pending))
        self._pending = []
        self._pending_rows = 0
        self.updates += len(batch)
        applied = self.latest.apply(batch)
        if applied.late is not None:
            self.late += len(applied.late)
            self._publish(applied.late)
        self._freshness.seen(applied.fresh.tag, self._clock.now())
        self._pass_on(applied.fresh)

    def advance(self) -> None:
        """What time alone brings: stale tags, ends of delays and shelves. Call it some times a second."""
        self.tick()
        due = self._freshness.next_deadline()
        now = self._clock.now()
        if due is not None and due <= now:
            stale = self._freshness.expire(now)
            self._pass_on(self.latest.mark(stale, Quality.STALE, self._clock.at()))
        self._alarms.expire()
        self._movers.publish()

    def disconnect_all(self, at: int) -> None:
        """The hub ends: from `at` (UTC ns) on nothing is known of any tag, and history says so."""
        self.tick()
        every = np.arange(len(self.latest), dtype=np.uint32)
        self._publish(self.latest.mark(every, Quality.DISCONNECTED, at))

    def _wall_ahead(self) -> float:
        """Seconds by which the wall clock is ahead of the monotonic one."""
        return self._clock.at() / NS - self._clock.now()

    def _look_at_clock(self) -> None:
        """Whether the wall clock was set since the last look; before any row that it has stamped is judged."""
        ahead = self._wall_ahead()
        step_s = ahead - self._wall_s
        if abs(step_s) < CLOCK_STEP_S:
            return
        self._wall_s = ahead
        if step_s < 0:
            # Said and recorded by `timewatch`; here it only must not make everything late.
            at = self._clock.at() - CLOCK_GRACE_NS
            self.latest.set_back(at)
            self._alarms.set_back(at)

    def _pass_on(self, rows: Batch) -> None:
        if not len(rows):
            return
        alarmed = self._alarmed(rows)
        if len(alarmed):
            self._alarms.samples(alarmed)
        self._publish(rows)
        for listener in self.value_listeners:
            listener(rows)

    def _alarmed(self, rows: Batch) -> Batch:
        """Rows of tags that the profile declares: no other can have an alarm."""
        if int(rows.tag.max()) < self._declared:
            return rows
        return rows.take(rows.tag < self._declared)

    def _publish(self, rows: Batch) -> None:
        if len(rows):
            self._published += 1
            self._backbone.publish(GROUP, rows, f"hub:{self._published}")

    def _kept_values(self, batch: Batch) -> Batch:
        """A bad row without a number keeps the last value of its tag: only its quality is news."""
        empty = np.isnan(batch.value)
        if not empty.any():
            return batch
        value = np.where(empty, self.latest.value[batch.tag], batch.value)
        return Batch(batch.tag, batch.at, value, batch.quality)
