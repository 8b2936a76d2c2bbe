"""The latest value of every tag, in columns; seats are served from here: what changed since I last sent to
you.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from console.core.arrival import ArrivalOrder
from console.core.batch import Batch, TagColumn
from console.core.quality import Quality


class Applied(NamedTuple):
    """What became of a batch: rows that are news, in order, and rows that came too late (for history,
    flagged LATE).
    """

    fresh: Batch
    late: Batch | None


class LatestValues:
    """Columns by tag index; `revision` counts updates, so that the difference of two is the number of
    updates between.
    """

    def __init__(self, tags: int) -> None:
        self.at = np.zeros(tags, np.int64)
        """UTC ns; 0 where nothing has arrived yet."""
        self.value = np.full(tags, np.nan, np.float64)
        self.quality = np.full(tags, Quality.NEVER, np.uint8)
        self.revision = 0
        self._changed = np.zeros(tags, np.int64)
        self._order = ArrivalOrder(tags)

    def __len__(self) -> int:
        return len(self.at)

    def grow(self, tags: int) -> None:
        """There are so many tags now; the new ones have no value yet."""
        more = tags - len(self)
        self.at = np.concatenate((self.at, np.zeros(more, np.int64)))
        self.value = np.concatenate((self.value, np.full(more, np.nan, np.float64)))
        self.quality = np.concatenate((self.quality, np.full(more, Quality.NEVER, np.uint8)))
        self._changed = np.concatenate((self._changed, np.zeros(more, np.int64)))
        self._order.grow(tags)

    def apply(self, batch: Batch) -> Applied:
        """Takes rows in order of arrival; late rows change nothing (ALM-08). Tags must be known."""
        late = self._order.late(batch)
        fresh = batch if late is None else batch.take(~late)
        self._store(fresh)
        return Applied(fresh, None if late is None else batch.take(late))

    def set_back(self, at: int) -> None:
        """See `ArrivalOrder.set_back`."""
        self._order.set_back(at)

    def mark(self, tags: TagColumn, quality: Quality, at: int) -> Batch:
        """Gives `tags` a quality without a new value (stale, disconnected); returns the rows, for alarms and
        history.

        Tags that never had a value stay NEVER; tags that have the quality already are left out.
        """
        known = (self.quality[tags] != Quality.NEVER) & (self.quality[tags] != quality)
        chosen = tags[known]
        rows = Batch(
            chosen,
            np.full(len(chosen), at, np.int64),
            self.value[chosen],
            np.full(len(chosen), quality, np.uint8),
        )
        self._store(rows)
        return rows

    def changed_since(
        self, revision: int, wanted: NDArray[np.bool_] | TagColumn | None = None
    ) -> tuple[Batch, int]:
        """Present rows of the tags changed after `revision`, in tag order, and the revision they bring a
        seat to.

        `wanted` is a mask over all tags, or tag indices without repeats; None means all.
        """
        if self.revision == revision:
            return self.present(np.empty(0, np.uint32)), revision
        if wanted is not None and wanted.dtype != np.bool_:
            indices = wanted.astype(np.uint32, copy=False)
            return self.present(indices[self._changed[indices] > revision]), self.revision
        changed = self._changed > revision
        if wanted is not None:
            # A wish of before the catalogue has grown says nothing of what is new.
            mask = wanted.astype(np.bool_, copy=False)
            changed[: len(mask)] &= mask
            changed[len(mask) :] = False
        return self.present(np.flatnonzero(changed).astype(np.uint32)), self.revision

    def present(self, tags: TagColumn) -> Batch:
        """Present rows of `tags`."""
        return Batch(tags, self.at[tags], self.value[tags], self.quality[tags])

    def _store(self, rows: Batch) -> None:
        # Of repeated indices numpy keeps the last, which is the newest row of the tag.
        tag = rows.tag
        self.at[tag] = rows.at
        self.value[tag] = rows.value
        self.quality[tag] = rows.quality
        self._changed[tag] = np.arange(self.revision + 1, self.revision + 1 + len(tag))
        self.revision += len(tag)
