"""Reading of `reports.toml` (meters, production lines, planned stops, berths, gates) and `zones.toml`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

import msgspec

from console.core.profile.entry import ID, Entry, unique
from console.core.profile.faults import ProfileFault
from console.core.reporting import (
    BerthDef,
    EmissionFactor,
    GateDef,
    LineDef,
    Meter,
    MeterKind,
    PlannedStop,
    Reporting,
    StateLoss,
    Zone,
    ZoneStage,
)
from console.core.site import AssetType, TagDef, TagKind

T = TypeVar("T")

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOVERS = ("vessel", "truck")
DEMAND_MIN = (5, 10, 15, 20, 30, 60)
"""Widths that divide the hour."""
LONGEST_RADIUS_M = 100_000.0
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_FIELDS = ("energy", "meter", "line", "planned_stop", "berth", "gate")


class Stock(msgspec.Struct, frozen=True):
    """What the rest of the profile declares; types in `faulty` cannot be looked into."""

    types: Mapping[str, AssetType]
    faulty: frozenset[str]
    assets: frozenset[str]


def read_reporting(entry: Entry, places: Entry, stock: Stock) -> Reporting:
    """Sound declarations of the two files; zones name assets and so stand apart. Faults are reported."""
    entry.unknown(_FIELDS)
    energy = entry.child("energy")
    energy.unknown(("demand_min", "emission"))
    _unique_types(entry)
    places.unknown(("zone",))
    unique(places.entries("zone"), "id")
    zones = _all(places, "zone", lambda e: _zone(e, stock))
    _areas(places, zones)
    return Reporting(
        demand_min=_demand(energy),
        emission=_emission(energy.child("emission")) if "emission" in energy.table else None,
        meters=_all(entry, "meter", lambda e: _meter(e, stock)),
        lines=_all(entry, "line", lambda e: _line(e, stock)),
        planned_stops=_all(entry, "planned_stop", lambda e: _stop(e, stock)),
        berths=_all(entry, "berth", lambda e: _berth(e, stock)),
        gates=_all(entry, "gate", lambda e: _gate(e, stock)),
        zones=zones,
    )


def _all(entry: Entry, name: str, read: Callable[[Entry], T | None]) -> tuple[T, ...]:
    found = [read(one) for one in entry.entries(name)]
    return tuple(one for one in found if one is not None)


def _unique_types(entry: Entry) -> None:
    """An asset type has one meter, one kind of line, one set of berths and one gate: no number is told twice."""
    for name in ("meter", "line", "berth", "gate"):
        unique(entry.entries(name), "type")


def _demand(entry: Entry) -> int:
    found = entry.value("demand_min", int) if "demand_min" in entry.table else Reporting().demand_min
    if found is None or found not in DEMAND_MIN:
        if found is not None:
            known = ", ".join(map(str, DEMAND_MIN))
            entry.fault(ProfileFault.OUT_OF_RANGE, "demand_min", found=str(found), known=known)
        return Reporting().demand_min
    return found


def _emission(entry: Entry) -> EmissionFactor | None:
    factor = entry.read(EmissionFactor)
    if factor is None:
        return None
    entry.required_text("source", factor.source)
    entry.within("kg_per_kwh", factor.kg_per_kwh, 0.0, 5.0)
    entry.within("year", factor.year, 1990, 2100)
    return factor


def _meter(entry: Entry, stock: Stock) -> Meter | None:
    meter = entry.read(Meter)
    if meter is None:
        return None
    kind = TagKind.COUNTER if meter.kind is MeterKind.COUNTER else TagKind.ANALOG
    _tag(entry, stock, "tag", kind)
    entry.positive("scale", meter.scale)
    _rolls(entry, "rolls_at", meter.rolls_at)
    return meter


def _line(entry: Entry, stock: Stock) -> LineDef | None:
    rows = entry.entries("loss")
    losses = [row.read(StateLoss) for row in rows]
    line = entry.read(LineDef, {"losses": tuple(loss for loss in losses if loss is not None)}, ("loss",))
    if line is None:
        return None
    state = _tag(entry, stock, "state", TagKind.DISCRETE)
    for name in ("good", "reject"):
        _tag(entry, stock, name, TagKind.COUNTER)
    entry.positive("ideal_cycle_s", line.ideal_cycle_s)
    _rolls(entry, "rolls_at", line.rolls_at)
    if not line.running:
        entry.fault(ProfileFault.EMPTY_LIST, "running")
    for value in line.running:
        _state(entry, "running", state, value)
    seen = set(line.running)
    for row, loss in zip(rows, losses, strict=True):
        if loss is None:
            continue
        row.required_text("cause", loss.cause)
        _state(row, "state", state, loss.state)
        if loss.state in seen:
            row.fault(ProfileFault.TWICE, "state", found=f"{loss.state:g}")
        seen.add(loss.state)
    return line


def _stop(entry: Entry, stock: Stock) -> PlannedStop | None:
    stop = entry.read(PlannedStop)
    if stop is None:
        return None
    entry.required_text("label", stop.label)
    for name, clock in (("start", stop.start), ("end", stop.end)):
        if not _CLOCK.fullmatch(clock):
            entry.fault(ProfileFault.NOT_A_CLOCK, name, found=clock[:60])
    for day in stop.days:
        if day not in WEEKDAYS:
            entry.fault(ProfileFault.UNKNOWN_WORD, "days", found=day[:60], known=", ".join(WEEKDAYS))
    if stop.asset and stop.asset not in stock.assets:
        entry.fault(ProfileFault.UNKNOWN_ASSET, "asset", found=stop.asset[:60])
    return stop


def _berth(entry: Entry, stock: Stock) -> BerthDef | None:
    berth = entry.read(BerthDef)
    if berth is None:
        return None
    if not berth.tags:
        entry.fault(ProfileFault.EMPTY_LIST, "tags")
    for name in berth.tags:
        _state(entry, "tags", _tag(entry, stock, "tags", TagKind.DISCRETE, name), berth.taken)
    return berth


def _gate(entry: Entry, stock: Stock) -> GateDef | None:
    gate = entry.read(GateDef)
    if gate is None:
        return None
    _tag(entry, stock, "queue", TagKind.ANALOG)
    if gate.wait:
        _tag(entry, stock, "wait", TagKind.ANALOG)
    if gate.moves:
        _tag(entry, stock, "moves", TagKind.COUNTER)
    _rolls(entry, "moves_roll_at", gate.moves_roll_at)
    return gate


def _zone(entry: Entry, stock: Stock) -> Zone | None:
    zone = entry.read(Zone)
    if zone is None:
        return None
    entry.named(zone.id, "id", ID)
    entry.required_text("label", zone.label)
    if zone.place not in stock.assets:
        entry.fault(ProfileFault.UNKNOWN_ASSET, "place", found=zone.place[:60])
    if zone.movers not in MOVERS:
        entry.fault(ProfileFault.UNKNOWN_WORD, "movers", found=zone.movers[:60], known=", ".join(MOVERS))
    entry.within("lat", zone.lat, -90.0, 90.0)
    entry.within("lon", zone.lon, -180.0, 180.0)
    entry.positive("radius_m", zone.radius_m)
    entry.within("radius_m", zone.radius_m, float("-inf"), LONGEST_RADIUS_M)
    entry.within("below_m_s", zone.below_m_s, 0.0, 100.0)
    return zone


def _areas(entry: Entry, zones: tuple[Zone, ...]) -> None:
    """A visit needs an area: without one nobody arrives and nobody leaves."""
    areas = {(zone.place, zone.movers) for zone in zones if zone.stage is ZoneStage.AREA}
    for row in entry.entries("zone"):
        key = (row.table.get("place"), row.table.get("movers"))
        if row.table.get("stage") == ZoneStage.SERVICE and key not in areas:
            row.fault(ProfileFault.ZONE_NO_AREA, "place", found=str(key[0])[:60])


def _tag(entry: Entry, stock: Stock, field: str, kind: TagKind, name: str = "") -> TagDef | None:
    """The tag that a field names, of the entry's type; None where it is at fault or cannot be looked up."""
    type_id, wanted = str(entry.table.get("type", "")), name or str(entry.table.get(field, ""))
    if type_id in stock.faulty:
        return None
    found = stock.types.get(type_id)
    if found is None:
        entry.fault(ProfileFault.UNKNOWN_TYPE, "type", found=type_id[:60])
        return None
    tag = next((tag for tag in found.tags if tag.name == wanted), None)
    if tag is None:
        entry.fault(ProfileFault.UNKNOWN_TAG, field, found=wanted[:60])
    elif tag.kind is not kind:
        entry.fault(ProfileFault.WRONG_TYPE, field, expected=kind, found=f"{wanted}: {tag.kind}")
    return tag


def _state(entry: Entry, field: str, tag: TagDef | None, value: float) -> None:
    if tag is not None and not (0 <= value < len(tag.states) and value == int(value)):
        entry.fault(ProfileFault.NO_SUCH_STATE, field, entry=tag.name, found=f"{value:g}")


def _rolls(entry: Entry, field: str, value: float) -> None:
    if field in entry.table:
        entry.positive(field, value)
