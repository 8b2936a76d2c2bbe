"""One hub at work: composition of its parts over one site and one data directory."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import platform
import random
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import numpy as np

from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.core.history import Series
from console.core.journal import Record, RecordKind
from console.core.quality import Quality
from console.core.site import FeedDef, Site
from console.feeds.base import KeepingFeed
from console.feeds.mapping import FeedMapping
from console.feeds.registry import Registry
from console.feeds.runner import FeedRunner, Timing
from console.hub.adapters import disabled_in
from console.hub.alarm_history import OccurrencePage, OccurrenceQuery, read_occurrences
from console.hub.alarms import AlarmService
from console.hub.backbone.base import Channel, Delivery, Entry, Part, Telemetry
from console.hub.backbone.local import LocalBackbone
from console.hub.clock import Clock
from console.hub.control_desk import ControlDesk
from console.hub.datadir import DataDir
from console.hub.discovered import store as discovered
from console.hub.discovered.service import DiscoveryService, GrownCatalogue
from console.hub.discovered.shapes import discovered_words, saying
from console.hub.discovered.store import DiscoveredStore
from console.hub.feeddesk import FeedDesk
from console.hub.handover.wiring import Ground, follow_sessions, open_handovers
from console.hub.historian.historian import Historian
from console.hub.historian.numbers import TagNumbers
from console.hub.journal import Journal
from console.hub.judge import District
from console.hub.keeping.desk import KeepingDesk
from console.hub.ledger.opening import sign_with_own_key
from console.hub.ledger.search import RecordPage, RecordQuery, RecordSearch
from console.hub.ledger.service import LedgerService
from console.hub.ledger.targets import follower
from console.hub.ledger.vocabulary import Vocabulary, log_words
from console.hub.logbook.logbook import Logbook, LogPlaces
from console.hub.movers import MoverRegistry
from console.hub.notify.desk import NotifyDesk
from console.hub.peopledesk import PeopleDesk
from console.hub.pipeline import Pipeline
from console.hub.recorder import Recorder
from console.hub.refusals import Refusals
from console.hub.ring import EventRing
from console.hub.snapshot import Standing, digest
from console.hub.visits import VisitDesk

log = logging.getLogger("app")

VERSION = "0.1.0"
ADVANCE_S = 0.1
HISTORIES = 2
"""Questions to the historian that are answered at the same time."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a hub stands on; opened and closed by whoever makes the hub."""

    site: Site
    data: DataDir
    clock: Clock
    ledger_copy: str = ""
    """Where each record is copied to (SEC-19): a file, or `tls://host:port`; empty: nowhere."""
    local: bool = True
    """A single seat: whoever has the launch secret is signed in without a password; else accounts are needed."""


