"""The historian: takes batches at once, writes them from its own thread, and answers from disk and buffer
together.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path

from console.core.batch import Batch, joined
from console.core.history import Series
from console.hub.clock import Clock
from console.hub.historian.reading import Reader
from console.hub.historian.rows import Rolled, as_rolled, rolled_up, sorted_rows
from console.hub.historian.store import SegmentStore
from console.hub.historian.upkeep import WIDTHS, Retention, add_raw, merge, retain, roll

log = logging.getLogger("history")

FLUSH_S = 1.0
"""A hub that is killed loses at most this much of history."""
FLUSH_ROWS = 1_000_000
KEPT_ROWS = 12_000_000
"""Rows the buffer may hold while the disk does not keep up; older ones are dropped and counted."""
_UPKEEP_S = 300.0
_FIRST_UPKEEP_S = 45.0
"""The first one comes early: what a run before left is rolled up soon, and memory is at its height from then on."""
_ROLL_ROWS = 4_000_000
_READY_ROWS = 50_000
_CHECKPOINT_FLUSHES = 30
_CHECKPOINT_ROWS = 2_000_000


class Historian:
    """History of one site in one file. `retention` bounds age and size. Raises StoreDamaged."""

    def __init__(
        self, path: Path, clock: Clock, retention: Retention | None = None, flush_s: float = FLUSH_S
    ) -> None:
        self.path = path
        self._clock = clock
        self._retention = retention or Retention()
        self._flush_s = flush_s
        self._store = SegmentStore(path)
        self._reader = Reader(SegmentStore(path))
        self._ready: dict[int, Rolled] = {}
        self._lock = threading.Lock()
        self._visible = threading.Lock()
        """Held while rows change from buffer to disk; `write` never waits for it, and so never for the disk."""
        self._querying = threading.Lock()
        self._pending: list[Batch] = []
        self._pending_rows = 0
        self._flushing: list[Batch] = []
        self._since_upkeep = clock.now() - _UPKEEP_S + _FIRST_UPKEEP_S
        self._unrolled_rows = 0
        self._log_flushes = 0
        self._log_rows = 0
        self.dropped = 0
        self.written = 0
        self.failure = ""
        self._wake = threading.Event()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="historian", daemon=True)
        self._thread.start()

    def write(self, batch: Batch) -> None:
        """Keep rows in any order; returns at once."""
        if not len(batch):
            return
        with self._lock:
            self._pending.append(batch)
            self._pending_rows += len(batch)
            while self._pending_rows > KEPT_ROWS:
                oldest = self._pending.pop(0)
                self._pending_rows -= len(oldest)
                self.dropped += len(oldest)
            full = self._pending_rows >= FLUSH_ROWS
        if full:
            self._wake.set()

    def query(self, tag: int, start: int, end: int, points: int) -> Series:
        """Rows of a tag between two UTC ns: raw if no more than `points`, else rolled up in whole buckets.

        Includes what is not flushed yet. Blocks on the disk: call it from a thread.
        """
        with self._querying:
            # The flush commits under the same lock: rows are seen in the buffer or on disk, not in both or neither.
            with self._visible:
                with self._lock:
                    tail = [*self._flushing, *self._pending]
                self._reader.begin()
            try:
                return self._reader.query(tail, tag, (start, end), points)
            finally:
                self._reader.end()

    def last_at(self) -> int:
        """UTC ns of the newest row on disk, 0 if there is none; blocks on the disk."""
        with self._querying:
            return self._reader.last_at()

    def flush(self) -> None:
        """Write what is pending, now, in the calling thread."""
        with self._lock:
            self._flushing, self._pending = self._pending, []
            self._pending_rows = 0
        if not self._flushing:
            return
        rows = sorted_rows(joined(self._flushing))
        # Small segments are read again when they are rolled: keeping their roll-ups would only cost memory.
        ready = rolled_up(as_rolled(rows), WIDTHS[0]) if len(rows) >= _READY_ROWS else None
        self._store.base.execute("BEGIN IMMEDIATE")
        try:
            number = add_raw(self._store, rows, self._clock.at())
        except sqlite3.Error:
            self._store.base.execute("ROLLBACK")
            raise
        with self._visible:
            self._store.base.execute("COMMIT")
            with self._lock:
                self._flushing = []
        if ready is not None:
            self._ready[number] = ready
        self._unrolled_rows += len(rows)
        self.written += len(rows)
        self._checkpoint(len(rows))

    def upkeep(self) -> None:
        """Roll up, merge and forget, in the calling thread."""
        roll(self._store, self._ready, self._clock.at())
        self._unrolled_rows = 0
        while merge(self._store, self._clock.at()):
            if self._ending:
                return
        retain(self._store, self._retention, self._clock.at())

    def close(self) -> None:
        """Flush, then end the thread."""
        self._ending = True
        self._wake.set()
        self._thread.join(timeout=10)
        with self._querying:
            self._reader.close()

    def _run(self) -> None:
        try:
            self._work()
        finally:
            if not self._ending:
                self.failure = "the historian has stopped"
            self._store.base.close()

    def _work(self) -> None:
        while not self._ending:
            self._wake.wait(self._flush_s)
            self._wake.clear()
            self._guarded(self.flush)
            if not self._ending and self._upkeep_due():
                self._since_upkeep = self._clock.now()
                self._guarded(self.upkeep)
        self._guarded(self.flush)

    def _checkpoint(self, rows: int) -> None:
        """Empty the log when it has grown; each time waits for the disk."""
        self._log_flushes += 1
        self._log_rows += rows
        if self._log_flushes >= _CHECKPOINT_FLUSHES or self._log_rows >= _CHECKPOINT_ROWS:
            self._log_flushes = self._log_rows = 0
            self._store.checkpoint()

    def _upkeep_due(self) -> bool:
        return self._clock.now() - self._since_upkeep >= _UPKEEP_S or self._unrolled_rows >= _ROLL_ROWS

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except sqlite3.Error as error:
            if not self.failure:
                log.error("history cannot be written: %s", error)
            self.failure = str(error)
            self._give_back()
        else:
            if self.failure:
                log.info("history is written again")
            self.failure = ""

    def _give_back(self) -> None:
        """Rows of a flush that failed stay in the buffer, whose bound drops the oldest."""
        with self._lock:
            self._pending = [*self._flushing, *self._pending]
            self._pending_rows = sum(len(batch) for batch in self._pending)
            self._flushing = []
