"""Performance of an alarm system against its targets (ALARMS.md 1.7, designed after ISA-18.2 and EEMUA 191).

Every figure carries its target and a verdict; with less than 30 days of data the verdict is `insufficient`,
whatever the
figure. Hours and 10-minute periods are those of the clock (UTC), and only whole ones count; peaks come from
a sliding window,
because averages hide them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

import msgspec
import numpy as np

from console.core.alarm import episodes
from console.core.alarm.occurrences import Mask, Occurrences, Times
from console.core.alarm.shifts import ShiftWindow
from console.core.batch import NS

ENOUGH_DAYS = 30
TEN_MIN = 600 * NS
HOUR = 3600 * NS
DAY = 24 * HOUR
TOP = 10

Spans = Sequence[tuple[int, int]]
"""Disjoint stretches of UTC ns in order, each [start, end)."""


class Verdict(StrEnum):
    """How a figure stands against its target."""

    TARGET = "target"
    MANAGEABLE = "manageable"
    OVER = "over"
    INSUFFICIENT = "insufficient"
    """Less than 30 days of data."""


class KpiName(StrEnum):
    """The figures of one operator position."""

    PER_DAY = "per_day"
    PER_HOUR = "per_hour"
    PER_TEN_MIN = "per_ten_min"
    BUSY_HOURS = "busy_hours"
    """Percent of clock hours with more than 30 alarms."""
    BUSY_PERIODS = "busy_periods"
    """Percent of clock periods of 10 min with more than 10 alarms."""
    PEAK = "peak"
    """Most alarms in any sliding 10 min."""
    FLOOD_TIME = "flood_time"
    """Percent of the time."""
    TOP_SHARE = "top_share"
    """Percent of all alarms that the ten most frequent make."""
    STANDING = "standing"
    """Active alarms, averaged over time."""
    STANDING_PEAK = "standing_peak"
    STALE = "stale"
    """Alarms that stood for more than 24 h, on the worst day (of shifts: in the worst shift)."""
    CHATTERING = "chattering"
    """Episodes."""
    FLEETING = "fleeting"
    PRIORITY_1 = "priority_1"
    """Percent of all alarms."""
    PRIORITY_2 = "priority_2"
    PRIORITY_3 = "priority_3"
    PRIORITY_4 = "priority_4"
    UNAUTHORISED = "unauthorised"
    """Suppressions and changes nobody had authorised."""


class Goal(msgspec.Struct, frozen=True):
    """What a figure should be; `strict` limits must not even be reached, `floor` ones must be."""

    target: float
    manageable: float | None = None
    strict: bool = False
    floor: bool = False

    def meets(self, value: float, limit: float) -> bool:
        """Whether `value` keeps `limit`."""
        if self.floor:
            return value >= limit
        return value < limit if self.strict else value <= limit


GOALS: Mapping[KpiName, Goal] = {
    KpiName.PER_DAY: Goal(150.0, 300.0),
    KpiName.PER_HOUR: Goal(6.0, 12.0),
    KpiName.PER_TEN_MIN: Goal(1.0, 2.0),
    KpiName.BUSY_HOURS: Goal(1.0, strict=True),
    KpiName.BUSY_PERIODS: Goal(1.0, strict=True),
    KpiName.PEAK: Goal(10.0),
    KpiName.FLOOD_TIME: Goal(1.0, strict=True),
    KpiName.TOP_SHARE: Goal(1.0, 5.0, strict=True),
    KpiName.STANDING: Goal(10.0, strict=True),
    KpiName.STANDING_PEAK: Goal(10.0, strict=True),
    KpiName.STALE: Goal(5.0, strict=True),
    KpiName.CHATTERING: Goal(0.0),
    KpiName.FLEETING: Goal(0.0),
    # 80/15/5 and below 1 for the highest; twice the share of the upper ones can still be worked with.
    KpiName.PRIORITY_1: Goal(1.0, 2.0, strict=True),
    KpiName.PRIORITY_2: Goal(5.0, 10.0),
    KpiName.PRIORITY_3: Goal(15.0, 30.0),
    KpiName.PRIORITY_4: Goal(80.0, 60.0, floor=True),
    KpiName.UNAUTHORISED: Goal(0.0),
}


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, its target and what to think of it; NaN where there is nothing to measure."""

    name: KpiName
    value: float
    target: float
    manageable: float | None
    verdict: Verdict


class Offender(msgspec.Struct, frozen=True):
    """One of the most frequent alarms; `share` in percent of all."""

    alarm: int
    count: int
    share: float


class Flood(msgspec.Struct, frozen=True, kw_only=True):
    """One flood: UTC ns, alarms in it, and those of its first 10 min (EEMUA: below 10 manageable, above 100
    excessive).
    """

    start: int
    end: int
    alarms: int
    first_ten_min: int


