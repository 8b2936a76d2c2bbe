"""Takes up the key of a data directory: the one that is there, a first one, or one more where it was lost."""

from __future__ import annotations

from contextlib import closing
from enum import StrEnum
from pathlib import Path

from console.core.ledger.heads import KeyEntry
from console.hub.ledger.keys import KeyStore, Signer
from console.hub.ledger.schema import add_key, connected, head_point, known_keys


class KeyNews(StrEnum):
    """What happened to the key when the ledger was opened."""

    KNOWN = "KNOWN"
    FIRST = "FIRST"
    LOST = "LOST"
    """The key before this one cannot be had: nothing hands over, and a verifier says so."""


def take_key(journal: Path, store: KeyStore) -> tuple[Signer, KeyNews]:
    """The key that signs from now on, entered in the ledger; raises OSError and sqlite3.Error."""
    with closing(connected(journal)) as base:
        keys = known_keys(base)
        signer = store.load()
        if signer is not None and any(entry.public == signer.public for entry in keys):
            return signer, KeyNews.KNOWN
        news = KeyNews.LOST if keys else KeyNews.FIRST
        kept = signer is not None
        signer = signer or Signer.new()
        add_key(base, KeyEntry(signer.public, head_point(base).sequence + 1))
        if not kept:
            store.keep(signer)
        return signer, news


def hand_over(journal: Path, store: KeyStore, old: Signer) -> KeyEntry:
    """Put a new key in the place of `old`; the ledger knows of it before the old one is gone."""
    new = Signer.new()
    with closing(connected(journal)) as base:
        entry = new.takes_over(old, head_point(base).sequence + 1)
        add_key(base, entry)
        store.keep(new)
    return entry
