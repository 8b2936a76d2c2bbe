"""The sink of one feed: names become tags, faults become counts, and the hub gets batches.

Readings that arrive within `FLUSH_S` travel as one batch: a source that sends one value a frame must not cost
a batch a value.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Protocol, runtime_checkable

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch
from console.core.discovery import Offer
from console.core.feed import FeedFact, FeedState
from console.feeds.base import Columns, MoverFacts, Position, Reading
from console.feeds.clock import Clock
from console.feeds.health import TAP_BYTES, FeedHealth
from console.feeds.mapping import FeedMapping, Mapped
from console.feeds.rhythm_watch import RhythmWatch
from console.feeds.tap import FrameTaker

FLUSH_S = 0.02
FLUSH_ROWS = 5_000
MOST_HELD = 60_000
"""Points whose values wait for a tag at the same time."""
REPORT_S = 60.0
"""A feed that sends what cannot be read is reported in the log at most once in this time."""

log = logging.getLogger("feed")


class Receiver(Protocol):
    """What the hub does with a feed; every call returns at once and never raises."""

    def batch(self, feed: str, batch: Batch) -> None:
        """Values of tags; a row NaN of quality BAD leaves the value of its tag and changes its quality."""
        ...

    def positions(self, feed: str, rows: list[Position]) -> None:
        """Positions of moving objects; `movers` has named each of them before."""
        ...

    def movers(self, feed: str, rows: list[MoverFacts]) -> None:
        """Static data of moving objects, to be merged into what is known."""
        ...

    def gone(self, feed: str, sources: list[str]) -> None:
        """Moving objects to take off the map."""
        ...

    def lost(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """The connection was lost at UTC ns `at`: these tags are DISCONNECTED from now on."""
        ...

    def back(self, feed: str, tags: NDArray[np.uint32], at: int) -> None:
        """The source delivers again: the hole that began with `lost` ends at UTC ns `at`."""
        ...

    def feed_changed(self, fact: FeedFact) -> None:
        """The state of the feed has changed."""
        ...


@runtime_checkable
class OfferReceiver(Protocol):
    """A receiver that also takes what sources offer beyond the profile."""

    def offered(self, feed: str, offers: Sequence[Offer], whole: Sequence[str]) -> None:
        """As `OfferSink`; the intake holds back their values until `settle` is called for them."""
        ...

    def learned(self, feed: str, words: Mapping[tuple[str, str], Sequence[str]]) -> None:
        """Words that discovered texts have said for the first time; their points are held back in the same way."""
        ...


class Intake:
    """`FeedSink` of one feed."""

    def __init__(
        self, feed: str, mapping: FeedMapping, health: FeedHealth, receiver: Receiver, clock: Clock
    ) -> None:
        self._feed = feed
        self._mapping = mapping
        self._health = health
        self._receiver = receiver
        self._clock = clock
        self._rows: list[Reading] = []
        self._first_at = 0
        self._timer: asyncio.TimerHandle | None = None
        self._reported = -REPORT_S
        self._unreported = 0
        self.rhythm = RhythmWatch(mapping)
        self._taps: list[FrameTaker] = []
        self._held: dict[tuple[str, str], Reading | None] = {}
        """The last value of each point that waits for its tag."""
        self.discovered = 0
        self.not_taken = 0

    def tap(self, taker: FrameTaker) -> Callable[[], None]:
        """Give each raw frame to `taker` until the returned callable is called."""
        self._taps.append(taker)

        def end() -> None:
            if taker in self._taps:
                self._taps.remove(taker)

        return end

    @property
    def frames_wanted(self) -> bool:
        """Whether anybody looks at raw frames."""
        return bool(self._taps)

    def frame(self, data: bytes | str, about: str = "") -> None:
        """A frame before it is read."""
        for taker in self._taps:
            taker(data, about)

    def readings(self, rows: list[Reading]) -> None:
        """Values, in order of arrival."""
        if not rows:
            return
        self._alive()
        if not self._rows:
            self._first_at = self._clock.at()
        self._rows += rows
        if len(self._rows) >= FLUSH_ROWS:
            self.flush()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(FLUSH_S, self.flush)

    def flush(self) -> None:
        """Hand over what has been collected."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        rows, self._rows = self._rows, []
        if rows:
            if rows[-1].at > 0:
                self._health.clock(self._clock.now(), self._first_at, rows[-1].at)
            if self._held:
                rows = self._hold(rows)
            self._take(self._mapping.batch(rows, self._first_at))

    def offered(self, offers: Sequence[Offer], whole: Sequence[str] = ()) -> None:
        """What the source has beyond the profile: its values wait until it has tags."""
        if not isinstance(self._receiver, OfferReceiver):
            return
        mapping = self._mapping
        more = [offer for offer in offers if not mapping.maps(offer.source, offer.path)]
        for offer in more:
            if mapping.grown_kind(offer.source, offer.path) is not offer.kind and len(self._held) < MOST_HELD:
                self._held.setdefault((offer.source, offer.path), None)
        if more or whole:
            self._receiver.offered(self._feed, more, whole)

    def settle(self, points: Iterable[tuple[str, str]]) -> None:
        """These have their tags now, or will have none: what they said meanwhile goes on its way."""
        self.flush()
        held = [self._held.pop(point, None) for point in points]
        self._rows += [reading for reading in held if reading is not None]
        if self._rows:
            self._first_at = self._clock.at()
            self.flush()

    def let_go(self) -> None:
        """The connection is gone: what is held back is no longer true."""
        self._held = dict.fromkeys(self._held)

    def _hold(self, rows: list[Reading]) -> list[Reading]:
        """Keep back the last values of points that wait for a tag; what is left."""
        held, left = self._held, [row for row in rows if (row.source, row.path) not in self._held]
        if len(left) < len(rows):
            held.update({(row.source, row.path): row for row in rows if (row.source, row.path) in held})
        return left

    def _learn(self, rows: list[Reading]) -> None:
        """New words of discovered texts; the last value of each waits until its word has a number."""
        self._held.update({(row.source, row.path): row for row in rows})
        words: dict[tuple[str, str], list[str]] = {}
        for row in rows:
            words.setdefault((row.source, row.path), []).append(str(row.value))
        if isinstance(self._receiver, OfferReceiver):
            self._receiver.learned(self._feed, words)

    def declare(self, points: list[tuple[str, str]]) -> None:
        """Names of the points that later columns index."""
        self.flush()
        unknown = self._mapping.declare(points)
        if unknown:
            log.info("feed %s declares %d points, %d of them not mapped", self._feed, len(points), unknown)

    def columns(self, columns: Columns) -> None:
        """Values of a columnar source."""
        if not len(columns.point):
            return
        self._alive()
        self.flush()
        if columns.at[-1] > 0:
            self._health.clock(self._clock.now(), self._clock.at(), int(columns.at[-1]))
        self._take(self._mapping.columns(columns, self._clock.at()))

    def positions(self, rows: list[Position]) -> None:
        """Positions of moving objects."""
        if rows:
            self._alive()
            times = np.asarray([row.at for row in rows if row.at], np.int64)
            self._health.received(self._clock.now(), self._clock.at(), len(rows), times)
            self._receiver.positions(self._feed, rows)

    def movers(self, rows: list[MoverFacts]) -> None:
        """Static data of moving objects."""
        if rows:
            self._alive()
            self._receiver.movers(self._feed, rows)

    def gone(self, sources: list[str]) -> None:
        """Moving objects silent for too long."""
        if sources:
            self._receiver.gone(self._feed, sources)

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """A frame, or a part of one, that could not be read."""
        self._health.bad(where, reason, offending)
        self._unreported += 1
        now = self._clock.now()
        if now - self._reported >= REPORT_S:
            # %r: what a stranger wrote must not be able to forge lines of the log (SEC-42).
            log.warning(
                "feed %s: unreadable at %r: %s (%d since the last report) %r",
                self._feed, where[:80], reason, self._unreported, offending[:TAP_BYTES],
            )  # fmt: skip
            self._reported = now
            self._unreported = 0

    def state(self, state: FeedState, why: str = "", detail: str = "") -> None:
        """LIVE once the source is delivering, GAP for a hole in what it delivers; the end of the connection tells
        the others.
        """
        if state is FeedState.LIVE:
            self._alive()
        elif state is FeedState.GAP:
            self._alive()
            if self._health.hole(self._clock.now(), self._clock.at(), why, detail):
                self._receiver.feed_changed(self.fact())
        elif state is FeedState.REFUSED:
            self._health.down(self._clock.at(), why, detail, refused=True)
            self._receiver.feed_changed(self.fact())

    def dropped(self, why: str, count: int, where: str = "") -> None:
        """As DropSink."""
        self._health.drop(why, count)
        self.state(FeedState.GAP, why, where or str(count))

    def _alive(self) -> None:
        before, was_up = self._health.state, self._health.up
        at = self._clock.at()
        ended = self._health.live(self._clock.now(), at)
        if self._health.state is before:
            return
        if ended:
            self._receiver.back(self._feed, self._mapping.tags, at)
        if not was_up:
            log.info("feed %s is live", self._feed)
        self._receiver.feed_changed(self.fact())

    def _take(self, mapped: Mapped) -> None:
        for where, reason in mapped.bad:
            self.malformed(where, reason, mapped.offending.get(where, ""))
        if mapped.unknown:
            self._health.unmapped(mapped.unknown)
        if mapped.ahead:
            self._health.wrong_clock(mapped.ahead)
        if mapped.unlearned:
            self._learn(mapped.unlearned)
        if len(mapped.batch):
            self._health.received(self._clock.now(), self._clock.at(), len(mapped.batch), mapped.batch.at)
            self.rhythm.take(mapped.batch, self._clock.now())
            self._receiver.batch(self._feed, mapped.batch)

    def fact(self) -> FeedFact:
        """The feed as an operator sees it now."""
        now = self._clock.now()
        late, frozen, regular = self.rhythm.counts(now)
        return msgspec.structs.replace(
            self._health.fact(now, self._clock.at()),
            points=len(self._mapping.declared),
            discovered=self.discovered,
            not_taken=self.not_taken,
            late_points=late,
            frozen_points=frozen,
            regular_points=regular,
        )
