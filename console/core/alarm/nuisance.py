"""The worklist of alarms that disturb more than they tell, each with a change derived from what was observed.

A proposal is a number with its reason; whether it helps is shown by a back-test with `Change.setting`, and
whether it is right is
decided by people. Nothing here ever proposes to make an alarm of the highest priority less urgent.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.core.alarm import episodes
from console.core.alarm.kpi import TOP
from console.core.alarm.occurrences import NEVER, Occurrences
from console.core.batch import NS
from console.core.catalogue import Catalogue
from console.core.site import AlarmCondition, AlarmDef, TagDef

QUANTILE = 0.9
"""Nine of ten observed excursions are to be covered."""
DEADBAND_MAX_SHARE = 0.1
"""Of the tag's span: a wider deadband would keep an alarm active long after the trouble is over."""
DELAY_MAX_S = 60.0
DELAY_MAX_SHARE = 0.1
"""Of the time to respond: what a delay may take from the operator."""
LOWEST_PRIORITY = 4
_ROUNDED = 1e-6
"""0.3 is a whole number of tenths, also where 8.0 - 7.7 is a little less."""

Values = NDArray[np.float64]
Counts = NDArray[np.intp]


class NuisanceKind(StrEnum):
    """Why an alarm stands in the worklist, worst first."""

    CHATTERING = "chattering"
    FLEETING = "fleeting"
    STALE = "stale"
    FREQUENT = "frequent"
    """One of the ten most frequent."""


class Reason(StrEnum):
    """Why this change is proposed, or why none is."""

    SWING = "swing"
    """The value swings around the limit by less than the proposed deadband."""
    GAPS = "gaps"
    """It returns only for moments shorter than the proposed off-delay."""
    SHORT = "short"
    """It stands only for moments shorter than the proposed on-delay."""
    STANDS = "stands"
    """It stands for days without harm: it is less urgent than its priority says."""
    FREQUENT = "frequent"
    """It comes so often that it is less urgent than its priority says."""
    NO_SAFE_NUMBER = "no_safe_number"
    """What was observed would need more deadband or delay than is safe: look at the limit or the instrument."""
    TOP_PRIORITY = "top_priority"
    """The highest priority is not lowered by numbers: review the alarm."""


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a definition, from its present to a proposed value; seen in `evidence` excursions."""

    field: str
    old: float
    new: float
    evidence: int

    def setting(self, key: str) -> str:
        """What a back-test is told to try this change on the alarm `key`."""
        return f"{key}.{self.field}={self.new:g}"


class Nuisance(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm of the worklist. `score` counts its annunciations and ranks the list; `share` is percent of all."""

    alarm: int
    kinds: tuple[NuisanceKind, ...]
    score: int
    share: float
    episodes: int
    fleeting: int
    stale: int
    reason: Reason
    change: Change | None = None


def worklist(
    columns: Occurrences,
    catalogue: Catalogue,
    span: tuple[int, int],
    swings: Mapping[int, Values] | None = None,
) -> list[Nuisance]:
    """Nuisance alarms of [start, end) (UTC ns), the most disturbing first.

    `swings` gives for an alarm how far its value went to the normal side in each gap (`gap_swings`); without
    it the sample
    of each return stands for its gap.
    """
    shown = columns.take((columns.annunciated >= span[0]) & (columns.annunciated < span[1]))
    if not len(shown):
        return []
    size = len(catalogue.alarms)
    counts = np.bincount(shown.alarm, minlength=size)
    tallies = _Tallies(
        counts=counts,
        top=int(np.sort(counts)[-TOP:][0]),
        chatter=np.bincount(shown.alarm[episodes.chatter_starts(shown)], minlength=size),
        fleeting=np.bincount(shown.alarm[episodes.fleeting(shown)], minlength=size),
        stale=np.bincount(shown.alarm[episodes.stale(shown, span[1])], minlength=size),
    )
    rows = shown.take(episodes.by_alarm(shown))
    found: list[Nuisance] = []
    for alarm in tallies.marked():
        low, high = np.searchsorted(rows.alarm, [alarm, alarm + 1])
        seen = _Evidence(rows.take(slice(low, high)), (swings or {}).get(alarm))
        found.append(_entry(alarm, tallies, catalogue, seen))
    return sorted(found, key=lambda n: (-n.score, list(NuisanceKind).index(n.kinds[0]), n.alarm))


class _Tallies(msgspec.Struct, frozen=True, kw_only=True):
    """By alarm: annunciations, and how many of them (of chatter: episodes) were a nuisance."""

    counts: Counts
    chatter: Counts
    fleeting: Counts
    stale: Counts
    top: int
    """Annunciations of the tenth most frequent alarm."""

    def marked(self) -> list[int]:
        """Alarms that are a nuisance."""
        return [alarm for alarm in np.flatnonzero(self.counts).tolist() if self.kinds(alarm)]

    def kinds(self, alarm: int) -> tuple[NuisanceKind, ...]:
        """Why an alarm is one."""
        often = self.counts[alarm] >= max(2, self.top)
        marks = (self.chatter[alarm] > 0, self.fleeting[alarm] > 0, self.stale[alarm] > 0, often)
        return tuple(kind for kind, mark in zip(NuisanceKind, marks, strict=True) if mark)


