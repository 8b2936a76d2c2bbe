"""What a catalogue gains at run time: assets and points that a source has declared by itself, the same on hub and
console.

Points of the profile keep their numbers: what is grown follows after the last of them.
"""

from __future__ import annotations

import msgspec

from console.core.site import Asset, AssetType, TagDef


class GrownAsset(msgspec.Struct, frozen=True, kw_only=True):
    """An asset that no profile declares; `source` is its name in the feed."""

    asset: Asset
    feed: str
    source: str


class GrownTag(msgspec.Struct, frozen=True, kw_only=True):
    """A point of such an asset; `path` is its name in the source."""

    index: int
    asset: str
    tag: TagDef
    path: str
    gone: bool = False
    """The source no longer offers it: its number and its history stay."""


class Growth(msgspec.Struct, frozen=True, kw_only=True):
    """Some of what has been grown. A tag whose index is known already is told anew."""

    types: tuple[AssetType, ...] = ()
    assets: tuple[GrownAsset, ...] = ()
    tags: tuple[GrownTag, ...] = ()
