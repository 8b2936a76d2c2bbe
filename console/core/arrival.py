"""Which rows come too late: a sample older than the last one of its tag never drives state (ALM-08).

Rows of a quality that the hub itself sets (stale, disconnected, never) are no samples: they are never late,
and they do
not make the next sample late.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from console.core.batch import Batch, TagColumn, TimeColumn
from console.core.quality import Quality

LONG_AGO = np.iinfo(np.int64).min

_SAMPLE = np.ones(256, np.bool_)
_SAMPLE[[Quality.STALE, Quality.DISCONNECTED, Quality.NEVER]] = False


class ArrivalOrder:
    """The newest event time of each tag, UTC ns."""

    def __init__(self, tags: int) -> None:
        self._newest = np.full(tags, LONG_AGO, np.int64)
        self._rank = np.zeros(tags, np.int64)

    def grow(self, tags: int) -> None:
        """There are so many tags now."""
        more = tags - len(self._newest)
        self._newest = np.concatenate((self._newest, np.full(more, LONG_AGO, np.int64)))
        self._rank = np.zeros(tags, np.int64)

    def late(self, batch: Batch) -> NDArray[np.bool_] | None:
        """Mask of the late rows of `batch`, None when there are none; the others are now the newest of their
        tags.
        """
        if not len(batch):
            return None
        sample = _SAMPLE[batch.quality]
        every = bool(sample.all())
        tag = batch.tag if every else batch.tag[sample]
        at = batch.at if every else batch.at[sample]
        late = at < self._newest[tag]
        # Rows in order of time need no look at each tag by itself.
        if not bool((at[1:] >= at[:-1]).all()) and self._repeats(tag):
            late |= _overtaken(tag, np.maximum(at, self._newest[tag]))
        if not late.any():
            self._newest[tag] = at
            return None
        # What is left of a tag is in order of time, and of repeated indices numpy keeps the last.
        self._newest[tag[~late]] = at[~late]
        return late if every else self._spread(late, sample)

    def set_back(self, at: int) -> None:
        """The wall clock was set back and shows `at`: what was stamped by the old one must not make everything late
        until the new one has caught up (ALM-07).
        """
        np.minimum(self._newest, at, out=self._newest)

    @staticmethod
    def _spread(late: NDArray[np.bool_], sample: NDArray[np.bool_]) -> NDArray[np.bool_]:
        mask = np.zeros(len(sample), np.bool_)
        mask[sample] = late
        return mask

    def _repeats(self, tag: TagColumn) -> bool:
        """Whether a tag stands in more than one row: the last write of its row number then hides the
        others.
        """
        rows = np.arange(len(tag))
        self._rank[tag] = rows
        return not np.array_equal(self._rank[tag], rows)


def _overtaken(tag: TagColumn, at: TimeColumn) -> NDArray[np.bool_]:
    """Rows that stand after a newer row of the same tag."""
    order = np.argsort(tag, kind="stable")
    group = tag[order].astype(np.int64)
    first, span = int(at.min()), int(at.max()) - int(at.min()) + 1
    if span * (int(tag.max()) + 1) < 2**62:
        rank = at[order] - first
    else:
        rank = np.unique(at[order], return_inverse=True)[1].astype(np.int64)
        span = len(tag)
    # The running maximum of (tag, time) restarts by itself at each tag.
    key = group * span + rank
    late = np.empty(len(tag), np.bool_)
    late[order] = key < np.maximum.accumulate(key)
    return late
