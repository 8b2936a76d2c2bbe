"""The numbered catalogue of a site: tags and alarms as indices, the same on hub and console.

A tag is known as `asset.tag` and an alarm as `asset.alarm`; indices are dense from 0 in the order of the
profile.
"""

from __future__ import annotations

from dataclasses import dataclass

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
