"""A record of the journal: who did or what happened, where, what, old, new, result (SEC-15)."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class RecordKind(StrEnum):
    """What a record is about."""

    ALARM = "alarm"
    ACT = "act"
    COMMAND = "command"
    FEED = "feed"
    SYSTEM = "system"
    LOG = "log"
    """The operator log."""
    MOVE = "move"
    """A ship or truck came to a place of the site or left it."""
    HANDOVER = "handover"
    """A shift handover: its acts, its items and its signatures."""


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One entry; `sequence` counts the journal from 1, `at` is UTC ns."""

    sequence: int
    at: int
    kind: RecordKind
    who: str
    """Person, or `system:<part>`."""
    station: str = ""
    subject: str = ""
    """Alarm, command, asset or feed it is about."""
    what: str
    """Event or act, such as ACT, ACK, SENT, refused."""
    old: str = ""
    new: str = ""
    result: str = ""
    """Empty if done, else the reason code of the refusal."""
    fields: dict[str, str] = msgspec.field(default_factory=dict[str, str])
