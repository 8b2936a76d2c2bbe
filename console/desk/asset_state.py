"""The state of a whole asset, rolled up from its tags."""

from __future__ import annotations

from console.core.catalogue import Catalogue, TagPoint
from console.core.quality import Quality
from console.desk.boards.values import ValueBoard

_RANK = (
    Quality.GOOD,
    Quality.SIMULATED,
    Quality.MANUAL,
    Quality.UNCERTAIN,
    Quality.STALE,
    Quality.BAD,
    Quality.NEVER,
    Quality.DISCONNECTED,
)


def headline_tags(catalogue: Catalogue, asset: str) -> list[TagPoint]:
    """The tags shown first of an asset: those its type names, else the first three that are still offered."""
    kind = catalogue.types[catalogue.assets[asset].type]
    tags = catalogue.tags_of(asset)
    named = {tag.tag.name: tag for tag in tags}
    chosen = [named[name] for name in kind.headline if name in named]
    return chosen or [tag for tag in tags if catalogue.offers(tag.index)][:3]


def asset_quality(catalogue: Catalogue, values: ValueBoard, asset: str) -> Quality:
    """Worst quality of an asset's headline tags; good for an asset without tags."""
    qualities = (values.quality(tag.index) for tag in headline_tags(catalogue, asset))
    return max(qualities, key=_RANK.index, default=Quality.GOOD)
