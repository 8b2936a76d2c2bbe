"""Numbers from raw samples. A gap is a gap: nothing is added for time in which nobody knows the value."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.batch import NS
from console.core.quality import Quality
from console.report.holdings import Trend

_GOOD = np.array([Quality.GOOD, Quality.MANUAL], np.uint8)
"""What a number is made of; uncertain and simulated values are shown in curves, but not counted."""
_ROLL_FROM, _ROLL_TO = 0.9, 0.1
"""A fall from above the one to below the other part of a counter's end is a roll-over; any other is a reset."""
_CORRECTION = 0.9
"""A counter that falls to no less than this part has been corrected, and has not begun again."""


@dataclass(frozen=True, slots=True, eq=False)
class Samples:
    """Rows of one tag in order of time: UTC ns, value, whether it counts; `gap` is the longest time that a value
    holds (ns).
    """

    at: NDArray[np.int64]
    value: NDArray[np.float64]
    good: NDArray[np.bool_]
    gap: int

    def __len__(self) -> int:
        return len(self.at)

    @property
    def joined(self) -> NDArray[np.bool_]:
        """For each pair of neighbours whether what lies between them is known."""
        near = np.diff(self.at) <= self.gap
        return self.good[:-1] & self.good[1:] & near

    def cut(self, start: int, end: int) -> Samples:
        """Rows of [start, end)."""
        first, last = np.searchsorted(self.at, (start, end))
        return Samples(self.at[first:last], self.value[first:last], self.good[first:last], self.gap)


def samples_of(trend: Trend, period_s: float) -> Samples:
    """Samples of a trend; a value holds as long as the tag may be silent without being stale (ALM-10)."""
    series = trend.series()
    good = np.isin(series.quality, _GOOD) & np.isfinite(series.mean)
    return Samples(series.at, series.mean, good, round(max(3.0 * period_s, 30.0) * NS))


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A quantity that has run up to each moment, and whether it is known between neighbours."""

    at: NDArray[np.int64]
    total: NDArray[np.float64]
    joined: NDArray[np.bool_]


def area_under(samples: Samples, cuts: NDArray[np.int64]) -> Curve:
    """The area under a value by trapezoids (unit times hours), with a point at each of the cuts."""
    at, value, joined = _with_cuts(samples.at, samples.value, samples.joined, cuts)
    hours = np.diff(at) / (3600.0 * NS)
    steps = np.where(joined, (value[1:] + value[:-1]) / 2.0 * hours, 0.0)
    return Curve(at, np.concatenate(([0.0], np.cumsum(steps))) if len(at) else value, joined)


class Turned(msgspec.Struct, frozen=True):
    """How far a counter has turned: in all, and that part of which is not known when; and how often it began again."""

    total: float
    unseen: float
    rolls: int
    resets: int


def turned(samples: Samples, rolls_at: float) -> tuple[Curve, Turned]:
    """The curve of a counter without its jumps. What it turned while nobody saw it counts, but belongs to no moment."""
    at, value = samples.at[samples.good], samples.value[samples.good]
    if not len(at):
        empty = np.zeros(0, bool)
        return Curve(at, value, empty), Turned(0.0, 0.0, 0, 0)
    before, after = value[:-1], value[1:]
    falls = after < before
    again = falls & (after < _CORRECTION * before)
    rolls = again & (before >= _ROLL_FROM * rolls_at) & (after <= _ROLL_TO * rolls_at) & (rolls_at > 0)
    resets = again & ~rolls
    steps = np.where(rolls, rolls_at - before + after, np.where(resets, after, after - before))
    # Between good rows there may be bad ones: then nobody has seen what was between.
    index = np.flatnonzero(samples.good)
    joined = (np.diff(index) == 1) & (np.diff(at) <= samples.gap)
    said = Turned(float(steps.sum()), float(steps[~joined].sum()), int(rolls.sum()), int(resets.sum()))
    return Curve(at, np.concatenate(([0.0], np.cumsum(steps))), joined), said


def in_slots(curve: Curve, edges: NDArray[np.int64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much of a quantity came in each slot between edges, and how many seconds of each are known."""
    amount = np.zeros(len(edges) - 1)
    known = np.zeros(len(edges) - 1)
    if len(curve.at) < 2:
        return amount, known
    at, total, joined = _with_cuts(curve.at, curve.total, curve.joined, edges)
    place = np.searchsorted(edges, at[:-1], "right") - 1
    use = joined & (place >= 0) & (place < len(amount))
    np.add.at(amount, place[use], np.diff(total)[use])
    np.add.at(known, place[use], np.diff(at)[use] / NS)
    return amount, known


