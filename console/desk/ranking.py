"""Numbers in the order of their keys, kept so while single ones change: pure, without Qt."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Mapping

SortKey = tuple[bool | float | str, ...]
Entry = tuple[SortKey, int]
"""Key and number; keys of one ranking compare with each other."""

_FEW = 32
"""Changes that are put in one by one; more of them cost less as one sort (ALM-62)."""


class Ranking:
    """A sorted list with look-up by number. One change costs a search and a shift, not a sort."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._keys: dict[int, SortKey] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, number: object) -> bool:
        return number in self._keys

    def first(self) -> int | None:
        """The number in front, None when empty."""
        return self._entries[0][1] if self._entries else None

    def order(self) -> list[int]:
        """All numbers in order."""
        return [number for _, number in self._entries]

    def place(self, number: int) -> int | None:
        """Where a number stands, None when it is not in."""
        key = self._keys.get(number)
        return None if key is None else bisect_left(self._entries, (key, number))

    def put(self, number: int, key: SortKey | None) -> tuple[int | None, int | None]:
        """Give a number another key (None: take it out); where it stood and where it stands now."""
        old = self.place(number)
        if old is not None:
            del self._entries[old]
            del self._keys[number]
        if key is not None:
            self._keys[number] = key
            insort(self._entries, (key, number))
        return old, self.place(number)

    def put_many(self, keys: Mapping[int, SortKey | None]) -> None:
        """The same for many at once."""
        if len(keys) <= _FEW:
            for number, key in keys.items():
                self.put(number, key)
            return
        if self._keys.keys() & keys.keys():
            self._entries = [entry for entry in self._entries if entry[1] not in keys]
        for number, key in keys.items():
            self._keys.pop(number, None)
            if key is not None:
                self._keys[number] = key
                self._entries.append((key, number))
        self._entries.sort()

    def clear(self) -> None:
        """Take everything out."""
        self._entries.clear()
        self._keys.clear()
