"""Entries as records of the journal, and back: the ledger holds the whole log, and anybody can read it out of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from console.core.journal import Record, RecordKind
from console.core.logbook.entry import Attachment, LinkKind, LogEntry, LogLink

WRITE: Final = "LOG_WRITE"
CORRECT: Final = "LOG_CORRECT"
LOCK: Final = "LOG_LOCK"
READ: Final = "LOG_READ"

_LINKS = msgspec.json.Decoder(tuple[LogLink, ...])
_FILES = msgspec.json.Decoder(tuple[Attachment, ...])
_PLACES = (LinkKind.ASSET, LinkKind.ALARM)


def entry_record(entry: LogEntry, station: str) -> Record:
    """The record of a new entry. Its time is when the thing happened; when it was written is a field."""
    fields = {
        "id": entry.id,
        "area": entry.area,
        "text": entry.text,
        "name": entry.author_name,
        "written": str(entry.written),
    }
    if entry.links:
        fields["links"] = msgspec.json.encode(entry.links).decode()
    if entry.attachments:
        fields["attachments"] = msgspec.json.encode(entry.attachments).decode()
    if entry.mentions:
        fields["mentions"] = " ".join(entry.mentions)
    if entry.late:
        fields["late"] = "1"
    return Record(
        sequence=0,
        at=entry.at,
        kind=RecordKind.LOG,
        who=entry.author,
        station=station,
        subject=next((link.key for link in entry.links if link.kind in _PLACES), entry.area),
        what=CORRECT if entry.corrects else WRITE,
        old=entry.corrects,
        fields=fields,
    )


def lock_record(until_ns: int, at: int, who: str, count: int) -> Record:
    """Entries with a time up to `until_ns` were closed."""
    fields = {"until": str(until_ns), "count": str(count)}
    return Record(sequence=0, at=at, kind=RecordKind.LOG, who=who, what=LOCK, fields=fields)


def read_record(entry: str, at: int, who: str, station: str) -> Record:
    """A person has read an entry that means them."""
    return Record(
        sequence=0, at=at, kind=RecordKind.LOG, who=who, station=station, what=READ, fields={"id": entry}
    )


def is_entry(record: Record) -> bool:
    """Whether the record is that of an entry."""
    return record.kind is RecordKind.LOG and record.what in (WRITE, CORRECT) and not record.result


def entry_of(record: Record) -> LogEntry:
    """The entry of a record for which `is_entry` holds, not locked; ValueError for one that was tampered with."""
    fields = record.fields
    try:
        return LogEntry(
            id=fields["id"],
            at=record.at,
            written=int(fields["written"]),
            author=record.who,
            author_name=fields["name"],
            area=fields["area"],
            text=fields["text"],
            links=_LINKS.decode(fields.get("links", "[]")),
            attachments=_FILES.decode(fields.get("attachments", "[]")),
            mentions=tuple(fields.get("mentions", "").split()),
            corrects=record.old,
            late="late" in fields,
        )
    except (KeyError, ValueError, msgspec.MsgspecError) as error:
        raise ValueError(f"record {record.sequence} is no entry: {error}") from error


def locked_until(record: Record) -> int:
    """Up to which time a record of `LOCK` closed the log; 0 for any other record."""
    closes = record.kind is RecordKind.LOG and record.what == LOCK and not record.result
    until = record.fields.get("until", "") if closes else ""
    return int(until) if until.isdecimal() else 0


def entries_of(records: Iterable[Record]) -> list[LogEntry]:
    """Entries of records in the order of the journal, locked as they were after the last of them."""
    found: list[LogEntry] = []
    for record in records:
        if is_entry(record):
            found.append(entry_of(record))
        elif until := locked_until(record):
            found = [_closed(entry, until) for entry in found]
    return found


def _closed(entry: LogEntry, until: int) -> LogEntry:
    if entry.locked or entry.at > until:
        return entry
    return msgspec.structs.replace(entry, locked=True)
