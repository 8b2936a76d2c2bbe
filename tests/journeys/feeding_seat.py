"""The store of a console with its link to a hub, and nothing else of a console: no Qt, no window.

Run as a program it is a process that a journey may kill: `feeding_seat.py DATA URL`, the secret in GWANJE_HUB_SECRET.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
import time
from pathlib import Path
from typing import Self

from console.client.inbound import Inbound
from console.client.keeping.facts import KeepFact
from console.client.keeping.thread import KeeperThread
from console.client.link import Link, Seat
from console.client.store import Store
from console.keep.bounds import Bounds
from console.report.wanted import points_of
from console.setup.arguments import HUB_SECRET_ENV
from console.wire.messages import Asked

STOP_S = 10.0


class FeedingSeat:
    """One seat whose store is fed while it is entered; `door` gives the hub's address."""

    def __init__(self, data: Path, url: str, secret: str, bounds: Bounds | None = None) -> None:
        self.url = url
        self.told: list[KeepFact] = []
        self._store = Store()
        self._keeper = KeeperThread(data / "console" / "holdings.db", points_of, self.told.append, bounds)
        seat = Seat(user="kim", station="seat-7", secret=secret)
        self._link = Link(seat, lambda: self.url, self._deliver)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="seat", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._keeper.start(self._post)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(STOP_S)
        self._keeper.stop()
        self._loop.close()

    @property
    def live(self) -> bool:
        """Whether the link is."""
        return self._link.fact.live

    def _deliver(self, item: Inbound) -> None:
        if self._keeper.hear(item):
            return
        digest = self._store.mirror.digest
        self._store.apply(item)
        mirror = self._store.mirror
        if mirror.catalogue is not None and mirror.digest != digest:
            names = tuple(point.key for point in mirror.catalogue.tags)
            self._keeper.adopt(mirror.digest, mirror.catalogue.site, names)

    def _post(self, message: Asked) -> None:
        self._loop.call_soon_threadsafe(self._link.post, message)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._task = self._loop.create_task(self._link.run())
        self._loop.run_until_complete(asyncio.gather(self._task, return_exceptions=True))


def main() -> None:
    """Feed until killed."""
    with FeedingSeat(Path(sys.argv[1]), sys.argv[2], os.environ[HUB_SECRET_ENV]) as seat:
        while not seat.live:
            time.sleep(0.05)
        sys.stdout.write("live\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
