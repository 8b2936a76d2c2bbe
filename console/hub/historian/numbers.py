"""Under which number the history of a tag is kept: given once to its name, so that a profile that has changed never
shows the curve of another tag.

They stand in the file of the history itself: what is lost with one is lost with the other.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch
from console.hub.failure import StoreDamaged

_SCHEMA = "CREATE TABLE IF NOT EXISTS name(number INTEGER PRIMARY KEY, tag TEXT NOT NULL UNIQUE)"
_ADD = "INSERT INTO name(number, tag) VALUES(?, ?)"
_RENAME = "UPDATE name SET tag = ? WHERE tag = ?"


class TagNumbers:
    """One connection to the file of the history. Raises StoreDamaged. Calls block on the disk."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
        try:
            self._base.execute("PRAGMA journal_mode = WAL")
            self._base.execute("PRAGMA synchronous = NORMAL")
            self._base.execute(_SCHEMA)
            rows = self._base.execute("SELECT tag, number FROM name").fetchall()
        except sqlite3.DatabaseError as error:
            self._base.close()
            raise StoreDamaged(file=str(path), detail=str(error)) from error
        self._numbers: dict[str, int] = dict(rows)

    def of(self, tags: Sequence[str], heirs: Mapping[str, str] | None = None) -> NDArray[np.uint32]:
        """Numbers of tags, given now to those that have none; a new tag of `heirs` goes on with the number, and so the
        history, of the old one named there.
        """
        heirs = {} if heirs is None else heirs
        moved = [
            (new, old) for new, old in heirs.items() if new not in self._numbers and old in self._numbers
        ]
        for new, old in moved:
            self._numbers[new] = self._numbers.pop(old)
        first = max(self._numbers.values(), default=-1) + 1
        new_tags = [tag for tag in tags if tag not in self._numbers]
        fresh = [(first + place, tag) for place, tag in enumerate(new_tags)]
        if moved or fresh:
            self._base.execute("BEGIN IMMEDIATE")
            with self._base:
                self._base.executemany(_RENAME, moved)
                self._base.executemany(_ADD, fresh)
            self._numbers.update({tag: number for number, tag in fresh})
        return np.array([self._numbers[tag] for tag in tags], np.uint32)

    def retire(self, tags: Sequence[str]) -> None:
        """These names may be another tag's from now on: what was kept stays under a name that nobody can have."""
        kept = [(f"{tag}#{self._numbers[tag]}", tag) for tag in tags if tag in self._numbers]
        if kept:
            self._base.execute("BEGIN IMMEDIATE")
            with self._base:
                self._base.executemany(_RENAME, kept)
            for new, old in kept:
                self._numbers[new] = self._numbers.pop(old)

    def close(self) -> None:
        """Close the file."""
        self._base.close()


class Numbering:
    """Numbers by tag index; where both are the same, as with a profile that has never changed, nothing is copied."""

    def __init__(self, numbers: NDArray[np.uint32]) -> None:
        self._numbers = numbers
        self._same = bool(np.array_equal(numbers, np.arange(len(numbers))))

    def grow(self, more: NDArray[np.uint32]) -> None:
        """More tags after those known."""
        self.__init__(np.concatenate((self._numbers, more)))

    def number(self, tag: int) -> int:
        """The number of a tag."""
        return int(self._numbers[tag])

    def stored(self, batch: Batch) -> Batch:
        """Rows by tag as rows by number."""
        if self._same:
            return batch
        return Batch(self._numbers[batch.tag], batch.at, batch.value, batch.quality)
