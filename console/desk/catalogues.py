"""The site's catalogue as the console knows it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from console.client.mirror import Mirror
from console.core.catalogue import Catalogue
from console.core.growth import GrownAsset


class CatalogueBoard(QObject):
    """The catalogue, None until the hub or the cache has given it."""

    catalogue_changed = Signal()
    catalogue_grew = Signal(object)
    """Frozen set of the assets that are new, or whose tags are; all else is as it was, with its numbers."""

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

    def tell_growth(self, assets: frozenset[str]) -> None:
        """Announce growth that is in the mirror already."""
        self.catalogue_grew.emit(assets)

    def discovered(self, asset: str) -> GrownAsset | None:
        """Where an asset comes from that no profile declares; None for all others."""
        catalogue = self.catalogue
        return None if catalogue is None else catalogue.grown_assets.get(asset)
