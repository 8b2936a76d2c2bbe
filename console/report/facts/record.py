"""The record of a report: figures, tables and charts, each with the source it was computed from."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from console.core.words import Text

FORMAT = "gwanje-report-1"


class Kind(StrEnum):
    """Reports that can be made."""

    SHIFT = "shift"
    DAY = "day"
    INCIDENT = "incident"
    ALARM_PERFORMANCE = "alarm_performance"
    COMMAND_LOG = "command_log"
    FEED_QUALITY = "feed_quality"
    ASSET = "asset"
    ENERGY = "energy"
    """Energy and CO2."""
    OEE = "oee"
    """Factory lines after ISO 22400-2."""
    TURNAROUND = "turnaround"
    """Ships and trucks at terminals."""


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where numbers come from: the question, the range in UTC ns, how much was there and its SHA-256."""

    query: str
    start: int
    end: int
    rows: int
    digest: str
    good_share: float | None = None
    """Percent of the samples that are good; None where there is no such thing."""


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One number; `name` is of the words `reports.figure` (or `kpi.name`), None is "nothing to measure"."""

    name: str
    value: float | None
    unit: str = ""
    decimals: int = 0
    target: float | None = None
    verdict: str = ""
    source: Source


class ColumnKind(StrEnum):
    """What the cells of a column are."""

    TEXT = "text"
    """As somebody or something wrote it."""
    LABEL = "label"
    """A `Text` of the site."""
    CODE = "code"
    """A code with words in one of the tables of `words`."""
    TIME = "time"
    """UTC ns."""
    NUMBER = "number"


class Column(msgspec.Struct, frozen=True, kw_only=True):
    """`name` is of the words `reports.column`; `share` is its part of the width of a page.

    With `joins` a page shows it behind the column before, with this between them: a page of cells is heavy.
    """

    name: str
    kind: ColumnKind = ColumnKind.TEXT
    decimals: int = 0
    words: str = ""
    share: float = 1.0
    joins: str = ""


Cell = str | int | float | Text | None


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """Rows in the order in which they are read; `name` is of the words `reports.table`."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    source: Source


class ChartKind(StrEnum):
    """How a chart is drawn."""

    LINE = "line"
    STEPS = "steps"
    BARS = "bars"


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """One curve over time; None is a gap in which nothing is drawn."""

    name: str
    """Of the words `reports.chart`; empty: `title` says it."""
    title: Text
    kind: ChartKind
    unit: str = ""
    decimals: int = 1
    at: tuple[int, ...]
    value: tuple[float | None, ...]
    low: float | None = None
    """Limits drawn across it."""
    high: float | None = None
    source: Source


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """One asset on the map; `priority` is that of its most urgent active alarm, 0 for none."""

    asset: str
    name: Text
    lat: float
    lon: float
    priority: int = 0
    acked: bool = True
    alarms: int = 0


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """The map as it stood at `at` (UTC ns); the corners are in degrees."""

    at: int
    south: float
    west: float
    north: float
    east: float
    places: tuple[Place, ...]
    about: str = ""
    """Asset that the report is on."""
    source: Source


class Missing(msgspec.Struct, frozen=True):
    """What is not in it; `code` is of the words `reports.missing`, `at` and `until` UTC ns or 0."""

    code: str
    at: int = 0
    n: int = 0
    until: int = 0


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One report over [start, end) UTC ns; the same holdings always give the same record."""

    format: str = FORMAT
    kind: Kind
    site_id: str
    site: Text
    time_zone: str
    start: int
    end: int
    until: int
    """Up to when there is data."""
    about: str = ""
    """Asset or alarm of an incident."""
    about_name: Text = Text("", "")
    shift: Text = Text("", "")
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    map: Snapshot | None = None
    missing: tuple[Missing, ...] = ()

    def sources(self) -> list[Source]:
        """Every source once, in the order in which they are met."""
        parts = (*self.figures, *self.tables, *self.charts, *((self.map,) if self.map is not None else ()))
        return list(dict.fromkeys(part.source for part in parts))
