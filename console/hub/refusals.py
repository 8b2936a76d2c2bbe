"""How many connections and messages were refused, by cause, for /metrics and for whoever looks into an attack."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping


class Refusals:
    """Counts since the start; a cause is a short fixed word, never what a stranger sent."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def count(self, cause: str) -> None:
        """One more."""
        self._counts[cause] += 1

    @property
    def counts(self) -> Mapping[str, int]:
        """Number by cause."""
        return self._counts
