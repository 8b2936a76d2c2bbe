"""What waits between the link's thread and the main thread: in order, and bounded even if nobody takes it.

Facts are never dropped. Telemetry may pile up to a limit; beyond it only the newest row of each tag is kept.
"""

from __future__ import annotations

import threading

import numpy as np

from console.client.inbound import Inbound
from console.core.batch import Batch, joined

MOST_ROWS = 2_000_000
"""About 42 MB of columns: ten seconds of a busy hub."""


class Mailbox:
    """Put from one thread, taken whole from another."""

    def __init__(self, most_rows: int = MOST_ROWS) -> None:
        self._lock = threading.Lock()
        self._items: list[Inbound] = []
        self._rows = 0
        self._most_rows = most_rows
        self.coalesced = 0
        """Rows given up for newer ones of the same tag."""

    def put(self, item: Inbound) -> None:
        """Add one thing."""
        with self._lock:
            self._items.append(item)
            if isinstance(item, Batch):
                self._rows += len(item)
                if self._rows > self._most_rows:
                    self._condense()

    def take(self) -> list[Inbound]:
        """Everything since the last call, in order."""
        if not self._items:
            return []
        with self._lock:
            items, self._items = self._items, []
            self._rows = 0
        return items

    def _condense(self) -> None:
        batches = [item for item in self._items if isinstance(item, Batch)]
        newest = newest_rows(joined(batches))
        self.coalesced += self._rows - len(newest)
        self._rows = len(newest)
        # The rows stand where the oldest stood: a fact behind them is then not older than its values.
        first = next(i for i, item in enumerate(self._items) if isinstance(item, Batch))
        others = [item for item in self._items if not isinstance(item, Batch)]
        self._items = [*others[:first], newest, *others[first:]]


def newest_rows(batch: Batch) -> Batch:
    """The last row of each tag, in order of arrival."""
    _, from_end = np.unique(batch.tag[::-1], return_index=True)
    return batch.take(np.sort(len(batch) - 1 - from_end))
