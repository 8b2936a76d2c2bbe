"""Entries as they are read: each with what it was before it was corrected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from console.core.logbook.entry import LogEntry


class Thread(NamedTuple):
    """One place in the log: `versions` from the first to the one that holds.

    A correction of a locked entry is a thread of its own: `of` is what it corrects, and that one has it in `later`.
    """

    versions: tuple[LogEntry, ...]
    of: LogEntry | None = None
    later: LogEntry | None = None

    @property
    def root(self) -> LogEntry:
        """The first version; the id of the thread is its id."""
        return self.versions[0]

    @property
    def current(self) -> LogEntry:
        """The version that holds."""
        return self.versions[-1]


def threads(entries: Iterable[LogEntry]) -> list[Thread]:
    """Threads of some entries, the newest time first. What an entry corrects is followed as far as it is known."""
    known = {entry.id: entry for entry in entries}
    next_of = {entry.corrects: entry for entry in known.values() if entry.corrects}
    found: list[Thread] = []
    for entry in known.values():
        before = known.get(entry.corrects)
        if before is not None and not entry.late:
            continue
        versions = [entry]
        while (after := next_of.get(versions[-1].id)) is not None and not after.late:
            versions.append(after)
        found.append(Thread(tuple(versions), before, next_of.get(versions[-1].id)))
    return sorted(found, key=_newest, reverse=True)


def _newest(thread: Thread) -> tuple[int, str]:
    return thread.current.at, thread.root.id
