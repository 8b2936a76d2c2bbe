"""Energy and CO2 of a report: from power by trapezoids, from counters by how far they turned; what is not known is
told as not known and never as zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from console.core.batch import NS
from console.core.reporting import Meter, MeterKind
from console.core.site import Asset
from console.report.facts.ground import Ground
from console.report.facts.record import Source
from console.report.facts.samples import Curve, Turned, area_under, in_slots, turned

WHOLE = 0.9
"""Part of a window that must be known for it to have a demand."""


@dataclass(frozen=True, slots=True, eq=False)
class Metered:
    """One meter in the span, in windows of demand; `kwh` is None where nothing is known."""

    asset: Asset
    meter: Meter
    kwh: float | None
    amount: NDArray[np.float64]
    """kWh that came in each window."""
    known_s: NDArray[np.float64]
    said: Turned | None
    good_share: float | None

    @property
    def tag(self) -> str:
        """`asset.tag`."""
        return f"{self.asset.id}.{self.meter.tag}"


class EnergyBook:
    """All meters of the site over the span of a report."""

    def __init__(self, ground: Ground, only: str = "") -> None:
        self._ground = ground
        self.plan = ground.site.reporting
        self.width = self.plan.demand_min * 60 * NS
        self.tags = meter_tags(ground, only)
        self.edges = self._edges()
        self.meters = [self._read(asset, meter) for asset, meter in _meters(ground, only)]

    @property
    def counted(self) -> list[Metered]:
        """Meters that are added up: no one else's meter has them already."""
        return [one for one in self.meters if not one.meter.within]

    @cached_property
    def source(self) -> Source:
        """All meters together."""
        which = self.tags[0] if len(self.tags) == 1 else f"meters of reports.toml ({len(self.tags)})"
        return self._ground.tag_source(f"history tag={which}", self.tags)

    def span_s(self) -> float:
        """Seconds of the report up to which there is data."""
        return max(0.0, (min(self._ground.end, self._ground.holdings.until) - self._ground.start) / NS)

    def total(self, meters: list[Metered]) -> float | None:
        """kWh of meters; None where nothing is known of any."""
        known = [one.kwh for one in meters if one.kwh is not None]
        return sum(known) if known else None

    def known(self, meters: list[Metered]) -> float | None:
        """Percent of the time of meters in which their energy is known."""
        time = self.span_s() * len(meters)
        return 100.0 * min(1.0, sum(float(one.known_s.sum()) for one in meters) / time) if time else None

    def co2(self, kwh: float | None) -> float | None:
        """kg of CO2 equivalent."""
        factor = self.plan.emission
        return None if kwh is None or factor is None else kwh * factor.kg_per_kwh

    def demand(self, meters: list[Metered]) -> NDArray[np.float64]:
        """Mean kW of each window; NaN where a meter that gives anything at all is not known for most of it."""
        alive = [one for one in meters if one.kwh is not None]
        kilowatts = np.full(len(self.edges) - 1, np.nan)
        if not alive:
            return kilowatts
        seconds = np.diff(self.edges) / NS
        whole = np.all([one.known_s >= WHOLE * seconds for one in alive], axis=0)
        sums = np.sum([one.amount[whole] / one.known_s[whole] * 3600.0 for one in alive], axis=0)
        # A window that the span cuts off is no window of demand.
        kilowatts[whole] = sums
        kilowatts[seconds < WHOLE * self.width / NS] = np.nan
        return kilowatts

    def peak(self, meters: list[Metered]) -> tuple[float | None, int | None]:
        """The highest demand and the beginning of its window."""
        demand = self.demand(meters)
        if np.isnan(demand).all():
            return None, None
        place = int(np.nanargmax(demand))
        return float(demand[place]), int(self.edges[place])

    def _edges(self) -> NDArray[np.int64]:
        """Windows begin at whole times of the local clock; the first and the last are cut to the span."""
        ground = self._ground
        offset = ground.utc_offset()
        first = (ground.start + offset) // self.width * self.width - offset
        inner = np.arange(first + self.width, ground.end, self.width, dtype=np.int64)
        return np.concatenate(([ground.start], inner[inner > ground.start], [ground.end])).astype(np.int64)

    def _read(self, asset: Asset, meter: Meter) -> Metered:
        tag = f"{asset.id}.{meter.tag}"
        samples = self._ground.samples(tag)
        empty = np.zeros(len(self.edges) - 1)
        if samples is None:
            return Metered(asset, meter, None, empty, empty, None, None)
        share = 100.0 * float(samples.good.mean())
        said: Turned | None = None
        if meter.kind is MeterKind.COUNTER:
            curve, said = turned(samples, meter.rolls_at)
        else:
            curve = area_under(samples, self.edges)
        curve = Curve(curve.at, curve.total * meter.scale, curve.joined)
        amount, known = in_slots(curve, self.edges)
        kwh: float | None = float(amount.sum()) if known.any() else None
        if said is not None and len(curve.at) > 1:
            kwh = said.total * meter.scale
        return Metered(asset, meter, kwh, amount, known, said, share)


def _meters(ground: Ground, only: str) -> list[tuple[Asset, Meter]]:
    by_type = {meter.type: meter for meter in ground.site.reporting.meters}
    return [
        (asset, by_type[asset.type])
        for asset in ground.site.assets
        if asset.type in by_type and only in ("", asset.id)
    ]


def meter_tags(ground: Ground, only: str = "") -> list[str]:
    """Tags that energy is told from, of all assets or of one."""
    return [f"{asset.id}.{meter.tag}" for asset, meter in _meters(ground, only)]


def summed_tags(ground: Ground) -> list[str]:
    """Those of them that are added up: enough for a summary."""
    return [f"{asset.id}.{meter.tag}" for asset, meter in _meters(ground, "") if not meter.within]
