"""What a site declares for its reports: meters of energy, production lines, and places where ships and trucks stop."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.core.words import Text


class MeterKind(StrEnum):
    """What the tag of a meter counts."""

    POWER = "power"
    """kW; energy is the area under it."""
    COUNTER = "counter"
    """kWh; energy is how far it has turned."""


class Meter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the energy of every asset of a type is read."""

    type: str
    tag: str
    kind: MeterKind
    scale: float = 1.0
    """Value times scale is kW or kWh."""
    rolls_at: float = 0.0
    """Reading after which a counter begins at 0 again; 0: it never does, and a fall is a reset."""
    within: bool = False
    """The meter of the asset's parent has it too: shown, and not added again."""


class EmissionFactor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Greenhouse gas of electricity, as the authority that the site answers to has published it."""

    kg_per_kwh: float
    """kg of CO2 equivalent."""
    year: int
    source: Text


class StateLoss(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Why a line does not produce while it is in a state."""

    state: float
    cause: Text
    planned: bool = False
    """Planned down time (ISO 22400-2 PDOT): no part of the planned busy time."""


class LineDef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How OEE is told from the tags of every asset of a type (ISO 22400-2)."""

    type: str
    state: str
    running: tuple[float, ...]
    """States in which it produces: actual production time (APT)."""
    good: str
    """Counter of good parts (GQ)."""
    reject: str
    """Counter of parts that are not (SQ)."""
    ideal_cycle_s: float
    """Planned run time of a part (PRI)."""
    rolls_at: float = 0.0
    """Like that of a meter, for both counters."""
    losses: tuple[StateLoss, ...] = ()


class PlannedStop(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A time of day at which lines stand as planned, [start, end) as HH:MM; correct over midnight."""

    label: Text
    start: str
    end: str
    days: tuple[str, ...] = ()
    """mon … sun; empty: every day."""
    asset: str = ""
    """A line, or the plant that it belongs to; empty: every line."""


class BerthDef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tags that say whether a berth, dock or bay of an asset is taken."""

    type: str
    tags: tuple[str, ...]
    taken: float = 1.0


class GateDef(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Tags of the queue in front of an asset."""

    type: str
    queue: str
    """How many wait."""
    wait: str = ""
    """How long, in the tag's unit."""
    moves: str = ""
    """Counter of what is handled."""
    moves_roll_at: float = 0.0


class ZoneStage(StrEnum):
    """What it means to be in a zone."""

    AREA = "area"
    """Arrived and not gone."""
    SERVICE = "service"
    """At a berth or a gate."""


class Zone(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A circle in which moving objects are noticed; a visit lasts as long as they are in the AREA of its place."""

    id: str
    label: Text
    place: str
    """Asset that is visited; zones of one place belong together."""
    stage: ZoneStage
    movers: str
    """vessel or truck."""
    lat: float
    lon: float
    radius_m: float
    below_m_s: float = 0.0
    """Only what is slower than this is in it; 0: at any speed."""


class Reporting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it."""

    demand_min: int = 15
    """Width of the window of peak demand."""
    emission: EmissionFactor | None = None
    meters: tuple[Meter, ...] = ()
    lines: tuple[LineDef, ...] = ()
    planned_stops: tuple[PlannedStop, ...] = ()
    berths: tuple[BerthDef, ...] = ()
    gates: tuple[GateDef, ...] = ()
    zones: tuple[Zone, ...] = ()
