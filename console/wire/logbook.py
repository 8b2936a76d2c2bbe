"""Messages about the operator log: entries, mentions, and files in parts."""

from __future__ import annotations

from console.core.logbook.entry import LogDraft, LogEntry
from console.core.logbook.query import LogPerson, LogQuery
from console.wire.base import Asked, Message


class WriteLog(Asked, frozen=True, kw_only=True):
    """Write an entry, or correct one. The id of the draft makes it idempotent; its files must have come before."""

    request: str
    draft: LogDraft


class QueryLog(Asked, frozen=True, kw_only=True):
    """Ask for entries; the answer is LogReply."""

    request: str
    query: LogQuery


class QueryLogPeople(Asked, frozen=True, kw_only=True):
    """Ask who can be meant by @name; the answer is LogPeopleReply."""

    request: str


class ReadMentions(Asked, frozen=True, kw_only=True):
    """This person has read entries that mean them."""

    request: str
    entries: tuple[str, ...]


class LockLog(Asked, frozen=True, kw_only=True):
    """Close the log up to now: what stands in it can only be corrected by further entries."""

    request: str


class OfferFile(Asked, frozen=True, kw_only=True):
    """Announce a file of an entry; FileReply says from which byte on it is wanted."""

    request: str
    sha256: str
    size: int
    name: str


class PutFile(Asked, frozen=True, kw_only=True):
    """The next bytes of an announced file, base64; FileReply says how many the hub has then."""

    request: str
    sha256: str
    offset: int
    data: str


class FetchFile(Asked, frozen=True, kw_only=True):
    """Ask for bytes of a file of an entry; the answer is FilePart."""

    request: str
    sha256: str
    offset: int


class LogReply(Message, frozen=True, kw_only=True):
    """Answer to QueryLog: what matches, newest first, and the other versions of the same entries."""

    request: str
    entries: tuple[LogEntry, ...] = ()
    related: tuple[LogEntry, ...] = ()
    more: bool = False
    locked_until: int = 0
    reason: str = ""


class LogPeopleReply(Message, frozen=True, kw_only=True):
    """Answer to QueryLogPeople."""

    request: str
    people: tuple[LogPerson, ...] = ()
    reason: str = ""


class LogChanged(Message, frozen=True, kw_only=True):
    """New entries; how far the log is closed; and whose mentions in which entries were read."""

    sequence: int
    entries: tuple[LogEntry, ...] = ()
    locked_until: int = 0
    reader: str = ""
    read: tuple[str, ...] = ()


class FileReply(Message, frozen=True, kw_only=True):
    """Answer to OfferFile and PutFile: bytes the hub has; all of them: the file is kept."""

    request: str
    sha256: str
    have: int = 0
    reason: str = ""


class FilePart(Message, frozen=True, kw_only=True):
    """Answer to FetchFile."""

    request: str
    sha256: str
    offset: int = 0
    size: int = 0
    data: bytes = b""
    reason: str = ""
