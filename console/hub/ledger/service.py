"""The ledger of a running hub: signs its head, verifies it all the time, watches its disk, and says how it is."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from console.core.batch import NS
from console.core.journal import Record, RecordKind
from console.core.ledger.facts import LedgerFact
from console.core.ledger.faults import Finding
from console.hub.backbone.base import Entry
from console.hub.clock import Clock
from console.hub.journal import Journal
from console.hub.ledger.disk import DiskFact, DiskWatch
from console.hub.ledger.follow import Follower
from console.hub.ledger.notes import left_notes
from console.hub.ledger.opening import SUBJECT, KeyNews
from console.hub.ledger.walk import ChainWalk, check_tail
from console.hub.recorder import Recorder
from console.hub.ring import EventRing
from console.wire.messages import LedgerChanged

log = logging.getLogger("app")

SIGN_S = 60.0
DISK_S = 5.0
TICK_S = 1.0
PACE_S = 0.05
"""Pause between two steps of the verification: about 8,000 records a second, a few percent of one core."""
AGAIN_S = 24 * 3600.0
"""The whole chain is verified anew after this time."""


class LedgerService:
    """Made with the journal of a hub; `begin` before the first append of this life, then `run`."""

    def __init__(
        self,
        journal: Journal,
        recorder: Recorder,
        ring: EventRing,
        clock: Clock,
        disk: DiskWatch | None = None,
    ) -> None:
        self._journal = journal
        self._recorder = recorder
        self._ring = ring
        self._clock = clock
        self._disk = disk or DiskWatch(journal.path.parent)
        self._news = KeyNews.KNOWN
        self.follower: Follower | None = None
        self._disk_fact = DiskFact()
        self._finding: Finding | None = None
        self._verified_to = 0
        self._verified_at = 0
        self._told = LedgerFact()
        self._noted: set[Path] = set()
        self.listeners: list[Callable[[LedgerFact], None]] = []

    def fact(self) -> LedgerFact:
        """How the ledger is now."""
        signed, follower = self._journal.signed, self.follower
        fact = LedgerFact(
            records=self._journal.head.sequence,
            head=self._journal.head.hash.hex(),
            key=self._journal.signer.fingerprint.hex() if self._journal.signer is not None else "",
            verified_to=self._verified_to,
            verified_at=self._verified_at,
            disk_used=round(self._disk_fact.used, 3),
            stopped=self._journal.failure or self._disk_fact.why,
        )
        if signed is not None:
            fact = msgspec.structs.replace(fact, signed_at=signed.at, signed_to=signed.sequence)
        if self._finding is not None:
            fact = msgspec.structs.replace(fact, fault=self._finding.fault.value, fault_at=self._finding.at)
        if follower is not None:
            fact = msgspec.structs.replace(fact, copy_to=follower.shown, copied_to=follower.copied_to)
        return fact

    def key_news(self, news: KeyNews) -> None:
        """What happened to the key when the ledger was opened; `begin` says it in the ledger."""
        self._news = news

    def commands_allowed(self) -> bool:
        """Whether what a dangerous command leaves behind would become durable (SEC-18); asked for C2 and C3."""
        return not self._journal.failure and not self._disk_fact.why

    async def begin(self) -> None:
        """Look at what was not signed before the last end, then sign it; says in the ledger what was found."""
        self._look_at_disk()
        if self._journal.built:
            self._note("LEDGER_BUILT", {"records": str(self._journal.built)})
        if self._news is not KeyNews.KNOWN:
            signer = self._journal.signer
            self._note(f"LEDGER_KEY_{self._news}", {"key": signer.fingerprint.hex()} if signer else {})
        self._take(await asyncio.to_thread(check_tail, self._journal.path))
        await self._journal.sign()

    async def settled(self) -> None:
        """Sign what has been written, and wait until the copy has it; bounded by whoever calls."""
        await self._journal.sign()
        follower = self.follower
        while follower is not None and follower.copied_to < self._journal.head.sequence:
            follower.wake()
            await asyncio.sleep(0.05)

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sign(), name="ledger signatures")
            group.create_task(self._verify(), name="ledger verification")
            group.create_task(self._tell(), name="ledger facts")
            if self.follower is not None:
                group.create_task(self.follower.run(), name="ledger copy")

    async def _sign(self) -> None:
        # What the start has left in the ledger is signed at once, not after a minute.
        pause = TICK_S
        while True:
            await asyncio.sleep(pause)
            await self._journal.sign()
            pause = SIGN_S

    async def _tell(self) -> None:
        looked = self._clock.now()
        while True:
            await asyncio.sleep(TICK_S)
            if self._clock.now() - looked >= DISK_S:
                looked = self._clock.now()
                self._look_at_disk()
                self._take_notes()
            fact = self.fact()
            if self._is_news(fact):
                self._told = fact
                self._push(fact)

    def _is_news(self, fact: LedgerFact) -> bool:
        # That the same record was verified once more is said with the next signature.
        same = msgspec.structs.replace(fact, verified_at=self._told.verified_at)
        later = fact.verified_at - self._told.verified_at >= SIGN_S * NS
        return later or same != self._told

    def _push(self, fact: LedgerFact) -> None:
        self._ring.push(lambda sequence: LedgerChanged(sequence=sequence, ledger=fact))
        for listener in tuple(self.listeners):
            listener(fact)

    async def _verify(self) -> None:
        while True:
            try:
                walk = await asyncio.to_thread(ChainWalk, self._journal.path)
                try:
                    await self._walk(walk)
                finally:
                    walk.close()
            except sqlite3.Error as error:
                log.warning("the ledger cannot be verified now: %s", error)
                await asyncio.sleep(SIGN_S)

    async def _walk(self, walk: ChainWalk) -> None:
        begun = self._clock.now()
        while True:
            until = self._journal.head.sequence
            self._take(await asyncio.to_thread(walk.step, until))
            if walk.verified_to >= self._verified_to:
                self._verified_to, self._verified_at = walk.verified_to, self._clock.at()
            if walk.verified_to < until:
                await asyncio.sleep(PACE_S)
                continue
            if self._clock.now() - begun >= AGAIN_S:
                return
            await asyncio.sleep(TICK_S)

    def _take(self, finding: Finding | None) -> None:
        if finding is None or self._finding is not None:
            return
        self._finding = finding
        log.error("the ledger is not as it was written: %s at record %d", finding.fault, finding.at)
        self._note("LEDGER_FAULT", {"fault": finding.fault.value, "at": str(finding.at)})

    def _look_at_disk(self) -> None:
        before, now = self._disk_fact, self._disk.look()
        self._disk_fact = now
        shown = {"used": f"{now.used:.3f}", "detail": now.why}
        if now.filling != before.filling:
            self._note("DISK_FILLING" if now.filling else "DISK_HAS_ROOM", shown)
            log.info("the disk of the ledger is %d %% full", round(100 * now.used))
        if bool(now.why) != bool(before.why):
            self._note("DISK_FULL" if now.why else "DISK_TAKES_RECORDS", shown)
            log.log(logging.ERROR if now.why else logging.INFO, "the disk of the ledger: %s", now.why or "ok")

    def _take_notes(self) -> None:
        """Record what was done with the ledger beside this hub; a note is gone once its record is durable."""
        for file, record in left_notes(self._journal.path.parent):
            if file in self._noted:
                continue
            self._noted.add(file)
            if record is None:
                log.warning("%s is no note of what was done with the ledger", file.name)
                continue
            durable = self._recorder.put([(SUBJECT, Entry(record))])
            durable.add_done_callback(partial(_forget, file))

    def _note(self, what: str, fields: dict[str, str]) -> None:
        record = Record(
            sequence=0,
            at=self._clock.at(),
            kind=RecordKind.SYSTEM,
            who="system:ledger",
            subject=SUBJECT,
            what=what,
            fields=fields,
        )
        self._recorder.put([(SUBJECT, Entry(record))])


def _forget(file: Path, durable: asyncio.Future[None]) -> None:
    if not durable.cancelled():
        with contextlib.suppress(OSError):
            file.unlink()
