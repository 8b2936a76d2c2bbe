"""Upkeep of the segments: rolling up, merging small ones into larger ones, and forgetting by age and by size."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from console.core.batch import NS, Batch
from console.hub.historian.rows import Rolled, as_rolled, joined_rolled, rolled_up, sorted_rows
from console.hub.historian.store import RAW, Segment, SegmentStore

WIDTHS = (10 * NS, 300 * NS, 3600 * NS)
"""Buckets of the roll-ups, each a multiple of the one before."""
_MERGE = 12
_MERGED_ROWS = 1_000_000
_DAY = 86_400 * NS


@dataclass(frozen=True, slots=True)
class Retention:
    """How long rows are kept, in days by width, and how many bytes all of them may take."""

    days: dict[int, float] = field(
        default_factory=lambda: {RAW: 31.0, WIDTHS[0]: 366.0, WIDTHS[1]: 1830.0, WIDTHS[2]: 7320.0}
    )
    max_bytes: int = 20_000_000_000


def add_raw(store: SegmentStore, rows: Batch, made: int, generation: int = 0, rolled: int = 0) -> int:
    """Write raw rows sorted by tag; returns the segment's id."""
    segment = Segment(0, RAW, generation, int(rows.at.min()), int(rows.at.max()), 0, 0, made, rolled)
    return store.add(segment, rows.tag, [rows.at, rows.value, rows.quality])


def _add_rolled(store: SegmentStore, rows: Rolled, width: int, made: int, generation: int = 0) -> None:
    segment = Segment(0, width, generation, int(rows.at.min()), int(rows.at.max()), 0, 0, made, 1)
    store.add(segment, rows.tag, rows.columns())


def roll(store: SegmentStore, ready: dict[int, Rolled], made: int) -> None:
    """Write the roll-ups of every raw segment that has none; `ready` has those computed at flush, by segment.

    One transaction, so a crash leaves the segments either rolled or not.
    """
    segments = store.unrolled()
    parts = [ready[s.id] if s.id in ready else _finest(store, s) for s in segments]
    rows = rolled_up(joined_rolled(parts), WIDTHS[0])
    with store.transaction():
        for width in WIDTHS:
            rows = rolled_up(rows, width)
            if len(rows):
                _add_rolled(store, rows, width, made)
        store.mark_rolled(segments)
    for segment in segments:
        ready.pop(segment.id, None)


def _finest(store: SegmentStore, segment: Segment) -> Rolled:
    tag, (at, value, quality) = store.whole(segment)
    return rolled_up(as_rolled(Batch(tag, at, value, quality)), WIDTHS[0])


def merge(store: SegmentStore, made: int) -> bool:
    """Merge one group of small segments of equal width and generation; returns whether there was one."""
    groups: defaultdict[tuple[int, int], list[Segment]] = defaultdict(list)
    for segment in store.all_segments():
        if segment.rolled:
            groups[segment.width, segment.generation].append(segment)
    for (width, generation), group in groups.items():
        chosen = group[:_MERGE]
        if len(chosen) == _MERGE and sum(s.rows for s in chosen) <= _MERGED_ROWS:
            _merge(store, chosen, width, generation + 1, made)
            return True
    return False


def _merge(store: SegmentStore, group: list[Segment], width: int, generation: int, made: int) -> None:
    wholes = [store.whole(segment) for segment in group]
    tag = np.concatenate([whole[0] for whole in wholes])
    columns = [np.concatenate(column) for column in zip(*(whole[1] for whole in wholes), strict=True)]
    with store.transaction():
        if len(tag) and width == RAW:
            add_raw(store, sorted_rows(Batch(tag, *columns)), made, generation, rolled=1)
        elif len(tag):
            _add_rolled(store, rolled_up(Rolled(tag, *columns), width), width, made, generation)
        store.remove(group)


def retain(store: SegmentStore, retention: Retention, at: int) -> int:
    """Forget what is too old, then the oldest of the finest while all is too large; returns how many segments
    went.
    """
    segments = store.all_segments()
    # A sample from the future must not live for ever: what counts is the earlier of its time and of its
    # writing.
    gone = [s for s in segments if min(s.end, s.made) < at - retention.days[s.width] * _DAY]
    kept = [s for s in segments if s not in set(gone)]
    size = sum(s.bytes for s in kept)
    for segment in sorted(kept, key=lambda s: (s.width, s.end)):
        if size <= retention.max_bytes:
            break
        gone.append(segment)
        size -= segment.bytes
    if gone:
        with store.transaction():
            store.remove(gone)
        store.shrink()
    return len(gone)
