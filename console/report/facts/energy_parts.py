"""Figures, tables and charts of energy and CO2."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from console.core.batch import NS
from console.core.words import Text
from console.report.facts.energy import EnergyBook, Metered
from console.report.facts.ground import Ground
from console.report.facts.record import Cell, Chart, ChartKind, Column, ColumnKind, Figure, Source, Table

HOUR = 3600 * NS
_LONGEST_BY_HOUR = 72 * HOUR
_K = ColumnKind
_ENERGY = (
    Column(name="kwh", kind=_K.NUMBER, decimals=1, share=1.3),
    Column(name="co2_kg", kind=_K.NUMBER, decimals=1, share=1.3),
)
_AREAS = (
    Column(name="area", kind=_K.LABEL, share=3),
    Column(name="meters", kind=_K.NUMBER),
    *_ENERGY,
    Column(name="percent", kind=_K.NUMBER, decimals=1),
    Column(name="known_share", kind=_K.NUMBER, decimals=1),
)
_ASSETS = (
    Column(name="asset", kind=_K.LABEL, share=3.0),
    Column(name="area", kind=_K.LABEL, share=2.2),
    Column(name="meter", kind=_K.LABEL, share=1.8),
    *_ENERGY,
    Column(name="peak_kw", kind=_K.NUMBER, decimals=1, share=1.2),
    Column(name="peak_at", kind=_K.TIME, share=2.1),
    Column(name="known_share", kind=_K.NUMBER, decimals=1),
    Column(name="good_share", kind=_K.NUMBER, decimals=1),
    Column(name="note", kind=_K.CODE, words="reports.note", share=2.4),
)
_HOURS = (
    Column(name="start", kind=_K.TIME, share=2),
    *_ENERGY,
    Column(name="known_share", kind=_K.NUMBER, decimals=1),
)
_FACTOR = (
    Column(name="factor", kind=_K.NUMBER, decimals=4, share=1.6),
    Column(name="year", share=0.8),
    Column(name="factor_source", kind=_K.LABEL, share=7),
)


def energy_figures(book: EnergyBook) -> list[Figure]:
    """What the site, or one asset, has used; the long form of an energy report."""
    meters = book.counted or book.meters
    kwh, (peak, _) = book.total(meters), book.peak(meters)
    source = book.source
    rows: list[tuple[str, float | None, str, int]] = [
        ("energy", kwh, "kWh", 1),
        ("co2", book.co2(kwh), "kgCO₂eq", 1),
        ("peak_demand", peak, "kW", 1),
        ("energy_known", book.known(meters), "%", 1),
        ("meters", len(meters), "", 0),
        ("meters_silent", sum(one.kwh is None for one in meters), "", 0),
        ("counter_resets", sum(one.said.resets for one in meters if one.said), "", 0),
    ]
    # Without a factor nothing is said of CO2, rather than that there was none.
    told = [row for row in rows if row[0] != "co2" or book.plan.emission is not None]
    return [Figure(name=n, value=v, unit=u, decimals=d, source=source) for n, v, u, d in told]


def energy_summary(book: EnergyBook) -> list[Figure]:
    """The short form, in the report of a shift."""
    names = ("energy", "co2", "peak_demand", "energy_known")
    return [figure for figure in energy_figures(book) if figure.name in names]


def energy_tables(ground: Ground, book: EnergyBook) -> list[Table]:
    """By area, by asset, by hour or day, and the factor."""
    found = [area_table(ground, book), _asset_table(ground, book), _hour_table(ground, book)]
    factor = book.plan.emission
    if factor is not None:
        row: tuple[Cell, ...] = (factor.kg_per_kwh, str(factor.year), factor.source)
        profile = Source(
            query="profile reports.toml [energy.emission]",
            start=ground.start,
            end=ground.end,
            rows=1,
            digest=ground.profile_digest(factor),
        )
        found.append(Table(name="emission", columns=_FACTOR, rows=(row,), source=profile))
    return found


def area_table(ground: Ground, book: EnergyBook) -> Table:
    """One row an area that has meters."""
    by_area: dict[str, list[Metered]] = {}
    for one in book.counted:
        by_area.setdefault(one.asset.area, []).append(one)
    whole = book.total(book.counted)
    rows: list[tuple[Cell, ...]] = []
    for area in (area.id for area in ground.site.areas):
        meters = by_area.get(area)
        if meters:
            kwh = book.total(meters)
            share = 100.0 * kwh / whole if kwh is not None and whole else None
            rows.append((ground.area_name(area), len(meters), kwh, book.co2(kwh), share, book.known(meters)))
    return Table(name="energy_areas", columns=_AREAS, rows=tuple(rows), source=book.source)


def _asset_table(ground: Ground, book: EnergyBook) -> Table:
    rows = tuple(_asset_row(ground, book, one) for one in book.meters)
    return Table(name="energy_assets", columns=_ASSETS, rows=rows, source=book.source)


def _asset_row(ground: Ground, book: EnergyBook, one: Metered) -> tuple[Cell, ...]:
    peak, peak_at = book.peak([one])
    return (
        one.asset.name,
        ground.area_name(one.asset.area),
        ground.point(one.tag).tag.label,
        one.kwh,
        book.co2(one.kwh),
        peak,
        peak_at,
        book.known([one]) if one.kwh is not None else None,
        one.good_share,
        _note(one),
    )


def _note(one: Metered) -> str:
    """What a reader must know of a meter, the weightiest first."""
    if one.kwh is None:
        return "silent"
    if one.said is not None and one.said.resets:
        return "reset"
    if one.said is not None and one.said.rolls:
        return "rolled"
    return "within" if one.meter.within else ""


def _hour_table(ground: Ground, book: EnergyBook) -> Table:
    starts, kwh, known = by_hour(ground, book)
    rows: list[tuple[Cell, ...]] = []
    for start, amount, share in zip(starts, kwh, known, strict=True):
        value = None if np.isnan(amount) else float(amount)
        rows.append((int(start), value, book.co2(value), None if value is None else float(share)))
    name = "energy_hours" if ground.end - ground.start <= _LONGEST_BY_HOUR else "energy_days"
    return Table(name=name, columns=_HOURS, rows=tuple(rows), source=book.source)


def by_hour(
    ground: Ground, book: EnergyBook
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Beginnings of hours (days in a long report), kWh of each (NaN: nothing known) and percent of it that is known."""
    width = HOUR if ground.end - ground.start <= _LONGEST_BY_HOUR else 24 * HOUR
    meters = book.counted or book.meters
    left = book.edges[:-1]
    offset = ground.utc_offset()
    group = (left + offset) // width
    groups, first = np.unique(group, return_index=True)
    place = np.searchsorted(groups, group)
    amount = np.zeros(len(groups))
    known = np.zeros(len(groups))
    seconds = np.bincount(place, np.diff(book.edges) / NS, len(groups))
    for one in meters:
        amount += np.bincount(place, one.amount, len(groups))
        known += np.bincount(place, one.known_s, len(groups))
    kwh = np.where(known > 0, amount, np.nan)
    return left[first], kwh, 100.0 * known / np.maximum(seconds * max(1, len(meters)), 1e-9)


def energy_charts(ground: Ground, book: EnergyBook) -> list[Chart]:
    """Energy by hour or day, and the demand of the windows."""
    meters = book.counted or book.meters
    starts, kwh, _ = by_hour(ground, book)
    long = ground.end - ground.start > _LONGEST_BY_HOUR
    hours = Chart(
        name="energy_day" if long else "energy_hour",
        title=Text("", ""),
        kind=ChartKind.BARS,
        unit="kWh",
        at=tuple(int(at) for at in starts),
        value=_values(kwh),
        source=book.source,
    )
    demand = book.demand(meters)
    windows = Chart(
        name="demand",
        title=Text("", ""),
        kind=ChartKind.BARS,
        unit="kW",
        at=tuple(int(at) for at in book.edges[:-1]),
        value=_values(demand),
        source=book.source,
    )
    return [chart for chart in (hours, windows) if any(value is not None for value in chart.value)]


def _values(numbers: Iterable[float]) -> tuple[float | None, ...]:
    return tuple(None if np.isnan(number) else float(number) for number in numbers)
