"""The journal: append-only, on disk before anyone is answered (DESIGN 7, CMD-02).

One writer thread takes all appends that wait and commits them as one fsynced transaction: single commits
manage some hundreds a second, batches tens of thousands. A record, its hash in the chain (SEC-16) and the state it
leaves are in the same transaction.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

import msgspec

from console.core.journal import Record
from console.core.ledger.chain import Link, Point, link_hash
from console.core.ledger.heads import Head
from console.hub.backbone.base import Appended, Conflict, Entry, Unavailable
from console.hub.ledger.keys import Signer
from console.hub.ledger.schema import connected, head_point, last_head, opened

_INSERT = (
    "INSERT INTO journal(sequence, part, key, subject, at, body, kind, who, hash, state) "
    "VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_STATE = "INSERT OR REPLACE INTO state VALUES(?, ?, ?, ?)"
_SIGNED = "INSERT INTO heads(number, sequence, at, hash, key, signature) VALUES(?, ?, ?, ?, ?, ?)"
_GROUP = 2000
_decode = msgspec.msgpack.Decoder(Record).decode
_encode = msgspec.msgpack.Encoder().encode


@dataclass(slots=True)
class _Append:
    part: str
    records: Sequence[tuple[str, Entry]]
    expect: int | None
    rid: str
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Appended] = field(init=False)

    def __post_init__(self) -> None:
        self.done = self.loop.create_future()


@dataclass(slots=True)
class _Sign:
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[Head | None] = field(init=False)

    def __post_init__(self) -> None:
        self.done = self.loop.create_future()


class Journal:
    """One database file. Raises StoreDamaged when it cannot be trusted.

    With a `signer` its head can be signed, and is signed when it is closed; `now` is UTC ns.
    """

    def __init__(
        self, path: Path, signer: Signer | None = None, now: Callable[[], int] = time.time_ns
    ) -> None:
        self.path = path
        self.failure = ""
        self.signer = signer
        self._now = now
        self._closing = False
        self._jobs: queue.SimpleQueue[_Append | _Sign | None] = queue.SimpleQueue()
        self._reader, self.built = opened(path)
        self._reading = threading.Lock()
        self.head = head_point(self._reader)
        """The last durable record and its hash."""
        self.signed = last_head(self._reader)
        """The last signature."""
        self._base = connected(path)
        self._writer = threading.Thread(target=self._write, name="journal", daemon=True)
        self._writer.start()

    def append(
        self, part: str, records: Sequence[tuple[str, Entry]], expect: int | None = None, rid: str = ""
    ) -> asyncio.Future[Appended]:
        """Queue records by key, in order of calls; the future resolves once they are durable."""
        job = _Append(part, records, expect, rid, asyncio.get_running_loop())
        self._jobs.put(job)
        return job.done

    def sign(self) -> asyncio.Future[Head | None]:
        """Sign the head after what is queued now; the future has the last signature, None without a signer."""
        job = _Sign(asyncio.get_running_loop())
        self._jobs.put(job)
        return job.done

    def state(self, part: str) -> tuple[int, dict[str, bytes]]:
        """Sequence of the last record of a part, and the last state of each of its keys."""
        with self._reading:
            rows = self._reader.execute("SELECT key, body FROM state WHERE part = ?", (part,)).fetchall()
            return _head(self._reader, part), dict(rows)

    def query(self, subject: str, limit: int) -> list[Record]:
        """Newest records about `subject` or a part of it (`asset.alarm` of `asset`), newest first; empty:
        all.
        """
        sql = "SELECT sequence, body FROM journal {} ORDER BY sequence DESC LIMIT ?"
        with self._reading:
            if subject:
                # "/" is the character after ".": all subjects that begin with "subject.".
                names = (subject, f"{subject}.", f"{subject}/", limit)
                where = "WHERE subject = ? OR (subject >= ? AND subject < ?)"
                rows = self._reader.execute(sql.format(where), names).fetchall()
            else:
                rows = self._reader.execute(sql.format(""), (limit,)).fetchall()
        return [_record(*row) for row in rows]

    def since(self, sequence: int, limit: int = 10_000) -> list[Record]:
        """Records after `sequence`, oldest first."""
        sql = "SELECT sequence, body FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?"
        with self._reading:
            return [_record(*row) for row in self._reader.execute(sql, (sequence, limit))]

    def newest_since(self, part: str, at: int, subject: str, limit: int) -> list[Record]:
        """The newest records of a part with a time of `at` or later (of one subject, or empty: all), oldest first."""
        where, fields = "part = ? AND at >= ?", [part, at]
        if subject:
            where, fields = f"{where} AND subject = ?", [part, at, subject]
        sql = f"SELECT sequence, body FROM journal WHERE {where} ORDER BY sequence DESC LIMIT ?"  # noqa: S608
        with self._reading:
            rows = self._reader.execute(sql, (*fields, limit)).fetchall()
        return [_record(*row) for row in reversed(rows)]

    def close(self) -> None:
        """Write what waits, then end."""
        self._closing = True
        self._jobs.put(None)
        self._writer.join(timeout=10)
        self._reader.close()

    def _write(self) -> None:
        base = self._base
        try:
            while True:
                appends, signs, last = self._group()
                if appends:
                    self._commit(base, appends)
                if signs or last:
                    self._sign(base, signs)
                if last:
                    return
        finally:
            if not self._closing:
                self.failure = "the journal has stopped"
            base.close()

    def _group(self) -> tuple[list[_Append], list[_Sign], bool]:
        job = self._jobs.get()
        appends: list[_Append] = []
        signs: list[_Sign] = []
        while job is not None:
            if isinstance(job, _Sign):
                signs.append(job)
            else:
                appends.append(job)
            if len(appends) >= _GROUP:
                return appends, signs, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return appends, signs, False
        return appends, signs, True

    def _commit(self, base: sqlite3.Connection, group: list[_Append]) -> None:
        answers: list[Appended]
        tip = _Tip(self.head)
        try:
            base.execute("BEGIN IMMEDIATE")
            answers = [_apply(base, job, tip) for job in group]
            base.execute("COMMIT")
            self.failure = ""
            self.head = Point(tip.sequence, tip.hash)
        except sqlite3.Error as error:
            self.failure = str(error)
            answers = [Unavailable(str(error))] * len(group)
            if base.in_transaction:
                base.execute("ROLLBACK")
        _answer(group, answers)

    def _sign(self, base: sqlite3.Connection, jobs: list[_Sign]) -> None:
        before, point = self.signed, self.head
        if self.signer is not None and point.sequence > (before.sequence if before is not None else 0):
            number = before.number + 1 if before is not None else 1
            unsigned = Head(number, point.sequence, self._now(), point.hash, b"")
            head = self.signer.head(unsigned)
            row = (head.number, head.sequence, head.at, head.hash, head.key, head.signature)
            try:
                base.execute(_SIGNED, row)
                self.signed = head
            except sqlite3.Error as error:
                self.failure = str(error)
        for job in jobs:
            if not job.loop.is_closed():
                job.loop.call_soon_threadsafe(_tell, job.done, self.signed)


class _Tip:
    """Where the chain ends while a transaction grows."""

    __slots__ = ("hash", "sequence")

    def __init__(self, point: Point) -> None:
        self.sequence = point.sequence
        self.hash = point.hash

    def add(self, part: str, key: str, body: bytes, state: bytes) -> Link:
        """The next record with its hash; `state` is the digest of what it leaves."""
        unlinked = Link(self.sequence + 1, part, key, body, b"", state)
        link = Link(self.sequence + 1, part, key, body, link_hash(self.hash, unlinked), state)
        self.sequence, self.hash = link.sequence, link.hash
        return link


def _apply(base: sqlite3.Connection, job: _Append, tip: _Tip) -> Appended:
    if job.rid:
        known = base.execute("SELECT sequence FROM applied WHERE rid = ?", (job.rid,)).fetchone()
        if known is not None:
            return int(known[0])
    head = _head(base, job.part)
    if job.expect is not None and job.expect != head:
        return Conflict(head)
    rows: list[tuple[int, str, str, str, int, bytes, str, str, bytes, bytes]] = []
    states: list[tuple[str, str, int, bytes]] = []
    for key, entry in job.records:
        record, part = entry.record, job.part
        state = sha256(entry.state).digest() if entry.state else b""
        link = tip.add(part, key, _encode(record), state)
        head, seen = link.sequence, (record.subject, record.at)
        rows.append((head, part, key, *seen, link.body, record.kind.value, record.who, link.hash, state))
        if entry.state:
            states.append((part, key, head, entry.state))
    base.executemany(_INSERT, rows)
    base.executemany(_STATE, states)
    if job.rid:
        base.execute("INSERT INTO applied VALUES(?, ?)", (job.rid, head))
    return head


def _answer(group: list[_Append], answers: list[Appended]) -> None:
    loops: dict[asyncio.AbstractEventLoop, list[tuple[_Append, Appended]]] = {}
    for pair in zip(group, answers, strict=True):
        loops.setdefault(pair[0].loop, []).append(pair)
    for loop, pairs in loops.items():
        if not loop.is_closed():
            loop.call_soon_threadsafe(_resolve, pairs)


def _resolve(pairs: list[tuple[_Append, Appended]]) -> None:
    for job, answer in pairs:
        if not job.done.done():
            job.done.set_result(answer)


def _tell(done: asyncio.Future[Head | None], head: Head | None) -> None:
    if not done.done():
        done.set_result(head)


def _head(base: sqlite3.Connection, part: str) -> int:
    row = base.execute("SELECT max(sequence) FROM journal WHERE part = ?", (part,)).fetchone()
    return int(row[0] or 0)


def _record(sequence: int, body: bytes) -> Record:
    return msgspec.structs.replace(_decode(body), sequence=sequence)
