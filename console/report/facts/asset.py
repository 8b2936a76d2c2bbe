"""One asset: its points with what they did in the span, the time it spent in each state, and what was done to it."""

from __future__ import annotations

import numpy as np

from console.core.alarm.facts import OccurrenceRow
from console.core.batch import NS
from console.core.site import TagDef, TagKind
from console.core.words import Text
from console.report.facts.ground import Ground
from console.report.facts.record import Cell, Column, ColumnKind, Figure, Source, Table
from console.report.facts.samples import Extremes, Held, extremes, held

_K = ColumnKind
_POINTS = (
    Column(name="tag", kind=_K.LABEL, share=2.8),
    Column(name="last", kind=_K.NUMBER, decimals=2, share=1.4),
    Column(name="state", kind=_K.LABEL, joins=" "),
    Column(name="unit", share=0.9),
    Column(name="last_at", kind=_K.TIME, share=2.1),
    *(Column(name=name, kind=_K.NUMBER, decimals=2, share=1.3) for name in ("low", "mean", "high")),
    Column(name="samples", kind=_K.NUMBER, share=1.1),
    Column(name="good_share", kind=_K.NUMBER, decimals=1),
    Column(name="known_share", kind=_K.NUMBER, decimals=1, share=1.1),
)
_STATES = (
    Column(name="tag", kind=_K.LABEL, share=2.6),
    Column(name="state", kind=_K.LABEL, share=1.8),
    Column(name="in_state_min", kind=_K.NUMBER, decimals=1),
    Column(name="percent", kind=_K.NUMBER, decimals=1),
    Column(name="entered", kind=_K.NUMBER),
)


def point_tags(ground: Ground, asset: str) -> list[str]:
    """Every tag of the asset."""
    kind = ground.catalogue.types[ground.catalogue.assets[asset].type]
    return [f"{asset}.{tag.name}" for tag in kind.tags]


def point_source(ground: Ground, asset: str) -> Source:
    """All tags of the asset."""
    return ground.tag_source(f"history asset={asset}", point_tags(ground, asset))


def _until(ground: Ground) -> int:
    return max(ground.start, min(ground.end, ground.holdings.until + NS))


def asset_figures(ground: Ground, asset: str) -> list[Figure]:
    """How much of the time the points of the asset gave usable values, and in how much of it no alarm stood."""
    end = _until(ground)
    span = (end - ground.start) / NS
    known = [_known(ground, tag, end) for tag in point_tags(ground, asset)]
    data = 100.0 * sum(known) / (span * len(known)) if span > 0 and known else None
    quiet = _quiet_s(ground, end)
    return [
        Figure(
            name="data_available",
            value=None if data is None else min(100.0, data),
            unit="%",
            decimals=2,
            source=point_source(ground, asset),
        ),
        Figure(
            name="without_alarm",
            value=100.0 * quiet / span if span > 0 else None,
            unit="%",
            decimals=2,
            source=ground.alarm_source(),
        ),
    ]


def _known(ground: Ground, tag: str, end: int) -> float:
    samples = ground.samples(tag)
    return 0.0 if samples is None else held(samples, end).seconds()


def _quiet_s(ground: Ground, end: int) -> float:
    """Seconds in which none of its alarms was active."""
    spans = sorted(_active(row, ground.start, end) for row in ground.rows if row.at_annunciated)
    busy, reached = 0, ground.start
    for start, stop in spans:
        busy += max(0, stop - max(start, reached))
        reached = max(reached, stop)
    return (end - ground.start - busy) / NS


def _active(row: OccurrenceRow, start: int, end: int) -> tuple[int, int]:
    return max(row.at_annunciated, start), min(row.at_returned or end, end)


def point_table(ground: Ground, asset: str) -> Table:
    """One row a point: how it stands at the end, and its lowest, mean and highest value."""
    end = _until(ground)
    rows = tuple(_point(ground, tag, end) for tag in point_tags(ground, asset))
    return Table(name="points", columns=_POINTS, rows=rows, source=point_source(ground, asset))


def _point(ground: Ground, tag: str, end: int) -> tuple[Cell, ...]:
    definition = ground.point(tag).tag
    samples = ground.samples(tag)
    seen = Extremes() if samples is None else extremes(samples, end)
    discrete = definition.kind is TagKind.DISCRETE
    span = (end - ground.start) / NS
    numbers = (None, None, None) if discrete else (seen.low, seen.mean, seen.high)
    return (
        definition.label,
        None if discrete else seen.last,
        _state(seen.last, definition) if discrete else None,
        definition.unit,
        seen.last_at or None,
        # The mean of states says nothing.
        *numbers,
        0 if samples is None else len(samples),
        seen.good_share,
        None if samples is None or span <= 0 else 100.0 * min(1.0, seen.known_s / span),
    )


def _state(value: float | None, tag: TagDef) -> Text | None:
    """What the state is called."""
    if value is None:
        return None
    place = int(value)
    if 0 <= place < len(tag.states) and place == value:
        return tag.states[place]
    return Text(f"{value:g}", f"{value:g}")


def state_table(ground: Ground, asset: str) -> Table:
    """Time in each state of the points that have states."""
    end = _until(ground)
    rows: list[tuple[Cell, ...]] = []
    for tag in point_tags(ground, asset):
        definition = ground.point(tag).tag
        samples = ground.samples(tag)
        if definition.kind is not TagKind.DISCRETE or samples is None:
            continue
        times = held(samples, end)
        total = times.seconds()
        for place, state in enumerate(definition.states):
            rows += _time_in(definition.label, state, times.only((float(place),)), total)
        known = np.isin(times.value, np.arange(len(definition.states)))
        strange = Held(times.start[~known], times.end[~known], np.zeros(int((~known).sum())))
        rows += _time_in(definition.label, None, strange, total)
    return Table(name="states", columns=_STATES, rows=tuple(rows), source=point_source(ground, asset))


def _time_in(label: Text, state: Text | None, part: Held, total: float) -> list[tuple[Cell, ...]]:
    """One row; none for a state in which it never was. No state: a value that the profile has no name for."""
    seconds = part.seconds()
    if not seconds:
        return []
    return [(label, state, seconds / 60.0, 100.0 * seconds / total, part.times())]