class Kpis(msgspec.Struct, frozen=True, kw_only=True):
    """All figures of a stretch of time, an area or a shift."""

    start: int
    end: int
    hours: float
    """Time that was counted; of shifts their sum."""
    alarms: int
    figures: tuple[Figure, ...]
    top: tuple[Offender, ...]
    floods: tuple[Flood, ...]
    stale_alarms: tuple[int, ...]
    """Alarms that stood for more than 24 h at any time of it."""
    longest_active_s: float
    longest_unacked_s: float

    def figure(self, name: KpiName) -> Figure:
        """One figure by its name."""
        return next(figure for figure in self.figures if figure.name is name)


class KpiReport(msgspec.Struct, frozen=True, kw_only=True):
    """Figures of a position, and the same by area and by shift."""

    whole: Kpis
    by_area: dict[str, Kpis]
    by_shift: dict[str, Kpis]


def report(
    columns: Occurrences,
    start: int,
    end: int,
    shifts: Iterable[ShiftWindow] = (),
    unauthorised: Sequence[int] = (),
) -> KpiReport:
    """Figures of [start, end) (UTC ns); `unauthorised` are the times of suppressions nobody had authorised.

    Give all occurrences that are known: those before `start` still stand or fill the window. Raises
    ValueError for a range without time.
    """
    if start >= end:
        raise ValueError("a range needs time")
    columns = columns.take(columns.annunciated < end)
    span = [(start, end)]
    spans: dict[str, list[tuple[int, int]]] = {}
    for window in shifts:
        if max(start, window.start) < min(end, window.end):
            pair = (max(start, window.start), min(end, window.end))
            spans.setdefault(window.name, []).append(pair)
    enough = (end - start) >= ENOUGH_DAYS * DAY
    acts = np.sort(np.asarray(unauthorised, np.int64))
    by_area = {
        area: _Counting(columns.take(columns.area == index), span, end, enough).kpis(acts[:0])
        for index, area in enumerate(columns.areas)
    }
    by_shift = {name: _Counting(columns, sorted(own), end, enough).kpis(acts) for name, own in spans.items()}
    return KpiReport(
        whole=_Counting(columns, span, end, enough).kpis(acts),
        by_area=by_area,
        by_shift=by_shift,
    )