def _with_cuts(
    at: NDArray[np.int64], value: NDArray[np.float64], joined: NDArray[np.bool_], cuts: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.bool_]]:
    """The same line with a point at each cut that lies within a known stretch."""
    if len(at) < 2:
        return at, value, joined
    place = np.searchsorted(at, cuts, "right") - 1
    inner = (place >= 0) & (place < len(at) - 1)
    place, cuts = place[inner], cuts[inner]
    wanted = joined[place] & (cuts > at[place])
    place, cuts = place[wanted], cuts[wanted]
    share = (cuts - at[place]) / (at[place + 1] - at[place])
    between = value[place] + share * (value[place + 1] - value[place])
    return (
        np.insert(at, place + 1, cuts),
        np.insert(value, place + 1, between),
        np.insert(joined, place, True),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """Stretches in which a value held: UTC ns, [start, end)."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    value: NDArray[np.float64]

    def within(self, start: int, end: int) -> Held:
        """The part of it in [start, end)."""
        first, last = np.maximum(self.start, start), np.minimum(self.end, end)
        some = last > first
        return Held(first[some], last[some], self.value[some])

    def seconds(self) -> float:
        """All of it."""
        return float((self.end - self.start).sum()) / NS

    def only(self, values: tuple[float, ...]) -> Held:
        """Where it was one of these."""
        mine = np.isin(self.value, values)
        return Held(self.start[mine], self.end[mine], self.value[mine])

    def times(self) -> int:
        """In how many runs: neighbours that touch and have the same value are one."""
        if not len(self.start):
            return 0
        new = (self.start[1:] != self.end[:-1]) | (self.value[1:] != self.value[:-1])
        return 1 + int(new.sum())


def held(samples: Samples, end: int) -> Held:
    """Each good value holds until the next row, but never longer than it may without being stale."""
    if not len(samples):
        return Held(samples.at, samples.at, samples.value)
    nexts = np.append(samples.at[1:], end)
    until = np.minimum(nexts, samples.at + samples.gap)
    use = samples.good & (until > samples.at)
    return Held(samples.at[use], until[use], np.round(samples.value[use], 9))


class Extremes(msgspec.Struct, frozen=True):
    """Lowest, highest and mean of what was good, and the last row; None where there is nothing."""

    low: float | None = None
    high: float | None = None
    mean: float | None = None
    last: float | None = None
    last_at: int = 0
    good_share: float | None = None
    known_s: float = 0.0


def extremes(samples: Samples, end: int) -> Extremes:
    """The mean is over time, so that a burst of samples does not weigh more than a quiet hour."""
    if not len(samples):
        return Extremes()
    share = 100.0 * float(samples.good.mean())
    if not samples.good.any():
        return Extremes(good_share=share)
    value = samples.value[samples.good]
    stretches = held(samples, end)
    weight = (stretches.end - stretches.start).astype(float)
    total = float(weight.sum())
    mean = float((stretches.value * weight).sum() / total) if total else float(value.mean())
    last = int(np.flatnonzero(samples.good)[-1])
    return Extremes(
        low=float(value.min()),
        high=float(value.max()),
        mean=mean,
        last=float(samples.value[last]),
        last_at=int(samples.at[last]),
        good_share=share,
        known_s=total / NS,
    )
