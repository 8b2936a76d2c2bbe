"""Present facts of the city's feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.feed import FeedFact
from console.core.words import Text

if TYPE_CHECKING:
    from console.core.catalogue import Catalogue
    from console.core.site import FeedDef


class FeedBoard(QObject):
    """Facts by feed name."""

    feeds_changed = Signal()

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror
        self._of: Catalogue | None = None
        self._known: dict[str, FeedDef] = {}

    @property
    def facts(self) -> dict[str, FeedFact]:
        """Every feed of the hub. Look, do not write."""
        return self._mirror.feeds

    def label(self, feed: str) -> Text:
        """What a feed is called; its id if the site does not know it."""
        catalogue = self._mirror.catalogue
        if catalogue is not self._of:
            self._of = catalogue
            self._known = {one.id: one for one in catalogue.site.feeds} if catalogue is not None else {}
        known = self._known.get(feed)
        return known.label if known is not None else Text(feed, feed)

    def brings_movers(self, feed: str) -> bool:
        """Whether a feed tells of moving objects."""
        self.label(feed)
        known = self._known.get(feed)
        return known is not None and bool(known.movers)

    def push(self, facts: Sequence[FeedFact]) -> None:
        """Take facts and tell of them at once."""
        for fact in facts:
            self._mirror.feeds[fact.feed] = fact
        self.tell()

    def tell(self) -> None:
        """Announce what is in the mirror already."""
        self.feeds_changed.emit()
