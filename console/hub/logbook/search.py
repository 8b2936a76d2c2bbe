"""Finds entries: by words in Korean and English, author, area, time, what they point at, and whom they mean."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path

from console.core.logbook.entry import LogEntry
from console.core.logbook.grams import question
from console.core.logbook.query import PAGE_MAX, LogPage, LogQuery
from console.hub.logbook.index import entry_from
from console.hub.logbook.schema import reading

_ORDER = "ORDER BY e.at DESC, e.id DESC LIMIT ?"
_LONGEST_CHAIN = 50
_NONE = 2**63 - 1


class LogSearch:
    """One reader, for one question at a time; raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._base = reading(path)
        self._working = threading.Lock()

    def close(self) -> None:
        """Close the file."""
        with self._working:
            self._base.close()

    def page(self, query: LogQuery) -> LogPage:
        """The newest entries that match."""
        limit = min(max(query.limit, 1), PAGE_MAX)
        sql, values = _statement(query)
        with self._working:
            rows = self._base.execute(sql, (*values, limit + 1)).fetchall()
            entries = [entry_from(*row) for row in rows[:limit]]
            related = self._related(entries)
        return LogPage(entries=tuple(entries), related=tuple(related), more=len(rows) > limit)

    def between(self, since: int, until: int, areas: frozenset[str]) -> list[LogEntry]:
        """Entries with a time in [since, until), oldest first; of these areas and of the whole site. Empty: all."""
        where, values = "at >= ? AND at < ?", list[object]((since, until))
        if areas:
            where += f" AND area IN ('', {', '.join('?' * len(areas))})"
            values += sorted(areas)
        sql = f"SELECT body, locked FROM entries WHERE {where} ORDER BY at, id"  # noqa: S608
        with self._working:
            return [entry_from(*row) for row in self._base.execute(sql, values)]

    def _related(self, entries: Iterable[LogEntry]) -> list[LogEntry]:
        """What entries correct, and what corrects them, all along their chains."""
        known = {entry.id: entry for entry in entries}
        found: dict[str, LogEntry] = {}
        for entry in known.values():
            self._walk(entry, "id = ?", known, found, back=True)
            # The index of corrections is of those that correct something, and SQLite must be told so.
            self._walk(entry, "corrects = ? AND corrects <> ''", known, found, back=False)
        return [*found.values()]

    def _walk(
        self,
        entry: LogEntry,
        where: str,
        known: dict[str, LogEntry],
        found: dict[str, LogEntry],
        *,
        back: bool,
    ) -> None:
        sql = f"SELECT body, locked FROM entries WHERE {where}"  # noqa: S608
        at: LogEntry | None = entry
        for _ in range(_LONGEST_CHAIN):
            key = "" if at is None else at.corrects if back else at.id
            if not key:
                return
            at = known.get(key) or found.get(key) if back else None
            if at is None:
                row = self._base.execute(sql, (key,)).fetchone()
                at = None if row is None else entry_from(*row)
            if at is not None and at.id not in known:
                found[at.id] = at


def _statement(query: LogQuery) -> tuple[str, list[object]]:
    where: list[str] = []
    values: list[object] = []
    for condition, given in _conditions(query):
        where.append(condition)
        values += given
    if query.text.strip():
        asked = question(query.text)
        # Numbers that match are few bytes each; entries are then read from the newest back until there are enough. The
        # plus keeps SQLite from reading every entry of a common word to sort it. Signs alone find nothing.
        where.append("+e.number IN (SELECT rowid FROM words WHERE tokens MATCH ?)" if asked else "?")
        values.append(asked or 0)
    every = " AND ".join(where) or "1"
    return f"SELECT e.body, e.locked FROM entries e WHERE {every} {_ORDER}", values  # noqa: S608


def _conditions(query: LogQuery) -> Iterable[tuple[str, list[object]]]:
    if query.start or query.end:
        yield "e.at >= ? AND e.at < ?", [query.start, query.end or _NONE]
    if query.before_at:
        yield "(e.at, e.id) < (?, ?)", [query.before_at, query.before_id]
    if query.area:
        yield "e.area = ?", [query.area]
    if query.id:
        yield "e.id = ?", [query.id]
    if query.author:
        part = query.author.casefold()
        yield "instr(e.names, ?) > 0", [part]
    if query.link:
        # "/" is the character after ".": the alarms of an asset are all keys that begin with "asset.".
        key = query.link
        yield (
            "e.number IN (SELECT number FROM links WHERE key = ? OR (key >= ? AND key < ?))",
            [key, f"{key}.", f"{key}/"],
        )
    if query.mention:
        seen = " AND seen = 0" if query.unread else ""
        yield f"e.number IN (SELECT number FROM mentions WHERE account = ?{seen})", [query.mention]  # noqa: S608
