"""Everything about acting on the city, put together: commands, groups, tags, areas, interlocks and procedures."""

from __future__ import annotations

import asyncio

from console.core.command.events import CommandEvent
from console.core.words import parse_words
from console.hub.areas import AreaService
from console.hub.backbone.base import Backbone
from console.hub.broker import CommandBroker
from console.hub.clock import Clock
from console.hub.groups_desk import GroupDesk
from console.hub.interlocks import Interlocks
from console.hub.jobs import Job
from console.hub.judge import District, Judge
from console.hub.permits import SitePermits
from console.hub.procedures import ProcedureService
from console.hub.ring import EventRing
from console.hub.tags import TagService
from resources import read_words_sources


class ControlDesk:
    """The parts and what they tell one another."""

    def __init__(self, district: District, backbone: Backbone, ring: EventRing, clock: Clock) -> None:
        catalogue, latest = district.catalogue, district.latest
        self.tags = TagService(catalogue, backbone, ring, clock)
        self.areas = AreaService(catalogue, backbone, ring, clock)
        self.permits = SitePermits(catalogue, latest)
        self.permits.interlocks = Interlocks(catalogue, latest, clock)
        self.permits.tags = self.tags
        self.permits.areas = self.areas
        judge = Judge(district, self.permits, parse_words(read_words_sources()))
        self.broker = CommandBroker(judge, backbone, ring, clock, catalogue.site.policy)
        self.groups = GroupDesk(judge, self.broker, clock)
        self.procedures = ProcedureService(catalogue, latest, self.broker, backbone, ring, clock)
        self.tags.placed.append(self.broker.tag_placed)
        self.broker.book.listeners.append(self._command_changed)

    async def restore(self) -> None:
        """Take up what was before a restart: what forbids before what it forbids."""
        await self.tags.restore()
        await self.areas.restore()
        await self.broker.restore()
        await self.procedures.restore()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.tags.run(), name="record tags")
            group.create_task(self.areas.run(), name="areas")
            group.create_task(self.broker.run(), name="commands")
            group.create_task(self.procedures.run(), name="procedures")

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self.tags.settled()
        await self.areas.settled()
        await self.broker.settled()
        await self.procedures.settled()

    def session_ended(self, session: str) -> None:
        """A session is over for good: what it holds and what it has asked for ends."""
        self.broker.session_lost(session)
        self.areas.session_ended(session)

    def _command_changed(self, job: Job, event: CommandEvent) -> None:
        del job
        self.procedures.command_changed(event.fact)
