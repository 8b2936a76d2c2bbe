"""The operator log as a handover needs it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from console.core.handover.collect import Note


class NotesSource(Protocol):
    """Whoever keeps the notes of the shift."""

    async def entries(self, since_ns: int, until_ns: int, areas: frozenset[str]) -> Sequence[Note]:
        """Entries with a time in [since, until), oldest first, of these areas and of the whole site."""
        ...

    async def lock(self, until_ns: int, person: str) -> int:
        """Close the log up to a time; how many entries were open. Doing it twice changes nothing."""
        ...


class NoNotes:
    """No operator log is kept."""

    async def entries(self, since_ns: int, until_ns: int, areas: frozenset[str]) -> Sequence[Note]:
        """None."""
        del since_ns, until_ns, areas
        return ()

    async def lock(self, until_ns: int, person: str) -> int:
        """Nothing to close."""
        del until_ns, person
        return 0
