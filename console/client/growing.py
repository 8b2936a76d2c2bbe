"""The grown part of the catalogue, kept as the hub has it: a snapshot tells all of it, later messages what is new.

A hub that was started anew may number what it has found otherwise; then the catalogue is made again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from console.client.mirror import Mirror
from console.core.catalogue import Catalogue
from console.core.growth import GrownAsset, GrownTag, Growth
from console.core.site import AssetType
from console.wire.messages import CatalogueGrew

log = logging.getLogger("link")


@dataclass(slots=True)
class _Parts:
    """What a snapshot has told so far."""

    types: dict[str, AssetType] = field(default_factory=dict[str, AssetType])
    assets: list[GrownAsset] = field(default_factory=list[GrownAsset])
    tags: list[GrownTag] = field(default_factory=list[GrownTag])


class Growing:
    """Applies growth to a mirror; `renewed` is called when the catalogue was made again."""

    def __init__(self, mirror: Mirror, renewed: Callable[[], None]) -> None:
        self._mirror = mirror
        self._renewed = renewed
        self._parts: _Parts | None = None
        self._assets: set[str] = set()

    def begin(self) -> None:
        """A whole snapshot comes."""
        self._parts = _Parts()

    def take_changes(self) -> set[str]:
        """Assets that are new, or that have new or changed tags, since the last call."""
        changed, self._assets = self._assets, set()
        return changed

    def take(self, message: CatalogueGrew) -> None:
        """A part of a snapshot, or what is new."""
        if self._parts is None:
            self._grow(message.growth)
            return
        parts, told = self._parts, message.growth
        parts.types.update({kind.id: kind for kind in told.types})
        parts.assets += told.assets
        parts.tags += told.tags
        if len(parts.tags) >= message.total:
            self._parts = None
            self._whole(Growth(types=(*parts.types.values(),), assets=(*parts.assets,), tags=(*parts.tags,)))

    def _whole(self, growth: Growth) -> None:
        """All that has been grown: what is known of it already stays if it is the same."""
        catalogue = self._mirror.catalogue
        if catalogue is None:
            return
        known = catalogue.growth()
        if known.tags == growth.tags and known.assets == growth.assets:
            return
        if _goes_on(known, growth):
            self._grow(growth)
            return
        self._mirror.set_catalogue(Catalogue(catalogue.site), self._mirror.digest)
        self._renewed()
        self._grow(growth)

    def _grow(self, growth: Growth) -> None:
        try:
            self._mirror.grow(growth)
        except ValueError as error:
            log.error("the catalogue cannot grow: %s", error)
            return
        self._assets.update(grown.asset.id for grown in growth.assets)
        self._assets.update(tag.asset for tag in growth.tags)


def _goes_on(known: Growth, growth: Growth) -> bool:
    """Whether every tag that is known has its number still, under its name."""
    if len(known.tags) > len(growth.tags):
        return False
    pairs = zip(known.tags, growth.tags, strict=False)
    return all((one.asset, one.tag.name) == (other.asset, other.tag.name) for one, other in pairs)
