"""The map at the end of the span: every asset where it is, with its most urgent alarm that stood then."""

from __future__ import annotations

from console.report.facts.ground import Ground
from console.report.facts.record import Place, Snapshot

_MARGIN = 0.08
"""Part of the extent of the assets that is left free around them."""
_LEAST = 0.01
"""Degrees; a single asset still has surroundings."""


def snapshot(ground: Ground, asset: str = "") -> Snapshot | None:
    """The map of the site or of what an asset is near to; None for a site without assets."""
    at = max(ground.start, min(ground.end, ground.holdings.until + 1))
    worst: dict[str, tuple[int, bool, int]] = {}
    for row in ground.rows:
        if not row.at_annunciated or row.at_annunciated >= at or 0 < row.at_returned < at:
            continue
        name = ground.catalogue.alarms[row.alarm].asset.id
        acked = 0 < row.at_acked < at
        priority, all_acked, count = worst.get(name, (9, True, 0))
        worst[name] = (min(priority, row.priority), all_acked and acked, count + 1)
    places = tuple(
        Place(
            asset=one.id,
            name=one.name,
            lat=one.lat,
            lon=one.lon,
            priority=worst[one.id][0] if one.id in worst else 0,
            acked=worst[one.id][1] if one.id in worst else True,
            alarms=worst[one.id][2] if one.id in worst else 0,
        )
        for one in ground.site.assets
    )
    if not places:
        return None
    near = [place for place in places if place.asset == asset] or list(places)
    lats, lons = [place.lat for place in near], [place.lon for place in near]
    high = max(max(lats) - min(lats), _LEAST) * _MARGIN + (0.02 if asset else 0.0)
    wide = max(max(lons) - min(lons), _LEAST) * _MARGIN + (0.04 if asset else 0.0)
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
