"""Alarms of a report: figures, the list, the most frequent ones, and how many came when."""

from __future__ import annotations

from collections import Counter
from statistics import median

import numpy as np

from console.core.alarm import episodes
from console.core.alarm.facts import OccurrenceRow
from console.core.alarm.kpi import DAY, HOUR, TEN_MIN, KpiName, KpiReport, report
from console.core.alarm.occurrences import Occurrences
from console.core.alarm.shifts import shift_windows
from console.core.batch import NS
from console.core.catalogue import AlarmPoint
from console.core.words import Text
from console.report.facts.ground import Ground
from console.report.facts.record import Cell, Chart, ChartKind, Column, ColumnKind, Figure, Source, Table

_K = ColumnKind
_LIST = (
    Column(name="time", kind=_K.TIME, share=2.1),
    Column(name="priority", kind=_K.NUMBER, share=0.8),
    Column(name="area", kind=_K.LABEL, share=4.0),
    Column(name="asset", kind=_K.LABEL, joins=" · "),
    Column(name="alarm", kind=_K.LABEL, share=2.4),
    Column(name="value", kind=_K.NUMBER, decimals=2, share=2.4),
    Column(name="limit", kind=_K.NUMBER, decimals=2, joins=" / "),
    Column(name="unit", joins=" "),
    Column(name="acked", kind=_K.TIME, share=2.9),
    Column(name="acked_by", joins=" · "),
    Column(name="returned", kind=_K.TIME, share=2.9),
    Column(name="lasted", kind=_K.NUMBER, joins=" · "),
    Column(name="comment", share=3.2),
)
_OFTEN = (
    Column(name="alarm_key", share=2.4),
    Column(name="asset", kind=_K.LABEL, share=2.4),
    Column(name="alarm", kind=_K.LABEL, share=2.4),
    Column(name="count", kind=_K.NUMBER),
    Column(name="percent", kind=_K.NUMBER, decimals=1),
)
_FLOODS = (
    Column(name="start", kind=_K.TIME, share=2),
    Column(name="end", kind=_K.TIME, share=2),
    Column(name="count", kind=_K.NUMBER),
    Column(name="first_ten_min", kind=_K.NUMBER),
)
_BUCKETS = {TEN_MIN: "alarms_ten_min", HOUR: "alarms_hour", DAY: "alarms_day"}
_PERCENT = frozenset(
    {
        KpiName.BUSY_HOURS,
        KpiName.BUSY_PERIODS,
        KpiName.FLOOD_TIME,
        KpiName.TOP_SHARE,
        KpiName.PRIORITY_1,
        KpiName.PRIORITY_2,
        KpiName.PRIORITY_3,
        KpiName.PRIORITY_4,
    }
)


def alarm_figures(ground: Ground) -> list[Figure]:
    """Counts of a shift or a day."""
    source = ground.alarm_source()
    shown = ground.shown()
    acked = [(row.at_acked - row.at_annunciated) / NS for row in shown if row.at_acked]
    columns = ground.columns()
    within = (columns.annunciated >= ground.start) & (columns.annunciated < ground.end)
    counts = episodes.counts_within(columns.annunciated)[within]
    floods = [pair for pair in episodes.floods(columns.annunciated, ground.end) if pair[1] > ground.start]
    chatter = episodes.chatter_starts(columns)
    values: list[tuple[str, float | None, str, int]] = [
        ("alarms", len(shown), "", 0),
        *((f"alarms_p{p}", sum(row.priority == p for row in shown), "", 0) for p in (1, 2, 3, 4)),
        ("unacked", sum(not row.at_acked for row in shown), "", 0),
        ("suppressed", sum(not row.at_annunciated for row in ground.begun()), "", 0),
        ("standing_start", _standing(columns, ground.start), "", 0),
        ("standing_end", _standing(columns, ground.end), "", 0),
        ("peak", int(counts.max()) if len(counts) else 0, "", 0),
        ("floods", len(floods), "", 0),
        ("chattering", int(within[chatter].sum()), "", 0),
        ("ack_median", median(acked) if acked else None, "s", 1),
        ("ack_longest", max(acked) if acked else None, "s", 1),
    ]
    return [Figure(name=n, value=v, unit=u, decimals=d, source=source) for n, v, u, d in values]


def _standing(columns: Occurrences, at: int) -> int:
    """Alarms that are active at a moment."""
    return int(((columns.annunciated < at) & (columns.returned >= at)).sum())


def alarm_list(ground: Ground) -> Table:
    """Every occurrence that was annunciated in the span or stood into it, the oldest first."""
    rows = [row for row in ground.rows if _touches(row, ground)]
    rows.sort(key=lambda row: (row.at_annunciated, row.occurrence))
    cells = tuple(_cells(row, ground.catalogue.alarms[row.alarm], ground) for row in rows)
    return Table(name="alarms", columns=_LIST, rows=cells, source=ground.alarm_source())


