"""A copy of the ledger elsewhere: each new record is there within seconds, without a gap (SEC-19)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from console.core.ledger.chain import Point
from console.core.ledger.lines import head_line, read_line, record_line, top_line
from console.hub.ledger.base_check import heads, links, point_at
from console.hub.ledger.schema import known_keys, reading

log = logging.getLogger("app")

BATCH = 500
IDLE_S = 1.0
RETRY_S = 1.0
LONGEST_RETRY_S = 15.0
_TAIL = 256 * 1024


class Cursor(msgspec.Struct, frozen=True):
    """What is elsewhere already: the last record and the last signature."""

    sequence: int = 0
    number: int = 0


class Sink(Protocol):
    """One open way to the copy."""

    cursor: Cursor
    """Where the copy stands."""

    async def put(self, lines: list[bytes], upto: Cursor) -> None:
        """Bring lines there; raises OSError."""
        ...

    async def idle(self) -> None:
        """Nothing new; raises OSError when the way is lost."""
        ...


Opener = Callable[[], AbstractAsyncContextManager[Sink]]


class Follower:
    """Follows the journal of one hub. `shown` names the target for people."""

    def __init__(self, journal: Path, shown: str, opener: Opener) -> None:
        self._journal = journal
        self.shown = shown
        self._opener = opener
        self.copied_to = 0
        self._lost = False
        self._news = asyncio.Event()

    def wake(self) -> None:
        """There is something new."""
        self._news.set()

    async def run(self) -> None:
        """Follow until cancelled; what cannot be reached is tried again."""
        pause = RETRY_S
        while True:
            try:
                async with self._opener() as sink, _Source(self._journal) as source:
                    await self._follow(sink, source)
            except (OSError, sqlite3.Error, msgspec.MsgspecError, LookupError) as error:
                pause = RETRY_S if not self._lost else min(pause * 2, LONGEST_RETRY_S)
                if not self._lost:
                    log.error("the ledger is not being copied to %s: %s", self.shown, error)
                self._lost = True
                await asyncio.sleep(pause)

    async def _follow(self, sink: Sink, source: _Source) -> None:
        cursor = sink.cursor
        first = True
        while True:
            lines, upto = await asyncio.to_thread(source.after, cursor, with_top=first)
            if len(lines) > first:
                await sink.put(lines, upto)
                cursor, first = upto, False
                self.copied_to = cursor.sequence
                if self._lost:
                    log.info("the ledger is copied to %s again", self.shown)
                self._lost = False
            else:
                await sink.idle()
                self.copied_to = cursor.sequence
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(IDLE_S):
                        await self._news.wait()
                self._news.clear()


class _Source:
    """Lines of the journal after a cursor."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._working = threading.Lock()

    async def __aenter__(self) -> _Source:
        self._base: sqlite3.Connection | None = reading(self._path)
        return self

    async def __aexit__(self, *_: object) -> None:
        with self._working:
            assert self._base is not None
            self._base.close()
            self._base = None

    def after(self, cursor: Cursor, *, with_top: bool) -> tuple[list[bytes], Cursor]:
        """The next records and signatures, and where that leads to; the keys before them if wanted."""
        with self._working:
            base = self._base
            if base is None:
                return [], cursor
            base.execute("BEGIN")
            try:
                return self._lines(base, cursor, with_top)
            finally:
                base.execute("ROLLBACK")

    @staticmethod
    def _lines(base: sqlite3.Connection, cursor: Cursor, with_top: bool) -> tuple[list[bytes], Cursor]:
        until = cursor.sequence + BATCH
        before = point_at(base, cursor.sequence) if cursor.sequence else Point()
        lines: list[bytes] = []
        if with_top:
            lines.append(top_line("copy", known_keys(base), cursor.sequence + 1, before.hash))
        sequence, number = cursor.sequence, cursor.number
        signatures = heads(base, cursor.sequence, until, cursor.number)
        head = next(signatures, None)
        for link in links(base, cursor.sequence, until):
            while head is not None and head.sequence < link.sequence:
                lines.append(head_line(head))
                number, head = head.number, next(signatures, None)
            lines.append(record_line(link))
            sequence = link.sequence
        while head is not None and head.sequence <= sequence:
            lines.append(head_line(head))
            number, head = head.number, next(signatures, None)
        return lines, Cursor(sequence, number)


@dataclass(frozen=True, slots=True)
class FileTarget:
    """A file, best on another disk. Where it stands is read from the file itself, so nothing is there twice."""

    path: Path

    @asynccontextmanager
    async def __call__(self) -> AsyncGenerator[Sink]:
        """The open file; raises OSError."""
        cursor = await asyncio.to_thread(_mended, self.path)
        yield _FileSink(self.path, cursor)


class _FileSink:
    def __init__(self, path: Path, cursor: Cursor) -> None:
        self._path = path
        self.cursor = cursor

    async def put(self, lines: list[bytes], upto: Cursor) -> None:
        await asyncio.to_thread(self._write, b"".join(line + b"\n" for line in lines))

    async def idle(self) -> None:
        await asyncio.to_thread(self._path.stat)

    def _write(self, data: bytes) -> None:
        with self._path.open("ab", buffering=0) as file:
            size = file.seek(0, os.SEEK_END)
            try:
                left = memoryview(data)
                while left:
                    left = left[os.write(file.fileno(), left) :]
                os.fsync(file.fileno())
            except OSError:
                # Half a line must not stay in the middle of the copy.
                file.truncate(size)
                raise


def _mended(path: Path) -> Cursor:
    """Cut a torn last line off; what the copy holds."""
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "rb+") as file:
        size = file.seek(0, os.SEEK_END)
        begin = max(0, size - _TAIL)
        file.seek(begin)
        data = file.read()
        whole = data.rfind(b"\n") + 1
        if begin + whole < size:
            file.truncate(begin + whole)
    sequence = number = 0
    for raw in data[:whole].split(b"\n"):
        try:
            line = read_line(raw)
        except msgspec.MsgspecError:
            continue
        if line.record is not None:
            sequence = line.record.sequence
        if line.head is not None:
            number = line.head.number
    return Cursor(sequence, number or _last_number(path, begin))


def _last_number(path: Path, upto: int) -> int:
    """The last signature before a place, where the end of the file has none."""
    if not upto:
        return 0
    number = 0
    with path.open("rb") as file:
        while raw := file.readline():
            if raw.startswith(b'{"head":'):
                line = read_line(raw)
                number = line.head.number if line.head is not None else number
    return number
