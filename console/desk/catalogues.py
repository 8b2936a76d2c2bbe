"""The site's catalogue as the console knows it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.catalogue import Catalogue


class CatalogueBoard(QObject):
    """The catalogue, None until the hub or the cache has given it."""

    catalogue_changed = Signal()

    def __init__(self, mirror: Mirror, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._mirror = mirror

    @property
    def catalogue(self) -> Catalogue | None:
        """The present catalogue."""
        return self._mirror.catalogue

    def push(self, catalogue: Catalogue, digest: str = "") -> None:
        """Take a catalogue and tell of it; the values of the old one are gone."""
        self._mirror.set_catalogue(catalogue, digest)
        self.tell()

    def tell(self) -> None:
        """Announce what is in the mirror already."""
        self.catalogue_changed.emit()
