"""Turnaround of ships and trucks: dwell, waiting and service by place with percentiles, and berths and gates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from console.core.batch import NS
from console.core.journal import RecordKind
from console.core.reporting import BerthDef, GateDef
from console.core.site import Asset
from console.core.words import Text
from console.report.facts.ground import Ground
from console.report.facts.record import Cell, Chart, Column, ColumnKind, Figure, Source, Table
from console.report.facts.samples import Held, extremes, held, turned
from console.report.facts.trends import trend_chart
from console.report.facts.visits import Visit, of_kind, visits

KINDS = ("vessel", "truck")
_K = ColumnKind


def _minutes(name: str, share: float = 1.0) -> Column:
    return Column(name=name, kind=_K.NUMBER, decimals=1, share=share)


_PLACES = (
    Column(name="place", kind=_K.LABEL, share=2.6),
    Column(name="mover_kind", kind=_K.CODE, words="reports.mover", share=1),
    Column(name="visits", kind=_K.NUMBER),
    Column(name="finished", kind=_K.NUMBER),
    Column(name="passed", kind=_K.NUMBER),
    Column(name="present", kind=_K.NUMBER),
    *(
        _minutes(name)
        for name in ("dwell_p50", "dwell_p90", "dwell_max", "wait_p50", "wait_p90", "service_p50")
    ),
)
_VISITS = (
    Column(name="mover", share=2.2),
    Column(name="mover_id", share=1.4),
    Column(name="mover_kind", kind=_K.CODE, words="reports.mover", share=0.9),
    Column(name="place", kind=_K.LABEL, share=2.2),
    Column(name="arrived", kind=_K.TIME, share=2),
    Column(name="served_from", kind=_K.TIME, share=2),
    Column(name="served_to", kind=_K.TIME, share=2),
    Column(name="left", kind=_K.TIME, share=2),
    *(_minutes(name) for name in ("wait_min", "service_min", "dwell_min")),
    Column(name="visit_state", kind=_K.CODE, words="reports.visit", share=1.4),
)
_BERTHS = (
    Column(name="place", kind=_K.LABEL, share=2.6),
    Column(name="berth", kind=_K.LABEL, share=1.6),
    Column(name="taken_share", kind=_K.NUMBER, decimals=1),
    Column(name="calls", kind=_K.NUMBER),
    _minutes("stay_mean"),
    _minutes("stay_max"),
    Column(name="known_share", kind=_K.NUMBER, decimals=1),
)
_GATES = (
    Column(name="place", kind=_K.LABEL, share=2.6),
    Column(name="queue_mean", kind=_K.NUMBER, decimals=1),
    Column(name="queue_p90", kind=_K.NUMBER, decimals=0),
    Column(name="queue_max", kind=_K.NUMBER, decimals=0),
    Column(name="queue_max_at", kind=_K.TIME, share=2),
    Column(name="gate_wait_p50", kind=_K.NUMBER, decimals=1),
    Column(name="gate_wait_p90", kind=_K.NUMBER, decimals=1),
    Column(name="handled", kind=_K.NUMBER),
    Column(name="known_share", kind=_K.NUMBER, decimals=1),
)


def terminal_tags(ground: Ground) -> list[str]:
    """Tags of berths and gates."""
    return [f"{asset.id}.{name}" for asset, names in _watched(ground) for name in names]


def _watched(ground: Ground) -> list[tuple[Asset, tuple[str, ...]]]:
    plan = ground.site.reporting
    names: dict[str, tuple[str, ...]] = {berth.type: berth.tags for berth in plan.berths}
    for gate in plan.gates:
        extra = tuple(name for name in (gate.queue, gate.wait, gate.moves) if name)
        names[gate.type] = (*names.get(gate.type, ()), *extra)
    return [(asset, names[asset.type]) for asset in ground.site.assets if asset.type in names]


class TurnaroundBook:
    """All visits of the span."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.visits = visits(ground)
        self.source = ground.source(RecordKind.MOVE)
        tags = terminal_tags(ground)
        self.tag_source: Source = ground.tag_source(
            f"history tags of terminals in reports.toml ({len(tags)})", tags
        )
        self.end = max(ground.start, min(ground.end, ground.holdings.until + NS))


