"""The thread of the store: hears what the link delivers, writes it, and asks on. Nobody waits for it."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeAlias

from console.client.inbound import Inbound
from console.client.keeping.facts import KeepFact
from console.client.keeping.keeper import Holding, Keeper
from console.client.link_fact import LinkFact
from console.core.site import Site
from console.keep.bounds import Bounds
from console.wire.keeping import LedgerReply, SamplesReply
from console.wire.messages import Asked

log = logging.getLogger("history")

STOP_S = 5.0
MOST_TAGS = 2_000
"""Points whose samples are kept; the counts are kept of all."""
Wanted: TypeAlias = Callable[[Site], Sequence[str]]
_Heard: TypeAlias = LedgerReply | SamplesReply | LinkFact


class KeeperThread:
    """One store that is fed. `wanted` names the points that reports of a site show, the first ones first."""

    def __init__(
        self, path: Path, wanted: Wanted, told: Callable[[KeepFact], None], bounds: Bounds | None = None
    ) -> None:
        self._keeper = Keeper(path, bounds or Bounds(), told)
        self._wanted = wanted
        self._post: Callable[[Asked], None] | None = None
        self._jobs: queue.SimpleQueue[_Heard | tuple[str, Site, tuple[str, ...]] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def start(self, post: Callable[[Asked], None]) -> None:
        """Begin; `post` may be called from this thread."""
        self._post = post
        self._thread.start()

    def hear(self, item: Inbound) -> bool:
        """Take what the link delivered, on any thread; whether nobody else needs it."""
        if isinstance(item, LedgerReply | SamplesReply):
            self._jobs.put(item)
            return True
        if isinstance(item, LinkFact):
            self._jobs.put(item)
        return False

    def adopt(self, digest: str, site: Site, names: tuple[str, ...]) -> None:
        """The site that is in force now, with all its tags in the order of the catalogue."""
        self._jobs.put((digest, site, names))

    def stop(self) -> None:
        """End after what is being written."""
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(STOP_S)

    def _run(self) -> None:
        keeper = self._keeper
        try:
            while True:
                now = time.monotonic()
                ask = keeper.next_ask(now)
                if ask is not None and self._post is not None:
                    self._post(ask)
                try:
                    job = self._jobs.get(timeout=keeper.wait_s(now))
                except queue.Empty:
                    continue
                if job is None:
                    return
                self._take(job)
        finally:
            keeper.close()

    def _take(self, job: _Heard | tuple[str, Site, tuple[str, ...]]) -> None:
        now = time.monotonic()
        if isinstance(job, LinkFact):
            self._keeper.link(job.live, now)
        elif isinstance(job, LedgerReply | SamplesReply):
            self._keeper.take(job, now)
        else:
            digest, site, names = job
            self._keeper.adopt(Holding(digest, site, names, tuple(self._wanted(site))[:MOST_TAGS]))
