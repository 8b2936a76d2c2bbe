"""How the store of this console stands."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class KeepState(StrEnum):
    """What becomes of what the hub tells; the values are keys of the words `keeping.state`."""

    KEPT = "kept"
    FULL = "full"
    """There is no room on the disk: reports with no hub will end where the store ends."""
    FAILED = "failed"
    """It cannot be written for another reason."""
    DAMAGED = "damaged"
    """The file was damaged: it has another name now, and a new one has begun."""
    OTHER = "other"
    """The hub has another ledger than the one held: its store has another name now, and a new one has begun."""


class KeepFact(msgspec.Struct, frozen=True):
    """Told when it changes; `name` is the file it is about."""

    state: KeepState
    name: str = ""
    detail: str = ""
