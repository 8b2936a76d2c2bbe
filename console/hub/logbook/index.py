"""The index of the log: what stands in it by id, kept up with the journal record by record."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

import msgspec

from console.core.journal import Record
from console.core.logbook.entry import LogEntry
from console.core.logbook.grams import tokens
from console.core.logbook.records import READ, entry_of, is_entry, locked_until
from console.hub.logbook.schema import opened

log = logging.getLogger("app")

_decode = msgspec.msgpack.Decoder(LogEntry).decode
_encode = msgspec.msgpack.Encoder().encode


class LogIndex:
    """One writer. Look-ups are quick enough for the hub's loop; `search` asks beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._base = opened(path)
        row = self._base.execute("SELECT sequence, locked_until FROM place").fetchone()
        self.sequence = int(row[0])
        """The last record of the journal that is in it."""
        self.locked_until = int(row[1])

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def take(self, records: Iterable[Record]) -> list[LogEntry]:
        """Records in the order of the journal, all or none; the entries that are new. Raises sqlite3.Error."""
        base, new = self._base, list[LogEntry]()
        base.execute("BEGIN IMMEDIATE")
        try:
            sequence, until = self.sequence, self.locked_until
            for record in records:
                sequence = record.sequence
                if is_entry(record):
                    new += self._entry(record)
                elif closed := locked_until(record):
                    base.execute("UPDATE entries SET locked = 1 WHERE locked = 0 AND at <= ?", (closed,))
                    until = max(until, closed)
                elif record.what == READ:
                    self._mark(record.who, record.fields.get("id", ""))
            base.execute("UPDATE place SET sequence = ?, locked_until = ?", (sequence, until))
            base.execute("COMMIT")
        except BaseException:
            base.execute("ROLLBACK")
            raise
        self.sequence, self.locked_until = sequence, until
        return new

    def find(self, entry: str) -> LogEntry | None:
        """An entry by its id."""
        row = self._base.execute("SELECT body, locked FROM entries WHERE id = ?", (entry,)).fetchone()
        return None if row is None else entry_from(*row)

    def corrected(self, entry: str) -> bool:
        """Whether another entry corrects it."""
        sql = "SELECT 1 FROM entries WHERE corrects = ? AND corrects <> ''"
        return self._base.execute(sql, (entry,)).fetchone() is not None

    def open_until(self, until_ns: int) -> int:
        """How many entries with a time up to then are not locked."""
        sql = "SELECT count(*) FROM entries WHERE locked = 0 AND at <= ?"
        return int(self._base.execute(sql, (until_ns,)).fetchone()[0])

    def unread(self, account: str, entries: Iterable[str]) -> list[str]:
        """Those of the entries that mean the account and that it has not read."""
        sql = "SELECT 1 FROM mentions JOIN entries USING(number) WHERE account = ? AND id = ? AND seen = 0"
        return [entry for entry in entries if self._base.execute(sql, (account, entry)).fetchone()]

    def has_file(self, sha256: str) -> bool:
        """Whether an entry has this file."""
        return self._base.execute("SELECT 1 FROM files WHERE sha256 = ?", (sha256,)).fetchone() is not None

    def files(self) -> set[str]:
        """Digests of the files of all entries."""
        return {str(row[0]) for row in self._base.execute("SELECT DISTINCT sha256 FROM files")}

    def authors(self) -> dict[str, str]:
        """Names of who has written, by account."""
        rows = self._base.execute("SELECT author, max(names) FROM entries GROUP BY author")
        return {str(author): str(names).partition("\n")[2] for author, names in rows}

    def _entry(self, record: Record) -> list[LogEntry]:
        try:
            entry = entry_of(record)
        except ValueError as error:
            # The ledger says what is wrong with it; the log goes on without it.
            log.error("a log entry cannot be read: %s", error)
            return []
        self._put(record.sequence, entry)
        return [entry]

    def _put(self, number: int, entry: LogEntry) -> None:
        base = self._base
        names = f"{entry.author}\n{entry.author_name}".casefold()
        row = (number, entry.id, entry.at, entry.author, names, entry.area, entry.corrects, _encode(entry))
        base.execute(
            "INSERT INTO entries(number, id, at, author, names, area, corrects, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?)",
            row,
        )
        found = (
            entry.text,
            *(link.label for link in entry.links),
            *(item.name for item in entry.attachments),
        )
        base.execute("INSERT INTO words(rowid, tokens) VALUES(?, ?)", (number, " ".join(map(tokens, found))))
        base.executemany("INSERT OR IGNORE INTO links VALUES(?, ?)", [(x.key, number) for x in entry.links])
        digests = [(item.sha256, number) for item in entry.attachments]
        base.executemany("INSERT OR IGNORE INTO files VALUES(?, ?)", digests)
        meant = [(account, number) for account in entry.mentions if account != entry.author]
        base.executemany("INSERT OR IGNORE INTO mentions(account, number) VALUES(?, ?)", meant)

    def _mark(self, account: str, entry: str) -> None:
        self._base.execute(
            "UPDATE mentions SET seen = 1 WHERE account = ? AND number = (SELECT number FROM entries WHERE id = ?)",
            (account, entry),
        )


def entry_from(body: bytes, locked: int) -> LogEntry:
    """An entry as a row has it."""
    entry = _decode(body)
    return msgspec.structs.replace(entry, locked=True) if locked else entry