def _entry(alarm: int, tallies: _Tallies, catalogue: Catalogue, seen: _Evidence) -> Nuisance:
    kinds = tallies.kinds(alarm)
    point = catalogue.alarms[alarm]
    reason, change = _proposal(kinds[0], point.alarm, catalogue.tags[point.tag_index].tag, seen)
    score = int(tallies.counts[alarm])
    return Nuisance(
        alarm=alarm,
        kinds=kinds,
        score=score,
        share=100.0 * score / int(tallies.counts.sum()),
        episodes=int(tallies.chatter[alarm]),
        fleeting=int(tallies.fleeting[alarm]),
        stale=int(tallies.stale[alarm]),
        reason=reason,
        change=change,
    )


def gaps(columns: Occurrences, alarm: int) -> list[tuple[int, int]]:
    """From each return of `alarm` to its next activation within 60 s, UTC ns: where its value is to be looked at."""
    own = columns.take(columns.alarm == alarm)
    off, on = own.returned[:-1], own.annunciated[1:]
    near = (off != NEVER) & (on - np.where(off == NEVER, on, off) <= episodes.CHATTER_WINDOW)
    return list(zip(off[near].tolist(), on[near].tolist(), strict=True))


def gap_swings(
    definition: AlarmDef, at: NDArray[np.int64], value: Values, stretches: Sequence[tuple[int, int]]
) -> Values:
    """How far the samples (in order of time) went from the limit to the normal side in each gap that has any."""
    found: list[float] = []
    for start, end in stretches:
        low, high = np.searchsorted(at, [start, end])
        inside = value[low:high]
        inside = inside[np.isfinite(inside)]
        if len(inside):
            found.append(float(_to_normal(definition, inside).max()))
    return np.asarray(found, np.float64)


class _Evidence:
    """What was observed of one alarm."""

    def __init__(self, own: Occurrences, swings: Values | None) -> None:
        ended = own.returned != NEVER
        self.durations_s = (own.returned[ended] - own.annunciated[ended]) / NS
        near = gaps(own, int(own.alarm[0]))
        self.gaps_s = np.array([(end - start) / NS for start, end in near], np.float64)
        self.swings = swings
        self.value_returned = own.value_returned[ended]


def _proposal(
    kind: NuisanceKind, definition: AlarmDef, tag: TagDef, seen: _Evidence
) -> tuple[Reason, Change | None]:
    """The change for the worst thing an alarm does; nothing where no safe number would help."""
    if kind is NuisanceKind.STALE:
        return _less_urgent(definition, Reason.STANDS, len(seen.durations_s))
    tries: list[tuple[Reason, Change | None]]
    if kind is NuisanceKind.CHATTERING:
        tries = [
            (Reason.SWING, _deadband(definition, tag, seen)),
            (Reason.GAPS, _off_delay(definition, seen.gaps_s)),
            (Reason.SHORT, _on_delay(definition, seen.durations_s)),
        ]
    else:
        short = seen.durations_s[seen.durations_s <= DELAY_MAX_S]
        # A few short ones among many long ones are not what makes it frequent.
        mostly = len(short) * 2 > len(seen.durations_s)
        tries = [(Reason.SHORT, _on_delay(definition, short) if mostly else None)]
    for reason, change in tries:
        if change is not None:
            return reason, change
    if kind is NuisanceKind.FREQUENT:
        return _less_urgent(definition, Reason.FREQUENT, len(seen.durations_s))
    return Reason.NO_SAFE_NUMBER, None


def _deadband(definition: AlarmDef, tag: TagDef, seen: _Evidence) -> Change | None:
    swings = seen.swings
    if swings is None:
        swings = _to_normal(definition, seen.value_returned[np.isfinite(seen.value_returned)])
    if definition.condition not in {AlarmCondition.HIGH, AlarmCondition.LOW} or not len(swings):
        return None
    step = 10.0**-tag.decimals
    # One step more: an alarm at exactly limit - deadband stays active (ALM-02).
    needed = round((math.floor(float(np.quantile(swings, QUANTILE)) / step + _ROUNDED) + 1) * step, 9)
    if not definition.deadband < needed <= DEADBAND_MAX_SHARE * (tag.high - tag.low):
        return None
    return Change(field="deadband", old=definition.deadband, new=needed, evidence=len(swings))


def _on_delay(definition: AlarmDef, durations_s: Values) -> Change | None:
    longest = min(DELAY_MAX_S, DELAY_MAX_SHARE * definition.respond_min * 60.0)
    # A duration is seen after the present delay has run out already.
    return _delay(definition, "on_delay_s", durations_s + definition.on_delay_s, longest)


def _off_delay(definition: AlarmDef, gaps_s: Values) -> Change | None:
    return _delay(definition, "off_delay_s", gaps_s + definition.off_delay_s, DELAY_MAX_S)


def _delay(definition: AlarmDef, field: str, seen_s: Values, longest: float) -> Change | None:
    old = float(getattr(definition, field))
    if not len(seen_s):
        return None
    needed = float(math.floor(float(np.quantile(seen_s, QUANTILE))) + 1)
    return Change(field=field, old=old, new=needed, evidence=len(seen_s)) if old < needed <= longest else None


def _less_urgent(definition: AlarmDef, reason: Reason, evidence: int) -> tuple[Reason, Change | None]:
    old = definition.priority
    if old <= 1:
        return Reason.TOP_PRIORITY, None
    if old >= LOWEST_PRIORITY:
        return Reason.NO_SAFE_NUMBER, None
    return reason, Change(field="priority", old=float(old), new=float(old + 1), evidence=evidence)


def _to_normal(definition: AlarmDef, values: Values) -> Values:
    """Distance of values from the limit, positive on the normal side."""
    return (
        values - definition.limit if definition.condition is AlarmCondition.LOW else definition.limit - values
    )
