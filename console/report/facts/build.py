"""From holdings to the record of a report: one function a kind, each naming the parts it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from console.core.alarm.shifts import shift_windows
from console.core.words import Text
from console.report.errors import ReportError
from console.report.facts import alarms, commands, feeds, trends
from console.report.facts.ground import Ground
from console.report.facts.record import Chart, Kind, Missing, Report
from console.report.holdings import Holdings

Parts = dict[str, object]


def build(kind: Kind, holdings: Holdings, about: str = "") -> Report:
    """The record; the same holdings always give the same one.

    Raises ReportError `no_data` when nothing at all is held of the span, `unknown_subject` for an `about` the site
    does not have.
    """
    ground = Ground(holdings, about)
    if about:
        _known(ground, about)
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
    """Tags whose samples the report shows; the holdings need no trends yet. Raises ReportError."""
    ground = Ground(holdings)
    if about:
        _known(ground, about)
        return trends.asset_tags(ground, about.partition(".")[0])
    if kind in (Kind.SHIFT, Kind.DAY, Kind.INCIDENT):
        return trends.frequent_tags(ground)
    return []


def needs_counts(kind: Kind) -> bool:
    """Whether the report counts the samples of every tag."""
    return kind is Kind.FEED_QUALITY


def _known(ground: Ground, about: str) -> None:
    asset = about.partition(".")[0]
    known = asset in ground.catalogue.assets
    if not known or ("." in about and about not in {a.key for a in ground.catalogue.alarms_of(asset)}):
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
    lost = {
        record.subject
        for record in held.records
        if record.kind == "alarm" and record.subject not in ground.alarm_keys
    }
    if lost:
        yield Missing("unknown_alarms", 0, len(lost))


def _charts(ground: Ground) -> list[Chart]:
    return [trends.trend_chart(ground, trend) for trend in ground.holdings.trends if trend.quality]


def _shift_parts(ground: Ground) -> Parts:
    figures = [
        *alarms.alarm_figures(ground),
        *commands.command_figures(ground),
        *feeds.feed_figures(ground),
    ]
    tables = [
        alarms.most_frequent(ground),
        alarms.alarm_list(ground),
        commands.command_list(ground),
        commands.act_list(ground),
        feeds.outage_table(ground),
    ]
    charts = [alarms.alarms_over_time(ground), *_charts(ground)]
    return {"figures": tuple(figures), "tables": tuple(tables), "charts": tuple(charts)}


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
    charts = (alarms.alarms_over_time(ground), *_charts(ground))
    return {"figures": tuple(alarms.alarm_figures(ground)), "tables": tables, "charts": charts}


_PARTS: dict[Kind, Callable[[Ground], Parts]] = {
    Kind.SHIFT: _shift_parts,
    Kind.DAY: _day_parts,
    Kind.INCIDENT: _incident_parts,
    Kind.ALARM_PERFORMANCE: _performance_parts,
    Kind.COMMAND_LOG: _command_parts,
    Kind.FEED_QUALITY: _feed_parts,
}
