"""What can be wrong with a ledger: a closed list, each with the record where it shows."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LedgerFault(StrEnum):
    """Codes; the words are `ledger.fault.<code>`."""

    RECORD_CHANGED = "RECORD_CHANGED"
    """The record, its number or its hash is not what was written."""
    RECORD_MISSING = "RECORD_MISSING"
    RECORD_INSERTED = "RECORD_INSERTED"
    """A number that was there already."""
    RECORD_MOVED = "RECORD_MOVED"
    """A record stands behind one that came after it."""
    TRUNCATED = "TRUNCATED"
    """A signature or a witness reaches further than the records."""
    FIELDS_DIFFER = "FIELDS_DIFFER"
    """What is shown of a record, or what it is found by, is not what its bytes say."""
    STATE_DIFFERS = "STATE_DIFFERS"
    """What a hub would take up after a restart is not what the last record of its key left."""
    UNREADABLE = "UNREADABLE"
    HEAD_DIFFERS = "HEAD_DIFFERS"
    """The chain was written anew somewhere between two signatures."""
    HEAD_ORDER = "HEAD_ORDER"
    HEAD_MISSING = "HEAD_MISSING"
    NOT_SIGNED = "NOT_SIGNED"
    WRONG_KEY = "WRONG_KEY"
    BAD_SIGNATURE = "BAD_SIGNATURE"
    KEY_CHANGED = "KEY_CHANGED"
    """A key took over without a hand-over signed by the one before it."""
    ANCHOR_DIFFERS = "ANCHOR_DIFFERS"
    """An outside witness has seen another chain."""


class Finding(msgspec.Struct, frozen=True):
    """One fault: `at` is the sequence of the record, `since` the first and `until` the last that may be concerned."""

    fault: LedgerFault
    at: int
    since: int = 0
    until: int = 0
    detail: str = ""
