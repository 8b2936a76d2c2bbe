"""Marks of the map from what the boards know: pure look-ups, no state."""

from __future__ import annotations

from console.core.catalogue import Catalogue, TagPoint
from console.core.quality import Quality
from console.core.site import Asset, TagKind
from console.desk.asset_state import asset_quality, headline_tags
from console.desk.boards.movers import MoverPosition
from console.desk.office import Office
from maps.marks import Mark, MarkState

MOVER_PREFIX = "mover:"
_UNDER_WAY_MPS = 0.5
_SILENT_NS = {
    "vessel": 600 * 10**9,
    "truck": 60 * 10**9,
    "aton": 600 * 10**9,
    "base_station": 60 * 10**9,
    "sar_aircraft": 60 * 10**9,
    "distress": 300 * 10**9,
}
"""A mover silent for longer is drawn as stale; a vessel at berth and a buoy report every few minutes."""


def mover_mark_id(index: int) -> str:
    """Id of a mover's mark; asset ids never hold a colon."""
    return f"{MOVER_PREFIX}{index}"


def asset_mark(office: Office, catalogue: Catalogue, asset: Asset) -> Mark:
    """An asset with its worst priority, quality and headline value."""
    priority, unacked = office.alarms.asset_priority(asset.id)
    quality = asset_quality(catalogue, office.values, asset.id)
    tags = headline_tags(catalogue, asset.id)
    state = MarkState.NORMAL if priority is None else MarkState.ALARM
    if quality is Quality.DISCONNECTED:
        state = MarkState.DISCONNECTED
    elif not quality.usable:
        state = MarkState.STALE
    hidden = priority is None and any(f.state.suppressed for f in office.alarms.of_asset(asset.id))
    return Mark(
        id=asset.id,
        kind=catalogue.types[asset.type].glyph,
        lat=asset.lat,
        lon=asset.lon,
        name=office.speech.of(asset.name),
        state=state,
        priority=priority,
        acked=not unacked,
        shelved=hidden,
        tagged=office.signs.tagged(asset.id),
        pending=office.signs.pending(asset.id),
        moving=_operating(office, tags),
        label=_label(office, tags),
    )


def mover_mark(office: Office, index: int, now_ns: int) -> Mark | None:
    """A vessel or truck; None when it is gone or has never said where it is."""
    fact = office.movers.facts.get(index)
    position = office.movers.position(index)
    if fact is None or position is None or fact.gone:
        return None
    silent = now_ns - position.at > _SILENT_NS.get(fact.kind, 60 * 10**9)
    return Mark(
        id=mover_mark_id(index),
        kind=fact.kind,
        lat=position.lat,
        lon=position.lon,
        name=fact.name or fact.facts.get("mmsi", ""),
        state=MarkState.STALE if silent or office.values.frozen else MarkState.NORMAL,
        heading_deg=position.heading,
        speed_mps=position.speed,
        moving=_under_way(position),
    )


def _under_way(position: MoverPosition) -> bool:
    return position.speed is not None and position.speed >= _UNDER_WAY_MPS


def _operating(office: Office, tags: list[TagPoint]) -> bool:
    """In operation, where a headline tag of the type is a state: 0 is stopped in every profile."""
    states = [tag for tag in tags if tag.tag.kind is TagKind.DISCRETE]
    return any(office.values.value(tag.index) >= 1 for tag in states)


def _label(office: Office, tags: list[TagPoint]) -> str:
    numbers = [tag for tag in tags if tag.tag.kind is not TagKind.DISCRETE]
    return office.values.text(numbers[0].index) if numbers else ""
