"""The operator log: an entry is in the journal before anyone is answered, and then found by the index.

The journal is the log. The index follows it, record by record; after a crash it takes up what it has missed, and if it
is gone it is made anew.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from console.core.alarm.acts import ActOutcome
from console.core.catalogue import Catalogue
from console.core.errors import LogRefused
from console.core.identity.accounts import Account
from console.core.journal import Record
from console.core.logbook.entry import Attachment, LogDraft, LogEntry, same_words
from console.core.logbook.files import media_of
from console.core.logbook.mentions import mentions_in
from console.core.logbook.query import LogPage, LogPerson, LogQuery
from console.core.logbook.reasons import LogReason
from console.core.logbook.records import entry_record, lock_record, read_record
from console.core.logbook.rules import Corrector, check_correction, check_draft, check_time
from console.hub.alarms import NOT_RECORDED, RECORD_S
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.clock import Clock
from console.hub.ledger.schema import reading
from console.hub.logbook.files import FileStore
from console.hub.logbook.index import LogIndex
from console.hub.logbook.schema import remove
from console.hub.logbook.search import LogSearch
from console.hub.person import Person
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.wire.messages import LogChanged

log = logging.getLogger("app")

SWEEP_S = 60.0
_CHUNK = 2_000
_TOLD = 100
"""Entries of one message."""
_decode = msgspec.msgpack.Decoder(Record).decode


@dataclass(frozen=True, slots=True)
class LogPlaces:
    """Where the log is: the journal it is read from, and a folder of its own."""

    journal: Path
    folder: Path


class Logbook:
    """The only writer of the part LOG. Opens its index when made; raises sqlite3.Error when it cannot."""

    def __init__(
        self, catalogue: Catalogue, backbone: Backbone, ring: EventRing, clock: Clock, places: LogPlaces
    ) -> None:
        self._areas = frozenset(catalogue.areas)
        self._ring = ring
        self._clock = clock
        places.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._journal = reading(places.journal)
        self._index = LogIndex(places.folder / "index.db")
        self._search = LogSearch(places.folder / "index.db")
        self.files = FileStore(places.folder, clock.now)
        self._recorder = Recorder(backbone, Part.LOG)
        self._pending: dict[str, tuple[LogEntry, asyncio.Future[None]]] = {}
        self.accounts: Callable[[], Mapping[str, Account]] = dict
        """Accounts of this hub; plugged in by it."""

    async def restore(self) -> None:
        """Take up what the index has missed, then drop files that no entry names. A damaged index is made anew."""
        try:
            await asyncio.to_thread(self._take_up)
        except sqlite3.DatabaseError as error:
            log.warning("the index of the operator log is made anew: %s", error)
            self._search.close()
            self._index.close()
            remove(self._index.path)
            self._index = LogIndex(self._index.path)
            self._search = LogSearch(self._index.path)
            await asyncio.to_thread(self._take_up)

    async def run(self) -> None:
        """Write records, and drop what stands still, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._recorder.run(), name="record log")
            group.create_task(self._sweep(), name="files of the log")

    async def settled(self) -> None:
        """Wait until all that has been written is durable."""
        await self._recorder.settled()

    def close(self) -> None:
        """Close the files."""
        self._search.close()
        self._index.close()
        self._journal.close()

    @property
    def locked_until(self) -> int:
        """UTC ns up to which the log is closed; 0: nothing is."""
        return self._index.locked_until

    def area_of(self, entry: str) -> str | None:
        """The area of an entry; None for one that is not there."""
        found = self._index.find(entry)
        return None if found is None else found.area

    async def write(self, draft: LogDraft, person: Person) -> ActOutcome:
        """Write an entry or a correction; the subject is its id. The same draft again is answered as the first."""
        try:
            return await self._write(draft, person)
        except LogRefused as refused:
            return ActOutcome(draft.id, refused.reason_code)
        except sqlite3.Error as error:
            log.error("the index of the operator log cannot be read: %s", error)
            return ActOutcome(draft.id, LogReason.LOG_UNAVAILABLE)

    async def _write(self, draft: LogDraft, person: Person) -> ActOutcome:
        known = self._index.find(draft.id)
        waits = self._pending.get(draft.id)
        if waits is not None:
            known = waits[0]
        # What is here already was judged when it came.
        kept = check_draft(draft, self._clock.at() if known is None else draft.at, self._areas)
        if known is not None:
            if not same_words(known, kept) or known.author != person.who:
                raise LogRefused(LogReason.LOG_ID)
            return await self._answer(draft.id, waits[1] if waits is not None else None)
        entry = self._entry(kept, person)
        done = self._recorder.put([(entry.id, Entry(entry_record(entry, person.station)))])
        self._pending[entry.id] = (entry, done)
        done.add_done_callback(self._recorded)
        return await self._answer(entry.id, done)

    async def read_mentions(self, entries: Sequence[str], person: Person) -> ActOutcome:
        """This person has read entries that mean them; what they need not read is left out."""
        mine = self._index.unread(person.who, entries)
        if not mine:
            return ActOutcome("")
        at = self._clock.at()
        records = [(entry, Entry(read_record(entry, at, person.who, person.station))) for entry in mine]
        done = self._recorder.put(records)
        done.add_done_callback(self._recorded)
        outcome = await self._answer("", done)
        read = tuple(mine)
        self._ring.push(
            lambda sequence: LogChanged(
                sequence=sequence, locked_until=self.locked_until, reader=person.who, read=read
            )
        )
        return outcome

    async def lock(self, until_ns: int, person: str) -> int:
        """Close the log up to a time (now at the latest); how many entries were open. It is durable then."""
        at = self._clock.at()
        until = min(until_ns, at)
        await self._recorder.settled()
        self._follow()
        count = self._index.open_until(until)
        if until <= self.locked_until and not count:
            return 0
        done = self._recorder.put([("lock", Entry(lock_record(until, at, person, count)))])
        done.add_done_callback(self._recorded)
        await done
        self._follow()
        self._tell(())
        return count

    async def close_now(self, person: Person) -> ActOutcome:
        """A person closes the log up to now."""
        done, _ = await asyncio.wait(
            {asyncio.ensure_future(self.lock(self._clock.at(), person.who))}, timeout=RECORD_S
        )
        return ActOutcome("", "" if done else NOT_RECORDED)

    async def entries(self, since_ns: int, until_ns: int, areas: frozenset[str]) -> tuple[LogEntry, ...]:
        """Entries with a time in [since, until), oldest first, of these areas and of the whole site; empty: all."""
        return tuple(await asyncio.to_thread(self._search.between, since_ns, until_ns, areas))

    async def search(self, query: LogQuery) -> LogPage:
        """The newest entries that match, read beside everything else."""
        return await asyncio.to_thread(self._search.page, query)

    def people(self) -> tuple[LogPerson, ...]:
        """Who can be meant by @name."""
        return tuple(LogPerson(user, name) for user, name in sorted(self._names().items()))

    def readable(self, sha256: str) -> bool:
        """Whether a file belongs to an entry."""
        return self._index.has_file(sha256)

    def _names(self) -> dict[str, str]:
        known = {user: account.name for user, account in self.accounts().items() if account.enabled}
        # Without accounts, at a single seat, whoever has written can be meant.
        return known or self._index.authors()

    def _entry(self, draft: LogDraft, person: Person) -> LogEntry:
        old = None
        if draft.corrects:
            old = self._index.find(draft.corrects)
            taken = any(entry.corrects == draft.corrects for entry, _ in self._pending.values())
            corrected = taken or self._index.corrected(draft.corrects)
            check_correction(draft, old, corrected, Corrector(person.who, person.supervisor))
        late = check_time(draft, old, self.locked_until)
        for item in draft.attachments:
            self._check_file(item)
        self.files.named([item.sha256 for item in draft.attachments])
        return LogEntry(
            id=draft.id,
            at=draft.at,
            written=self._clock.at(),
            author=person.who,
            author_name=person.shown,
            area=draft.area,
            text=draft.text,
            links=draft.links,
            attachments=draft.attachments,
            mentions=mentions_in(draft.text, self._names()),
            corrects=draft.corrects,
            late=late,
        )

    def _check_file(self, item: Attachment) -> None:
        if self.files.size(item.sha256) != item.size:
            raise LogRefused(LogReason.FILE_DAMAGED)
        # The bytes may have come under another name.
        media_of(item.name, self.files.head(item.sha256))

    async def _answer(self, subject: str, done: asyncio.Future[None] | None) -> ActOutcome:
        if done is not None:
            finished, _ = await asyncio.wait({done}, timeout=RECORD_S)
            if not finished:
                return ActOutcome(subject, NOT_RECORDED)
            self._follow()
        return ActOutcome(subject)

    def _recorded(self, _done: asyncio.Future[None]) -> None:
        """Whether or not anybody still waits, what is durable is indexed and told."""
        self._follow()

    def _follow(self) -> None:
        """Index what the journal has beyond the index, and tell of it."""
        try:
            new = self._take_rows()
        except sqlite3.Error as error:
            # The entries are in the journal: the index takes them up with the next one, or at the next start.
            log.error("the index of the operator log does not follow: %s", error)
            return
        for entry in new:
            self._pending.pop(entry.id, None)
        for first in range(0, len(new), _TOLD):
            self._tell(tuple(new[first : first + _TOLD]))

    def _tell(self, entries: tuple[LogEntry, ...]) -> None:
        until = self.locked_until
        self._ring.push(lambda sequence: LogChanged(sequence=sequence, entries=entries, locked_until=until))

    def _take_up(self) -> None:
        before = -1
        while before != self._index.sequence:
            before = self._index.sequence
            self._take_rows()
        self.files.sweep_all(self._index.files())

    def _take_rows(self) -> list[LogEntry]:
        sql = "SELECT sequence, body FROM journal WHERE part = ? AND sequence > ? ORDER BY sequence LIMIT ?"
        rows = self._journal.execute(sql, (Part.LOG.value, self._index.sequence, _CHUNK)).fetchall()
        if not rows:
            return []
        return self._index.take(msgspec.structs.replace(_decode(body), sequence=n) for n, body in rows)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(SWEEP_S)
            self.files.expire(self._index.has_file)