class _Counting:
    """Counts occurrences within spans of time."""

    def __init__(self, columns: Occurrences, spans: Spans, until: int, enough: bool) -> None:
        # Also what comes after the spans: it tells whether something in them was the beginning of more.
        self._all = columns
        self._spans = spans
        self._start, self._end = spans[0][0], spans[-1][1]
        self._until = until
        self._enough = enough
        self._time = sum(end - start for start, end in spans)
        self._here = self._within(self._all.annunciated)
        self._times: Times = self._all.annunciated
        self._n = int(self._here.sum())

    def kpis(self, acts: Times) -> Kpis:
        floods = self._floods()
        top = self._top()
        stale = self._stale()
        values = {
            **self._rates(),
            **self._standing(),
            **self._priorities(),
            KpiName.FLOOD_TIME: self._percent_of_time([(flood.start, flood.end) for flood in floods]),
            KpiName.TOP_SHARE: 100.0 * sum(one.count for one in top) / self._n if self._n else np.nan,
            KpiName.STALE: stale[0],
            KpiName.CHATTERING: int(self._here[episodes.chatter_starts(self._all)].sum()),
            KpiName.FLEETING: int((episodes.fleeting(self._all) & self._here).sum()),
            KpiName.UNAUTHORISED: int(self._within(acts).sum()),
        }
        return Kpis(
            start=self._start,
            end=self._end,
            hours=self._time / HOUR,
            alarms=self._n,
            figures=tuple(self._figure(name, float(values[name])) for name in KpiName),
            top=top,
            floods=floods,
            stale_alarms=stale[1],
            longest_active_s=self._longest(self._all.returned),
            longest_unacked_s=self._longest(self._all.acked),
        )

    def _figure(self, name: KpiName, value: float) -> Figure:
        goal = GOALS[name]
        verdict = Verdict.OVER
        if not self._enough or np.isnan(value):
            verdict = Verdict.INSUFFICIENT
        elif goal.meets(value, goal.target):
            verdict = Verdict.TARGET
        elif goal.manageable is not None and goal.meets(value, goal.manageable):
            verdict = Verdict.MANAGEABLE
        return Figure(name=name, value=value, target=goal.target, manageable=goal.manageable, verdict=verdict)

    def _within(self, times: Times) -> Mask:
        """Which times lie in one of the spans."""
        starts = np.array([start for start, _ in self._spans], np.int64)
        ends = np.array([end for _, end in self._spans], np.int64)
        place = np.searchsorted(starts, times, side="right") - 1
        return (place >= 0) & (times < ends[place])

    def _rates(self) -> dict[KpiName, float]:
        counts = episodes.counts_within(self._times)[self._here]
        return {
            KpiName.PER_DAY: self._n * DAY / self._time,
            KpiName.PER_HOUR: self._n * HOUR / self._time,
            KpiName.PER_TEN_MIN: self._n * TEN_MIN / self._time,
            KpiName.BUSY_HOURS: self._busy(HOUR, 30),
            KpiName.BUSY_PERIODS: self._busy(TEN_MIN, 10),
            KpiName.PEAK: int(counts.max()) if len(counts) else 0,
        }

    def _busy(self, width: int, limit: int) -> float:
        """Percent of whole clock periods of `width` with more than `limit` alarms."""
        total = busy = 0
        for start, end in self._spans:
            first, last = -(-start // width), end // width
            if first >= last:
                continue
            total += last - first
            low, high = np.searchsorted(self._times, [first * width, last * width])
            periods = self._times[low:high] // width
            busy += int((np.unique(periods, return_counts=True)[1] > limit).sum())
        return 100.0 * busy / total if total else np.nan

    def _floods(self) -> tuple[Flood, ...]:
        found: list[Flood] = []
        for start, end in episodes.floods(self._times, self._until):
            if any(start < stop and begin < end for begin, stop in self._spans):
                low, ten, high = np.searchsorted(self._times, [start, start + TEN_MIN, end])
                found.append(
                    Flood(start=start, end=end, alarms=int(high - low), first_ten_min=int(ten - low))
                )
        return tuple(found)

    def _percent_of_time(self, stretches: Iterable[tuple[int, int]]) -> float:
        total, done = 0, self._start
        for start, end in stretches:
            total += self._overlap(max(start, done), end)
            done = max(done, end)
        return 100.0 * total / self._time

    def _overlap(self, start: int, end: int) -> int:
        return sum(max(0, min(end, stop) - max(start, begin)) for begin, stop in self._spans)

    def _top(self) -> tuple[Offender, ...]:
        alarms, counts = np.unique(self._all.alarm[self._here], return_counts=True)
        order = np.lexsort((alarms, -counts))[:TOP]
        return tuple(
            Offender(int(alarms[i]), int(counts[i]), 100.0 * int(counts[i]) / self._n) for i in order
        )

    def _standing(self) -> dict[KpiName, float]:
        ends = np.sort(np.minimum(self._all.returned, self._end))
        area = sum(_time_in(self._times, ends, start, end) for start, end in self._spans)
        moments = np.concatenate(
            [np.array([start for start, _ in self._spans], np.int64), self._times[self._here]]
        )
        standing = np.searchsorted(self._times, moments, side="right")
        standing = standing - np.searchsorted(ends, moments, side="right")
        return {KpiName.STANDING: area / self._time, KpiName.STANDING_PEAK: int(standing.max())}

    def _stale(self) -> tuple[int, tuple[int, ...]]:
        """Stale alarms on the worst day or in the worst shift, and which alarms were stale at all."""
        rows = np.flatnonzero(episodes.stale(self._all, self._end))
        since = self._times[rows] + episodes.STALE_AFTER
        until = np.minimum(self._all.returned[rows], self._end)
        ends = np.sort(until)
        worst = 0
        for start, end in self._days():
            count = np.searchsorted(since, end) - np.searchsorted(ends, start, side="right")
            worst = max(worst, int(count))
        touched = rows[[self._overlap(int(a), int(b)) > 0 for a, b in zip(since, until, strict=True)]]
        return worst, tuple(int(alarm) for alarm in np.unique(self._all.alarm[touched]))

    def _days(self) -> Spans:
        if len(self._spans) > 1:
            return self._spans
        return [(day, min(day + DAY, self._end)) for day in range(self._start, self._end, DAY)]

    def _priorities(self) -> dict[KpiName, float]:
        shown = self._all.priority[self._here]
        names = (KpiName.PRIORITY_1, KpiName.PRIORITY_2, KpiName.PRIORITY_3, KpiName.PRIORITY_4)
        return {
            name: 100.0 * int((shown == priority).sum()) / self._n if self._n else np.nan
            for priority, name in enumerate(names, start=1)
        }

    def _longest(self, until: Times) -> float:
        spent = np.minimum(until, self._end)[self._here] - self._times[self._here]
        return float(spent.max()) / NS if len(spent) else 0.0


def _time_in(starts: Times, ends: Times, low: int, high: int) -> float:
    """Time that intervals spend in [low, high), summed: a start before `high` adds, an end before it takes."""
    begun = (high - np.clip(starts, low, high)).astype(np.float64)
    over = (high - np.clip(ends, low, high)).astype(np.float64)
    return float(begun.sum() - over.sum())