class Hub:
    """Opens its stores when made (raises StoreDamaged or ValueError); `run` does the rest."""

    def __init__(self, parts: Parts) -> None:
        site, clock = parts.site, parts.clock
        self.site = site
        self.clock = clock
        self.catalogue = Catalogue(site)
        self.digest = digest(site)
        self.name = f"{platform.node()} {VERSION}"
        self.ring = EventRing()
        self.movers = MoverRegistry(self.ring)
        self.seats = 0
        self._kept = parts.data.path / "feeds"
        self._disabled = disabled_in(parts.data.path)
        self.refusals = Refusals()
        self._histories = asyncio.Semaphore(HISTORIES)
        self._feed_tasks: list[asyncio.Task[None]] = []
        with ExitStack() as opened:
            self.journal = Journal(parts.data.file("journal.db"))
            opened.callback(self.journal.close)
            key_news = sign_with_own_key(self.journal)
            self._search = RecordSearch(self.journal.path, lambda: Vocabulary(self.catalogue, log_words()))
            opened.callback(self._search.close)
            self.historian = Historian(parts.data.file("history.db"), clock)
            opened.callback(self.historian.close)
            self.grown = self._grown(parts.data, opened)
            self.backbone = LocalBackbone(self.journal, parts.data.path)
            opened.callback(self.backbone.subscribe(Channel.TELEMETRY, self._keep))
            self._compose()
            places = LogPlaces(self.journal.path, parts.data.path / "logbook")
            self.logbook = Logbook(self.catalogue, self.backbone, self.ring, clock, places)
            opened.callback(self.logbook.close)
            self.ledger.key_news(key_news)
            if parts.ledger_copy:
                self.ledger.follower = follower(parts.ledger_copy, self.journal.path)
            self._seat_people(parts, opened)
            self._opened = opened.pop_all()

    def _grown(self, data: DataDir, opened: ExitStack) -> GrownCatalogue:
        """What sources have declared before, in the catalogue already."""
        store = DiscoveredStore(data.file(discovered.FILE))
        opened.callback(store.close)
        numbers = TagNumbers(data.file("history.db"))
        opened.callback(numbers.close)
        return GrownCatalogue(self.catalogue, store, numbers, saying(discovered_words()))

    def _seat_people(self, parts: Parts, opened: ExitStack) -> None:
        """Who may sit here, and what knows of them."""
        self.desk = PeopleDesk(
            self.catalogue, parts.data, self.backbone, self.system, self.clock, local=parts.local
        )
        opened.callback(self.desk.close)
        self.desk.rule(self.control)
        self.local, self.directory = self.desk.local, self.desk.directory
        self.people, self.sessions = self.desk.people, self.desk.sessions
        self.logbook.accounts = self.desk.accounts
        self.handovers.collector.notes = self.logbook
        follow_sessions(self.handovers, self.sessions)
        self.desk.guard.where.handover_areas = self.handovers.areas_of
        self.desk.guard.where.log_areas = self.logbook.area_of
        self.guard, self.timewatch = self.desk.guard, self.desk.timewatch
        self.broker.confirmations.tell = self.sessions.tell
        self.permits.ledger = self.ledger.commands_allowed

    def _compose(self) -> None:
        clock = self.clock
        self.keeping = KeepingDesk(self.journal.path, self.historian.path)
        self.system = Recorder(self.backbone, Part.SYSTEM)
        self.visits = VisitDesk(self.site.reporting.zones, self.movers, self.system, clock)
        self.ledger = LedgerService(self.journal, self.system, self.ring, clock)
        self.alarms = AlarmService(self.catalogue, self.backbone, self.ring, clock)
        self.notify = NotifyDesk(self.catalogue, self.system, clock)
        self.alarms.fact_listeners.append(self.notify.changed)
        self.pipeline = Pipeline(self.catalogue, self.alarms, self.movers, self.backbone, clock)
        self.feeds = FeedDesk(self.ring, self.system, clock)
        district = District(self.catalogue, self.pipeline.latest, self.feeds)
        self.control = ControlDesk(district, self.backbone, self.ring, clock)
        self.broker, self.groups = self.control.broker, self.control.groups
        self.tags, self.areas = self.control.tags, self.control.areas
        self.procedures, self.permits = self.control.procedures, self.control.permits
        self.pipeline.feed_listener = self.feeds.feed_changed
        self.pipeline.value_listeners.append(self.broker.values)
        self.feeds.down_listener = self.broker.withdrawals.feed_down
        self.feeds.take(self._runners(self.site.feeds))
        ground = Ground(self.backbone, self.ring, clock)
        latest = self.pipeline.latest
        self.handovers = open_handovers(self.catalogue, latest, self.alarms, self.control, self.feeds, ground)
        self.notify.tell_duty(self.handovers.duty_of)
        self.discovery = DiscoveryService(self.grown, self.pipeline, self.feeds, self.system, clock)

    async def restore(self) -> None:
        """Take up what was before a restart; call it before `run`."""
        await self.ledger.begin()
        await self.alarms.restore()
        await self.notify.restore(self.backbone, self.alarms.facts())
        self.pipeline.expect(self.alarms.awaited_tags())
        await self.desk.restore()
        await self.control.restore()
        await self.logbook.restore()
        await self.handovers.restore()
        await asyncio.to_thread(self._mark_absence)
        self._note("START", {"site": self.site.id, "digest": self.digest})

    async def run(self) -> None:
        """Work until cancelled; a defect of any part ends the hub with its exception."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.system.run(), name="record system")
            group.create_task(self.alarms.run(), name="record alarms")
            group.create_task(self.notify.run(), name="notify")
            group.create_task(self.control.run(), name="control")
            group.create_task(self.handovers.run(), name="handovers")
            group.create_task(self.desk.run(), name="people")
            group.create_task(self.ledger.run(), name="ledger")
            group.create_task(self.logbook.run(), name="logbook")
            group.create_task(self.feeds.run(), name="feeds")
            group.create_task(self.discovery.run(), name="discovery")
            group.create_task(self._advance(), name="time")
            self._feed_tasks = [
                group.create_task(runner.run(), name=f"feed {feed}")
                for feed, runner in self.feeds.runners.items()
            ]

    async def settle(self, timeout_s: float) -> None:
        """Close the feeds, note the end, and wait until all records are durable or for `timeout_s`.

        The recorders must still run: cancel `run` after this.
        """
        for task in self._feed_tasks:
            task.cancel()
        self.pipeline.disconnect_all(self.clock.at())
        self._note("STOP", {})
        try:
            async with asyncio.timeout(timeout_s):
                await self.system.settled()
                await self.alarms.settled()
                await self.handovers.settled()
                await self.control.settled()
                await self.desk.settled()
                await self.logbook.settled()
                await self.ledger.settled()
        except TimeoutError:
            log.error("not all records became durable before the hub ended")

    def close(self) -> None:
        """Flush and close the stores."""
        self.keeping.close()
        self._opened.close()

    def standing(self) -> Standing:
        """All facts at the present sequence."""
        self.movers.publish()
        return Standing(
            sequence=self.ring.sequence,
            growth=self.catalogue.growth(),
            feeds=self.feeds.facts(),
            alarms=self.alarms.facts(),
            maintenance=self.alarms.maintenance(),
            flood=self.alarms.flood(),
            mute=self.alarms.mute(),
            redefined=self.alarms.redefined(),
            commands=self.broker.facts(),
            tags=self.tags.facts(),
            leases=self.areas.facts(),
            runs=self.procedures.facts(),
            handovers=self.handovers.facts(),
            duties=self.handovers.duties(),
            movers=self.movers.facts(),
            ledger=self.ledger.fact(),
        )

    async def history(self, tag: int, start: int, end: int, points: int) -> Series:
        """Rows of a tag between two UTC ns."""
        number = self.grown.numbering.number(tag)
        async with self._histories:
            series = await asyncio.to_thread(self.historian.query, number, start, end, points)
        return dataclasses.replace(series, tag=tag)

    async def records(self, subject: str, limit: int) -> list[Record]:
        """Newest records about a subject."""
        return await asyncio.to_thread(self.journal.query, subject, limit)

    async def search(self, query: RecordQuery) -> RecordPage:
        """Newest records that match, read beside everything else."""
        return await asyncio.to_thread(self._search.page, query)

    async def occurrences(self, query: OccurrenceQuery) -> OccurrencePage:
        """Occurrences of alarms between two UTC ns, from the journal."""
        return await asyncio.to_thread(read_occurrences, self.journal, self.catalogue, query)

    async def _advance(self) -> None:
        while True:
            await asyncio.sleep(ADVANCE_S)
            self.pipeline.advance()

    def _keep(self, delivery: Delivery) -> None:
        if isinstance(delivery, Telemetry):
            self.historian.write(self.grown.numbering.stored(delivery.batch))

    def _mark_absence(self) -> None:
        """History shows that nothing was known between the last kept sample and now."""
        last = self.historian.last_at()
        if last and last < self.clock.at():
            n = len(self.catalogue.tags)
            quality = np.full(n, int(Quality.DISCONNECTED), np.uint8)
            at = np.full(n, last + 1, np.int64)
            rows = Batch(np.arange(n, dtype=np.uint32), at, np.full(n, np.nan), quality)
            self.historian.write(self.grown.numbering.stored(rows))

    def _runners(self, feeds: tuple[FeedDef, ...]) -> Mapping[str, FeedRunner]:
        registry = Registry(self._disabled)
        timing = Timing(self.clock, random.SystemRandom().random)
        runners: dict[str, FeedRunner] = {}
        for feed in feeds:
            made = registry.make_or_stand_in(feed)
            if isinstance(made, KeepingFeed):
                made.keep_in(self._kept / feed.id.replace(":", "_"))
            mapping = FeedMapping(self.catalogue, feed)
            mapping.grow(self.grown.restored(feed.id))
            runner = runners[feed.id] = FeedRunner(feed, made, mapping, self.pipeline, timing)
            runner.settle((), self.grown.offered_now(feed.id), 0)
        return runners

    def _note(self, what: str, fields: dict[str, str]) -> None:
        record = Record(
            sequence=0,
            at=self.clock.at(),
            kind=RecordKind.SYSTEM,
            who="system:hub",
            subject="hub",
            what=what,
            fields=fields,
        )
        self.system.put([("hub", Entry(record))])
