"""Appends entries of one part in order; while one append is under way, further entries wait and travel
together.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from console.hub.backbone.base import Backbone, Entry, Part

log = logging.getLogger("app")

RETRY_S = 1.0


class Recorder:
    """One writer for one part. An append that fails is tried again until it is durable; nothing is dropped."""

    def __init__(self, backbone: Backbone, part: Part, retry_s: float = RETRY_S) -> None:
        self._backbone = backbone
        self._part = part
        self._retry_s = retry_s
        self._entries: list[tuple[str, Entry]] = []
        self._waiting: list[asyncio.Future[None]] = []
        self._pending = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def put(self, entries: Sequence[tuple[str, Entry]]) -> asyncio.Future[None]:
        """Queue entries; the future is done once they are durable."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._entries.extend(entries)
        self._waiting.append(done)
        self._pending.set()
        self._idle.clear()
        return done

    async def settled(self) -> None:
        """Wait until nothing is queued."""
        await self._idle.wait()

    async def run(self) -> None:
        """Append until cancelled."""
        while True:
            await self._pending.wait()
            self._pending.clear()
            entries, self._entries = self._entries, []
            waiting, self._waiting = self._waiting, []
            await self._append(entries, waiting)
            if not self._entries:
                self._idle.set()

    async def _append(self, entries: list[tuple[str, Entry]], waiting: list[asyncio.Future[None]]) -> None:
        failed = False
        while not isinstance(answer := await self._backbone.append(self._part, entries), int):
            if not failed:
                log.error("the journal does not take records, trying again: %s", answer)
            failed = True
            await asyncio.sleep(self._retry_s)
        if failed:
            log.info("the journal takes records again")
        for done in waiting:
            if not done.done():
                done.set_result(None)
