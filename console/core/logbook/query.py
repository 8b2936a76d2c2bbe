"""What is looked for in the operator log, and what was found."""

from __future__ import annotations

from typing import Final

import msgspec

from console.core.logbook.entry import LogEntry

PAGE_MAX: Final = 200


class LogQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which entries; empty fields match all. Times are UTC ns, `end` exclusive, 0 for none."""

    text: str = ""
    """Words that all stand in the text, in the names of its files or in what it points at."""
    author: str = ""
    """Beginning of an account, or part of a name."""
    area: str = ""
    start: int = 0
    end: int = 0
    link: str = ""
    """Key of what it points at; that of an asset also finds entries about its alarms."""
    mention: str = ""
    """An account that is meant by @name."""
    unread: bool = False
    """Only mentions that this account has not read yet."""
    id: str = ""
    before_at: int = 0
    """With `before_id`: only entries that stand below this one, to go on where a page ended; 0 for the newest."""
    before_id: str = ""
    limit: int = 50


class LogPage(msgspec.Struct, frozen=True, kw_only=True):
    """Newest first: what matches, then (in `related`) the other versions of the same entries."""

    entries: tuple[LogEntry, ...] = ()
    related: tuple[LogEntry, ...] = ()
    more: bool = False


class LogPerson(msgspec.Struct, frozen=True):
    """Somebody who can be meant by @name."""

    user: str
    name: str
