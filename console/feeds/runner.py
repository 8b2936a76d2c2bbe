"""The life of one feed: run, lose, wait, run again; it never ends but by being cancelled."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass

from console.core.feed import FeedFact, FeedPage
from console.core.site import FeedDef
from console.feeds.base import (
    CancellingFeed,
    DeviceAnswer,
    DeviceCommand,
    Feed,
    FeedDown,
    PointedFeed,
    SelectingFeed,
)
from console.feeds.clock import Clock
from console.feeds.health import FeedHealth
from console.feeds.intake import Intake, Receiver
from console.feeds.mapping import FeedMapping, GrownRoute
from console.feeds.options import Options
from console.feeds.tap import ExplainingFeed, FrameTaker, shown

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
REFUSED_WAIT_S = 60.0
"""A source that refused us is asked rarely: quick repeats lock accounts."""
STABLE_S = 30.0
"""A connection that lived this long starts the back-off anew."""
QUIET_ATTEMPTS = 3
"""Failed attempts before a source that has never delivered is reported: both may just be starting."""
MIN_LATE_S = 5.0
LATE_WITHOUT_TAGS_S = 60.0
GAP_SHOWN_S = 60.0

log = logging.getLogger("feed")


@dataclass(frozen=True, slots=True)
class Timing:
    """Clock, randomness and waiting, passed in."""

    clock: Clock
    random: Callable[[], float]
    """Uniform in [0, 1)."""
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


def wait_s(attempt: int, random: float) -> float:
    """Seconds before attempt `attempt` (from 0): exponential to 30 s, with full jitter."""
    return random * min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(attempt, 16))


class FeedRunner:
    """One feed of the profile at work. Raises ValueError naming an option at fault."""

    def __init__(
        self, feed_def: FeedDef, feed: Feed, mapping: FeedMapping, receiver: Receiver, timing: Timing
    ) -> None:
        self.feed_def = feed_def
        self.mapping = mapping
        self._feed = feed
        if isinstance(feed, PointedFeed):
            feed.expect(mapping.expected())
        self._receiver = receiver
        self._clock = timing.clock
        self._timing = timing
        options = Options(feed_def, frozenset(feed_def.options))
        shortest = mapping.shortest_period_s
        late_s = max(3.0 * shortest, MIN_LATE_S) if shortest else LATE_WITHOUT_TAGS_S
        self._health = FeedHealth(
            feed_def.id,
            options.number("late_s", late_s, 0.1),
            options.number("gap_s", GAP_SHOWN_S),
            self._clock.at(),
        )
        self._intake = Intake(feed_def.id, mapping, self._health, receiver, self._clock)
        self._attempt = 0
        self._reported = False
        self._defect = ""

    def grow(self, routes: Sequence[GrownRoute]) -> None:
        """Discovered points have these tags from now on."""
        self.mapping.grow(routes)

    def settle(self, points: Iterable[tuple[str, str]], discovered: int, not_taken: int) -> None:
        """What was offered has been looked at; counts of the feed as they are now."""
        self._intake.discovered, self._intake.not_taken = discovered, not_taken
        self._intake.settle(points)

    async def run(self) -> None:
        """Connect and deliver until cancelled."""
        while True:
            began = self._clock.now()
            self._health.connecting(self._clock.at())
            down = await self._life()
            self._down(down)
            if self._clock.now() - began >= STABLE_S:
                self._attempt = 0
            random = self._timing.random()
            wait = REFUSED_WAIT_S * (0.5 + random / 2) if down.refused else wait_s(self._attempt, random)
            self._attempt += 1
            await self._timing.sleep(wait)

    async def send(self, command: DeviceCommand, answer: Callable[[DeviceAnswer], None]) -> None:
        """Write a command; answers come through `answer`. Raises FeedDown when nothing was written."""
        if not self._health.up:
            raise FeedDown("not_connected")
        await self._feed.send(command, answer)

    def selecting(self) -> SelectingFeed | None:
        """The adapter, if its devices know select before operate."""
        return self._feed if isinstance(self._feed, SelectingFeed) else None

    def cancelling(self) -> CancellingFeed | None:
        """The adapter, if its devices can be told to stop."""
        return self._feed if isinstance(self._feed, CancellingFeed) else None

    def command(
        self, command_id: str, asset: str, command: str, value: float, *, test: bool = False
    ) -> DeviceCommand | None:
        """A command in the source's names and unit, None if there is no route. Raises ValueError."""
        found = self.mapping.command(asset, command, value)
        return None if found is None else DeviceCommand(command_id, *found, test=test)

    def fact(self) -> FeedFact:
        """The feed as an operator sees it now; ask every second, for LATE comes by time alone."""
        return self._intake.fact()

    def tap(self, taker: FrameTaker) -> Callable[[], None]:
        """Give each raw frame of the source to `taker` until the returned callable is called."""
        return self._intake.tap(taker)

    def explain(self, data: bytes | str, about: str) -> str:
        """A raw frame in words, if the adapter can tell it; else empty."""
        if not isinstance(self._feed, ExplainingFeed):
            return ""
        try:
            return self._feed.explain(data, about)
        except Exception:
            # It is called while the adapter hands on a frame: a defect here must not end the connection.
            log.exception("feed %s: defect of the adapter %s", self.feed_def.id, self.feed_def.adapter)
            return ""

    def page(self) -> FeedPage:
        """What who connects this feed looks at."""
        points, more = self._intake.rhythm.points(self._clock.now())
        health = self._health
        offending = shown(health.tap, 0) if health.tap else None
        return FeedPage(
            feed=self.feed_def.id,
            adapter=self.feed_def.adapter,
            points=points,
            more=more,
            last_error=health.last_error,
            offending=offending,
        )

    async def _life(self) -> FeedDown:
        """One life of the connection, and why it ended."""
        try:
            await self._feed.run(self._intake)
        except FeedDown as down:
            return down
        except Exception as error:
            # A defect of one adapter must not take the hub with it (DESIGN 10).
            defect = f"{type(error).__name__}: {error}"[:200]
            if defect != self._defect:
                log.exception("feed %s: defect of the adapter %s", self.feed_def.id, self.feed_def.adapter)
                self._defect = defect
            return FeedDown("adapter_fault", defect)
        finally:
            self._intake.flush()
        return FeedDown("closed")

    def _down(self, down: FeedDown) -> None:
        before = self.fact()
        at = self._clock.at()
        lost = self._health.down(at, down.why, down.detail[:200], down.refused)
        self._intake.rhythm.pause(self._clock.now())
        self._intake.let_go()
        if lost:
            self._receiver.lost(self.feed_def.id, self.mapping.tags, at)
        self._report(down, lost)
        after = self.fact()
        if (after.state, after.why) != (before.state, before.why):
            self._receiver.feed_changed(after)

    def _report(self, down: FeedDown, lost: bool) -> None:
        """Log the loss once (DESIGN 10)."""
        if lost:
            self._reported = False
        if not self._reported and (lost or down.refused or self._attempt >= QUIET_ATTEMPTS):
            self._reported = True
            log.warning("feed %s is down: %s %r", self.feed_def.id, down.why, down.detail[:200])
