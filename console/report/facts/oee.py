"""Overall equipment effectiveness of declared lines, with the names and formulas of ISO 22400-2.

Time in which the state of a line is not known belongs to nothing: every ratio is over known time, and how much of the
span that is stands beside it. Availability = APT / PBT, effectiveness = PRI x PQ / APT, quality ratio = GQ / PQ.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec
import numpy as np

from console.core.alarm.shifts import shift_windows
from console.core.batch import NS
from console.core.reporting import LineDef, PlannedStop
from console.core.site import Asset, Shift
from console.core.words import Text
from console.report.facts.ground import Ground
from console.report.facts.record import Source
from console.report.facts.samples import Curve, Held, held, in_slots, turned

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Loss(msgspec.Struct, frozen=True):
    """Time of one cause, and in how many stops."""

    cause: Text
    seconds: float
    stops: int
    planned: bool = False


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """Times in seconds and quantities of one line or of several together."""

    span_s: float = 0.0
    known_s: float = 0.0
    pdot_s: float = 0.0
    """Planned down time."""
    apt_s: float = 0.0
    """Actual production time."""
    planned_run_s: float = 0.0
    """PRI x PQ: what the parts should have taken."""
    good: float = 0.0
    reject: float = 0.0
    losses: tuple[Loss, ...] = ()

    @property
    def pbt_s(self) -> float:
        """Planned busy time."""
        return self.known_s - self.pdot_s

    @property
    def produced(self) -> float:
        """Produced quantity (PQ)."""
        return self.good + self.reject

    @property
    def availability(self) -> float | None:
        """Percent."""
        return _percent(self.apt_s, self.pbt_s)

    @property
    def effectiveness(self) -> float | None:
        """Percent; above 100 the planned run time of a part is too long."""
        return _percent(self.planned_run_s, self.apt_s)

    @property
    def quality_ratio(self) -> float | None:
        """Percent."""
        return _percent(self.good, self.produced)

    @property
    def oee(self) -> float | None:
        """Percent; None while one of the three is not known. A line that stood all its busy time has 0."""
        if self.pbt_s > 0 and self.apt_s <= 0:
            return 0.0
        parts = (self.availability, self.effectiveness, self.quality_ratio)
        if any(part is None for part in parts):
            return None
        return float(np.prod([part or 0.0 for part in parts])) / 10_000.0


def _percent(part: float, whole: float) -> float | None:
    return 100.0 * part / whole if whole > 0 else None


def together(effects: Iterable[Effect]) -> Effect:
    """Sums, so that a long line weighs more than a short one."""
    total = Effect()
    for one in effects:
        names = ("span_s", "known_s", "pdot_s", "apt_s", "planned_run_s", "good", "reject")
        sums = {name: getattr(total, name) + getattr(one, name) for name in names}
        total = Effect(**sums)
    return total


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One line with what is held of it."""

    asset: Asset
    plan: LineDef
    state: Held
    good: Curve
    reject: Curve
    stops: tuple[PlannedStop, ...]