def _touches(row: OccurrenceRow, ground: Ground) -> bool:
    if not row.at_annunciated or row.at_annunciated >= ground.end:
        return False
    return row.at_annunciated >= ground.start or not row.at_returned or row.at_returned >= ground.start


def _cells(row: OccurrenceRow, point: AlarmPoint, ground: Ground) -> tuple[Cell, ...]:
    lasted = (row.at_returned - row.at_event) / NS if row.at_returned else None
    tag = ground.catalogue.tags[point.tag_index].tag
    return (
        row.at_annunciated,
        row.priority,
        ground.area_name(point.asset.area),
        point.asset.name,
        alarm_name(point, row.level),
        row.value,
        row.limit,
        tag.unit,
        row.at_acked or None,
        row.acked_by,
        row.at_returned or None,
        lasted,
        row.comment,
    )


def alarm_name(point: AlarmPoint, level: int = 0) -> Text:
    """What the alarm is called at a level."""
    levels = point.alarm.levels
    return levels[level - 1].label if 0 < level <= len(levels) else point.alarm.label


def most_frequent(ground: Ground, most: int = 10) -> Table:
    """Alarms by how often they came."""
    shown = ground.shown()
    counts = Counter(row.alarm for row in shown)
    order = sorted(counts, key=lambda alarm: (-counts[alarm], alarm))[:most]
    rows: list[tuple[Cell, ...]] = []
    for alarm in order:
        point = ground.catalogue.alarms[alarm]
        share = 100.0 * counts[alarm] / len(shown)
        rows.append((point.key, point.asset.name, point.alarm.label, counts[alarm], share))
    return Table(name="frequent", columns=_OFTEN, rows=tuple(rows), source=ground.alarm_source())


def alarms_over_time(ground: Ground) -> Chart:
    """Bars: how many alarms came in each 10 minutes, hour or day, so that there are no more than about 100."""
    span = ground.end - ground.start
    width = next((w for w in (TEN_MIN, HOUR, DAY) if span <= 100 * w), 7 * DAY)
    starts = tuple(range(ground.start, ground.end, width))
    times = np.array([row.at_annunciated for row in ground.shown()], np.int64)
    places = (times - ground.start) // width
    counts = np.bincount(places, minlength=len(starts)) if len(times) else np.zeros(len(starts), np.int64)
    return Chart(
        name=_BUCKETS.get(width, "alarms_week"),
        title=Text("", ""),
        kind=ChartKind.BARS,
        decimals=0,
        at=starts,
        value=tuple(float(count) for count in counts),
        source=ground.alarm_source(),
    )


def performance(ground: Ground) -> tuple[list[Figure], list[Table]]:
    """Figures against their targets (ALARMS.md 1.7), the same by area and shift, floods and offenders."""
    source = ground.alarm_source()
    windows = shift_windows(ground.site.shifts, ground.start, ground.end, ground.zone)
    counted = report(ground.columns(), ground.start, ground.end, windows)
    figures = [
        Figure(
            name=f"kpi.{figure.name}",
            value=None if np.isnan(figure.value) else figure.value,
            unit="%" if figure.name in _PERCENT else "",
            decimals=1,
            target=figure.target,
            verdict=figure.verdict,
            source=source,
        )
        for figure in counted.whole.figures
        # Nobody has told which suppressions were unauthorised, and 0 would say that there were none.
        if figure.name is not KpiName.UNAUTHORISED
    ]
    floods = tuple((f.start, f.end, f.alarms, f.first_ten_min) for f in counted.whole.floods)
    tables = [
        _by("by_area", counted, ground, source),
        _by("by_shift", counted, ground, source),
        Table(name="floods", columns=_FLOODS, rows=floods, source=source),
        most_frequent(ground),
    ]
    return figures, tables


def _by(name: str, counted: KpiReport, ground: Ground, source: Source) -> Table:
    shown = (KpiName.PER_HOUR, KpiName.PEAK, KpiName.FLOOD_TIME, KpiName.STANDING, KpiName.CHATTERING)
    columns = (
        Column(name=name.removeprefix("by_"), kind=_K.LABEL, share=2),
        Column(name="count", kind=_K.NUMBER),
        *(Column(name=f"kpi.{kpi}", kind=_K.NUMBER, decimals=1) for kpi in shown),
    )
    names = {shift.id: shift.name for shift in ground.site.shifts}
    parts = counted.by_area if name == "by_area" else counted.by_shift
    rows: list[tuple[Cell, ...]] = []
    for key in sorted(parts):
        kpis = parts[key]
        label = ground.area_name(key) if name == "by_area" else names.get(key, Text(key, key))
        values = (kpis.figure(kpi).value for kpi in shown)
        rows.append((label, kpis.alarms, *(None if np.isnan(value) else value for value in values)))
    return Table(name=name, columns=columns, rows=tuple(rows), source=source)
