"""Search in the journal: the newest records that match, found by what is rarest, within a bounded time."""

from __future__ import annotations

import heapq
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import msgspec

from console.core.journal import Record, RecordKind
from console.core.ledger.chain import LAST_SEQUENCE
from console.hub.ledger.schema import reading
from console.hub.ledger.vocabulary import Vocabulary

BUDGET_S = 0.15
"""Longest time of one answer; what is not searched by then is asked for again, further back."""
MOST_WORDS = 8
_LOOK = 128
_decode = msgspec.msgpack.Decoder(Record).decode
_COLUMNS = "sequence, at, kind, who, subject, body, hash"
_Row = tuple[int, int, str, str, str, bytes, bytes]


class RecordQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which records; empty fields match all. Times are UTC ns, `end` and `before` exclusive and 0 for none."""

    limit: int
    subject: str = ""
    text: str = ""
    kinds: tuple[str, ...] = ()
    who: str = ""
    start: int = 0
    end: int = 0
    before: int = 0


class RecordPage(msgspec.Struct, frozen=True):
    """Newest first; with `truncated` there may be more below `searched_to`."""

    records: tuple[Record, ...]
    hashes: tuple[str, ...]
    truncated: bool
    searched_to: int


class RecordSearch:
    """One reader of a journal, for one query at a time; raises sqlite3.Error. `clock` is monotonic seconds."""

    def __init__(
        self, path: Path, vocabulary: Callable[[], Vocabulary], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path = path
        self._make_words = vocabulary
        self._words: Vocabulary | None = None
        self._clock = clock
        self._base: sqlite3.Connection | None = None
        self._working = threading.Lock()

    def page(self, query: RecordQuery) -> RecordPage:
        """The newest records that match."""
        with self._working:
            base = self._base = self._base or reading(self._path)
            deadline = self._clock() + BUDGET_S
            low, high = self._bounds(base, query)
            return self._collect(self._candidates(base, query, low, high), query, deadline, low)

    def close(self) -> None:
        """Close the file."""
        with self._working:
            if self._base is not None:
                self._base.close()
                self._base = None

    def _collect(self, rows: Iterator[_Row], query: RecordQuery, deadline: float, low: int) -> RecordPage:
        matches = self._matcher(query)
        found: list[Record] = []
        hashes: list[str] = []
        sequence = low
        for count, row in enumerate(rows, 1):
            if len(found) == query.limit:
                return RecordPage(tuple(found), tuple(hashes), True, sequence)
            sequence = row[0]
            if matches(row):
                found.append(msgspec.structs.replace(_decode(row[5]), sequence=sequence))
                hashes.append(row[6].hex())
            if count % _LOOK == 0 and self._clock() >= deadline:
                return RecordPage(tuple(found), tuple(hashes), True, sequence)
        return RecordPage(tuple(found), tuple(hashes), False, low)

    @staticmethod
    def _bounds(base: sqlite3.Connection, query: RecordQuery) -> tuple[int, int]:
        """Sequences between which all records of the span are; times of devices are not in their order."""
        low, high = 1, (query.before or LAST_SEQUENCE) - 1
        parts = [str(row[0]) for row in _distinct(base, "part")]
        if query.end:
            high = min(high, _edge(base, "max", "at < ?", parts, query.end))
        if query.start:
            first = _edge(base, "min", "at >= ?", parts, query.start)
            low = first or LAST_SEQUENCE
        return low, high

    def _candidates(
        self, base: sqlite3.Connection, query: RecordQuery, low: int, high: int
    ) -> Iterator[_Row]:
        """Records that may match, newest first, by the index that leaves the fewest."""
        if low > high:
            return iter(())
        if query.subject:
            names = [query.subject]
            names += _between(base, "subject", f"{query.subject}.", f"{query.subject}/")
            return _merged(base, "subject = ?", names, low, high)
        if query.who and not query.who.startswith("system"):
            names = _between(base, "who", query.who, query.who + "\U0010ffff")
            return _merged(base, f"who = ? AND {_PERSON}", names, low, high)
        if query.kinds and RecordKind.ALARM not in query.kinds:
            return _merged(base, "kind = ? AND kind <> 'alarm'", query.kinds, low, high)
        return _rows(base, "1 = ?", 1, low, high)

    def _vocabulary(self) -> Vocabulary:
        if self._words is None:
            self._words = self._make_words()
        return self._words

    def _matcher(self, query: RecordQuery) -> Callable[[_Row], bool]:
        kinds, end = frozenset(query.kinds), query.end or LAST_SEQUENCE
        words = [self._vocabulary().word(text) for text in query.text.split()[:MOST_WORDS]]

        def matches(row: _Row) -> bool:
            _, at, kind, who, subject, body, _ = row
            if not query.start <= at < end or (kinds and kind not in kinds):
                return False
            if query.who and not who.startswith(query.who):
                return False
            return all(word.matches(subject, body) for word in words)

        return matches


_PERSON = "(who < 'system:' OR who >= 'system;')"


def _rows(base: sqlite3.Connection, where: str, value: object, low: int, high: int) -> Iterator[_Row]:
    sql = (
        f"SELECT {_COLUMNS} FROM journal WHERE {where} AND sequence BETWEEN ? AND ? "  # noqa: S608
        "ORDER BY sequence DESC"
    )
    return base.execute(sql, (value, low, high))


def _merged(
    base: sqlite3.Connection, where: str, values: Iterable[object], low: int, high: int
) -> Iterator[_Row]:
    """Records of several values of one column, each from its index, newest first."""
    streams = [_rows(base, where, value, low, high) for value in values]
    return heapq.merge(*streams, key=_newest)


def _newest(row: _Row) -> int:
    return -row[0]


def _between(base: sqlite3.Connection, column: str, first: str, beyond: str) -> list[str]:
    """Different values of a column in [first, beyond), each found by one step of its index."""
    person = f"AND {_PERSON}" if column == "who" else ""
    sql = f"SELECT min({column}) FROM journal WHERE {column} {{}} ? AND {column} < ? {person}"  # noqa: S608
    found: list[str] = []
    value = base.execute(sql.format(">="), (first, beyond)).fetchone()[0]
    while value is not None:
        found.append(str(value))
        value = base.execute(sql.format(">"), (value, beyond)).fetchone()[0]
    return found


def _distinct(base: sqlite3.Connection, column: str) -> list[tuple[str]]:
    return [(value,) for value in _between(base, column, "", "\U0010ffff")]


def _edge(base: sqlite3.Connection, which: str, where: str, parts: list[str], at: int) -> int:
    """The first or last sequence of records before or after a time; 0 without any."""
    sql = f"SELECT {which}(sequence) FROM journal WHERE part = ? AND {where}"  # noqa: S608
    found = [row[0] for row in (base.execute(sql, (part, at)).fetchone() for part in parts)]
    known = [int(sequence) for sequence in found if sequence is not None]
    return (max(known) if which == "max" else min(known)) if known else 0
