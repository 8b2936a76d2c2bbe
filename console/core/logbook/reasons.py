"""Why the log refuses something: a closed list; the words are `reasons.<code>`."""

from __future__ import annotations

from enum import StrEnum


class LogReason(StrEnum):
    """Reasons of the operator log."""

    LOG_ID = "LOG_ID"
    """The id is none, or another entry has it."""
    LOG_EMPTY = "LOG_EMPTY"
    LOG_LONG = "LOG_LONG"
    LOG_CHARACTERS = "LOG_CHARACTERS"
    LOG_FUTURE = "LOG_FUTURE"
    LOG_OLD = "LOG_OLD"
    LOG_CLOSED = "LOG_CLOSED"
    """A correction may not move an entry into a shift that is closed."""
    LOG_AREA = "LOG_AREA"
    LOG_LINK = "LOG_LINK"
    LOG_UNKNOWN = "LOG_UNKNOWN"
    """There is no such entry."""
    LOG_CORRECTED = "LOG_CORRECTED"
    """It has been corrected already; the correction is what can be corrected."""
    LOG_NOT_AUTHOR = "LOG_NOT_AUTHOR"
    LOG_SAME = "LOG_SAME"
    """A correction that changes nothing."""
    LOG_UNAVAILABLE = "LOG_UNAVAILABLE"
    """The hub cannot read its index of the log now."""
    FILE_NAME = "FILE_NAME"
    FILE_KIND = "FILE_KIND"
    FILE_SIZE = "FILE_SIZE"
    FILE_COUNT = "FILE_COUNT"
    FILE_MISSING = "FILE_MISSING"
    """Its bytes have not come."""
    FILE_DAMAGED = "FILE_DAMAGED"
    """The bytes are not those that were announced."""
    FILE_BUSY = "FILE_BUSY"
    """Too many files are under way at once."""
    DISK_FULL = "DISK_FULL"
