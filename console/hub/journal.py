"""The journal: append-only, on disk before anyone is answered (DESIGN 7, CMD-02).

One writer thread takes all appends that wait and commits them as one fsynced transaction: single commits
manage some hundreds a second, batches tens of thousands. A record and the state it leaves are in the same
transaction.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from console.core.journal import Record
from console.hub.backbone.base import Appended, Conflict, Entry, Unavailable
from console.hub.failure import StoreDamaged

_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal(
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, part TEXT NOT NULL, key TEXT NOT NULL, subject TEXT NOT NULL,
    at INTEGER NOT NULL, body BLOB NOT NULL);
CREATE INDEX IF NOT EXISTS journal_subject ON journal(subject, sequence);
CREATE INDEX IF NOT EXISTS journal_part ON journal(part, sequence);
CREATE INDEX IF NOT EXISTS journal_at ON journal(part, at);
CREATE TABLE IF NOT EXISTS state(
    part TEXT NOT NULL, key TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY(part, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS applied(rid TEXT PRIMARY KEY, sequence INTEGER NOT NULL) WITHOUT ROWID;
CREATE TRIGGER IF NOT EXISTS journal_keeps BEFORE DELETE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
CREATE TRIGGER IF NOT EXISTS journal_stays BEFORE UPDATE ON journal BEGIN SELECT RAISE(ABORT, 'append only'); END;
"""
_INSERT = "INSERT INTO journal(part, key, subject, at, body) VALUES(?, ?, ?, ?, ?)"
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


class Journal:
    """One database file. Raises StoreDamaged when it cannot be trusted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.failure = ""
        self._closing = False
        self._jobs: queue.SimpleQueue[_Append | None] = queue.SimpleQueue()
        self._reader = _opened(path)
        self._reading = threading.Lock()
        self._writer = threading.Thread(target=self._write, name="journal", daemon=True)
        self._writer.start()

    def append(
        self, part: str, records: Sequence[tuple[str, Entry]], expect: int | None = None, rid: str = ""
    ) -> asyncio.Future[Appended]:
        """Queue records by key, in order of calls; the future resolves once they are durable."""
        job = _Append(part, records, expect, rid, asyncio.get_running_loop())
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
        base = _connected(self._path)
        try:
            while True:
                group, last = self._group()
                if group:
                    self._commit(base, group)
                if last:
                    return
        finally:
            if not self._closing:
                self.failure = "the journal has stopped"
            base.close()

    def _group(self) -> tuple[list[_Append], bool]:
        job = self._jobs.get()
        group: list[_Append] = []
        while job is not None:
            group.append(job)
            if len(group) >= _GROUP:
                return group, False
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return group, False
        return group, True

    def _commit(self, base: sqlite3.Connection, group: list[_Append]) -> None:
        answers: list[Appended]
        try:
            base.execute("BEGIN IMMEDIATE")
            answers = [_apply(base, job) for job in group]
            base.execute("COMMIT")
            self.failure = ""
        except sqlite3.Error as error:
            self.failure = str(error)
            answers = [Unavailable(str(error))] * len(group)
            if base.in_transaction:
                base.execute("ROLLBACK")
        _answer(group, answers)


def _apply(base: sqlite3.Connection, job: _Append) -> Appended:
    if job.rid:
        known = base.execute("SELECT sequence FROM applied WHERE rid = ?", (job.rid,)).fetchone()
        if known is not None:
            return int(known[0])
    head = _head(base, job.part)
    if job.expect is not None and job.expect != head:
        return Conflict(head)
    for key, entry in job.records:
        record = entry.record
        row = (job.part, key, record.subject, record.at, _encode(record))
        head = base.execute(_INSERT, row).lastrowid or 0
        if entry.state:
            base.execute(
                "INSERT OR REPLACE INTO state VALUES(?, ?, ?, ?)", (job.part, key, head, entry.state)
            )
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


def _head(base: sqlite3.Connection, part: str) -> int:
    row = base.execute("SELECT max(sequence) FROM journal WHERE part = ?", (part,)).fetchone()
    return int(row[0] or 0)


def _record(sequence: int, body: bytes) -> Record:
    return msgspec.structs.replace(_decode(body), sequence=sequence)


def _connected(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = FULL")
    return base


def _opened(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=5)
    try:
        found = base.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            raise StoreDamaged(file=str(path), detail=str(found))
        base.execute("PRAGMA journal_mode = WAL")
        base.executescript(_SCHEMA)
        for sequence, body in base.execute(
            "SELECT sequence, body FROM journal ORDER BY sequence DESC LIMIT 1000"
        ):
            _record(sequence, body)
    except (sqlite3.DatabaseError, msgspec.MsgspecError) as error:
        base.close()
        raise StoreDamaged(file=str(path), detail=str(error)) from error
    return base