class LineBook:
    """All declared lines of the site over the span of a report."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self.tags = line_tags(ground)
        self.end = max(ground.start, min(ground.end, ground.holdings.until + NS))
        self.lines = [self._read(asset, plan) for asset, plan in _lines(ground)]

    @property
    def source(self) -> Source:
        """All tags of all lines."""
        query = f"history tags of lines in reports.toml ({len(self.tags)})"
        return self._ground.tag_source(query, self.tags)

    def plants(self) -> list[tuple[Asset | None, list[Line]]]:
        """Lines by the plant they belong to, in the order of the profile."""
        groups: dict[str, list[Line]] = {}
        for line in self.lines:
            groups.setdefault(line.asset.parent, []).append(line)
        return [(self._ground.catalogue.assets.get(plant), lines) for plant, lines in groups.items()]

    def effect(self, line: Line, start: int, end: int) -> Effect:
        """The line in [start, end) UTC ns."""
        state = line.state.within(start, end)
        running = state.only(line.plan.running)
        stops = self._planned(line, start, end)
        causes = self._losses(line, state, stops)
        edges = np.array([start, max(end, start + 1)], np.int64)
        good, reject = (float(in_slots(curve, edges)[0][0]) for curve in (line.good, line.reject))
        # Parts are counted whole; what is between two samples at the edge belongs to one side only.
        good, reject = round(good, 3), round(reject, 3)
        return Effect(
            span_s=(end - start) / NS,
            known_s=state.seconds(),
            pdot_s=sum(loss.seconds for loss in causes if loss.planned),
            apt_s=running.seconds(),
            planned_run_s=line.plan.ideal_cycle_s * (good + reject),
            good=good,
            reject=reject,
            losses=tuple(causes),
        )

    def _losses(self, line: Line, state: Held, stops: Sequence[tuple[PlannedStop, int, int]]) -> list[Loss]:
        """Time that is not production, by cause: planned stops first, then the states as the profile names them."""
        idle = ~np.isin(state.value, line.plan.running)
        rest = Held(state.start[idle], state.end[idle], state.value[idle])
        found: list[Loss] = []
        for label in dict.fromkeys(stop.label for stop, _, _ in stops):
            mine = [(start, end) for stop, start, end in stops if stop.label == label]
            taken = [rest.within(start, end) for start, end in mine]
            seconds = sum(part.seconds() for part in taken)
            if seconds:
                found.append(Loss(label, seconds, sum(part.seconds() > 0 for part in taken), planned=True))
            for start, end in mine:
                rest = _without(rest, start, end)
        named = {loss.state: loss for loss in line.plan.losses}
        for value in sorted(set(rest.value.tolist())):
            part = rest.only((value,))
            known = named.get(value)
            cause = known.cause if known is not None else self._state_name(line, value)
            found.append(Loss(cause, part.seconds(), part.times(), known is not None and known.planned))
        return found

    def _state_name(self, line: Line, value: float) -> Text:
        states = self._ground.point(f"{line.asset.id}.{line.plan.state}").tag.states
        place = int(value)
        return states[place] if 0 <= place < len(states) else Text(f"{value:g}", f"{value:g}")

    def _planned(self, line: Line, start: int, end: int) -> list[tuple[PlannedStop, int, int]]:
        found: list[tuple[PlannedStop, int, int]] = []
        for index, stop in enumerate(line.stops):
            shift = Shift(id=str(index), name=stop.label, start=stop.start, end=stop.end)
            for window in shift_windows((shift,), start, end, self._ground.zone):
                day = self._ground.local_day(window.start)
                if not stop.days or _DAYS[day] in stop.days:
                    found.append((stop, window.start, window.end))
        return found

    def _read(self, asset: Asset, plan: LineDef) -> Line:
        state = self._ground.samples(f"{asset.id}.{plan.state}")
        nothing = np.zeros(0, np.int64)
        times = Held(nothing, nothing, np.zeros(0)) if state is None else held(state, self.end)
        stops = tuple(
            stop
            for stop in self._ground.site.reporting.planned_stops
            if stop.asset in ("", asset.id, asset.parent)
        )
        curves = [self._counted(f"{asset.id}.{name}", plan) for name in (plan.good, plan.reject)]
        return Line(asset, plan, times, curves[0], curves[1], stops)

    def _counted(self, tag: str, plan: LineDef) -> Curve:
        samples = self._ground.samples(tag)
        if samples is None:
            return Curve(np.zeros(0, np.int64), np.zeros(0), np.zeros(0, bool))
        return turned(samples, plan.rolls_at)[0]


def _without(times: Held, start: int, end: int) -> Held:
    """What is not in [start, end)."""
    before, after = times.within(0, start), times.within(end, np.iinfo(np.int64).max)
    parts = [np.concatenate(pair) for pair in ((before.start, after.start), (before.end, after.end))]
    return Held(parts[0], parts[1], np.concatenate((before.value, after.value)))


def _lines(ground: Ground) -> list[tuple[Asset, LineDef]]:
    by_type = {line.type: line for line in ground.site.reporting.lines}
    return [(asset, by_type[asset.type]) for asset in ground.site.assets if asset.type in by_type]


def line_tags(ground: Ground) -> list[str]:
    """Tags that OEE is told from."""
    return [
        f"{asset.id}.{name}"
        for asset, plan in _lines(ground)
        for name in (plan.state, plan.good, plan.reject)
    ]
