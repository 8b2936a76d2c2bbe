"""Figures, tables and charts of OEE."""

from __future__ import annotations

from console.core.alarm.shifts import shift_windows
from console.core.batch import NS
from console.core.words import Text
from console.report.facts.ground import Ground
from console.report.facts.oee import Effect, Line, LineBook, together
from console.report.facts.record import Cell, Chart, ChartKind, Column, ColumnKind, Figure, Table

HOUR = 3600 * NS
_K = ColumnKind
_RATIOS = tuple(
    Column(name=name, kind=_K.NUMBER, decimals=1, share=1.1)
    for name in ("availability", "effectiveness", "quality_ratio", "oee")
)
_PARTS = (
    Column(name="pq", kind=_K.NUMBER),
    Column(name="gq", kind=_K.NUMBER),
    Column(name="sq", kind=_K.NUMBER),
)
_TIMES = tuple(
    Column(name=name, kind=_K.NUMBER, decimals=1, share=1.1) for name in ("pbt_min", "apt_min", "pdot_min")
)
_LINES = (
    Column(name="line", kind=_K.LABEL, share=2.8),
    Column(name="note", kind=_K.CODE, words="reports.note", joins=" · "),
    *_RATIOS,
    *_PARTS,
    *_TIMES,
    Column(name="known_share", kind=_K.NUMBER, decimals=1, share=1.1),
)
_SHIFTS = (
    Column(name="shift", kind=_K.LABEL, share=1.4),
    Column(name="start", kind=_K.TIME, share=2),
    Column(name="plant", kind=_K.LABEL, share=2.6),
    *_RATIOS,
    *_PARTS,
    Column(name="known_share", kind=_K.NUMBER, decimals=1, share=1.1),
)
_LOSSES = (
    Column(name="line", kind=_K.LABEL, share=2.6),
    Column(name="cause", kind=_K.LABEL, share=2.6),
    Column(name="loss_kind", kind=_K.CODE, words="reports.loss", share=1.8),
    Column(name="lost_min", kind=_K.NUMBER, decimals=1),
    Column(name="stops", kind=_K.NUMBER),
    Column(name="of_pbt", kind=_K.NUMBER, decimals=1, share=1.2),
)


def oee_figures(ground: Ground, book: LineBook) -> list[Figure]:
    """All lines together."""
    whole = together(book.effect(line, ground.start, ground.end) for line in book.lines)
    source = book.source
    rows: list[tuple[str, float | None, str, int]] = [
        ("oee", whole.oee, "%", 1),
        ("availability", whole.availability, "%", 1),
        ("effectiveness", whole.effectiveness, "%", 1),
        ("quality_ratio", whole.quality_ratio, "%", 1),
        ("produced", whole.produced if whole.known_s else None, "", 0),
        ("produced_good", whole.good if whole.known_s else None, "", 0),
        ("oee_lines", len(book.lines), "", 0),
        ("oee_known", 100.0 * whole.known_s / whole.span_s if whole.span_s else None, "%", 1),
    ]
    return [Figure(name=n, value=v, unit=u, decimals=d, source=source) for n, v, u, d in rows]


def oee_tables(ground: Ground, book: LineBook) -> list[Table]:
    """By line and plant, by shift, and the time that was lost."""
    return [_line_table(ground, book), _loss_table(ground, book), _shift_table(ground, book)]


def _ratios(effect: Effect) -> tuple[Cell, ...]:
    return (effect.availability, effect.effectiveness, effect.quality_ratio, effect.oee)


def _quantities(effect: Effect) -> tuple[Cell, ...]:
    if not effect.known_s:
        return (None, None, None)
    return (effect.produced, effect.good, effect.reject)


def _minutes(effect: Effect) -> tuple[Cell, ...]:
    if not effect.known_s:
        return (None, None, None)
    return (effect.pbt_s / 60.0, effect.apt_s / 60.0, effect.pdot_s / 60.0)


def _known(effect: Effect) -> float | None:
    return 100.0 * min(1.0, effect.known_s / effect.span_s) if effect.span_s else None


def _line_table(ground: Ground, book: LineBook) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for plant, lines in book.plants():
        effects = [book.effect(line, ground.start, ground.end) for line in lines]
        for line, effect in zip(lines, effects, strict=True):
            rows.append(_line_row(line.asset.name, "", effect))
        if plant is not None:
            rows.append(_line_row(plant.name, "sum", together(effects)))
    return Table(name="oee_lines", columns=_LINES, rows=tuple(rows), source=book.source)


def _line_row(name: Text, note: str, effect: Effect) -> tuple[Cell, ...]:
    return (name, note, *_ratios(effect), *_quantities(effect), *_minutes(effect), _known(effect))


def _loss_table(ground: Ground, book: LineBook) -> Table:
    rows: list[tuple[Cell, ...]] = []
    for line in book.lines:
        effect = book.effect(line, ground.start, ground.end)
        rows += _loss_rows(line, effect)
    return Table(name="oee_losses", columns=_LOSSES, rows=tuple(rows), source=book.source)


def _loss_rows(line: Line, effect: Effect) -> list[tuple[Cell, ...]]:
    """Stops by cause, then what was lost while it ran, then what nobody knows."""
    base = effect.pbt_s

    def row(cause: Text | str, kind: str, seconds: float, stops: int | None) -> tuple[Cell, ...]:
        share = 100.0 * seconds / base if base > 0 and kind not in ("planned", "unknown") else None
        return (line.asset.name, cause, kind, seconds / 60.0, stops, share)

    losses = sorted(effect.losses, key=lambda loss: (loss.planned, -loss.seconds))
    rows = [row(one.cause, "planned" if one.planned else "stop", one.seconds, one.stops) for one in losses]
    # A line that runs faster than planned has lost nothing by its speed.
    slow = max(0.0, effect.apt_s - effect.planned_run_s)
    if slow:
        rows.append(row("", "speed", slow, None))
    scrap = line.plan.ideal_cycle_s * effect.reject
    if scrap:
        rows.append(row("", "quality", scrap, None))
    unknown = effect.span_s - effect.known_s
    if unknown >= 1.0:
        rows.append(row("", "unknown", unknown, None))
    return rows


def _shift_table(ground: Ground, book: LineBook) -> Table:
    names = {shift.id: shift.name for shift in ground.site.shifts}
    rows: list[tuple[Cell, ...]] = []
    for window in shift_windows(ground.site.shifts, ground.start, ground.end, ground.zone):
        for plant, lines in book.plants():
            effect = together(book.effect(line, window.start, window.end) for line in lines)
            label = plant.name if plant is not None else lines[0].asset.name
            cells = (*_ratios(effect), *_quantities(effect), _known(effect))
            rows.append((names[window.name], window.start, label, *cells))
    return Table(name="oee_shifts", columns=_SHIFTS, rows=tuple(rows), source=book.source)


def oee_charts(ground: Ground, book: LineBook) -> list[Chart]:
    """OEE of each line by the hour; in a long report by shifts of eight."""
    width = HOUR if ground.end - ground.start <= 48 * HOUR else 8 * HOUR
    starts = tuple(range(ground.start, ground.end, width))
    return [
        Chart(
            name="",
            title=line.asset.name,
            kind=ChartKind.BARS,
            unit="OEE %",
            at=starts,
            value=tuple(book.effect(line, at, min(at + width, ground.end)).oee for at in starts),
            source=book.source,
        )
        for line in book.lines
    ]
