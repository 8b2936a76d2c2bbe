"""The map at the end of the span: every asset where it is, with its most urgent alarm that stood then."""

from __future__ import annotations

from console.core.site import Asset
from console.report.facts.ground import Ground
from console.report.facts.record import Place, Snapshot

_MARGIN = 0.08
"""Part of the extent of the assets that is left free around them."""
_NEAR = 0.02
"""Degrees around an asset that a report is on."""
_LEAST = 0.01
"""Degrees; a single asset still has surroundings."""


def snapshot(ground: Ground, asset: str = "") -> Snapshot | None:
    """The map of the site or of what an asset is near to; None for a site without assets."""
    at = max(ground.start, min(ground.end, ground.holdings.until + 1))
    worst = _worst(ground, at)
    places = [_place(one, worst.get(one.id, (0, True, 0))) for one in ground.site.assets]
    if not places:
        return None
    near = [place for place in places if place.asset == asset] or places
    lats, lons = [place.lat for place in near], [place.lon for place in near]
    around = _NEAR if asset else 0.0
    high = max(max(lats) - min(lats), _LEAST) * _MARGIN + around
    wide = max(max(lons) - min(lons), _LEAST) * _MARGIN + 2 * around
    south, north = min(lats) - high, max(lats) + high
    west, east = min(lons) - wide, max(lons) + wide
    return Snapshot(
        at=at,
        south=south,
        west=west,
        north=north,
        east=east,
        places=tuple(p for p in places if south <= p.lat <= north and west <= p.lon <= east),
        about=asset,
        source=ground.alarm_source(),
    )


def _worst(ground: Ground, at: int) -> dict[str, tuple[int, bool, int]]:
    """Priority of the most urgent alarm that stood, whether all were acknowledged, and how many, by asset."""
    worst: dict[str, tuple[int, bool, int]] = {}
    for row in ground.rows:
        if not row.at_annunciated or row.at_annunciated >= at or 0 < row.at_returned < at:
            continue
        name = ground.catalogue.alarms[row.alarm].asset.id
        priority, acked, count = worst.get(name, (row.priority, True, 0))
        worst[name] = (min(priority, row.priority), acked and 0 < row.at_acked < at, count + 1)
    return worst


def _place(asset: Asset, standing: tuple[int, bool, int]) -> Place:
    priority, acked, count = standing
    return Place(
        asset=asset.id,
        name=asset.name,
        lat=asset.lat,
        lon=asset.lon,
        priority=priority,
        acked=acked,
        alarms=count,
    )
