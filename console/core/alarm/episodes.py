"""Floods, chatter, fleeting and stale alarms found in columns of occurrences (definitions of ALARMS.md 1.7).

All times are UTC ns; `times` are sorted. Each function says in one line what it counts; a million occurrences
take well under
a second, because only floods themselves are walked one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from console.core.alarm.flood import END_BELOW, START_ABOVE, WINDOW_S
from console.core.alarm.occurrences import NEVER, Mask, Occurrences, Times
from console.core.batch import NS

FLOOD_WINDOW = round(WINDOW_S * NS)
CHATTER_COUNT = 3
CHATTER_WINDOW = 60 * NS
FLEETING_LONGEST = 10 * NS
FLEETING_QUIET = 60 * NS
STALE_AFTER = 24 * 3600 * NS

Index = NDArray[np.intp]


def counts_within(times: Times, window: int = FLOOD_WINDOW) -> Index:
    """For each time t the number of times in (t - window, t], itself and equal ones before it included."""
    gone = np.searchsorted(times, times - window, side="right")
    return np.arange(1, len(times) + 1) - gone


def floods(times: Times, until: int) -> list[tuple[int, int]]:
    """Start and end of every flood; one that is still on at `until` ends there."""
    counts = counts_within(times)
    starts = np.flatnonzero(counts > START_ABOVE)
    # What is left when alarm j leaves the window; at one instant leaving comes before arriving.
    left = np.searchsorted(times, times + FLOOD_WINDOW, side="left") - np.arange(1, len(times) + 1)
    ends = np.flatnonzero(left < END_BELOW)
    found: list[tuple[int, int]] = []
    place = 0
    while place < len(starts):
        row = int(starts[place])
        first = row + 1 - int(counts[row])
        end = int(times[ends[np.searchsorted(ends, first)]]) + FLOOD_WINDOW
        found.append((int(times[first]), min(end, until)))
        place = int(np.searchsorted(starts, np.searchsorted(times, end, side="left")))
    return found


def by_alarm(columns: Occurrences) -> Index:
    """Order of the rows by alarm, within an alarm by time."""
    return np.argsort(columns.alarm, kind="stable")


def chatter_starts(columns: Occurrences) -> Index:
    """Row of the first activation of every chattering episode: three within 60 s, ended by 60 s without one.

    What a person caused is no activation of the process.
    """
    process = np.flatnonzero(~columns.by_operator)
    rows = process[by_alarm(columns.take(process))]
    if len(rows) < CHATTER_COUNT:
        return rows[:0]
    alarm, at = columns.alarm[rows], columns.annunciated[rows]
    begins = np.ones(len(rows), np.bool_)
    begins[1:] = (alarm[1:] != alarm[:-1]) | (at[1:] - at[:-1] > CHATTER_WINDOW)
    run = np.cumsum(begins) - 1
    back = CHATTER_COUNT - 1
    third = np.zeros(len(rows), np.bool_)
    third[back:] = (run[back:] == run[:-back]) & (at[back:] - at[:-back] <= CHATTER_WINDOW)
    return np.sort(rows[np.flatnonzero(begins)[np.unique(run[third])]])


def fleeting(columns: Occurrences) -> Mask:
    """Which occurrences lasted at most 10 s, were left alone by operators and by 60 s of quiet on both sides."""
    order = by_alarm(columns)
    alarm, on, off = columns.alarm[order], columns.annunciated[order], columns.returned[order]
    ended = off != NEVER
    short = ended & (off - on <= FLEETING_LONGEST)
    quiet_before, quiet_after = np.ones(len(order), np.bool_), np.ones(len(order), np.bool_)
    same = alarm[1:] == alarm[:-1]
    # The occurrence before may never have returned: then there was no quiet.
    quiet = ended[:-1] & (on[1:] - np.where(ended[:-1], off[:-1], 0) > FLEETING_QUIET)
    quiet_before[1:] = ~same | quiet
    quiet_after[:-1] = ~same | quiet
    untouched = columns.acked[order] > off
    untouched |= columns.acked[order] == NEVER
    found = np.zeros(len(order), np.bool_)
    found[order] = short & quiet_before & quiet_after & untouched & ~columns.by_operator[order]
    return found


def stale(columns: Occurrences, now: int) -> Mask:
    """Which occurrences stood, or have stood until `now`, for more than 24 h."""
    return np.minimum(columns.returned, now) - columns.annunciated > STALE_AFTER
