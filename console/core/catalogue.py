"""The numbered catalogue of a site: tags and alarms as indices, the same on hub and console.

A tag is known as `asset.tag` and an alarm as `asset.alarm`; indices are dense from 0 in the order of the
profile, and what sources declare at run time follows (`core.growth`).
"""

from __future__ import annotations

from dataclasses import dataclass

from console.core.growth import GrownAsset, GrownTag, Growth
from console.core.site import AlarmDef, Area, Asset, AssetType, CommandDef, Site, TagDef


@dataclass(frozen=True, slots=True)
class TagPoint:
    """One tag of one asset."""

    index: int
    key: str
    asset: Asset
    tag: TagDef


@dataclass(frozen=True, slots=True)
class AlarmPoint:
    """One alarm of one asset; `tag_index` is the tag whose value drives it, `reference_index` that of a deviation's
    reference or -1.
    """

    index: int
    key: str
    asset: Asset
    alarm: AlarmDef
    tag_index: int
    reference_index: int = -1


class Catalogue:
    """Look-ups over one site. Raises KeyError for an asset whose type the site does not have."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.areas: dict[str, Area] = {area.id: area for area in site.areas}
        self.types: dict[str, AssetType] = {kind.id: kind for kind in site.types}
        self.assets: dict[str, Asset] = {asset.id: asset for asset in site.assets}
        self.tags: list[TagPoint] = []
        self.alarms: list[AlarmPoint] = []
        self._tag_of: dict[str, int] = {}
        self._alarm_of: dict[str, int] = {}
        # Kept ready: views ask for them at every repaint.
        self._tags_by_asset: dict[str, list[TagPoint]] = {}
        self._alarms_by_asset: dict[str, list[AlarmPoint]] = {}
        for asset in site.assets:
            self._add(asset, self.types[asset.type])
        self.declared = len(self.tags)
        """How many tags the profile declares; those after them are grown."""
        self.grown_assets: dict[str, GrownAsset] = {}
        self.grown_tags: list[GrownTag] = []

    def _add(self, asset: Asset, kind: AssetType) -> None:
        first_tag, first_alarm = len(self.tags), len(self.alarms)
        for tag in kind.tags:
            key = f"{asset.id}.{tag.name}"
            self._tag_of[key] = len(self.tags)
            self.tags.append(TagPoint(len(self.tags), key, asset, tag))
        for alarm in kind.alarms:
            key = f"{asset.id}.{alarm.name}"
            self._alarm_of[key] = len(self.alarms)
            tag_index = self._tag_of[f"{asset.id}.{alarm.tag}"]
            reference = self._tag_of[f"{asset.id}.{alarm.reference_tag}"] if alarm.reference_tag else -1
            self.alarms.append(AlarmPoint(len(self.alarms), key, asset, alarm, tag_index, reference))
        self._tags_by_asset[asset.id] = self.tags[first_tag:]
        self._alarms_by_asset[asset.id] = self.alarms[first_alarm:]

    def grow(self, growth: Growth) -> None:
        """Take what a source has declared. Raises ValueError, with nothing taken, for what does not fit."""
        self._check(growth)
        self.types.update({kind.id: kind for kind in growth.types})
        for grown in growth.assets:
            asset = grown.asset
            self.assets[asset.id] = asset
            self.grown_assets[asset.id] = grown
            self._tags_by_asset.setdefault(asset.id, [])
            self._alarms_by_asset.setdefault(asset.id, [])
        for tag in growth.tags:
            self._put(tag)

    def _check(self, growth: Growth) -> None:
        types = self.types.keys() | {kind.id for kind in growth.types}
        assets = self.grown_assets.keys() | {grown.asset.id for grown in growth.assets}
        for grown in growth.assets:
            one = grown.asset
            if one.type not in types or (one.id in self.assets and one.id not in self.grown_assets):
                raise ValueError(one.id)
        known = len(self.tags)
        for tag in growth.tags:
            key = f"{tag.asset}.{tag.tag.name}"
            fits = self.declared <= tag.index <= known and tag.asset in assets
            if not fits or self._tag_of.get(key, tag.index) != tag.index:
                raise ValueError(f"{key} at {tag.index}")
            known += tag.index == known

    def _put(self, tag: GrownTag) -> None:
        point = TagPoint(tag.index, f"{tag.asset}.{tag.tag.name}", self.assets[tag.asset], tag.tag)
        own = self._tags_by_asset[tag.asset]
        if tag.index == len(self.tags):
            self.tags.append(point)
            self.grown_tags.append(tag)
            own.append(point)
        else:
            before = self.tags[tag.index]
            del self._tag_of[before.key]
            self.tags[tag.index] = point
            self.grown_tags[tag.index - self.declared] = tag
            own[:] = [point if one.index == tag.index else one for one in own]
        self._tag_of[point.key] = tag.index

    def growth(self) -> Growth:
        """All that has been grown, in order."""
        kinds = dict.fromkeys(grown.asset.type for grown in self.grown_assets.values())
        return Growth(
            types=tuple(self.types[kind] for kind in kinds),
            assets=tuple(self.grown_assets.values()),
            tags=tuple(self.grown_tags),
        )

    def offers(self, tag: int) -> bool:
        """Whether there is still a source behind a tag: of one that is grown, whether it is still offered."""
        return tag < self.declared or not self.grown_tags[tag - self.declared].gone

    def tag_index(self, key: str) -> int:
        """Index of `asset.tag`; raises KeyError."""
        return self._tag_of[key]

    def alarm_index(self, key: str) -> int:
        """Index of `asset.alarm`; raises KeyError."""
        return self._alarm_of[key]

    def tags_of(self, asset_id: str) -> list[TagPoint]:
        """Tags of an asset in the order of its type, not to be changed; raises KeyError for an unknown asset."""
        return self._tags_by_asset[asset_id]

    def alarms_of(self, asset_id: str) -> list[AlarmPoint]:
        """Alarms of an asset in the order of its type, not to be changed; raises KeyError for an unknown asset."""
        return self._alarms_by_asset[asset_id]

    def command(self, asset_id: str, name: str) -> CommandDef | None:
        """The command of an asset, or None."""
        asset = self.assets.get(asset_id)
        if asset is None:
            return None
        return next((c for c in self.types[asset.type].commands if c.name == name), None)
