"""Takes up the key of a data directory: the one that is there, a first one, or one more where it was lost."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from contextlib import closing
from enum import StrEnum
from pathlib import Path

from console.core.journal import Record, RecordKind
from console.core.ledger.heads import KeyEntry
from console.hub.backbone.base import Entry, Part
from console.hub.failure import DataUnusable
from console.hub.journal import Journal
from console.hub.ledger.keys import KeyLocked, KeyStore, Signer
from console.hub.ledger.schema import add_key, connected, head_point, known_keys

log = logging.getLogger("app")

SUBJECT = "ledger"


class KeyNews(StrEnum):
    """What happened to the key when the ledger was opened."""

    KNOWN = "KNOWN"
    FIRST = "FIRST"
    LOST = "LOST"
    """The key before this one cannot be had: nothing hands over, and a verifier says so."""
    LOCKED = "LOCKED"
    """The keyring does not give the key now: nothing is signed until the next start."""


def take_key(journal: Path, store: KeyStore) -> tuple[Signer | None, KeyNews]:
    """The key that signs from now on, entered in the ledger; raises OSError and sqlite3.Error."""
    with closing(connected(journal)) as base:
        keys = known_keys(base)
        try:
            signer = store.load()
        except KeyLocked as error:
            # A new key for every start with a locked keyring would make breaks that look like a forger's.
            log.error("the key of the ledger cannot be had, nothing is signed: %s", error)
            return None, KeyNews.LOCKED
        if signer is not None and any(entry.public == signer.public for entry in keys):
            return signer, KeyNews.KNOWN
        news = KeyNews.LOST if keys else KeyNews.FIRST
        kept = signer is not None
        signer = signer or Signer.new()
        add_key(base, KeyEntry(signer.public, head_point(base).sequence + 1))
        if not kept:
            store.keep(signer)
        return signer, news


def sign_with_own_key(journal: Journal) -> KeyNews:
    """Let the journal sign with the key of its folder. Raises DataUnusable."""
    folder = journal.path.parent
    try:
        journal.signer, news = take_key(journal.path, KeyStore(folder))
    except OSError as error:
        raise DataUnusable(folder=str(folder), detail=error.strerror or str(error)) from error
    except sqlite3.Error as error:
        raise DataUnusable(folder=str(folder), detail=str(error)) from error
    return news


def rotate(journal: Path, store: KeyStore) -> KeyEntry:
    """Put a new key in the place of the present one, with a record of it; no hub may have the folder.

    Raises LookupError where the present key cannot be had, StoreDamaged, OSError and sqlite3.Error.
    """
    try:
        old = store.load()
    except KeyLocked as error:
        raise LookupError(str(journal)) from error
    if old is None:
        raise LookupError(str(journal))
    asyncio.run(_note(journal, old))
    new = Signer.new()
    with closing(connected(journal)) as base:
        # The ledger knows of the new key before the old one is gone.
        entry = new.takes_over(old, head_point(base).sequence + 1)
        add_key(base, entry)
        store.keep(new)
    return entry


async def _note(journal: Path, old: Signer) -> None:
    """The last record under the old key, which signs it on closing."""
    book = Journal(journal, old)
    try:
        record = key_record("LEDGER_KEY_CHANGED", time.time_ns(), old.fingerprint.hex())
        answer = await book.append(Part.SYSTEM, [(SUBJECT, Entry(record))])
        if not isinstance(answer, int):
            raise OSError(str(answer))
    finally:
        book.close()


def key_record(what: str, at: int, key: str) -> Record:
    """What happened to the key with this fingerprint."""
    return Record(
        sequence=0,
        at=at,
        kind=RecordKind.SYSTEM,
        who="system:ledger",
        subject=SUBJECT,
        what=what,
        fields={"key": key},
    )
