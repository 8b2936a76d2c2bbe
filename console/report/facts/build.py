"""From holdings to the record of a report: one function a kind, each naming the parts it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from console.core.alarm.shifts import shift_windows
from console.core.words import Text
from console.report.errors import ReportError
from console.report.facts import alarms, asset, commands, feeds, oee, standing, trends, turnaround
from console.report.facts.energy import EnergyBook, meter_tags, summed_tags
from console.report.facts.energy_parts import (
    area_table,
    energy_charts,
    energy_figures,
    energy_summary,
    energy_tables,
)
from console.report.facts.ground import Ground
from console.report.facts.notes import handover_tables, log_table
from console.report.facts.oee_parts import oee_charts, oee_figures, oee_tables
from console.report.facts.record import Chart, Kind, Missing, Report
from console.report.facts.snapshot import snapshot
from console.report.facts.turnaround import (
    TurnaroundBook,
    turnaround_charts,
    turnaround_figures,
    turnaround_tables,
)
from console.report.holdings import Holdings

Parts = dict[str, object]
_MOST_GAPS = 20
"""Stretches without samples that are told one by one."""


def build(kind: Kind, holdings: Holdings, about: str = "") -> Report:
    """The record; the same holdings always give the same one.

    Raises ReportError `no_data` when nothing at all is held of the span, `unknown_subject` for an `about` the site
    does not have.
    """
    ground = Ground(holdings, about)
    if about:
        _known(ground, about)
    if kind is Kind.ASSET and not about:
        raise ReportError("about_needed")
    if kind is Kind.ASSET and "." in about:
        raise ReportError("unknown_subject", text=about)
    declared = _DECLARED.get(kind)
    if declared is not None and not declared(ground):
        raise ReportError("not_declared")
    counted = any(one.rows for one in holdings.quality)
    if not (holdings.records or counted or any(trend.quality for trend in holdings.trends)):
        raise ReportError("no_data")
    parts = _PARTS[kind](ground)
    base = Report(
        kind=kind,
        site_id=ground.site.id,
        site=ground.site.name,
        time_zone=ground.site.time_zone,
        start=ground.start,
        end=ground.end,
        until=min(holdings.until, ground.end),
        about=about,
        about_name=ground.subject_name(about) if about else Text("", ""),
        shift=_shift(ground) if kind is Kind.SHIFT else Text("", ""),
        missing=tuple(_missing(ground)),
    )
    return _settled(msgspec.structs.replace(base, **parts))


def _settled(report: Report) -> Report:
    """Figures as floats whatever they were counted as, so that a record read back has the same bytes."""
    figures = tuple(
        figure if figure.value is None else msgspec.structs.replace(figure, value=float(figure.value))
        for figure in report.figures
    )
    return msgspec.structs.replace(report, figures=figures)


def tags_wanted(kind: Kind, holdings: Holdings, about: str = "") -> list[str]:
    """Tags whose samples the report needs; the holdings need no trends yet. Raises ReportError."""
    ground = Ground(holdings)
    if about:
        _known(ground, about)
    wanted = _WANTED.get(kind)
    return list(dict.fromkeys(wanted(ground, about))) if wanted is not None else []


def _shift_tags(ground: Ground, _about: str) -> list[str]:
    return [*trends.frequent_tags(ground), *summed_tags(ground)]


def _incident_tags(ground: Ground, about: str) -> list[str]:
    return trends.asset_tags(ground, about.partition(".")[0]) if about else trends.frequent_tags(ground)


def _asset_tags(ground: Ground, about: str) -> list[str]:
    return asset.point_tags(ground, about)


_WANTED: dict[Kind, Callable[[Ground, str], list[str]]] = {
    Kind.SHIFT: _shift_tags,
    Kind.DAY: _shift_tags,
    Kind.INCIDENT: _incident_tags,
    Kind.ASSET: _asset_tags,
    Kind.ENERGY: lambda ground, _: meter_tags(ground),
    Kind.OEE: lambda ground, _: oee.line_tags(ground),
    Kind.TURNAROUND: lambda ground, _: turnaround.terminal_tags(ground),
}


def needs_counts(kind: Kind) -> bool:
    """Whether the report counts the samples of every tag."""
    return kind is Kind.FEED_QUALITY


def _known(ground: Ground, about: str) -> None:
    name = about.partition(".")[0]
    known = name in ground.catalogue.assets
    if not known or ("." in about and about not in {a.key for a in ground.catalogue.alarms_of(name)}):
        raise ReportError("unknown_subject", text=about)


def _shift(ground: Ground) -> Text:
    """The shift that was worked in exactly this time."""
    windows = shift_windows(ground.site.shifts, ground.start, ground.end, ground.zone)
    names = {window.name for window in windows}
    if len(names) != 1:
        return Text("", "")
    return next(shift.name for shift in ground.site.shifts if shift.id in names)


def _missing(ground: Ground) -> Iterable[Missing]:
    held = ground.holdings
    for code in held.missing:
        yield Missing(code)
    if held.until < held.end:
        yield Missing("ends_early", held.until)
    if held.began > held.start:
        yield Missing("begins_late", held.began)
    for gap in held.gaps[:_MOST_GAPS]:
        yield Missing("not_held", gap.start, until=gap.end)
    if len(held.gaps) > _MOST_GAPS:
        yield Missing("more_not_held", n=len(held.gaps) - _MOST_GAPS)
    lost = {
        record.subject
        for record in held.records
        if record.kind == "alarm" and record.subject not in ground.alarm_keys
    }
    if lost:
        yield Missing("unknown_alarms", 0, len(lost))


def _charts(ground: Ground, tags: Iterable[str]) -> list[Chart]:
    return [trends.trend_chart(ground, ground.trends[tag]) for tag in tags if tag in ground.trends]


def _shift_parts(ground: Ground) -> Parts:
    modes = standing.stretches(ground)
    book = EnergyBook(ground)
    figures = [
        *alarms.alarm_figures(ground),
        *commands.command_figures(ground),
        *standing.mode_figures(ground, modes),
        *feeds.feed_figures(ground),
        *(energy_summary(book) if book.meters else ()),
    ]
    tables = [
        *handover_tables(ground),
        log_table(ground),
        alarms.most_frequent(ground),
        commands.unresolved_list(ground),
        standing.mode_table(ground, modes),
        *((area_table(ground, book),) if book.meters else ()),
        feeds.outage_table(ground),
        commands.command_list(ground),
        commands.act_list(ground),
        alarms.alarm_list(ground),
    ]
    charts = [alarms.alarms_over_time(ground), *_charts(ground, trends.frequent_tags(ground))]
    return {
        "figures": tuple(figures),
        "tables": tuple(tables),
        "charts": tuple(charts),
        "map": snapshot(ground),
    }


def _day_parts(ground: Ground) -> Parts:
    parts = _shift_parts(ground)
    by_shift = [table for table in alarms.performance(ground)[1] if table.name in ("by_shift", "by_area")]
    tables = parts["tables"]
    assert isinstance(tables, tuple)
    return {**parts, "tables": (*by_shift, *tables)}


def _performance_parts(ground: Ground) -> Parts:
    figures, tables = alarms.performance(ground)
    charts = (alarms.alarms_over_time(ground),)
    return {"figures": tuple(figures), "tables": tuple(tables), "charts": charts}


def _command_parts(ground: Ground) -> Parts:
    tables = (commands.command_list(ground), commands.act_list(ground))
    return {"figures": tuple(commands.command_figures(ground)), "tables": tables}


def _feed_parts(ground: Ground) -> Parts:
    figures = (*feeds.feed_figures(ground), *feeds.sample_figures(ground))
    tables = (feeds.feed_table(ground), feeds.outage_table(ground), feeds.sample_table(ground))
    return {"figures": figures, "tables": tables}


def _incident_parts(ground: Ground) -> Parts:
    tables = (commands.timeline(ground, ground.holdings.records), alarms.most_frequent(ground))
    name = ground.about.partition(".")[0]
    tags = trends.asset_tags(ground, name) if name else trends.frequent_tags(ground)
    return {
        "figures": tuple(alarms.alarm_figures(ground)),
        "tables": tables,
        "charts": (alarms.alarms_over_time(ground), *_charts(ground, tags)),
        "map": snapshot(ground, name),
    }


def _asset_parts(ground: Ground) -> Parts:
    name = ground.about
    modes = standing.stretches(ground)
    book = EnergyBook(ground, name)
    figures = [
        *asset.asset_figures(ground, name),
        *alarms.alarm_figures(ground),
        *commands.command_figures(ground),
        *standing.mode_figures(ground, modes),
        *(energy_figures(book) if book.meters else ()),
    ]
    tables = [
        asset.point_table(ground, name),
        asset.state_table(ground, name),
        alarms.alarm_list(ground),
        standing.mode_table(ground, modes),
        commands.command_list(ground),
        commands.act_list(ground),
    ]
    return {
        "figures": tuple(figures),
        "tables": tuple(tables),
        "charts": tuple(_charts(ground, trends.asset_tags(ground, name, 24))),
        "map": snapshot(ground, name),
    }


def _energy_parts(ground: Ground) -> Parts:
    book = EnergyBook(ground)
    silent = sum(one.kwh is None for one in book.counted)
    missing = (Missing("meters_silent", n=silent),) if silent else ()
    return {
        "missing": (*_missing(ground), *missing),
        "figures": tuple(energy_figures(book)),
        "tables": tuple(energy_tables(ground, book)),
        "charts": tuple(energy_charts(ground, book)),
    }


def _oee_parts(ground: Ground) -> Parts:
    book = oee.LineBook(ground)
    silent = sum(not line.state.seconds() for line in book.lines)
    missing = (Missing("lines_silent", n=silent),) if silent else ()
    return {
        "missing": (*_missing(ground), *missing),
        "figures": tuple(oee_figures(ground, book)),
        "tables": tuple(oee_tables(ground, book)),
        "charts": tuple(oee_charts(ground, book)),
    }


def _turnaround_parts(ground: Ground) -> Parts:
    book = TurnaroundBook(ground)
    return {
        "figures": tuple(turnaround_figures(book)),
        "tables": tuple(turnaround_tables(book)),
        "charts": tuple(turnaround_charts(book)),
    }


def _meters(ground: Ground) -> bool:
    return bool(meter_tags(ground))


def _lines(ground: Ground) -> bool:
    return bool(oee.line_tags(ground))


def _terminals(ground: Ground) -> bool:
    return bool(turnaround.terminal_tags(ground) or ground.site.reporting.zones)


_DECLARED: dict[Kind, Callable[[Ground], bool]] = {
    Kind.ENERGY: _meters,
    Kind.OEE: _lines,
    Kind.TURNAROUND: _terminals,
}
"""Kinds that a site must have declared something for."""


_PARTS: dict[Kind, Callable[[Ground], Parts]] = {
    Kind.SHIFT: _shift_parts,
    Kind.DAY: _day_parts,
    Kind.INCIDENT: _incident_parts,
    Kind.ALARM_PERFORMANCE: _performance_parts,
    Kind.COMMAND_LOG: _command_parts,
    Kind.FEED_QUALITY: _feed_parts,
    Kind.ASSET: _asset_parts,
    Kind.ENERGY: _energy_parts,
    Kind.OEE: _oee_parts,
    Kind.TURNAROUND: _turnaround_parts,
}
