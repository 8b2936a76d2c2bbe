"""Present facts of the city's feeds."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.feed import FeedFact


class FeedBoard(QObject):
    """Facts by feed name."""

    feeds_changed = Signal()

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror

    @property
    def facts(self) -> dict[str, FeedFact]:
        """Every feed of the hub. Look, do not write."""
        return self._mirror.feeds

    def push(self, facts: Sequence[FeedFact]) -> None:
        """Take facts and tell of them at once."""
        for fact in facts:
            self._mirror.feeds[fact.feed] = fact
        self.tell()

    def tell(self) -> None:
        """Announce what is in the mirror already."""
        self.feeds_changed.emit()
