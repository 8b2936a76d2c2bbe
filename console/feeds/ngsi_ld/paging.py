"""From one page of a query to the next, until all are there or it is plain that it never ends; pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

COUNT = "ngsild-results-count"
_NEXT = re.compile(r'<[^>]*>\s*;[^,<]*\brel="?next"?', re.IGNORECASE)
_MOST_COUNT = 10**9


@dataclass(slots=True)
class Paging:
    """One query on its way through its pages (clause 5.5.9)."""

    size: int
    most: int
    """Entities that are asked for at most."""
    offset: int = 0
    total: int = -1
    """Entities that there are, -1 while the broker does not say."""
    fault: str = ""
    """Why it was ended before its end: a key of the words `feeds.fault`."""
    _seen: set[str] = field(default_factory=set[str])

    def parameters(self) -> str:
        """What is added to the query for the next page."""
        return f"limit={self.size}&offset={self.offset}&count=true"

    def taken(self, ids: list[str], headers: Mapping[str, str]) -> bool:
        """A page with these entities has come; returns whether there is another."""
        counted = headers.get(COUNT, "").strip()
        if counted.isascii() and counted.isdigit():
            self.total = min(int(counted[:12]), _MOST_COUNT)
        known = len(self._seen)
        self._seen.update(ids)
        self.offset += len(ids)
        if not ids or (self.total >= 0 and self.offset >= self.total):
            return False
        if self.total < 0 and len(ids) < self.size and not _NEXT.search(headers.get("link", "")):
            return False
        if len(self._seen) == known:
            # The same page again and again: this broker does not know how to turn it.
            self.fault = "paging"
        elif self.offset >= self.most:
            self.fault = "too_many"
        return not self.fault

    def smaller(self) -> bool:
        """A page was too large to be read: try half of it; returns whether that makes sense."""
        self.size //= 2
        return self.size > 0
