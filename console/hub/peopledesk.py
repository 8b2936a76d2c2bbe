"""Everything about people, put together: accounts, sessions, the guard, the directory, and the watch on the clock."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from console.core.catalogue import Catalogue
from console.core.command.control_facts import RunFact, TagFact
from console.core.command.reasons import CommandReason
from console.core.identity.accounts import LOCAL_GRANTS, Account
from console.core.journal import Record, RecordKind
from console.core.site import Site
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.clock import Clock
from console.hub.control_desk import ControlDesk
from console.hub.datadir import DataDir
from console.hub.guard import Guard
from console.hub.people.people import People
from console.hub.people.sessions import Sessions
from console.hub.recorder import Recorder
from console.hub.timewatch import TimeWatch
from console.hub.whereabouts import Whereabouts

log = logging.getLogger("app")

PROFILE = "profile"
MODES_MENDED = "MODES_MENDED"
PROFILE_LOADED = "PROFILE_LOADED"
PROFILE_CHANGED = "PROFILE_CHANGED"

if TYPE_CHECKING:
    # It costs memory that a hub without a directory does without.
    from console.hub.people.directory import DirectoryClient


class PeopleDesk:
    """The parts and what they tell one another. `local`: whoever sits at the console needs no password."""

    def __init__(
        self,
        catalogue: Catalogue,
        data: DataDir,
        backbone: Backbone,
        system: Recorder,
        clock: Clock,
        *,
        local: bool,
    ) -> None:
        site = catalogue.site
        self.local = local
        self._site = site
        self._data = data
        self._backbone = backbone
        self._control: ControlDesk | None = None
        self._clock = clock
        self._system = system
        self.people = People(data, backbone, clock, site)
        self.sessions = Sessions(site.policy, clock, self.people.book.note, self.people.prover.vault)
        self.guard = Guard(Whereabouts(catalogue), self.sessions, self.people.book.find)
        if local:
            self.guard.without_session = LOCAL_GRANTS
        self.directory = _directory(site, clock)
        self.timewatch = TimeWatch(clock, self._note)
        self.people.changed.append(self._account_changed)
        self.people.prover.last_position = self.sessions.last_position

    def rule(self, control: ControlDesk) -> None:
        """Decide over commands: who may, and not while the clock is not to be trusted."""
        self._control = control
        where = self.guard.where
        where.command_facts = control.broker.fact
        where.tag_facts = self._tag
        where.run_facts = self._run
        control.permits.rights = self.guard.rights
        control.permits.hindrances.append(self._clock_hindrance)
        self.sessions.ended.append(control.session_ended)

    def accounts(self) -> Mapping[str, Account]:
        """Every account by its name."""
        return self.people.book.accounts

    async def restore(self) -> None:
        """Take up the accounts; say what was mended and whether the profile is another one (SEC-37)."""
        await self.people.restore(accounts_needed=not self.local)
        self.sessions.restore(self.people.book.find)
        for account in self.people.book.accounts.values():
            strange = {area for grant in account.grants for area in grant.areas} - self._areas()
            if strange:
                log.warning("account %s has rights in areas that the site lacks: %s", account.user, strange)
        if self._data.mended:
            log.warning("files that others could read were closed: %s", ", ".join(self._data.mended))
            mended = self._record(MODES_MENDED, "hub", files=" ".join(self._data.mended))
            self._system.put([("hub", Entry(mended))])
        await self._compare_profile()

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.people.book.run(), name="record people")
            group.create_task(self.sessions.run(), name="sessions")
            group.create_task(self.timewatch.run(), name="clock")

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self.people.book.settled()

    def close(self) -> None:
        """Close the stores."""
        self.people.close()

    async def _compare_profile(self) -> None:
        found = hashlib.sha256(msgspec.msgpack.encode(self._site)).hexdigest()
        _, states = await self._backbone.state(Part.SYSTEM)
        before = states.get(PROFILE, b"").decode()
        if found == before:
            return
        if before:
            log.info("the site profile has changed since the last start")
        record = self._record(PROFILE_CHANGED if before else PROFILE_LOADED, self._site.id)
        told = msgspec.structs.replace(record, old=before, new=found)
        self._system.put([(PROFILE, Entry(told, found.encode()))])

    def _account_changed(self, user: str) -> None:
        self.sessions.account_changed(user, self.people.book.find(user))

    def _clock_hindrance(self) -> str:
        return CommandReason.CLOCK_SKEW if self.timewatch.skewed() else ""

    def _tag(self, tag: str) -> TagFact | None:
        facts = self._control.tags.facts() if self._control else ()
        return next((fact for fact in facts if fact.id == tag), None)

    def _run(self, run: str) -> RunFact | None:
        facts = self._control.procedures.facts() if self._control else ()
        return next((fact for fact in facts if fact.id == run), None)

    def _areas(self) -> set[str]:
        return {"*", *(area.id for area in self._site.areas)}

    def _note(self, record: Record) -> None:
        self._system.put([("clock", Entry(record))])

    def _record(self, what: str, subject: str, **fields: str) -> Record:
        return Record(
            sequence=0,
            at=self._clock.at(),
            kind=RecordKind.SYSTEM,
            who="system:hub",
            subject=subject,
            what=what,
            fields=fields,
        )


def _directory(site: Site, clock: Clock) -> DirectoryClient | None:
    if site.directory is None:
        return None
    from console.hub.people.directory import DirectoryClient

    return DirectoryClient(site.directory, clock)