def turnaround_figures(book: TurnaroundBook) -> list[Figure]:
    """Counts and percentiles of ships and of trucks."""
    found: list[Figure] = []
    for kind in KINDS:
        mine = of_kind(book.visits, kind)
        if mine or any(zone.movers == kind for zone in book.ground.site.reporting.zones):
            found += _figures(book, kind, mine)
    return found


def _figures(book: TurnaroundBook, kind: str, mine: Sequence[Visit]) -> Iterable[Figure]:
    dwell, waited, service = _times(mine)
    rows: list[tuple[str, float | None, str]] = [
        ("visits", sum(one.served for one in mine), ""),
        ("present", len({one.mover for one in mine if _present(one)}), ""),
        ("dwell_p50", _percentile(dwell, 50), "min"),
        ("dwell_p90", _percentile(dwell, 90), "min"),
        ("wait_p50", _percentile(waited, 50), "min"),
        ("wait_p90", _percentile(waited, 90), "min"),
        ("service_p50", _percentile(service, 50), "min"),
    ]
    for name, value, unit in rows:
        yield Figure(
            name=f"{kind}_{name}", value=value, unit=unit, decimals=1 if unit else 0, source=book.source
        )


def _times(mine: Iterable[Visit]) -> tuple[list[float], list[float], list[float]]:
    """Minutes of dwelling, waiting and service of those that were served; what is not known is left out."""
    served = [one for one in mine if one.served]
    dwell = [one.dwell_s / 60.0 for one in served if one.dwell_s is not None]
    waited = [one.waited_s / 60.0 for one in served if one.waited_s is not None]
    service = [one.service_s / 60.0 for one in served if one.service_s is not None]
    return dwell, waited, service


def _percentile(values: Sequence[float], percent: float) -> float | None:
    return float(np.percentile(values, percent)) if values else None


def turnaround_tables(book: TurnaroundBook) -> list[Table]:
    """By place, each visit, berths and gates."""
    return [_places(book), _berths(book), _gates(book), _visit_table(book)]


def _places(book: TurnaroundBook) -> Table:
    order = [asset.id for asset in book.ground.site.assets]
    keys = {(one.place, one.kind) for one in book.visits}
    keys |= {(zone.place, zone.movers) for zone in book.ground.site.reporting.zones}
    rows: list[tuple[Cell, ...]] = []
    for place, kind in sorted(keys, key=lambda key: _rank(key, order)):
        mine = of_kind(book.visits, kind, place)
        dwell, waited, service = _times(mine)
        rows.append(
            (
                _name(book.ground, place),
                kind,
                sum(one.served for one in mine),
                len(dwell),
                sum(one.passing for one in mine),
                sum(_present(one) for one in mine),
                _percentile(dwell, 50),
                _percentile(dwell, 90),
                max(dwell, default=None),
                _percentile(waited, 50),
                _percentile(waited, 90),
                _percentile(service, 50),
            )
        )
    return Table(name="turnaround_places", columns=_PLACES, rows=tuple(rows), source=book.source)


def _rank(key: tuple[str, str], order: Sequence[str]) -> tuple[int, int, str]:
    """Ships before trucks, places in the order of the profile."""
    place, kind = key
    known = order.index(place) if place in order else len(order)
    return (KINDS.index(kind) if kind in KINDS else len(KINDS), known, place)


def _name(ground: Ground, place: str) -> Text:
    asset = ground.catalogue.assets.get(place)
    return asset.name if asset is not None else Text(place, place)


def _visit_table(book: TurnaroundBook) -> Table:
    rows = tuple(
        (
            one.name or _number(one.mover),
            _number(one.mover),
            one.kind,
            _name(book.ground, one.place),
            one.arrived,
            one.served_from,
            one.served_to,
            one.left,
            *(None if s is None else s / 60.0 for s in (one.waited_s, one.service_s, one.dwell_s)),
            _state(one),
        )
        # Who only passes is counted, and is no visit.
        for one in book.visits
        if not one.passing
    )
    return Table(name="visits", columns=_VISITS, rows=rows, source=book.source)


def _present(visit: Visit) -> bool:
    return not visit.over and not visit.passing


def _number(mover: str) -> str:
    """What identifies it to people: MMSI or fleet number, the end of the source's name."""
    return mover.rpartition(":")[2] or mover


def _state(visit: Visit) -> str:
    if not visit.over:
        return "serving" if visit.at_service else "left_service" if visit.served else "waiting"
    if visit.left is None:
        return "lost"
    return "done" if visit.arrived is not None else "began_before"


def _berths(book: TurnaroundBook) -> Table:
    ground = book.ground
    plans = {berth.type: berth for berth in ground.site.reporting.berths}
    rows: list[tuple[Cell, ...]] = []
    for asset in ground.site.assets:
        plan = plans.get(asset.type)
        if plan is not None:
            rows += [_berth(book, asset, plan, name) for name in plan.tags]
    return Table(name="berths", columns=_BERTHS, rows=tuple(rows), source=book.tag_source)


def _berth(book: TurnaroundBook, asset: Asset, plan: BerthDef, name: str) -> tuple[Cell, ...]:
    ground = book.ground
    tag = f"{asset.id}.{name}"
    label = ground.point(tag).tag.label
    samples = ground.samples(tag)
    if samples is None:
        return (asset.name, label, None, None, None, None, None)
    times = held(samples, book.end)
    taken = times.only((plan.taken,))
    known = times.seconds()
    stays = _stays(taken)
    return (
        asset.name,
        label,
        100.0 * taken.seconds() / known if known else None,
        len(stays),
        float(np.mean(stays)) / 60.0 if stays else None,
        max(stays) / 60.0 if stays else None,
        _known(book, known),
    )


def _stays(taken: Held) -> list[float]:
    """Seconds of each run; one that the span or a gap cuts off counts with what is known of it."""
    if not len(taken.start):
        return []
    new = np.concatenate(([True], taken.start[1:] != taken.end[:-1]))
    lengths = (taken.end - taken.start) / NS
    return list(map(float, np.bincount(np.cumsum(new) - 1, lengths)))


def _known(book: TurnaroundBook, seconds: float) -> float | None:
    span = (book.end - book.ground.start) / NS
    return 100.0 * min(1.0, seconds / span) if span > 0 else None


def _gates(book: TurnaroundBook) -> Table:
    ground = book.ground
    plans = {gate.type: gate for gate in ground.site.reporting.gates}
    rows = [_gate(book, asset, plans[asset.type]) for asset in ground.site.assets if asset.type in plans]
    return Table(name="gates", columns=_GATES, rows=tuple(rows), source=book.tag_source)


def _gate(book: TurnaroundBook, asset: Asset, plan: GateDef) -> tuple[Cell, ...]:
    ground = book.ground
    queue = ground.samples(f"{asset.id}.{plan.queue}")
    wait = ground.samples(f"{asset.id}.{plan.wait}") if plan.wait else None
    moves = ground.samples(f"{asset.id}.{plan.moves}") if plan.moves else None
    waits: list[float] = [] if wait is None else list(map(float, wait.value[wait.good]))
    handled = turned(moves, plan.moves_roll_at)[1].total if moves is not None and moves.good.any() else None
    if queue is None or not queue.good.any():
        return (
            asset.name,
            None,
            None,
            None,
            None,
            _percentile(waits, 50),
            _percentile(waits, 90),
            handled,
            None,
        )
    seen = extremes(queue, book.end)
    good = np.flatnonzero(queue.good)
    top = int(good[int(queue.value[good].argmax())])
    return (
        asset.name,
        seen.mean,
        _percentile(list(map(float, queue.value[good])), 90),
        seen.high,
        int(queue.at[top]),
        _percentile(waits, 50),
        _percentile(waits, 90),
        handled,
        _known(book, seen.known_s),
    )


def turnaround_charts(book: TurnaroundBook) -> list[Chart]:
    """The queue at each gate."""
    ground = book.ground
    plans = {gate.type: gate for gate in ground.site.reporting.gates}
    tags = [f"{a.id}.{plans[a.type].queue}" for a in ground.site.assets if a.type in plans]
    return [trend_chart(ground, ground.trends[tag]) for tag in tags if tag in ground.trends]
